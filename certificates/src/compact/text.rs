//! The text of a QR code.

use super::{CompactError, base45};
use crate::issuer::Issuer;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::fmt;
use std::io::Write;

/// What the text begins with: the name of this form and its version.
pub const PREFIX: &str = "OCW1:";

/// The longest text that is looked at: what the largest QR code holds (ISO/IEC 18004, version 40, level L).
pub const LONGEST: usize = 4296;

/// The most bytes that a text may decompress to. Ours have about 400, with names of 200 letters some thousand.
const MOST: usize = 8 * 1024;

/// The text of a certificate's QR code. Its characters are those that QR codes pack two in eleven bits.
#[derive(Clone, PartialEq, Eq)]
pub struct QrText(String);

/// The same text as a link, for cameras that know no certificates: they open the issuer's page, to which the browser gives
/// what stands behind `#` and sends it to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    page: String,
    fragment: String,
}

impl Link {
    /// The page and `#`.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The text, with what a URL cannot hold escaped. The characters of a certificate's are still those that QR codes pack
    /// densely.
    pub fn fragment(&self) -> &str {
        &self.fragment
    }
}

impl QrText {
    /// Reads what a scanner read: the text alone or as a link, which may lead to anybody's page.
    ///
    /// # Errors
    /// [`CompactError::Foreign`] if it is something else, [`CompactError::TooLong`] if it is longer than a code.
    pub fn parse(text: &str) -> Result<Self, CompactError> {
        if text.len() > LONGEST {
            return Err(CompactError::TooLong);
        }
        let text = match text.split_once('#') {
            Some((_, fragment)) => fragment.replace("%20", " ").replace("%25", "%"),
            None => text.to_owned(),
        };
        if text.starts_with(PREFIX) { Ok(Self(text)) } else { Err(CompactError::Foreign) }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as a link to the issuer's page.
    pub fn link(&self, issuer: &Issuer) -> Link {
        Link {
            page: issuer.verify_page() + "#",
            fragment: self.0.replace('%', "%25").replace(' ', "%20"),
        }
    }

    pub(super) fn compress(token: &[u8]) -> Self {
        let mut zlib = ZlibEncoder::new(Vec::with_capacity(token.len()), Compression::best());
        let compressed = zlib.write_all(token).and_then(|()| zlib.finish());
        let compressed = compressed.expect("invariant: a vector takes all bytes");
        let mut text = PREFIX.to_owned();
        base45::encode(&compressed, &mut text);
        Self(text)
    }

    pub(super) fn decompress(&self) -> Result<Vec<u8>, CompactError> {
        let compressed = base45::decode(&self.0[PREFIX.len()..]).ok_or(CompactError::Damaged)?;
        let mut token = Vec::with_capacity(MOST);
        let mut inflate = Decompress::new(true);
        let status = inflate.decompress_vec(&compressed, &mut token, FlushDecompress::Finish);
        match status.map_err(|_| CompactError::Damaged)? {
            Status::StreamEnd if inflate.total_in() == compressed.len() as u64 => Ok(token),
            _ if token.len() == MOST => Err(CompactError::TooLong),
            _ => Err(CompactError::Damaged),
        }
    }
}

/// Hides what it tells about a person.
impl fmt::Debug for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrText({} characters)", self.0.len())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.page)?;
        f.write_str(&self.fragment)
    }
}
