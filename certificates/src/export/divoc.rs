//! DIVOC's packing: a ZIP with one member, `certificate.json`.
//!
//! The ZIP is one that every reader takes: one deflated member with its sizes in the local header, no date that would make
//! two packings differ, no extensions.

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read;

const NAME: &[u8] = b"certificate.json";

/// Signatures of PKWARE's APPNOTE, 4.3.7, 4.3.12 and 4.3.16.
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;

/// What both headers of a member say: version 2.0, no flags, deflate, 1980-01-01, checksum, sizes, the name's length, and
/// nothing extra.
struct Member {
    checksum: u32,
    packed: u32,
    plain: u32,
}

/// Packs a certificate.
pub fn pack(json: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    DeflateEncoder::new(json, Compression::best())
        .read_to_end(&mut packed)
        .expect("invariant: bytes in memory are read to their end");
    let checksum = crc32fast::hash(json);
    let member = Member { checksum, packed: packed.len() as u32, plain: json.len() as u32 };

    let mut zip = Vec::with_capacity(packed.len() + 160);
    push(&mut zip, &[LOCAL]);
    member.write(&mut zip);
    zip.extend_from_slice(NAME);
    zip.extend_from_slice(&packed);
    let directory = zip.len() as u32;
    push(&mut zip, &[CENTRAL]);
    zip.extend_from_slice(&VERSION.to_le_bytes());
    member.write(&mut zip);
    // No comment, disk 0, no attributes, and the local header is at 0.
    zip.extend_from_slice(&[0; 14]);
    zip.extend_from_slice(NAME);
    let length = zip.len() as u32 - directory;
    push(&mut zip, &[END, 0]);
    zip.extend_from_slice(&[1, 0, 1, 0]);
    push(&mut zip, &[length, directory]);
    zip.extend_from_slice(&[0; 2]);
    zip
}

/// What a reader needs to know: 2.0, for deflate.
const VERSION: u16 = 20;

/// The only method.
const DEFLATE: u16 = 8;

impl Member {
    fn write(&self, zip: &mut Vec<u8>) {
        const FIRST_DAY: u16 = 0x21;
        for number in [VERSION, 0, DEFLATE, 0, FIRST_DAY] {
            zip.extend_from_slice(&number.to_le_bytes());
        }
        push(zip, &[self.checksum, self.packed, self.plain, NAME.len() as u32]);
    }
}

fn push(zip: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| zip.extend_from_slice(&number.to_le_bytes()));
}

/// The text that DIVOC's code puts into a QR symbol: each byte of the ZIP as the character of that number, so that scanners
/// give it back in UTF-8.
pub fn qr_text(zip: &[u8]) -> String {
    zip.iter().copied().map(char::from).collect()
}

/// Unpacks what a scanner read or a file holds, ours or DIVOC's: the ZIP itself or its bytes as characters. `None` if it is
/// no such ZIP, or its member has more than `most` bytes.
pub fn unpack(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    unzip(bytes, most).or_else(|| unzip(&narrow(bytes)?, most))
}

fn unzip(zip: &[u8], most: usize) -> Option<Vec<u8>> {
    let header: &[u8; 30] = zip.first_chunk()?;
    let number = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let (name, extra) = (number(26), number(28));
    if header[..4] != LOCAL.to_le_bytes() || number(8) != usize::from(DEFLATE) {
        return None;
    }
    if zip.get(30..30 + name)? != NAME {
        return None;
    }
    let mut json = Vec::new();
    let mut inflate = DeflateDecoder::new(zip.get(30 + name + extra..)?).take(most as u64 + 1);
    inflate.read_to_end(&mut json).ok()?;
    (json.len() <= most).then_some(json)
}

/// The bytes that stand as characters of their number; `None` if there is another.
fn narrow(text: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok()?;
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(json in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let zip = pack(&json);
            prop_assert_eq!(unpack(&zip, 2000), Some(json.clone()));
            prop_assert_eq!(unpack(qr_text(&zip).as_bytes(), 2000), Some(json));
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(mut bytes in any::<Vec<u8>>()) {
            unpack(&bytes, 2000);
            bytes.splice(0..0, LOCAL.to_le_bytes());
            unpack(&bytes, 2000);
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        assert_eq!(unpack(&pack(&vec![0; 1 << 24]), 16 * 1024), None);
    }
}
