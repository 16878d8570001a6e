//! Which jobs are due: the first of each report, unless it failed a short while ago.

use opencowin_ledger::records::Job;
use opencowin_model::AefiId;
use rand::RngExt;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The pause after the first failure; each further one doubles it.
const FIRST: Duration = Duration::from_secs(2);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(300);

/// Reports that the receiver has not taken.
#[derive(Default)]
pub(super) struct Backlog {
    failed: HashMap<AefiId, Failed>,
}

struct Failed {
    times: u32,
    until: Instant,
}

impl Backlog {
    /// Those of the jobs, which come in the order in which they were made, that are to be tried now.
    pub(super) fn due(&mut self, jobs: &[(Uuid, Job)], now: Instant) -> Vec<(Uuid, Job)> {
        let mut seen = HashSet::new();
        let first = jobs.iter().filter(|(_, job)| seen.insert(job.about.id));
        let pauses = |report: &AefiId| self.failed.get(report).is_some_and(|f| now < f.until);
        let due = first.filter(|(_, job)| !pauses(&job.about.id)).copied().collect();
        self.failed.retain(|report, _| seen.contains(report));
        due
    }

    /// A report was taken.
    pub(super) fn succeeded(&mut self, report: AefiId) {
        self.failed.remove(&report);
    }

    /// A report was not taken. Answers for how long it is left alone: longer each time, and never exactly as long as
    /// others that failed with it.
    pub(super) fn failed(&mut self, report: AefiId, now: Instant) -> Duration {
        let failed = self.failed.entry(report).or_insert(Failed { times: 0, until: now });
        let pause = FIRST.saturating_mul(1 << failed.times.min(16)).min(LONGEST);
        let pause = pause.mul_f64(rand::rng().random_range(0.5..1.0));
        *failed = Failed { times: failed.times.saturating_add(1), until: now + pause };
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_ledger::records::{AefiKey, EventKey};
    use opencowin_model::{CentreId, Date, EventId, Timestamp};

    fn job(report: u128, follow_ups: u32) -> (Uuid, Job) {
        let event = EventKey { date: Date::constant(2021, 5, 1), id: EventId(Uuid::nil()) };
        let id = AefiId(Uuid::from_u128(report));
        let about = AefiKey { centre: CentreId(7), event, id };
        (
            Uuid::from_u128(report * 10 + u128::from(follow_ups)),
            Job { since: Timestamp(0), about, follow_ups },
        )
    }

    fn due(backlog: &mut Backlog, jobs: &[(Uuid, Job)], now: Instant) -> Vec<(u128, u32)> {
        let due = backlog.due(jobs, now);
        due.iter().map(|(_, job)| (job.about.id.0.as_u128(), job.follow_ups)).collect()
    }

    #[test]
    fn what_is_learnt_later_waits_for_its_report_and_others_do_not() {
        let (mut backlog, now) = (Backlog::default(), Instant::now());
        let jobs = [job(1, 0), job(2, 0), job(1, 1), job(3, 1)];
        assert_eq!(due(&mut backlog, &jobs, now), [(1, 0), (2, 0), (3, 1)]);
        backlog.failed(AefiId(Uuid::from_u128(1)), now);
        assert_eq!(due(&mut backlog, &jobs, now), [(2, 0), (3, 1)]);
        assert_eq!(due(&mut backlog, &jobs[..3], now + FIRST), [(1, 0), (2, 0)]);
    }

    #[test]
    fn a_report_that_is_never_taken_is_tried_less_and_less_and_never_given_up() {
        let (mut backlog, mut now) = (Backlog::default(), Instant::now());
        let (report, jobs) = (AefiId(Uuid::from_u128(1)), [job(1, 0)]);
        for times in 0..40 {
            assert_eq!(due(&mut backlog, &jobs, now).len(), 1);
            let whole = FIRST.saturating_mul(1 << times.min(16)).min(LONGEST);
            let pause = backlog.failed(report, now);
            assert!((whole / 2..=whole).contains(&pause), "{pause:?}");
            assert!(due(&mut backlog, &jobs, now).is_empty());
            now += pause;
        }
        backlog.succeeded(report);
        assert!(backlog.failed(report, now) <= FIRST, "afterwards it begins anew");
    }
}
