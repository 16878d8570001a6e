//! Data Integrity proofs of the suite `eddsa-jcs-2022` (source: W3C, Data Integrity EdDSA Cryptosuites 1.0, 3.3).
//!
//! What is signed is SHA-256 of the canonical proof options, then SHA-256 of the canonical document. The options are the
//! same for all that is signed at once, so they are written and hashed once by a [`Prover`]; each document is serialised
//! once, hashed, and its proof is put behind its last member.

use crate::canonical::{self, Canonical};
use crate::signer::{BATCH, Signer};
use crate::values::Moment;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A proof as documents carry it, its members but the value in canonical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof<'a> {
    /// The contexts of the document, so that they are signed even where a document is handled without them.
    #[serde(rename = "@context")]
    pub contexts: Vec<Cow<'a, str>>,
    /// When it was made, as the signer says.
    pub created: Moment,
    /// How it was made.
    pub cryptosuite: Suite,
    /// What for.
    #[serde(rename = "proofPurpose")]
    pub purpose: ProofPurpose,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ProofType,
    /// By which key: the issuer's DID and the key's id.
    #[serde(rename = "verificationMethod", borrow)]
    pub method: Cow<'a, str>,
    /// The signature, in base58 behind a `z`.
    #[serde(rename = "proofValue", borrow, skip_serializing)]
    value: Cow<'a, str>,
}

/// The suite of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suite {
    /// Ed25519 over hashes of canonical JSON.
    #[serde(rename = "eddsa-jcs-2022")]
    EddsaJcs2022,
}

/// The purpose of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProofPurpose {
    /// The issuer says that the document is true.
    #[serde(rename = "assertionMethod")]
    Assertion,
}

/// The type of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProofType {
    /// Of the Data Integrity family.
    DataIntegrityProof,
}

/// What is written of a proof without its value: its options.
impl Canonical for Proof<'_> {}

impl Proof<'_> {
    /// Whether it proves that the key's holder signed this document. It does not if the document's contexts are others.
    pub fn holds(
        &self,
        document: &impl Canonical,
        contexts: &[Cow<'_, str>],
        key: &VerifyingKey,
    ) -> bool {
        let statement = statement(&hash(&canonical::to_vec(self)), &canonical::to_vec(document));
        let signature = self.signature().map(|bytes| Signature::from_bytes(&bytes));
        self.contexts == contexts
            && signature.is_some_and(|signature| key.verify_strict(&statement, &signature).is_ok())
    }

    /// The signature; `None` if the value is not written as one.
    fn signature(&self) -> Option<[u8; 64]> {
        let text = self.value.strip_prefix('z').filter(|text| text.is_ascii())?;
        let mut bytes = [0; 64];
        five8::decode_64(text, &mut bytes).ok()?;
        (base58(&bytes) == text).then_some(bytes)
    }
}

/// Signs documents with one key, in one moment.
pub struct Prover<'k> {
    signer: &'k Signer,
    /// The canonical options without the brace that ends them.
    options: Vec<u8>,
    options_hash: [u8; 32],
}

impl<'k> Prover<'k> {
    /// For documents with these contexts, signed at `created` with a key of this name
    /// ([`Issuer::method`](crate::Issuer::method)).
    pub fn new(signer: &'k Signer, method: &str, contexts: &[&str], created: Moment) -> Self {
        let proof = Proof {
            contexts: contexts.iter().map(|context| Cow::Borrowed(*context)).collect(),
            created,
            cryptosuite: Suite::EddsaJcs2022,
            purpose: ProofPurpose::Assertion,
            kind: ProofType::DataIntegrityProof,
            method: method.into(),
            value: Cow::Borrowed(""),
        };
        let mut options = canonical::to_vec(&proof);
        let options_hash = hash(&options);
        options.pop();
        Self { signer, options, options_hash }
    }

    /// The document as JSON, with its proof as last member.
    pub fn prove(&self, document: &impl Canonical) -> Vec<u8> {
        let mut json = canonical::to_vec(document);
        let signature = self.signer.sign(&statement(&self.options_hash, &json));
        self.attach(&mut json, &signature);
        json
    }

    /// The documents as JSON, each with its proof, in their order. The bytes are those of [`prove`](Self::prove).
    pub fn prove_all<D: Canonical>(&self, documents: &[D]) -> Vec<Vec<u8>> {
        let mut proven = Vec::with_capacity(documents.len());
        for batch in documents.chunks(BATCH) {
            let mut jsons: Vec<Vec<u8>> = batch.iter().map(canonical::to_vec).collect();
            let statements: Vec<_> =
                jsons.iter().map(|json| statement(&self.options_hash, json)).collect();
            for (json, signature) in jsons.iter_mut().zip(self.signer.sign_all(&statements)) {
                self.attach(json, &signature);
            }
            proven.append(&mut jsons);
        }
        proven
    }

    fn attach(&self, json: &mut Vec<u8>, signature: &[u8; 64]) {
        json.pop();
        json.extend_from_slice(b",\"proof\":");
        json.extend_from_slice(&self.options);
        json.extend_from_slice(b",\"proofValue\":\"z");
        json.extend_from_slice(base58(signature).as_bytes());
        json.extend_from_slice(b"\"}}");
    }
}

/// What is signed: the hash of the options, then that of the document.
fn statement(options_hash: &[u8; 32], document: &[u8]) -> [u8; 64] {
    let mut statement = [0; 64];
    statement[..32].copy_from_slice(options_hash);
    statement[32..].copy_from_slice(&hash(document));
    statement
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A signature in base58.
fn base58(signature: &[u8; 64]) -> Base58 {
    let mut text = [0; 88];
    let length = five8::encode_64(signature, &mut text);
    Base58 { text, length }
}

/// The text of 64 bytes in base58, which has at most 88 characters.
struct Base58 {
    text: [u8; 88],
    length: u8,
}

impl Base58 {
    fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

impl PartialEq<&str> for Base58 {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

#[cfg(test)]
mod tests;
