//! A ministry, and partners that want something of it.

use super::{Answer, Call, TestServer, hashed, mobile};
use opencowin::config::{Config, Mode, Settings};
use opencowin::identity::Door;
use opencowin::{founding, keys};
use serde_json::{Value, json};
use uuid::Uuid;

/// The number of the ministry's first official.
pub const MINISTER: &str = "9811111111";

/// Somebody who is logged in on a device: an official, or a partner's administrator.
#[derive(Clone)]
pub struct Clerk<'a> {
    pub server: &'a TestServer,
    device: String,
    token: String,
}

/// A partner, as its administrator sees it.
pub struct Applicant<'a> {
    pub clerk: Clerk<'a>,
    pub id: String,
    pub mobile: String,
}

impl TestServer {
    /// One with a ministry, and other settings.
    pub fn ministry(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|settings| {
            change(settings);
            let config = Config::new(settings.clone()).unwrap();
            if config.mode == Mode::Production {
                keys::make(&config.keys).unwrap();
            }
            founding::found(&config, "Kavita Rao", MINISTER).unwrap();
        })
    }

    /// The ministry's first official, logged in.
    #[track_caller]
    pub fn minister(&self) -> Clerk<'_> {
        self.clerk(Door::Staff, MINISTER, |server| server.password(Door::Staff, MINISTER))
    }

    /// Logs somebody in whose password is read by `read`.
    #[track_caller]
    pub fn clerk(
        &self,
        door: Door,
        mobile: &str,
        read: impl FnOnce(&TestServer) -> String,
    ) -> Clerk<'_> {
        let path = match door {
            Door::Staff => "/api/v2/staff/auth/confirmOTP",
            _ => "/api/v2/partners/auth/confirmOTP",
        };
        let device = Uuid::new_v4().to_string();
        let transaction = self.ask(door, mobile);
        let otp = hashed(&read(self));
        let body = json!({ "otp": otp, "txnId": transaction, "device_id": device });
        let answer = self.post(path).json(&body).send().ok();
        let token = answer["token"].as_str().expect("a token").to_owned();
        Clerk { server: self, device, token }
    }

    /// A partner that has applied for these APIs and whose administrator has proven a number.
    #[track_caller]
    pub fn applicant(&self, apis: &[&str]) -> Applicant<'_> {
        self.applicant_by(apis, |server, mobile| server.password(Door::Partner, mobile))
    }

    /// As [`applicant`](Self::applicant), where the password to a number is read by `read`.
    #[track_caller]
    pub fn applicant_by(
        &self,
        apis: &[&str],
        read: impl FnOnce(&TestServer, &str) -> String,
    ) -> Applicant<'_> {
        let mobile = mobile();
        let applied = self.post("/api/v2/partners").json(&application(apis, &mobile)).send().ok();
        let id = applied["partner_id"].as_str().expect("an id").to_owned();
        let clerk = self.clerk(Door::Partner, &mobile, |server| read(server, &mobile));
        Applicant { clerk, id, mobile }
    }
}

/// What an organisation tells about itself.
pub fn application(apis: &[&str], administrator: &str) -> Value {
    json!({
        "organisation_name": "Jeevan Health", "organisation_type": "private",
        "registration_number": "U85110DL2015PTC123456",
        "person_name": "Ravi Kumar", "person_designation": "Director",
        "person_mobile": "9876500001", "person_email": "ravi@jeevan.example.in",
        "address_street": "12 Janpath", "address_city": "New Delhi",
        "address_district": "New Delhi", "address_state": "Delhi", "address_pincode": "110001",
        "purpose": "Appointments for our patients.", "expected_users": 50_000,
        "expected_requests_per_day": 200_000, "api_email": "api@jeevan.example.in",
        "website": "https://jeevan.example.in", "terms_url": "https://jeevan.example.in/terms",
        "privacy_url": "https://jeevan.example.in/privacy", "apis": apis,
        "declaration_version": "2021-05", "declaration_name": "Ravi Kumar",
        "administrator_name": "Meera Nair", "administrator_mobile": administrator,
    })
}

impl<'a> Clerk<'a> {
    pub fn get(&self, path: impl Into<String>) -> Call<'a> {
        self.as_me(self.server.get(path))
    }

    pub fn post(&self, path: impl Into<String>, body: &Value) -> Call<'a> {
        self.as_me(self.server.post(path)).json(body)
    }

    /// Decides about a partner.
    #[track_caller]
    pub fn decide(&self, partner: &Applicant<'_>, decision: &str) -> Answer {
        let body = json!({ "decision": decision, "reason": "as discussed" });
        self.post(format!("/api/v2/ministry/partners/{}/decision", partner.id), &body).send()
    }

    fn as_me(&self, call: Call<'a>) -> Call<'a> {
        call.token(&self.token).header("X-Device-Id", &*self.device)
    }
}

impl Applicant<'_> {
    /// Asks for something below the partner's own path.
    #[track_caller]
    pub fn get(&self, what: &str) -> Answer {
        self.clerk.get(self.path(what)).send()
    }

    /// Does something below the partner's own path.
    #[track_caller]
    pub fn post(&self, what: &str, body: &Value) -> Answer {
        self.clerk.post(self.path(what), body).send()
    }

    /// Makes a key; answers its id and its text.
    #[track_caller]
    pub fn key(&self) -> (String, String) {
        let made = self.post("/keys", &json!({ "label": "app" })).ok();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&made["key"]["key_id"]), text(&made["api_key"]))
    }

    /// Hands in evidence of security.
    #[track_caller]
    pub fn show_evidence(&self) {
        let body = json!({
            "statement": "An audit by a laboratory that CERT-In lists.",
            "document_url": "https://jeevan.example.in/audit.pdf",
            "document_sha256": "0f".repeat(32),
        });
        self.post("/evidence", &body).ok();
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v2/partners/{}{what}", self.id)
    }
}
