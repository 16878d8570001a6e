//! Wakes tasks at the microsecond they asked for.
//!
//! The runtime's own timers tick in milliseconds, which is as long as an answer takes. This one sleeps on a timer of the
//! kernel (`timerfd`), armed for whoever wakes first.

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::cell::{Cell, RefCell};
use std::collections::BinaryHeap;
use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};
use tokio::io::unix::AsyncFd;

/// The shortest sleep of a thread that has time to spare, and of one that has none. Whoever is due within it is woken
/// together: a wake-up costs as much as half a request, so a busy thread takes more arrivals at a time. It bounds how
/// late anyone is woken if nothing else is in the way.
const GRAINS: [Duration; 2] = [Duration::from_micros(40), Duration::from_micros(200)];

/// The share of its processor from which on a thread takes more at a time, and that at which it takes most.
const BUSY: [f64; 2] = [0.5, 0.9];

/// The pacer of one thread.
pub struct Pacer {
    timer: AsyncFd<OwnedFd>,
    sleepers: RefCell<BinaryHeap<Sleeper>>,
    armed_for: Cell<Option<Instant>>,
    grain: Cell<Duration>,
}

struct Sleeper {
    at: Instant,
    bed: Rc<Bed>,
}

#[derive(Default)]
struct Bed {
    awake: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Pacer {
    /// A pacer for the runtime that this is called in. [`Self::run`] has to run on the same thread.
    ///
    /// # Errors
    /// If the kernel has no timer left.
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for types that may lose their descriptor while it is registered; an `OwnedFd` that stays here cannot"
    )]
    pub fn new() -> io::Result<Rc<Self>> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = AsyncFd::new(timerfd_create(TimerfdClockId::Monotonic, flags)?)?;
        Ok(Rc::new(Self {
            timer,
            sleepers: RefCell::default(),
            armed_for: Cell::new(None),
            grain: Cell::new(GRAINS[0]),
        }))
    }

    /// Wakes whoever is due, until the runtime ends.
    ///
    /// # Errors
    /// If the kernel refuses the timer.
    pub async fn run(self: Rc<Self>) -> io::Result<()> {
        loop {
            // The expirations are not read: arming the timer again forgets them, and each one is an event of its own.
            self.timer.readable().await?.clear_ready();
            self.wake_due()?;
        }
    }

    /// Fits the shortest sleep to how busy the thread was lately: the share of its processor that it used.
    pub fn fit_to(&self, busy: f64) {
        let share = ((busy - BUSY[0]) / (BUSY[1] - BUSY[0])).clamp(0.0, 1.0);
        self.grain.set(GRAINS[0] + (GRAINS[1] - GRAINS[0]).mul_f64(share));
    }

    /// Sleeps until then; not at all if it is past.
    pub async fn sleep_until(&self, at: Instant) {
        if at <= Instant::now() {
            return;
        }
        let bed = Rc::new(Bed::default());
        self.sleepers.borrow_mut().push(Sleeper { at, bed: bed.clone() });
        if self.armed_for.get().is_none_or(|armed| at < armed) && self.arm(at).is_err() {
            return;
        }
        poll_fn(|context| {
            if bed.awake.get() {
                return Poll::Ready(());
            }
            *bed.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Wakes everybody at once: the run is over.
    pub fn wake_all(&self) {
        self.sleepers.borrow_mut().drain().for_each(|sleeper| sleeper.bed.wake());
    }

    fn wake_due(&self) -> io::Result<()> {
        self.armed_for.set(None);
        let now = Instant::now();
        let mut sleepers = self.sleepers.borrow_mut();
        while sleepers.peek().is_some_and(|first| first.at <= now) {
            if let Some(first) = sleepers.pop() {
                first.bed.wake();
            }
        }
        sleepers.peek().map_or(Ok(()), |first| self.arm(first.at))
    }

    fn arm(&self, at: Instant) -> io::Result<()> {
        let wait = at.saturating_duration_since(Instant::now()).max(self.grain.get());
        let value =
            Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        self.armed_for.set(Some(at));
        Ok(())
    }
}

impl Bed {
    fn wake(&self) {
        self.awake.set(true);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

/// The heap gives the greatest first, and whoever wakes first is to be that.
impl Ord for Sleeper {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Sleeper {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sleeper {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Sleeper {}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_thread<F: Future<Output = ()>>(test: impl FnOnce(Rc<Pacer>) -> F) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build_local(Default::default())
            .unwrap();
        runtime.block_on(async {
            let pacer = Pacer::new().unwrap();
            tokio::task::spawn_local(pacer.clone().run());
            test(pacer).await;
        });
    }

    #[test]
    fn sleepers_wake_in_the_order_of_their_moments_and_none_too_early() {
        on_a_thread(|pacer| async move {
            let start = Instant::now();
            let order = Rc::new(RefCell::new(Vec::new()));
            let sleepers = [20u64, 5, 10, 5, 1].map(|ms| {
                let (pacer, order) = (pacer.clone(), order.clone());
                tokio::task::spawn_local(async move {
                    pacer.sleep_until(start + Duration::from_millis(ms)).await;
                    assert!(start.elapsed() >= Duration::from_millis(ms));
                    order.borrow_mut().push(ms);
                })
            });
            for sleeper in sleepers {
                sleeper.await.unwrap();
            }
            assert_eq!(*order.borrow(), [1, 5, 5, 10, 20]);
        });
    }

    #[test]
    fn everybody_can_be_woken_before_the_time() {
        on_a_thread(|pacer| async move {
            let asleep = pacer.clone();
            let far = Instant::now() + Duration::from_secs(3600);
            let sleeper = tokio::task::spawn_local(async move { asleep.sleep_until(far).await });
            tokio::task::yield_now().await;
            pacer.wake_all();
            sleeper.await.unwrap();
        });
    }
}
