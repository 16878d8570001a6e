//! What can be wrong with a country pack, said so that whoever wrote it can mend it.

use std::fmt;

/// A country pack was refused. It displays as `districts.csv line 7, population: `many` is not a whole number …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    /// The file, by its path within the pack's folder.
    pub file: String,
    /// The line in it, counted from 1; absent where the fault is in no one line.
    pub line: Option<u64>,
    /// The column or key; absent where the fault is in no one field.
    pub field: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl std::error::Error for PackError {}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// What is wrong with a file, line or field of a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is missing or unreadable; in the words of whoever tried.
    #[error("the file cannot be read ({0})")]
    Unreadable(String),
    /// Not TOML or CSV of the right shape: a misspelt or missing key, a wrong type, a row cut short; in the parser's
    /// words.
    #[error("{0}")]
    Syntax(String),
    /// A CSV file whose first line does not name the columns that belong there.
    #[error("the columns should be `{expected}`, not `{found}`")]
    Columns {
        /// The columns of this file, with commas.
        expected: String,
        /// What its first line says.
        found: String,
    },
    /// A text that must say something is empty, or a list that must have an entry has none.
    #[error("this must not be empty")]
    Empty,
    /// A value that cannot be.
    #[error("`{value}` is not {expected}")]
    Value {
        /// The value as written.
        value: String,
        /// What would have been right.
        expected: String,
    },
    /// An id or name that must be unique was used before.
    #[error("`{0}` is used twice")]
    Duplicate(String),
    /// A reference that leads nowhere, such as a district of a state that is not listed.
    #[error("`{value}` is not listed in {list}")]
    Dangling {
        /// The id as written.
        value: String,
        /// Where it should have been found.
        list: &'static str,
    },
    /// A list to choose from by weight in which nothing can be chosen.
    #[error("nothing here can be chosen: a weight above 0 is needed, and not only in cities")]
    NoWeight,
    /// A district in which nobody could search by postal code.
    #[error("the district has no row in pincodes.csv")]
    NoPincode,
}

impl Problem {
    /// A value that cannot be, and what would have been right.
    pub(super) fn value(value: impl fmt::Display, expected: impl Into<String>) -> Self {
        Self::Value { value: value.to_string(), expected: expected.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_leads_to_the_place() {
        let error = PackError {
            file: "districts.csv".into(),
            line: Some(7),
            field: Some("population".into()),
            problem: Problem::value("many", "a whole number"),
        };
        assert_eq!(
            error.to_string(),
            "districts.csv line 7, population: `many` is not a whole number"
        );
    }
}
