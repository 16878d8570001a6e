//! A number and where it comes from.

use super::Positive;
use std::fmt;

/// A number and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The number, in the unit that the field's name has.
    pub value: Positive,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Figure {
    /// The number, to reckon with.
    pub fn get(&self) -> f64 {
        self.value.get()
    }
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// A run of this harness.
    Measured {
        /// Its file.
        file: String,
    },
    /// Whoever asked for the plan.
    Given,
    /// Nobody measured it here.
    Assumed {
        /// Who else says so.
        source: &'static str,
    },
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measured { file } => write!(f, "measured in {file}"),
            Self::Given => f.write_str("given on the command line"),
            Self::Assumed { source } => write!(f, "assumed: {source}"),
        }
    }
}

/// A figure as a table lists it.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) about: &'static str,
    pub(super) value: String,
    pub(super) provenance: Provenance,
}
