//! What the target broke: first, and with examples.

use super::capitalised;
use crate::number::of;
use crate::report::markup::Html;
use crate::result::{RunResult, Violation};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    if result.violations.is_empty() {
        return;
    }
    html.element("section", &[("id", &"violations")], |html| {
        html.leaf("h2", &[], "What the target broke");
        result.violations.iter().for_each(|violation| one(html, violation));
    });
}

fn one(html: &mut Html, violation: &Violation) {
    html.element("div", &[("class", &"violation")], |html| {
        html.element("h3", &[], |html| {
            html.text(capitalised(violation.kind.meaning()));
            html.leaf("span", &[("class", &"times")], of(violation.count, "time", "times"));
        });
        html.element("ul", &[], |html| {
            violation.examples.iter().for_each(|example| html.leaf("li", &[], example));
        });
        let untold = violation.count.saturating_sub(violation.examples.len() as u64);
        if untold > 0 && !violation.examples.is_empty() {
            html.leaf(
                "p",
                &[("class", &"nothing")],
                format_args!("and {} more.", of(untold, "case", "cases")),
            );
        }
    });
}
