//! Operations: how many, how fast, what was refused and what failed.

use super::nothing;
use crate::number::{bytes, count, ms, number, ratio, share};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{OperationResult, RunResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    if result.operations.is_empty() {
        return nothing(html, "No request was sent.");
    }
    volume(result).write(html);
    html.leaf("h3", &[], "Latency by operation");
    html.paragraph(omission(result));
    latency(result).write(html);
    html.leaf("h3", &[], "Refusals and errors by operation");
    let endings = endings(result);
    if endings.is_empty() {
        return nothing(html, "Every request got the answer that it asked for.");
    }
    endings.write(html);
}

/// Traffic and what was waited for in the order of the API, then what the harness did for itself.
fn ordered(result: &RunResult) -> impl Iterator<Item = (&str, &OperationResult)> {
    let harness = result.operations.iter().filter(|(_, one)| !one.traffic && !one.awaited);
    let harness = harness.map(|(name, one)| (name.as_str(), one));
    result.timed().map(|(name, one)| -> (&str, _) { (name, one) }).chain(harness)
}

fn class(operation: &OperationResult) -> &'static str {
    if operation.traffic || operation.awaited { "" } else { "harness" }
}

/// The name; what is no request and what the harness did for itself are marked.
fn title(name: &str, operation: &OperationResult) -> String {
    match (operation.traffic, operation.awaited) {
        (true, _) => name.to_owned(),
        (false, true) => format!("{name} (wait)"),
        (false, false) => format!("{name} (harness)"),
    }
}

/// What only requests have.
fn of_requests(operation: &OperationResult, cell: String) -> String {
    if operation.awaited { String::new() } else { cell }
}

fn volume(result: &RunResult) -> Table {
    let columns = [
        "Operation",
        "#Count",
        "#Per second",
        "#Share of traffic",
        "#Received",
        "#Per answer",
        "#Refused",
        "#Errors",
    ];
    let mut table = Table::new(&columns);
    let all: u64 = result.traffic().map(|(_, operation)| operation.count).sum();
    for (name, one) in ordered(result) {
        let part = if one.traffic { share(ratio(one.count, all)) } else { String::new() };
        let per_answer = ratio(one.bytes, one.count);
        let cells = [
            title(name, one),
            count(one.count),
            number(one.per_s),
            part,
            of_requests(one, bytes(one.bytes as f64)),
            of_requests(one, bytes(per_answer)),
            count(one.refused.values().sum()),
            count(one.errors.values().sum()),
        ];
        table.marked_row(class(one), cells);
    }
    table
}

fn latency(result: &RunResult) -> Table {
    let columns = ["Operation", "#p50", "#p90", "#p99", "#p99.9", "#Max", "#p99 from the sending"];
    let mut table = Table::new(&columns);
    for (name, one) in ordered(result) {
        let all = one.latency_ms;
        let values = [all.p50, all.p90, all.p99, all.p999, all.max].map(ms);
        let from_sending = of_requests(one, ms(one.service_ms.p99));
        let cells = [title(name, one)].into_iter().chain(values).chain([from_sending]);
        table.marked_row(class(one), cells);
    }
    table
}

/// What a tool that waits for each answer before it sends on would have reported.
fn omission(result: &RunResult) -> String {
    let hidden = |one: &OperationResult| one.latency_ms.p99 - one.service_ms.p99;
    let worst = result.traffic().max_by(|(_, a), (_, b)| hidden(a).total_cmp(&hidden(b)));
    let explained = "Latency counts from the moment at which a request was meant to start. The last column counts from \
                     the moment at which it was sent, as a closed loop would: it leaves out what waited while the \
                     target was slow (coordinated omission).";
    match worst.filter(|(_, one)| hidden(one) > 0.05 * one.latency_ms.p99) {
        Some((name, one)) => format!(
            "{explained} For {name} it would have said {} where people waited {}.",
            ms(one.service_ms.p99),
            ms(one.latency_ms.p99)
        ),
        None => format!("{explained} In this run the two agree."),
    }
}

fn endings(result: &RunResult) -> Table {
    let mut table =
        Table::new(&["Operation", "Ending", "Code or kind", "#Count", "#Of its requests"]);
    for (name, one) in ordered(result) {
        let errors = one.errors.iter().map(|(kind, count)| ("bad", "error", kind, *count));
        let refused = one.refused.iter().map(|(code, count)| ("", "refusal", code, *count));
        let mut all: Vec<_> = refused.chain(errors).collect();
        all.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        for (class, ending, code, times) in all {
            let part = share(ratio(times, one.count));
            let cells = [title(name, one), ending.to_owned(), code.clone(), count(times), part];
            table.marked_row(class, cells);
        }
    }
    table
}
