//! Certificates as people carry them away, and anybody who checks them with what the issuer publishes.

use super::{Account, Answer, Call, Officer, TestServer};
use opencowin_model::CertificateId;
use opencowin_verify::{Input, Trust, Verdict, verify};
use serde_json::Value;

/// A certificate as it was downloaded as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried(pub Vec<u8>);

impl Carried {
    pub fn says(&self) -> Value {
        serde_json::from_slice(&self.0).expect("JSON")
    }

    pub fn id(&self) -> String {
        let id = &self.says()["evidence"][0]["certificateId"];
        id.as_str().expect("an id").to_owned()
    }

    pub fn parsed_id(&self) -> CertificateId {
        CertificateId::parse(&self.id()).expect("an id")
    }

    /// The path of the status list in which it stands.
    pub fn list(&self) -> String {
        let says = self.says();
        let url = says["credentialStatus"]["statusListCredential"].as_str().expect("a URL");
        let host = url.strip_prefix("https://").expect("https").find('/').expect("a path");
        url["https://".len() + host..].to_owned()
    }

    /// The key that signed it.
    pub fn key(&self) -> String {
        let says = self.says();
        let method = says["proof"]["verificationMethod"].as_str().expect("a method");
        method.split_once('#').expect("a key").1.to_owned()
    }
}

impl TestServer {
    /// What somebody knows who has the issuer's keys.
    pub fn trust(&self) -> Trust {
        let mut trust = Trust::default();
        trust.pin_did(&self.get("/.well-known/did.json").send().plain()).expect("keys");
        trust
    }

    /// What they know who have fetched the status list of a certificate as well. A list is signed anew ten seconds after it was
    /// fetched, so that a test does this once.
    pub fn trust_with_status(&self, carried: &Carried) -> Trust {
        let mut trust = self.trust();
        trust.take_list(&self.get(carried.list()).send().plain()).expect("a list");
        trust
    }

    /// What a certificate is worth now, by its JSON or the text of its code.
    #[track_caller]
    pub fn judge(&self, bytes: &[u8], trust: &Trust) -> Verdict {
        verify(&Input::detect(bytes).expect("a certificate"), trust, self.moment()).expect("it")
    }
}

/// The query for somebody's certificate, with more parameters.
pub fn of(person: &str, more: &str) -> String {
    format!("?beneficiary_reference_id={person}{more}")
}

impl<'a> Account<'a> {
    /// Downloading at the portal's door.
    pub fn downloading(&self, person: &str, more: &str) -> Call<'a> {
        self.get(format!("/api/v2/registration/certificate/download{}", of(person, more)))
    }

    /// Downloads the credential itself.
    #[track_caller]
    pub fn certificate(&self, person: &str, more: &str) -> Carried {
        taken(&self.downloading(person, &format!("&format=json{more}")).send())
    }

    /// The certificates of somebody, as they are listed.
    #[track_caller]
    pub fn certificates(&self, person: &str) -> Vec<Value> {
        let path = format!("/api/v2/registration/certificate/list{}", of(person, ""));
        let list = self.get(path).send().ok();
        assert_eq!(list["beneficiaries"][0]["beneficiary_reference_id"], person);
        list["beneficiaries"][0]["certificates"].as_array().expect("a list").clone()
    }
}

impl<'a> Officer<'a> {
    /// Downloading at a counter.
    pub fn downloading(&self, person: &str, more: &str) -> Call<'a> {
        self.get(format!("/api/v2/vaccinator/certificate/download{}", of(person, more))).key()
    }
}

/// The credential in an answer.
#[track_caller]
pub fn taken(answer: &Answer) -> Carried {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/vc+json"));
    Carried(answer.plain())
}
