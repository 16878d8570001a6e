//! Memory follows a ledger that other gateways change too.
//!
//! Of each session whose seats have moved, this knows what the ledger's rows say: what is free, what this gateway has
//! left of its lease, and what others have left of theirs. From that follows what this gateway may sell (*mine*: its
//! lease if it has one, else what is free) and what it only shows (*others*).
//!
//! Rows come from two sides: those that this gateway's own commits wrote, told at once, and those that others changed,
//! told as of a version that was read some milliseconds ago. The ledger sees to it that what is told is never older than
//! what was told before. Everything here happens on the thread of the ledger's lane, as do the decisions of reservations.

use crate::access::registry::Registry;
use opencowin_inventory::{Inventory, OnSale, Publication};
use opencowin_ledger::keys::Key;
use opencowin_ledger::members::{Audience, News, OwnSeats, SeatsHeard};
use opencowin_ledger::records::{Counters, Lease, Row};
use opencowin_ledger::store::Version;
use opencowin_model::{
    Capacity, Channel, Dose, Seats, Session, SessionId, SessionKey, SessionState,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Sessions that are remembered; with more, those that are sold without leases are forgotten, since whatever is told of
/// them next is told whole.
const REMEMBERED: usize = 50_000;

/// See the [module](self).
pub struct Projection {
    inventory: Arc<Inventory>,
    /// Not held: it holds the ledger, whose lane holds this.
    registry: OnceLock<Weak<Registry>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sessions: HashMap<SessionKey, Rows>,
    /// Sessions of which reserved seats stood in the way of what should be shown.
    owed: HashSet<SessionKey>,
}

/// What the ledger's rows say of a session.
#[derive(Clone, Copy, Debug, Default)]
struct Rows {
    /// Nothing as long as there are none, when all of it is free.
    counters: Option<Counters>,
    /// What this gateway has leased, if it has.
    lease: Option<Lease>,
    /// What other gateways have left of their leases.
    others: [Seats; 3],
    /// What was granted to them.
    granted: [Seats; 3],
}

impl Rows {
    /// What this gateway may sell of one channel, and what it only shows.
    fn shares(&self, channel: Channel, capacity: Seats) -> (Seats, Seats) {
        let free = self.counters.map_or(capacity, |counters| counters.free(channel));
        let others = Seats(Dose::ALL.map(|dose| self.others_of(channel, dose)));
        match self.lease {
            Some(lease) => (lease.left(channel), free.saturating_add(others)),
            None => (free, others),
        }
    }

    /// What others have left. Where fewer seats are leased by now than they had, some have given back what they had left:
    /// it is free and must not be shown twice. How much others still have will be heard.
    fn others_of(&self, channel: Channel, dose: Dose) -> u16 {
        let leased = self.counters.map_or(0, |counters| counters.tally(channel, dose).leased);
        let mine = self.lease.map_or(0, |lease| lease.part(channel, dose).granted);
        let granted = self.granted[channel.index()].of(dose);
        let is_whole = u32::from(leased) >= u32::from(mine) + u32::from(granted);
        if is_whole { self.others[channel.index()].of(dose) } else { 0 }
    }
}

impl Projection {
    /// Into this memory.
    pub fn new(inventory: Arc<Inventory>) -> Arc<Self> {
        Arc::new(Self { inventory, registry: OnceLock::new(), state: Mutex::default() })
    }

    /// Has the records about callers follow as well.
    pub fn tell(&self, registry: &Arc<Registry>) {
        // There is one registry, which is told once.
        let _ = self.registry.set(Arc::downgrade(registry));
    }

    /// Tries again what reserved seats stood in the way of. Called when some of a session have been decided.
    pub fn settled(&self, session: SessionId) {
        let mut state = self.state();
        let owed: Vec<_> = state.owed.iter().copied().filter(|key| key.id == session).collect();
        owed.into_iter().for_each(|key| self.apply(&mut state, key));
    }

    /// Sessions have come into memory; what was heard of their seats before is applied now.
    pub fn published(&self, sessions: impl IntoIterator<Item = SessionKey>) {
        let mut state = self.state();
        for key in sessions {
            if state.sessions.contains_key(&key) {
                self.apply(&mut state, key);
            }
        }
    }

    fn committed(&self, seats: &[OwnSeats]) {
        let mut state = self.state();
        for own in seats {
            let rows = state.sessions.entry(own.session).or_default();
            rows.counters = own.counters.or(rows.counters);
            rows.lease = own.lease.unwrap_or(rows.lease);
            self.apply(&mut state, own.session);
        }
        self.pay(&mut state);
    }

    fn heard(&self, news: &News) {
        let mut state = self.state();
        for heard in &news.seats {
            let rows = state.sessions.entry(heard.session).or_default();
            rows.counters = heard.counters;
            (rows.others, rows.granted) = (heard.others, heard.granted);
        }
        self.publish(news);
        if let Some(registry) = self.registry.get().and_then(Weak::upgrade) {
            registry.heard(news);
        }
        for SeatsHeard { session, .. } in &news.seats {
            self.apply(&mut state, *session);
        }
        self.pay(&mut state);
        if state.sessions.len() > REMEMBERED {
            state
                .sessions
                .retain(|_, rows| rows.lease.is_some() || rows.others != [Seats::default(); 3]);
        }
    }

    fn rejoined(&self) {
        let mut state = self.state();
        let leased = |(key, rows): (&SessionKey, &mut Rows)| rows.lease.take().map(|_| *key);
        let leased: Vec<_> = state.sessions.iter_mut().filter_map(leased).collect();
        leased.into_iter().for_each(|key| self.apply(&mut state, key));
    }

    /// Puts what others have published on sale.
    fn publish(&self, news: &News) {
        let mut publication = Publication::default();
        for (key, row) in &news.rows {
            match (key, row) {
                (Key::Centre(_), Some(Row::Centre(centre))) => {
                    publication.centres.push((**centre).clone());
                }
                (Key::Session(key), Some(Row::Session(session))) if is_kept_here(session) => {
                    let heard = news.seats.iter().find(|heard| heard.session == *key);
                    let counters = heard.and_then(|heard| heard.counters);
                    publication.sessions.push(on_sale((**session).clone(), counters.as_ref()));
                }
                _ => {}
            }
        }
        if publication.centres.is_empty() && publication.sessions.is_empty() {
            return;
        }
        if let Err(error) = self.inventory.publish(publication) {
            tracing::error!(%error, "what another gateway has published cannot be put on sale here");
        }
    }

    /// What reserved seats stood in the way of, as far as they do not any more.
    fn pay(&self, state: &mut State) {
        let owed: Vec<_> = state.owed.iter().copied().collect();
        owed.into_iter().for_each(|key| self.apply(state, key));
    }

    /// Makes memory show what the rows say. A session that is not on sale here is not shown.
    fn apply(&self, state: &mut State, key: SessionKey) {
        state.owed.remove(&key);
        let Some(on_sale) = self.inventory.session(key.id) else { return };
        // Of another day are the rows of a session that was moved, or is about to be.
        if on_sale.definition().key() != key {
            return;
        }
        let rows = state.sessions.get(&key).copied().unwrap_or_default();
        let capacity = on_sale.definition().capacity;
        let mut whole = true;
        for channel in Channel::ALL {
            let (mine, others) = rows.shares(channel, capacity.of(channel));
            whole &= on_sale.seats().follow(channel, mine, others);
        }
        if !whole {
            state.owed.insert(key);
        }
    }

    /// Whoever panicked has left each session as it was or as it should be.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a session stands under the day on which it is held, and was not moved to another.
pub(crate) fn is_kept_here(session: &Session) -> bool {
    !matches!(session.state, SessionState::Moved { .. })
}

/// A session as the ledger has it, for sale.
pub(crate) fn on_sale(session: Session, counters: Option<&Counters>) -> OnSale {
    let free = counters.map_or(session.capacity, |counters| {
        let [online, on_spot, reserved] = Channel::ALL.map(|channel| counters.free(channel));
        Capacity::new(online, on_spot, reserved)
    });
    OnSale { session, free }
}

/// The ledger's view of a projection.
pub(crate) struct Listener(pub(crate) Arc<Projection>);

impl Audience for Listener {
    fn committed(&mut self, _: Version, seats: &[OwnSeats]) {
        self.0.committed(seats);
    }

    fn heard(&mut self, news: &News) {
        self.0.heard(news);
    }

    fn rejoined(&mut self) {
        self.0.rejoined();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: (Channel, Dose) = (Channel::Online, Dose::First);

    fn first(seats: u16) -> [Seats; 3] {
        [Seats([seats, 0, 0]), Seats::default(), Seats::default()]
    }

    fn shares(rows: &Rows) -> (u16, u16) {
        let (mine, others) = rows.shares(Channel::Online, Seats([100, 0, 0]));
        (mine.of(Dose::First), others.of(Dose::First))
    }

    #[test]
    fn a_lease_is_sold_from_and_what_is_free_is_shown_beside_it() {
        assert_eq!(shares(&Rows::default()), (100, 0), "nobody has sold any");
        let (channel, dose) = FIRST;
        let unsold =
            Counters::unsold(&Capacity::new(first(100)[0], Seats::default(), Seats::default()));
        let counters = unsold.lease(channel, dose, 30).and_then(|c| c.lease(channel, dose, 20));
        let mine = Lease::default().grant(channel, dose, 30).unwrap().take(channel, dose, 1);
        let rows = Rows { counters, lease: mine, others: first(15), granted: first(20) };
        assert_eq!(shares(&rows), (29, 50 + 15));
    }

    #[test]
    fn what_a_lease_had_left_is_not_shown_twice_once_it_has_ended() {
        let (channel, dose) = FIRST;
        let unsold =
            Counters::unsold(&Capacity::new(first(100)[0], Seats::default(), Seats::default()));
        let leased = unsold.lease(channel, dose, 20).unwrap();
        let theirs = Lease::default().grant(channel, dose, 20).unwrap();
        let others = Rows {
            counters: Some(leased),
            others: first(20),
            granted: first(20),
            ..Rows::default()
        };
        assert_eq!(shares(&others), (80, 20));
        // This gateway learns of the end with its own next commit, before it hears of it.
        let ended = Rows { counters: leased.settle(&theirs), ..others };
        assert_eq!(shares(&ended), (100, 0));
    }
}
