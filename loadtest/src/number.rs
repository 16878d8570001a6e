//! Numbers as people read them: with units, thousands separators, and no more digits than mean something. What is not
//! finite becomes a dash.

/// Grouped by thousands: `12,345`.
pub fn grouped(number: impl Into<i128>) -> String {
    let number = number.into();
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped_digits(&number.unsigned_abs().to_string()))
}

/// Rounded and grouped; a dash for what is no number.
pub fn whole(number: f64) -> String {
    if number.is_finite() { grouped(number.round() as i128) } else { "–".to_owned() }
}

/// With as many decimals as tell something: `0.05`, `3.1`, `1,204`.
pub fn short(number: f64) -> String {
    match number.abs() {
        size if !size.is_finite() => whole(number),
        size if size == 0.0 || size >= 9.95 => whole(number),
        size if size < 0.0995 => format!("{number:.2}"),
        _ => format!("{number:.1}"),
    }
}

/// A span of time: `12 s`, `12 min 05 s`, `3 h 07 min`.
pub fn span(seconds: f64) -> String {
    let whole_s = seconds.max(0.0).round() as u64;
    match whole_s {
        0..120 => format!("{whole_s} s"),
        120..7_200 => format!("{} min {:02} s", whole_s / 60, whole_s % 60),
        _ => format!("{} h {:02} min", grouped(whole_s / 3_600), whole_s / 60 % 60),
    }
}

/// What stands where there is no number.
pub(crate) const NONE: &str = "–";

/// A whole number: `55,012`.
pub(crate) fn count(number: u64) -> String {
    grouped_digits(&number.to_string())
}

/// A whole number that may be below zero.
pub(crate) fn signed(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", count(number.unsigned_abs()))
}

/// Any number with three significant digits or all of its whole ones: `0.012`, `3.2`, `55,012`.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let size = value.abs();
    let digits = match size {
        _ if size == 0.0 || size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.9995 => 2,
        _ if size >= 0.0995 => 3,
        _ => 4,
    };
    let text = format!("{size:.digits$}");
    let sign = if value < 0.0 { "−" } else { "" };
    match text.split_once('.') {
        None => format!("{sign}{}", grouped_digits(&text)),
        Some((whole, rest)) => {
            let rest = rest.trim_end_matches('0');
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{}{point}{rest}", grouped_digits(whole))
        }
    }
}

/// Milliseconds in the unit that suits them: `870 µs`, `3.2 ms`, `1.25 s`.
pub(crate) fn ms(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => NONE.to_owned(),
        0.0 => "0 ms".to_owned(),
        size if size < 0.9995 => format!("{} µs", number((value * 1e3).round())),
        size if size < 999.5 => format!("{} ms", number(value)),
        _ => seconds(value / 1e3),
    }
}

/// Seconds: `0.8 s`, `42 s`, `10 min 5 s`, `2 h 3 min`.
pub(crate) fn seconds(value: f64) -> String {
    match value {
        _ if !value.is_finite() => NONE.to_owned(),
        _ if value < 120.0 => format!("{} s", number(value)),
        _ if value < 7200.0 => parts(value, 60, "min", "s"),
        _ => parts(value / 60.0, 60, "h", "min"),
    }
}

/// Bytes, in powers of ten: `1.2 GB`.
pub(crate) fn bytes(value: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut scaled = value;
    let mut unit = 0;
    while scaled.abs() >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1e3;
        unit += 1;
    }
    format!("{} {}", number(scaled), UNITS[unit])
}

/// A share of one, as per cent: `0.02 %`. What is more than nothing never reads as nothing.
pub(crate) fn share(value: f64) -> String {
    match value * 100.0 {
        percent if percent > 0.0 && percent < 0.0001 => "< 0.0001 %".to_owned(),
        percent => format!("{} %", number(percent)),
    }
}

/// `part` of `whole` as a share of one; 0 of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A number with its noun: `1 booking`, `2 bookings`.
pub(crate) fn of(number: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", count(number), if number == 1 { singular } else { plural })
}

fn parts(value: f64, per: u64, large: &str, small: &str) -> String {
    let whole = value.round() as u64;
    match whole % per {
        0 => format!("{} {large}", count(whole / per)),
        rest => format!("{} {large} {rest} {small}", count(whole / per)),
    }
}

/// Digits in groups of three.
fn grouped_digits(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_whatever_the_length_and_sign() {
        let numbers = [0, 12, 999, 1_000, 54_981, 1_234_567, -1_234];
        let texts = numbers.map(|number: i64| grouped(number));
        assert_eq!(texts, ["0", "12", "999", "1,000", "54,981", "1,234,567", "-1,234"]);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn small_numbers_keep_what_tells_something() {
        let texts = [0.0, 0.053, 0.9, 3.07, 9.94, 9.96, 1_203.6].map(short);
        assert_eq!(texts, ["0", "0.05", "0.9", "3.1", "9.9", "10", "1,204"]);
        assert_eq!(short(f64::NAN), "–");
        assert_eq!(whole(f64::INFINITY), "–");
    }

    #[test]
    fn spans_are_told_in_the_unit_of_their_size() {
        let texts = [0.4, 12.0, 119.4, 125.0, 7_200.0, 90_000.0].map(span);
        assert_eq!(texts, ["0 s", "12 s", "119 s", "2 min 05 s", "2 h 00 min", "25 h 00 min"]);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            (count(0), count(999), count(55_012)),
            ("0".into(), "999".into(), "55,012".into())
        );
        assert_eq!(signed(-1_234_567), "−1,234,567");
        let numbers = [0.0, 0.012, 3.2, 31.04, 99.99, 1234.5, -2.5, f64::NAN].map(number);
        assert_eq!(numbers, ["0", "0.012", "3.2", "31", "100", "1,234", "−2.5", NONE]);
        let latencies =
            [0.0, 0.0871, 0.9999, 3.21, 480.0, 1250.0, 125_000.0, f64::INFINITY].map(ms);
        let expected = ["0 ms", "87 µs", "1 ms", "3.21 ms", "480 ms", "1.25 s", "2 min 5 s", NONE];
        assert_eq!(latencies, expected);
        assert_eq!([60.0, 605.0, 7380.0].map(seconds), ["60 s", "10 min 5 s", "2 h 3 min"]);
        assert_eq!([12.0, 1.234e9].map(bytes), ["12 B", "1.23 GB"]);
        assert_eq!([0.0, 1e-9, 0.0002].map(share), ["0 %", "< 0.0001 %", "0.02 %"]);
        assert_eq!(
            (of(1, "seat", "seats"), of(0, "seat", "seats")),
            ("1 seat".into(), "0 seats".into())
        );
    }
}
