//! The inventory as the other rooms see it.

use crate::answer::{self, Answers, Builder};
use crate::catalogue::{Catalogue, SessionEntry};
use crate::{
    Codings, Found, Lasting, Publication, Published, Search, SessionSeats, Stats, Unpublishable,
};
use bytes::Bytes;
use opencowin_model::{Centre, CentreId, Date, Pack, Position, Session, SessionId};
use std::sync::Arc;

/// How much memory kept answers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Bytes for large plain answers.
    pub plain_bytes: u64,
    /// Bytes for compressed answers.
    pub gzip_bytes: u64,
}

/// 64 MB plain and 128 MB compressed.
impl Default for Budgets {
    fn default() -> Self {
        Self { plain_bytes: 64 << 20, gzip_bytes: 128 << 20 }
    }
}

/// Centres, sessions, their seats, and the answers to searches for them. Shared by reference between threads.
pub struct Inventory {
    rooms: Arc<Rooms>,
    builder: Builder,
}

/// What the builder's thread needs too.
struct Rooms {
    catalogue: Catalogue,
    answers: Answers,
}

impl Inventory {
    /// An empty inventory. It owns one thread, which ends with it.
    pub fn new(pack: Arc<Pack>, budgets: Budgets) -> Self {
        Self::with_lasting(pack, budgets, |body| body)
    }

    /// An empty inventory whose kept bodies are put into another form once they are asked for again.
    pub fn with_lasting(pack: Arc<Pack>, budgets: Budgets, lasting: Lasting) -> Self {
        let catalogue = Catalogue::new(pack);
        let rooms = Arc::new(Rooms { catalogue, answers: Answers::new(budgets, lasting) });
        let builder = Builder::start({
            let rooms = Arc::clone(&rooms);
            move |key| rooms.answers.build(&rooms.catalogue, key)
        });
        Self { rooms, builder }
    }

    /// Puts centres and sessions into the catalogue or replaces their definitions, all or nothing. Readers see each
    /// district change at once. Seats of sessions that were there already are left alone.
    ///
    /// # Errors
    ///
    /// The first fault found; then nothing was published.
    pub fn publish(&self, publication: Publication) -> Result<Published, Unpublishable> {
        self.rooms.catalogue.publish(publication)
    }

    /// Takes sessions out of the catalogue and closes their seats. Unknown ids are passed over.
    pub fn withdraw(&self, ids: &[SessionId]) {
        self.rooms.catalogue.withdraw(ids);
    }

    /// Withdraws the sessions before `day`; sessions of those days are not published any more.
    pub fn retire_before(&self, day: Date) {
        self.rooms.catalogue.retire_before(day);
    }

    /// The session with this id.
    pub fn session(&self, id: SessionId) -> Option<SessionOnSale> {
        let entry = self.rooms.catalogue.session(id)?;
        let centre = self.rooms.catalogue.centre(entry.session.centre)?;
        Some(SessionOnSale { entry, centre })
    }

    /// The sessions of a centre from its first day in the catalogue on, by date and id.
    pub fn sessions_at(&self, centre: CentreId) -> Vec<SessionOnSale> {
        let Some(found) = self.rooms.catalogue.centre(centre) else { return Vec::new() };
        let entries = self.rooms.catalogue.sessions_at(centre).into_iter();
        entries.map(|entry| SessionOnSale { entry, centre: Arc::clone(&found) }).collect()
    }

    /// The centre with this id.
    pub fn centre(&self, id: CentreId) -> Option<Arc<Centre>> {
        self.rooms.catalogue.centre(id)
    }

    /// Answers a search, in the caller's thread, without waiting for bookings, publications or other searches. A place
    /// that does not exist is answered as one without sessions.
    pub fn search(&self, search: &Search<'_>, codings: Codings) -> Found {
        self.rooms.answers.search(&self.rooms.catalogue, search, codings, &self.builder)
    }

    /// The 100 centres nearest to a point, with or without sessions: `{"centers":[…],"ttl":24}`.
    pub fn centres_near(&self, position: Position) -> Bytes {
        answer::nearby(&self.rooms.catalogue, position)
    }

    /// Counts for metrics. Walks the catalogue: not for every request.
    pub fn stats(&self) -> Stats {
        let Rooms { catalogue, answers } = &*self.rooms;
        Stats::count(catalogue, answers, &self.builder)
    }
}

/// A session in the catalogue: its definition and centre as of the look-up, and its live seats.
#[derive(Clone)]
pub struct SessionOnSale {
    entry: Arc<SessionEntry>,
    centre: Arc<Centre>,
}

impl SessionOnSale {
    /// Its definition.
    pub fn definition(&self) -> &Session {
        &self.entry.session
    }

    /// Where it is held.
    pub fn centre(&self) -> &Arc<Centre> {
        &self.centre
    }

    /// Its seats.
    pub fn seats(&self) -> &SessionSeats {
        &self.entry.seats
    }
}
