//! Seats of a session that one member alone may sell.

use super::wire::{Fields, Malformed, Writer};
use opencowin_model::{Channel, Dose, Seats};

/// What a member has of one channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Taken out of the session's free seats so far.
    pub granted: u16,
    /// Still to be sold: what was granted, less what was sold, and what was given back to this member.
    pub left: u16,
}

impl Part {
    /// Seats sold out of it; below zero if more were given back to it.
    pub fn sold(self) -> i32 {
        i32::from(self.granted) - i32::from(self.left)
    }
}

/// What a member has of one session, per channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lease([[Part; 3]; 3]);

impl Lease {
    /// What it has of one channel and dose.
    pub fn part(&self, channel: Channel, dose: Dose) -> Part {
        self.0[channel.index()][dose.index()]
    }

    /// What is left of one channel.
    pub fn left(&self, channel: Channel) -> Seats {
        Seats(self.0[channel.index()].map(|part| part.left))
    }

    /// What was granted of one channel.
    pub fn granted(&self, channel: Channel) -> Seats {
        Seats(self.0[channel.index()].map(|part| part.granted))
    }

    /// With `seats` more to sell; `None` if there is no room for them.
    pub fn grant(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let part = self.cell(channel, dose);
        part.granted = part.granted.checked_add(seats)?;
        part.left = part.left.checked_add(seats)?;
        Some(self)
    }

    /// With `seats` sold; `None` if fewer are left.
    pub fn take(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let part = self.cell(channel, dose);
        part.left = part.left.checked_sub(seats)?;
        Some(self)
    }

    /// With `seats` given back, whoever sold them; `None` if there is no room for them.
    pub fn credit(mut self, channel: Channel, dose: Dose, seats: u16) -> Option<Self> {
        let part = self.cell(channel, dose);
        part.left = part.left.checked_add(seats)?;
        Some(self)
    }

    /// Each number is a field of its own, `1 + (channel × 3 + dose) × 2 + part`; zeros are left out.
    pub(super) fn write(&self, writer: &mut Writer) {
        let numbers = self.0.iter().flatten().flat_map(|part| [part.granted, part.left]);
        for (field, number) in (1..).zip(numbers) {
            writer.number_unless_zero(field, number);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut lease = Self::default();
        for field in fields {
            let (field @ 1..=18, value) = field? else { continue };
            let cell = (field as usize - 1) / 2;
            let part = &mut lease.0[cell / 3][cell % 3];
            let number = if field % 2 == 1 { &mut part.granted } else { &mut part.left };
            *number = value.number()?;
        }
        Ok(lease)
    }

    fn cell(&mut self, channel: Channel, dose: Dose) -> &mut Part {
        &mut self.0[channel.index()][dose.index()]
    }
}
