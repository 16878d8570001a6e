//! Mobile numbers, the people registered under them, and what they do.

use super::{Answer, Call, Sale, TestServer};
use opencowin::identity::Door;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// A mobile number that no other test uses.
pub fn mobile() -> String {
    (9_000_000_000 + next()).to_string()
}

/// What registers a person born in 1985, with an identity document of their own.
pub fn person() -> Value {
    let number = 700_000_000_000 + 7 * next();
    json!({
        "name": "Asha Devi", "birth_year": "1985", "gender_id": 2, "photo_id_type": 1,
        "photo_id_number": number.to_string(), "comorbidity_ind": "N", "consent_version": "1",
    })
}

/// A password as clients send it.
pub fn hashed(password: &str) -> String {
    Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The password in the last message of an outbox.
#[track_caller]
pub fn password_in(outbox: &Value) -> String {
    let messages = outbox["messages"].as_array().expect("messages");
    let text = messages.last().and_then(|message| message["text"].as_str()).expect("a message");
    let is_password = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_alphanumeric()).find(is_password).expect("a password").to_owned()
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl TestServer {
    /// Asks for a password; answers the transaction.
    #[track_caller]
    pub fn ask(&self, door: Door, mobile: &str) -> String {
        let answer = self.at(door, paths(door).0).json(&json!({ "mobile": mobile })).send().ok();
        answer["txnId"].as_str().expect("a transaction").to_owned()
    }

    /// A call at a door, with the key where there has to be one.
    fn at(&self, door: Door, path: &str) -> Call<'_> {
        let call = self.post(path);
        if door == Door::Protected { call.key() } else { call }
    }

    /// The password in the last message to a number that was asked for at a door.
    #[track_caller]
    pub fn password(&self, door: Door, mobile: &str) -> String {
        let outbox = self.get(format!("/sandbox/outbox?mobile={mobile}"));
        let outbox = if door == Door::Protected { outbox.key() } else { outbox };
        password_in(&outbox.send().ok())
    }

    /// Confirms what `otp` says, as it is.
    #[track_caller]
    pub fn confirm(&self, door: Door, transaction: &str, otp: &str) -> Answer {
        let body = json!({ "otp": otp, "txnId": transaction });
        self.at(door, paths(door).1).header("User-Agent", "tests").json(&body).send()
    }

    /// Proves a number at a door: ask, read the message, confirm.
    #[track_caller]
    pub fn prove(&self, door: Door, mobile: &str) -> Answer {
        let transaction = self.ask(door, mobile);
        self.confirm(door, &transaction, &hashed(&self.password(door, mobile)))
    }

    /// A token of somebody who lets their own status be told, to nobody but themself.
    #[track_caller]
    pub fn inquirer(&self, mobile: &str) -> String {
        let (ask, confirm) = paths(Door::Status);
        let body = json!({ "mobile_number": mobile, "full_name": "Asha Devi", "consent_version": "2026-11" });
        let asked = self.post(ask).json(&body).send().ok();
        let otp = hashed(&self.password(Door::Status, mobile));
        let body = json!({ "otp": otp, "txnId": asked["txnId"] });
        let token = self.post(confirm).json(&body).send().ok()["token"].clone();
        token.as_str().expect("a token").to_owned()
    }

    /// A new account, logged in through the portal.
    #[track_caller]
    pub fn account(&self) -> Account<'_> {
        self.log_in(Door::Portal, &mobile())
    }

    /// A new account with this many people.
    #[track_caller]
    pub fn family(&self, size: usize) -> (Account<'_>, Vec<String>) {
        let account = self.account();
        let people = (0..size).map(|_| account.register(&person())).collect();
        (account, people)
    }

    #[track_caller]
    pub fn log_in(&self, door: Door, mobile: &str) -> Account<'_> {
        let answer = self.prove(door, mobile).ok();
        let token = answer["token"].as_str().expect("a token").to_owned();
        Account { server: self, mobile: mobile.to_owned(), token }
    }
}

/// Where a door is asked and where it is confirmed.
fn paths(door: Door) -> (&'static str, &'static str) {
    match door {
        Door::Public => ("/api/v2/auth/public/generateOTP", "/api/v2/auth/public/confirmOTP"),
        Door::Protected => ("/api/v2/auth/generateOTP", "/api/v2/auth/confirmOTP"),
        Door::Portal => ("/api/v2/auth/generateMobileOTP", "/api/v2/auth/validateMobileOtp"),
        Door::Staff => ("/api/v2/staff/auth/generateOTP", "/api/v2/staff/auth/confirmOTP"),
        Door::Status => ("/api/v3/vaccination/generateOTP", "/api/v3/vaccination/confirmOTP"),
        Door::Partner => ("/api/v2/partners/auth/generateOTP", "/api/v2/partners/auth/confirmOTP"),
    }
}

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Account<'a> {
    pub server: &'a TestServer,
    pub mobile: String,
    pub token: String,
}

impl<'a> Account<'a> {
    pub fn get(&self, path: impl Into<String>) -> Call<'a> {
        self.server.get(path).token(&self.token)
    }

    pub fn post(&self, path: impl Into<String>, body: &Value) -> Call<'a> {
        self.server.post(path).token(&self.token).json(body)
    }

    pub fn registration(&self, person: &Value) -> Call<'a> {
        self.post("/api/v2/registration/beneficiary/new", person)
    }

    /// Registers a person; answers the reference in digits.
    #[track_caller]
    pub fn register(&self, person: &Value) -> String {
        let reference = &self.registration(person).send().ok()["beneficiary_reference_id"];
        reference.as_str().map_or_else(|| reference.to_string(), str::to_owned)
    }

    #[track_caller]
    pub fn people(&self) -> Vec<Value> {
        let list = self.get("/api/v2/appointment/beneficiaries").send().ok();
        list["beneficiaries"].as_array().expect("a list").clone()
    }

    /// The appointments of a person, as the list shows them.
    #[track_caller]
    pub fn appointments(&self, person: &str) -> Vec<Value> {
        let people = self.people();
        let found = people.iter().find(|item| item["beneficiary_reference_id"] == person);
        found.and_then(|item| item["appointments"].as_array()).expect("appointments").clone()
    }

    /// First doses in the session's first slot.
    pub fn booking(&self, sale: &Sale, people: &[String]) -> Call<'a> {
        self.schedule(&booking(sale, people))
    }

    pub fn schedule(&self, body: &Value) -> Call<'a> {
        self.post("/api/v2/appointment/schedule", body)
    }

    /// Books first doses; answers the appointment.
    #[track_caller]
    pub fn book(&self, sale: &Sale, people: &[String]) -> String {
        let answer = self.booking(sale, people).send().ok();
        assert_eq!(answer["appointment_confirmation_no"], answer["appointment_id"]);
        answer["appointment_id"].as_str().expect("an id").to_owned()
    }

    pub fn rescheduling(&self, appointment: &str, sale: &Sale, slot: usize) -> Call<'a> {
        let body = json!({ "appointment_id": appointment, "session_id": sale.id(), "slot": sale.slot(slot) });
        self.post("/api/v2/appointment/reschedule", &body)
    }

    pub fn cancelling(&self, appointment: &str, people: &[String]) -> Call<'a> {
        let body = json!({ "appointment_id": appointment, "beneficiariesToCancel": people });
        self.post("/api/v2/appointment/cancel", &body)
    }
}

/// The body of a booking of first doses in the session's first slot.
pub fn booking(sale: &Sale, people: &[String]) -> Value {
    json!({ "dose": 1, "session_id": sale.id(), "slot": sale.slot(0), "beneficiaries": people })
}
