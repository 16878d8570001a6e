//! How records are written: numbered fields, so that a reader can skip those it does not know.
//!
//! A record is the format byte 1 and then fields in any order. A field is a tag, `number × 2 + kind`, and its value:
//!
//! | kind | value |
//! |---|---|
//! | 0 | a number: LEB128, at most 64 bits |
//! | 1 | bytes: their length in LEB128, then themselves; text, ids and nested fields are bytes |
//!
//! A field that may occur several times is repeated. Absent numbers are those of the field's default. This is a subset
//! of what Protocol Buffers do, in a page of code: a library for it would ask for a mirror type of each record, since the
//! model's types check themselves, and those mirrors would be longer than this.

use jiff::civil::Date;
use opencowin_model::{Dose, Hours, TimeOfDay};

const FORMAT: u8 = 1;

/// Bytes that are no record of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record is malformed")]
pub struct Malformed;

/// Writes fields.
#[derive(Debug)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// A record without fields yet.
    pub(crate) fn record() -> Self {
        Self::record_after(Vec::with_capacity(96))
    }

    /// The same, behind other bytes.
    pub(crate) fn record_after(mut bytes: Vec<u8>) -> Self {
        bytes.push(FORMAT);
        Self(bytes)
    }

    pub(crate) fn number(&mut self, field: u32, value: impl Into<u64>) {
        self.varint(u64::from(field) << 1);
        self.varint(value.into());
    }

    /// A number, unless it is 0, which readers take for absent.
    pub(crate) fn number_unless_zero(&mut self, field: u32, value: impl Into<u64>) {
        let value = value.into();
        if value != 0 {
            self.number(field, value);
        }
    }

    /// A number that may be negative, small either way.
    pub(crate) fn signed(&mut self, field: u32, value: i64) {
        self.number(field, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    pub(crate) fn bytes(&mut self, field: u32, value: &[u8]) {
        self.varint(u64::from(field) << 1 | 1);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    pub(crate) fn nested(&mut self, field: u32, write: impl FnOnce(&mut Writer)) {
        self.varint((u64::from(field) << 1) | 1);
        let at = self.0.len();
        self.0.push(0);
        write(self);
        match u8::try_from(self.0.len() - at - 1) {
            Ok(length) if length < 0x80 => self.0[at] = length,
            _ => self.lengthen(at),
        }
    }

    pub(crate) fn date(&mut self, field: u32, date: Date) {
        let days = i64::from((date - Date::constant(1970, 1, 1)).get_days());
        self.signed(field, days);
    }

    /// Hours as one number: opening minute × 1440 + closing minute.
    pub(crate) fn hours(&mut self, field: u32, hours: Hours) {
        self.number(field, u64::from(hours.from.minutes()) * 1440 + u64::from(hours.to.minutes()));
    }

    /// The finished bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Puts the length of what follows the byte at `at` in its place.
    fn lengthen(&mut self, at: usize) {
        let inner = self.0.split_off(at + 1);
        self.0.pop();
        self.varint(inner.len() as u64);
        self.0.extend_from_slice(&inner);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn number<T: TryFrom<u64>>(self) -> Result<T, Malformed> {
        match self {
            Self::Number(number) => number.try_into().map_err(|_| Malformed),
            Self::Bytes(_) => Err(Malformed),
        }
    }

    pub(crate) fn signed(self) -> Result<i64, Malformed> {
        let number: u64 = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) => Err(Malformed),
        }
    }

    pub(crate) fn array<const N: usize>(self) -> Result<[u8; N], Malformed> {
        self.bytes()?.try_into().map_err(|_| Malformed)
    }

    pub(crate) fn text(self) -> Result<String, Malformed> {
        std::str::from_utf8(self.bytes()?).map(str::to_owned).map_err(|_| Malformed)
    }

    pub(crate) fn fields(self) -> Result<Fields<'a>, Malformed> {
        self.bytes().map(Fields)
    }

    pub(crate) fn date(self) -> Result<Date, Malformed> {
        let days = jiff::Span::new().try_days(self.signed()?).map_err(|_| Malformed)?;
        Date::constant(1970, 1, 1).checked_add(days).map_err(|_| Malformed)
    }

    pub(crate) fn hours(self) -> Result<Hours, Malformed> {
        let minutes: u64 = self.number()?;
        let time = |minutes| u16::try_from(minutes).ok().and_then(TimeOfDay::from_minutes);
        let hours = time(minutes / 1440).zip(time(minutes % 1440));
        hours.and_then(|(from, to)| Hours::new(from, to)).ok_or(Malformed)
    }

    pub(crate) fn dose(self) -> Result<Dose, Malformed> {
        Dose::from_number(self.number()?).ok_or(Malformed)
    }
}

/// The fields of a record, or of a nested field, one after another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of a whole record.
    pub(crate) fn of_record(bytes: &'a [u8]) -> Result<Self, Malformed> {
        bytes.strip_prefix(&[FORMAT]).map(Self).ok_or(Malformed)
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Malformed)?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return Err(Malformed);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let field = u32::try_from(tag >> 1).map_err(|_| Malformed)?;
        let number = self.varint()?;
        if tag & 1 == 0 {
            return Ok((field, Value::Number(number)));
        }
        let length = usize::try_from(number).map_err(|_| Malformed)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok((field, Value::Bytes(bytes)))
    }
}

/// Ends after the first error.
impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn only(writer: Writer) -> (u32, Vec<u8>, Option<u64>) {
        let bytes = writer.finish();
        let mut fields = Fields::of_record(&bytes).unwrap();
        let (field, value) = fields.next().unwrap().unwrap();
        assert!(fields.next().is_none());
        match value {
            Value::Number(number) => (field, Vec::new(), Some(number)),
            Value::Bytes(bytes) => (field, bytes.to_vec(), None),
        }
    }

    fn written(write: impl FnOnce(&mut Writer)) -> Writer {
        let mut writer = Writer::record();
        write(&mut writer);
        writer
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            field in 0..u32::MAX, number: u64, signed: i64, bytes in vec(any::<u8>(), 0..300), day in -100_000i32..100_000
        ) {
            prop_assert_eq!(only(written(|w| w.number(field, number))), (field, vec![], Some(number)));
            prop_assert_eq!(only(written(|w| w.bytes(field, &bytes))), (field, bytes.clone(), None));
            let (_, _, zigzag) = only(written(|w| w.signed(field, signed)));
            prop_assert_eq!(Value::Number(zigzag.unwrap()).signed(), Ok(signed));
            let (_, inner, _) = only(written(|w| w.nested(field, |w| w.bytes(1, &bytes))));
            prop_assert_eq!(&inner[..], &written(|w| w.bytes(1, &bytes)).finish()[1..]);
            let date = Date::constant(1970, 1, 1) + jiff::Span::new().days(day);
            let (_, _, number) = only(written(|w| w.date(field, date)));
            prop_assert_eq!(Value::Number(number.unwrap()).date(), Ok(date));
        }

        #[test]
        fn arbitrary_bytes_end_in_an_error_at_worst(bytes: Vec<u8>) {
            if let Ok(fields) = Fields::of_record(&bytes) {
                for (_, value) in fields.flatten() {
                    let _ = (value.date(), value.hours(), value.signed(), value.text(), value.dose());
                }
            }
        }
    }

    #[test]
    fn hours_read_back_and_impossible_ones_do_not() {
        let time = |hour, minute| TimeOfDay::new(hour, minute).unwrap();
        let hours = Hours::new(time(9, 30), time(23, 59)).unwrap();
        let (_, _, number) = only(written(|w| w.hours(1, hours)));
        assert_eq!(Value::Number(number.unwrap()).hours(), Ok(hours));
        for wrong in [0, 1440 * 600 + 600, 1440 * 1440 + 1, u64::MAX] {
            assert_eq!(Value::Number(wrong).hours(), Err(Malformed), "{wrong}");
        }
    }
}
