//! Deflate's two alphabets (RFC 1951, section 3.2.5): literals and lengths share one, distances
//! have their own.

/// Symbols of the literal and length alphabet: 256 bytes, the end of block, 29 length classes.
pub(super) const LITERALS: usize = 286;
/// Symbols of the distance alphabet.
pub(super) const DISTANCES: usize = 30;
/// Ends a block.
pub(super) const END_OF_BLOCK: usize = 256;

/// The shortest match that deflate can express is 3 bytes.
const SHORTEST: u32 = 3;
/// The symbol of the shortest match.
const FIRST_LENGTH: usize = 257;

/// A symbol and the raw bits that follow its code to say which value of its class is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) index: usize,
    pub(super) extra: u32,
    pub(super) extra_width: u32,
}

/// The symbol of a match length from 3 to 257. (258 has a symbol of its own, which this encoder
/// does not use.)
pub(super) fn length(bytes: u32) -> Symbol {
    let class = classify(bytes - SHORTEST, 2);
    Symbol { index: FIRST_LENGTH + class.index, ..class }
}

/// The symbol of a match distance from 1 to 32768.
pub(super) fn distance(bytes: u32) -> Symbol {
    classify(bytes - 1, 1)
}

/// Both tables of the RFC are floating-point numbers: a leading one, `mantissa` bits after it that
/// choose among the classes of one magnitude, and the remaining bits as extra bits. The smallest
/// values are classes of their own.
fn classify(value: u32, mantissa: u32) -> Symbol {
    let extra_width = value.checked_ilog2().unwrap_or(0).saturating_sub(mantissa);
    Symbol {
        index: ((extra_width << mantissa) + (value >> extra_width)) as usize,
        extra: value & ((1 << extra_width) - 1),
        extra_width,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(index: usize, extra: u32, extra_width: u32) -> Symbol {
        Symbol { index, extra, extra_width }
    }

    #[test]
    fn lengths_have_the_symbols_of_the_table_in_the_rfc() {
        assert_eq!(length(3), symbol(257, 0, 0));
        assert_eq!(length(10), symbol(264, 0, 0));
        assert_eq!(length(11), symbol(265, 0, 1));
        assert_eq!(length(12), symbol(265, 1, 1));
        assert_eq!(length(18), symbol(268, 1, 1));
        assert_eq!(length(19), symbol(269, 0, 2));
        assert_eq!(length(114), symbol(279, 15, 4));
        assert_eq!(length(115), symbol(280, 0, 4));
        assert_eq!(length(227), symbol(284, 0, 5));
        assert_eq!(length(257), symbol(284, 30, 5));
    }

    #[test]
    fn distances_have_the_symbols_of_the_table_in_the_rfc() {
        assert_eq!(distance(1), symbol(0, 0, 0));
        assert_eq!(distance(4), symbol(3, 0, 0));
        assert_eq!(distance(5), symbol(4, 0, 1));
        assert_eq!(distance(6), symbol(4, 1, 1));
        assert_eq!(distance(7), symbol(5, 0, 1));
        assert_eq!(distance(193), symbol(15, 0, 6));
        assert_eq!(distance(16385), symbol(28, 0, 13));
        assert_eq!(distance(24577), symbol(29, 0, 13));
        assert_eq!(distance(32768), symbol(29, 8191, 13));
    }
}
