//! Cuts a text into literals and matches (LZ77) without ever touching a field.
//!
//! Matches are found through hash chains as in zlib: positions with the same next five bytes are
//! linked, latest first, within deflate's window of 32 kB. Fields are kept out by one number per
//! position, how many bytes from there on belong to no field: a match is no longer than that number
//! at its source and at its place, and a position too near to a field is never linked.

use std::ops::Range;

/// How far back a match may reach (RFC 1951, section 2).
const WINDOW: usize = 1 << 15;
/// The shortest match used. Deflate knows matches of 3, but four characters of an id as literals
/// take 20 bits, and a match takes more than that with its distance.
const SHORTEST: usize = 5;
/// The longest match used. Deflate allows 258; with 255 a length fits a byte.
const LONGEST: usize = 255;
/// A match of so many bytes is taken without looking for a better one.
const GOOD: usize = 96;
/// How many candidates are tried for one position.
const DEPTH: usize = 128;
/// Width of a hash, in bits.
const HASH_WIDTH: u32 = 15;
/// A chain ends here.
const NONE: u32 = u32::MAX;

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One byte as it is.
    Literal(u8),
    /// A copy of `length` bytes from `distance` bytes before.
    Match { length: u8, distance: u16 },
}

impl Token {
    /// The bytes of text that it stands for.
    pub(super) fn length(self) -> u32 {
        match self {
            Self::Literal(_) => 1,
            Self::Match { length, .. } => length.into(),
        }
    }
}

/// A match not yet decided on; its length is 0 where there is none.
#[derive(Clone, Copy)]
struct Candidate {
    length: usize,
    distance: usize,
}

impl Candidate {
    const NONE: Self = Self { length: 0, distance: 1 };

    /// Roughly what it saves, in quarters of a byte: long is good, far is bad.
    fn score(self) -> usize {
        4 * self.length + 16 - self.distance.ilog2() as usize
    }

    /// Whether it is worth a literal to have this instead of a match that starts one byte earlier.
    /// (The margin is libdeflate's.)
    fn beats(self, earlier: Self) -> bool {
        self.length > 0 && self.score() > earlier.score() + 2
    }
}

/// Reads a text once from its start, as tokens.
pub(super) struct Tokenizer<'a> {
    plain: &'a [u8],
    /// Per position the bytes from there to the next field or the end, at most 255; 0 within a
    /// field.
    clear: Vec<u8>,
    /// Up to here the text is in tokens.
    position: usize,
    /// Up to here positions are linked.
    linked: usize,
    /// Per hash the latest position.
    heads: Vec<u32>,
    /// Per position (modulo the window) the one before it with the same hash.
    links: Vec<u32>,
}

impl<'a> Tokenizer<'a> {
    /// At the start of `plain`, which is at most `u32::MAX` bytes long.
    pub(super) fn new(plain: &'a [u8], fields: &[Range<u32>]) -> Self {
        Self {
            plain,
            clear: clearances(plain.len(), fields),
            position: 0,
            linked: 0,
            heads: vec![NONE; 1 << HASH_WIDTH],
            links: vec![NONE; WINDOW],
        }
    }

    /// The bytes read so far.
    pub(super) fn position(&self) -> u32 {
        self.position as u32
    }

    /// Whether the whole text has been read.
    pub(super) fn is_done(&self) -> bool {
        self.position == self.plain.len()
    }

    /// Fills `tokens` with those of the next `bytes` bytes of text, or of a few more: a match is
    /// not cut, nor is a field.
    pub(super) fn read(&mut self, bytes: usize, tokens: &mut Vec<Token>) {
        tokens.clear();
        let end = self.position.saturating_add(bytes).min(self.plain.len());
        while self.position < end || self.clear.get(self.position) == Some(&0) {
            self.step(tokens);
        }
    }

    /// Reads one match, with the literals before it that were given up for a better one, or one
    /// literal.
    fn step(&mut self, tokens: &mut Vec<Token>) {
        let mut best = self.find(self.position);
        while (1..GOOD).contains(&best.length) {
            let next = self.find(self.position + 1);
            if !next.beats(best) {
                break;
            }
            self.take_literal(tokens);
            best = next;
        }
        match best.length {
            0 => self.take_literal(tokens),
            _ => self.take_match(best, tokens),
        }
    }

    fn take_literal(&mut self, tokens: &mut Vec<Token>) {
        tokens.push(Token::Literal(self.plain[self.position]));
        self.position += 1;
    }

    fn take_match(&mut self, found: Candidate, tokens: &mut Vec<Token>) {
        let (length, distance) = (found.length as u8, found.distance as u16);
        tokens.push(Token::Match { length, distance });
        self.position += found.length;
    }

    /// The longest match for the text at `position`, the nearest among equals.
    fn find(&mut self, position: usize) -> Candidate {
        self.link_up_to(position);
        let mut best = Candidate::NONE;
        let Some(hash) = self.hash(position) else { return best };
        let limit = usize::from(self.clear[position]);
        let mut source = self.heads[hash];
        for _ in 0..DEPTH {
            if source == NONE || position - source as usize > WINDOW {
                break;
            }
            let start = source as usize;
            let length = self.common(start, position, best.length, limit);
            if length > best.length {
                best = Candidate { length, distance: position - start };
                if length >= limit.min(GOOD) {
                    break;
                }
            }
            source = self.links[start % WINDOW];
        }
        best
    }

    /// How many bytes a match at `position` could copy from `start`; 0 if no more than `least`, or
    /// too few for a match.
    fn common(&self, start: usize, position: usize, least: usize, limit: usize) -> usize {
        let limit = limit.min(self.clear[start].into());
        // Most candidates fail at the byte that would make them better.
        if limit <= least || self.plain[start + least] != self.plain[position + least] {
            return 0;
        }
        let (a, b) = (&self.plain[start..][..limit], &self.plain[position..][..limit]);
        let length = common_prefix(a, b);
        if length < SHORTEST { 0 } else { length }
    }

    /// Links all positions before `end` that were passed since the last call.
    fn link_up_to(&mut self, end: usize) {
        for position in self.linked..end {
            if let Some(hash) = self.hash(position) {
                self.links[position % WINDOW] = self.heads[hash];
                self.heads[hash] = position as u32;
            }
        }
        self.linked = end;
    }

    /// The hash of the next bytes, unless there is no room for a match before the next field.
    fn hash(&self, position: usize) -> Option<usize> {
        if usize::from(*self.clear.get(position)?) < SHORTEST {
            return None;
        }
        let mut word = [0; 8];
        word[..SHORTEST].copy_from_slice(&self.plain[position..][..SHORTEST]);
        // The high bits of a product depend on all bits of the factor; this one is 2^64 / φ.
        let product = u64::from_le_bytes(word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some((product >> (64 - HASH_WIDTH)) as usize)
    }
}

/// Per position of a text of `length` bytes the bytes from there to the next field or the end, at
/// most [`LONGEST`].
fn clearances(length: usize, fields: &[Range<u32>]) -> Vec<u8> {
    let mut clear = vec![0; length];
    let mut next = length;
    let mut fields = fields.iter().rev().peekable();
    loop {
        let gap_start = fields.peek().map_or(0, |field| field.end as usize);
        for (distance, slot) in clear[gap_start..next].iter_mut().rev().enumerate() {
            *slot = (distance + 1).min(LONGEST) as u8;
        }
        let Some(field) = fields.next() else { return clear };
        next = field.start as usize;
    }
}

/// How many bytes two slices of equal length have in common at their starts.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let words = a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0);
    let mut equal = 0;
    for (a, b) in words {
        let difference = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if difference != 0 {
            return equal + difference.trailing_zeros() as usize / 8;
        }
        equal += 8;
    }
    equal + a[equal..].iter().zip(&b[equal..]).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gzip::samples::{self, Sample};

    fn tokens(sample: &Sample) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut tokenizer = Tokenizer::new(&sample.plain, &sample.fields);
        tokenizer.read(sample.plain.len(), &mut tokens);
        assert!(tokenizer.is_done());
        tokens
    }

    /// Decodes tokens and at the same time sees to it that matches keep away from fields.
    fn decode(tokens: &[Token], sample: &Sample) -> Vec<u8> {
        let clear = clearances(sample.plain.len(), &sample.fields);
        let mut plain = Vec::new();
        for token in tokens {
            match *token {
                Token::Literal(byte) => plain.push(byte),
                Token::Match { length, distance } => {
                    let source = plain.len() - usize::from(distance);
                    assert!(length <= clear[source] && length <= clear[plain.len()]);
                    assert!((1..=WINDOW).contains(&distance.into()));
                    (0..length.into()).for_each(|i| plain.push(plain[source + i]));
                }
            }
        }
        plain
    }

    #[test]
    fn clearances_count_the_bytes_up_to_the_next_field() {
        assert_eq!(clearances(6, &[0..1, 3..4, 4..5]), [0, 2, 1, 0, 0, 1]);
        assert!(clearances(0, &[]).is_empty());
        assert_eq!(clearances(300, &[])[..46], [[255].as_slice(), &[255; 45]].concat());
        assert_eq!(clearances(300, &[])[46..48], [254, 253]);
    }

    #[test]
    fn a_match_reaches_back_a_whole_window_and_no_further() {
        for (gap, expected) in [(WINDOW - 8, true), (WINDOW - 7, false)] {
            let plain = [b"unlikely".as_slice(), &vec![b'.'; gap], b"unlikely"].concat();
            let last = *tokens(&Sample { plain, fields: vec![] }).last().unwrap();
            let found = last == Token::Match { length: 8, distance: WINDOW as u16 };
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn repetition_between_fields_is_found_and_their_equal_content_is_not() {
        let plain = b"seats:123,seats:123,".to_vec();
        let found = tokens(&Sample { plain, fields: vec![6..9, 16..19] });
        assert_eq!(found[10], Token::Match { length: 6, distance: 10 });
        assert_eq!(found[11..], b"123,".map(Token::Literal));
    }

    #[test]
    fn a_block_never_ends_within_a_field() {
        let sample = Sample { plain: b"ab12345cd6".to_vec(), fields: vec![2..7, 9..10] };
        let mut tokenizer = Tokenizer::new(&sample.plain, &sample.fields);
        let mut tokens = Vec::new();
        tokenizer.read(4, &mut tokens);
        assert_eq!(tokenizer.position(), 7);
    }

    proptest! {
        #[test]
        fn tokens_give_the_text_back_and_matches_avoid_fields(sample in samples::any()) {
            prop_assert_eq!(&decode(&tokens(&sample), &sample), &sample.plain);
        }
    }
}
