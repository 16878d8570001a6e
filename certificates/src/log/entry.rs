//! What is logged.

use super::tree::{self, Hash};
use opencowin_model::CertificateId;
use sha2::{Digest, Sha256};

/// What is hashed before a certificate's id, so that the hash is of nothing else.
const LABEL: &[u8] = b"opencowin certificate id 1\n";

/// What became of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// It was issued.
    Issued = 1,
    /// It was revoked, or replaced by a corrected one.
    Revoked = 2,
}

/// A line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What became of the certificate.
    pub kind: EntryKind,
    /// The hash of its id. Ids are random, so that none is found by trying.
    pub certificate: [u8; 32],
}

/// How many bytes an entry has.
pub const BYTES: usize = 33;

impl EntryKind {
    /// The kind with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Issued, Self::Revoked].into_iter().find(|kind| *kind as u8 == number)
    }
}

impl Entry {
    /// The entry of a certificate.
    pub fn new(kind: EntryKind, certificate: CertificateId) -> Self {
        let hash = Sha256::new().chain_update(LABEL).chain_update(certificate.0.as_bytes());
        Self { kind, certificate: hash.finalize().into() }
    }

    /// Its bytes: the kind, then the hash.
    pub fn to_bytes(&self) -> [u8; BYTES] {
        let mut bytes = [self.kind as u8; BYTES];
        bytes[1..].copy_from_slice(&self.certificate);
        bytes
    }

    /// Reads its bytes; `None` if the kind is unknown.
    pub fn from_bytes(bytes: &[u8; BYTES]) -> Option<Self> {
        let (kind, certificate) = bytes.split_first()?;
        Some(Self {
            kind: EntryKind::from_number(*kind)?,
            certificate: certificate.try_into().ok()?,
        })
    }

    /// The hash of its leaf.
    pub fn leaf(&self) -> Hash {
        tree::leaf(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_no_id_and_is_found_with_it() {
        let id = CertificateId::from_random([7; 16]);
        let entry = Entry::new(EntryKind::Issued, id);
        assert!(!entry.to_bytes().windows(16).any(|part| part == id.0.as_bytes()));
        assert_eq!(entry, Entry::new(EntryKind::Issued, id));
        assert_ne!(entry.leaf(), Entry::new(EntryKind::Revoked, id).leaf());
        assert_eq!(Entry::from_bytes(&entry.to_bytes()), Some(entry));
        assert_eq!(Entry::from_bytes(&[0; BYTES]), None);
    }
}
