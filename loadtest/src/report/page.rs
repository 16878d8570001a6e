//! The page as a whole.

use super::markup::Html;
use super::sections;
use super::verdict::verdict;
use crate::result::RunResult;

/// The report as one self-contained HTML page: no other file, no network, no script needed. Every value of the result is
/// escaped.
pub fn html(result: &RunResult) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n");
    html.element("html", &[("lang", &"en-GB")], |html| {
        html.element("head", &[], |html| head(html, result));
        html.element("body", &[], |html| {
            html.raw(HATCHING);
            html.element("main", &[], |html| sections::all(html, result));
            html.element("footer", &[], |html| footer(html, result));
            html.raw("<script>\n").raw(include_str!("readout.js")).raw("</script>");
        });
    });
    html.raw("\n");
    html.into_string()
}

/// What bands of stalls are filled with; one for all plots.
const HATCHING: &str = r#"<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5"/><path d="M0 0V5"/></pattern></defs></svg>"#;

fn head(html: &mut Html, result: &RunResult) {
    html.empty("meta", &[("charset", &"utf-8")]);
    let viewport = "width=device-width, initial-scale=1";
    html.empty("meta", &[("name", &"viewport"), ("content", &viewport)]);
    html.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
    // Nothing is fetched even if a browser were talked into it.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    html.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &policy)]);
    let name = &result.scenario.name;
    html.leaf("title", &[], format_args!("{} {name}: load test", verdict(result).word));
    html.raw("<style>\n").raw(include_str!("style.css")).raw("</style>");
}

fn footer(html: &mut Html, result: &RunResult) {
    html.paragraph(format_args!(
        "Written by opencowin-loadtest {}. Latencies count from the moment at which a request was meant to start, so \
         that a target that stalls cannot hide what waited meanwhile. Refusals (409 and 429 among them) are answers of \
         the contract and no errors. The JSON of the run holds every number of this page and the full histograms.",
        result.version
    ));
}
