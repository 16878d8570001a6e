//! The objects of a PDF that has one table of them at its end (source: ISO 32000-1, 7.3 and 7.5).

/// How deep arrays and dictionaries may lie in each other.
const DEPTH: u32 = 12;

/// A file and where its objects begin.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    /// The lines of the table, 20 bytes each, by the object's number.
    table: &'a [u8],
    trailer: Value<'a>,
}

/// A value. Text is of no interest here.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(usize),
    Name(&'a [u8]),
    Array(Vec<Self>),
    Dictionary(Vec<(&'a [u8], Self)>),
    /// An object's number.
    Reference(usize),
    Other,
}

impl<'a> Value<'a> {
    /// A dictionary's value.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Self> {
        let Self::Dictionary(entries) = self else { return None };
        entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// An array's first value.
    pub(super) fn first(&self) -> Option<&Self> {
        let Self::Array(values) = self else { return None };
        values.first()
    }

    pub(super) fn number(&self) -> Option<usize> {
        let Self::Number(number) = self else { return None };
        Some(*number)
    }
}

impl<'a> File<'a> {
    /// Reads the table and what follows it.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let tail = bytes.len().saturating_sub(64);
        let at = bytes[tail..].windows(9).rposition(|window| window == b"startxref")?;
        let start = Reader { rest: &bytes[tail + at + 9..] }.number()?;
        let mut reader = Reader { rest: bytes.get(start..)? };
        reader.expect(b"xref")?;
        let first = reader.number()?;
        let count = reader.number()?;
        reader.skip_blanks();
        let table = reader.rest.get(..count.checked_mul(20)?)?;
        reader.rest = &reader.rest[table.len()..];
        reader.expect(b"trailer")?;
        let trailer = reader.value(DEPTH)?;
        (first == 0).then_some(Self { bytes, table, trailer })
    }

    /// The catalogue.
    pub(super) fn root(&self) -> Option<Value<'a>> {
        self.follow(self.trailer.get(b"Root")?)
    }

    /// The object that a reference leads to, if it is not a stream.
    pub(super) fn follow(&self, reference: &Value<'_>) -> Option<Value<'a>> {
        self.object(reference)?.value(DEPTH)
    }

    /// The stream that a reference leads to, and its dictionary.
    pub(super) fn stream(&self, reference: &Value<'_>) -> Option<(Value<'a>, &'a [u8])> {
        let mut reader = self.object(reference)?;
        let dictionary = reader.value(DEPTH)?;
        let length = dictionary.get(b"Length")?.number()?;
        reader.expect(b"stream")?;
        let data = reader.rest.strip_prefix(b"\r").unwrap_or(reader.rest);
        let data = data.strip_prefix(b"\n")?.get(..length)?;
        dictionary.get(b"Filter").is_none().then_some((dictionary, data))
    }

    /// What follows the head of an object.
    fn object(&self, reference: &Value<'_>) -> Option<Reader<'a>> {
        let Value::Reference(number) = reference else { return None };
        let line = self.table.get(number.checked_mul(20)?..)?.get(..20)?;
        let offset = Reader { rest: line }.number()?;
        let mut reader = Reader { rest: self.bytes.get(offset..)? };
        let found = reader.number()?;
        reader.number()?;
        reader.expect(b"obj")?;
        (found == *number).then_some(reader)
    }
}

/// Reads values from the start of what is left.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn expect(&mut self, word: &[u8]) -> Option<()> {
        self.skip_blanks();
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn number(&mut self) -> Option<usize> {
        self.skip_blanks();
        let digits = self.take(u8::is_ascii_digit);
        str::from_utf8(digits).ok()?.parse().ok()
    }

    fn take(&mut self, belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn value(&mut self, depth: u32) -> Option<Value<'a>> {
        let depth = depth.checked_sub(1)?;
        self.skip_blanks();
        match self.rest {
            [b'<', b'<', rest @ ..] => {
                self.rest = rest;
                self.dictionary(depth)
            }
            [b'[', rest @ ..] => {
                self.rest = rest;
                self.array(depth)
            }
            [b'/', ..] => self.name().map(Value::Name),
            [b'(', rest @ ..] => {
                self.rest = rest;
                self.text()
            }
            [b'<', ..] => {
                self.take(|byte| *byte != b'>');
                self.expect(b">").map(|()| Value::Other)
            }
            [b'0'..=b'9', ..] => self.number_or_reference(),
            _ => {
                let word = self.take(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
                (!word.is_empty()).then_some(Value::Other)
            }
        }
    }

    fn dictionary(&mut self, depth: u32) -> Option<Value<'a>> {
        let mut entries = Vec::new();
        while self.expect(b">>").is_none() {
            entries.push((self.name()?, self.value(depth)?));
        }
        Some(Value::Dictionary(entries))
    }

    fn array(&mut self, depth: u32) -> Option<Value<'a>> {
        let mut values = Vec::new();
        while self.expect(b"]").is_none() {
            values.push(self.value(depth)?);
        }
        Some(Value::Array(values))
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        self.expect(b"/")?;
        Some(self.take(|byte| byte.is_ascii_graphic() && !b"()<>[]{}/%".contains(byte)))
    }

    /// A text in brackets, which may hold others.
    fn text(&mut self) -> Option<Value<'a>> {
        let mut open = 1;
        while open > 0 {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'\\' => self.rest = rest.get(1..)?,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
        }
        Some(Value::Other)
    }

    fn number_or_reference(&mut self) -> Option<Value<'a>> {
        let number = self.number()?;
        if self.rest.starts_with(b".") {
            self.take(|byte| byte.is_ascii_digit() || *byte == b'.');
            return Some(Value::Other);
        }
        let ahead = self.rest;
        if self.number().is_some() && self.expect(b"R").is_some() {
            return Some(Value::Reference(number));
        }
        self.rest = ahead;
        Some(Value::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &[u8]) -> Option<Value<'_>> {
        Reader { rest: text }.value(DEPTH)
    }

    #[test]
    fn values_are_told_apart() {
        let read = value(b"<</A 3 0 R/B[1 2 -0.5]/C(a\\)(b))/D<feff>/E/F/G true>>").unwrap();
        assert_eq!(read.get(b"A"), Some(&Value::Reference(3)));
        let numbers = vec![Value::Number(1), Value::Number(2), Value::Other];
        assert_eq!(read.get(b"B"), Some(&Value::Array(numbers)));
        assert_eq!(read.get(b"E"), Some(&Value::Name(b"F")));
        assert_eq!(read.get(b"G"), Some(&Value::Other));
    }

    #[test]
    fn what_lies_too_deep_or_has_no_end_is_refused() {
        assert_eq!(value(&[b'['; 1_000_000]), None);
        assert_eq!(value(b"[1 2"), None);
        assert_eq!(value(b"(a"), None);
        assert_eq!(value(b"<</A"), None);
    }
}
