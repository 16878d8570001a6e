//! `capacity`: the highest rate that a target holds.

use super::run::{facts, here, options, scenario, slo};
use super::{Failed, unwritten};
use crate::capacity::{Probe, Search};
use crate::cli::{Capacity, Common};
use crate::result::RunResult;
use crate::run::{self, Interrupt, Options, Slo};
use crate::scenario::{Scenario, Shape, Span};
use std::fs::File;
use std::io::Write;

/// How long each run takes unless the command line says: long enough for a 99th percentile, and short enough for a score of runs.
const EACH: Span = Span::seconds(10);

/// Where the search begins unless the command line says.
const FROM: f64 = 1000.0;

/// What is asked of a target unless the scenario or the command line says.
const USUAL: &str = "p99<10ms,errors<0.1%";

/// Searches, and says what was found: status 0 with an answer, 2 if the generator was the limit, 1 if no rate was held, 3 if an invariant was violated.
pub(super) fn search(arguments: &Capacity, out: &mut impl Write) -> Result<u8, Failed> {
    let (scenario, slo) = prepared(arguments)?;
    let options = options(&arguments.common);
    let interrupt = Interrupt::listen().map_err(|error| Failed::Undone(error.to_string()))?;
    let create = |file| File::create(file).map_err(unwritten);
    let mut kept = arguments.json.as_ref().map(create).transpose()?;
    writeln!(out, "{} against {}: {slo}", scenario.name, options.target).map_err(unwritten)?;
    let search = Search {
        from: arguments.common.rate.unwrap_or(FROM),
        within: arguments.within,
        confirm: arguments.confirm,
    };
    let mut number = 0;
    let mut violated = false;
    let found = search.run(|rate| {
        number += 1;
        let result = one(&scenario, &options, &interrupt, &arguments.common, &slo, rate, number)?;
        if let Some(file) = &mut kept {
            serde_json::to_writer(&mut *file, &result).map_err(unwritten)?;
            writeln!(file).map_err(unwritten)?;
        }
        let probe = judged(&result, &interrupt)?;
        violated |= !result.violations.is_empty();
        let p99 = result.all_traffic().quantile_ms(0.99);
        writeln!(
            out,
            "  {rate:>10.0}/s  p99 {p99:>8.2} ms  errors {:.3} %  {probe:?}",
            100.0 * result.error_share
        )
        .map_err(unwritten)?;
        Ok::<_, Failed>(probe)
    })?;
    write!(out, "{found}").map_err(unwritten)?;
    if violated {
        writeln!(out, "An invariant was violated meanwhile: run the scenario by itself.")
            .map_err(unwritten)?;
    }
    Ok(match (violated, found.is_about_the_target(), found.held > 0.0) {
        (true, ..) => 3,
        (_, false, _) => 2,
        (_, _, held) => u8::from(!held),
    })
}

/// The scenario at a constant rate, and what is asked of the target.
fn prepared(arguments: &Capacity) -> Result<(Scenario, Slo), Failed> {
    let common =
        Common { rate: Some(arguments.common.rate.unwrap_or(FROM)), ..arguments.common.clone() };
    let mut scenario = scenario(&arguments.scenario, &common)?;
    if let Some(arrivals) = &mut scenario.arrivals {
        arrivals.shape = Shape::Constant;
    }
    // What is asked for is what a target holds of honest people.
    scenario.swarm = None;
    if arguments.common.duration.is_none() {
        scenario.duration = EACH;
    }
    if !(0.001..=1.0).contains(&arguments.within) {
        return Err(Failed::Usage("--within must lie between 0.001 and 1".to_owned()));
    }
    let asked = slo(&scenario, &arguments.common)?;
    let usual = || USUAL.parse().map_err(Failed::Usage);
    let asked = if asked.is_empty() { usual()? } else { asked };
    Ok((scenario, asked))
}

fn one(
    scenario: &Scenario,
    options: &Options,
    interrupt: &Interrupt,
    common: &Common,
    slo: &Slo,
    rate: f64,
    number: u64,
) -> Result<RunResult, Failed> {
    let mut scenario = scenario.clone();
    if let Some(arrivals) = &mut scenario.arrivals {
        arrivals.rate = Some(rate);
    }
    // Other people each time: those of the run before are registered.
    let options = Options {
        seed: options.seed.wrapping_add(number.wrapping_mul(0x1_0000_0001)),
        ..options.clone()
    };
    let raw = here(&scenario, &options, interrupt, common)?;
    Ok(run::conclude(raw, &scenario, facts(&scenario, &options), slo))
}

fn judged(result: &RunResult, interrupt: &Interrupt) -> Result<Probe, Failed> {
    if interrupt.ends_traffic() {
        return Err(Failed::Undone("ended before there was an answer".to_owned()));
    }
    let met = result.slo.iter().all(|threshold| threshold.met);
    // A target that cannot keep up leaves arrivals behind too; only lateness of its own is the generator's fault.
    Ok(match (result.valid, met) {
        (false, _) => Probe::GeneratorBehind,
        (true, true) => Probe::Met,
        (true, false) => Probe::Missed,
    })
}
