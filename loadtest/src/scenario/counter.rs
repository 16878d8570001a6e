//! The counters of facilities, and who comes to them.

use super::Span;
use serde::{Deserialize, Serialize};

/// Staff at the counters of facilities. Each visit is one person: registered and booked before the clock starts, or
/// registered by the staff and given a seat on the spot. Then they are checked in and given the dose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counter {
    /// At how many facilities. Those that hold sessions on the day are taken, in the most populous districts first.
    pub facilities: usize,
    /// Which share of those who come have no appointment.
    pub walk_ins: f64,
    /// Of those who were given a dose, the share whose observation is ended in the run.
    pub observe: f64,
    /// Of those who were given a dose, the share whose certificate the staff asks for until it is there.
    pub certificates: f64,
    /// Of those certificates, the share that is downloaded as a document then.
    pub downloads: f64,
    /// For how long a certificate is asked for. One that takes longer is an error.
    pub certificate_patience: Span,
    /// The pause before each step, on average.
    pub think: Span,
    /// For how long a counter asks again for what got no answer, under the same `Idempotency-Key`.
    pub patience: Span,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            facilities: 100,
            walk_ins: 0.25,
            observe: 1.0,
            certificates: 0.0,
            downloads: 0.0,
            certificate_patience: Span::seconds(10),
            think: Span::default(),
            patience: Span::seconds(60),
        }
    }
}

impl Counter {
    /// Requests that a visit makes on average: check-in and dose, before them registration and seat of a walk-in, after
    /// them the end of the observation and the download of a certificate. Asking whether a certificate is there is the
    /// harness's business, and none of them.
    pub(super) fn requests(self) -> f64 {
        2.0 + 2.0 * self.walk_ins + self.observe + self.certificates * self.downloads
    }
}
