//! Times during which the target answered nothing.

use super::nothing;
use crate::number::{count, ms, of, ratio, seconds, share};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{RunResult, Stalls};

/// How many are listed; the plots show all that the result holds.
const LISTED: usize = 12;

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let stalls = &result.stalls;
    html.leaf("h3", &[], "Stalls");
    if stalls.count == 0 {
        return nothing(html, "The target never stopped answering while something was asked.");
    }
    html.paragraph(summary(stalls, result.duration_s));
    let mut table = Table::new(&["At", "#Length"]);
    let listed = stalls.list.iter().take(LISTED);
    listed.for_each(|&(at_s, long_ms)| table.row([seconds(at_s), ms(long_ms)]));
    table.write(html);
    let untold = stalls.count.saturating_sub(stalls.list.len().min(LISTED) as u64);
    if untold > 0 {
        nothing(html, &format!("and {} more.", count(untold)));
    }
}

fn summary(stalls: &Stalls, duration_s: f64) -> String {
    let stopped = (stalls.total_s * 1e3) as u64;
    let period = stalls.period_s.map_or(String::new(), |period_s| {
        format!(
            " They came every {} (median), which points at something periodic in the target.",
            seconds(period_s)
        )
    });
    format!(
        "The target answered nothing, although asked, {} for {} in all, {} of the run; the longest took {}.{period}",
        of(stalls.count, "time", "times"),
        seconds(stalls.total_s),
        share(ratio(stopped, (duration_s * 1e3) as u64)),
        ms(stalls.longest_ms),
    )
}
