//! A group of commands that are committed together.

use crate::audit::Tip;
use crate::commands::Answer;
use crate::keys::Key;
use crate::records::{Counters, Row};
use crate::request::Job;
use crate::store::{Outcome, Version};
use foldhash::HashMap;
use opencowin_model::SessionKey;
use std::time::Instant;

/// Rows written, or removed where there is no value.
pub(super) type Writes = HashMap<Key, Option<Row>>;

/// Where a group stands in the order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It writes nothing and takes no place; its answers rest on the groups before it.
    Nowhere,
    /// The engine has told its place.
    At(Version),
    /// The engine will tell when it is committed.
    Untold,
}

/// When a group that wrote something was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// At this version.
    At(Version),
    /// Not after this version: the store did not tell, and its trace was found later.
    By(Version),
}

/// A job with its answer, which is given once the group is committed.
pub(super) struct Verdict {
    pub(super) job: Job,
    pub(super) answer: Answer,
    pub(super) effective: bool,
}

/// A group under way.
pub(super) struct Group {
    /// Rises with every group of the lane; the group's trace holds it.
    pub(super) number: u64,
    /// Where its trace is written.
    pub(super) trace: Key,
    pub(super) place: Place,
    /// How it ended, once it has.
    pub(super) landed: Option<Outcome>,
    pub(super) launched: Instant,
    /// The counters that it rests on and changes, as they were.
    pub(super) footing: Vec<(SessionKey, Option<Counters>)>,
    /// Whether it has an entry in the feed, and up to which group its commit removes older ones.
    pub(super) has_entry: bool,
    pub(super) trimmed: u64,
    /// Where the lane's audit chain stands once it is committed.
    pub(super) audited: Tip,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) writes: Writes,
}

impl Group {
    /// Its jobs, to be decided again.
    pub(super) fn into_jobs(self) -> Vec<Job> {
        self.verdicts.into_iter().map(|verdict| verdict.job).collect()
    }

    /// Whether a reader at `version` does not see its writes yet.
    pub(super) fn is_after(&self, version: Version) -> bool {
        match self.place {
            Place::Nowhere => false,
            Place::At(place) => place > version,
            Place::Untold => true,
        }
    }
}
