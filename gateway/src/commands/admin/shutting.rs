//! Who is shut out, and how much everybody may do.

use super::table::{self, Column};
use super::{Desk, Ended};
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::PathBuf;
use uuid::Uuid;

const BLOCKS: &[Column] = &[
    ("BLOCK", "/id"),
    ("WHO", "/subject"),
    ("HOLDS", "/holds"),
    ("UNTIL", "/until"),
    ("REASON", "/reason"),
];

/// What can be done with blocks.
#[derive(Subcommand)]
pub(super) enum Blocks {
    /// Lists who is or was shut out
    List,
    /// Shuts somebody out
    Add {
        #[command(flatten)]
        whom: Whom,
        /// Why
        #[arg(long)]
        reason: String,
        /// Until when (2021-06-10T00:00:00+05:30) [default: for good]
        #[arg(long)]
        until: Option<String>,
    },
    /// Lets somebody in again
    Lift { block: Uuid },
}

/// Exactly one of these.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Whom {
    /// An API key, by its id
    #[arg(long)]
    key: Option<Uuid>,
    /// A partner, with all its keys
    #[arg(long)]
    partner: Option<Uuid>,
    /// An address or a range of them
    #[arg(long)]
    network: Option<String>,
    /// A mobile number
    #[arg(long)]
    mobile: Option<String>,
}

impl Blocks {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        let one = |answer: &Value| table::print(&json!([answer]), BLOCKS);
        match self {
            Self::List => desk.get("/api/v2/ministry/blocks", |answer| {
                table::print(&answer["blocks"], BLOCKS);
            }),
            Self::Add { whom, reason, until } => {
                let body = json!({
                    "key": whom.key, "partner": whom.partner, "network": whom.network,
                    "mobile": whom.mobile, "reason": reason, "until": until,
                });
                desk.post("/api/v2/ministry/blocks", &body, one)
            }
            Self::Lift { block } => {
                desk.post("/api/v2/ministry/blocks/lift", &json!({ "id": block }), one)
            }
        }
    }
}

/// What can be done with limits.
#[derive(Subcommand)]
pub(super) enum Limits {
    /// Shows those in force, as JSON
    Show,
    /// Puts those of a file in force, on every gateway within a second; what it does not name has its default
    Set {
        /// JSON as `show` prints it
        file: PathBuf,
    },
}

impl Limits {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        match self {
            Self::Show => desk.get("/api/v2/ministry/limits", print_json),
            Self::Set { file } => {
                let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
                let text = std::fs::read(&file).map_err(|error| wrong(&error))?;
                let limits: Value = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
                desk.post("/api/v2/ministry/limits", &limits, print_json)
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the answer is what was asked for")]
fn print_json(answer: &Value) {
    println!("{answer:#}");
}
