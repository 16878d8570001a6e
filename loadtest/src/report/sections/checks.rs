//! What was checked, how often, and what was found: freshness, bodies, bookings, outcomes left unknown.

use crate::limit::Limit;
use crate::measure::Operation;
use crate::number::{count, of};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{Bookings, Doses, RunResult, Sessions, ViolationKind};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    found(result).write(html);
    if result.freshness.dropped > 0 {
        html.paragraph(format_args!(
            "{} could not be checked because checking fell behind.",
            of(result.freshness.dropped, "sample", "samples")
        ));
    }
    html.leaf("h3", &[], "Unknown outcomes");
    html.paragraph(unknown(&result.bookings));
}

fn found(result: &RunResult) -> Table {
    let (bookings, freshness) = (&result.bookings, &result.freshness);
    let accounts = of(bookings.read_back, "account read back", "accounts read back");
    let sessions = of(bookings.sessions, "session", "sessions");
    let answers = of(freshness.answers, "search answer", "search answers");
    let bodies = of(freshness.bodies, "body", "bodies");
    let mut table = Table::new(&["Rule", "Checked", "#Broken"]);
    let (refusals, untyped) = refusals(result);
    let rules = [
        ("No session sold beyond its capacity", sessions, bookings.oversold),
        ("No acknowledged booking lost", accounts.clone(), bookings.lost),
        ("No person with two live appointments for a dose", accounts, bookings.doubled),
        ("No search shows a seat sold before it was asked for", answers, freshness.stale),
        ("Bodies fit the contract", bodies, freshness.malformed),
        ("Refusals are typed", of(refusals, "refusal", "refusals"), untyped),
    ];
    for (rule, checked, broken) in rules {
        let class = if broken > 0 { "bad" } else { "" };
        table.marked_row(class, [rule.to_owned(), checked, count(broken)]);
    }
    let doses = result.doses.iter().flat_map(of_doses);
    let sessions = result.sessions.iter().flat_map(of_sessions);
    doses.chain(of_certificates(result)).chain(sessions).for_each(|(rule, checked, broken)| {
        let class = if broken > 0 { "bad" } else { "" };
        table.marked_row(class, [rule.to_owned(), checked, count(broken)]);
    });
    table
}

fn of_doses(doses: &Doses) -> [(&'static str, String, u64); 4] {
    let facilities = of(doses.facilities, "facility read back", "facilities read back");
    let districts = of(doses.districts, "district", "districts");
    [
        ("No acknowledged dose lost", facilities.clone(), doses.lost),
        ("No dose recorded or drawn twice", facilities.clone(), doses.doubled),
        ("No refused dose recorded", facilities, doses.ghosts),
        ("The public report grows by the doses", districts, doses.wrong_figures),
    ]
}

/// `None` if nobody waited for any.
fn of_certificates(result: &RunResult) -> Option<(&'static str, String, u64)> {
    let waits = result.operations.get(Operation::Certificate.name())?;
    let checked = of(waits.count, "certificate waited for", "certificates waited for");
    let broken = broken(result, ViolationKind::MissingCertificate);
    Some(("Every acknowledged dose has a certificate", checked, broken))
}

fn of_sessions(sessions: &Sessions) -> [(&'static str, String, u64); 5] {
    let facilities = of(sessions.facilities, "facility read back", "facilities read back");
    let searches = of(sessions.searches, "search", "searches");
    [
        ("Every search shows a session published before it", searches, sessions.hidden),
        ("No published session lost", facilities.clone(), sessions.lost),
        ("No session published twice", facilities.clone(), sessions.doubled),
        (
            "No session with other seats than were published",
            facilities.clone(),
            sessions.wrong_seats,
        ),
        ("No refused session published", facilities, sessions.ghosts),
    ]
}

/// How many refusals there were, and how many of them had no body of the contract.
fn refusals(result: &RunResult) -> (u64, u64) {
    let untyped = broken(result, ViolationKind::UntypedRefusal);
    let typed = result.operations.values().flat_map(|one| {
        let unexpected = one.errors.iter().filter(|(code, _)| Limit::of(code).is_some());
        one.refused.iter().chain(unexpected).map(|(_, times)| times)
    });
    (typed.sum::<u64>() + untyped, untyped)
}

/// How often a rule was broken.
fn broken(result: &RunResult, kind: ViolationKind) -> u64 {
    let broken = result.violations.iter().filter(|violation| violation.kind == kind);
    broken.map(|violation| violation.count).sum()
}

fn unknown(bookings: &Bookings) -> String {
    if bookings.unknown_outcomes == 0 {
        return "Every booking and cancellation got its answer.".to_owned();
    }
    let unsettled = match bookings.unknown_unsettled {
        0 => "all of them settled".to_owned(),
        open => format!("{} did not settle", count(open)),
    };
    format!(
        "The answer to {} never came. Read back afterwards, {} had happened and {} had not; {unsettled}.",
        of(bookings.unknown_outcomes, "booking or cancellation", "bookings and cancellations"),
        count(bookings.unknown_found_done),
        count(bookings.unknown_found_undone),
    )
}
