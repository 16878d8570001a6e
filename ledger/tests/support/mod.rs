//! What tests of clusters share.

pub(crate) mod cluster;
