//! The signature around the claims: `COSE_Sign1` (RFC 9052) with EdDSA.
//!
//! A token is tag 18 over [protected header, unprotected header, payload, signature]. The protected header names the
//! algorithm and the first eight bytes of the key's id; nothing is unprotected.

use super::{Claims, CompactError, QrText};
use crate::keys::{PublicKey, ShortId, SigningKey};
use crate::signer::Signer;
use ed25519_dalek::Signature;
use minicbor::data::Tag;
use minicbor::{Decoder, Encoder};

/// The header: `{1: -8, 4: key id}`, which is the algorithm EdDSA (RFC 9053) and the key.
const HEADER_START: [u8; 5] = [0xa2, 0x01, 0x27, 0x04, 0x48];
const HEADER_BYTES: usize = HEADER_START.len() + 8;

/// A compact certificate as it was read, whose signature nobody has checked yet.
#[derive(Clone, Debug)]
pub struct Token {
    header: [u8; HEADER_BYTES],
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl Token {
    /// Signs claims: the text for a QR code.
    pub fn sign(claims: &Claims<'_>, key: &SigningKey) -> QrText {
        let unsigned = Self::unsigned(claims, key.public().short_id());
        let signature = key.signer().sign(&unsigned.statement());
        unsigned.signed(signature)
    }

    /// Signs many claims, in their order. The texts are those of [`sign`](Self::sign).
    pub fn sign_all(claims: &[Claims<'_>], key: &SigningKey) -> Vec<QrText> {
        let id = key.public().short_id();
        let unsigned: Vec<_> = claims.iter().map(|claims| Self::unsigned(claims, id)).collect();
        let statements: Vec<_> = unsigned.iter().map(Self::statement).collect();
        let signatures = Signer::sign_all(key.signer(), &statements);
        unsigned.into_iter().zip(signatures).map(|(token, by)| token.signed(by)).collect()
    }

    /// Reads a text.
    ///
    /// # Errors
    /// [`CompactError`] unless it has exactly the form that is written.
    pub fn read(text: &QrText) -> Result<Self, CompactError> {
        let cbor = text.decompress()?;
        let token = Self::from_cbor(&cbor).ok_or(CompactError::Shape)?;
        token.claims()?;
        if token.to_cbor() == cbor { Ok(token) } else { Err(CompactError::Shape) }
    }

    /// What it says.
    ///
    /// # Errors
    /// None for a token that was read: [`read`](Self::read) has refused those.
    pub fn claims(&self) -> Result<Claims<'_>, CompactError> {
        Claims::from_cbor(&self.payload)
    }

    /// The short id of the key that it names.
    pub fn key_id(&self) -> ShortId {
        std::array::from_fn(|at| self.header[HEADER_START.len() + at])
    }

    /// Whether the key's holder signed it.
    pub fn holds(&self, key: &PublicKey) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        key.verifying_key().verify_strict(&self.statement(), &signature).is_ok()
    }

    fn unsigned(claims: &Claims<'_>, key: ShortId) -> Self {
        let mut header = [0; HEADER_BYTES];
        header[..HEADER_START.len()].copy_from_slice(&HEADER_START);
        header[HEADER_START.len()..].copy_from_slice(&key);
        Self { header, payload: claims.to_cbor(), signature: [0; 64] }
    }

    fn signed(self, signature: [u8; 64]) -> QrText {
        QrText::compress(&Self { signature, ..self }.to_cbor())
    }

    /// What is signed: `Sig_structure` of RFC 9052, 4.4.
    fn statement(&self) -> Vec<u8> {
        cbor(|cbor| {
            cbor.array(4)?.str("Signature1")?.bytes(&self.header)?;
            cbor.bytes(&[])?.bytes(&self.payload)?.ok()
        })
    }

    fn to_cbor(&self) -> Vec<u8> {
        cbor(|cbor| {
            cbor.tag(SIGN1)?.array(4)?.bytes(&self.header)?.map(0)?;
            cbor.bytes(&self.payload)?.bytes(&self.signature)?.ok()
        })
    }

    fn from_cbor(cbor: &[u8]) -> Option<Self> {
        let mut cbor = Decoder::new(cbor);
        if cbor.tag().ok()? != SIGN1 || cbor.array().ok()? != Some(4) {
            return None;
        }
        let header: [u8; HEADER_BYTES] = cbor.bytes().ok()?.try_into().ok()?;
        if !header.starts_with(&HEADER_START) || cbor.map().ok()? != Some(0) {
            return None;
        }
        let payload = cbor.bytes().ok()?.to_vec();
        Some(Self { header, payload, signature: cbor.bytes().ok()?.try_into().ok()? })
    }
}

const SIGN1: Tag = Tag::new(18);

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn cbor(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(640));
    write(&mut encoder).expect("invariant: a vector takes all bytes");
    encoder.into_writer()
}
