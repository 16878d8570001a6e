//! What can be wrong with the stand-in, and when.

use std::time::{Duration, Instant};

/// One way to break the contract.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Answers a booking with an id and forgets it. The seat stays gone, or is sold again.
    LoseBooking { seat_stays_gone: bool },
    /// Sells one seat although none is left; search goes on to show none.
    OversellOne,
    /// A search shows the seats of earlier.
    StaleAnswer(Stale),
    /// The whole server does nothing for `pause`, once in every `every`.
    Sleep { pause: Duration, every: Duration },
    /// 403 with an HTML page, as a firewall sends it.
    UntypedRefusal,
    /// A calendar whose first centre lacks `sessions`, a list whose first session lacks its id.
    MalformedBody,
    /// A person who has an appointment for the dose gets a second one.
    DoubleBooking,
    /// One request makes two appointments.
    BookTwice,
    /// Says that all is sold, and books.
    GhostBooking,
    /// Does what a POST asked for, then resets the connection without an answer.
    ResetAfterCommit,
    /// Resets the connection and does nothing.
    Reset,
    /// Closes the connection after half of the body.
    HalfBody,
    /// A body that ends before its JSON does, with the right length.
    WrongJson,
    /// 302 to elsewhere.
    Redirect,
    /// 500 `{}`; nothing was done.
    ServerError,
    /// Answers late.
    Slow(Duration),
    /// Answers something that is not HTTP.
    NotHttp,
    /// Another product: 200 with its welcome page on every path.
    AnotherProduct,
    /// 204 to a cancellation, and the appointment stays.
    CancelsDoNothing,
    /// Acknowledges a dose and forgets it.
    LoseDose,
    /// Takes two doses out of stock for one.
    DrawTwice,
    /// Refuses a dose and records it.
    GhostDose,
    /// Records a dose and does not count it in the public report.
    MiscountDose,
    /// Has a certificate this long after the dose.
    LateCertificate(Duration),
    /// Never has a certificate for a dose.
    NoCertificate,
    /// Sends something else for a certificate, and calls it a PDF.
    NotPdf,
    /// Publishes a session that no search shows.
    HideSession,
    /// Shows a session with one seat more than were published.
    InflateSession,
    /// Acknowledges a session and forgets it.
    LoseSession,
    /// Refuses to publish a session and publishes it.
    GhostSession,
    /// Names the last session of a facility twice.
    ListTwice,
}

/// How old what a stale answer shows is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stale {
    /// By time.
    By(Duration),
    /// From before the last booking.
    BeforeLastBooking,
}

/// At which of its occasions a fault takes effect. What an occasion is depends on the fault: for `OversellOne` a booking
/// that would be refused for want of a seat, for `StaleAnswer` a search that would show something else, for
/// faults of bookings a booking that would succeed, for `ResetAfterCommit` a POST that did, for the others any request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    Always,
    /// Once, at the n-th, counted from one.
    Nth(u64),
    /// At this share of them, evenly spread.
    Share(f64),
    /// At every one from this long after it was switched on.
    After(Duration),
}

/// The faults that are switched on.
#[derive(Default)]
pub struct Faults {
    armed: Vec<Armed>,
    fired: u64,
}

struct Armed {
    fault: Fault,
    when: When,
    /// Only on paths that contain this.
    path: String,
    since: Instant,
    occasions: u64,
}

impl Faults {
    pub fn arm(&mut self, fault: Fault, when: When, path: &str) {
        let path = path.to_owned();
        self.armed.push(Armed { fault, when, path, since: Instant::now(), occasions: 0 });
    }

    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// How often any has taken effect.
    pub fn fired(&self) -> u64 {
        self.fired
    }

    /// The first fault of those `wanted` that takes effect now. Asking is the occasion.
    pub fn strikes(&mut self, path: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let of_this = |one: &Armed| wanted(&one.fault) && path.contains(&one.path);
        let mut all = self.armed.iter_mut().filter(|one| of_this(one));
        let struck = all.find_map(|one| one.takes_effect().then_some(one.fault))?;
        self.fired += 1;
        Some(struck)
    }

    /// Whether exactly this one takes effect now.
    pub fn strikes_as(&mut self, path: &str, fault: Fault) -> bool {
        self.strikes(path, |one| *one == fault).is_some()
    }

    /// How old an answer is to be, if one may be stale at all. This is no occasion yet.
    pub fn staleness(&self) -> Option<Stale> {
        self.armed.iter().find_map(|one| match one.fault {
            Fault::StaleAnswer(stale) => Some(stale),
            _ => None,
        })
    }
}

impl Armed {
    fn takes_effect(&mut self) -> bool {
        self.occasions += 1;
        let n = self.occasions;
        match self.when {
            When::Always => true,
            When::Nth(wanted) => n == wanted,
            When::Share(share) => (n as f64 * share).floor() > ((n - 1) as f64 * share).floor(),
            When::After(wait) => self.since.elapsed() >= wait,
        }
    }
}
