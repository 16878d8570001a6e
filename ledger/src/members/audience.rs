//! What the process keeps in memory hears of the ledger.

use crate::keys::Key;
use crate::records::{Counters, Lease, Row};
use crate::store::Version;
use opencowin_model::{Seats, SessionKey};

/// Follows what is committed. Called on the lane's thread, in the order of commits, and before anybody who waits for a
/// commit is answered; it must not block.
pub trait Audience: Send {
    /// A group of this process was committed at this version, or by then, and left the seats of these sessions so.
    fn committed(&mut self, at: Version, seats: &[OwnSeats]);

    /// Others have changed something. Counters that this process has written since are told as it wrote them, so that what
    /// is heard is never older than what was committed. News of the same version as a commit are the newer of the two.
    fn heard(&mut self, news: &News);

    /// This process was taken for dead and has joined anew: it has no leases any more.
    fn rejoined(&mut self);
}

/// What a group of this process wrote about the seats of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnSeats {
    /// Which session.
    pub session: SessionKey,
    /// Its counters, if they were written.
    pub counters: Option<Counters>,
    /// The lease of this process, if it was written, and whether it still has one.
    pub lease: Option<Option<Lease>>,
}

/// What others have changed, as of one version.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// When it was true.
    pub version: Version,
    /// Centres, definitions of sessions, documents and meta rows that were changed; nothing where one is not there.
    pub rows: Vec<(Key, Option<Row>)>,
    /// Sessions whose seats were changed.
    pub seats: Vec<SeatsHeard>,
}

/// The seats of a session, as of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatsHeard {
    /// Which session.
    pub session: SessionKey,
    /// Its counters; nothing as long as nobody has sold any of it.
    pub counters: Option<Counters>,
    /// What other members have left of their leases.
    pub others: [Seats; 3],
    /// What was granted to them. Once counters know of fewer leased seats than this and the own lease, some of these leases
    /// have ended, and what they had left is counted as free: `others` is out of date.
    pub granted: [Seats; 3],
}
