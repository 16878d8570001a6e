//! What is genuine is valid, and nothing else is.

use super::*;
use opencowin_certificates::credential::{CredentialError, W3C_CONTEXT};
use opencowin_certificates::export::divoc;
use opencowin_certificates::keys::{DidDocument, Jwks, KeyRing};
use opencowin_certificates::proof::Prover;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::status::{Bits, StatusList};
use opencowin_certificates::{CertificateId, Credential};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

const DAY_S: i64 = 86_400;

fn at(day: i64) -> Moment {
    Moment::from_seconds(1_619_605_800 + day * DAY_S).unwrap()
}

/// An issuer with its keys.
struct Office {
    ring: KeyRing,
    random: StdRng,
}

impl Office {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        Self { ring: KeyRing::generate(at(0), &mut random), random }
    }

    fn issuer() -> Issuer {
        Issuer::new("cowin.example").unwrap()
    }

    fn did(&self, day: i64) -> Vec<u8> {
        serde_json::to_vec(&DidDocument::new(&Self::issuer(), &self.ring, at(day))).unwrap()
    }

    fn trust(&self, day: i64) -> Trust {
        let mut trust = Trust::default();
        trust.pin_did(&self.did(day)).unwrap();
        trust
    }

    fn key(&self, purpose: Purpose, day: i64) -> String {
        self.ring.signing(purpose, at(day)).unwrap().public().id()
    }

    fn sign_with(&self, credential: &Credential<'_>, purpose: Purpose, day: i64) -> String {
        let key = self.ring.signing(purpose, at(day)).unwrap();
        let method = Self::issuer().method(&key.public().id());
        let issuer = Self::issuer();
        let contexts = [W3C_CONTEXT, issuer.context()];
        let prover = Prover::new(key.signer(), &method, &contexts, at(day));
        String::from_utf8(prover.prove(credential)).unwrap()
    }

    fn json(&self, sample: &Sample, day: i64) -> String {
        self.sign_with(&sample.credential(), Purpose::Certificates, day)
    }

    fn code(&self, sample: &Sample, day: i64) -> String {
        let credential = sample.credential();
        let claims = Claims::of(&credential, at(day)).unwrap();
        let key = self.ring.signing(Purpose::Certificates, at(day)).unwrap();
        Token::sign(&claims, key).as_str().to_owned()
    }

    fn list(&self, number: u32, bits: &Bits, day: i64) -> Vec<u8> {
        let issuer = Self::issuer();
        let list = StatusList::new(&issuer, number, bits, at(day), at(day + 1));
        list.sign(&issuer, self.ring.signing(Purpose::Status, at(day)).unwrap())
    }
}

fn judge_json(json: &str, trust: &Trust, day: i64) -> Verdict {
    verify(&Input::Json(json.as_bytes().into()), trust, at(day)).unwrap()
}

fn both(office: &Office, sample: &Sample, signed: i64, trust: &Trust, day: i64) -> [Verdict; 2] {
    let (json, code) = (office.json(sample, signed), office.code(sample, signed));
    [
        verify(&Input::detect(json.as_bytes()).unwrap(), trust, at(day)).unwrap(),
        verify(&Input::detect(code.as_bytes()).unwrap(), trust, at(day)).unwrap(),
    ]
}

fn worth(verdict: &Verdict) -> (Outcome, Option<Reason>, bool) {
    (verdict.outcome, verdict.reason, verdict.facts.is_some())
}

#[test]
fn a_genuine_certificate_is_valid_and_says_the_same_in_both_forms() {
    let office = Office::new(1);
    for sample in [Sample::new(1), Sample::international(2)] {
        let [json, code] = both(&office, &sample, 0, &office.trust(0), 0);
        assert_eq!(worth(&json), (Outcome::Valid, None, true));
        assert_eq!(json, code);
        assert_eq!(json.facts.unwrap().name, sample.person.name);
        assert_eq!(json.status, None, "no list was handed in");
    }
}

#[test]
fn a_certificate_packed_as_divoc_packs_it_is_unpacked() {
    let office = Office::new(1);
    let zip = divoc::pack(office.json(&Sample::new(1), 0).as_bytes());
    for bytes in [zip.clone(), divoc::qr_text(&zip).into_bytes()] {
        let input = Input::detect(&bytes).unwrap();
        assert_eq!(verify(&input, &office.trust(0), at(0)).unwrap().outcome, Outcome::Valid);
    }
    assert!(matches!(Input::detect(&zip[..90]), Err(Unreadable::Foreign)));
}

#[test]
fn a_key_set_does_as_well_as_a_did_document() {
    let office = Office::new(1);
    let mut trust = Trust::default();
    let jwks = serde_json::to_vec(&Jwks::new(&office.ring, at(0))).unwrap();
    trust.pin_jwks(&Office::issuer(), &jwks).unwrap();
    for verdict in both(&office, &Sample::new(1), 0, &trust, 0) {
        assert_eq!(verdict.outcome, Outcome::Valid);
    }
}

#[test]
fn blanks_and_the_order_of_members_say_nothing() {
    let office = Office::new(1);
    let value: Value = serde_json::from_str(&office.json(&Sample::new(1), 0)).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    assert_eq!(judge_json(&pretty, &office.trust(0), 0).outcome, Outcome::Valid);
}

/// Paths to all texts and numbers of a document.
fn leaves(value: &Value, path: String, to: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, format!("{path}/{name}"), to));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| leaves(value, format!("{path}/{at}"), to));
        }
        _ => to.push(path),
    }
}

#[test]
fn no_two_values_can_be_exchanged() {
    let office = Office::new(1);
    let mut sample = Sample::international(1);
    sample.vaccination.previous = Some(CertificateId::from_random([3; 16]));
    sample.validity.until = Some(at(900));
    let trust = office.trust(0);
    let document: Value = serde_json::from_str(&office.json(&sample, 0)).unwrap();
    let mut paths = Vec::new();
    leaves(&document, String::new(), &mut paths);
    assert!(paths.len() > 40);
    let mut exchanged = 0;
    for (n, one) in paths.iter().enumerate() {
        for other in &paths[n + 1..] {
            let mut changed = document.clone();
            let (a, b) = (document.pointer(one).unwrap(), document.pointer(other).unwrap());
            *changed.pointer_mut(one).unwrap() = b.clone();
            *changed.pointer_mut(other).unwrap() = a.clone();
            let expected = changed == document;
            let changed = changed.to_string();
            let verdict = verify(&Input::Json(changed.as_bytes().into()), &trust, at(0));
            let valid = verdict.is_ok_and(|verdict| verdict.outcome == Outcome::Valid);
            assert_eq!(valid, expected, "{one} and {other}");
            exchanged += usize::from(!expected);
        }
    }
    assert!(exchanged > 800, "{exchanged}");
}

#[test]
fn what_is_added_or_taken_away_is_noticed() {
    let office = Office::new(1);
    let (json, trust) = (office.json(&Sample::new(1), 0), office.trust(0));
    for (what, from, to) in [
        ("a context", "/v1\"],\"credentialS", "/v1\",\"https://e.example/\"],\"credentialS"),
        ("a member", "\"gender\"", "\"address\":\"x\",\"gender\""),
        ("a second name", "\"refId\"", "\"name\":\"Somebody Else\",\"refId\""),
        ("the batch", "\"batch\":\"4120Z001\",", ""),
        ("a type", "\"VerifiableCredential\",\"Proof", "\"Proof"),
    ] {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{what}");
        let verdict = judge_json(&changed, &trust, 0);
        assert_eq!((verdict.outcome, verdict.facts), (Outcome::Altered, None), "{what}");
    }
}

#[test]
fn another_key_s_proof_is_refused() {
    let (office, sample) = (Office::new(1), Sample::new(1));
    let trust = office.trust(0);
    for purpose in [Purpose::Status, Purpose::Kyc, Purpose::Log] {
        let json = office.sign_with(&sample.credential(), purpose, 0);
        let verdict = judge_json(&json, &trust, 0);
        assert_eq!(worth(&verdict), (Outcome::UnknownIssuer, Some(Reason::Key), false));
        let ours = office.key(Purpose::Certificates, 0);
        let renamed = json.replace(&office.key(purpose, 0), &ours);
        let verdict = judge_json(&renamed, &trust, 0);
        assert_eq!(worth(&verdict), (Outcome::Altered, Some(Reason::Signature), false));
    }
    for verdict in both(&Office::new(2), &sample, 0, &trust, 0) {
        assert_eq!(worth(&verdict), (Outcome::UnknownIssuer, Some(Reason::Key), false));
    }
}

#[test]
fn an_issuer_whose_keys_are_not_pinned_is_unknown() {
    let office = Office::new(1);
    for verdict in both(&office, &Sample::new(1), 0, &Trust::default(), 0) {
        assert_eq!(worth(&verdict), (Outcome::UnknownIssuer, Some(Reason::Issuer), false));
    }
}

#[test]
fn a_retired_key_s_signatures_hold_if_it_signed_while_in_use() {
    let (mut office, sample) = (Office::new(1), Sample::new(1));
    let (early, late) = (office.json(&sample, 1), office.json(&sample, 7));
    let codes = [office.code(&sample, 1), office.code(&sample, 7)];
    office.ring.rotate(Purpose::Certificates, at(2), DAY_S as u32, &mut office.random).unwrap();
    let trust = office.trust(8);
    let verdicts = [early, late].map(|json| worth(&judge_json(&json, &trust, 8)));
    let expected =
        [(Outcome::Valid, None, true), (Outcome::Revoked, Some(Reason::KeyRetired), false)];
    assert_eq!(verdicts, expected);
    let verdicts = codes.map(|code| worth(&verify(&Input::Code(&code), &trust, at(8)).unwrap()));
    assert_eq!(verdicts, expected);
    for verdict in both(&office, &sample, 4, &trust, 8) {
        assert_eq!(verdict.outcome, Outcome::Valid, "by the next key");
    }
}

#[test]
fn nothing_holds_that_a_revoked_key_signed() {
    let (mut office, sample) = (Office::new(1), Sample::new(1));
    let (json, code) = (office.json(&sample, 1), office.code(&sample, 1));
    office.ring.revoke(&office.key(Purpose::Certificates, 1), at(3), &mut office.random).unwrap();
    let trust = office.trust(4);
    for input in [Input::Json(json.as_bytes().into()), Input::Code(&code)] {
        let verdict = verify(&input, &trust, at(4)).unwrap();
        assert_eq!(worth(&verdict), (Outcome::Revoked, Some(Reason::KeyRevoked), false));
    }
    let mut trust = Trust::default();
    let jwks = serde_json::to_vec(&Jwks::new(&office.ring, at(4))).unwrap();
    trust.pin_jwks(&Office::issuer(), &jwks).unwrap();
    assert_eq!(judge_json(&json, &trust, 4).reason, Some(Reason::Key), "not in the set");
    for verdict in both(&office, &sample, 4, &office.trust(4), 4) {
        assert_eq!(verdict.outcome, Outcome::Valid, "by the key in its place");
    }
}

#[test]
fn a_certificate_holds_in_its_time() {
    let office = Office::new(1);
    let mut sample = Sample::new(1);
    sample.validity.from = at(1);
    sample.validity.until = Some(at(3));
    let trust = office.trust(0);
    for (day, expected) in [
        (0, (Outcome::Expired, Some(Reason::NotYetValid), true)),
        (1, (Outcome::Valid, None, true)),
        (2, (Outcome::Valid, None, true)),
        (3, (Outcome::Expired, Some(Reason::Over), true)),
    ] {
        for verdict in both(&office, &sample, 0, &trust, day) {
            assert_eq!(worth(&verdict), expected, "day {day}");
        }
    }
}

#[test]
fn a_corrected_certificate_is_revoked_and_the_new_one_is_valid() {
    let office = Office::new(1);
    let (old, mut new) = (Sample::new(1), Sample::new(2));
    new.vaccination.previous = Some(old.vaccination.certificate);
    new.vaccination.version = 2;
    let mut bits = Bits::new();
    bits.set(old.slot.index);
    let mut trust = office.trust(0);
    trust.take_list(&office.list(old.slot.list, &bits, 0)).unwrap();
    for verdict in both(&office, &old, 0, &trust, 0) {
        assert_eq!(worth(&verdict), (Outcome::Revoked, Some(Reason::Status), true));
    }
    for verdict in both(&office, &new, 0, &trust, 5) {
        assert_eq!(verdict.outcome, Outcome::Valid);
        assert_eq!(verdict.status, Some(StatusSeen { as_of: at(0), stale: true }));
    }
}

#[test]
fn a_list_is_believed_if_the_status_key_signed_it_and_no_newer_is_known() {
    let (office, sample) = (Office::new(1), Sample::new(1));
    let mut revoked = Bits::new();
    revoked.set(sample.slot.index);
    let mut trust = office.trust(0);
    let foreign = Office::new(2).list(2, &revoked, 0);
    assert_eq!(trust.take_list(&foreign), Err(TrustError::Unsigned));
    let changed = String::from_utf8(office.list(2, &revoked, 0)).unwrap();
    let changed =
        changed.replacen("/status/2\"", "/status/3\"", 1).replacen("/status/2#", "/status/3#", 1);
    assert_eq!(trust.take_list(changed.as_bytes()), Err(TrustError::Unsigned));
    assert_eq!(trust.take_list(b"{}"), Err(TrustError::NoStatusList));

    trust.take_list(&office.list(2, &revoked, 4)).unwrap();
    trust.take_list(&office.list(2, &Bits::new(), 3)).unwrap();
    let json = office.json(&sample, 0);
    assert_eq!(judge_json(&json, &trust, 5).reason, Some(Reason::Status), "the older came later");
}

#[test]
fn what_is_no_certificate_is_not_called_altered() {
    let trust = Office::new(1).trust(0);
    for foreign in
        ["", "HC1:6BF", "{}", "{\"type\":[\"VerifiableCredential\"]}", "[]", "https://a.example/"]
    {
        let input = Input::detect(foreign.as_bytes()).unwrap();
        assert_eq!(verify(&input, &trust, at(0)), Err(Unreadable::Foreign), "{foreign}");
    }
    assert!(matches!(Input::detect(b"\xff\xfe"), Err(Unreadable::Foreign)));
    let long = " ".repeat(5000) + "OCW1:";
    assert_eq!(verify(&Input::Code(&long), &trust, at(0)), Err(Unreadable::TooLong));
    assert_eq!(verify(&Input::Code("OCW1:ABC"), &trust, at(0)), Err(Unreadable::Damaged));
    assert_eq!(Credential::parse(b"").err(), Some(CredentialError::Shape { line: 1, column: 0 }));
}

#[test]
fn a_verdict_is_written_for_pages_and_scripts() {
    let office = Office::new(1);
    let verdict = judge_json(&office.json(&Sample::new(1), 0), &office.trust(0), 0);
    let written = serde_json::to_value(&verdict).unwrap();
    assert_eq!(written["outcome"], "valid");
    assert_eq!(written["facts"]["icd11Code"], "XM68M6");
    assert_eq!(written["facts"]["date"], "2021-04-28");
    assert!(written.get("reason").is_none());
    assert!(!format!("{verdict:?}").contains("Ramesh"), "verdicts may be logged");
}

proptest! {
    #[test]
    fn no_changed_byte_is_valid(at_byte in any::<usize>(), by in any::<u8>(), json: bool) {
        let (office, sample) = (Office::new(1), Sample::new(1));
        let genuine = if json { office.json(&sample, 0) } else { office.code(&sample, 0) };
        let mut changed = genuine.into_bytes();
        let at_byte = at_byte % changed.len();
        prop_assume!(changed[at_byte] != by && !by.is_ascii_whitespace());
        changed[at_byte] = by;
        let verdict = Input::detect(&changed).and_then(|input| verify(&input, &office.trust(0), at(0)));
        prop_assert!(verdict.is_err() || verdict.unwrap().outcome != Outcome::Valid);
    }

    #[test]
    fn any_bytes_are_judged_or_refused(bytes in any::<Vec<u8>>(), text in "(OCW1:|\\{)?\\PC{0,200}") {
        let mut trust = Office::new(1).trust(0);
        for bytes in [&bytes, text.as_bytes()] {
            if let Ok(input) = Input::detect(bytes) {
                let verdict = verify(&input, &trust, at(0));
                prop_assert!(verdict.is_err() || verdict.unwrap().outcome != Outcome::Valid);
            }
            prop_assert!(trust.pin_did(bytes).is_err());
            prop_assert!(trust.take_list(bytes).is_err());
        }
    }
}

#[test]
fn an_answer_counts_for_the_question_it_was_given_to() {
    use crate::kyc::{Asked, Refused, check};
    use opencowin_certificates::kyc::{Answer, VaccinationStatus};
    let mut office = Office::new(1);
    let issuer = Office::issuer();
    let answer = Answer {
        iss: issuer.did().to_owned(),
        aud: "https://airline.example".to_owned(),
        iat: at(0).seconds(),
        exp: at(0).plus_seconds(600).seconds(),
        jti: uuid::Uuid::from_u128(1),
        nonce: "n1".to_owned(),
        vaccination_status: VaccinationStatus::Partial,
    };
    let sign = |office: &Office, purpose| answer.sign(office.ring.signing(purpose, at(0)).unwrap());
    let token = sign(&office, Purpose::Kyc);
    let asked = Asked { issuer: &issuer, audience: "https://airline.example", nonce: "n1" };
    let trust = office.trust(0);
    assert_eq!(check(&token, asked, &trust, at(0)), Ok(answer.clone()));
    let other = Asked { audience: "https://hotel.example", ..asked };
    assert_eq!(check(&token, other, &trust, at(0)), Err(Refused::NotAsked));
    let other = Asked { nonce: "n2", ..asked };
    assert_eq!(check(&token, other, &trust, at(0)), Err(Refused::NotAsked));
    assert_eq!(check(&token, asked, &trust, at(1)), Err(Refused::NotCurrent));
    assert_eq!(check("a.b.c", asked, &trust, at(0)), Err(Refused::NoAnswer));
    let by_another = sign(&office, Purpose::Certificates);
    assert_eq!(check(&by_another, asked, &trust, at(0)), Err(Refused::Unsigned));
    office.ring.revoke(&office.key(Purpose::Kyc, 0), at(0), &mut office.random).unwrap();
    assert_eq!(check(&token, asked, &office.trust(0), at(0)), Err(Refused::Unsigned));
}

#[test]
fn the_log_is_believed_by_its_proofs() {
    use crate::log::{HeadRefused, contains, extends, head};
    use opencowin_certificates::log::{self, Entry, EntryKind, Head, Tiles, head::origin};
    let (office, issuer) = (Office::new(1), Office::issuer());
    let ids: Vec<_> = (0..300).map(|n| Sample::new(n).vaccination.certificate).collect();
    let mut tree = Tiles::default();
    let heads = |tree: &Tiles| Head {
        origin: origin(&issuer),
        size: tree.size(),
        root: tree.root(),
        at: at(0),
    };
    let leaf = |id: &CertificateId| Entry::new(EntryKind::Issued, *id).leaf();
    let mut tiles = tree.append(ids[..100].iter().map(leaf));
    let earlier = heads(&tree);
    tiles.extend(tree.append(ids[100..].iter().map(leaf)));
    let key = office.ring.signing(Purpose::Log, at(0)).unwrap();
    let text = heads(&tree).sign(key);

    let later = head(&text, &issuer, &office.trust(0)).unwrap();
    let tile = |id| tiles.get(&id).cloned();
    let proof = log::inclusion(7, later.size, tile).unwrap();
    assert!(contains(&later, EntryKind::Issued, ids[7], 7, &proof));
    assert!(!contains(&later, EntryKind::Revoked, ids[7], 7, &proof));
    assert!(!contains(&later, EntryKind::Issued, ids[8], 7, &proof));
    assert!(extends(&earlier, &later, &log::consistency(100, later.size, tile).unwrap()));
    assert!(!extends(&later, &earlier, &[]));

    assert_eq!(head("", &issuer, &office.trust(0)), Err(HeadRefused::NoHead));
    assert_eq!(head(&text, &issuer, &Trust::default()), Err(HeadRefused::Unsigned));
    let other = Issuer::new("other.example").unwrap();
    assert_eq!(head(&text, &other, &office.trust(0)), Err(HeadRefused::OtherLog));
    let kyc = heads(&tree).sign(office.ring.signing(Purpose::Kyc, at(0)).unwrap());
    assert_eq!(head(&kyc, &issuer, &office.trust(0)), Err(HeadRefused::Unsigned));
}
