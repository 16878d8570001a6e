//! A gzip file that knows where its fields are.

use std::ops::Range;

use super::{
    bits::BitWriter,
    block::Block,
    crc::Weight,
    digits::DigitCode,
    matches::{Token, Tokenizer},
};

/// Text per block, in bytes: search answers are of one kind throughout, so that a new code pays
/// late.
const BLOCK: usize = 256 << 10;
/// The member header (RFC 1952, section 2.3.1): two magic bytes, deflate, no flags, no time, no
/// hint, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The trailer: CRC-32 and length of the text, each four bytes, lowest first.
const TRAILER: usize = 8;

/// A text compressed once, whose fields can be overwritten in any copy of the result.
pub struct Stream {
    bytes: Box<[u8]>,
    fields: Box<[Field]>,
    blocks: Box<[FieldBlock]>,
}

/// Where a field stands and what it weighs in the checksum.
struct Field {
    /// The first bit of its first code, counted from the start of the file.
    bit: u32,
    weight: Weight,
}

/// A block with fields in it.
struct FieldBlock {
    /// The number of its first field.
    first: u32,
    digits: DigitCode,
}

impl Stream {
    /// Compresses `plain` so that its `fields` can be patched: sorted and disjoint ranges of it,
    /// of 1 to 8 bytes, that hold only digits and spaces.
    ///
    /// # Panics
    ///
    /// If the fields are not as described, if the text is over 4 GB, or if a field comes to stand
    /// behind the first 512 MB of the result (32 bits cannot tell where).
    pub fn build(plain: &[u8], fields: &[Range<u32>]) -> Self {
        assert!(fields.is_sorted_by(|a, b| a.end <= b.start), "fields are sorted and disjoint");
        assert!(fields.iter().all(|field| is_field(plain, field)), "fields are short numbers");
        let length = u32::try_from(plain.len()).expect("the text is at most 4 GB");
        let mut out = BitWriter::after(HEADER.to_vec());
        let (bits, blocks) = write_blocks(&mut out, plain, fields);
        let mut bytes = out.finish();
        bytes.extend_from_slice(&crc32fast::hash(plain).to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        let places = bits.into_iter().zip(weights(length, fields));
        let fields = places.map(|(bit, weight)| Field { bit, weight }).collect();
        Self { bytes: bytes.into(), fields, blocks: blocks.into() }
    }

    /// The whole gzip file, its fields as they were in the text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The memory that it holds, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.bytes)
            + size_of_val(&*self.fields)
            + size_of_val(&*self.blocks)
    }

    /// Rewrites a field, given by its number in the order of the text, in `target`: a copy of
    /// [`Self::bytes`], patched or not. The field must hold `old` there; `new` is as long and
    /// consists of digits and spaces too.
    ///
    /// # Panics
    ///
    /// If there is no such field or `target` is no such copy.
    pub fn patch(&self, target: &mut [u8], field: usize, old: &[u8], new: &[u8]) {
        assert_eq!(target.len(), self.bytes.len(), "the target is a copy of the stream");
        debug_assert!(
            old.len() == new.len() && is_number(old) && is_number(new),
            "{old:?} {new:?}"
        );
        let Field { bit, weight } = self.fields[field];
        let difference = self.digits(field).difference(old, new) << (bit % 8);
        flip(&mut target[bit as usize / 8..], difference);
        let checksum = target.len() - TRAILER;
        flip(&mut target[checksum..], weight.difference(old, new).into());
    }

    /// How the block of this field writes digits.
    fn digits(&self, field: usize) -> &DigitCode {
        let later = self.blocks.partition_point(|block| block.first as usize <= field);
        &self.blocks[later - 1].digits
    }
}

/// Compresses the text. Returns the first bit of each field and the blocks with fields.
fn write_blocks(
    out: &mut BitWriter,
    plain: &[u8],
    fields: &[Range<u32>],
) -> (Vec<u32>, Vec<FieldBlock>) {
    let mut starts = fields.iter().map(|field| field.start).peekable();
    let mut bits = Vec::with_capacity(fields.len());
    let mut blocks = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut tokenizer = Tokenizer::new(plain, fields);
    loop {
        let (start, first) = (tokenizer.position(), bits.len());
        tokenizer.read(BLOCK, &mut tokens);
        let block = Block::new(&tokens);
        block.write_header(out, tokenizer.is_done());
        block.write_tokens(out, |byte, bit| {
            if starts.next_if_eq(&(start + byte)).is_some() {
                bits.push(u32::try_from(bit).expect("the result is at most 512 MB"));
            }
        });
        if bits.len() > first {
            blocks.push(FieldBlock { first: first as u32, digits: block.digits() });
        }
        if tokenizer.is_done() {
            return (bits, blocks);
        }
    }
}

/// The weights of all fields of a text of `length` bytes.
fn weights(length: u32, fields: &[Range<u32>]) -> Vec<Weight> {
    let (mut weight, mut end) = (Weight::LAST, length);
    let mut weights = Vec::with_capacity(fields.len());
    for field in fields.iter().rev() {
        weight = weight.before(end - field.end);
        end = field.end;
        weights.push(weight);
    }
    weights.reverse();
    weights
}

fn is_field(plain: &[u8], field: &Range<u32>) -> bool {
    let text = plain.get(field.start as usize..field.end as usize);
    text.is_some_and(|text| (1..=8).contains(&text.len()) && is_number(text))
}

fn is_number(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ')
}

/// Flips the bits of `bytes` that are set in `mask`, lowest first.
fn flip(bytes: &mut [u8], mut mask: u128) {
    for byte in bytes {
        if mask == 0 {
            return;
        }
        *byte ^= mask as u8;
        mask >>= 8;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::{
        Compression,
        read::{GzEncoder, MultiGzDecoder},
    };
    use proptest::prelude::*;

    use super::*;
    use crate::gzip::samples::{self, Random, Sample};

    fn inflate(bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        MultiGzDecoder::new(bytes).read_to_end(&mut plain).expect("a valid gzip file");
        plain
    }

    /// A stream, a copy of it, and the text that the copy should have.
    struct Patched {
        stream: Stream,
        sample: Sample,
        target: Vec<u8>,
    }

    impl Patched {
        fn new(sample: Sample) -> Self {
            let stream = Stream::build(&sample.plain, &sample.fields);
            let target = stream.bytes().to_vec();
            Self { stream, sample, target }
        }

        fn patch(&mut self, field: usize, seats: usize) {
            let Range { start, end } = self.sample.fields[field];
            let old = &mut self.sample.plain[start as usize..end as usize];
            let new = format!("{seats:>8}");
            let new = &new.as_bytes()[8 - old.len()..];
            self.stream.patch(&mut self.target, field, old, new);
            old.copy_from_slice(new);
        }

        fn check(&self) {
            assert!(inflate(&self.target) == self.sample.plain);
        }
    }

    #[test]
    fn uniform_and_tiny_texts_inflate_to_themselves() {
        let noise: Vec<u8> = {
            let mut random = Random(7);
            (0..100_000).map(|_| random.below(256) as u8).collect()
        };
        for plain in [&b""[..], b"7", b"x", &[0; 1_000_000], &[b' '; 300], &noise] {
            let stream = Stream::build(plain, &[]);
            assert!(inflate(stream.bytes()) == plain);
        }
    }

    #[test]
    fn a_text_of_nothing_but_fields_can_be_patched_everywhere() {
        // Longer than a block: there is no place for a cut.
        let fields: Vec<_> = (0..50_000).map(|field| field * 8..field * 8 + 8).collect();
        let mut patched = Patched::new(Sample { plain: vec![b' '; 400_000], fields });
        for field in [0, 1, 2, 25_000, 49_998, 49_999] {
            patched.patch(field, 12_345_678 + field);
        }
        patched.check();
    }

    #[test]
    fn a_long_answer_keeps_up_with_its_seats_in_every_block() {
        let mut patched = Patched::new(samples::answer(700_000));
        assert!(patched.stream.blocks.len() > 2);
        let mut random = Random(3);
        for field in 0..patched.sample.fields.len() {
            patched.patch(field, random.below(1000));
        }
        patched.check();
    }

    #[test]
    fn patching_back_gives_the_first_bytes_again() {
        let mut patched =
            Patched::new(Sample { plain: b"[120, 99]".to_vec(), fields: vec![1..4, 5..8] });
        patched.patch(0, 7);
        patched.patch(1, 0);
        assert_ne!(patched.target, patched.stream.bytes());
        patched.patch(0, 120);
        patched.patch(1, 99);
        assert_eq!(patched.target, patched.stream.bytes());
    }

    #[test]
    fn the_size_stays_near_that_of_an_ordinary_encoder() {
        for bytes in [10_000, 160_000, 700_000] {
            let Sample { plain, fields } = samples::answer(bytes);
            let ours = Stream::build(&plain, &fields).bytes().len();
            let mut encoder = GzEncoder::new(&plain[..], Compression::new(6));
            let level_6 = encoder.read_to_end(&mut Vec::new()).unwrap();
            assert!(ours * 10 <= level_6 * 11, "{ours} bytes instead of {level_6}");
        }
    }

    #[test]
    fn a_field_takes_eight_bytes_of_memory_beside_the_file() {
        let Sample { plain, fields } = samples::answer(160_000);
        let stream = Stream::build(&plain, &fields);
        assert!(stream.memory() <= stream.bytes().len() + 8 * fields.len() + 200);
    }

    #[test]
    #[should_panic(expected = "fields are short numbers")]
    fn a_field_that_is_no_number_is_refused() {
        Stream::build(b"\"available_capacity\":null", std::slice::from_ref(&(21..25)));
    }

    proptest! {
        #[test]
        fn any_text_inflates_to_itself_after_any_patches(
            sample in samples::any(),
            patches in prop::collection::vec(
                (any::<prop::sample::Index>(), 0..100_000_000_usize),
                0..40,
            ),
        ) {
            let mut patched = Patched::new(sample);
            patched.check();
            if !patched.sample.fields.is_empty() {
                for (field, seats) in patches {
                    patched.patch(field.index(patched.sample.fields.len()), seats);
                }
                patched.check();
            }
        }
    }
}
