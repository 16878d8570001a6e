//! The thresholds and what became of them.

use super::nothing;
use crate::number::{ms, number, of};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{RunResult, Threshold};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    html.element("section", &[("id", &"slo")], |html| {
        html.leaf("h2", &[], "Service level objectives");
        if result.slo.is_empty() {
            return nothing(html, "None was set for this run.");
        }
        let missed = result.slo.iter().filter(|threshold| !threshold.met).count() as u64;
        let all = result.slo.len() as u64;
        html.paragraph(match missed {
            0 => format!("{} held, all met.", of(all, "threshold", "thresholds")),
            _ => format!("{} of {} missed.", missed, of(all, "threshold", "thresholds")),
        });
        table(&result.slo).write(html);
    });
}

/// Those missed come first.
fn table(thresholds: &[Threshold]) -> Table {
    let mut table = Table::new(&["Threshold", "Held against", "#Measured", "Outcome"]);
    let (met, missed): (Vec<_>, Vec<_>) = thresholds.iter().partition(|threshold| threshold.met);
    for threshold in missed.into_iter().chain(met) {
        let operation = threshold.operation.as_deref().unwrap_or("the whole run");
        let (class, outcome) = if threshold.met { ("", "✓ met") } else { ("bad", "✗ missed") };
        let cells = [&threshold.rule, operation, &measured(threshold), outcome];
        table.marked_row(class, cells.map(str::to_owned));
    }
    table
}

/// What was measured, with the unit in which the rule is written.
fn measured(threshold: &Threshold) -> String {
    let last_digit = threshold.rule.rfind(|character: char| character.is_ascii_digit());
    let unit = last_digit.map_or("", |place| threshold.rule[place + 1..].trim());
    match unit {
        "ms" => ms(threshold.measured),
        "us" | "µs" => ms(threshold.measured / 1e3),
        "s" => ms(threshold.measured * 1e3),
        "" => number(threshold.measured),
        unit => format!("{} {unit}", number(threshold.measured)),
    }
}
