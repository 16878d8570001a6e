//! Whom limits stopped, and what a swarm of bots changed, in a few lines.

use crate::limit::told;
use crate::number::{count, ms, share};
use crate::result::{GroupResult, Phase, RunResult};
use std::io::{self, Write};

/// Writes a line for each group if somebody was stopped or there were bots, and one for each phase of a run with bots.
pub(super) fn write(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    let groups = &result.fairness.groups;
    if result.swarm.is_none() && groups.iter().all(|group| group.limited.is_empty()) {
        return Ok(());
    }
    writeln!(
        out,
        "  {:24} {:>10} {:>10} {:>8} {:>8}  stopped by limits",
        "", "asked", "admitted", "failed", "seats"
    )?;
    groups.iter().try_for_each(|group| writeln!(out, "{}", line(group)))?;
    if let Some(swarm) = &result.swarm {
        phase("without bots", &swarm.without, out)?;
        phase("beside bots", &swarm.with, out)?;
        let (honest, bots) = (count(swarm.honest_seats), count(swarm.bot_seats));
        writeln!(out, "  seats: {honest} to honest people, {bots} to bots")?;
    }
    Ok(())
}

fn line(group: &GroupResult) -> String {
    let name = if group.bots { format!("bots: {}", group.name) } else { group.name.clone() };
    let [asked, admitted, failed, seats] =
        [group.requests, group.admitted, group.failed, group.bookings].map(count);
    let stopped = told(&group.limited);
    let line = format!("  {name:24} {asked:>10} {admitted:>10} {failed:>8} {seats:>8}  {stopped}");
    let left_out = match group.left_out {
        0 => String::new(),
        some => format!(" ({} searches left out while told to wait)", count(some)),
    };
    format!("{}{left_out}", line.trim_end())
}

fn phase(name: &str, phase: &Phase, out: &mut impl Write) -> io::Result<()> {
    let latency = &phase.latency_ms;
    writeln!(
        out,
        "  honest people {name}: {} requests, {} answered, p50 {}, p99 {}, {} booked",
        count(phase.asked),
        share(phase.success),
        ms(latency.p50),
        ms(latency.p99),
        count(phase.bookings)
    )
}
