//! Any sequence of publications, bookings and searches shows what a naive model shows.

use crate::samples::*;
use opencowin_inventory::*;
use opencowin_model::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ONLINE: Channel = Channel::Online;
const CENTRES: u32 = 4;

#[derive(Clone, Debug)]
enum Step {
    Publish { id: u8, centre: u32, day: u8, seats: [u16; 3] },
    Reserve { id: u8, dose: usize, n: u16 },
    Settle { which: usize, sold: bool },
    Credit { id: u8, dose: usize, n: u16 },
    Close { id: u8, open: bool },
    Withdraw { id: u8 },
    Retire { day: u8 },
    Search { day: u8, gzip: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..40_u8;
    prop_oneof![
        4 => (id.clone(), 0..CENTRES, 0..4_u8, [0..90_u16, 0..20_u16, 0..3_u16])
            .prop_map(|(id, centre, day, seats)| Step::Publish { id, centre, day, seats }),
        6 => (id.clone(), 0..3_usize, 1..5_u16).prop_map(|(id, dose, n)| Step::Reserve { id, dose, n }),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(which, sold)| Step::Settle { which, sold }),
        1 => (id.clone(), 0..3_usize, 1..9_u16).prop_map(|(id, dose, n)| Step::Credit { id, dose, n }),
        1 => (id.clone(), any::<bool>()).prop_map(|(id, open)| Step::Close { id, open }),
        1 => id.prop_map(|id| Step::Withdraw { id }),
        1 => prop_oneof![20 => Just(0_u8), 1 => 1..4_u8].prop_map(|day| Step::Retire { day }),
        6 => (0..4_u8, any::<bool>()).prop_map(|(day, gzip)| Step::Search { day, gzip }),
    ]
}

/// A session as the model sees it.
#[derive(Clone)]
struct Plain {
    centre: u32,
    day: u8,
    capacity: [u16; 3],
    free: [u16; 3],
    closed: bool,
    /// Tells a session from one published under the same id after a withdrawal.
    life: usize,
}

struct World {
    inventory: Inventory,
    sessions: BTreeMap<u8, Plain>,
    held: Vec<(u8, usize, Reservation)>,
    first_day: u8,
    lives: usize,
}

impl World {
    fn new() -> Self {
        let centres = (0..CENTRES).map(|id| centre(id, PINCODE)).collect();
        let (inventory, sessions, held) = (with(centres, vec![]), BTreeMap::new(), Vec::new());
        Self { inventory, sessions, held, first_day: 0, lives: 0 }
    }

    fn seats(&self, id: u8) -> Option<SessionSeats> {
        let session = self.inventory.session(session_id(id.into()));
        assert_eq!(session.is_some(), self.sessions.contains_key(&id));
        session.map(|session| session.seats().clone())
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Publish { id, centre, day, seats } => self.publish(id, centre, day, seats),
            Step::Reserve { id, dose, n } => self.reserve(id, dose, n),
            Step::Settle { which, sold } => self.settle(which, sold),
            Step::Credit { id, dose, n } => self.credit(id, dose, n),
            Step::Close { id, open } => self.close(id, open),
            Step::Withdraw { id } => {
                self.inventory.withdraw(&[session_id(id.into())]);
                self.sessions.remove(&id);
            }
            Step::Retire { day: first } => {
                self.inventory.retire_before(day(first.into()));
                self.first_day = self.first_day.max(first);
                self.sessions.retain(|_, session| session.day >= first);
            }
            Step::Search { day, gzip } => self.search(day, gzip),
        }
    }

    fn publish(&mut self, id: u8, centre: u32, on: u8, capacity: [u16; 3]) {
        let sessions = vec![session(id.into(), centre, day(on.into()), capacity)];
        self.inventory.publish(Publication { centres: vec![], sessions }).unwrap();
        if on >= self.first_day {
            self.lives += 1;
            let new = Plain {
                centre,
                day: on,
                capacity,
                free: capacity,
                closed: false,
                life: self.lives,
            };
            let known = self.sessions.get(&id);
            let kept = known.map(|old| Plain { free: old.free, life: old.life, ..new.clone() });
            self.sessions.insert(id, kept.unwrap_or(new));
        }
    }

    fn reserve(&mut self, id: u8, dose: usize, n: u16) {
        let Some(seats) = self.seats(id) else { return };
        let outcome = seats.reserve(ONLINE, Dose::ALL[dose], n);
        let pending = self.pending(id) > 0;
        let session = self.sessions.get_mut(&id).unwrap();
        match outcome {
            Ok(held) => {
                assert!(!session.closed);
                session.free[dose] -= n;
                self.held.push((id, session.life, held));
            }
            Err(Refused::SoldOut { pending: seen }) => {
                assert!(session.free[dose] < n && seen == pending && !session.closed);
            }
            Err(refused) => assert!(refused == Refused::Closed && session.closed),
        }
    }

    fn settle(&mut self, which: usize, sold: bool) {
        if self.held.is_empty() {
            return;
        }
        let (id, life, held) = self.held.swap_remove(which % self.held.len());
        let (dose, n) = (held.dose().index(), held.count());
        if sold {
            held.confirm();
        } else {
            held.release();
            if let Some(session) = self.sessions.get_mut(&id).filter(|session| session.life == life)
            {
                session.free[dose] += n;
            }
        }
    }

    fn credit(&mut self, id: u8, dose: usize, n: u16) {
        let Some(seats) = self.seats(id) else { return };
        seats.credit(ONLINE, Dose::ALL[dose], n).unwrap();
        self.sessions.get_mut(&id).unwrap().free[dose] += n;
    }

    fn close(&mut self, id: u8, open: bool) {
        let Some(seats) = self.seats(id) else { return };
        if open {
            seats.open();
        } else {
            seats.close();
        }
        self.sessions.get_mut(&id).unwrap().closed = !open;
    }

    fn pending(&self, id: u8) -> u16 {
        let life = self.sessions[&id].life;
        self.held.iter().filter(|held| held.1 == life).map(|held| held.2.count()).sum()
    }

    /// The district's day, in the order of answers: centre, then id.
    fn search(&self, on: u8, gzip: bool) {
        let shape = Shape::Find { date: day(on.into()) };
        let search = Search { shape, version: Version::V4, ..find(Place::District(DISTRICT)) };
        let body = ask_gzip(&self.inventory, &search).1;
        let body = if gzip {
            body
        } else {
            self.inventory.search(&search, Codings::default()).body.into()
        };
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let shown = answer["sessions"].as_array().unwrap().iter().map(|session| {
            let number = |key: &str| session[key].as_u64().unwrap();
            let doses = [
                number("available_capacity_dose1"),
                number("available_capacity_dose2"),
                number("precaution_online_dose_one_available"),
            ];
            (number("center_id") as u32, session["session_id"].as_str().unwrap().to_owned(), doses)
        });
        let listed = self.sessions.iter().filter(|(_, session)| session.day == on);
        let mut expected: Vec<_> = listed
            .map(|(id, session)| {
                (session.centre, session_id((*id).into()).to_string(), session.shown())
            })
            .collect();
        expected.sort();
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }
}

impl Plain {
    /// What fits into the fields made for the capacity.
    fn shown(&self) -> [u64; 3] {
        let widest = |capacity: u16| 10_u64.pow(capacity.to_string().len() as u32) - 1;
        let shown = |dose: usize| u64::from(self.free[dose]).min(widest(self.capacity[dose]));
        if self.closed { [0; 3] } else { [0, 1, 2].map(shown) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_inventory_does_what_a_naive_model_does(steps in prop::collection::vec(step(), 1..150)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.step(step));
        (0..4).for_each(|day| world.search(day, true));
        std::mem::take(&mut world.held).into_iter().for_each(|(.., held)| held.release());
        prop_assert_eq!(world.inventory.stats().leaked_reservations, 0);
    }
}
