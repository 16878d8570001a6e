//! Writes what verifiers that we did not write are to judge (`tests/outside`), into a directory:
//!
//! - `certificates.jsonl`, 10,000 certificates, and `mutations.jsonl`, 50 that were tampered with;
//! - `codes.txt`, the texts of their QR codes;
//! - `NUMBER.pdf`, the first 200 as PDF, in all languages;
//! - `did.json`, `jwks.json` and `context.json`, and `status-N.json` with one certificate in a hundred revoked;
//! - `answers.jsonl`, answers of the vaccination status service.
//!
//! ```sh
//! cargo run --release -p opencowin-certificates --features samples --example outside -- DIRECTORY
//! ```

use opencowin_certificates::compact::{Claims, QrText, Token};
use opencowin_certificates::credential::W3C_CONTEXT;
use opencowin_certificates::keys::{DidDocument, Jwks};
use opencowin_certificates::kyc::{Answer, VaccinationStatus};
use opencowin_certificates::pdf::Language;
use opencowin_certificates::proof::Prover;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::status::{Bits, StatusList, permutation::Scatter};
use opencowin_certificates::{Credential, Issuer, KeyRing, Moment, Purpose, context};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use std::fs::{File, write};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use uuid::Uuid;

const CERTIFICATES: u64 = 10_000;
const PDFS: usize = 200;
const MUTATIONS: usize = 50;

/// Names as people have them, and as they should not come to be.
const NAMES: [&str; 8] = [
    "Ramesh Kumar Sharma",
    "सुनीता देवी",
    "Ann \"Annie\" O'Brien\\",
    "two\nlines\tand a tab",
    "\u{202e}desrever\u{202c} \u{200f}محمد",
    "👩‍⚕️ 𝒟r. Emoji 🧪",
    "José\u{301} \u{1}\u{7f}\u{80}\u{2028}",
    "கார்த்திக்",
];

fn main() -> io::Result<()> {
    let directory = std::env::args().nth(1).ok_or_else(|| io::Error::other("which directory?"))?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    let now = Moment::from_seconds(1_619_605_800).ok_or_else(|| io::Error::other("no 2021"))?;
    let mut random = StdRng::seed_from_u64(1);
    let mut ring = KeyRing::generate(now, &mut random);
    let stolen = sign(&samples(0..1), &ring, Purpose::Certificates, now);
    let compromised = id(&ring, Purpose::Certificates, now);
    ring.revoke(&compromised, now, &mut random).map_err(io::Error::other)?;

    let samples = samples(0..CERTIFICATES);
    let issuer = &samples[0].issuer;
    let certificates = sign(&samples, &ring, Purpose::Certificates, now);
    lines(&directory.join("certificates.jsonl"), &certificates)?;
    let codes = codes(&samples, &ring, now);
    let texts: Vec<&str> = codes.iter().map(QrText::as_str).collect();
    lines(&directory.join("codes.txt"), &texts)?;
    pdfs(directory, &samples[..PDFS], &certificates, &codes)?;
    let foreign = sign(&samples[..1], &ring, Purpose::Kyc, now);
    let mutations = mutations(&certificates, [&stolen[0], &foreign[0]]);
    lines(&directory.join("mutations.jsonl"), &mutations)?;
    lines(&directory.join("answers.jsonl"), &answers(issuer, &ring, now))?;

    let list = revoked(&samples, &ring, now);
    write(directory.join("status-0.json"), list)?;
    let json = |value: Value| value.to_string();
    write(directory.join("did.json"), json(json!(DidDocument::new(issuer, &ring, now))))?;
    write(directory.join("jwks.json"), json(json!(Jwks::new(&ring, now))))?;
    write(directory.join("context.json"), json(context::document(issuer)))
}

fn pdfs(
    directory: &Path,
    samples: &[Sample],
    certificates: &[Vec<u8>],
    codes: &[QrText],
) -> io::Result<()> {
    let signed = certificates.iter().zip(codes);
    let languages = Language::ALL.iter().cycle();
    for (number, ((sample, (json, code)), language)) in
        samples.iter().zip(signed).zip(languages).enumerate()
    {
        write(directory.join(format!("{number}.pdf")), sample.pdf(*language, code, json))?;
    }
    Ok(())
}

fn lines<L: AsRef<[u8]>>(path: &Path, lines: &[L]) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for line in lines {
        file.write_all(line.as_ref())?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

fn samples(numbers: std::ops::Range<u64>) -> Vec<Sample> {
    let scatter = Scatter::new(&[7; 16]);
    let sample = |number: u64| {
        let international = number.is_multiple_of(3);
        let mut sample =
            if international { Sample::international(number) } else { Sample::new(number) };
        let name = NAMES[number as usize % NAMES.len()];
        sample.person.name = if number.is_multiple_of(100) {
            name.chars().cycle().take(200).collect()
        } else {
            name.to_owned()
        };
        sample.slot = scatter.slot(number).expect("invariant: the first list");
        sample
    };
    numbers.map(sample).collect()
}

fn id(ring: &KeyRing, purpose: Purpose, now: Moment) -> String {
    key(ring, purpose, now).public().id()
}

fn key(ring: &KeyRing, purpose: Purpose, now: Moment) -> &opencowin_certificates::keys::SigningKey {
    ring.signing(purpose, now).expect("invariant: each purpose has a key")
}

fn sign(samples: &[Sample], ring: &KeyRing, purpose: Purpose, now: Moment) -> Vec<Vec<u8>> {
    let issuer = &samples[0].issuer;
    let method = issuer.method(&id(ring, purpose, now));
    let contexts = [W3C_CONTEXT, issuer.context()];
    let credentials: Vec<Credential<'_>> = samples.iter().map(Sample::credential).collect();
    Prover::new(key(ring, purpose, now).signer(), &method, &contexts, now).prove_all(&credentials)
}

fn codes(samples: &[Sample], ring: &KeyRing, now: Moment) -> Vec<QrText> {
    let key = key(ring, Purpose::Certificates, now);
    let code = |sample: &Sample| {
        let credential = sample.credential();
        let claims = Claims::of(&credential, now).expect("invariant: the list is the issuer's");
        Token::sign(&claims, key)
    };
    samples.iter().map(code).collect()
}

fn revoked(samples: &[Sample], ring: &KeyRing, now: Moment) -> Vec<u8> {
    let mut bits = Bits::new();
    samples.iter().step_by(100).for_each(|sample| bits.set(sample.slot.index));
    let issuer = &samples[0].issuer;
    let list = StatusList::new(issuer, 0, &bits, now, now.plus_seconds(u32::MAX));
    list.sign(issuer, key(ring, Purpose::Status, now))
}

fn answers(issuer: &Issuer, ring: &KeyRing, now: Moment) -> Vec<String> {
    let answer = |number: u128| Answer {
        iss: issuer.did().to_owned(),
        aud: "https://airline.example".to_owned(),
        iat: now.seconds(),
        exp: now.plus_seconds(600).seconds(),
        jti: Uuid::from_u128(number),
        nonce: format!("nonce-{number}"),
        vaccination_status: VaccinationStatus::Partial,
    };
    (0..100).map(|number| answer(number).sign(key(ring, Purpose::Kyc, now))).collect()
}

/// Certificates that nobody may accept: signed by keys that are not to be believed, and with two values exchanged.
fn mutations(certificates: &[Vec<u8>], signed_by_others: [&Vec<u8>; 2]) -> Vec<Vec<u8>> {
    let document: Value =
        serde_json::from_slice(&certificates[3]).expect("invariant: it was just written");
    let subject = |member| format!("/credentialSubject/{member}");
    let evidence = |member| format!("/evidence/0/{member}");
    let mut paths: Vec<String> =
        ["dob", "gender", "name", "passportNumber", "refId"].map(subject).into();
    paths.extend(
        ["batch", "certificateId", "date", "dose", "effectiveStart", "effectiveUntil"]
            .map(evidence),
    );
    paths.extend(
        ["manufacturer", "totalDoses", "vaccine", "icd11Code", "prophylaxis"].map(evidence),
    );
    let mut mutations: Vec<Vec<u8>> = signed_by_others.map(Vec::clone).into();
    for (at, one) in paths.iter().enumerate() {
        for other in &paths[at + 1..] {
            mutations.push(exchanged(&document, one, other));
        }
    }
    let step = mutations.len() / (MUTATIONS - 2);
    let kept = mutations.iter().take(2).chain(mutations.iter().skip(2).step_by(step));
    kept.take(MUTATIONS).cloned().collect()
}

fn exchanged(document: &Value, one: &str, other: &str) -> Vec<u8> {
    let value = |path: &str| document.pointer(path).expect("invariant: it has the member").clone();
    let mut changed = document.clone();
    for (path, value) in [(one, value(other)), (other, value(one))] {
        *changed.pointer_mut(path).expect("invariant: it has the member") = value;
    }
    changed.to_string().into_bytes()
}
