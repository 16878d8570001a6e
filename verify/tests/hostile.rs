//! Whatever somebody hands in: it is judged or refused, in bounded memory and time, and what nobody signed is never valid.
//!
//! Inputs are genuine ones of all kinds with parts cut, put in and repeated, which comes further than noise does.

use allocation_counter::measure;
use opencowin_certificates::compact::QrText;
use opencowin_certificates::export::divoc;
use opencowin_certificates::pdf::Language;
use opencowin_certificates::qr::Symbol;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::{Issuer, Moment, reading};
use opencowin_verify::kyc::{Asked, check};
use opencowin_verify::{Facts, Input, Outcome, Trust, log, verify};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const JSON: &str = include_str!("golden/valid.json");
const CODE: &str = include_str!("golden/valid.txt");
const DID: &[u8] = include_bytes!("golden/did.json");
const JWKS: &[u8] = include_bytes!("golden/jwks.json");
const STATUS: &[u8] = include_bytes!("golden/status.json");
const ANSWER: &str = include_str!("golden/answer.jwt");

/// The most memory that judging a text takes, a status list of a million bits included, and that reading a file takes.
const TEXT_BYTES: u64 = 4 << 20;
const FILE_BYTES: u64 = 160 << 20;

/// Far more than it takes, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(5);

fn now() -> Moment {
    Moment::from_seconds(1_619_605_860).expect("in 2021")
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let mut trust = Trust::default();
    trust.pin_did(DID).expect("a DID document");
    trust.take_list(STATUS).expect("a status list");
    trust
});

fn issuer() -> Issuer {
    Issuer::new("cowin.example").expect("a host")
}

fn code() -> QrText {
    QrText::parse(CODE.trim_end()).expect("a code")
}

/// What the genuine certificate says, if this is valid.
fn facts(bytes: &[u8]) -> Option<Facts> {
    let verdict = verify(&Input::detect(bytes).ok()?, &TRUST, now()).ok()?;
    (verdict.outcome == Outcome::Valid).then(|| verdict.facts.expect("a valid one says something"))
}

/// Certificates in every form that is a text: JSON, code, link, and packed as DIVOC packs it.
static TEXTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let zip = divoc::pack(JSON.as_bytes());
    let characters = divoc::qr_text(&zip).into_bytes();
    let link = code().link(&issuer()).to_string();
    vec![JSON.into(), CODE.into(), link.into(), zip, characters]
});

/// And in every file.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let symbol = Symbol::new(&code().link(&issuer())).expect("a link fits");
    let pdf = Sample::new(1).pdf(Language::English, &code(), JSON.trim_end().as_bytes());
    vec![pdf, symbol.png(1)]
});

/// A change: where, how much is cut, and what is put there.
#[derive(Clone, Debug)]
enum Part {
    Bytes(Vec<u8>),
    /// From elsewhere, and how often.
    Copy(Index, usize, usize),
}

/// Nesting, numbers, lengths, ends and escapes, as all forms have them.
const TOKENS: &[&[u8]] = &[
    b"[[[[[[",
    b"{\"a\":",
    b"1e999",
    b"-0",
    b"\"\\u0000\"",
    b"\xff\xff\xff\xff",
    b"\x9b\xff\xff\xff\xff",
    b"\xbf",
    b"\0",
    b"%25%",
    b"#",
    b"endobj",
    b"stream\n",
    b" 0 R",
    b"<<",
    b"\r\n",
    b".",
    b"PK\x03\x04",
    b"\n",
];

fn changes() -> impl Strategy<Value = Vec<(Index, usize, Part)>> {
    let tokens = select(TOKENS);
    let part = prop_oneof![
        tokens.prop_map(|token| Part::Bytes(token.to_vec())),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(Part::Bytes),
        (any::<Index>(), 0..64_usize, 1..9_usize)
            .prop_map(|(from, length, times)| Part::Copy(from, length, times)),
    ];
    prop::collection::vec((any::<Index>(), prop_oneof![Just(0), Just(1), 0..200_usize], part), 1..5)
}

fn changed(genuine: &[u8], changes: &[(Index, usize, Part)]) -> Vec<u8> {
    let mut bytes = genuine.to_vec();
    for (at, cut, part) in changes {
        let at = at.index(bytes.len() + 1);
        let put = match part {
            Part::Bytes(put) => put.clone(),
            Part::Copy(from, length, times) => {
                let from = from.index(bytes.len() + 1);
                bytes[from..(from + length).min(bytes.len())].repeat(*times)
            }
        };
        bytes.splice(at..(at + cut).min(bytes.len()), put);
    }
    bytes
}

/// Does it within this much memory, and in time.
fn within(bytes: u64, work: impl FnOnce()) {
    let begun = Instant::now();
    let used = measure(work).bytes_max;
    assert!(used <= bytes, "{used} bytes");
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_changed_text_is_judged_or_refused(which in 0..5_usize, changes in changes()) {
        let (genuine, bytes) = (facts(&TEXTS[which]), changed(&TEXTS[which], &changes));
        prop_assert!(genuine.is_some());
        // Blanks may come and go; what it says may not.
        within(TEXT_BYTES, || assert!(facts(&bytes).is_none_or(|facts| Some(facts) == genuine)));
    }

    #[test]
    fn a_changed_document_of_the_issuer_is_taken_or_refused(
        which in select(vec![DID, JWKS, STATUS]), changes in changes()
    ) {
        let bytes = changed(which, &changes);
        within(TEXT_BYTES, || {
            let mut trust = Trust::default();
            let _ = trust.pin_did(&bytes);
            let _ = trust.pin_jwks(&issuer(), &bytes);
            trust.pin_did(DID).expect("a DID document");
            let _ = trust.take_list(&bytes);
        });
    }

    #[test]
    fn a_changed_answer_or_head_is_refused(changes in changes()) {
        let answer = changed(ANSWER.trim_end().as_bytes(), &changes);
        let issuer = issuer();
        let asked = Asked { issuer: &issuer, audience: "https://airline.example", nonce: "nonce-0" };
        within(TEXT_BYTES, || {
            let text = String::from_utf8_lossy(&answer);
            let taken = check(&text, asked, &TRUST, now()).is_ok();
            assert!(!taken || text == ANSWER.trim_end());
            assert!(log::head(&text, &issuer, &TRUST).is_err());
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_file_is_read_or_refused(which in 0..2_usize, changes in changes()) {
        let bytes = changed(&FILES[which], &changes);
        within(FILE_BYTES, || {
            let Ok(found) = reading::read(&bytes) else { return };
            let texts = found.qr_texts.iter().map(String::as_bytes).chain(found.credential.as_deref());
            for text in texts {
                assert!(facts(text).is_none_or(|said| Some(said) == facts(JSON.as_bytes())));
            }
        });
    }
}

#[test]
fn genuine_files_hold_a_valid_certificate() {
    for file in FILES.iter() {
        let found = reading::read(file).unwrap();
        let texts = found.qr_texts.iter().map(String::as_bytes).chain(found.credential.as_deref());
        assert!(texts.map(facts).all(|facts| facts.is_some()));
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for open in ["[", "{\"type\":", "{\"a\":["] {
        let json = format!("{{\"type\":{}", open.repeat(100_000));
        within(TEXT_BYTES, || assert!(facts(json.as_bytes()).is_none()));
        within(TEXT_BYTES, || assert!(Trust::default().pin_did(json.as_bytes()).is_err()));
        within(TEXT_BYTES, || assert!(Trust::default().take_list(json.as_bytes()).is_err()));
    }
}

#[test]
fn a_zip_that_unpacks_to_gigabytes_is_refused_early() {
    let zip = divoc::pack(&vec![b' '; 64 << 20]);
    within(TEXT_BYTES, || assert!(Input::detect(&zip).is_err()));
}
