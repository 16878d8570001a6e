//! The atomics that allowances are made of: the standard ones, or loom's when its model checker explores interleavings.
//!
//! All of them are used relaxed unless a module says otherwise. Every allowance is *one* word: that its modifications have one
//! total order, and that each read-modify-write reads the value just before its own, holds for relaxed operations too, and
//! nobody draws conclusions from one word about another.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// One compare-and-swap, repeated while other threads get in between. `step` answers the word's next value and what to
/// tell the caller; where it refuses, nothing is written.
pub(crate) fn change<T, E>(
    word: &AtomicU64,
    mut step: impl FnMut(u64) -> Result<(u64, T), E>,
) -> Result<T, E> {
    let mut seen = word.load(Ordering::Relaxed);
    loop {
        let (next, told) = step(seen)?;
        let swapped = word.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed);
        match swapped {
            Ok(_) => return Ok(told),
            Err(now) => seen = now,
        }
    }
}
