//! How far certifying has come, for metrics.

use crate::metrics::Gauges;
use std::sync::atomic::{AtomicU64, Ordering};

/// What metrics show of the queue, and of what this gateway has signed.
#[derive(Debug, Default)]
pub struct Progress {
    waiting: AtomicU64,
    oldest_ms: AtomicU64,
    stored: AtomicU64,
    failures: AtomicU64,
}

impl Progress {
    /// So many waited at the last look, the first of them for so long.
    pub(super) fn show(&self, waiting: usize, oldest_ms: i64) {
        self.waiting.store(waiting as u64, Ordering::Relaxed);
        self.oldest_ms.store(u64::try_from(oldest_ms).unwrap_or(0), Ordering::Relaxed);
    }

    /// So many were stored.
    pub(super) fn stored(&self, certificates: u32) {
        self.stored.fetch_add(certificates.into(), Ordering::Relaxed);
    }

    /// A batch has to be signed again.
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// How many doses wait for their certificates, and for how long.
    pub fn gauges(&self, gauges: &mut Gauges<'_, '_>) {
        let figures = [
            (
                "certificates_waiting",
                "Doses that waited for their certificates at the last look",
                &self.waiting,
            ),
            (
                "certificates_oldest_milliseconds",
                "How long the first of them had waited",
                &self.oldest_ms,
            ),
            (
                "certificates_stored",
                "Certificates that this gateway signed and stored",
                &self.stored,
            ),
            (
                "certificates_failures",
                "Batches of certificates that have to be signed again",
                &self.failures,
            ),
        ];
        for (name, help, value) in figures {
            gauges.set(name, help, value.load(Ordering::Relaxed));
        }
    }
}
