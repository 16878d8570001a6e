//! One-time passwords, the outbox in which they can be read, and the tokens that they are exchanged for.

use super::answer::{self, Answer, Refusal};
use super::routes::text;
use super::wire::Request;
use super::world::Person;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Passwords and tokens.
#[derive(Default)]
pub struct Doors {
    /// By transaction.
    asked: HashMap<String, Asked>,
    outboxes: HashMap<String, Vec<Value>>,
    /// By token: mobile number, whether the public door.
    tokens: HashMap<String, (String, bool)>,
    count: u64,
}

struct Asked {
    mobile: String,
    password: String,
    public: bool,
}

impl Doors {
    /// Sends a password to any well-formed number.
    pub fn ask(&mut self, request: &Request, public: bool) -> Result<Answer, Refusal> {
        let mobile = text(&request.json()["mobile"])?;
        let right = mobile.len() == 10 && mobile.starts_with(['6', '7', '8', '9']);
        if !right || mobile.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(answer::OTP_NOT_SENT);
        }
        self.count += 1;
        let password = format!("{:06}", self.count * 7919 % 1_000_000);
        let transaction = Uuid::new_v4().to_string();
        let text = format!(
            "Your OTP to register/access OpenCoWIN is {password}. It is valid for 3 minutes. Do not share it with anyone."
        );
        let message = json!({ "text": text, "sent_at": jiff::Timestamp::now().to_string() });
        self.outboxes.entry(mobile.clone()).or_default().push(message);
        self.asked.insert(transaction.clone(), Asked { mobile, password, public });
        Ok(Answer::json(&json!({ "txnId": transaction })))
    }

    /// Exchanges a password for a token. It serves once.
    pub fn confirm(
        &mut self,
        request: &Request,
        public: bool,
        accounts: &BTreeMap<String, Vec<Person>>,
    ) -> Result<Answer, Refusal> {
        let body = request.json();
        let (otp, transaction) = (text(&body["otp"])?, text(&body["txnId"])?);
        let right = |asked: &&Asked| asked.public == public && otp == hashed(&asked.password);
        self.asked.get(&transaction).filter(right).ok_or(answer::OTP_INVALID)?;
        let mobile = self.asked.remove(&transaction).ok_or(answer::OTP_INVALID)?.mobile;
        let is_new = accounts.get(&mobile).is_none_or(Vec::is_empty);
        if public && is_new {
            return Err(answer::NOT_REGISTERED);
        }
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl", Uuid::new_v4().simple());
        self.tokens.insert(token.clone(), (mobile, public));
        let is_new = if is_new { "Y" } else { "N" };
        Ok(Answer::json(&match public {
            true => json!({ "token": token }),
            false => json!({ "token": token, "isNewAccount": is_new }),
        }))
    }

    /// The messages to a number.
    pub fn outbox(&self, request: &Request) -> Result<Answer, Refusal> {
        let mobile = request.query.get("mobile").ok_or(answer::PARAMETER_MISSING)?;
        let messages = self.outboxes.get(mobile).cloned().unwrap_or_default();
        Ok(Answer::json(&json!({ "messages": messages })))
    }

    /// The account that a token opens. One from the public door opens none.
    pub fn account(&self, request: &Request) -> Option<String> {
        let (mobile, public) = self.tokens.get(request.token()?)?;
        (!public).then(|| mobile.clone())
    }

    /// Whose request it is, as far as it tells.
    pub fn mobile_of(&self, request: &Request) -> Option<String> {
        let body = request.json();
        let asked = body["txnId"].as_str().and_then(|id| self.asked.get(id));
        let named = body["mobile"].as_str().map(str::to_owned);
        self.account(request).or(named).or_else(|| asked.map(|asked| asked.mobile.clone()))
    }
}

/// The digits of a password as clients send them.
pub fn hashed(password: &str) -> String {
    Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect()
}
