//! The catalogue: which centres and sessions there are, found by place, by id and by distance.
//!
//! Each district is an immutable snapshot behind an atomic pointer ([`District`]); a publication replaces the
//! districts that it touches and shares the centres that it does not. Readers take no lock: they load a pointer and
//! keep what they loaded for as long as they read. Writers follow one another under a mutex.
//!
//! A new session can be looked up by id before a search shows it, and a withdrawn one until no search does, so whoever
//! was shown a session can ask for it.

mod district;
mod index;
mod near;
mod planner;
mod publication;
mod revision;

pub(crate) use district::{CentreEntry, District, SessionEntry};
pub use publication::{OnSale, Publication, Published, Unpublishable};

use crate::seats::Census;
use arc_swap::{ArcSwap, Guard};
use index::Index;
use near::Near;
use opencowin_model::{Centre, CentreId, Date, DistrictId, Pack, Pincode, Position, SessionId};
use planner::{Plan, Planner};
use revision::Revision;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Centres and sessions.
pub(crate) struct Catalogue {
    pack: Arc<Pack>,
    /// In the order of the pack's districts.
    districts: Box<[ArcSwap<District>]>,
    sessions: Index<SessionId, Arc<SessionEntry>>,
    centres: Index<CentreId, Arc<Centre>>,
    near: ArcSwap<Near>,
    writer: Mutex<Writer>,
    census: Arc<Census>,
}

/// What only the writer needs.
struct Writer {
    /// Sessions before this day are retired.
    first_day: Date,
    generation: u64,
}

impl Writer {
    fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }
}

/// Neighbouring centres of one district.
pub(crate) struct Scope {
    pub(crate) district: Guard<Arc<District>>,
    range: Range<usize>,
}

impl Scope {
    /// The centres, in the order of answers.
    pub(crate) fn centres(&self) -> &[Arc<CentreEntry>] {
        self.district.centres(self.range.clone())
    }
}

impl Catalogue {
    pub(crate) fn new(pack: Arc<Pack>) -> Self {
        let empty = || ArcSwap::from_pointee(District::new(0, Vec::new()));
        Self {
            districts: pack.districts().iter().map(|_| empty()).collect(),
            pack,
            sessions: Index::new(),
            centres: Index::new(),
            near: ArcSwap::default(),
            writer: Mutex::new(Writer { first_day: Date::MIN, generation: 0 }),
            census: Arc::default(),
        }
    }

    /// Names of places and vaccines.
    pub(crate) fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Blocks that exist, and reservations that were lost.
    pub(crate) fn census(&self) -> &Census {
        &self.census
    }

    pub(crate) fn session(&self, id: SessionId) -> Option<Arc<SessionEntry>> {
        self.sessions.get(&id)
    }

    pub(crate) fn centre(&self, id: CentreId) -> Option<Arc<Centre>> {
        self.centres.get(&id)
    }

    /// The centres of a district; nothing if the pack does not have it.
    pub(crate) fn in_district(&self, id: DistrictId) -> Option<Scope> {
        self.scope(id, District::everywhere)
    }

    /// The centres with a pincode; nothing if the pack does not have it.
    pub(crate) fn at_pincode(&self, pincode: Pincode) -> Option<Scope> {
        let area = self.pack.postal_area(pincode)?;
        self.scope(area.district, |district| district.at_pincode(pincode))
    }

    /// One centre.
    pub(crate) fn at_centre(&self, id: CentreId) -> Option<Scope> {
        let centre = self.centres.get(&id)?;
        self.scope(centre.district, |district| district.at_centre(&centre))
    }

    /// The sessions of a centre, by date and id.
    pub(crate) fn sessions_at(&self, id: CentreId) -> Vec<Arc<SessionEntry>> {
        let scope = self.at_centre(id);
        let centres = scope.iter().flat_map(Scope::centres);
        centres.flat_map(|centre| &centre.sessions).cloned().collect()
    }

    /// The centres nearest to a point, nearest first.
    pub(crate) fn nearest(&self, position: Position, count: usize) -> Vec<Arc<CentreEntry>> {
        let ids = self.near.load().nearest(position, count);
        let entry = |id| self.at_centre(id).and_then(|scope| scope.centres().first().cloned());
        ids.into_iter().filter_map(entry).collect()
    }

    /// Every district's present snapshot.
    pub(crate) fn districts(&self) -> impl Iterator<Item = Guard<Arc<District>>> {
        self.districts.iter().map(ArcSwap::load)
    }

    pub(crate) fn session_count(&self) -> usize {
        self.sessions.len()
    }

    pub(crate) fn centre_count(&self) -> usize {
        self.centres.len()
    }

    /// Publishes all of `publication` or nothing.
    pub(crate) fn publish(&self, publication: Publication) -> Result<Published, Unpublishable> {
        let mut writer = self.lock();
        publication.check(&self.pack, |id| self.centres.get(&id).is_some())?;
        let Plan { centres, sessions, revisions, published } =
            Planner::new(self).plan(publication, writer.first_day);
        let moved = centres.iter().any(|centre| self.is_elsewhere(centre));
        self.centres.change(centres.into_iter().map(|centre| (centre.id, Some(centre))));
        self.sessions.change(sessions.into_iter().map(|e| (e.session.id, Some(e))));
        self.revise(&mut writer, revisions);
        if moved {
            let centres = self.centres.values();
            self.near.store(Arc::new(Near::new(centres.iter().map(|c| (c.id, c.position)))));
        }
        Ok(published)
    }

    /// Takes sessions out of the catalogue and closes their seats.
    pub(crate) fn withdraw(&self, ids: &[SessionId]) {
        let mut writer = self.lock();
        let entries: Vec<_> = ids.iter().filter_map(|id| self.sessions.get(id)).collect();
        self.remove(&mut writer, &entries);
    }

    /// Takes out the sessions before `day`; none will be published from now on.
    pub(crate) fn retire_before(&self, day: Date) {
        let mut writer = self.lock();
        writer.first_day = writer.first_day.max(day);
        let is_past = |entry: &&Arc<SessionEntry>| entry.session.date < day;
        let past = |district: Guard<Arc<District>>| -> Vec<_> {
            district.sessions().filter(is_past).cloned().collect()
        };
        let entries: Vec<_> = self.districts().flat_map(past).collect();
        self.remove(&mut writer, &entries);
    }

    fn remove(&self, writer: &mut Writer, entries: &[Arc<SessionEntry>]) {
        let mut revisions: BTreeMap<usize, Revision> = BTreeMap::new();
        for entry in entries {
            entry.seats.close();
            if let Some(at) = self.district_of(entry.session.centre) {
                revisions.entry(at).or_default().gone.insert(entry.session.id);
            }
        }
        self.revise(writer, revisions);
        self.sessions.change(entries.iter().map(|entry| (entry.session.id, None)));
    }

    fn revise(&self, writer: &mut Writer, revisions: BTreeMap<usize, Revision>) {
        for (at, revision) in revisions {
            let old = self.districts[at].load();
            let next = old.revised(&self.pack, writer.next_generation(), revision);
            self.districts[at].store(Arc::new(next));
        }
    }

    fn scope(&self, id: DistrictId, range: impl Fn(&District) -> Range<usize>) -> Option<Scope> {
        let district = self.districts[self.position(id)?].load();
        Some(Scope { range: range(&district), district })
    }

    /// Where the district of a known centre stands.
    fn district_of(&self, centre: CentreId) -> Option<usize> {
        self.position(self.centres.get(&centre)?.district)
    }

    fn position(&self, id: DistrictId) -> Option<usize> {
        self.pack.districts().binary_search_by_key(&id, |district| district.id).ok()
    }

    /// Whether a centre is new or stands elsewhere than the one in the catalogue.
    fn is_elsewhere(&self, centre: &Centre) -> bool {
        self.centres.get(&centre.id).is_none_or(|old| old.position != centre.position)
    }

    /// A writer that panicked has replaced each snapshot whole or not at all, so the next may go on.
    fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
