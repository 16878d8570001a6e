//! The sections of the page, in their order: what counts first.

mod chaos;
mod checks;
mod curve;
mod facts;
mod fairness;
mod freshness;
mod generator;
mod head;
mod limits;
mod operations;
mod percentiles;
mod sellout;
mod slo;
mod stalls;
mod throughput;
mod tiles;
mod time;
mod violations;
mod workers;

use super::markup::Html;
use crate::result::RunResult;

/// Writes all of them.
pub(super) fn all(html: &mut Html, result: &RunResult) {
    head::write(html, result);
    violations::write(html, result);
    head::notes(html, result);
    slo::write(html, result);
    tiles::write(html, result);
    section(html, "traffic", "Traffic", |html| throughput::write(html, result));
    section(html, "latency", "Latency", |html| {
        percentiles::write(html, result);
        curve::write(html, result);
    });
    section(html, "seats", "Seats", |html| {
        freshness::write(html, result);
        sellout::write(html, result);
    });
    section(html, "generator", "The generator's own health", |html| generator::write(html, result));
    section(html, "operations", "Operations", |html| operations::write(html, result));
    section(html, "fairness", "Fairness", |html| fairness::write(html, result));
    section(html, "limits", "Limits and bots", |html| limits::write(html, result));
    section(html, "disturbances", "Stalls and chaos", |html| {
        stalls::write(html, result);
        chaos::write(html, result);
    });
    section(html, "checks", "Truth checks", |html| checks::write(html, result));
    section(html, "facts", "Machines and settings", |html| {
        workers::write(html, result);
        facts::write(html, result);
    });
}

fn section(
    html: &mut Html,
    id: &'static str,
    heading: &'static str,
    inside: impl FnOnce(&mut Html),
) {
    html.element("section", &[("id", &id)], |html| {
        html.leaf("h2", &[], heading);
        inside(html);
    });
}

/// What stands where there is nothing to show.
fn nothing(html: &mut Html, sentence: &str) {
    html.leaf("p", &[("class", &"nothing")], sentence);
}

/// A sentence with a capital letter at its beginning.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
