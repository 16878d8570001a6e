//! Proofs are those of the standard, and hold for nothing but what was signed.

use super::*;
use crate::base58;
use crate::credential::{Credential, W3C_CONTEXT};
use crate::sample::Sample;
use serde_json::Value;

/// W3C, vc-di-eddsa, TestVectors/keyPair.json and TestVectors/eddsa-jcs-2022.
mod vector {
    pub(super) const SECRET: &str = "3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
    pub(super) const PUBLIC: &str = "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    pub(super) const DOCUMENT: &str = include_str!("vector_document.json");
    pub(super) const OPTIONS: &str = include_str!("vector_options.json");
    pub(super) const OPTIONS_HASH: &str =
        "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db";
    pub(super) const DOCUMENT_HASH: &str =
        "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19";
    pub(super) const VALUE: &str =
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX";
}

/// A document of any members; serde_json keeps maps sorted, which for ASCII is the canonical order.
#[derive(Serialize)]
#[serde(transparent)]
struct Any(Value);
impl Canonical for Any {}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_standards_example_is_signed_as_there() {
    let secret: [u8; 34] = base58::decode(vector::SECRET).unwrap();
    assert_eq!(secret[..2], [0x80, 0x26], "multicodec of an Ed25519 secret");
    let signer = Signer::new(secret[2..].try_into().unwrap());
    let public: [u8; 34] = base58::decode(vector::PUBLIC).unwrap();
    assert_eq!(&public[2..], signer.verifying_key().as_bytes());

    let document = Any(serde_json::from_str(vector::DOCUMENT).unwrap());
    assert_eq!(canonical::to_vec(&document), vector::DOCUMENT.trim_end().as_bytes());
    let options: Value = serde_json::from_str(vector::OPTIONS).unwrap();
    let contexts = [W3C_CONTEXT, "https://www.w3.org/ns/credentials/examples/v2"];
    let created = serde_json::from_value(options["created"].clone()).unwrap();
    let method = options["verificationMethod"].as_str().unwrap();
    let prover = Prover::new(&signer, method, &contexts, created);
    assert_eq!(hex(&prover.options_hash), vector::OPTIONS_HASH);
    assert_eq!(hex(&hash(&canonical::to_vec(&document))), vector::DOCUMENT_HASH);

    let signed: Value = serde_json::from_slice(&prover.prove(&document)).unwrap();
    assert_eq!(signed["proof"]["proofValue"], vector::VALUE);
    let proof = signed["proof"].to_string();
    let proof: Proof<'_> = serde_json::from_str(&proof).unwrap();
    assert!(proof.holds(&document, &contexts.map(Cow::Borrowed), &signer.verifying_key()));
}

fn prove(sample: &Sample, secret: u8) -> Vec<u8> {
    let signer = Signer::new(&[secret; 32]);
    let contexts = [W3C_CONTEXT, sample.issuer.context()];
    let method = sample.issuer.method("key");
    Prover::new(&signer, &method, &contexts, sample.validity.from).prove(&sample.credential())
}

fn holds(json: &[u8], secret: u8) -> bool {
    let read = Credential::parse(json).unwrap();
    let key = Signer::new(&[secret; 32]).verifying_key();
    read.proof.holds(&read.credential, &read.credential.contexts, &key)
}

#[test]
fn a_proof_holds_for_its_document_and_key_alone() {
    let (one, other) = (prove(&Sample::new(1), 1), prove(&Sample::new(2), 1));
    assert!(holds(&one, 1) && holds(&other, 1));
    assert!(!holds(&one, 2), "another key");
    let split = |json: &[u8]| {
        let text = String::from_utf8(json.to_vec()).unwrap();
        let (document, proof) = text.split_once(",\"proof\":").unwrap();
        (document.to_owned(), proof.to_owned())
    };
    let borrowed = format!("{},\"proof\":{}", split(&one).0, split(&other).1);
    assert!(!holds(borrowed.as_bytes(), 1), "another document's proof");
}

#[test]
fn what_a_proof_says_of_itself_is_signed_too() {
    let json = String::from_utf8(prove(&Sample::new(1), 1)).unwrap();
    for (from, to) in [
        ("\"created\":\"2021-04-28", "\"created\":\"2021-04-29"),
        ("cowin.example#key", "cowin.example#kez"),
        ("/v1\"],\"created", "/v2\"],\"created"),
        ("/v1\"],\"created", "/v1\",\"https://e.example\"],\"created"),
    ] {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{from}");
        assert!(!holds(changed.as_bytes(), 1), "{from}");
    }
}

#[test]
fn a_signature_has_one_form() {
    let json = String::from_utf8(prove(&Sample::new(1), 1)).unwrap();
    let value = json.split("proofValue\":\"").nth(1).unwrap().trim_end_matches("\"}}");
    let m = value.replacen('z', "m", 1);
    for other in
        ["", "z", "z0", "zé", &m, &format!("{value}1"), &format!("z1{}", &value[1..]), &value[..60]]
    {
        assert!(!holds(json.replace(value, other).as_bytes(), 1), "{other}");
    }
}

#[test]
fn many_are_proven_as_each_is() {
    let samples: Vec<_> = (0..37).map(Sample::new).collect();
    let credentials: Vec<_> = samples.iter().map(Sample::credential).collect();
    let signer = Signer::new(&[1; 32]);
    let contexts = [W3C_CONTEXT, samples[0].issuer.context()];
    let method = samples[0].issuer.method("key");
    let prover = Prover::new(&signer, &method, &contexts, samples[0].validity.from);
    let each: Vec<_> = credentials.iter().map(|credential| prover.prove(credential)).collect();
    assert_eq!(prover.prove_all(&credentials), each);
}
