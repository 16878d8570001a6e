//! Documents that were issued once verify for good. Whoever has to change a file here has
//! changed a form that people carry. (`certificates/examples/outside.rs` wrote them.)

use opencowin_certificates::{Issuer, Moment};
use opencowin_verify::kyc::{Asked, check};
use opencowin_verify::{Input, Outcome, Trust, verify};

const DID: &[u8] = include_bytes!("golden/did.json");
const JWKS: &[u8] = include_bytes!("golden/jwks.json");
const STATUS: &[u8] = include_bytes!("golden/status.json");
const ANSWER: &str = include_str!("golden/answer.jwt");

fn now() -> Moment {
    Moment::from_seconds(1_619_605_860).expect("in 2021")
}

fn issuer() -> Issuer {
    Issuer::new("cowin.example").expect("a host")
}

fn trusts() -> [Trust; 2] {
    let (mut by_did, mut by_set) = (Trust::default(), Trust::default());
    by_did.pin_did(DID).expect("a DID document");
    by_set.pin_jwks(&issuer(), JWKS).expect("a key set");
    [by_did, by_set]
}

#[test]
fn certificates_of_the_past_verify() {
    let files: [(&[u8], Outcome); 4] = [
        (include_bytes!("golden/valid.json"), Outcome::Valid),
        (include_bytes!("golden/valid.txt"), Outcome::Valid),
        (include_bytes!("golden/revoked.json"), Outcome::Revoked),
        (include_bytes!("golden/revoked.txt"), Outcome::Revoked),
    ];
    for mut trust in trusts() {
        trust.take_list(STATUS).unwrap();
        for (file, outcome) in files {
            let verdict = verify(&Input::detect(file).unwrap(), &trust, now()).unwrap();
            assert_eq!(verdict.outcome, outcome);
            assert_eq!(verdict.facts.unwrap().vaccine, "COVISHIELD");
        }
    }
}

#[test]
fn answers_of_the_past_verify() {
    let issuer = issuer();
    let asked = Asked { issuer: &issuer, audience: "https://airline.example", nonce: "nonce-0" };
    for trust in trusts() {
        assert!(check(ANSWER.trim_end(), asked, &trust, now()).is_ok());
    }
}
