//! Keys of partners, as the ministry sees them.

use super::table::{self, Column};
use super::{Desk, Ended};
use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &[Column] = &[
    ("KEY", "/key_id"),
    ("LABEL", "/label"),
    ("ENVIRONMENT", "/environment"),
    ("IN FORCE", "/in_force"),
    ("APIS", "/apis"),
    ("PLAN", "/plan"),
    ("CREATED", "/created_at"),
];

/// What can be done with keys.
#[derive(Subcommand)]
pub(super) enum Keys {
    /// Lists the keys of a partner
    List { partner: Uuid },
    /// Ends a key at once
    Revoke {
        key: Uuid,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Gives a key a quota of its own
    Exception {
        key: Uuid,
        /// For which API
        #[arg(long)]
        api: String,
        /// Calls in a second
        #[arg(long)]
        per_second: u32,
        /// Calls at once
        #[arg(long)]
        burst: u32,
        /// Calls in a day
        #[arg(long)]
        per_day: u64,
        /// The written consent that it rests on
        #[arg(long)]
        consent: String,
    },
    /// Grants the look-up of people to a key; from no network takes it away
    Lookup {
        key: Uuid,
        /// From where, separated by commas: 192.0.2.0/24
        #[arg(long, value_delimiter = ',')]
        networks: Vec<String>,
        /// The paper that allows it
        #[arg(long)]
        reference: String,
    },
    /// Says what of a person a key is shown; what is not named stays as it is
    Elements {
        key: Uuid,
        #[arg(long)]
        birth_year: Option<bool>,
        #[arg(long)]
        gender: Option<bool>,
        #[arg(long)]
        photo_id: Option<bool>,
        #[arg(long)]
        vaccination: Option<bool>,
        #[arg(long)]
        comorbidity: Option<bool>,
    },
}

impl Keys {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        match self {
            Self::List { partner } => {
                let path = format!("/api/v2/ministry/partners/{partner}/keys");
                desk.get(&path, |answer| table::print(&answer["keys"], LIST))
            }
            Self::Revoke { key, reason } => {
                post(desk, "revoke", &json!({ "key_id": key, "reason": reason }))
            }
            Self::Exception { key, api, per_second, burst, per_day, consent } => {
                let body = json!({
                    "key_id": key, "api": api, "per_second": per_second, "burst": burst,
                    "per_day": per_day, "consent": consent,
                });
                post(desk, "exception", &body)
            }
            Self::Lookup { key, networks, reference } => {
                let body = json!({ "key_id": key, "networks": networks, "reference": reference });
                post(desk, "lookup", &body)
            }
            Self::Elements { key, birth_year, gender, photo_id, vaccination, comorbidity } => {
                let body = json!({
                    "key_id": key, "birth_year": birth_year, "gender": gender,
                    "photo_id": photo_id, "vaccination": vaccination, "comorbidity": comorbidity,
                });
                post(desk, "elements", &body)
            }
        }
    }
}

fn post(desk: &Desk, what: &str, body: &Value) -> Ended {
    let shown = |answer: &Value| table::print(&json!([answer]), LIST);
    desk.post(&format!("/api/v2/ministry/keys/{what}"), body, shown)
}
