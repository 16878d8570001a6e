//! Numbers for metrics.

use crate::answer::{Answers, Builder, BuilderStats, ShelfStats};
use crate::catalogue::{Catalogue, District};

/// The state of an inventory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Centres in the catalogue.
    pub centres: usize,
    /// Sessions in the catalogue.
    pub sessions: usize,
    /// Blocks of seat words that exist, those included that only a reservation still refers to.
    pub blocks: u64,
    /// Sessions that these blocks have words for.
    pub block_sessions: u64,
    /// Bytes of rendered fragments.
    pub fragment_bytes: usize,
    /// Reservations dropped undecided since the start: bugs, each with seats that are lost until the next start.
    pub leaked_reservations: u64,
    /// Large plain answers.
    pub plain: ShelfStats,
    /// Compressed answers.
    pub gzip: ShelfStats,
    /// The thread that compresses.
    pub builder: BuilderStats,
}

impl Stats {
    pub(crate) fn count(catalogue: &Catalogue, answers: &Answers, builder: &Builder) -> Self {
        let mut stats = Self {
            centres: catalogue.centre_count(),
            sessions: catalogue.session_count(),
            blocks: catalogue.census().blocks(),
            block_sessions: catalogue.census().sessions(),
            leaked_reservations: catalogue.census().leaked(),
            plain: answers.plain(),
            gzip: answers.gzip(),
            builder: builder.stats(),
            ..Self::default()
        };
        catalogue.districts().for_each(|district| stats.add(&district));
        stats
    }

    fn add(&mut self, district: &District) {
        let headers = district.centres(district.everywhere()).iter().map(|c| c.header.memory());
        let items = district.sessions().map(|entry| entry.item.bytes().len());
        self.fragment_bytes += headers.sum::<usize>() + items.sum::<usize>();
    }
}
