//! Own counters that are newer than what is heard of them.
//!
//! Between the moment at which the others' changes are read and the one at which the lane hears of them, the lane may
//! have committed. What it wrote about a session's counters rests on everything that was written before, so it takes the
//! place of what was read earlier.

use crate::members::{News, OwnSeats};
use crate::records::Counters;
use crate::store::Version;
use foldhash::{HashMap, HashMapExt};
use opencowin_model::SessionKey;

/// See the [module](self).
pub(super) struct Newest(HashMap<SessionKey, (Version, Counters)>);

impl Newest {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// The lane has written this, at this version.
    pub(super) fn wrote(&mut self, at: Version, seats: &[OwnSeats]) {
        for own in seats {
            if let Some(counters) = own.counters {
                self.0.insert(own.session, (at, counters));
            }
        }
    }

    /// When the lane has written about these is not known.
    pub(super) fn forget(&mut self, seats: &[OwnSeats]) {
        for own in seats {
            self.0.remove(&own.session);
        }
    }

    /// Brings news up to date. Whatever is heard after it is at least as new.
    pub(super) fn correct(&mut self, news: &mut News) {
        self.0.retain(|_, (at, _)| *at > news.version);
        for heard in &mut news.seats {
            if let Some((_, counters)) = self.0.get(&heard.session) {
                heard.counters = Some(*counters);
            }
        }
    }
}
