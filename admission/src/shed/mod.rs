//! Load shedding: under overload the least important calls are refused first, early, and only as many as it takes.
//!
//! The signal is how long requests wait before they are served, which is what overload *is*, whatever its cause: no count of
//! connections or requests has to be guessed for a machine. Every interval (25 ms) the *shortest* delay in it is judged, as CoDel
//! does (RFC 8289): a burst that is worked off leaves some request that hardly waited, a standing queue does not.
//!
//! Each class has a target delay, the least important the lowest. While the delay is over a class's target, the share of its
//! calls that is admitted falls; while it is under, the share grows back. Both move by the distance from the target and by
//! how fast the delay changes, as PIE does (RFC 8033), so that the share settles where the machine is busy and the queue
//! short. A class higher up begins to give way only where shedding all the classes below was not enough.
//!
//! ```text
//!   delay    10 ms          20 ms          80 ms          250 ms     1 s
//!   sheds    public search  keyed search   registration   booking    staff
//! ```
//!
//! Coming back takes under two seconds: an interval without any delay multiplies a share by up to 1.2.
//!
//! One [`Shedder`] belongs to one serving thread, whose delay it judges. Its state is in relaxed atomics only so that it can be
//! shared with who shows it in metrics: two threads that drive one shedder would do no harm but count some intervals twice.

#[cfg(test)]
mod simulation;

use crate::limits::SheddingLimits;
use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// How important a call is; the last of these is shed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Facility staff at work, with people before them.
    Staff,
    /// Booking, and confirming a one-time password.
    Booking,
    /// Registration, and asking for a one-time password.
    Registration,
    /// Search with a key or a token.
    KeyedSearch,
    /// Search by anyone.
    PublicSearch,
}

impl Class {
    /// All of them, the most important first.
    pub const ALL: [Self; 5] =
        [Self::Staff, Self::Booking, Self::Registration, Self::KeyedSearch, Self::PublicSearch];

    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Booking => "booking",
            Self::Registration => "registration",
            Self::KeyedSearch => "keyed-search",
            Self::PublicSearch => "public-search",
        }
    }

    fn target_ms(self, limits: &SheddingLimits) -> u32 {
        match self {
            Self::Staff => limits.staff_ms,
            Self::Booking => limits.booking_ms,
            Self::Registration => limits.registration_ms,
            Self::KeyedSearch => limits.keyed_search_ms,
            Self::PublicSearch => limits.public_search_ms,
        }
    }
}

/// How much a share moves for each target's worth of delay that is too much, in its natural logarithm.
const BY_DISTANCE: f32 = 0.03;
/// How much a share moves for each target's worth by which the delay has changed since the last interval.
const BY_CHANGE: f32 = 0.3;
/// The most that a share moves in one interval: down to a half, up by a fifth.
const FASTEST: (f32, f32) = (-0.7, 0.182);
/// A class that is shed is still asked now and then: one call in a thousand.
const LEAST_SHARE: f32 = 0.001;
/// More intervals without a request than it takes to admit everybody again.
const MOST_QUIET: u64 = 64;

/// Decides which calls of one thread to shed.
#[derive(Debug)]
pub struct Shedder {
    interval_ns: AtomicU64,
    interval_began_ns: AtomicU64,
    /// The shortest delay seen in this interval; `u64::MAX` before any.
    shortest_ns: AtomicU64,
    /// The shortest delay of the interval before.
    last_ns: AtomicU64,
    gates: [Gate; Class::ALL.len()],
}

/// The share of one class.
#[derive(Debug)]
struct Gate {
    target_ns: AtomicU64,
    /// 0 to 1, as the bits of an `f32`.
    share: AtomicU32,
    /// What is left over of the share: each call adds the share, and is admitted when that makes one.
    credit: AtomicU32,
}

impl Shedder {
    /// Admits everybody.
    pub fn new(limits: &SheddingLimits) -> Self {
        let made = Self {
            interval_ns: AtomicU64::new(0),
            interval_began_ns: AtomicU64::new(0),
            shortest_ns: AtomicU64::new(u64::MAX),
            last_ns: AtomicU64::new(0),
            gates: std::array::from_fn(|_| Gate::open()),
        };
        made.set(limits);
        made
    }

    /// Takes other limits; what is shed now stays shed until the delay has been judged by them.
    pub fn set(&self, limits: &SheddingLimits) {
        let interval_ns = u64::from(limits.interval_ms.max(1)) * 1_000_000;
        self.interval_ns.store(interval_ns, Ordering::Relaxed);
        for (class, gate) in Class::ALL.into_iter().zip(&self.gates) {
            let target_ns = u64::from(class.target_ms(limits).max(1)) * 1_000_000;
            gate.target_ns.store(target_ns, Ordering::Relaxed);
        }
    }

    /// A request that is served at `now_ns` has waited for `delay_ns`. Times are nanoseconds on a clock that does not go back.
    pub fn observe(&self, delay_ns: u64, now_ns: u64) {
        self.judge(now_ns);
        self.shortest_ns.fetch_min(delay_ns, Ordering::Relaxed);
    }

    /// Whether to serve a call of `class`. Shedding spreads its refusals evenly over the calls.
    pub fn admits(&self, class: Class, now_ns: u64) -> bool {
        self.judge(now_ns);
        self.gates[class as usize].admits()
    }

    /// The share of the calls of `class` that is admitted: 1 in good times.
    pub fn share(&self, class: Class) -> f32 {
        self.gates[class as usize].share()
    }

    /// Ends the interval if it is over, and moves the shares by what it showed.
    fn judge(&self, now_ns: u64) {
        let interval_ns = self.interval_ns.load(Ordering::Relaxed);
        let began_ns = self.interval_began_ns.load(Ordering::Relaxed);
        let over = now_ns.saturating_sub(began_ns) / interval_ns;
        if over == 0 {
            return;
        }
        self.interval_began_ns.store(now_ns, Ordering::Relaxed);
        let shortest_ns = match self.shortest_ns.swap(u64::MAX, Ordering::Relaxed) {
            u64::MAX => 0,
            shortest_ns => shortest_ns,
        };
        let last_ns = self.last_ns.swap(shortest_ns, Ordering::Relaxed);
        for gate in &self.gates {
            gate.judge(shortest_ns, last_ns);
            // Intervals in which nobody came had no delay.
            for _ in 1..over.min(MOST_QUIET) {
                gate.judge(0, 0);
            }
        }
    }
}

impl Gate {
    fn open() -> Self {
        Self {
            target_ns: AtomicU64::new(0),
            share: AtomicU32::new(1.0f32.to_bits()),
            credit: AtomicU32::new(0.0f32.to_bits()),
        }
    }

    fn share(&self) -> f32 {
        f32::from_bits(self.share.load(Ordering::Relaxed))
    }

    fn admits(&self) -> bool {
        let share = self.share();
        if share >= 1.0 {
            return true;
        }
        let credit = f32::from_bits(self.credit.load(Ordering::Relaxed)) + share;
        let admitted = credit >= 1.0;
        let left = if admitted { credit - 1.0 } else { credit };
        self.credit.store(left.to_bits(), Ordering::Relaxed);
        admitted
    }

    fn judge(&self, delay_ns: u64, last_ns: u64) {
        let share = self.share();
        let target_ns = self.target_ns.load(Ordering::Relaxed);
        if share < 1.0 || delay_ns > target_ns {
            let next =
                moved(share, in_targets(delay_ns, target_ns), in_targets(last_ns, target_ns));
            self.share.store(next.to_bits(), Ordering::Relaxed);
        }
    }
}

fn in_targets(delay_ns: u64, target_ns: u64) -> f32 {
    delay_ns as f32 / target_ns as f32
}

/// The share after an interval, from its delay and the one before, both in targets.
fn moved(share: f32, delay: f32, last: f32) -> f32 {
    let distance = (delay - 1.0) * BY_DISTANCE;
    let change = (delay - last) * BY_CHANGE;
    let recovery = if delay < 0.5 && last < 0.5 { FASTEST.1 } else { 0.0 };
    let step = (recovery - distance - change).clamp(FASTEST.0, FASTEST.1);
    (share * step.exp()).clamp(LEAST_SHARE, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const INTERVAL_NS: u64 = 25_000_000;
    const MS: u64 = 1_000_000;

    fn shedder() -> Shedder {
        Shedder::new(&Limits::default().shedding)
    }

    #[test]
    fn one_request_that_hardly_waited_shows_that_no_queue_stands() {
        let shedder = shedder();
        for n in 0..1_000 {
            let delay_ns = if n % 10 == 0 { MS } else { 500 * MS };
            shedder.observe(delay_ns, n * INTERVAL_NS / 10);
        }
        assert_eq!(Class::ALL.map(|class| shedder.share(class)), [1.0; 5]);
    }

    #[test]
    fn a_single_stall_is_forgotten_in_half_a_second() {
        let shedder = shedder();
        for n in 0..20 {
            let delay_ns = if n == 2 { 200 * MS } else { 0 };
            shedder.observe(delay_ns, n * INTERVAL_NS);
        }
        assert_eq!(Class::ALL.map(|class| shedder.share(class)), [1.0; 5]);
    }

    #[test]
    fn silence_ends_shedding() {
        let shedder = shedder();
        (0..100).for_each(|n| shedder.observe(5_000 * MS, n * INTERVAL_NS));
        assert!(Class::ALL.into_iter().all(|class| shedder.share(class) < 0.1));
        for class in Class::ALL {
            assert!(shedder.admits(class, 200 * INTERVAL_NS), "{class:?}");
        }
    }

    #[test]
    fn refusals_are_spread_evenly() {
        let gate = Gate::open();
        gate.share.store(0.25f32.to_bits(), Ordering::Relaxed);
        let admitted: Vec<_> = (0..12).map(|_| gate.admits()).collect();
        assert_eq!(admitted.iter().filter(|admitted| **admitted).count(), 3);
        assert!(admitted.windows(4).all(|calls| calls.contains(&true)));
    }

    #[test]
    fn limits_changed_while_running_are_judged_by_from_then_on() {
        let shedder = shedder();
        let relaxed = SheddingLimits { public_search_ms: 1_000, ..Limits::default().shedding };
        shedder.set(&relaxed);
        (0..100).for_each(|n| shedder.observe(15 * MS, n * INTERVAL_NS));
        assert_eq!(shedder.share(Class::PublicSearch), 1.0);
    }

    #[test]
    fn extreme_times_are_answered() {
        let shedder = shedder();
        for (delay_ns, now_ns) in [(u64::MAX, u64::MAX), (0, 0), (u64::MAX, 1), (0, u64::MAX)] {
            shedder.observe(delay_ns, now_ns);
            shedder.admits(Class::PublicSearch, now_ns);
            assert!((LEAST_SHARE..=1.0).contains(&shedder.share(Class::PublicSearch)));
        }
    }

    #[test]
    fn names_and_order_of_classes() {
        assert!(Class::ALL.is_sorted() && Class::Staff < Class::PublicSearch);
        assert_eq!(Class::ALL.map(Class::name).len(), 5);
    }
}
