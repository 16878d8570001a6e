//! Which versions can be read, and where in the index each of them is seen.
//!
//! A version stays readable until `life` after a newer one replaced it. Readers pin what they read, so that the index
//! keeps the values they still need.

use crate::store::{ReadError, Version};
use lsm_tree::SeqNo;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// The readable versions; see the [module](self).
pub(super) struct History {
    life: Duration,
    state: Mutex<State>,
}

struct State {
    /// Oldest first, never empty.
    points: VecDeque<Point>,
    /// How many readers are at each place of the index.
    pins: BTreeMap<SeqNo, usize>,
}

/// A version, where the index shows it, and since when it is the newest or was.
struct Point {
    version: Version,
    seen_at: SeqNo,
    since: Instant,
}

/// Keeps a version readable in the index until it is dropped.
pub(super) struct Pin<'a> {
    history: &'a History,
    seen_at: SeqNo,
}

impl History {
    /// A history of `head` alone.
    pub(super) fn new(head: Version, seen_at: SeqNo, life: Duration) -> Self {
        let point = Point { version: head, seen_at, since: Instant::now() };
        let state = State { points: VecDeque::from([point]), pins: BTreeMap::new() };
        Self { life, state: Mutex::new(state) }
    }

    /// The newest version.
    pub(super) fn head(&self) -> Version {
        let state = self.state();
        state.points.back().expect("invariant: there is always a newest version").version
    }

    /// Makes `version` the newest.
    pub(super) fn publish(&self, version: Version, seen_at: SeqNo, now: Instant) {
        let mut state = self.state();
        state.points.push_back(Point { version, seen_at, since: now });
        state.forget(now, self.life);
    }

    /// Pins `version` for a reader.
    pub(super) fn pin(&self, version: Version) -> Result<Pin<'_>, ReadError> {
        let mut state = self.state();
        state.forget(Instant::now(), self.life);
        let found = state.points.binary_search_by_key(&version, |point| point.version);
        let seen_at = state.points[found.map_err(|_| ReadError::TooOld)?].seen_at;
        *state.pins.entry(seen_at).or_default() += 1;
        Ok(Pin { history: self, seen_at })
    }

    /// The index may forget values that were replaced before this place.
    pub(super) fn watermark(&self) -> SeqNo {
        let mut state = self.state();
        state.forget(Instant::now(), self.life);
        let oldest = state.points.front().map_or(0, |point| point.seen_at);
        let pinned = state.pins.keys().next().copied().unwrap_or(oldest);
        oldest.min(pinned).saturating_sub(1)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("invariant: nothing panics while it holds the history")
    }
}

impl State {
    /// Drops the versions that were replaced more than `life` ago.
    fn forget(&mut self, now: Instant, life: Duration) {
        while self.points.get(1).is_some_and(|next| now >= next.since + life) {
            self.points.pop_front();
        }
    }
}

impl Pin<'_> {
    /// Where the index shows the pinned version.
    pub(super) fn seen_at(&self) -> SeqNo {
        self.seen_at
    }
}

impl Drop for Pin<'_> {
    fn drop(&mut self) {
        let mut state = self.history.state();
        if let Some(count) = state.pins.get_mut(&self.seen_at) {
            *count -= 1;
            if *count == 0 {
                state.pins.remove(&self.seen_at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(5);

    #[test]
    fn a_version_lives_on_for_its_life_after_it_was_replaced() {
        let history = History::new(Version(1), 10, LIFE);
        let now = Instant::now();
        history.publish(Version(2), 20, now - LIFE / 2);
        history.publish(Version(3), 30, now);
        assert_eq!(history.pin(Version(1)).unwrap().seen_at(), 10);
        history.publish(Version(4), 40, now + LIFE / 2);
        assert!(history.pin(Version(1)).is_err());
        assert_eq!(history.pin(Version(2)).unwrap().seen_at(), 20);
    }

    #[test]
    fn the_newest_version_never_grows_old_and_later_ones_cannot_be_read() {
        let history = History::new(Version(1), 10, Duration::ZERO);
        assert!(history.pin(Version(1)).is_ok());
        assert!(history.pin(Version(2)).is_err());
        assert!(history.pin(Version(0)).is_err());
    }

    #[test]
    fn the_index_keeps_what_a_reader_has_pinned() {
        let history = History::new(Version(1), 10, Duration::ZERO);
        let one = history.pin(Version(1)).unwrap();
        let two = history.pin(Version(1)).unwrap();
        history.publish(Version(2), 20, Instant::now());
        drop(one);
        assert_eq!(history.watermark(), 9);
        drop(two);
        assert_eq!(history.watermark(), 19);
    }
}
