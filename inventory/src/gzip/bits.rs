//! Bits packed into bytes as deflate wants them: the first bit is the lowest of the first byte
//! (RFC 1951, section 3.1.1).

/// Appends bit strings to a byte vector.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits not yet in `bytes`, the oldest lowest.
    pending: u64,
    /// How many bits are pending; under 32 between calls.
    count: u32,
}

impl BitWriter {
    /// A writer that goes on after `bytes`.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, pending: 0, count: 0 }
    }

    /// Appends the low `width` bits of `value`, lowest first. The bits above them must be zero, and
    /// `width` at most 32.
    pub(super) fn put(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && u64::from(value) >> width == 0);
        self.pending |= u64::from(value) << self.count;
        self.count += width;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.pending as u32).to_le_bytes());
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    /// The bits written so far, those of the initial bytes included.
    pub(super) fn position(&self) -> u64 {
        self.bytes.len() as u64 * 8 + u64::from(self.count)
    }

    /// The bytes, the last one filled up with zero bits.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let rest = self.count.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.pending.to_le_bytes()[..rest]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_is_the_lowest_of_the_first_byte() {
        let mut out = BitWriter::after(vec![0xff]);
        out.put(1, 1);
        out.put(0b10, 2);
        assert_eq!(out.position(), 11);
        assert_eq!(out.finish(), [0xff, 0b101]);
    }

    #[test]
    fn strings_longer_than_what_is_pending_keep_their_order() {
        let mut out = BitWriter::after(Vec::new());
        out.put(1, 31);
        out.put(u32::MAX, 32);
        out.put(0, 1);
        assert_eq!(out.position(), 64);
        assert_eq!(out.finish(), (1u64 | u64::from(u32::MAX) << 31).to_le_bytes());
    }
}
