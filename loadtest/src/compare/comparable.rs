//! Whether two runs may be compared: the same traffic, from the same machine, both valid.

use super::rows;
use crate::number::number;
use crate::result::{Machine, RunResult};

/// The fewest rows that show how much a run varies.
const FEWEST_ROWS: usize = 10;
/// Keys of a scenario in which it may differ: where the traffic goes is what is compared, and the seed is told as a remark.
const MAY_DIFFER: [&str; 2] = ["target", "seed"];
/// How many lines of a scenario are shown.
const SHOWN: usize = 3;

/// Why a difference between the runs would not be about the target alone, a sentence each.
pub(super) fn reasons_against(a: &RunResult, b: &RunResult) -> Vec<String> {
    let each = [("A", a), ("B", b)].into_iter().flat_map(|(name, run)| of_one(name, run));
    each.chain(of_both(a, b)).collect()
}

/// What is wrong with one run.
fn of_one(name: &str, run: &RunResult) -> Vec<String> {
    let mut reasons = Vec::new();
    if !run.valid {
        let why = run.invalid_because.first().map_or("it does not say why", String::as_str);
        reasons.push(format!("{name} is an invalid run: {}.", why.trim_end_matches('.')));
    }
    for violation in &run.violations {
        reasons.push(format!(
            "The target broke its promises in {name}: {} ({} ×).",
            violation.kind.meaning(),
            violation.count
        ));
    }
    let rows = rows(run).count();
    if rows < FEWEST_ROWS {
        reasons.push(format!(
            "{name} has {rows} rows of time, too few to know its noise: it takes {FEWEST_ROWS}, better 60."
        ));
    }
    reasons
}

/// What differs between them.
fn of_both(a: &RunResult, b: &RunResult) -> Vec<String> {
    let (one, other) = (&a.scenario, &b.scenario);
    let mut reasons = Vec::new();
    let mut differ = |what: &str, a: String, b: String| {
        if a != b {
            reasons.push(format!("{what}: {a} in A, {b} in B."));
        }
    };
    differ("Different scenarios", one.name.clone(), other.name.clone());
    differ("Different protocols", one.protocol.clone(), other.protocol.clone());
    differ(
        "Different numbers of connections",
        one.connections.to_string(),
        other.connections.to_string(),
    );
    differ("Different numbers of threads", one.threads.to_string(), other.threads.to_string());
    differ(
        "Different numbers of generator machines",
        a.workers.len().to_string(),
        b.workers.len().to_string(),
    );
    differ("Different machines", hardware(&a.machine), hardware(&b.machine));
    if (a.rate_target - b.rate_target).abs() > 0.01 * a.rate_target.max(b.rate_target) {
        differ("Different target rates", number(a.rate_target), number(b.rate_target));
    }
    if one.name == other.name {
        reasons.extend(settings(&one.toml, &other.toml));
    }
    reasons
}

fn hardware(machine: &Machine) -> String {
    format!("{} × {}", machine.processors, machine.processor)
}

/// The lines in which the scenarios as run differ.
fn settings(a: &str, b: &str) -> Option<String> {
    let only = |one: &str, other: &str| -> Vec<String> {
        let lines = one.lines().map(str::trim).filter(|line| !line.is_empty());
        let mattering = lines.filter(|line| !MAY_DIFFER.contains(&key(line)));
        let known: Vec<&str> = other.lines().map(str::trim).collect();
        mattering.filter(|line| !known.contains(line)).map(|line| format!("`{line}`")).collect()
    };
    let (in_a, in_b) = (only(a, b), only(b, a));
    let some = |lines: &[String]| match lines.len() {
        0 => "nothing of the kind".to_owned(),
        all if all > SHOWN => format!("{} and {} more", lines[..SHOWN].join(", "), all - SHOWN),
        _ => lines.join(", "),
    };
    (!in_a.is_empty() || !in_b.is_empty())
        .then(|| format!("Different settings: {} in A, {} in B.", some(&in_a), some(&in_b)))
}

fn key(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

/// What differs without spoiling the comparison, a sentence each.
pub(super) fn remarks(a: &RunResult, b: &RunResult) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut differ = |what: &str, a: &str, b: &str| {
        if a != b {
            remarks.push(format!("{what}: {a} in A, {b} in B."));
        }
    };
    differ("Different targets", &a.scenario.target, &b.scenario.target);
    // Usual, since a target remembers the people of a run: other people who do the same.
    let seeds = [a, b].map(|run| run.scenario.seed.to_string());
    differ("Different seeds", &seeds[0], &seeds[1]);
    differ("Different versions of the generator", &a.version, &b.version);
    differ("Different kernels", &a.machine.kernel, &b.machine.kernel);
    for (name, run) in [("A", a), ("B", b)] {
        let machine = &run.machine;
        if machine.steal_share > 0.01 {
            let percent = number(machine.steal_share * 100.0);
            remarks.push(format!("The host took {percent} % of the processors from {name}."));
        }
        if machine.load_before > 0.5 * machine.processors.max(1) as f64 {
            let load = number(machine.load_before);
            remarks.push(format!("The machine was busy before {name} began: load {load}."));
        }
    }
    remarks
}
