//! Seats that someone has taken and whose fate is open.

use super::SessionSeats;
use opencowin_model::{Channel, Dose};

/// Seats taken and undecided. Only a definite outcome consumes it: [`confirm`](Self::confirm) when the ledger
/// committed, [`release`](Self::release) when it refused. While the fate is unknown it must be kept.
///
/// Dropping one undecided is a bug: it releases nothing, because the seats may be sold, and is counted.
#[derive(Debug)]
#[must_use = "seats stay taken until the reservation is confirmed or released"]
pub struct Reservation {
    seats: SessionSeats,
    channel: Channel,
    dose: Dose,
    /// Seats still owed a decision; 0 once decided.
    count: u16,
}

impl Reservation {
    pub(super) fn new(seats: SessionSeats, channel: Channel, dose: Dose, count: u16) -> Self {
        Self { seats, channel, dose, count }
    }

    /// The seats are sold.
    pub fn confirm(mut self) {
        self.seats.confirmed(self.channel, self.dose, self.count);
        self.count = 0;
    }

    /// The seats are free again.
    pub fn release(mut self) {
        self.seats.pair(self.channel).release(self.dose, self.count);
        self.count = 0;
    }

    /// The channel that they were taken from.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The dose that they are for.
    pub fn dose(&self) -> Dose {
        self.dose
    }

    /// How many.
    pub fn count(&self) -> u16 {
        self.count
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.count > 0 {
            self.seats.block().census().count_leak();
            let (channel, dose, count) = (self.channel, self.dose, self.count);
            tracing::error!(?channel, ?dose, count, "a reservation was dropped undecided");
        }
    }
}
