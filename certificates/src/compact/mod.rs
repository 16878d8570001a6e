//! The certificate in a QR code: a CBOR Web Token (RFC 8392) in a COSE signature (RFC 9052), compressed, as text.
//!
//! - [`claims`]: what it says, and in which CBOR.
//! - [`cose`]: the signature around it.
//! - [`text`]: the text, `OCW1:` and the compressed token in base45, bare or as the fragment of a link.
//!
//! It is the same certificate as the JSON one, under the same id and status, with what a reader at a door needs. The
//! signature is another, so either is verified without the other.

pub(crate) mod base45;
pub mod claims;
pub mod cose;
pub mod text;

pub use claims::Claims;
pub use cose::Token;
pub use text::{Link, QrText};

/// Why a text is no compact certificate of ours. Nothing of it is repeated, since it may tell about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompactError {
    /// It does not begin as ours do: the code of something else.
    #[error("not a certificate's code")]
    Foreign,
    /// A part of it is missing or was misread: it is not base45, or does not decompress to its end.
    #[error("a part of the code is missing or was misread")]
    Damaged,
    /// It decompresses to more than a certificate can be.
    #[error("the code holds more than a certificate can be")]
    TooLong,
    /// What is in it has not the shape of a certificate, in the one encoding that we write.
    #[error("the code holds something else than a certificate")]
    Shape,
}

#[cfg(test)]
mod tests;
