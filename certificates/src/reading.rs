//! What can be verified in a file: the credential attached to a certificate's PDF, and QR codes in PDF and PNG files.
//!
//! The files come from anybody. Whatever they hold, reading takes memory and time in proportion to their size in pixels and
//! bytes, both of which are limited, and ends with a typed error.
//!
//! QR codes are found in pictures that are flat: images of the code, screenshots, pages that were scanned or drawn by a PDF
//! reader, turned by any angle. Photographs taken at an angle are for a reader with a camera.

mod bitmap;
mod finder;
mod pdf;
mod png;
mod symbol;

use thiserror::Error;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The credential attached to the PDF.
    pub credential: Option<Vec<u8>>,
    /// The texts of all QR codes.
    pub qr_texts: Vec<String>,
}

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// It begins like neither a PDF nor a PNG file.
    #[error("the file is neither PDF nor PNG")]
    UnknownFormat,
    /// It is larger than a certificate or the picture of one can be, perhaps only once it is unpacked.
    #[error("the file is too large")]
    TooLarge,
    /// It is damaged or cut short.
    #[error("the PNG file is damaged")]
    DamagedPng,
    /// It was not made here, or saved again by a program, which may have changed it; or it is damaged. A picture of the page
    /// can still be read.
    #[error("the PDF is not as it was issued")]
    ForeignPdf,
}

/// The most bytes of a file that are read: a certificate's PDF has less than a tenth.
const BYTES: usize = 16 * 1024 * 1024;

/// Finds what can be verified in a PDF or PNG file.
///
/// # Errors
/// See [`ReadError`]. A picture without a code is no error.
pub fn read(file: &[u8]) -> Result<Found, ReadError> {
    if file.len() > BYTES {
        return Err(ReadError::TooLarge);
    }
    if file.starts_with(b"%PDF-") {
        let pdf = pdf::read(file).ok_or(ReadError::ForeignPdf)?;
        let qr_texts = symbol::texts(&pdf.qr);
        return Ok(Found { credential: Some(pdf.credential.to_vec()), qr_texts });
    }
    if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        let qr_texts = symbol::texts(&png::read(file)?);
        return Ok(Found { credential: None, qr_texts });
    }
    Err(ReadError::UnknownFormat)
}

/// The texts of all QR codes in a PDF or PNG file.
///
/// # Errors
/// As [`read`].
pub fn qr_texts(file: &[u8]) -> Result<Vec<String>, ReadError> {
    read(file).map(|found| found.qr_texts)
}

#[cfg(test)]
mod tests;
