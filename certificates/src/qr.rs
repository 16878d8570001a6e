//! QR codes: from a certificate's link to a symbol, and from a symbol to an image.

mod correction;
mod plan;
mod segments;
mod version;

use crate::compact::Link;
use plan::Plan;
use segments::Segment;
use std::fmt;
use thiserror::Error;
use version::Version;

/// The quiet zone around a symbol, in modules (source: ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// The modules of the largest symbol (source: ISO/IEC 18004, version 40).
const MODULES: usize = 177;

/// A QR code of level M. Its mask is always the first: any is legal and decoders read all alike, and looking for the
/// prettiest would cost more than all else about a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Symbol {
    side: usize,
    /// Its modules, rows from the top; 1 is dark.
    modules: Vec<u8>,
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol of {} modules", self.modules())
    }
}

/// A link that fits into no symbol.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the link is too long for a QR code")]
pub struct TooLong;

/// An image of one bit a pixel, rows from the top, each padded to whole bytes; 1 is white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    /// Width and height in pixels.
    pub side: u32,
    /// The pixels.
    pub rows: Vec<u8>,
}

impl Symbol {
    /// The smallest symbol that holds the link and can be read with 15 % of it damaged.
    ///
    /// Any camera takes it for what it is, a web address. It has two segments: the page as bytes, and the certificate's
    /// text, which is of the characters that QR codes pack two in eleven bits. As one it would take half as much again.
    ///
    /// # Errors
    /// [`TooLong`] if the page and two thirds of the text have more than about 2300 bytes.
    pub fn new(link: &Link) -> Result<Self, TooLong> {
        Self::encode(&[Segment::bytes(link.page()), Segment::dense(link.fragment())])
    }

    /// Of any text, for tests of what reads symbols.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Result<Self, TooLong> {
        Self::encode(&[Segment::dense(text)])
    }

    fn encode(segments: &[Segment<'_>]) -> Result<Self, TooLong> {
        let (version, data) = segments::encode(segments).ok_or(TooLong)?;
        let plan = Plan::of(version);
        let mut modules = plan.blank.clone();
        let mut places = plan.places.as_chunks::<8>().0.iter();
        for (codeword, places) in codewords(version, plan, &data).zip(&mut places) {
            for (bit, place) in places.iter().enumerate() {
                modules[usize::from(*place)] ^= (codeword >> (7 - bit)) & 1;
            }
        }
        Ok(Self { side: version.side(), modules })
    }

    /// How many modules it is wide and high, without the quiet zone: 21 to 177.
    pub fn modules(&self) -> u32 {
        self.side as u32
    }

    /// The symbol in its quiet zone, each module as `scale` pixels by as many; at least one and at most 8.
    pub fn bitmap(&self, scale: u8) -> Bitmap {
        let scale = scale.clamp(1, 8);
        let side = (self.side + 2 * QUIET) * usize::from(scale);
        let row = side.div_ceil(8);
        let mut rows = Vec::with_capacity(row * side);
        rows.resize(row * QUIET * usize::from(scale), u8::MAX);
        for modules in self.modules.chunks_exact(self.side) {
            let start = rows.len();
            push_row(&mut rows, modules, scale);
            for _ in 1..scale {
                rows.extend_from_within(start..start + row);
            }
        }
        rows.resize(row * side, u8::MAX);
        Bitmap { side: side as u32, rows }
    }

    /// The symbol in its quiet zone as a PNG file, each module as `scale` pixels by as many.
    pub fn png(&self, scale: u8) -> Vec<u8> {
        let Bitmap { side, rows } = self.bitmap(scale);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_compression(png::Compression::Fast);
        encoder.set_filter(png::Filter::Up);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&rows))
            .expect("invariant: writing an image of the announced size to memory does not fail");
        file
    }
}

/// All codewords in the order in which they stand in the symbol: the first of each block, then the second of each, and so on,
/// those of data before those of correction.
fn codewords(version: Version, plan: &Plan, data: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = data;
    let take = |length| rest.split_off(..length).unwrap_or_default();
    let blocks: Vec<&[u8]> = version.block_lengths().map(take).collect();
    let corrections: Vec<Vec<u8>> =
        blocks.iter().map(|block| plan.divisor.remainder(block).collect()).collect();
    let longest = blocks.last().map_or(0, |block| block.len());
    let mut all = Vec::with_capacity(plan.places.len() / 8);
    for at in 0..longest {
        all.extend(blocks.iter().filter_map(|block| block.get(at)));
    }
    for at in 0..version.correction() {
        all.extend(corrections.iter().filter_map(|correction| correction.get(at)));
    }
    all.into_iter()
}

/// Appends a row of pixels, padded to whole bytes. Without a branch on a module, which nobody can predict.
fn push_row(rows: &mut Vec<u8>, modules: &[u8], scale: u8) {
    let white = u64::from(u8::MAX >> (8 - scale));
    let mut light = [1; MODULES + 2 * QUIET + 7];
    for (module, light) in modules.iter().zip(&mut light[QUIET..]) {
        *light = 1 - u64::from(*module);
    }
    // Eight modules make as many bytes as a module has pixels.
    let bytes = (modules.len() + 2 * QUIET) * usize::from(scale);
    let end = rows.len() + bytes.div_ceil(8);
    for eight in light.chunks_exact(8).take(bytes.div_ceil(8 * usize::from(scale))) {
        let bits = eight.iter().fold(0, |bits, light| (bits << scale) | (light * white));
        rows.extend_from_slice(&bits.to_be_bytes()[8 - usize::from(scale)..]);
    }
    rows.truncate(end);
}

#[cfg(test)]
mod tests;
