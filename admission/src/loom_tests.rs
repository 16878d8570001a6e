//! Every interleaving of the steps on one word, and of entering the table, tried by loom's model checker:
//! `RUSTFLAGS="--cfg loom" cargo test -p opencowin-admission --release --lib loom`.

use crate::gcra::{Gcra, Rate};
use crate::quota::{KeyQuota, Quota};
use crate::sync::{AtomicU64, Ordering};
use crate::table::{Entry, Table};
use crate::tally::Tally;
use crate::window::{Allowance, Window};
use crate::{Day, Usage};
use loom::thread;
use opencowin_model::Timestamp;
use std::sync::Arc;

/// Runs `step` in two threads at once; how many of the two said yes.
fn both<T: Send + Sync + 'static>(of: T, step: fn(&T) -> bool) -> (usize, Arc<T>) {
    let mine = Arc::new(of);
    let theirs = Arc::clone(&mine);
    let thread = thread::spawn(move || step(&theirs));
    let said = usize::from(step(&mine)) + usize::from(thread.join().unwrap());
    (said, mine)
}

#[test]
fn the_last_call_of_a_burst_is_admitted_once() {
    loom::model(|| {
        let rate = Rate::new(1, 2);
        let cell = Gcra::default();
        assert!(cell.admit(rate, 0).is_ok());
        let (admitted, _) = both(cell, |cell| cell.admit(Rate::new(1, 2), 0).is_ok());
        assert_eq!(admitted, 1);
    });
}

#[test]
fn the_last_call_of_a_window_is_admitted_once_also_at_its_border() {
    const ALLOWANCE: Allowance = Allowance { calls: 2, window_s: 10 };
    loom::model(|| {
        let window = Window::default();
        assert!(window.admit(ALLOWANCE, Timestamp(1_111)).is_ok());
        let (admitted, window) =
            both(window, |window| window.admit(ALLOWANCE, Timestamp(1_112)).is_ok());
        assert_eq!(admitted, 1);
        assert!(window.peek(ALLOWANCE, Timestamp(1_112)).is_err());
    });
}

#[test]
fn no_call_is_lost_when_two_threads_begin_a_day() {
    loom::model(|| {
        let tally = Tally::default();
        tally.add(1, 9);
        let (counted, tally) = both(tally, |tally| tally.add(2, 9).is_some());
        assert_eq!((counted as u64, tally.count(2)), (2, 2));
    });
}

#[test]
fn the_last_call_of_a_day_is_admitted_once_and_all_are_metered() {
    loom::model(|| {
        let quota = KeyQuota::new(Quota { per_second: 10, burst: 10, per_day: 1 });
        let (admitted, quota) =
            both(quota, |quota| quota.admit(0, Day::at(Timestamp(0), 0)).is_ok());
        assert_eq!(admitted, 1);
        assert_eq!(quota.usage(), Usage { used: 1, refused: 1 });
    });
}

/// An entry that remembers calls.
struct Count(AtomicU64);

impl Default for Count {
    fn default() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Entry for Count {
    fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Count {
    fn add(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Entering has too many steps for every interleaving; these are all those with up to three preemptions.
fn model(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(test);
}

#[test]
fn a_caller_entered_twice_at_once_is_found_in_one_place_ever_after() {
    model(|| {
        let (entered, table) = both(Table::<Count>::new(1), |table| {
            table.entry("caller", 1).map(Count::add).is_some_and(|count| count <= 2)
        });
        assert_eq!(entered, 2, "nobody waits and nobody inherits counts");
        let counted = table.find("caller").unwrap().add();
        assert!((2..=3).contains(&counted), "at most the call of one of two is lost");
    });
}

#[test]
fn who_takes_the_place_of_another_inherits_nothing() {
    model(|| {
        let table = Table::<Count>::new(1);
        for (quiet, now_s) in [("a", 1), ("b", 2)] {
            assert!(table.entry(quiet, now_s).map(Count::add).is_some());
        }
        let table = Arc::new(table);
        let theirs = Arc::clone(&table);
        let thread = thread::spawn(move || theirs.entry("c", 3).map(Count::add));
        let mine = table.entry("d", 3).map(Count::add);
        let first = |count: Option<u64>| count.is_none_or(|count| count == 1);
        assert!(first(mine) && first(thread.join().unwrap()));
    });
}
