//! Whom limits stopped, and how honest people fared beside bots.

use super::nothing;
use crate::limit::told;
use crate::number::{count, ms, share};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{GroupResult, Phase, RunResult, SwarmResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    if let Some(swarm) = &result.swarm {
        html.paragraph(seats(swarm));
        phases(swarm).write(html);
    }
    let groups = &result.fairness.groups;
    if result.swarm.is_none() && groups.iter().all(|group| group.limited.is_empty()) {
        return nothing(html, "No limit stopped anybody.");
    }
    html.leaf("h3", &[], "Stopped by limits");
    by_group(groups).write(html);
}

fn seats(swarm: &SwarmResult) -> String {
    format!(
        "Bots came after {} s. Honest people got {} seats in the whole run, bots {}.",
        swarm.begins_s,
        count(swarm.honest_seats),
        count(swarm.bot_seats)
    )
}

fn phases(swarm: &SwarmResult) -> Table {
    let columns = [
        "Honest people",
        "#Requests",
        "#Answered",
        "#p50",
        "#p99",
        "#p99.9",
        "#Failed",
        "#Booked",
        "Stopped by limits",
    ];
    let mut table = Table::new(&columns);
    table.row(phase("without bots", &swarm.without));
    table.row(phase("beside bots", &swarm.with));
    table
}

fn phase(name: &str, phase: &Phase) -> [String; 9] {
    let latency = &phase.latency_ms;
    [
        name.to_owned(),
        count(phase.asked),
        share(phase.success),
        ms(latency.p50),
        ms(latency.p99),
        ms(latency.p999),
        count(phase.failed),
        count(phase.bookings),
        told(&phase.limited),
    ]
}

fn by_group(groups: &[GroupResult]) -> Table {
    let columns = [
        "Group",
        "Who",
        "#Requests",
        "#Admitted",
        "#Failed",
        "#Left out",
        "#Seats",
        "Stopped by limits",
    ];
    let mut table = Table::new(&columns);
    for group in groups {
        let who = if group.bots { "bots" } else { "honest" };
        table.row([
            group.name.clone(),
            who.to_owned(),
            count(group.requests),
            count(group.admitted),
            count(group.failed),
            count(group.left_out),
            count(group.bookings),
            told(&group.limited),
        ]);
    }
    table
}
