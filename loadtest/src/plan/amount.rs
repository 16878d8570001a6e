//! Numbers that make sense in a plan: what does not is refused where it is read.

use crate::number::{grouped, short, whole};
use std::fmt;
use std::str::FromStr;

/// A finite number above zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Positive(f64);

/// The largest amount that a plan reckons with: beyond it, whole machines are no longer told apart.
const LARGEST: f64 = 1e15;

impl Positive {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Positive {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        match number {
            _ if number.is_nan() => Err("not a number".to_owned()),
            _ if number <= 0.0 => Err(format!("{number} is not above zero")),
            _ if number > LARGEST => Err(format!("{number} is beyond anything on earth")),
            _ => Ok(Self(number)),
        }
    }
}

impl FromStr for Positive {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(number(text)?)
    }
}

impl fmt::Display for Positive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&if self.0.fract() == 0.0 { whole(self.0) } else { short(self.0) })
    }
}

/// A part of a whole: above 0, at most 1. Read as `0.5` or `50%`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if number > 0.0 && number <= 1.0 {
            Ok(Self(number))
        } else {
            Err(format!("{number} is no share: above 0, at most 1 (or 100%)"))
        }
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix('%') {
            Some(percent) => Self::try_from(number(percent.trim())? / 100.0),
            None => Self::try_from(number(text)?),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", short(self.0 * 100.0))
    }
}

/// A whole number, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(u64);

impl Count {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number, to reckon with.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl TryFrom<u64> for Count {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        match number {
            0 => Err("0 is too few: at least 1".to_owned()),
            _ if number as f64 > LARGEST => Err(format!("{number} is beyond anything on earth")),
            _ => Ok(Self(number)),
        }
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = without_groups(text);
        let number: u64 = digits.parse().map_err(|_| format!("{text:?} is no whole number"))?;
        Self::try_from(number)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.0))
    }
}

fn number(text: &str) -> Result<f64, String> {
    without_groups(text).parse().map_err(|_| format!("{text:?} is no number"))
}

/// `1,390,000,000` and `1_390_000_000` are read as they are meant.
fn without_groups(text: &str) -> String {
    text.replace([',', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["0", "-1", "NaN", "inf", "1e300", "", "many"] {
            assert!(text.parse::<Positive>().is_err(), "{text}");
        }
        for text in ["0", "-0.1", "1.1", "101%", "NaN", ""] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
        for text in ["0", "-1", "1.5", "NaN", "", "99999999999999999999"] {
            assert!(text.parse::<Count>().is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!("1,390,000,000".parse::<Count>().unwrap().get(), 1_390_000_000);
        assert_eq!("55_000".parse::<Positive>().unwrap().get(), 55_000.0);
        assert_eq!("50%".parse::<Share>().unwrap().get(), 0.5);
        assert_eq!("2.1 %".parse::<Share>().unwrap().to_string(), "2.1 %");
    }
}
