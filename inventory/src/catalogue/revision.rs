//! The difference between two snapshots of a district.

use super::district::{CentreEntry, SessionEntry};
use opencowin_model::{Centre, CentreId, Pack, SessionId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What changes in one district.
#[derive(Default)]
pub(super) struct Revision {
    /// Centres that are new here or describe themselves differently.
    pub(super) centres: HashMap<CentreId, Arc<Centre>>,
    /// Centres that belong to another district from now on.
    pub(super) leaving: HashSet<CentreId>,
    /// Sessions that go, or come again in `arriving`.
    pub(super) gone: HashSet<SessionId>,
    /// Sessions that are new here or have changed, by centre.
    pub(super) arriving: HashMap<CentreId, Vec<Arc<SessionEntry>>>,
}

impl Revision {
    /// The next form of a centre that was here; none if it leaves. What belongs to it is taken out of the revision.
    pub(super) fn apply(
        &mut self,
        pack: &Pack,
        entry: &Arc<CentreEntry>,
    ) -> Option<Arc<CentreEntry>> {
        let id = entry.centre.id;
        if self.leaving.contains(&id) {
            return None;
        }
        let (centre, arriving) = (self.centres.remove(&id), self.arriving.remove(&id));
        if centre.is_none() && arriving.is_none() && !self.takes_from(entry) {
            return Some(Arc::clone(entry));
        }
        let stays = |old: &&Arc<SessionEntry>| !self.gone.contains(&old.session.id);
        let mut sessions: Vec<_> = entry.all().filter(stays).cloned().collect();
        sessions.extend(arriving.unwrap_or_default());
        let centre = centre.unwrap_or_else(|| Arc::clone(&entry.centre));
        Some(Arc::new(CentreEntry::new(pack, centre, sessions)))
    }

    /// The centres that were not here before; to be called when `apply` has seen those that were.
    pub(super) fn into_added(mut self, pack: &Pack) -> Vec<Arc<CentreEntry>> {
        let centres = std::mem::take(&mut self.centres);
        let added = centres.into_iter().map(|(id, centre)| {
            let sessions = self.arriving.remove(&id).unwrap_or_default();
            Arc::new(CentreEntry::new(pack, centre, sessions))
        });
        added.collect()
    }

    fn takes_from(&self, entry: &CentreEntry) -> bool {
        !self.gone.is_empty() && entry.all().any(|old| self.gone.contains(&old.session.id))
    }
}
