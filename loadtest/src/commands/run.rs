//! `run`: a scenario, from its text to an exit status.

use super::local::Onlooker;
use super::{Failed, summary, unwritten};
use crate::cli::{Common, Run};
use crate::live;
use crate::people::OtpSource;
use crate::report;
use crate::result::{RunResult, ScenarioFacts, WorkerFacts};
use crate::run::{self, Interrupt, Options, Part, Raw, RunError, Slo};
use crate::scenario::{self, Closed, Protocol, Scenario, Span};
use crate::worker;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// Runs a scenario and judges it.
pub(super) fn run(arguments: &Run, out: &mut impl Write) -> Result<u8, Failed> {
    let mut scenario = scenario(&arguments.scenario, &arguments.common)?;
    let slo = slo(&scenario, &arguments.common)?;
    let mut options = options(&arguments.common);
    let interrupt = Interrupt::listen().map_err(|error| Failed::Undone(error.to_string()))?;
    let mut kept = Kept::open(arguments)?;
    let mut remarks = Vec::new();
    if let Some(found) = calibrate(&mut scenario, &options, &interrupt, &arguments.common)? {
        remarks.push(found);
    }
    options.chaos.clone_from(&arguments.chaos);
    let facts = facts(&scenario, &options);
    let (mut raw, workers) = if arguments.workers.is_empty() {
        (here(&scenario, &options, &interrupt, &arguments.common)?, Vec::new())
    } else {
        elsewhere(arguments, &scenario, &options, &interrupt)?
    };
    raw.remarks.splice(0..0, remarks);
    let result = RunResult { workers, ..run::conclude(raw, &scenario, facts, &slo) };
    summary::write(&result, out).map_err(unwritten)?;
    kept.write(&result)?;
    Ok(run::exit_code(&result))
}

/// The scenario, with what the command line changes.
pub(super) fn scenario(name: &str, common: &Common) -> Result<Scenario, Failed> {
    let usage = |error: &dyn std::fmt::Display| Failed::Usage(error.to_string());
    let mut scenario = scenario::load(name).map_err(|error| usage(&error))?;
    if let Some(duration) = common.duration {
        scenario.duration = duration;
    }
    if let Some(connections) = common.connections {
        scenario.connections = connections;
    }
    if let Some(rate) = common.rate {
        let arrivals = scenario.arrivals.as_mut();
        let arrivals = arrivals.ok_or_else(|| {
            Failed::Usage("--rate: this scenario is a closed loop, which has none".to_owned())
        })?;
        (arrivals.rate, arrivals.of_capacity) = (Some(rate), None);
    }
    if common.api_key.is_some() {
        scenario.api_key.clone_from(&common.api_key);
    }
    scenario.check().and_then(|()| scenario.check_key()).map_err(|unfit| usage(&unfit))?;
    Ok(scenario)
}

/// The thresholds: those of the command line, else the scenario's.
pub(super) fn slo(scenario: &Scenario, common: &Common) -> Result<Slo, Failed> {
    match &common.slo {
        Some(slo) => Ok(slo.clone()),
        None => scenario.slo.parse().map_err(Failed::Usage),
    }
}

/// How this machine runs it.
pub(super) fn options(common: &Common) -> Options {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let spare = if common.target.is_here() { processors.div_ceil(2) } else { processors };
    Options {
        target: common.target.clone(),
        // Whole numbers up to here survive JSON readers that know only doubles.
        seed: common.seed.unwrap_or_else(|| rand::random::<u64>() >> 11),
        threads: common.threads.unwrap_or(spare).max(1),
        tls_roots: common.tls_roots.clone(),
        otp: common.otp_command.clone().map_or(OtpSource::Outbox, OtpSource::Command),
        chaos: Vec::new(),
        part: Part::ALL,
    }
}

/// Offers the traffic from this machine.
pub(super) fn here(
    scenario: &Scenario,
    options: &Options,
    interrupt: &Interrupt,
    common: &Common,
) -> Result<Raw, Failed> {
    let mut view = live::view(common.show).map_err(|error| Failed::Undone(error.to_string()))?;
    let mut onlooker = Onlooker {
        scenario: scenario.name.clone(),
        target: options.target.to_string(),
        duration_s: scenario.duration.as_s(),
        connections: scenario.connections,
        view: view.as_mut(),
    };
    let raw = run::offer(scenario, options, interrupt, &mut onlooker);
    let _ = view.close();
    raw.map_err(failed)
}

/// Has the traffic offered by workers.
fn elsewhere(
    arguments: &Run,
    scenario: &Scenario,
    options: &Options,
    interrupt: &Interrupt,
) -> Result<(Raw, Vec<WorkerFacts>), Failed> {
    let mut view =
        live::view(arguments.common.show).map_err(|error| Failed::Undone(error.to_string()))?;
    let secret = arguments.secret.as_deref().unwrap_or_default();
    let gathered =
        worker::lead(&arguments.workers, secret, scenario, options, interrupt, view.as_mut());
    let _ = view.close();
    let gathered = gathered.map_err(|error| Failed::Undone(error.to_string()))?;
    Ok((gathered.raw, gathered.workers))
}

/// Why a run did not begin: what was asked for, or the state of things.
pub(super) fn failed(error: RunError) -> Failed {
    match error {
        RunError::Recording(_) => Failed::Usage(error.to_string()),
        _ => Failed::Undone(error.to_string()),
    }
}

/// The longest that finding out what a target holds takes.
const CALIBRATION: Span = Span::seconds(10);

/// If a scenario asks for a multiple of what the target holds, finds out what that is, in a closed loop of the same
/// people, and sets the rate. Says what was found.
fn calibrate(
    scenario: &mut Scenario,
    options: &Options,
    interrupt: &Interrupt,
    common: &Common,
) -> Result<Option<String>, Failed> {
    let Some(times) = scenario.arrivals.as_ref().and_then(|arrivals| arrivals.of_capacity) else {
        return Ok(None);
    };
    let closed = Closed { people: scenario.connections, think: Span::default() };
    let mut probe = Scenario {
        arrivals: None,
        closed: Some(closed),
        duration: CALIBRATION.min(scenario.duration),
        swarm: None,
        ..scenario.clone()
    };
    probe.name = format!("{} (what the target holds)", scenario.name);
    let mut before = options.clone();
    // Those who come now must not come again as strangers.
    before.seed = options.seed.wrapping_add(1) ^ 1 << 40;
    let raw = here(&probe, &before, interrupt, common)?;
    let held = run::conclude(raw, &probe, ScenarioFacts::default(), &Slo::default());
    // A target that sheds answers quickly; what it held is what it served.
    let served: u64 = held.fairness.groups.iter().map(|group| group.admitted).sum();
    let rate = served as f64 / held.duration_s;
    if !rate.is_normal() || held.error_share > 0.5 {
        return Err(Failed::Undone(
            "the target answered nothing, so that nobody knows what it holds".to_owned(),
        ));
    }
    if let Some(arrivals) = &mut scenario.arrivals {
        (arrivals.rate, arrivals.of_capacity) = (Some(times * rate), None);
    }
    Ok(Some(format!(
        "In a closed loop of {} people the target held {rate:.0} requests/s; the rate is {times} times that.",
        probe.connections
    )))
}

/// What a result says about the scenario.
pub(super) fn facts(scenario: &Scenario, options: &Options) -> ScenarioFacts {
    let protocol = match scenario.protocol {
        Protocol::Http1 => "http/1.1",
        Protocol::Http2 => "http/2",
    };
    ScenarioFacts {
        name: scenario.name.clone(),
        about: scenario.about.clone(),
        target: options.target.to_string(),
        seed: options.seed,
        connections: scenario.connections,
        threads: options.threads,
        protocol: if options.target.tls {
            format!("{protocol} over TLS")
        } else {
            protocol.to_owned()
        },
        toml: toml::to_string(&without_key(scenario)).unwrap_or_default(),
    }
}

/// Results are sent around; a key is not for everybody's eyes.
fn without_key(scenario: &Scenario) -> Scenario {
    let api_key = scenario.api_key.as_ref().map(|_| "not shown".to_owned());
    Scenario { api_key, ..scenario.clone() }
}

/// Files that are to be written in the end, opened in the beginning: an hour later would be too late to find out that one cannot be.
struct Kept {
    json: Option<(PathBuf, File)>,
    report: Option<(PathBuf, File)>,
}

impl Kept {
    fn open(arguments: &Run) -> Result<Self, Failed> {
        let create = |file: &PathBuf| {
            let created = File::create(file);
            created
                .map(|opened| (file.clone(), opened))
                .map_err(|error| unwritten(format!("{}: {error}", file.display())))
        };
        let report = Some(&arguments.report).filter(|file| file.as_os_str() != "-");
        Ok(Self {
            json: arguments.json.as_ref().map(create).transpose()?,
            report: report.map(create).transpose()?,
        })
    }

    fn write(&mut self, result: &RunResult) -> Result<(), Failed> {
        if let Some((name, file)) = &mut self.json {
            let json = serde_json::to_vec(result).map_err(unwritten)?;
            file.write_all(&json)
                .map_err(|error| unwritten(format!("{}: {error}", name.display())))?;
        }
        if let Some((name, file)) = &mut self.report {
            let page = report::html(result);
            file.write_all(page.as_bytes())
                .map_err(|error| unwritten(format!("{}: {error}", name.display())))?;
        }
        Ok(())
    }
}
