//! Seat numbers in an answer: fields of fixed width that can be rewritten where they stand.
//!
//! A number is written from the left and padded with spaces, which JSON allows behind a number. The width is that of
//! the published capacity, so the padding is a byte or two. A number that does not fit (seats credited beyond the
//! capacity, which is a fault elsewhere) is shown as the largest that does: an answer is never damaged.

use crate::Version;
use crate::seats::Visible;
use opencowin_model::{Capacity, Channel, Dose, Seats};
use std::ops::Range;

/// The most number fields of one session, which version 4 has.
const FIELDS: usize = 4;

/// The keys of the fields, in the order of [`Shown`].
const KEYS: [&[u8]; FIELDS] = [
    b",\"available_capacity\":",
    b",\"available_capacity_dose1\":",
    b",\"available_capacity_dose2\":",
    b",\"precaution_online_dose_one_available\":",
];

/// The numbers that an answer shows for one session: first and second doses together, first, second, precaution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown([u32; FIELDS]);

impl Shown {
    /// The numbers for these seats.
    pub(crate) fn new(seats: Seats) -> Self {
        let [first, second, precaution] = seats.0.map(u32::from);
        Self([first + second, first, second, precaution])
    }
}

impl From<Visible> for Shown {
    fn from(visible: Visible) -> Self {
        Self::new(visible.seats())
    }
}

/// The widths of a session's number fields, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    widths: [u8; FIELDS],
}

impl Numbers {
    /// Wide enough for all online seats of `capacity`.
    pub(crate) fn new(capacity: &Capacity) -> Self {
        let most = Shown::new(Seats(Dose::ALL.map(|dose| capacity.seats(Channel::Online, dose))));
        Self { widths: most.0.map(|number| number.checked_ilog10().unwrap_or(0) as u8 + 1) }
    }

    /// How many numbers a session has in answers of this version.
    pub(crate) fn fields(version: Version) -> usize {
        match version {
            Version::V2 => 3,
            Version::V4 => FIELDS,
        }
    }

    /// Appends the members, keys and numbers.
    pub(crate) fn append(self, out: &mut Vec<u8>, version: Version, shown: Shown) {
        for ((key, width), number) in
            KEYS.iter().zip(self.widths).zip(shown.0).take(Self::fields(version))
        {
            out.extend_from_slice(key);
            let at = out.len();
            out.resize(at + usize::from(width), b' ');
            write(&mut out[at..], number);
        }
    }

    /// Where the numbers stand in an answer whose members were appended at `start`.
    pub(crate) fn ranges(self, start: u32, version: Version) -> impl Iterator<Item = Range<u32>> {
        let members = KEYS.iter().zip(self.widths).take(Self::fields(version));
        members.scan(start, |at, (key, width)| {
            let from = *at + key.len() as u32;
            *at = from + u32::from(width);
            Some(from..*at)
        })
    }

    /// The text of every number, padded; as many as `version` shows.
    pub(crate) fn texts(self, version: Version, shown: Shown) -> impl Iterator<Item = Text> {
        let numbers = self.widths.into_iter().zip(shown.0).take(Self::fields(version));
        numbers.map(|(width, number)| Text::new(width, number))
    }
}

/// One number as an answer writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    bytes: [u8; 6],
    width: u8,
}

impl Text {
    fn new(width: u8, number: u32) -> Self {
        let mut bytes = [b' '; 6];
        write(&mut bytes[..usize::from(width)], number);
        Self { bytes, width }
    }

    /// Its digits and padding.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.width)]
    }
}

/// Writes `number` into a field of spaces.
fn write(field: &mut [u8], number: u32) {
    let most = 10_u32.pow(field.len() as u32) - 1;
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(number.min(most)).as_bytes();
    field[..digits.len()].copy_from_slice(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(first: u16, second: u16, precaution: u16) -> Numbers {
        let online = Seats([first, second, precaution]);
        Numbers::new(&Capacity::new(online, Seats::default(), Seats::default()))
    }

    #[test]
    fn a_field_is_as_wide_as_its_capacity() {
        assert_eq!(numbers(60, 50, 0).widths, [3, 2, 2, 1]);
        assert_eq!(numbers(u16::MAX, u16::MAX, 9).widths, [6, 5, 5, 1]);
    }

    #[test]
    fn a_shorter_number_is_padded_and_a_longer_one_saturates() {
        let mut out = Vec::new();
        numbers(100, 10, 5).append(&mut out, Version::V4, Shown::new(Seats([7, 1000, 5])));
        assert_eq!(
            String::from_utf8(out).unwrap(),
            ",\"available_capacity\":999,\"available_capacity_dose1\":7  \
             ,\"available_capacity_dose2\":99,\"precaution_online_dose_one_available\":5"
        );
    }

    #[test]
    fn ranges_and_texts_say_what_was_appended() {
        for version in [Version::V2, Version::V4] {
            let (numbers, shown) = (numbers(300, 20, 1), Shown::new(Seats([17, 4, 0])));
            let mut out = b"{".to_vec();
            numbers.append(&mut out, version, shown);
            let ranges: Vec<_> = numbers.ranges(1, version).collect();
            let texts: Vec<_> = numbers.texts(version, shown).collect();
            assert_eq!(
                (ranges.len(), texts.len()),
                (Numbers::fields(version), Numbers::fields(version))
            );
            for (range, text) in ranges.iter().zip(&texts) {
                assert_eq!(&out[range.start as usize..range.end as usize], text.bytes());
            }
        }
    }
}
