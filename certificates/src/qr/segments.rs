//! From texts to the data codewords of a symbol (ISO/IEC 18004, 7.4).

use super::version::Version;

/// The characters that are packed two in eleven bits, in the order of their values.
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The value of each byte as a character of those, or [`OTHER`].
const VALUES: [u8; 256] = values();
const OTHER: u8 = u8::MAX;

/// What fills the rest of a symbol, by turns.
const PADDING: [u8; 2] = [0xec, 0x11];

/// A part of a symbol's text, in one kind of characters.
#[derive(Clone, Copy)]
pub(super) enum Segment<'a> {
    /// Eight bits each; UTF-8.
    Bytes(&'a [u8]),
    /// Two in eleven bits.
    Alphanumeric(&'a [u8]),
}

impl<'a> Segment<'a> {
    pub(super) fn bytes(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }

    /// As densely as its characters can be packed.
    pub(super) fn dense(text: &'a str) -> Self {
        let text = text.as_bytes();
        // Without an early end, so that many bytes are looked at together.
        let others = text.iter().filter(|byte| VALUES[usize::from(**byte)] == OTHER).count();
        if others == 0 { Self::Alphanumeric(text) } else { Self::Bytes(text) }
    }

    /// How many bits it takes.
    fn bits(&self, version: Version) -> usize {
        let (_, text, count_bits) = self.parts(version);
        let data = match self {
            Self::Bytes(_) => 8 * text.len(),
            Self::Alphanumeric(_) => text.len() / 2 * 11 + text.len() % 2 * 6,
        };
        4 + count_bits as usize + data
    }

    /// The number of its kind, its characters, and how many bits their number takes.
    fn parts(&self, version: Version) -> (u32, &'a [u8], u32) {
        let grown = [10, 27].iter().filter(|from| version.number() >= **from).count();
        match self {
            Self::Bytes(text) => (0b0100, text, [8, 16, 16][grown]),
            Self::Alphanumeric(text) => (0b0010, text, [9, 11, 13][grown]),
        }
    }

    fn write(&self, to: &mut Bits, version: Version) {
        let (kind, text, count_bits) = self.parts(version);
        to.push(kind, 4);
        to.push(text.len() as u32, count_bits);
        match self {
            Self::Bytes(text) => text.iter().for_each(|byte| to.push(u32::from(*byte), 8)),
            Self::Alphanumeric(text) => {
                let value = |byte: u8| u32::from(VALUES[usize::from(byte)]);
                let (pairs, last) = text.as_chunks::<2>();
                pairs.iter().for_each(|[one, other]| to.push(value(*one) * 45 + value(*other), 11));
                last.iter().for_each(|byte| to.push(value(*byte), 6));
            }
        }
    }
}

/// The smallest version that holds the segments, and its data codewords; `None` if none does.
pub(super) fn encode(segments: &[Segment<'_>]) -> Option<(Version, Vec<u8>)> {
    let bits = |version| segments.iter().map(|segment| segment.bits(version)).sum::<usize>();
    let version = Version::all().find(|version| bits(*version) <= 8 * version.data_codewords())?;
    let mut data = Bits::default();
    segments.iter().for_each(|segment| segment.write(&mut data, version));
    Some((version, data.finish(version.data_codewords())))
}

/// Bits in the making, the first as the highest of the first byte.
#[derive(Default)]
struct Bits {
    whole: Vec<u8>,
    rest: u32,
    /// How many bits of `rest` count; under eight between calls.
    count: u32,
}

impl Bits {
    /// Appends the lowest bits of a value, sixteen at most.
    fn push(&mut self, value: u32, bits: u32) {
        self.rest = (self.rest << bits) | value;
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            self.whole.push((self.rest >> self.count) as u8);
        }
    }

    /// Ends the text with up to four zeros, and fills whole bytes up to this many.
    fn finish(mut self, length: usize) -> Vec<u8> {
        let free = 8 * (length - self.whole.len()) - self.count as usize;
        self.push(0, free.min(4) as u32);
        self.push(0, self.count.wrapping_neg() % 8);
        let padding = PADDING.iter().cycle().take(length - self.whole.len());
        self.whole.extend(padding);
        self.whole
    }
}

const fn values() -> [u8; 256] {
    let mut values = [OTHER; 256];
    let mut value = 0;
    while value < ALPHANUMERIC.len() {
        values[ALPHANUMERIC[value] as usize] = value as u8;
        value += 1;
    }
    values
}
