//! Certificates are canonical whatever is in them, and are read in one form only.

use super::*;
use crate::canonical::assert_canonical;
use crate::proof::Prover;
use crate::sample::Sample;
use crate::signer::Signer;
use proptest::prelude::*;

fn signed(sample: &Sample) -> String {
    let signer = Signer::new(&[7; 32]);
    let method = sample.issuer.method("key");
    let contexts = [W3C_CONTEXT, sample.issuer.context()];
    let prover = Prover::new(&signer, &method, &contexts, sample.validity.from);
    String::from_utf8(prover.prove(&sample.credential())).unwrap()
}

/// Names as people have them and as attackers send them.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{200}",
        "[\u{0}-\u{1f}\"\\\\/<>&'\u{7f}\u{80}\u{2028}\u{2029}]{0,40}",
        "[\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}अ-ह\u{1f468}\u{200d}\u{1f600}]{0,200}",
    ]
}

proptest! {
    #[test]
    fn a_certificate_is_canonical_whatever_is_in_it(
        name in names(), verifier in names(), facility in names(), last4 in names(),
        year in any::<i16>(), number in any::<u64>(), version in any::<u32>(),
        international: bool, complete: bool, until in proptest::option::of(any::<i64>()),
    ) {
        let mut sample = if international { Sample::international(number) } else { Sample::new(number) };
        sample.person.name = name;
        sample.person.birth_year = year;
        sample.person.identity.as_mut().unwrap().last4 = last4;
        sample.vaccination.verifier = verifier;
        sample.vaccination.version = version;
        sample.vaccination.facility.name = facility;
        sample.vaccination.previous = complete.then(|| CertificateId::from_random([9; 16]));
        sample.validity.until = until.map(|ms| Moment::from(opencowin_model::Timestamp(ms)));
        if !complete {
            sample.vaccination.batch = None;
            sample.vaccination.effective_start = None;
            sample.vaccination.effective_until = None;
            sample.person.identity = None;
        }
        assert_canonical(&sample.credential());
        let json = signed(&sample);
        prop_assert_eq!(&Credential::parse(json.as_bytes()).unwrap().credential, &sample.credential());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>(), at in any::<usize>(), by in any::<u8>()) {
        let _ = Credential::parse(&bytes);
        let mut changed = signed(&Sample::new(1)).into_bytes();
        let at = at % changed.len();
        changed[at] = by;
        let _ = Credential::parse(&changed);
        let _ = Credential::parse(&changed[..at]);
    }
}

#[test]
fn the_international_form_alone_tells_the_date_of_birth_and_the_passport() {
    let (domestic, international) = (signed(&Sample::new(1)), signed(&Sample::international(1)));
    assert!(!domestic.contains("dob") && !domestic.contains("passport"));
    assert!(international.contains(r#""dob":"1976-05-14","#));
    assert!(international.contains(r#""passportNumber":"Z1234567","#));
}

#[test]
fn a_certificate_names_what_its_readers_look_for() {
    let sample = Sample::new(1);
    let json: serde_json::Value = serde_json::from_str(&signed(&sample)).unwrap();
    let id = sample.vaccination.certificate.to_string();
    assert_eq!(json["id"], format!("urn:uuid:{id}"));
    assert_eq!(json["evidence"][0]["certificateId"], id);
    assert_eq!(json["issuer"], "did:web:cowin.example");
    assert_eq!(json["credentialSubject"]["age"], "45");
    assert_eq!(json["evidence"][0]["dose"], 1);
    assert_eq!(json["credentialStatus"]["id"], "https://cowin.example/credentials/status/2#1");
    assert_eq!(json["credentialStatus"]["statusListIndex"], "1");
}

#[test]
fn a_second_form_of_a_certificate_is_refused() {
    let json = signed(&Sample::new(1));
    assert!(Credential::parse(json.as_bytes()).is_ok());
    let blanks = json.replacen(",\"", " ,\n\"", 3);
    assert!(Credential::parse(blanks.as_bytes()).is_ok(), "blanks say nothing");
    let refused = [
        ("an unknown member", json.replacen('{', r#"{"more":1,"#, 1)),
        (
            "an unknown member within",
            json.replacen("\"gender\"", "\"address\":\"1\",\"gender\"", 1),
        ),
        ("a member twice", json.replacen("\"evidence\"", "\"id\":\"urn:uuid:1\",\"evidence\"", 1)),
        ("a member twice within", json.replacen("\"gender\"", "\"gender\":\"Male\",\"gender\"", 1)),
        ("something behind it", json.clone() + "{}"),
        ("a dose as text", json.replacen("\"dose\":1", "\"dose\":\"1\"", 1)),
        ("a dose with a point", json.replacen("\"dose\":1", "\"dose\":1.0", 1)),
        ("a dose with an exponent", json.replacen("\"dose\":1", "\"dose\":1e0", 1)),
        (
            "a missing member that is null",
            json.replacen("\"gender\"", "\"dob\":null,\"gender\"", 1),
        ),
        ("an index with a zero", json.replacen("Index\":\"1\"", "Index\":\"01\"", 1)),
        ("an id in capitals", json.replacen("urn:uuid:", "URN:UUID:", 1)),
        ("two pieces of evidence", json.replacen("}],\"id\"", "},{}],\"id\"", 1)),
    ];
    for (what, text) in refused {
        assert_ne!(text, json, "{what}");
        let read = Credential::parse(text.as_bytes()).err();
        assert!(matches!(read, Some(CredentialError::Shape { .. })), "{what}: {read:?}");
    }
}

#[test]
fn what_follows_from_the_issuer_and_the_id_has_to_stand_there() {
    let json = signed(&Sample::new(1));
    let others = [
        ("credentials/v2\",", "credentials/v1\","),
        ("/vaccination/v1\"],\"credentialS", "/vaccination/v2\"],\"credentialS"),
        ("\"did:web:cowin.example\",\"type", "\"did:web:other.example\",\"type"),
        ("\"did:web:cowin.example\",\"type", "\"https://cowin.example\",\"type"),
        ("/status/2#1", "/status/2#2"),
        ("/status/2\"", "/status/02\""),
    ];
    for (from, to) in others {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{from}");
        let read = Credential::parse(changed.as_bytes()).err();
        assert_eq!(read, Some(CredentialError::Contradiction), "{from}");
    }
    let proofless = json.split(",\"proof\"").next().unwrap().to_owned() + "}";
    assert_eq!(Credential::parse(proofless.as_bytes()).err(), Some(CredentialError::NoProof));
    let long = json + &" ".repeat(LONGEST);
    assert_eq!(Credential::parse(long.as_bytes()).err(), Some(CredentialError::TooLong));
}

#[test]
fn an_appended_context_is_refused() {
    let json = signed(&Sample::new(1));
    let appended =
        json.replacen("/v1\"],\"credentialS", "/v1\",\"https://e.example\"],\"credentialS", 1);
    assert_ne!(appended, json);
    assert!(matches!(
        Credential::parse(appended.as_bytes()).err(),
        Some(CredentialError::Shape { .. })
    ));
}

#[test]
fn a_certificate_is_not_logged_with_the_person() {
    let sample = Sample::international(1);
    let shown = format!("{:?} {:?}", sample.credential(), sample.person);
    for told in ["Ramesh", "Z1234567", "3405", "1976"] {
        assert!(!shown.contains(told), "{told}");
    }
}
