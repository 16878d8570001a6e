//! Officials and staff.

use super::table::{self, Column};
use super::{Desk, Ended};
use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &[Column] = &[
    ("OFFICIAL", "/id"),
    ("NAME", "/name"),
    ("MOBILE", "/mobile_number"),
    ("ROLE", "/role"),
    ("CENTRE", "/scope/center_id"),
    ("DISTRICT", "/scope/district_id"),
    ("STATE", "/scope/state_id"),
    ("SINCE", "/since"),
];

/// What can be done with those in office.
#[derive(Subcommand)]
pub(super) enum Officials {
    /// Lists those within the own area
    List {
        /// Only those of this role
        #[arg(long)]
        role: Option<String>,
    },
    /// Appoints somebody
    Appoint {
        /// Their mobile number
        #[arg(long)]
        mobile: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// vaccinator, verifier, facility-manager, district-officer, state-officer, ministry or auditor
        #[arg(long)]
        role: String,
        /// At which facility
        #[arg(long)]
        center: Option<u32>,
        /// In which district
        #[arg(long)]
        district: Option<u16>,
        /// In which state
        #[arg(long)]
        state: Option<u16>,
    },
    /// Dismisses somebody; their tokens are refused from then on
    Dismiss {
        official: Uuid,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

impl Officials {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        let one = |answer: &Value| table::print(&json!([answer]), LIST);
        match self {
            Self::List { role } => {
                let query = role.map(|role| format!("?role={role}")).unwrap_or_default();
                let path = format!("/api/v2/officials{query}");
                desk.get(&path, |answer| table::print(&answer["officials"], LIST))
            }
            Self::Appoint { mobile, name, role, center, district, state } => {
                let body = json!({
                    "mobile": mobile, "name": name, "role": role,
                    "center_id": center, "district_id": district, "state_id": state,
                });
                desk.post("/api/v2/officials", &body, one)
            }
            Self::Dismiss { official, reason } => {
                let body = json!({ "id": official, "reason": reason });
                desk.post("/api/v2/officials/dismiss", &body, one)
            }
        }
    }
}
