//! Dates as the wire writes them: `DD-MM-YYYY` (source: the Co-WIN API description), read leniently.

use jiff::civil::Date;

/// Reads `DD-MM-YYYY`, and what clients were seen to send: days and months without leading zero, and two-digit years
/// (20xx). Impossible dates are `None`.
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (day, month) = (number(day, 1..=2)?, number(month, 1..=2)?);
    let year = match year.len() {
        4 => number(year, 4..=4)?,
        2 => 2000 + number(year, 2..=2)?,
        _ => return None,
    };
    Date::new(year, day_or_month(month)?, day_or_month(day)?).ok()
}

/// `DD-MM-YYYY` as ten ASCII bytes. Years outside 0 to 9999 do not occur in a programme and are clamped.
pub fn to_wire(date: Date) -> [u8; 10] {
    let year = date.year().clamp(0, 9999);
    let mut out = *b"00-00-0000";
    two(&mut out[0..2], i16::from(date.day()));
    two(&mut out[3..5], i16::from(date.month()));
    two(&mut out[6..8], year / 100);
    two(&mut out[8..10], year % 100);
    out
}

/// The wire form as a string.
pub fn to_wire_string(date: Date) -> String {
    to_wire(date).iter().map(|&b| char::from(b)).collect()
}

fn number(text: &str, width: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let plain = width.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn day_or_month(value: i16) -> Option<i8> {
    i8::try_from(value).ok()
}

fn two(out: &mut [u8], value: i16) {
    out[0] = b'0' + (value / 10 % 10) as u8;
    out[1] = b'0' + (value % 10) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_day_of_a_programme_reads_back(days in 0_i32..36_525) {
            let day = date(2000, 1, 1).saturating_add(jiff::Span::new().days(days));
            prop_assert_eq!(parse(&to_wire_string(day)), Some(day));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9-]{0,12}|\\PC{0,12}") {
            if let Some(day) = parse(&text) {
                prop_assert_eq!(parse(&to_wire_string(day)), Some(day), "{}", text);
            }
        }
    }

    #[test]
    fn clients_write_dates_sloppily() {
        for text in ["05-06-2021", "5-6-2021", "05-06-21", "5-06-21"] {
            assert_eq!(parse(text), Some(date(2021, 6, 5)), "{text}");
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in [
            "",
            "-",
            "31-02-2021",
            "00-01-2021",
            "01-13-2021",
            "2021-06-05",
            "05/06/2021",
            "05-06-021",
            "05-06-2021-1",
            "+5-06-2021",
            "99-99-9999",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(to_wire_string(date(2021, 1, 9)), "09-01-2021");
        assert_eq!(parse(&to_wire_string(date(2024, 2, 29))), Some(date(2024, 2, 29)));
    }
}
