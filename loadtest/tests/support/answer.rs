//! Answers, and the refusals of the contract.

use serde_json::{Value, json};

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
}

/// A refusal of the contract: status, code and text.
pub type Refusal = (u16, &'static str, &'static str);

pub const PARAMETER_MISSING: Refusal = (400, "USRRES0001", "Input parameter missing");
pub const PARAMETER_INVALID: Refusal = (400, "USRRES0002", "Invalid input parameter");
pub const ROUTE_UNKNOWN: Refusal = (404, "USRRES0004", "No such resource");
pub const KEY_REUSED: Refusal =
    (422, "USRRES0010", "This Idempotency-Key was used with a different request");
pub const OTP_INVALID: Refusal = (400, "USRAUT0014", "Invalid OTP");
pub const OTP_NOT_SENT: Refusal = (400, "USRAUT0018", "Generate OTP failed");
pub const NOT_REGISTERED: Refusal = (400, "USRAUT0024", "Beneficiary Not Registered");
pub const NO_BENEFICIARY: Refusal =
    (400, "APPOIN0001", "No beneficiary is registered for this account");
pub const SLOT_INVALID: Refusal = (400, "APPOIN0015", "Invalid Slot Id");
pub const PINCODE_INVALID: Refusal = (400, "APPOIN0018", "Invalid Pincode");
pub const ALREADY_BOOKED: Refusal = (400, "APPOIN0022", "Beneficiary already has an appointment");
pub const DOSE_ORDER: Refusal = (400, "APPOIN0025", "Dose 1 is not recorded");
pub const SOLD_OUT: Refusal = (
    409,
    "APPOIN0040",
    "This vaccination center is completely booked for the selected date. Please try another date or vaccination center.",
);
pub const AGE_OUTSIDE: Refusal = (400, "APPOIN0043", "Age is outside the limits of this session");
pub const NOTHING_TO_CHANGE: Refusal =
    (400, "APPOIN0049", "Already scheduled for this session and slot");
pub const APPOINTMENT_UNKNOWN: Refusal = (400, "APPOIN0050", "No such appointment");
pub const TOO_MANY_BENEFICIARIES: Refusal = (
    400,
    "BENREG0001",
    "The maximum number of beneficiaries is registered with this mobile number",
);
pub const ID_ALREADY_USED: Refusal = (400, "BENREG0002", "This photo id is already registered");

impl Answer {
    pub fn json(value: &Value) -> Self {
        Self::of(200, "application/json; charset=utf-8", value.to_string().into_bytes())
    }

    pub fn refusal((status, code, text): Refusal) -> Self {
        let body = json!({ "errorCode": code, "error": text }).to_string();
        Self::of(status, "application/json; charset=utf-8", body.into_bytes())
    }

    pub fn unauthenticated() -> Self {
        Self::of(401, "text/plain; charset=utf-8", b"Unauthenticated access!".to_vec())
    }

    pub fn forbidden() -> Self {
        let body = br#"{"message":"Forbidden"}"#.to_vec();
        Self::of(403, "application/json; charset=utf-8", body)
    }

    pub fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    pub fn of(status: u16, kind: &'static str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type", kind), ("access-control-allow-origin", "*")];
        Self { status, headers, body }
    }
}

impl From<Result<Answer, Refusal>> for Answer {
    fn from(result: Result<Answer, Refusal>) -> Self {
        result.unwrap_or_else(Self::refusal)
    }
}
