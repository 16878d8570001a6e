//! One deflate block with codes of its own (RFC 1951, section 3.2.7).

use std::ops::RangeInclusive;

use super::{
    bits::BitWriter,
    digits::{self, DigitCode},
    huffman::{self, Code, LONGEST_CODE},
    matches::Token,
    symbols::{self, DISTANCES, END_OF_BLOCK, LITERALS, Symbol},
};

/// Says that a block brings its own codes (RFC 1951, section 3.2.3).
const DYNAMIC: u32 = 0b10;
/// The order in which lengths of the code for code lengths are sent.
const LENGTHS_ORDER: [usize; 19] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The longest code of a code length.
const LONGEST_LENGTH_CODE: u8 = 7;

/// A block: its tokens and the codes made for them.
pub(super) struct Block<'a> {
    tokens: &'a [Token],
    literals: Code,
    distances: Code,
}

impl<'a> Block<'a> {
    /// Finds codes for `tokens`.
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        let mut literals = [0; LITERALS];
        let mut distances = [0; DISTANCES];
        for token in tokens {
            match *token {
                Token::Literal(byte) => literals[usize::from(byte)] += 1,
                Token::Match { length, distance } => {
                    literals[symbols::length(length.into()).index] += 1;
                    distances[symbols::distance(distance.into()).index] += 1;
                }
            }
        }
        literals[END_OF_BLOCK] = 1;
        let literals = digits::literal_code(&literals);
        Self { tokens, literals, distances: complete_code(&mut distances, LONGEST_CODE) }
    }

    /// How the block writes its fields.
    pub(super) fn digits(&self) -> DigitCode {
        DigitCode::of(&self.literals)
    }

    /// Writes the header and the codes. The last block of a stream is marked as such.
    pub(super) fn write_header(&self, out: &mut BitWriter, is_last: bool) {
        out.put(is_last.into(), 1);
        out.put(DYNAMIC, 2);
        let literals = until_last_used(self.literals.lengths());
        let distances = until_last_used(self.distances.lengths());
        out.put((literals.len() - 257) as u32, 5);
        out.put((distances.len() - 1) as u32, 5);
        write_lengths(out, &[literals, distances].concat());
    }

    /// Writes the tokens. Before each one, `visit` learns its place: the byte in the text of the
    /// block and the bit in the output.
    pub(super) fn write_tokens(&self, out: &mut BitWriter, mut visit: impl FnMut(u32, u64)) {
        let mut byte = 0;
        for &token in self.tokens {
            visit(byte, out.position());
            self.write_token(out, token);
            byte += token.length();
        }
        self.literals.put(out, END_OF_BLOCK);
    }

    fn write_token(&self, out: &mut BitWriter, token: Token) {
        match token {
            Token::Literal(byte) => self.literals.put(out, byte.into()),
            Token::Match { length, distance } => {
                write_symbol(out, &self.literals, symbols::length(length.into()));
                write_symbol(out, &self.distances, symbols::distance(distance.into()));
            }
        }
    }
}

fn write_symbol(out: &mut BitWriter, code: &Code, symbol: Symbol) {
    code.put(out, symbol.index);
    out.put(symbol.extra, symbol.extra_width);
}

/// A code for symbols that occur so often. If fewer than two occur, others are added, since only
/// with two can a code be complete.
fn complete_code(frequencies: &mut [u32], limit: u8) -> Code {
    for symbol in 0..2 {
        if frequencies.iter().filter(|frequency| **frequency > 0).count() < 2 {
            frequencies[symbol] = frequencies[symbol].max(1);
        }
    }
    Code::new(huffman::lengths(frequencies, |_| limit))
}

/// Without the zeros at the end, which need not be sent.
fn until_last_used(lengths: &[u8]) -> &[u8] {
    let last = lengths.iter().rposition(|length| *length > 0);
    &lengths[..last.map_or(0, |last| last + 1)]
}

/// Writes the code lengths of literals and distances, themselves in a Huffman code with symbols
/// for repetitions.
fn write_lengths(out: &mut BitWriter, lengths: &[u8]) {
    let symbols = repetitions(lengths);
    let mut frequencies = [0; LENGTHS_ORDER.len()];
    for symbol in &symbols {
        frequencies[symbol.index] += 1;
    }
    let code = complete_code(&mut frequencies, LONGEST_LENGTH_CODE);
    let ordered = LENGTHS_ORDER.map(|symbol| code.lengths()[symbol]);
    let sent = until_last_used(&ordered).len().max(4);
    out.put((sent - 4) as u32, 4);
    for length in &ordered[..sent] {
        out.put((*length).into(), 3);
    }
    for symbol in symbols {
        write_symbol(out, &code, symbol);
    }
}

/// Code lengths as symbols: 0 to 15 for themselves, 16 repeats the last one 3 to 6 times, 17 and 18
/// stand for 3 to 10 and for 11 to 138 zeros.
fn repetitions(lengths: &[u8]) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for run in lengths.chunk_by(|a, b| a == b) {
        let mut left = run.len();
        if run[0] == 0 {
            left = repeat(&mut symbols, 18, 11..=138, 7, left);
            left = repeat(&mut symbols, 17, 3..=10, 3, left);
        } else {
            symbols.push(plain_length(run[0]));
            left = repeat(&mut symbols, 16, 3..=6, 2, left - 1);
        }
        symbols.extend(std::iter::repeat_n(plain_length(run[0]), left));
    }
    symbols
}

fn plain_length(length: u8) -> Symbol {
    Symbol { index: length.into(), extra: 0, extra_width: 0 }
}

/// Adds the symbol `index`, which stands for a number of repetitions within `range`, as long as so
/// many are left. Returns how many are left over.
fn repeat(
    symbols: &mut Vec<Symbol>,
    index: usize,
    range: RangeInclusive<usize>,
    extra_width: u32,
    mut left: usize,
) -> usize {
    while left >= *range.start() {
        let count = left.min(*range.end());
        symbols.push(Symbol { index, extra: (count - range.start()) as u32, extra_width });
        left -= count;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(lengths: &[u8]) -> Vec<(usize, u32)> {
        repetitions(lengths).iter().map(|symbol| (symbol.index, symbol.extra)).collect()
    }

    #[test]
    fn repeated_lengths_are_sent_as_the_rfc_counts_them() {
        assert_eq!(pairs(&[0; 2]), [(0, 0), (0, 0)]);
        assert_eq!(pairs(&[0; 10]), [(17, 7)]);
        assert_eq!(pairs(&[0; 11]), [(18, 0)]);
        assert_eq!(pairs(&[0; 141]), [(18, 127), (17, 0)]);
        assert_eq!(pairs(&[7; 3]), [(7, 0), (7, 0), (7, 0)]);
        assert_eq!(pairs(&[7, 7, 7, 7, 0]), [(7, 0), (16, 0), (0, 0)]);
        assert_eq!(pairs(&[7; 11]), [(7, 0), (16, 3), (16, 1)]);
    }

    #[test]
    fn a_code_for_one_symbol_or_none_is_completed() {
        assert_eq!(complete_code(&mut [0; 4], 7).lengths(), [1, 1, 0, 0]);
        assert_eq!(complete_code(&mut [5, 0, 0, 0], 7).lengths(), [1, 1, 0, 0]);
        assert_eq!(complete_code(&mut [0, 0, 5, 0], 7).lengths(), [1, 0, 1, 0]);
    }
}
