//! The credential and the QR code in a certificate's PDF.
//!
//! Only PDFs as they were issued are read: one table of objects, nothing compressed that matters here. So there is nothing to
//! unpack, and each object is looked at once. A PDF that another program has saved is refused; there are countless ways
//! in which it could differ from what people see.

mod object;

use super::bitmap::Bitmap;
use object::{File, Value};

/// What a certificate's PDF holds.
pub(super) struct Contents<'a> {
    /// The attached credential.
    pub credential: &'a [u8],
    /// The QR code.
    pub qr: Bitmap,
}

/// The most pixels that the side of a QR code's image has: 185 modules of 8 pixels.
const SIDE: usize = 185 * 8;

/// The credential and the QR code, if the file is a certificate as issued.
pub(super) fn read(file: &[u8]) -> Option<Contents<'_>> {
    let file = File::open(file)?;
    let root = file.root()?;
    Some(Contents { credential: credential(&file, &root)?, qr: qr(&file, &root)? })
}

fn credential<'a>(file: &File<'a>, root: &Value<'a>) -> Option<&'a [u8]> {
    let attached = file.follow(root.get(b"AF")?.first()?)?;
    let file_stream = attached.get(b"EF")?.get(b"F")?;
    Some(file.stream(file_stream)?.1)
}

fn qr<'a>(file: &File<'a>, root: &Value<'a>) -> Option<Bitmap> {
    let pages = file.follow(root.get(b"Pages")?)?;
    let page = file.follow(pages.get(b"Kids")?.first()?)?;
    let image = page.get(b"Resources")?.get(b"XObject")?.get(b"Q")?;
    let (image, data) = file.stream(image)?;
    let width = image.get(b"Width")?.number()?;
    let height = image.get(b"Height")?.number()?;
    let bytes = width.div_ceil(8);
    let plain = image.get(b"BitsPerComponent")?.number()? == 1 && image.get(b"Filter").is_none();
    if !plain || !(1..=SIDE).contains(&width) || height > SIDE || data.len() != bytes * height {
        return None;
    }
    let rows = data.chunks_exact(bytes);
    let pixel = |row: &[u8], x: usize| row[x / 8] & (0x80 >> (x % 8)) == 0;
    let dark = rows.flat_map(|row| (0..width).map(move |x| pixel(row, x))).collect();
    Some(Bitmap::new(width, dark))
}
