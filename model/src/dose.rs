//! Doses, the channels through which seats are sold, and seat numbers per dose.

use serde::{Deserialize, Serialize};

/// Which dose of a schedule. `Precaution` is what the wire calls dose 3 or `is_precaution`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Dose {
    /// The first dose.
    First = 1,
    /// The second dose of a two-dose schedule.
    Second = 2,
    /// The booster that the programme called precaution dose.
    Precaution = 3,
}

impl Dose {
    /// All doses, in order; [`Dose::index`] is the position here.
    pub const ALL: [Dose; 3] = [Dose::First, Dose::Second, Dose::Precaution];

    /// The dose with this number on the wire.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|dose| u64::from(dose.number()) == number)
    }

    /// 1, 2 or 3.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// 0, 1 or 2.
    pub fn index(self) -> usize {
        self as usize - 1
    }
}

/// How a seat is sold: by anyone online, by staff to those who walk in, or to an invited cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// Booked by people themselves or by apps for them; the only channel that public search shows.
    Online = 0,
    /// Kept for people who come without an appointment.
    OnSpot = 1,
    /// Kept for a mobilised cohort.
    Reserved = 2,
}

impl Channel {
    /// All channels, in order; [`Channel::index`] is the position here.
    pub const ALL: [Channel; 3] = [Channel::Online, Channel::OnSpot, Channel::Reserved];

    /// 0, 1 or 2.
    pub fn index(self) -> usize {
        self as usize
    }

    /// How it is written on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::OnSpot => "on-spot",
            Self::Reserved => "reserved",
        }
    }
}

/// A number of seats for each dose, indexed by [`Dose::index`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seats(pub [u16; 3]);

impl Seats {
    /// The seats of one dose.
    pub fn of(self, dose: Dose) -> u16 {
        self.0[dose.index()]
    }

    /// The sum, dose by dose; as many as can be counted at most.
    pub fn saturating_add(self, more: Self) -> Self {
        Self(Dose::ALL.map(|dose| self.of(dose).saturating_add(more.of(dose))))
    }

    /// The seats of all doses together.
    pub fn total(self) -> u32 {
        self.0.iter().map(|&n| u32::from(n)).sum()
    }
}
