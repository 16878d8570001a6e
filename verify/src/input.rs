//! What can be verified: a certificate as JSON, or the text of its QR code.

use opencowin_certificates::compact::{Claims, CompactError, QrText, Token};
use opencowin_certificates::credential::{CredentialError, LONGEST, Unproven};
use opencowin_certificates::export::divoc;
use opencowin_certificates::{Credential, Issuer};
use serde::Deserialize;
use std::borrow::Cow;

/// A certificate in one of its forms.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// The JSON document.
    Json(Cow<'a, [u8]>),
    /// The text of the QR code, alone or as a link.
    Code(&'a str),
}

/// Why something cannot be verified at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is something else.
    #[error("this is not a vaccination certificate of a kind that is known here")]
    Foreign,
    /// A part of a QR code is missing, or was misread.
    #[error("a part of the certificate is missing or was misread")]
    Damaged,
    /// It is, or unpacks to, more than a certificate can be.
    #[error("this is too large for a certificate")]
    TooLong,
}

impl<'a> Input<'a> {
    /// Takes bytes for what they look like: JSON, a ZIP that holds it as DIVOC packs it, or else the text of a code.
    ///
    /// # Errors
    /// [`Unreadable::Foreign`] if they are none of these.
    pub fn detect(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
        if bytes.starts_with(b"{") {
            return Ok(Self::Json(bytes.into()));
        }
        if bytes.starts_with(b"PK") {
            let json = divoc::unpack(bytes, LONGEST).ok_or(Unreadable::Foreign)?;
            return Ok(Self::Json(json.into()));
        }
        str::from_utf8(bytes).map(Self::Code).map_err(|_| Unreadable::Foreign)
    }
}

impl Input<'_> {
    /// The number of the status list that a certificate of this issuer names; `None` if it cannot be read, or is another's.
    /// Nothing has been checked then.
    pub fn status_list(&self, issuer: &Issuer) -> Option<u32> {
        match self {
            Self::Json(json) => {
                let credential = Credential::parse(json).ok()?.credential;
                let claims = Claims::of(&credential, credential.valid_from)?;
                (claims.issuer == issuer.did()).then_some(claims.status.list)
            }
            Self::Code(text) => {
                let token = token(text).ok()??;
                let claims = token.claims().ok()?;
                (claims.issuer == issuer.did()).then_some(claims.status.list)
            }
        }
    }
}

/// Reads a document; `None` if it is a certificate whose shape somebody has changed.
pub(crate) fn credential(json: &[u8]) -> Result<Option<Unproven<'_>>, Unreadable> {
    match Credential::parse(json) {
        Ok(unproven) => Ok(Some(unproven)),
        Err(CredentialError::TooLong) => Err(Unreadable::TooLong),
        Err(_) if is_of_our_kind(json) => Ok(None),
        Err(_) => Err(Unreadable::Foreign),
    }
}

/// Reads a code; `None` if it is one of ours whose shape somebody has changed.
pub(crate) fn token(text: &str) -> Result<Option<Token>, Unreadable> {
    match QrText::parse(text).and_then(|text| Token::read(&text)) {
        Ok(token) => Ok(Some(token)),
        Err(CompactError::Shape) => Ok(None),
        Err(CompactError::Foreign) => Err(Unreadable::Foreign),
        Err(CompactError::Damaged) => Err(Unreadable::Damaged),
        Err(CompactError::TooLong) => Err(Unreadable::TooLong),
    }
}

/// Whether a document says that it is a certificate of our kind.
fn is_of_our_kind(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Claim {
        #[serde(rename = "type")]
        kinds: Vec<String>,
    }
    serde_json::from_slice::<Claim>(json)
        .is_ok_and(|claim| claim.kinds.iter().any(|kind| kind == "ProofOfVaccinationCredential"))
}
