//! Several processes on one ledger.
//!
//! Each process that takes part is a *member*. Members never talk to one another; all they know of each other stands in
//! the ledger:
//!
//! - **The fence**: a row under a random incarnation id, made when the process joins ([`joining`]). Every group that its
//!   lane commits has read that row; once it is gone, nothing of that incarnation can be committed any more. No lease
//!   expires by time: a process that slept through its dismissal finds out at its first commit, joins anew under another
//!   id, and has no leases.
//! - **The heartbeat**: a counter that a member raises ([`heart`]). A peer that has seen it unchanged for the [term](Sharing::term), on
//!   its own monotonic clock, removes the fence in a transaction that reads the heartbeat again ([`warden`]); then anybody
//!   may end the leases of the dead. Clocks of different machines are never compared, and neither are versions with time.
//! - **The feed**: each group of a lane writes down which rows it changed that gateways keep in memory. Followers
//!   ([`follower`]) read the rows themselves, at a version of their own, so that entries read twice, out of order or
//!   together do no harm. Entries lie by lane and number, and a lane's trace row tells how far they go; a follower reads
//!   one range of traces, and entries only where there are new ones.
//! - **Leases** and recalls: see [`commands::Recall`](crate::commands::Recall) and the lane's `share` module.
//!
//! What a follower has read goes to the lane's thread, which applies it between two groups: at that moment nothing of its
//! own is under way, so that what was read and what this process knows to have done itself can be told apart.
//! Memory, which belongs to the gateway, hears of both through an [`Audience`].

mod audience;
mod body;
mod common;
mod follower;
mod heart;
pub(crate) mod joining;
mod membership;
mod pulse;
mod restoring;
mod warden;

pub use audience::{Audience, News, OwnSeats, SeatsHeard};
pub use common::{Sharing, Standing};
pub use restoring::{RestoreError, restored};

pub(crate) use body::Told;
#[cfg(test)]
pub(crate) use body::{Body, Limb};
pub(crate) use common::Common;
#[cfg(test)]
pub(crate) use follower::Follower;
#[cfg(test)]
pub(crate) use heart::Heart;
pub(crate) use membership::Membership;

#[cfg(test)]
mod tests;
