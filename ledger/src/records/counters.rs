//! How many seats of a session are free, booked and used.

use super::wire::{Fields, Malformed, Writer};
use opencowin_model::{Capacity, Channel, Dose, Seats};

/// The seats of one channel and dose. `free + booked + used` is the capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Still to be had.
    pub free: u16,
    /// Promised to someone.
    pub booked: u16,
    /// Given a dose on.
    pub used: u16,
}

impl Tally {
    /// All seats; equal to the capacity unless something is wrong.
    pub fn capacity(self) -> u32 {
        u32::from(self.free) + u32::from(self.booked) + u32::from(self.used)
    }
}

/// The seats of a session, per channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters([[Tally; 3]; 3]);

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
        self.0[channel.index()][dose.index()]
    }

    /// The free seats of one channel.
    pub fn free(&self, channel: Channel) -> Seats {
        Seats(self.0[channel.index()].map(|tally| tally.free))
    }

    /// Seats booked through all channels for all doses.
    pub fn booked(&self) -> u32 {
        self.0.iter().flatten().map(|tally| u32::from(tally.booked)).sum()
    }

    /// With `seats` more booked; `None` if fewer are free.
    pub fn book(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.free = cell.free.checked_sub(seats)?;
        cell.booked = cell.booked.checked_add(seats)?;
        Some(self)
    }

    /// With `seats` booked ones free again; `None` if fewer are booked.
    pub fn free_again(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let cell = self.cell(channel, dose);
        cell.booked = cell.booked.checked_sub(seats)?;
        cell.free = cell.free.checked_add(seats)?;
        Some(self)
    }

    /// With another capacity and the same seats booked and used; `None` if it is too small for them.
    pub fn resized(mut self, capacity: &Capacity) -> Option<Self> {
        for (channel, dose) in cells() {
            let cell = self.cell(channel, dose);
            let taken = cell.booked.checked_add(cell.used)?;
            cell.free = capacity.seats(channel, dose).checked_sub(taken)?;
        }
        Some(self)
    }

    /// The first channel and dose whose seats do not add up to `capacity`.
    pub fn mismatch(&self, capacity: &Capacity) -> Option<(Channel, Dose)> {
        cells().find(|&(channel, dose)| {
            self.tally(channel, dose).capacity() != u32::from(capacity.seats(channel, dose))
        })
    }

    /// Each number is a field of its own, `1 + (channel × 3 + dose) × 3 + part`; zeros are left out.
    pub(super) fn write(&self, writer: &mut Writer) {
        let tallies = self.0.iter().flatten();
        let numbers = tallies.flat_map(|tally| [tally.free, tally.booked, tally.used]);
        for (field, number) in (1..).zip(numbers) {
            writer.number_unless_zero(field, number);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut counters = Self::default();
        for field in fields {
            let (field @ 1..=27, value) = field? else { continue };
            let (cell, part) = ((field as usize - 1) / 3, (field - 1) % 3);
            let tally = &mut counters.0[cell / 3][cell % 3];
            let number = match part {
                0 => &mut tally.free,
                1 => &mut tally.booked,
                _ => &mut tally.used,
            };
            *number = value.number()?;
        }
        Ok(counters)
    }

    fn cell(&mut self, channel: Channel, dose: Dose) -> &mut Tally {
        &mut self.0[channel.index()][dose.index()]
    }
}

/// Every channel with every dose.
pub fn cells() -> impl Iterator<Item = (Channel, Dose)> {
    Channel::ALL.into_iter().flat_map(|channel| Dose::ALL.map(|dose| (channel, dose)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity(seats: u16) -> Capacity {
        Capacity::new(Seats([seats, 5, 0]), Seats([1, 1, 1]), Seats::default())
    }

    #[test]
    fn seats_move_between_free_and_booked_and_are_never_lost() {
        let (online, first) = (Channel::Online, Dose::First);
        let start = Counters::unsold(&capacity(10));
        let sold = start.book(online, first, 10).unwrap();
        assert_eq!(sold.tally(online, first), Tally { free: 0, booked: 10, used: 0 });
        assert_eq!(sold.mismatch(&capacity(10)), None);
        assert_eq!(sold.book(online, first, 1), None, "nothing is sold twice");
        assert_eq!(sold.free_again(online, first, 11), None, "nothing is returned twice");
        assert_eq!(sold.free_again(online, first, 10), Some(start));
    }

    #[test]
    fn a_capacity_is_never_lowered_below_what_is_taken() {
        let (online, first) = (Channel::Online, Dose::First);
        let sold = Counters::unsold(&capacity(10)).book(online, first, 6).unwrap();
        assert_eq!(sold.resized(&capacity(5)), None);
        let smaller = sold.resized(&capacity(7)).unwrap();
        assert_eq!(smaller.tally(online, first), Tally { free: 1, booked: 6, used: 0 });
        assert_eq!(smaller.mismatch(&capacity(10)), Some((online, first)));
    }
}
