//! The title, the verdict, and what a reader must know before any number.

use super::capitalised;
use super::workers::finished;
use crate::number::{of, seconds};
use crate::report::markup::Html;
use crate::report::verdict::{Outcome, verdict};
use crate::result::RunResult;

pub(super) fn write(html: &mut Html, result: &RunResult) {
    html.element("header", &[], |html| {
        html.leaf("p", &[("class", &"kind")], "Load test report");
        html.leaf("h1", &[], name(result));
        html.leaf("p", &[("class", &"about")], &result.scenario.about);
        html.leaf("p", &[("class", &"where")], whereabouts(result));
    });
    let verdict = verdict(result);
    let class = match verdict.outcome {
        Outcome::Failed => "verdict bad",
        Outcome::Invalid | Outcome::Missed => "verdict doubtful",
        Outcome::Valid => "verdict good",
    };
    html.element("p", &[("class", &class), ("id", &"verdict")], |html| {
        html.leaf("strong", &[], verdict.word);
        html.text(" ");
        html.text(verdict.sentence);
    });
}

/// Why the run is invalid, who is missing, what else is worth knowing.
pub(super) fn notes(html: &mut Html, result: &RunResult) {
    sentences(html, "Why this run is invalid", "invalid", &result.invalid_because);
    sentences(html, "Generator machines that did not finish", "missing", &missing(result));
    sentences(html, "Remarks", "remarks", &result.remarks);
}

fn name(result: &RunResult) -> &str {
    if result.scenario.name.is_empty() { "Unnamed scenario" } else { &result.scenario.name }
}

fn whereabouts(result: &RunResult) -> String {
    let target = match result.scenario.target.as_str() {
        "" => String::new(),
        target => format!(" against {target}"),
    };
    let machines = match result.workers.len() as u64 {
        0 => String::new(),
        workers => format!(" from {}", of(workers, "machine", "machines")),
    };
    let when = result.started_at.replace('T', " ").replace('Z', " UTC");
    let comma = if when.is_empty() { "" } else { ", " };
    format!("{} of traffic{target}{machines}{comma}{when}", seconds(result.duration_s))
}

fn missing(result: &RunResult) -> Vec<String> {
    let missing = result.workers.iter().filter(|worker| !finished(worker));
    missing.map(|worker| format!("{}: {}", worker.address, worker.state)).collect()
}

fn sentences(html: &mut Html, heading: &'static str, id: &'static str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    html.element("section", &[("id", &id), ("class", &"notes")], |html| {
        html.leaf("h2", &[], heading);
        html.element("ul", &[], |html| {
            sentences.iter().for_each(|sentence| html.leaf("li", &[], capitalised(sentence)));
        });
    });
}
