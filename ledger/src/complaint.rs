//! Keeps the log readable while something goes wrong again and again.

use std::time::{Duration, Instant};

/// How often the same complaint is logged.
const EVERY: Duration = Duration::from_secs(5);

/// One kind of complaint: logged the first time, and then now and again.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    logged: Option<Instant>,
    unlogged: u64,
}

impl Complaint {
    /// Whether to log it now: if so, how often it was not logged since the last time.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        if self.logged.is_some_and(|logged| now.saturating_duration_since(logged) < EVERY) {
            self.unlogged += 1;
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.unlogged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_all_the_time_is_logged_now_and_again_with_its_number() {
        let (mut complaint, start) = (Complaint::default(), Instant::now());
        let logged = (0..100_u32).filter_map(|n| complaint.due(start + EVERY / 10 * n));
        assert_eq!(logged.collect::<Vec<_>>(), [0, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
    }
}
