//! How far a thread is behind its work.
//!
//! A thread that serves requests does one thing after another. How long something that is ready has to wait for its turn
//! is what a request waits before anybody looks at it, and it is the same for all of them. It is measured by a timer that
//! shows how much too late it is noticed: that counts the work that is queued, whatever it costs, where a number of
//! connections or of requests per second would have to be guessed for every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often it is measured.
const PERIOD: Duration = Duration::from_millis(5);

/// How late an idle thread's timers may be: they and the system's poll are rounded up to a millisecond each.
const RESOLUTION: Duration = Duration::from_millis(2);

/// What a new measurement counts for against all before it, as a divisor. With four, half of a change shows after 12 ms, and
/// one slow request is not taken for overload.
const WEIGHT: u64 = 4;

/// How long something that is ready waits for its turn on one thread. Cheap to read, on any thread.
#[derive(Clone, Debug, Default)]
pub struct Pressure(Arc<AtomicU64>);

impl Pressure {
    /// The smoothed delay. None that is below the resolution of timers shows.
    pub fn delay(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// Measures the thread on which it is run, for as long as it is run.
    pub async fn measure(self) {
        loop {
            let due = Instant::now() + PERIOD;
            sleep_until(due).await;
            self.record(due.elapsed().saturating_sub(RESOLUTION));
        }
    }

    fn record(&self, delay: Duration) {
        let delay = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        // Only the thread that measures writes.
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(before - before / WEIGHT + delay / WEIGHT, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_hogs_the_thread_shows_and_is_forgotten() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let pressure = Pressure::default();
        runtime.block_on(async {
            tokio::spawn(pressure.clone().measure());
            for _ in 0..8 {
                std::thread::sleep(Duration::from_millis(40));
                tokio::task::yield_now().await;
            }
            let busy = pressure.delay();
            assert!(busy > Duration::from_millis(10), "{busy:?}");
            tokio::time::sleep(Duration::from_millis(400)).await;
            assert!(pressure.delay() < busy / 4, "{busy:?} became {:?}", pressure.delay());
        });
    }

    #[test]
    fn the_delay_follows_what_is_measured() {
        let pressure = Pressure::default();
        for _ in 0..40 {
            pressure.record(Duration::from_millis(20));
        }
        let delay = pressure.delay().as_secs_f64();
        assert!((0.0199..=0.0201).contains(&delay), "{delay}");
    }
}
