//! Who asks for what: the flows.
//!
//! A visit is a task. It knows the person whose it is, asks through the [`Desk`] of its thread, and pauses as people do.
//! The moment at which each of its requests is meant to start is the arrival for the first, and the end of the pause for
//! the others; latencies count from there.
//!
//! Staff does not come in person ([`staff`]). A visit at the counters of facilities ([`counter`]) is one of those whom they serve,
//! a visit of their managers ([`publisher`]) one session that they publish.
//!
//! Honest people do what limits ask of them ([`polite`]); bots ([`script`], and pollers of a swarm) do not.

mod browser;
mod buyer;
mod citizen;
mod counter;
mod desk;
mod login;
mod outbox;
mod person;
mod places;
mod polite;
mod poller;
mod publisher;
mod resting;
mod script;
mod search;
mod staff;
mod stalls;
mod supply;
mod visit;
mod work;
mod workday;

pub use citizen::{Prepared, prepare};
pub use counter::{Facility, Office, book};
pub use desk::{Desk, Said, Setting};
pub use login::log_in_again;
pub use outbox::OtpSource;
pub use person::Person;
pub use places::{Places, PlacesError};
pub use publisher::Publishing;
pub use staff::{NoSite, Site, find_sites};
pub use stalls::Stalls;
pub use supply::{Supply, SupplyError};
pub use visit::{Visit, Visitor, begin};
pub use workday::{Closed, begin_workday, today_there};
