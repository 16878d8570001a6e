//! QR codes: from a certificate's link to a symbol, and from a symbol to an image.

use crate::compact::Link;
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};
use std::fmt;
use thiserror::Error;

/// The quiet zone around a symbol, in modules (source: ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;

/// The modules of the largest symbol (source: ISO/IEC 18004, version 40).
const MODULES: usize = 177;

/// The mask of all symbols. Any is legal and decoders read all alike; looking for the prettiest costs thirty times the
/// making of the symbol.
const MASK: u8 = 0;

/// A QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct Symbol(QrCode);

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
    /// The smallest symbol that holds the link and can be read with 15 % of it damaged (level M, or a higher one where that
    /// needs no larger symbol).
    ///
    /// Any camera takes it for what it is, a web address. It has two segments: the page as bytes, and the certificate's
    /// text, which is of the characters that QR codes pack two in eleven bits. As one it would take half as much again.
    ///
    /// # Errors
    /// [`TooLong`] if the page and two thirds of the text have more than about 2300 bytes.
    pub fn new(link: &Link) -> Result<Self, TooLong> {
        let mut segments = vec![QrSegment::make_bytes(link.page().as_bytes())];
        segments.extend(QrSegment::make_segments(link.fragment()));
        Self::encode(&segments)
    }

    /// Of any text, for tests of what reads symbols.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Result<Self, TooLong> {
        Self::encode(&QrSegment::make_segments(text))
    }

    fn encode(segments: &[QrSegment]) -> Result<Self, TooLong> {
        let (least, most) = (Version::MIN, Version::MAX);
        let mask = Some(Mask::new(MASK));
        QrCode::encode_segments_advanced(segments, QrCodeEcc::Medium, least, most, mask, true)
            .map(Self)
            .map_err(|_| TooLong)
    }

    /// How many modules it is wide and high, without the quiet zone: 21 to 177.
    pub fn modules(&self) -> u32 {
        self.0.size().unsigned_abs()
    }

    /// The symbol in its quiet zone, each module as `scale` pixels by as many; at least one and at most 8.
    pub fn bitmap(&self, scale: u8) -> Bitmap {
        let scale = scale.clamp(1, 8);
        let side = (self.modules() + 2 * QUIET.unsigned_abs()) * u32::from(scale);
        let row = side.div_ceil(8) as usize;
        let quiet = QUIET as usize * usize::from(scale);
        let mut rows = Vec::with_capacity(row * side as usize);
        rows.resize(row * quiet, u8::MAX);
        for y in 0..self.0.size() {
            let start = rows.len();
            self.push_row(&mut rows, y, scale);
            for _ in 1..scale {
                rows.extend_from_within(start..start + row);
            }
        }
        rows.resize(row * side as usize, u8::MAX);
        Bitmap { side, rows }
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

    /// Appends a row of pixels, padded to whole bytes. Without a branch on a module, which nobody can predict.
    fn push_row(&self, rows: &mut Vec<u8>, y: i32, scale: u8) {
        let white = u64::from(u8::MAX >> (8 - scale));
        let mut light = [1; MODULES + 2 * QUIET as usize + 7];
        for (x, light) in (0..self.0.size()).zip(&mut light[QUIET as usize..]) {
            *light = u64::from(!self.0.get_module(x, y));
        }
        // Eight modules make as many bytes as a module has pixels.
        let bytes = (self.modules() as usize + 2 * QUIET as usize) * usize::from(scale);
        let end = rows.len() + bytes.div_ceil(8);
        for eight in light.chunks_exact(8).take(bytes.div_ceil(8 * usize::from(scale))) {
            let bits = eight.iter().fold(0, |bits, light| (bits << scale) | (light * white));
            rows.extend_from_slice(&bits.to_be_bytes()[8 - usize::from(scale)..]);
        }
        rows.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::QrText;
    use crate::issuer::Issuer;
    use crate::reading::qr_texts;

    /// A link with a text as long as a certificate's, and more.
    fn link(more: usize) -> Link {
        let text = "6BF+70790T9WJWG.FKY*4GO0.O1CV2O5%N2FBBRW1*70HS8".chars().cycle();
        let text = text.take(548 + more).collect::<String>();
        let text = QrText::parse(&format!("OCW1:{text}")).unwrap();
        text.link(&Issuer::new("cowin.example").unwrap())
    }

    #[test]
    fn a_certificates_link_makes_a_small_symbol() {
        let symbol = Symbol::new(&link(0)).unwrap();
        assert!(symbol.modules() <= 85, "{symbol:?}: version 17");
        let bytes_alone = Symbol::of_text(&link(0).to_string()).unwrap();
        assert!(symbol.modules() < bytes_alone.modules());
    }

    #[test]
    fn what_a_reader_takes_out_of_a_symbol_is_the_link() {
        let link = link(0).to_string();
        assert!(link.starts_with("https://cowin.example/verify#OCW1:6BF+"));
        assert_eq!(qr_texts(&Symbol::new(&self::link(0)).unwrap().png(2)), Ok(vec![link]));
    }

    #[test]
    fn what_fits_into_no_symbol_is_refused() {
        assert!(Symbol::new(&link(2500)).is_ok());
        assert_eq!(Symbol::new(&link(3500)), Err(TooLong));
    }

    #[test]
    fn the_bitmap_shows_the_symbol_in_its_quiet_zone() {
        let bitmap = Symbol::of_text("A").unwrap().bitmap(2);
        assert_eq!(bitmap.side, (21 + 8) * 2);
        let pixel = |x: usize, y: usize| bitmap.rows[y * 8 + x / 8] & (0x80 >> (x % 8)) == 0;
        assert!(!pixel(7, 8) && pixel(8, 8) && pixel(9, 9), "the corner of the finder pattern");
        assert!(!pixel(10, 10) && !pixel(50, 8) && pixel(49, 8));
    }
}
