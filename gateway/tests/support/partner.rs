//! Organisations whose applications call the API, and people who use those.

use super::{Officer, TestServer, hashed, mobile, password_in};
use opencowin::identity::Door;
use serde_json::{Value, json};

/// What an organisation tells about itself that wants every API.
pub fn application_form(administrator: &str) -> Value {
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
        "privacy_url": "https://jeevan.example.in/privacy",
        "apis": ["search", "authentication", "registration", "appointments", "vaccination",
                 "certificates", "aefi", "status", "lookup"],
        "declaration_version": "2021-05", "declaration_name": "Ravi Kumar",
        "administrator_name": "Meera Nair", "administrator_mobile": administrator,
    })
}

impl TestServer {
    /// A partner whom somebody of the ministry has approved for every API: its id, and its administrator, logged in.
    #[track_caller]
    pub fn approved_by(&self, minister: &Officer<'_>) -> (String, Officer<'_>) {
        let number = mobile();
        let applied = self.post("/api/v2/partners").json(&application_form(&number)).send().ok();
        let id = applied["partner_id"].as_str().expect("an id").to_owned();
        let administrator = self.log_in_on_a_device(Door::Partner, &number);
        minister.decides(&id, "approve");
        (id, administrator)
    }

    /// Logs somebody in who uses the application with this key; answers the token.
    #[track_caller]
    pub fn log_in_through(&self, key: &str, mobile: &str) -> String {
        let post = |path: &str, body: &Value| {
            self.post(path).header("x-api-key", key).json(body).send().ok()
        };
        let asked = post("/api/v2/auth/generateOTP", &json!({ "mobile": mobile }));
        let outbox = self.get(format!("/sandbox/outbox?mobile={mobile}")).header("x-api-key", key);
        let otp = hashed(&password_in(&outbox.send().ok()));
        let confirm = json!({ "otp": otp, "txnId": asked["txnId"] });
        let token = post("/api/v2/auth/confirmOTP", &confirm)["token"].clone();
        token.as_str().expect("a token").to_owned()
    }
}

impl Officer<'_> {
    /// Decides about a partner.
    #[track_caller]
    pub fn decides(&self, partner: &str, decision: &str) {
        let body = json!({ "decision": decision, "reason": "as discussed" });
        self.post(format!("/api/v2/ministry/partners/{partner}/decision"), &body).send().ok();
    }
}
