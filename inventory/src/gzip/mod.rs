//! Gzip streams whose numbers can be rewritten in place.
//!
//! A search answer is large and hot, and all that changes in it from second to second are its seat
//! counts: fields of fixed width made of digits and spaces. Compressing it again for every booking
//! would cost milliseconds; rewriting the fields inside the compressed stream costs about a tenth
//! of a microsecond each. No ordinary encoder gives such a stream, so this module is a small
//! deflate encoder of its own (RFC 1951, wrapped as RFC 1952 says) that keeps three promises:
//!
//! 1. **One width.** In every block the ten digits and the space have Huffman codes of one length
//!    (`digits`). A field of n bytes is then n codes of known width, whatever it holds.
//! 2. **Only literals.** No match covers a byte of a field and none copies from one (`matches`).
//!    A field stands in the stream exactly once, at a known bit, and nothing else decodes
//!    differently when it changes.
//! 3. **A linear checksum.** CRC-32 is linear, so the change of the trailer follows from the change
//!    of the field and one number per field, the power of x for the bytes that follow it (`crc`).
//!
//! From text to stream: `matches` cuts it into tokens, `symbols` names these in deflate's
//! alphabets, `huffman` and `digits` find codes for a block of them, `block` writes it
//! through `bits`, and `stream` wraps the blocks and remembers where the fields went.

mod bits;
mod block;
mod crc;
mod digits;
mod huffman;
mod matches;
mod stream;
mod symbols;

#[cfg(test)]
mod samples;

pub use stream::Stream;
