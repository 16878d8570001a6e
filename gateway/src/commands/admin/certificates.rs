//! Certificates that are not to hold any more, and those that have to be issued again.

use super::{Desk, Ended};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::error::Error;
use std::process::ExitCode;
use uuid::Uuid;

/// What can be done with certificates.
#[derive(Subcommand)]
pub(super) enum Certificates {
    /// Revokes the certificates of a dose for good, by the id of one of them
    Revoke {
        certificate: Uuid,
        /// Why
        #[arg(long)]
        reason: Reason,
    },
    /// Has everything issued again that a revoked key has signed
    Reissue {
        /// The key's id, as did.json names it behind #
        #[arg(long, allow_hyphen_values = true)]
        key: String,
        /// Goes on after this certificate, where a run before was cut off
        #[arg(long)]
        after: Option<Uuid>,
    },
}

/// Why a certificate is revoked.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Reason {
    /// The dose was never given, or to somebody else
    Mistaken,
    /// It was obtained by deceit
    Fraud,
}

impl Certificates {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        match self {
            Self::Revoke { certificate, reason } => {
                let reason = match reason {
                    Reason::Mistaken => "mistaken",
                    Reason::Fraud => "fraud",
                };
                let body = json!({ "certificate_id": certificate, "reason": reason });
                let shown = |answer: &Value| say(&format!("{} revoked", answer["revoked"]));
                desk.post("/api/v2/district/certificates/revoke", &body, shown)
            }
            Self::Reissue { key, after } => reissue(desk, &key, after),
        }
    }
}

/// Goes through all certificates, a thousand at a time, and says how far it has come: whoever is cut off goes on from there.
fn reissue(desk: &Desk, key: &str, after: Option<Uuid>) -> Ended {
    let (mut after, mut revoked) = (json!(after), 0);
    loop {
        let body = json!({ "key_id": key, "after": after });
        let answer = desk.client.post("/api/v2/admin/certificates/reissue", &body)?;
        revoked += number(&answer)?;
        after = answer["next"].clone();
        match after.as_str() {
            Some(next) => say(&format!("{revoked} revoked so far, up to {next}")),
            None => break,
        }
    }
    say(&format!("{revoked} revoked; each is being issued again"));
    Ok(ExitCode::SUCCESS)
}

fn number(answer: &Value) -> Result<u64, Box<dyn Error>> {
    answer["revoked"].as_u64().ok_or_else(|| "the server does not say how many it revoked".into())
}

#[expect(clippy::print_stdout, reason = "it says what it does")]
fn say(text: &str) {
    println!("{text}");
}
