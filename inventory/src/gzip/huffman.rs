//! Huffman codes: optimal lengths under a limit, and the canonical code that deflate derives from
//! lengths.
//!
//! Every code made here for two symbols or more is complete (its strings use up the whole code
//! space), because zlib refuses a block with any other.

use super::bits::BitWriter;

/// The longest code of literals, lengths and distances (RFC 1951, section 3.2.7).
pub(super) const LONGEST_CODE: u8 = 15;

/// What package-merge buys: a coin of one symbol, or a package of two cheaper items.
#[derive(Clone, Copy)]
struct Item {
    weight: u64,
    symbol: Option<usize>,
}

/// The code lengths that give the shortest text in which symbol i occurs `weights[i]` times, with
/// `limits(i)` as the most bits that its code may have (at most [`LONGEST_CODE`], and together
/// enough for all). A symbol of weight 0 gets length 0, no code, and so does a symbol that is
/// alone.
///
/// This is package-merge (Larmore and Hirschberg 1990): a code of length n is bought as n coins
/// worth 1/2, 1/4 … 2^-n, each at the price of the symbol's weight, and the cheapest purchase that
/// is worth (symbols - 1) altogether is an optimal complete code. Coins of the lowest worth are
/// paired into packages of the next, merged with the coins there, and so on up.
pub(super) fn lengths(weights: &[u32], limits: impl Fn(usize) -> u8) -> Vec<u8> {
    let coins = coins(weights);
    let mut lengths = vec![0; weights.len()];
    let mut wanted = 2 * coins.len().saturating_sub(1);
    for row in rows(&coins, limits).iter().rev() {
        let bought = &row[..wanted];
        for symbol in bought.iter().filter_map(|item| item.symbol) {
            lengths[symbol] += 1;
        }
        wanted = 2 * bought.iter().filter(|item| item.symbol.is_none()).count();
    }
    lengths
}

/// One coin for each symbol that occurs, cheapest first.
fn coins(weights: &[u32]) -> Vec<Item> {
    let occurring = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
    let mut coins: Vec<Item> = occurring
        .map(|(symbol, &weight)| Item { weight: weight.into(), symbol: Some(symbol) })
        .collect();
    coins.sort_by_key(|coin| coin.weight);
    coins
}

/// What can be bought at each worth, 2^-15 first and 1/2 last, cheapest first.
fn rows(coins: &[Item], limits: impl Fn(usize) -> u8) -> Vec<Vec<Item>> {
    let mut rows = Vec::with_capacity(LONGEST_CODE.into());
    let mut packages = Vec::new();
    for depth in (1..=LONGEST_CODE).rev() {
        let minted = |coin: &&Item| coin.symbol.is_some_and(|symbol| limits(symbol) >= depth);
        let mut row: Vec<Item> = coins.iter().filter(minted).copied().collect();
        row.append(&mut packages);
        // Two sorted runs, which the standard sort finds and merges.
        row.sort_by_key(|item| item.weight);
        packages = row.chunks_exact(2).map(package).collect();
        rows.push(row);
    }
    rows
}

fn package(pair: &[Item]) -> Item {
    Item { weight: pair.iter().map(|item| item.weight).sum(), symbol: None }
}

/// A canonical code.
pub(super) struct Code {
    /// Per symbol its code, in the order in which its bits are written.
    strings: Vec<u16>,
    lengths: Vec<u8>,
}

impl Code {
    /// The code with these lengths: shorter codes first, and by symbol among equals (RFC 1951,
    /// section 3.2.2).
    pub(super) fn new(lengths: Vec<u8>) -> Self {
        let mut next = first_codes(&lengths);
        let strings = lengths.iter().map(|&length| {
            let string = next[usize::from(length)];
            next[usize::from(length)] += 1;
            // Codes are packed starting with their highest bit (section 3.1.1), everything else
            // with its lowest.
            string.reverse_bits().checked_shr(16 - u32::from(length)).unwrap_or(0)
        });
        Self { strings: strings.collect(), lengths }
    }

    /// Per symbol the length of its code in bits, 0 if it has none.
    pub(super) fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// The code of `symbol` as written, its first bit lowest.
    pub(super) fn string(&self, symbol: usize) -> u16 {
        self.strings[symbol]
    }

    /// Writes `symbol`.
    pub(super) fn put(&self, out: &mut BitWriter, symbol: usize) {
        out.put(self.strings[symbol].into(), self.lengths[symbol].into());
    }
}

/// Per length the first of its codes.
fn first_codes(lengths: &[u8]) -> [u16; LONGEST_CODE as usize + 1] {
    let mut counts = [0u16; LONGEST_CODE as usize + 1];
    for &length in lengths.iter().filter(|length| **length > 0) {
        counts[usize::from(length)] += 1;
    }
    let mut first = [0; LONGEST_CODE as usize + 1];
    for length in 1..first.len() {
        first[length] = (first[length - 1] + counts[length - 1]) << 1;
    }
    first
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The share of the code space that `lengths` use, in units of 2^-15.
    fn space(lengths: &[u8]) -> u32 {
        let used = lengths.iter().filter(|length| **length > 0);
        used.map(|length| 1 << (LONGEST_CODE - length)).sum()
    }

    fn cost(weights: &[u32], lengths: &[u8]) -> u64 {
        weights.iter().zip(lengths).map(|(&w, &l)| u64::from(w) * u64::from(l)).sum()
    }

    /// The cost of Huffman's own algorithm, which knows no limit: the sum of all inner nodes.
    fn unlimited_cost(weights: &[u32]) -> u64 {
        let mut nodes: Vec<u64> = weights.iter().filter(|w| **w > 0).map(|&w| w.into()).collect();
        let mut cost = 0;
        while nodes.len() > 1 {
            nodes.sort_unstable_by(|a, b| b.cmp(a));
            let joined = nodes.pop().unwrap() + nodes.pop().unwrap();
            cost += joined;
            nodes.push(joined);
        }
        cost
    }

    #[test]
    fn fibonacci_weights_want_long_codes_and_are_held_to_the_limit() {
        let mut weights = vec![1u32, 1];
        while weights.len() < 40 {
            weights.push(weights[weights.len() - 1] + weights[weights.len() - 2]);
        }
        for limit in [6, 7, 11, 15] {
            let lengths = lengths(&weights, |_| limit);
            assert_eq!(lengths.iter().max(), Some(&limit));
            assert_eq!(space(&lengths), 1 << LONGEST_CODE);
        }
    }

    #[test]
    fn a_symbol_can_have_a_limit_of_its_own() {
        let weights: Vec<u32> = (0..20).map(|exponent| 1 << exponent).collect();
        let lengths = lengths(&weights, |symbol| if symbol == 0 { 3 } else { LONGEST_CODE });
        assert_eq!(lengths[0], 3);
        assert_eq!(space(&lengths), 1 << LONGEST_CODE);
    }

    #[test]
    fn no_symbol_and_one_symbol_need_no_bits() {
        assert_eq!(lengths(&[0, 0], |_| LONGEST_CODE), [0, 0]);
        assert_eq!(lengths(&[0, 9], |_| LONGEST_CODE), [0, 0]);
    }

    #[test]
    fn the_example_of_the_rfc_has_its_codes() {
        // Section 3.2.2: A to H with these lengths are 010, 011, 100, 101, 110, 00, 1110, 1111.
        let code = Code::new(vec![3, 3, 3, 3, 3, 2, 4, 4]);
        let strings = [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111];
        assert!((0..8).all(|symbol| code.string(symbol) == strings[symbol]));
    }

    proptest! {
        #[test]
        fn lengths_are_complete_limited_and_optimal(
            weights in prop::collection::vec(
                prop_oneof![Just(0), 1u32..50, 1u32..1_000_000],
                2..286,
            ),
        ) {
            let used = weights.iter().filter(|weight| **weight > 0).count();
            prop_assume!(used >= 2);
            let lengths = lengths(&weights, |_| LONGEST_CODE);
            prop_assert_eq!(space(&lengths), 1 << LONGEST_CODE);
            prop_assert!(weights.iter().zip(&lengths).all(|(w, l)| (*w > 0) == (*l > 0)));
            // Huffman's bound is met exactly unless the limit had to bite.
            let bound = unlimited_cost(&weights);
            prop_assert!(cost(&weights, &lengths) >= bound);
            if lengths.iter().all(|length| *length < LONGEST_CODE) {
                prop_assert_eq!(cost(&weights, &lengths), bound);
            }
        }
    }
}
