//! Numbers as people read them.

/// Grouped by thousands: `12,345`.
pub fn grouped(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
}
