//! Certificates as somebody presents them: JSON, a PDF, a picture, or the text of a code.

use opencowin_certificates::reading::{self, ReadError};
use opencowin_certificates::{Issuer, Moment};
use opencowin_verify::{Input, Trust, Verdict, verify_together};

/// What was presented, in parts that are to be one certificate: a PDF has it as an attachment and as a code.
#[derive(Debug)]
pub struct Presented(Vec<Vec<u8>>);

/// Why something is no certificate that could be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is none in it.
    #[error(transparent)]
    Certificate(#[from] opencowin_verify::Unreadable),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// It is a picture of something else.
    #[error("there is no QR code in the picture that can be made out")]
    NoCode,
}

impl Presented {
    /// Takes a file for what it looks like. Looking for a code in a picture can take a second; anything else is quick.
    ///
    /// # Errors
    /// [`Unreadable`] if it is a PDF or a picture in which nothing is found.
    pub fn read(file: Vec<u8>) -> Result<Self, Unreadable> {
        if !Self::takes_long(&file) {
            return Ok(Self(vec![file]));
        }
        let found = reading::read(&file)?;
        let texts = found.qr_texts.into_iter().map(String::into_bytes);
        let parts: Vec<_> = found.credential.into_iter().chain(texts).collect();
        if parts.is_empty() { Err(Unreadable::NoCode) } else { Ok(Self(parts)) }
    }

    /// Whether a code has to be looked for in a file, which takes long.
    pub fn takes_long(file: &[u8]) -> bool {
        file.starts_with(b"%PDF-") || file.starts_with(b"\x89PNG\r\n\x1a\n")
    }

    /// What it is worth at a moment.
    ///
    /// # Errors
    /// [`Unreadable`] if there is no certificate in it.
    pub fn verify(&self, trust: &Trust, at: Moment) -> Result<Verdict, Unreadable> {
        let parts: Vec<_> = self.inputs().collect();
        Ok(verify_together(&parts, trust, at)?)
    }

    /// The status list that it names, if it says that it is a certificate of this issuer.
    pub fn status_list(&self, issuer: &Issuer) -> Option<u32> {
        self.inputs().find_map(|part| part.status_list(issuer))
    }

    fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        self.0.iter().filter_map(|part| Input::detect(part).ok())
    }
}
