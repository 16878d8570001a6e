//! Which sessions are hot: several members sell them at once and get in one another's way.

use super::group::Group;
use crate::engine::Fetched;
use crate::keys::Key;
use crate::records::{Counters, Row};
use crate::view::{Known, Rows};
use foldhash::{HashMap, HashMapExt};
use opencowin_model::SessionKey;

/// For how many groups of the lane a session stays hot after somebody got in its way.
pub(super) const HOT_GROUPS: u64 = 2000;

/// See the [module](self).
pub(super) struct Heat {
    /// Up to which group a session is hot.
    hot: HashMap<SessionKey, u64>,
    /// The counters that a failed group rested on: those that are found changed when it is repeated are why it failed.
    suspects: HashMap<SessionKey, Option<Counters>>,
}

impl Heat {
    pub(super) fn new() -> Self {
        Self { hot: HashMap::new(), suspects: HashMap::new() }
    }

    /// Whether a session is hot, where `counters` are its counters as far as they have been read.
    pub(super) fn is_hot(&self, session: SessionKey, counters: Known<'_>) -> bool {
        let got_in_the_way = || {
            let before = self.suspects.get(&session);
            before.is_some_and(|before| counters_of(counters).is_some_and(|now| now != *before))
        };
        self.hot.contains_key(&session) || got_in_the_way()
    }

    /// A group has failed.
    pub(super) fn suspect(&mut self, group: &Group) {
        self.suspects.extend(group.footing.iter().copied());
    }

    /// A group that has read this is about to be sent: the suspects among it that have changed are hot. The others stay
    /// suspects, since the commands of a failed group may be repeated in parts.
    pub(super) fn convict(&mut self, number: u64, fetched: &Fetched) {
        let hot = &mut self.hot;
        self.suspects.retain(|session, before| {
            let Some(now) = counters_of(fetched.row(&Key::Counters(*session))) else { return true };
            if now != *before {
                hot.insert(*session, number + HOT_GROUPS);
            }
            false
        });
    }

    /// All commands of failed groups have been repeated.
    pub(super) fn acquit(&mut self) {
        self.suspects.clear();
    }

    /// What has not been hot for long is hot no more; whether a session still is.
    pub(super) fn cool(&mut self, number: u64) -> impl Fn(&SessionKey) -> bool {
        self.hot.retain(|_, until| *until > number);
        |session| self.hot.contains_key(session)
    }
}

fn counters_of(known: Known<'_>) -> Option<Option<Counters>> {
    match known {
        Known::Present(Row::Counters(counters)) => Some(Some(*counters)),
        Known::Absent => Some(None),
        _ => None,
    }
}
