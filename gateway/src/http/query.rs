//! Query parameters, read as clients send them: in any order, with junk among them, numbers in any spelling.

use super::problem::Problem;
use form_urlencoded::Parse;
use opencowin_model::{Date, date};
use std::borrow::Cow;

/// The query of a request. Unknown parameters change nothing (wire contract 1.2); of a repeated one the first counts.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// Of the part of a URI after `?`, if there is one.
    pub fn new(raw: Option<&'a str>) -> Self {
        Self(raw.unwrap_or_default())
    }

    /// The value of `name`, if it is there and not empty.
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        let pairs: Parse<'a> = form_urlencoded::parse(self.0.as_bytes());
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|v| !v.is_empty())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// USRRES0001 if it is absent or empty.
    pub fn required(self, name: &str) -> Result<Cow<'a, str>, Problem> {
        self.get(name).ok_or_else(Problem::missing)
    }

    /// A whole number: `7`, `7.0`.
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a whole number.
    pub fn whole(self, name: &str) -> Result<u64, Problem> {
        whole(&self.required(name)?).ok_or_else(|| Problem::invalid(name))
    }

    /// A date, `DD-MM-YYYY` or one of the sloppy spellings of [`date::parse`].
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a date.
    pub fn date(self, name: &str) -> Result<Date, Problem> {
        date::parse(&self.required(name)?).ok_or_else(|| Problem::invalid(name))
    }

    /// A number of degrees.
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a number.
    pub fn degrees(self, name: &str) -> Result<f64, Problem> {
        self.required(name)?.trim().parse().map_err(|_| Problem::invalid(name))
    }
}

/// A whole number as clients write it: an integer, or a decimal with nothing but zeros behind the point.
pub fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = !integer.is_empty()
        && integer.bytes().all(|b| b.is_ascii_digit())
        && fraction.bytes().all(|b| b == b'0');
    if plain { integer.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_around_a_parameter_changes_nothing() {
        let query = Query::new(Some("random=17&pincode=110001&&pincode=2&x=%zz&=&date"));
        assert_eq!(query.get("pincode").as_deref(), Some("110001"));
        assert_eq!(query.get("date"), None, "an empty value is an absent one");
    }

    #[test]
    fn numbers_come_as_integers_and_integral_decimals() {
        for (text, value) in [("7", Some(7)), ("7.0", Some(7)), (" 7 ", Some(7)), ("7.", Some(7))] {
            assert_eq!(whole(text), value, "{text:?}");
        }
        for text in ["", "-7", "7.5", "1e3", "0x7", "99999999999999999999", ".0"] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }

    #[test]
    fn missing_and_invalid_are_told_apart() {
        let query = Query::new(Some("date=31-02-2021"));
        assert_eq!(query.date("date"), Err(Problem::invalid("date")));
        assert_eq!(query.date("from"), Err(Problem::missing()));
    }
}
