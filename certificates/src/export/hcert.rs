//! The EU Digital COVID Certificate, schema 1.3.0, as HCERT in a QR code: `HC1:`.
//!
//! It takes ES256 and a document signer certificate (DSC) that the readers' trust list knows; both are given by whoever runs
//! the programme. Values of the schema's lists (vaccine, product, maker) are numbers of registers, so they are given too
//! ([`Codes`]), and a vaccine without them has no such form.

use super::icao;
use crate::compact::base45;
use crate::credential::Credential;
use crate::values::Moment;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use minicbor::Encoder;
use minicbor::data::Tag;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use sha2::{Digest, Sha256};
use std::io::Write;

/// COVID-19, by SNOMED CT (source: EU DCC value sets, `disease-agent-targeted`).
const DISEASE: &str = "840539006";

const SCHEMA: &str = "1.3.0";

/// A document signer: its key, and the first bytes of its certificate's hash, by which readers find it.
pub struct DocumentSigner {
    key: EcdsaKeyPair,
    key_id: [u8; 8],
}

/// How the EU's registers name a vaccine (source: EU DCC value sets).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// `vp`: its kind, such as `1119305005` or `J07BX03`.
    pub prophylaxis: String,
    /// `mp`: the product, such as `EU/1/20/1528` or `Covishield`.
    pub product: String,
    /// `ma`: who holds its authorisation, such as `ORG-100001981`.
    pub manufacturer: String,
}

/// Who issues: what the certificate says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// `iss` and `co`: the country by ISO 3166-1, two letters.
    pub country: String,
    /// `is`: the issuer's name.
    pub name: String,
}

/// The key is not one of ECDSA on P-256, in PKCS #8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 key in PKCS #8")]
pub struct NoKey;

/// The certificate has no such form, or the system has no randomness to sign it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HcertError {
    /// The schema has room for 1 to 9 doses and 50 (80 transliterated) characters of a name.
    #[error("the schema has no room for this certificate")]
    NoRoom,
    /// Signing failed.
    #[error("the system has no randomness to sign with")]
    Randomness,
}

impl DocumentSigner {
    /// A signer with its key, and its certificate in DER.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn new(pkcs8: &[u8], certificate: &[u8]) -> Result<Self, NoKey> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random);
        let hash = Sha256::digest(certificate);
        Ok(Self { key: key.map_err(|_| NoKey)?, key_id: std::array::from_fn(|at| hash[at]) })
    }

    /// The certificate's EU form as the text of a QR code, signed at `now` and valid until `until`.
    ///
    /// # Errors
    /// [`HcertError`].
    pub fn sign(
        &self,
        credential: &Credential<'_>,
        codes: &Codes,
        authority: &Authority,
        (now, until): (Moment, Moment),
    ) -> Result<String, HcertError> {
        let [evidence] = &credential.evidence;
        let room = (1..10).contains(&evidence.dose) && (1..10).contains(&evidence.total_doses);
        if !room || credential.subject.name.chars().count() > LONGEST_NAME {
            return Err(HcertError::NoRoom);
        }
        let header = cbor(|cbor| cbor.map(2)?.u8(1)?.i8(ES256)?.u8(4)?.bytes(&self.key_id)?.ok());
        let payload = cbor(|cbor| {
            cbor.map(4)?.u8(1)?.str(&authority.country)?;
            cbor.u8(4)?.i64(until.seconds())?.u8(6)?.i64(now.seconds())?;
            cbor.i16(-260)?.map(1)?.u8(1)?;
            write(cbor, credential, codes, authority)
        });
        let statement = cbor(|cbor| {
            cbor.array(4)?.str("Signature1")?.bytes(&header)?.bytes(&[])?.bytes(&payload)?.ok()
        });
        let signature = self.key.sign(&SystemRandom::new(), &statement);
        let signature = signature.map_err(|_| HcertError::Randomness)?;
        Ok(text(&cbor(|cbor| {
            cbor.tag(Tag::new(18))?.array(4)?.bytes(&header)?.map(0)?;
            cbor.bytes(&payload)?.bytes(signature.as_ref())?.ok()
        })))
    }
}

/// ECDSA with SHA-256 (RFC 9053, 2.1).
const ES256: i8 = -7;

/// The longest name, in characters (source: EU DCC schema 1.3, `fn` and `gn`).
const LONGEST_NAME: usize = 80;

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// The certificate by the schema. A name is not parted into surname and forename, which our programme does not ask for: it
/// stands as surname, as the schema allows for.
fn write(
    cbor: &mut Encoder<Vec<u8>>,
    credential: &Credential<'_>,
    codes: &Codes,
    authority: &Authority,
) -> Written {
    let (subject, [evidence]) = (&credential.subject, &credential.evidence);
    let born = subject.date_of_birth.map_or(subject.birth_year.to_string(), |day| day.to_string());
    cbor.map(4)?.str("ver")?.str(SCHEMA)?;
    cbor.str("nam")?.map(2)?.str("fn")?.str(&subject.name)?;
    cbor.str("fnt")?.str(&icao::transliterate(&subject.name))?;
    cbor.str("dob")?.str(&born)?;
    cbor.str("v")?.array(1)?.map(10)?;
    cbor.str("tg")?.str(DISEASE)?;
    cbor.str("vp")?.str(&codes.prophylaxis)?;
    cbor.str("mp")?.str(&codes.product)?;
    cbor.str("ma")?.str(&codes.manufacturer)?;
    cbor.str("dn")?.u8(evidence.dose)?;
    cbor.str("sd")?.u8(evidence.total_doses)?;
    cbor.str("dt")?.str(&evidence.date.to_string())?;
    cbor.str("co")?.str(&authority.country)?;
    cbor.str("is")?.str(&authority.name)?;
    cbor.str("ci")?.str(&identifier(credential, authority))?.ok()
}

/// The unique identifier (source: eHealth Network, UVCI, option 3): 25 characters of the certificate's id in base 36.
fn identifier(credential: &Credential<'_>, authority: &Authority) -> String {
    let mut number = credential.certificate_id().0.as_u128();
    let mut digits = [b'0'; 25];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(number % 36) as usize];
        number /= 36;
    }
    let digits: String = digits.map(char::from).iter().collect();
    format!("URN:UVCI:01:{}:{digits}", authority.country)
}

fn text(token: &[u8]) -> String {
    let mut zlib = ZlibEncoder::new(Vec::with_capacity(token.len()), Compression::best());
    let compressed = zlib.write_all(token).and_then(|()| zlib.finish());
    let mut text = "HC1:".to_owned();
    base45::encode(&compressed.expect("invariant: a vector takes all bytes"), &mut text);
    text
}

fn cbor(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Written) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(512));
    write(&mut encoder).expect("invariant: a vector takes all bytes");
    encoder.into_writer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use minicbor::Decoder;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair, UnparsedPublicKey};
    use std::io::Read;

    fn signer() -> DocumentSigner {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        DocumentSigner::new(pkcs8.unwrap().as_ref(), b"a certificate").unwrap()
    }

    fn codes() -> Codes {
        Codes {
            prophylaxis: "J07BX03".to_owned(),
            product: "Covishield".to_owned(),
            manufacturer: "ORG-100001981".to_owned(),
        }
    }

    fn sign(signer: &DocumentSigner, sample: &Sample) -> Result<String, HcertError> {
        let authority = Authority { country: "IN".to_owned(), name: "MoHFW".to_owned() };
        let now = sample.validity.from;
        signer.sign(&sample.credential(), &codes(), &authority, (now, now.plus_seconds(86_400)))
    }

    #[test]
    fn the_eu_form_is_signed_and_says_what_the_schema_asks_for() {
        let signer = signer();
        let text = sign(&signer, &Sample::international(1)).unwrap();
        let compressed = base45::decode(text.strip_prefix("HC1:").unwrap()).unwrap();
        let mut token = Vec::new();
        flate2::read::ZlibDecoder::new(&*compressed).read_to_end(&mut token).unwrap();

        let mut outer = Decoder::new(&token);
        outer.tag().unwrap();
        outer.array().unwrap();
        let header = outer.bytes().unwrap();
        outer.map().unwrap();
        let (payload, signature) = (outer.bytes().unwrap(), outer.bytes().unwrap());
        let statement = cbor(|c| {
            c.array(4)?.str("Signature1")?.bytes(header)?.bytes(&[])?.bytes(payload)?.ok()
        });
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, signer.key.public_key());
        key.verify(&statement, signature).unwrap();

        let shown = minicbor::display(payload).to_string();
        for said in [
            r#""ver": "1.3.0""#,
            r#""fnt": "RAMESH<RAMU<KUMAR<SHARMA<RMESH""#,
            r#""dob": "1976-05-14""#,
            r#""dn": 1"#,
            r#""dt": "2021-04-28""#,
            r#""ci": "URN:UVCI:01:IN:"#,
        ] {
            assert!(shown.contains(said), "{said} in {shown}");
        }
    }

    #[test]
    fn what_the_schema_has_no_room_for_is_refused() {
        let mut sample = Sample::new(1);
        sample.person.name = "x".repeat(81);
        assert_eq!(sign(&signer(), &sample), Err(HcertError::NoRoom));
        assert_eq!(DocumentSigner::new(b"no key", b"").err(), Some(NoKey));
    }
}
