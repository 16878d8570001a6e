//! The transparency log: what became of certificates, for everybody to hold against what they were told, without a word
//! about whose they are.

use super::waiting;
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

/// Lines that one command has written, which wait for their places together: one row, however many certificates it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unplaced(pub Vec<Logged>);

impl Unplaced {
    /// Where they wait; nowhere if there are none. No certificate is issued or revoked twice, so that no two commands want the
    /// same row. Rises with time.
    pub(crate) fn id(&self) -> Option<Uuid> {
        let first = self.0.first()?;
        let mut random = [first.kind as u8; 10];
        random[1..].copy_from_slice(&first.certificate[..9]);
        Some(waiting::id(first.at, &random))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for line in &self.0 {
            writer.nested(1, |inner| line.write(inner));
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut lines = Vec::new();
        for field in fields {
            if let (1, value) = field? {
                lines.push(Logged::read(value.fields()?)?);
            }
        }
        Ok(Self(lines))
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
    fn a_line_tells_no_id_and_what_two_commands_write_waits_in_two_places() {
        let id = CertificateId::from_random([7; 16]);
        let line = |kind, at| Logged::new(kind, id, Timestamp(at));
        let place = |kind, at| Unplaced(vec![line(kind, at), line(LogKind::Issued, 0)]).id();
        assert!(
            !line(LogKind::Issued, 0).certificate.windows(16).any(|part| part == id.0.as_bytes())
        );
        assert_ne!(place(LogKind::Issued, 1000), place(LogKind::Revoked, 1000));
        assert!(place(LogKind::Issued, 1000) < place(LogKind::Issued, 1001));
        assert_eq!(Unplaced::default().id(), None);
    }
}
