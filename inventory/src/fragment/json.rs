//! Writing JSON members into a byte buffer.

use opencowin_model::TimeOfDay;
use std::fmt::Display;
use std::io::Write;

/// Appends `"key":` and the escaped text. The key starts with what separates it from its predecessor.
pub(super) fn text(out: &mut Vec<u8>, key: &str, value: &str) {
    out.extend_from_slice(key.as_bytes());
    string(out, value);
}

/// Appends `"key":` and a number.
pub(super) fn number(out: &mut Vec<u8>, key: &str, value: impl itoa::Integer) {
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends `"key":"value"` for a value whose text needs no escaping.
pub(super) fn plain(out: &mut Vec<u8>, key: &str, value: impl Display) {
    write!(out, "{key}\"{value}\"").expect("invariant: writing to memory succeeds");
}

/// Appends `"key":"HH:MM:00"`. Flat answers have two of them a session, so they bypass the formatter.
pub(super) fn time(out: &mut Vec<u8>, key: &str, time: TimeOfDay) {
    let (hour, minute) = (time.minutes() / 60, time.minutes() % 60);
    let digit = |number: u16| b'0' + (number % 10) as u8;
    out.extend_from_slice(key.as_bytes());
    let [h, ten_h, m, ten_m] = [digit(hour), digit(hour / 10), digit(minute), digit(minute / 10)];
    out.extend_from_slice(&[b'"', ten_h, h, b':', ten_m, m, b':', b'0', b'0', b'"']);
}

/// Appends the values between brackets, each by `write`.
pub(super) fn list<T>(
    out: &mut Vec<u8>,
    key: &str,
    values: &[T],
    write: impl Fn(&mut Vec<u8>, &T),
) {
    out.extend_from_slice(key.as_bytes());
    out.push(b'[');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, value);
    }
    out.push(b']');
}

fn string(out: &mut Vec<u8>, value: &str) {
    serde_json::to_writer(out, value).expect("invariant: text always serialises to memory");
}
