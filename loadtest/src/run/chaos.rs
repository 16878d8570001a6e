//! What is done to a target while it works.

use crate::measure::{Interval, Timeline};
use crate::result::Chaos;
use crate::scenario::Span;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use thiserror::Error;

/// A command at a moment: `kill -9 $(cat pid)@20s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChaosPlan {
    /// What the shell runs.
    pub command: String,
    /// When, from the start.
    pub at: Span,
}

/// Why a text is no such plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a command and a moment, such as 'kill -9 1234@20s'")]
pub struct ChaosError(String);

impl FromStr for ChaosPlan {
    type Err = ChaosError;

    fn from_str(text: &str) -> Result<Self, ChaosError> {
        let refused = || ChaosError(text.to_owned());
        let (command, at) = text.rsplit_once('@').ok_or_else(refused)?;
        let at = at.parse().map_err(|_| refused())?;
        if command.trim().is_empty() {
            return Err(refused());
        }
        Ok(Self { command: command.to_owned(), at })
    }
}

impl ChaosPlan {
    /// Runs the command at its moment, on a thread of its own that ends with the command. What it prints goes to the
    /// standard error stream. Commands that run on, such as a restarted server, are left alone.
    fn arm(&self, start: Instant) -> std::io::Result<JoinHandle<Option<i32>>> {
        let plan = self.clone();
        std::thread::Builder::new().name("chaos".to_owned()).spawn(move || {
            std::thread::sleep((start + plan.at.0).saturating_duration_since(Instant::now()));
            let ended = Command::new("sh")
                .arg("-c")
                .arg(&plan.command)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status();
            ended.ok()?.code()
        })
    }

    /// What came of it, as the run in time shows.
    fn outcome(&self, exit: Option<i32>, timeline: &Timeline) -> Chaos {
        let at_s = self.at.as_s();
        let rows = timeline.rows();
        let before = usual(rows, at_s);
        let after = rows.iter().filter(|row| row.at_s + row.length_s > at_s);
        let first_error = after.clone().find(|row| !row.errors.is_empty());
        let last_bad = after.clone().rev().find(|row| !is_well(row, before));
        let recovered = match last_bad {
            None => Some(0.0),
            Some(bad) => {
                let end = bad.at_s + bad.length_s;
                after.clone().any(|row| row.at_s >= end - 0.01).then_some(end - at_s)
            }
        };
        Chaos {
            command: self.command.clone(),
            at_s,
            exit,
            first_error_after_s: first_error.map(|row| (row.at_s - at_s).max(0.0)),
            recovered_after_s: recovered,
        }
    }
}

/// The share of what was asked that was answered before a moment.
fn usual(rows: &[Interval], at_s: f64) -> f64 {
    let before = rows.iter().filter(|row| row.at_s + row.length_s <= at_s);
    let (ended, target) = before
        .fold((0.0, 0.0), |(ended, target), row| (ended + row.ended as f64, target + row.target));
    if target > 0.0 { (ended / target).min(1.0) } else { 1.0 }
}

/// Whether an interval is as good as those before: at least 90 % of what was asked for is answered, without errors.
fn is_well(row: &Interval, usual: f64) -> bool {
    row.errors.is_empty() && row.ended as f64 >= 0.9 * usual * row.target
}

/// Commands that wait for their moments.
pub struct Armed(Vec<(ChaosPlan, JoinHandle<Option<i32>>)>);

/// How long commands that are still running are waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Lets commands wait for their moments, counted from the start.
///
/// # Errors
/// If the system has no thread left.
pub fn arm_chaos(plans: &[ChaosPlan], start: Instant) -> std::io::Result<Armed> {
    plans
        .iter()
        .map(|plan| Ok((plan.clone(), plan.arm(start)?)))
        .collect::<Result<_, _>>()
        .map(Armed)
}

impl Armed {
    /// What came of each, as the run in time shows.
    pub fn outcomes(self, timeline: &Timeline) -> Vec<Chaos> {
        self.0.into_iter().map(|(plan, thread)| plan.outcome(exit(thread), timeline)).collect()
    }
}

/// The exit status of a command, if it ends soon.
fn exit(thread: JoinHandle<Option<i32>>) -> Option<i32> {
    let until = Instant::now() + PATIENCE;
    while !thread.is_finished() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    if thread.is_finished() { thread.join().ok().flatten() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_plan_is_a_command_and_a_moment() {
        let plan: ChaosPlan = "ssh a@b 'kill -9 5'@2s".parse().unwrap();
        assert_eq!((plan.command.as_str(), plan.at), ("ssh a@b 'kill -9 5'", Span::seconds(2)));
        for text in ["kill", "kill@", "kill@soon", "@2s"] {
            assert!(text.parse::<ChaosPlan>().is_err(), "{text}");
        }
    }

    #[test]
    fn recovery_is_told_from_the_run_in_time() {
        let mut timeline = Timeline::default();
        for second in 0..10 {
            let down = (4..7).contains(&second);
            let errors =
                if down { BTreeMap::from([("connect".to_owned(), 50)]) } else { BTreeMap::new() };
            timeline.add(&Interval {
                at_s: f64::from(second),
                length_s: 1.0,
                target: 100.0,
                ended: 100,
                errors,
                ..Interval::default()
            });
        }
        let chaos = "true@4s".parse::<ChaosPlan>().unwrap().outcome(Some(0), &timeline);
        assert_eq!((chaos.first_error_after_s, chaos.recovered_after_s), (Some(0.0), Some(3.0)));
        let never = "true@4s".parse::<ChaosPlan>().unwrap();
        timeline.add(&Interval {
            at_s: 10.0,
            length_s: 1.0,
            target: 100.0,
            ended: 10,
            ..Interval::default()
        });
        assert_eq!(never.outcome(None, &timeline).recovered_after_s, None);
    }
}
