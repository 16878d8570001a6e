//! Query parameters, read as clients send them: in any order, with junk among them, numbers in any spelling.

use super::problem::Problem;
use opencowin_model::{Date, date};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The query of a request, split once. Unknown parameters change nothing (wire contract 1.2); of a repeated one the
/// first counts.
#[derive(Clone, Debug)]
pub struct Query<'a>(SmallVec<[(Cow<'a, str>, Cow<'a, str>); 6]>);

impl<'a> Query<'a> {
    /// Of the part of a URI after `?`, if there is one.
    pub fn new(raw: Option<&'a str>) -> Self {
        Self(raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(pair).collect())
    }

    /// The value of `name`, if it is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// USRRES0001 if it is absent or empty.
    pub fn required(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(Problem::missing)
    }

    /// A whole number: `7`, `7.0`.
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a whole number.
    pub fn whole(&self, name: &str) -> Result<u64, Problem> {
        whole(self.required(name)?).ok_or_else(|| Problem::invalid(name))
    }

    /// A date, `DD-MM-YYYY` or one of the sloppy spellings of [`date::parse`].
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a date.
    pub fn date(&self, name: &str) -> Result<Date, Problem> {
        date::parse(self.required(name)?).ok_or_else(|| Problem::invalid(name))
    }

    /// A number of degrees.
    ///
    /// # Errors
    /// USRRES0001 if it is absent, USRRES0002 if it is not a number.
    pub fn degrees(&self, name: &str) -> Result<f64, Problem> {
        self.required(name)?.trim().parse().map_err(|_| Problem::invalid(name))
    }
}

/// A name and its value. Most are written without escapes, and then nothing is copied.
fn pair(text: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    if text.contains(['%', '+']) {
        return form_urlencoded::parse(text.as_bytes()).next().unwrap_or_default();
    }
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.into(), value.into())
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
        assert_eq!(query.get("pincode"), Some("110001"));
        assert_eq!(query.get("date"), None, "an empty value is an absent one");
        let escaped = Query::new(Some("vaccine=SPUTNIK+V&name=%E0%A4%86"));
        assert_eq!((escaped.get("vaccine"), escaped.get("name")), (Some("SPUTNIK V"), Some("आ")));
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
