//! What was done to the target, and how it took it.

use super::nothing;
use crate::number::{NONE, seconds};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{Chaos, RunResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    html.leaf("h3", &[], "Chaos");
    if result.chaos.is_empty() {
        return nothing(html, "Nothing was done to the target during the run.");
    }
    let columns =
        ["Mark", "Command", "#At", "#Exit status", "#First error after", "#Recovered after"];
    let mut table = Table::new(&columns);
    for (place, chaos) in result.chaos.iter().enumerate() {
        table.marked_row(class(chaos), cells(place, chaos));
    }
    table.write(html);
    nothing(html, "Recovered: answers come at nine tenths of the rate of before, without errors.");
}

fn class(chaos: &Chaos) -> &'static str {
    if chaos.first_error_after_s.is_some() && chaos.recovered_after_s.is_none() {
        "bad"
    } else {
        ""
    }
}

fn cells(place: usize, chaos: &Chaos) -> [String; 6] {
    let unharmed = chaos.first_error_after_s.is_none();
    let missing = if unharmed { NONE } else { "not within the run" };
    [
        format!("C{}", place + 1),
        chaos.command.clone(),
        seconds(chaos.at_s),
        chaos.exit.map_or("still running".to_owned(), |exit| exit.to_string()),
        chaos.first_error_after_s.map_or("no error".to_owned(), seconds),
        chaos.recovered_after_s.map_or(missing.to_owned(), seconds),
    ]
}
