//! What somebody needs to judge these numbers, or to run it again.

use crate::number::{bytes, count, number, seconds, share};
use crate::report::markup::Html;
use crate::report::table::facts;
use crate::result::{Machine, RunResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    html.element("div", &[("class", &"pair")], |html| {
        html.element("div", &[], |html| {
            html.leaf("h3", &[], "Machine");
            facts(html, &machine(&result.machine));
        });
        html.element("div", &[], |html| {
            html.leaf("h3", &[], "Settings");
            facts(html, &settings(result));
        });
    });
    html.element("details", &[], |html| {
        html.leaf("summary", &[], "The scenario as it was run");
        html.element("pre", &[], |html| html.leaf("code", &[], &result.scenario.toml));
    });
}

fn machine(machine: &Machine) -> [(&'static str, String); 8] {
    let mebibytes = |number: u64| bytes(number as f64 * 1_048_576.0);
    [
        ("Processor", machine.processor.clone()),
        ("Processors usable", machine.processors.to_string()),
        ("Memory", mebibytes(machine.memory_mib)),
        ("Kernel", machine.kernel.clone()),
        ("Load before", number(machine.load_before)),
        ("Generator's processor time", seconds(machine.generator_cpu_s)),
        ("Generator's memory at most", mebibytes(machine.generator_peak_mib)),
        ("Stolen by the host", share(machine.steal_share)),
    ]
}

fn settings(result: &RunResult) -> [(&'static str, String); 9] {
    let scenario = &result.scenario;
    [
        ("Scenario", scenario.name.clone()),
        ("Target", scenario.target.clone()),
        ("Protocol", scenario.protocol.clone()),
        ("Connections", count(scenario.connections as u64)),
        ("Threads", scenario.threads.to_string()),
        ("Seed", scenario.seed.to_string()),
        ("Started", result.started_at.clone()),
        ("Duration", seconds(result.duration_s)),
        ("Written by", format!("opencowin-loadtest {}", result.version)),
    ]
}
