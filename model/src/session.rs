//! Vaccination sessions: what is on sale.

use crate::{AgeBand, CentreId, Channel, Date, Dose, Hours, Seats, SessionId, VaccineId};

/// How a session is found in the ledger: by its day, then by its id. Whoever refers to a session keeps both, so that
/// sessions of one day lie together and past days are left alone at start-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// The day it is held.
    pub date: Date,
    /// Its id.
    pub id: SessionId,
}

/// Whether a session is on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Published: seats are sold until the day is over.
    Published,
    /// Cancelled: its appointments count as not live.
    Cancelled,
}

/// Seats of a session per channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity([Seats; 3]);

impl Capacity {
    /// Seats sold online, kept for walk-ins, and kept for an invited cohort.
    pub fn new(online: Seats, on_spot: Seats, reserved: Seats) -> Self {
        Self([online, on_spot, reserved])
    }

    /// The seats of one channel.
    pub fn of(&self, channel: Channel) -> Seats {
        self.0[channel.index()]
    }

    /// The seats of one channel and dose.
    pub fn seats(&self, channel: Channel, dose: Dose) -> u16 {
        self.of(channel).of(dose)
    }
}

/// The definition of a session. Seats taken are counted elsewhere; this changes only when staff change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Where it is held.
    pub centre: CentreId,
    /// The day it is held.
    pub date: Date,
    /// From when to when.
    pub hours: Hours,
    /// The one vaccine given.
    pub vaccine: VaccineId,
    /// Who may be booked.
    pub age: AgeBand,
    /// Price of a dose in whole units of the country's currency; 0 where free.
    pub fee: u32,
    /// The slots that people choose from. A hint against crowding: seats are counted per session, not per slot
    /// (source: wire contract 1.2).
    pub slots: Vec<Hours>,
    /// Seats published.
    pub capacity: Capacity,
    /// On sale or cancelled.
    pub state: SessionState,
    /// Rises by one with every change of the definition.
    pub version: u32,
}

impl Session {
    /// Where the ledger keeps it.
    pub fn key(&self) -> SessionKey {
        SessionKey { date: self.date, id: self.id }
    }

    /// The slot with this label, by its position in `slots`.
    pub fn slot(&self, label: &str) -> Option<u8> {
        self.slots.iter().position(|slot| slot.is_labelled(label)).map(|at| at as u8)
    }
}
