//! Signed statements of where all chains stand.

use super::Tip;
use crate::records::Malformed;
use crate::records::wire::{Fields, Value, Writer};
use crate::vault::Vault;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use opencowin_model::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// What the signed bytes of a head begin with, so that they are no other statement.
const LABEL: &[u8] = b"opencowin audit head 1\n";

/// Where the chains stand of all lanes that are running or have ended a short while ago. What an earlier head says of
/// other chains remains true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; the first is 1.
    pub number: u64,
    /// The hash of the head before; 0 in the first.
    pub previous: [u8; 32],
    /// When it was made.
    pub at: Timestamp,
    /// The chains, by their ids.
    pub chains: Vec<(Uuid, Tip)>,
    /// The Ed25519 signature of the [statement](Self::statement).
    pub signature: [u8; 64],
}

/// The key that heads are verified with; whoever audits writes it down once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The key that heads are signed with, derived from the key file.
pub(super) struct HeadKey(SigningKey);

impl HeadKey {
    pub(super) fn of(vault: &Vault) -> Self {
        Self(SigningKey::from_bytes(&vault.derive("audit/heads")))
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl Head {
    /// The head that follows another one.
    pub(super) fn after(
        before: Option<&Self>,
        at: Timestamp,
        chains: Vec<(Uuid, Tip)>,
        key: &HeadKey,
    ) -> Self {
        let (number, previous) = before.map_or((1, [0; 32]), |head| (head.number + 1, head.hash()));
        let unsigned = Self { number, previous, at, chains, signature: [0; 64] };
        Self { signature: key.0.sign(&unsigned.statement()).to_bytes(), ..unsigned }
    }

    /// The bytes that are signed.
    pub fn statement(&self) -> Vec<u8> {
        let mut bytes = LABEL.to_vec();
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.at.0.to_be_bytes());
        for (chain, tip) in &self.chains {
            bytes.extend_from_slice(chain.as_bytes());
            bytes.extend_from_slice(&tip.number.to_be_bytes());
            bytes.extend_from_slice(&tip.hash);
        }
        bytes
    }

    /// What the next head names, and what somebody writes down who wants to know later that this head was not replaced:
    /// SHA-256 of the statement.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.statement()).into()
    }

    /// Whether it was signed with the key's other half.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        key.0.verify_strict(&self.statement(), &signature).is_ok()
    }

    /// What it says of a chain.
    pub(super) fn tip_of(&self, chain: Uuid) -> Option<Tip> {
        self.chains.iter().find(|(other, _)| *other == chain).map(|(_, tip)| *tip)
    }

    /// Field 1 is the number, 2 the hash of the head before, 3 the time, 4 a chain (1 id, 2 number, 3 hash), repeated, 5
    /// the signature.
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.number);
        writer.bytes(2, &self.previous);
        writer.signed(3, self.at.0);
        for (chain, tip) in &self.chains {
            writer.nested(4, |inner| {
                inner.bytes(1, chain.as_bytes());
                inner.number(2, tip.number);
                inner.bytes(3, &tip.hash);
            });
        }
        writer.bytes(5, &self.signature);
    }

    pub(crate) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut number, mut previous, mut at, mut signature) = (None, None, None, None);
        let mut chains = Vec::new();
        for field in fields {
            match field? {
                (1, value) => number = Some(value.number()?),
                (2, value) => previous = Some(value.array()?),
                (3, value) => at = Some(Timestamp(value.signed()?)),
                (4, value) => chains.push(read_chain(value)?),
                (5, value) => signature = Some(value.array()?),
                _ => {}
            }
        }
        let ((number, previous), (at, signature)) =
            number.zip(previous).zip(at.zip(signature)).ok_or(Malformed)?;
        Ok(Self { number, previous, at, chains, signature })
    }
}

fn read_chain(value: Value<'_>) -> Result<(Uuid, Tip), Malformed> {
    let (mut chain, mut number, mut hash) = (None, None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => chain = Some(Uuid::from_bytes(value.array()?)),
            (2, value) => number = Some(value.number()?),
            (3, value) => hash = Some(value.array()?),
            _ => {}
        }
    }
    let (number, hash) = number.zip(hash).ok_or(Malformed)?;
    Ok((chain.ok_or(Malformed)?, Tip { number, hash }))
}

/// 64 hexadecimal digits.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
