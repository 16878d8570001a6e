//! Seats: lock-free counters that never sell one twice and never lose one.
//!
//! Each session has, per channel, two 64-bit words. `mine` holds what this process may sell: free seats of three doses,
//! the count of *pending* seats (reserved, outcome unknown) and a closed bit. `others` holds what
//! other gateways may sell, as last heard; it is shown to people and never sold from. The words live in a
//! block, which never moves while anyone refers to it.
//!
//! # The life of a seat
//!
//! ```text
//!            reserve                confirm
//!   free ───────────────▶ pending ───────────▶ sold (known to the ledger, not here)
//!    ▲  ▲      release       │                  │
//!    │  └────────────────────┘                  │
//!    └──────────────── credit ──────────────────┘   after a committed cancellation
//! ```
//!
//! # Invariants
//!
//! 1. For each dose, `free + pending of that dose + confirmed so far` changes only by [`SessionSeats::credit`] and
//!    [`SessionSeats::debit`]. Every step is one atomic read-modify-write of the one word that holds both counts, so no
//!    moment exists at which a seat is in neither or in both.
//! 2. No count leaves its field. A taking checks `n ≤ free` and that pending fits 15 bits; a credit
//!    checks `free + pending + n ≤ 65,535`, and since the pending seats of one dose are at most all pending seats,
//!    `free + pending of that dose` fits 16 bits for ever after (a taking keeps that sum, the others lower it). Hence a
//!    release, which adds without looking, cannot carry into the neighbouring field.
//! 3. Confirming and releasing subtract from pending exactly what one taking added: a [`Reservation`] is made by a
//!    taking alone, is not `Clone`, and is consumed by either.
//!
//! # Memory ordering
//!
//! All that invariants 1 and 2 need is that the modifications of *one* word have one total order and that each
//! read-modify-write reads the value just before its own in that order. Every atomic gives that even when relaxed; no
//! argument spans two words. Writes are nevertheless `AcqRel` and reads `Acquire`: who sees a seat gone also sees
//! whatever its taker wrote before.
//!
//! Freshness is coherence: if a taking *happens before* a load, the load returns its value or a later one. A booking is
//! acknowledged after its taking, and a request that arrives after that acknowledgement loads after both, so
//! it cannot be shown the seat. On a 64-bit machine the compare-and-swap has reached the coherent cache before the
//! thread goes on to make the system call that acknowledges; the kernel's socket queues order the rest.
//!
//! `mine` and `others` are loaded one after the other. Each is consistent in itself; their sum mixes two moments when a
//! feed update falls between, which is harmless because `others` lags by nature.
//!
//! `loom_tests` lets the model checker try every interleaving of the steps.

mod block;
mod census;
#[cfg(all(test, loom))]
mod loom_tests;
mod reservation;
mod session_seats;
mod sync;
mod word;

pub(crate) use block::{Block, Visible};
pub(crate) use census::Census;
pub use reservation::Reservation;
pub use session_seats::SessionSeats;

/// Why a reservation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer free seats than asked for. While `pending`, reservations of others are undecided and seats could still
    /// come back: the answer is not final.
    #[error("sold out")]
    SoldOut {
        /// Whether reservations are undecided.
        pending: bool,
    },
    /// Sales are stopped: the session was cancelled, withdrawn, or is over.
    #[error("closed")]
    Closed,
    /// 32,767 seats of this session and channel are reserved and undecided: the ledger is far behind. Try again.
    #[error("too many undecided reservations")]
    PendingFull,
}

/// A credit was refused because the count could pass 65,535: seats are credited that were never sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more seats than a session can have")]
pub struct Overflow;

/// A debit was refused because fewer seats are free than it would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only {free} seats are free")]
pub struct Short {
    /// Seats of that dose that are free.
    pub free: u16,
}
