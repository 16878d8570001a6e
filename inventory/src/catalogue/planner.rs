//! From a checked publication to what changes in each district.

use super::Catalogue;
use super::district::SessionEntry;
use super::publication::{OnSale, Publication, Published};
use super::revision::Revision;
use crate::seats::{Block, SessionSeats};
use opencowin_model::{
    Capacity, Centre, CentreId, Date, Pincode, Session, SessionId, SessionKey, SessionState,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What a publication comes to.
pub(super) struct Plan {
    pub(super) centres: Vec<Arc<Centre>>,
    pub(super) sessions: Vec<Arc<SessionEntry>>,
    /// By the position of the district.
    pub(super) revisions: BTreeMap<usize, Revision>,
    pub(super) published: Published,
}

/// Makes the plan. Only the writer runs it, so the catalogue stands still meanwhile.
pub(super) struct Planner<'a> {
    catalogue: &'a Catalogue,
    /// The centres of the publication.
    centres: HashMap<CentreId, Arc<Centre>>,
    revisions: BTreeMap<usize, Revision>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, centres: HashMap::new(), revisions: BTreeMap::new() }
    }

    /// The plan for `publication`, without its sessions before `first_day`.
    pub(super) fn plan(mut self, publication: Publication, first_day: Date) -> Plan {
        let Publication { centres, sessions } = publication;
        self.centres = centres.into_iter().map(|centre| (centre.id, Arc::new(centre))).collect();
        let is_past = |on_sale: &OnSale| on_sale.session.date < first_day;
        let (present, past): (Vec<_>, Vec<_>) = sessions
            .into_iter()
            .filter(|on_sale| self.is_news(on_sale))
            .partition(|on_sale| !is_past(on_sale));
        let (known, new): (Vec<_>, Vec<_>) =
            present.into_iter().partition(|on_sale| self.known(on_sale).is_some());
        let published = Published { added: new.len(), changed: known.len(), past: past.len() };
        let mut sessions: Vec<_> =
            known.into_iter().filter_map(|known| self.change(known)).collect();
        sessions.extend(self.add(new));
        self.file_centres(&sessions);
        self.file_sessions(&sessions);
        let centres = self.centres.into_values().collect();
        Plan { centres, sessions, revisions: self.revisions, published }
    }

    /// A new definition for a session that has seats already.
    fn change(&mut self, on_sale: OnSale) -> Option<Arc<SessionEntry>> {
        let old = self.known(&on_sale)?;
        if let Some(at) = self.catalogue.district_of(old.session.centre) {
            self.revision(at).gone.insert(old.session.id);
        }
        Some(self.entry(on_sale.session, old.seats.clone()))
    }

    /// Gives new sessions their words: one block a district, in the order in which answers list them.
    fn add(&self, mut new: Vec<OnSale>) -> Vec<Arc<SessionEntry>> {
        new.sort_by_cached_key(|on_sale| self.place(&on_sale.session));
        let mut entries = Vec::with_capacity(new.len());
        let mut rest = new.into_iter().peekable();
        while let Some(first) = rest.peek() {
            let (district, ..) = self.place(&first.session);
            let here = |on_sale: &OnSale| self.place(&on_sale.session).0 == district;
            let group: Vec<_> = std::iter::from_fn(|| rest.next_if(here)).collect();
            let free: Vec<Capacity> = group.iter().map(|on_sale| on_sale.free).collect();
            let block = Arc::new(Block::new(&free, Arc::clone(&self.catalogue.census)));
            entries.extend((0..).zip(group).map(|(at, on_sale)| {
                self.entry(on_sale.session, SessionSeats::new(Arc::clone(&block), at))
            }));
        }
        entries
    }

    fn entry(&self, session: Session, seats: SessionSeats) -> Arc<SessionEntry> {
        match session.state {
            SessionState::Published => seats.open(),
            SessionState::Closed | SessionState::Cancelled | SessionState::Moved { .. } => {
                seats.close();
            }
        }
        Arc::new(SessionEntry::new(&self.catalogue.pack, session, seats))
    }

    /// Puts centres into their district; one that comes from another district brings its sessions along.
    fn file_centres(&mut self, sessions: &[Arc<SessionEntry>]) {
        let replaced: HashSet<SessionId> = sessions.iter().map(|entry| entry.session.id).collect();
        for centre in self.centres.values().cloned().collect::<Vec<_>>() {
            let Some(at) = self.catalogue.position(centre.district) else { continue };
            if let Some(old) = self.catalogue.district_of(centre.id).filter(|old| *old != at) {
                let stays = |entry: &&Arc<SessionEntry>| !replaced.contains(&entry.session.id);
                let scope = self.catalogue.at_centre(centre.id);
                let entries = scope.iter().flat_map(|scope| scope.centres()).flat_map(|c| c.all());
                let moved: Vec<_> = entries.filter(stays).cloned().collect();
                self.revision(at).arriving.entry(centre.id).or_default().extend(moved);
                self.revision(old).leaving.insert(centre.id);
            }
            self.revision(at).centres.insert(centre.id, centre);
        }
    }

    fn file_sessions(&mut self, sessions: &[Arc<SessionEntry>]) {
        for entry in sessions {
            let (at, _, centre, _) = self.place(&entry.session);
            self.revision(at).arriving.entry(centre).or_default().push(Arc::clone(entry));
        }
    }

    fn revision(&mut self, district: usize) -> &mut Revision {
        self.revisions.entry(district).or_default()
    }

    /// Whether it is not an older definition than that in the catalogue: two changes can come here in either order.
    fn is_news(&self, on_sale: &OnSale) -> bool {
        self.known(on_sale).is_none_or(|known| known.session.version <= on_sale.session.version)
    }

    fn known(&self, on_sale: &OnSale) -> Option<Arc<SessionEntry>> {
        self.catalogue.session(on_sale.session.id)
    }

    /// Where answers list a session: the position of its district, then pincode, centre, day and id.
    fn place(&self, session: &Session) -> (usize, Pincode, CentreId, SessionKey) {
        let known = || self.catalogue.centre(session.centre);
        let centre = self.centres.get(&session.centre).cloned().or_else(known);
        let centre = centre.expect("invariant: the check found every session's centre");
        let at = self.catalogue.position(centre.district);
        let at = at.expect("invariant: the check found every centre's district");
        (at, centre.pincode, centre.id, session.key())
    }
}
