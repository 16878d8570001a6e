//! The transparency log: what became of certificates, for everybody to hold against what they were told, without a word
//! about whose they are.

use super::wire::{Fields, Malformed, Writer};
use opencowin_model::{CertificateId, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is hashed before a certificate's id; the same as in the crate `opencowin-certificates`.
const LABEL: &[u8] = b"opencowin certificate id 1\n";

/// A line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    /// What became of the certificate.
    pub kind: LogKind,
    /// The hash of its id. Ids are random, so that none is found by trying.
    pub certificate: [u8; 32],
    /// When.
    pub at: Timestamp,
}

/// What became of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogKind {
    /// It was issued.
    Issued = 1,
    /// It was revoked, or another took its place.
    Revoked = 2,
}

impl LogKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Issued, Self::Revoked];
}

impl Logged {
    /// What became of a certificate now.
    pub fn new(kind: LogKind, certificate: CertificateId, at: Timestamp) -> Self {
        let hash = Sha256::new().chain_update(LABEL).chain_update(certificate.0.as_bytes());
        Self { kind, certificate: hash.finalize().into(), at }
    }

    /// Where it waits for its place: no certificate is issued or revoked twice, so that no two want the same row. Rises
    /// with time.
    pub(crate) fn pending(&self) -> Uuid {
        let mut random = [self.kind as u8; 10];
        random[1..].copy_from_slice(&self.certificate[..9]);
        let at = u64::try_from(self.at.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(at, &random).into_uuid()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.kind as u8);
        writer.bytes(2, &self.certificate);
        writer.signed(3, self.at.0);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut kind, mut certificate, mut at) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => {
                    let number: u8 = value.number()?;
                    kind = LogKind::ALL.into_iter().find(|kind| *kind as u8 == number);
                }
                (2, value) => certificate = Some(value.array()?),
                (3, value) => at = Some(Timestamp(value.signed()?)),
                _ => {}
            }
        }
        Ok(Self {
            kind: kind.ok_or(Malformed)?,
            certificate: certificate.ok_or(Malformed)?,
            at: at.ok_or(Malformed)?,
        })
    }
}

/// A signed head of the log, which the ledger keeps and does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// How many lines it is over.
    pub size: u64,
    /// What was signed, in a form that its author chose.
    pub body: Vec<u8>,
}

impl LogHead {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.size);
        writer.bytes(2, &self.body);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut size, mut body) = (None, None);
        for field in fields {
            match field? {
                (1, value) => size = Some(value.number()?),
                (2, value) => body = Some(value.bytes()?.to_vec()),
                _ => {}
            }
        }
        Ok(Self { size: size.ok_or(Malformed)?, body: body.ok_or(Malformed)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_no_id_and_each_has_a_place_of_its_own_to_wait_in() {
        let id = CertificateId::from_random([7; 16]);
        let line = |kind, at| Logged::new(kind, id, Timestamp(at));
        let issued = line(LogKind::Issued, 1000);
        assert!(!issued.certificate.windows(16).any(|part| part == id.0.as_bytes()));
        assert_ne!(issued.pending(), line(LogKind::Revoked, 1000).pending());
        assert!(issued.pending() < line(LogKind::Issued, 1001).pending());
    }
}
