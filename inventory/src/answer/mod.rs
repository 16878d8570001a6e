//! Answers to searches: composed from fragments, or kept and brought up to date.
//!
//! # Freshness
//!
//! Whatever way an answer takes, every seat number in it was loaded from its word after the search was called. So an
//! answer reflects every reservation acknowledged before the request arrived. Nothing is invalidated when seats
//! change, and there is nothing to invalidate it with: no versions of seats, no list of who shows them.
//!
//! # Three ways
//!
//! - **Composed.** Small answers, filtered ones, those by position and those in another than the default language are
//!   put together from fragments each time (`compose`): a memory copy and a few numbers per session.
//! - **Kept plain.** A large answer keeps its bytes and what they show ([`Kept`]). A search compares that with the
//!   words; equal, it sends the bytes; different, it copies them, rewrites the changed numbers and leaves the copy
//!   for the next.
//! - **Kept compressed.** The same, for answers from 1 kB on, with a gzip stream whose numbers can be rewritten in
//!   place ([`crate::gzip`]).
//!
//! A body once handed out is never written. Kept answers belong to one snapshot of a district and are replaced when
//! it is.
//!
//! # While a stream is being built
//!
//! Compressing a district takes milliseconds, so a [`Builder`] does it on a thread of lowest priority after the first
//! search for it. Until the stream is there the answer is sent plain: a coding that cannot be fresh is not offered.
//! Ordinary compression of the fresh answer would cost the searching thread those milliseconds each time.

mod builder;
mod compose;
mod kept;
mod layout;
mod query;
mod shelf;

pub(crate) use builder::Builder;
pub use builder::BuilderStats;
pub use query::{Coding, Codings, Filter, Found, Place, Search, Shape, Version};
pub use shelf::ShelfStats;

use crate::Budgets;
use crate::catalogue::{Catalogue, Scope};
use bytes::Bytes;
use compose::{Wording, compose, compose_nearby};
use kept::Kept;
pub use kept::Lasting;
use layout::Sketch;
use opencowin_model::Position;
use shelf::{Key, Shelf};

/// Plain answers from this size on, in bytes, are kept.
const LARGE: usize = 16 << 10;
/// Centres with fewer sessions than this hardly ever make a large answer: it is composed without looking for a kept
/// one.
const MANY: usize = 16;
/// Answers from this size on, in bytes, are kept compressed for those who accept it.
const WORTH_GZIP: usize = 1 << 10;
/// How many centres a search by position considers.
const NEAREST: usize = 100;

/// The kept answers.
pub(crate) struct Answers {
    plain: Shelf,
    gzip: Shelf,
}

impl Answers {
    pub(crate) fn new(budgets: Budgets, lasting: Lasting) -> Self {
        Self {
            plain: Shelf::new(budgets.plain_bytes, lasting),
            gzip: Shelf::new(budgets.gzip_bytes, lasting),
        }
    }

    /// Answers a search; may ask `builder` for a stream that later ones can use.
    pub(crate) fn search(
        &self,
        catalogue: &Catalogue,
        search: &Search<'_>,
        codings: Codings,
        builder: &Builder,
    ) -> Found {
        let single = matches!(search.place, Place::Centre(_));
        let wording = Wording::new(catalogue.pack(), search, single);
        if let Place::Near(position) = search.place {
            let centres = catalogue.nearest(position, NEAREST);
            return Found::plain(compose(&wording, &centres, &mut ()));
        }
        match scope(catalogue, search.place) {
            None => Found::plain(compose(&wording, &[], &mut ())),
            Some(scope) if wording.is_common() => {
                let key = Key { place: search.place, shape: search.shape, version: search.version };
                self.common(key, &scope, &wording, codings, builder)
            }
            Some(scope) => Found::plain(compose(&wording, scope.centres(), &mut ())),
        }
    }

    /// Builds the stream for `key` and keeps it; nothing where the place is gone.
    pub(crate) fn build(&self, catalogue: &Catalogue, key: Key) {
        let Key { place, shape, version } = key;
        let Some(scope) = scope(catalogue, place) else { return };
        let search = Search { place, shape, version, filter: Filter::default(), language: None };
        let wording = Wording::new(catalogue.pack(), &search, matches!(place, Place::Centre(_)));
        let mut sketch = Sketch::new(&scope.district, version);
        let plain = compose(&wording, scope.centres(), &mut sketch);
        self.gzip.keep(key, Kept::gzip(&scope.district, sketch.finish(), &plain));
    }

    pub(crate) fn plain(&self) -> ShelfStats {
        self.plain.stats()
    }

    pub(crate) fn gzip(&self) -> ShelfStats {
        self.gzip.stats()
    }

    /// An answer that others are likely to ask for too.
    fn common(
        &self,
        key: Key,
        scope: &Scope,
        wording: &Wording<'_>,
        codings: Codings,
        builder: &Builder,
    ) -> Found {
        if codings.gzip
            && let Some(body) = self.gzip.fresh(&key, &scope.district)
        {
            return Found { body, coding: Coding::Gzip };
        }
        let found =
            Found { body: self.common_plain(key, scope, wording), coding: Coding::Identity };
        if codings.gzip && found.body.len() >= WORTH_GZIP {
            builder.request(key);
        }
        found
    }

    fn common_plain(&self, key: Key, scope: &Scope, wording: &Wording<'_>) -> Bytes {
        let centres = scope.centres();
        if centres.iter().map(|centre| centre.sessions.len()).sum::<usize>() < MANY {
            return compose(wording, centres, &mut ()).into();
        }
        self.plain.fresh(&key, &scope.district).unwrap_or_else(|| {
            let mut sketch = Sketch::new(&scope.district, key.version);
            let mut body = compose(wording, centres, &mut sketch);
            body.shrink_to_fit();
            let body = Bytes::from(body);
            if body.len() >= LARGE {
                let kept = Kept::plain(&scope.district, sketch.finish(), body.clone());
                self.plain.keep(key, kept);
            }
            body
        })
    }
}

/// The centres nearest to a point: `{"centers":[…],"ttl":24}`.
pub(crate) fn nearby(catalogue: &Catalogue, position: Position) -> Bytes {
    compose_nearby(&catalogue.nearest(position, NEAREST)).into()
}

fn scope(catalogue: &Catalogue, place: Place) -> Option<Scope> {
    match place {
        Place::District(id) => catalogue.in_district(id),
        Place::Pincode(pincode) => catalogue.at_pincode(pincode),
        Place::Centre(id) => catalogue.at_centre(id),
        Place::Near(_) => None,
    }
}
