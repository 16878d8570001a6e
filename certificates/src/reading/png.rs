//! A PNG file as a picture in black and white.

use super::{ReadError, bitmap::Bitmap};
use png::{ColorType, Decoder, DecodingError, Limits, Transformations};
use std::io::Cursor;

/// The most pixels that are read: a page of A4 at 400 dots an inch has 15.5 million.
const PIXELS: u64 = 20_000_000;

/// The picture in a file.
pub(super) fn read(file: &[u8]) -> Result<Bitmap, ReadError> {
    let limits = Limits { bytes: 4 * PIXELS as usize };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let size = decoder.read_header_info().map_err(refused)?.size();
    if u64::from(size.0) * u64::from(size.1) > PIXELS {
        return Err(ReadError::TooLarge);
    }
    let mut reader = decoder.read_info().map_err(refused)?;
    let mut data = vec![0; reader.output_buffer_size().ok_or(ReadError::TooLarge)?];
    let frame = reader.next_frame(&mut data).map_err(refused)?;
    data.truncate(frame.buffer_size());
    Ok(Bitmap::from_gray(frame.width as usize, &gray(frame.color_type, &data)))
}

/// The pixels' brightness, as on white paper where they can be seen through (source of the weights: ITU-R BT.601).
fn gray(kind: ColorType, data: &[u8]) -> Vec<u8> {
    let on_paper = |gray: u32, alpha: u8| {
        let alpha = u32::from(alpha);
        ((gray * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let bright = |color: &[u8]| {
        (u32::from(color[0]) * 299 + u32::from(color[1]) * 587 + u32::from(color[2]) * 114) / 1000
    };
    match kind {
        ColorType::Grayscale | ColorType::Indexed => data.to_vec(),
        ColorType::GrayscaleAlpha => {
            data.chunks_exact(2).map(|pixel| on_paper(pixel[0].into(), pixel[1])).collect()
        }
        ColorType::Rgb => data.chunks_exact(3).map(|pixel| bright(pixel) as u8).collect(),
        ColorType::Rgba => {
            data.chunks_exact(4).map(|pixel| on_paper(bright(pixel), pixel[3])).collect()
        }
    }
}

fn refused(error: DecodingError) -> ReadError {
    match error {
        DecodingError::LimitsExceeded => ReadError::TooLarge,
        _ => ReadError::DamagedPng,
    }
}
