//! The staff of facilities, as all flows have it: where it works ([`sites`]), who they are ([`official`]), and how what has to be
//! done once is asked for until it is answered ([`errand`]).

pub(super) mod errand;
mod official;
mod sites;

pub(super) use official::{Official, Role};
pub use sites::{NoSite, Site, find_sites};
