//! Age bands of sessions.

use serde::{Deserialize, Serialize};

/// Who may be booked into a session, by age: `min` and, where there is one, `max`, both included.
///
/// Age is the current calendar year less the year of birth (source: wire contract 1.4), since only the year is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AgeBand {
    /// The youngest age let in, in years.
    pub min: u8,
    /// The oldest age let in, in years; open above if absent.
    pub max: Option<u8>,
}

impl AgeBand {
    /// Whether someone born in `birth_year` is let in during `year`.
    pub fn admits(self, birth_year: i16, year: i16) -> bool {
        let age = i32::from(year) - i32::from(birth_year);
        age >= i32::from(self.min) && self.max.is_none_or(|max| age <= i32::from(max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_counted_in_calendar_years() {
        let senior = AgeBand { min: 45, max: None };
        assert!(senior.admits(1976, 2021), "born 1976 counted as 45 in May 2021");
        assert!(!senior.admits(1977, 2021));
        let young = AgeBand { min: 18, max: Some(44) };
        assert!(young.admits(1977, 2021) && young.admits(2003, 2021));
        assert!(!young.admits(1976, 2021) && !young.admits(2004, 2021));
    }
}
