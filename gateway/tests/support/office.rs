//! Those who come for others: officials, staff, and applications with keys.

use super::{Answer, Call, TestServer, hashed, mobile};
use opencowin::access::key::{ApiKey, KeyHash};
use opencowin::access::key_text::KeyText;
use opencowin::access::official::{Official, Role, Scope};
use opencowin::identity::Door;
use opencowin_admission::Apis;
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// An official who is logged in on a device.
#[derive(Clone)]
pub struct Officer<'a> {
    pub server: &'a TestServer,
    pub id: Uuid,
    pub mobile: String,
    pub device: String,
    pub token: String,
}

impl TestServer {
    /// Puts a new official into office, without anybody's doing, and logs them in.
    #[track_caller]
    pub fn officer(&self, role: Role, scope: Scope) -> Officer<'_> {
        let mobile = mobile();
        let number = super::pack().mobile(&mobile).unwrap();
        let app = self.app();
        let first = Official::first(
            app.account_of(number),
            number,
            "Meena Kumari".to_owned(),
            app.clock().now(),
        );
        block_on(self.registry().create(&Official { role, scope, ..first })).unwrap();
        self.report_for_duty(&mobile)
    }

    /// Logs an official in who is in office, on a new device.
    #[track_caller]
    pub fn report_for_duty(&self, mobile: &str) -> Officer<'_> {
        self.log_in_on_a_device(Door::Staff, mobile)
    }

    /// Logs somebody in who comes for others, on a new device.
    #[track_caller]
    pub fn log_in_on_a_device(&self, door: Door, mobile: &str) -> Officer<'_> {
        let device = Uuid::new_v4().to_string();
        let token = self.prove_on(&device, door, mobile).ok()["token"].clone();
        let token = token.as_str().expect("a token").to_owned();
        let account = self.app().account_of(super::pack().mobile(mobile).unwrap());
        Officer {
            server: self,
            id: Official::id_of(account),
            mobile: mobile.to_owned(),
            device,
            token,
        }
    }

    /// Proves a number on a device.
    #[track_caller]
    pub fn prove_on(&self, device: &str, door: Door, mobile: &str) -> Answer {
        let transaction = self.ask(door, mobile);
        let otp = hashed(&self.password(door, mobile));
        self.confirm_on(device, door, &transaction, &otp)
    }

    /// Confirms what `otp` says on a device.
    #[track_caller]
    pub fn confirm_on(&self, device: &str, door: Door, transaction: &str, otp: &str) -> Answer {
        let path = match door {
            Door::Partner => "/api/v2/partners/auth/confirmOTP",
            _ => "/api/v2/staff/auth/confirmOTP",
        };
        let body = json!({ "otp": otp, "txnId": transaction, "device_id": device });
        self.post(path).json(&body).send()
    }

    /// A key in force, and its text.
    pub fn api_key(&self, change: impl FnOnce(&mut ApiKey)) -> (ApiKey, String) {
        let common = ApiKey::common(KeyHash::new([0; 32]), Timestamp(0));
        let mut key = ApiKey { apis: Apis::all(), ..common };
        change(&mut key);
        let text = KeyText::generate(key.environment, &mut rand::rng()).as_str().to_owned();
        let KeyHash { id, proof } = KeyHash::new(self.registry().hash(text.as_bytes()));
        let key = ApiKey { id, proof, ..key };
        block_on(self.registry().create(&key)).unwrap();
        (key, text)
    }
}

impl<'a> Officer<'a> {
    pub fn get(&self, path: impl Into<String>) -> Call<'a> {
        self.on_duty(self.server.get(path))
    }

    pub fn post(&self, path: impl Into<String>, body: &Value) -> Call<'a> {
        self.on_duty(self.server.post(path)).json(body)
    }

    fn on_duty(&self, call: Call<'a>) -> Call<'a> {
        call.token(&self.token).header("X-Device-Id", &*self.device)
    }
}
