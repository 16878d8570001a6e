//! Partners, as the ministry sees them.

use super::table::{self, Column};
use super::{Desk, Ended};
use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &[Column] = &[
    ("PARTNER", "/partner_id"),
    ("ORGANISATION", "/organisation/name"),
    ("STANDING", "/standing"),
    ("WANTS", "/apis_wanted"),
    ("GRANTED", "/apis_granted"),
    ("ENDS", "/ends_at"),
];
const TEST: &[Column] = &[("CALL", "/call"), ("DONE", "/done_at"), ("WHAT", "/text")];

/// What can be done with partners. Each decision needs a reason.
#[derive(Subcommand)]
pub(super) enum Partners {
    /// Lists them, the newest first
    List {
        /// Only those that stand there: applied, proven, declined, approved, live, suspended or terminated
        #[arg(long)]
        standing: Option<String>,
    },
    /// Shows one with everything it told about itself
    Show { partner: Uuid },
    /// Shows how far its integration test has come
    Test { partner: Uuid },
    /// Lets it use APIs: the sandbox first
    Approve {
        #[command(flatten)]
        about: About,
        /// Which, separated by commas [default: those applied for]
        #[arg(long, value_delimiter = ',')]
        apis: Vec<String>,
    },
    /// Does not want it
    Decline(About),
    /// Signs its test off: production opens
    SignOff {
        #[command(flatten)]
        about: About,
        /// For which APIs, separated by commas [default: all that it was granted]
        #[arg(long, value_delimiter = ',')]
        apis: Vec<String>,
    },
    /// Wants to see its test; production rests until that is signed off
    DemandTest(About),
    /// Suspends it
    Suspend(About),
    /// Lets a suspended one go on
    Resume(About),
    /// Ends its access for good
    Terminate(About),
    /// Says in which origins it may embed the page that tells a status; without any, in none
    Origins {
        #[command(flatten)]
        about: About,
        /// Such as https://example.org, separated by commas
        #[arg(long, value_delimiter = ',')]
        origins: Vec<String>,
    },
    /// Asks a terminated one to delete its data
    RequestDeletion(About),
}

/// About whom something is decided, and why.
#[derive(clap::Args)]
pub(super) struct About {
    partner: Uuid,
    /// Why
    #[arg(long)]
    reason: String,
}

impl Partners {
    pub(super) fn run(self, desk: &Desk) -> Ended {
        match self {
            Self::List { standing } => {
                let query = standing.map(|name| format!("?standing={name}")).unwrap_or_default();
                let path = format!("/api/v2/ministry/partners{query}");
                desk.get(&path, |answer| table::print(&answer["partners"], LIST))
            }
            Self::Show { partner } => desk.get(&of(partner, ""), table::print_record),
            Self::Test { partner } => desk.get(&of(partner, "/test"), print_test),
            Self::Approve { about, apis } => about.decide(desk, "approve", &apis),
            Self::Decline(about) => about.decide(desk, "decline", &[]),
            Self::SignOff { about, apis } => about.decide(desk, "sign-off", &apis),
            Self::DemandTest(about) => about.decide(desk, "demand-test", &[]),
            Self::Suspend(about) => about.decide(desk, "suspend", &[]),
            Self::Resume(about) => about.decide(desk, "resume", &[]),
            Self::Terminate(about) => about.decide(desk, "terminate", &[]),
            Self::Origins { about, origins } => about.embed(desk, &origins),
            Self::RequestDeletion(about) => about.decide(desk, "request-deletion", &[]),
        }
    }
}

impl About {
    fn decide(&self, desk: &Desk, decision: &str, apis: &[String]) -> Ended {
        let mut body = json!({ "decision": decision, "reason": self.reason });
        if !apis.is_empty() {
            body["apis"] = json!(apis);
        }
        let shown = |answer: &Value| table::print(&json!([answer]), LIST);
        desk.post(&of(self.partner, "/decision"), &body, shown)
    }

    fn embed(&self, desk: &Desk, origins: &[String]) -> Ended {
        let body = json!({ "origins": origins, "reason": self.reason });
        desk.post(&of(self.partner, "/origins"), &body, table::print_record)
    }
}

fn of(partner: Uuid, what: &str) -> String {
    format!("/api/v2/ministry/partners/{partner}{what}")
}

#[expect(clippy::print_stdout, reason = "the list is what was asked for")]
fn print_test(answer: &Value) {
    for api in answer["apis"].as_array().into_iter().flatten() {
        let missing = api["missing"].as_str().unwrap_or("it can be signed off");
        println!("{}: {missing}", api["api"].as_str().unwrap_or_default());
        table::print(&api["calls"], TEST);
        println!();
    }
}
