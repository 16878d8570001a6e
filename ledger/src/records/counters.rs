//! How many seats of a session are free, leased, booked and used.

use super::lease::Lease;
use super::wire::{Fields, Malformed, Writer};
use opencowin_model::{Capacity, Channel, Dose, Seats};

/// The seats of one channel and dose. `free + leased + booked + used` is the capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Still to be had by anybody.
    pub free: u16,
    /// In the [leases](Lease) of members: what they have not sold, and what they have sold out of them.
    pub leased: u16,
    /// Promised to someone, but for what was sold and given back through the leases that are out. Below zero while seats
    /// that were sold without a lease have been given back to one, or such as were sold out of one are used.
    pub booked: i32,
    /// Given a dose on.
    pub used: u16,
}

impl Tally {
    /// All seats; equal to the capacity unless something is wrong.
    pub fn capacity(self) -> i64 {
        i64::from(self.free)
            + i64::from(self.leased)
            + i64::from(self.booked)
            + i64::from(self.used)
    }
}

/// The seats of a session, per channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    cells: [[Tally; 3]; 3],
    recalled: bool,
}

impl Counters {
    /// Those of a session of which nothing has been sold.
    pub fn unsold(capacity: &Capacity) -> Self {
        let mut counters = Self::default();
        for (channel, dose) in cells() {
            counters.cell(channel, dose).free = capacity.seats(channel, dose);
        }
        counters
    }

    /// The seats of one channel and dose.
    pub fn tally(&self, channel: Channel, dose: Dose) -> Tally {
        self.cells[channel.index()][dose.index()]
    }

    /// The free seats of one channel that nobody has leased.
    pub fn free(&self, channel: Channel) -> Seats {
        Seats(self.cells[channel.index()].map(|tally| tally.free))
    }

    /// Whether nobody has booked, leased or used a seat, through any channel for any dose.
    pub fn is_untouched(&self) -> bool {
        self.tallies().all(|tally| (tally.booked, tally.leased, tally.used) == (0, 0, 0))
    }

    /// Whether leases are out.
    pub fn is_leased(&self) -> bool {
        self.tallies().any(|tally| tally.leased > 0)
    }

    /// Whether those who have leases are asked to give them back. No lease is granted meanwhile.
    pub fn is_recalled(&self) -> bool {
        self.recalled
    }

    /// With `seats` more booked; `None` if fewer are free.
    pub fn book(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.free = cell.free.checked_sub(seats)?;
        cell.booked = cell.booked.checked_add(seats.into())?;
        Some(self)
    }

    /// With `seats` booked ones free again; `None` if they can be neither booked here nor sold through a lease.
    pub fn free_again(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.booked = cell.booked.checked_sub(seats.into())?;
        cell.free = cell.free.checked_add(seats)?;
        (cell.booked >= -i32::from(cell.leased)).then_some(self)
    }

    /// With `seats` booked ones used; `None` if they can be neither booked here nor sold through a lease.
    pub fn used(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.booked = cell.booked.checked_sub(seats.into())?;
        cell.used = cell.used.checked_add(seats)?;
        (cell.booked >= -i32::from(cell.leased)).then_some(self)
    }

    /// With `seats` free ones in a lease; `None` if fewer are free.
    pub fn lease(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.free = cell.free.checked_sub(seats)?;
        cell.leased = cell.leased.checked_add(seats)?;
        Some(self)
    }

    /// With a lease ended: what it has left is free, what was sold out of it is booked. Once no lease is out, nothing is
    /// recalled. `None` if it was never granted.
    pub fn settle(mut self, lease: &Lease) -> Option<Self> {
        for (channel, dose) in cells() {
            let part = lease.part(channel, dose);
            let cell = self.cell(channel, dose);
            cell.leased = cell.leased.checked_sub(part.granted)?;
            cell.free = cell.free.checked_add(part.left)?;
            cell.booked += part.sold();
        }
        self.recalled &= self.is_leased();
        Some(self)
    }

    /// With leases asked back.
    pub fn recall(mut self) -> Self {
        self.recalled = true;
        self
    }

    /// With another capacity, as a difference; `None` if fewer seats are free than are taken away.
    pub fn resized(mut self, from: &Capacity, to: &Capacity) -> Option<Self> {
        for (channel, dose) in cells() {
            let cell = self.cell(channel, dose);
            let seats = |capacity: &Capacity| i32::from(capacity.seats(channel, dose));
            cell.free = u16::try_from(i32::from(cell.free) + seats(to) - seats(from)).ok()?;
        }
        Some(self)
    }

    /// The first channel and dose whose seats do not add up to `capacity`.
    pub fn mismatch(&self, capacity: &Capacity) -> Option<(Channel, Dose)> {
        cells().find(|&(channel, dose)| {
            self.tally(channel, dose).capacity() != i64::from(capacity.seats(channel, dose))
        })
    }

    /// Each number is a field of its own, zeros are left out: free, booked and used at `1 + cell × 3 + part`, leased at
    /// `28 + cell`, a `booked` below zero as what is missing at `37 + cell`, where `cell` is `channel × 3 + dose`; 46
    /// tells that leases are recalled.
    pub(super) fn write(&self, writer: &mut Writer) {
        for (cell, tally) in (0..).zip(self.tallies()) {
            let Tally { free, leased, booked, used } = *tally;
            writer.number_unless_zero(1 + cell * 3, free);
            writer.number_unless_zero(2 + cell * 3, u32::try_from(booked).unwrap_or(0));
            writer.number_unless_zero(3 + cell * 3, used);
            writer.number_unless_zero(LEASED + cell, leased);
            writer.number_unless_zero(MISSING + cell, u32::try_from(-booked).unwrap_or(0));
        }
        writer.number_unless_zero(RECALLED, self.recalled);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut counters = Self::default();
        for field in fields {
            let (field, value) = field?;
            let cell = |field: u32| (field as usize / 3, field as usize % 3);
            match field {
                1..LEASED => {
                    let (at, part) = ((field - 1) / 3, (field - 1) % 3);
                    let tally = counters.at(cell(at));
                    match part {
                        0 => tally.free = value.number()?,
                        1 => tally.booked = value.number()?,
                        _ => tally.used = value.number()?,
                    }
                }
                LEASED..MISSING => counters.at(cell(field - LEASED)).leased = value.number()?,
                MISSING..RECALLED => {
                    counters.at(cell(field - MISSING)).booked = -i32::from(value.number::<u16>()?);
                }
                RECALLED => counters.recalled = value.number::<u8>()? != 0,
                _ => {}
            }
        }
        Ok(counters)
    }

    fn tallies(&self) -> impl Iterator<Item = &Tally> {
        self.cells.iter().flatten()
    }

    fn cell(&mut self, channel: Channel, dose: Dose) -> &mut Tally {
        self.at((channel.index(), dose.index()))
    }

    fn at(&mut self, (channel, dose): (usize, usize)) -> &mut Tally {
        &mut self.cells[channel][dose]
    }
}

const LEASED: u32 = 28;
const MISSING: u32 = 37;
const RECALLED: u32 = 46;

/// Every channel with every dose.
pub fn cells() -> impl Iterator<Item = (Channel, Dose)> {
    Channel::ALL.into_iter().flat_map(|channel| Dose::ALL.map(|dose| (channel, dose)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: (Channel, Dose) = (Channel::Online, Dose::First);

    fn capacity(seats: u16) -> Capacity {
        Capacity::new(Seats([seats, 5, 0]), Seats([1, 1, 1]), Seats::default())
    }

    fn tally(free: u16, leased: u16, booked: i32) -> Tally {
        Tally { free, leased, booked, used: 0 }
    }

    #[test]
    fn seats_move_between_free_and_booked_and_are_never_lost() {
        let (online, first) = FIRST;
        let start = Counters::unsold(&capacity(10));
        let sold = start.book(online, first, 10).unwrap();
        assert_eq!(sold.tally(online, first), tally(0, 0, 10));
        assert_eq!(sold.mismatch(&capacity(10)), None);
        assert_eq!(sold.book(online, first, 1), None, "nothing is sold twice");
        assert_eq!(sold.free_again(online, first, 11), None, "nothing is returned twice");
        assert_eq!(sold.free_again(online, first, 10), Some(start));
    }

    #[test]
    fn a_capacity_is_never_lowered_below_what_is_taken() {
        let (online, first) = FIRST;
        let sold = Counters::unsold(&capacity(10)).book(online, first, 6).unwrap();
        assert_eq!(sold.resized(&capacity(10), &capacity(5)), None);
        let smaller = sold.resized(&capacity(10), &capacity(7)).unwrap();
        assert_eq!(smaller.tally(online, first), tally(1, 0, 6));
        assert_eq!(smaller.mismatch(&capacity(10)), Some(FIRST));
    }

    #[test]
    fn seats_sold_without_a_lease_can_be_given_back_to_one_and_the_other_way() {
        let (online, first) = FIRST;
        let start = Counters::unsold(&capacity(10)).book(online, first, 4).unwrap();
        let leased = start.lease(online, first, 5).unwrap().recall();
        assert_eq!(leased.tally(online, first), tally(1, 5, 4));
        let lease = Lease::default().grant(online, first, 5).unwrap();
        let (sold, credited) = (lease.take(online, first, 3), lease.credit(online, first, 4));
        let ended = leased.settle(&sold.unwrap()).unwrap();
        assert_eq!((ended.tally(online, first), ended.is_recalled()), (tally(3, 0, 7), false));
        let ended = leased.settle(&credited.unwrap()).unwrap();
        assert_eq!(ended.tally(online, first), tally(10, 0, 0));
        // All five leased seats were sold, and five of the nine were given back here.
        let returned = leased.free_again(online, first, 5).unwrap();
        assert_eq!(returned.tally(online, first), tally(6, 5, -1));
        assert_eq!(returned.mismatch(&capacity(10)), None);
        assert_eq!(leased.free_again(online, first, 10), None, "more than can have been sold");
    }

    #[test]
    fn seats_sold_out_of_a_lease_can_be_used_before_it_is_settled() {
        let (online, first) = FIRST;
        let leased = Counters::unsold(&capacity(10)).lease(online, first, 5).unwrap();
        let lease = Lease::default().grant(online, first, 5).unwrap();
        let sold = lease.take(online, first, 3).unwrap();
        let used = leased.used(online, first, 2).unwrap();
        assert_eq!(used.tally(online, first), Tally { used: 2, ..tally(5, 5, -2) });
        assert_eq!(used.mismatch(&capacity(10)), None);
        let settled = used.settle(&sold).unwrap();
        assert_eq!(settled.tally(online, first), Tally { used: 2, ..tally(7, 0, 1) });
        assert_eq!(settled.used(online, first, 2), None, "only one is left that anybody can use");
        assert!(!settled.is_untouched());
    }
}
