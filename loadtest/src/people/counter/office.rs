//! The facilities of one thread, and who is expected at them.

use super::facility::Facility;
use super::guest::Guest;
use crate::contract::Held;
use rand::{Rng, RngExt};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// The facilities of one thread. No other has a part in them, so that each can be judged alone.
pub struct Office {
    facilities: Vec<Rc<Facility>>,
    /// Who is booked and has not come yet.
    expected: RefCell<VecDeque<Guest>>,
    /// Where the next one was booked.
    turn: Cell<usize>,
}

/// How many facilities a walk-in looks at for one that has seats.
const LOOKS: usize = 16;

impl Office {
    /// These facilities, where nobody is expected yet.
    pub fn new(facilities: Vec<Facility>) -> Self {
        Self {
            facilities: facilities.into_iter().map(Rc::new).collect(),
            expected: RefCell::default(),
            turn: Cell::new(0),
        }
    }

    /// Somebody is booked and will come.
    pub fn expect(&self, guest: Guest) {
        self.expected.borrow_mut().push_back(guest);
    }

    /// The next one who comes of those who are booked.
    pub(super) fn next(&self) -> Option<Guest> {
        self.expected.borrow_mut().pop_front()
    }

    /// The facility and session where the next one is to be booked: each facility in turn, as long as it has seats.
    pub(super) fn in_turn(&self) -> Option<(Rc<Facility>, Held)> {
        let count = self.facilities.len();
        let first = self.turn.get();
        (first..first + count).find_map(|turn| {
            let facility = &self.facilities[turn % count];
            let held = facility.take_online()?.clone();
            self.turn.set(turn + 1);
            Some((facility.clone(), held))
        })
    }

    /// A facility that may have seats for somebody without an appointment.
    pub(super) fn with_seats(&self, random: &mut impl Rng) -> Option<Rc<Facility>> {
        let mut any = || {
            let number = random.random_range(0..self.facilities.len().max(1));
            self.facilities.get(number).filter(|facility| facility.on_the_spot().is_some())
        };
        (0..LOOKS).find_map(|_| any()).cloned()
    }

    /// The facilities, to be read back.
    pub fn facilities(&self) -> &[Rc<Facility>] {
        &self.facilities
    }
}
