//! Who got seats, and what it cost them.

use super::nothing;
use crate::number::{NONE, count, number, ratio, share};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{Fairness, RunResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let fairness = &result.fairness;
    if fairness.groups.is_empty() {
        return nothing(html, "The scenario tells no groups of people apart.");
    }
    html.paragraph(indices(fairness));
    groups(fairness).write(html);
}

fn indices(fairness: &Fairness) -> String {
    let say = |index: Option<f64>, over: &str| {
        index.map(|index| format!("{} over {over}", hundredths(index)))
    };
    let known = [say(fairness.jain_groups, "groups"), say(fairness.jain_apps, "apps")];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() {
        return "Too few wanted a seat for Jain's index of fairness.".to_owned();
    }
    format!(
        "Jain's index of seats per person who wanted one: {}. It is 1 if all fared alike, and one divided by their number \
         if one got everything.",
        known.join(", ")
    )
}

/// An index keeps its two places: 0.90 is not 0.9 there.
fn hundredths(index: f64) -> String {
    if index.is_finite() { format!("{index:.2}") } else { NONE.to_owned() }
}

fn groups(fairness: &Fairness) -> Table {
    let columns = [
        "Group",
        "#Visits",
        "#Requests",
        "#Attempts",
        "#Bookings",
        "#Share of bookings",
        "#Requests per booking",
    ];
    let mut table = Table::new(&columns);
    let all: u64 = fairness.groups.iter().map(|group| group.bookings).sum();
    for group in &fairness.groups {
        table.row([
            group.name.clone(),
            count(group.visits),
            count(group.requests),
            count(group.attempts),
            count(group.bookings),
            share(ratio(group.bookings, all)),
            group.requests_per_booking.map_or(NONE.to_owned(), number),
        ]);
    }
    table
}
