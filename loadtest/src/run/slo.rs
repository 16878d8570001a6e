//! Thresholds: what a run is held against.

use crate::measure::Operation;
use crate::result::{OperationResult, RunResult, Threshold};
use std::fmt;
use std::str::FromStr;

/// Thresholds, as they are written: `p99<10ms,errors<0.1%`.
///
/// - `p50`, `p90`, `p99`, `p999`, `max`: latencies from the intended start. They hold for each operation of traffic; `schedule.p99<50ms` for one,
///   and `certificate.p99<2s` for what is waited for.
/// - `errors`: the share of all traffic, in per cent. 409 and 429 are refusals, not errors.
/// - `success`: the share of requests of honest people that were answered, in per cent, with `>`; beside the swarm if there is one.
/// - `rate`: requests per second; `goodput`: bookings per second; both with `>`.
/// - `sell_out`: from the start to the last seat of the sessions in play.
/// - `recovery`: from each chaos command to the return of full service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slo(Vec<Rule>);

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    text: String,
    operation: Option<Operation>,
    metric: Metric,
    above: bool,
    /// In milliseconds, as a share, or per second, as the metric has it.
    limit: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    P50,
    P90,
    P99,
    P999,
    Max,
    Errors,
    Success,
    Rate,
    Goodput,
    SellOut,
    Recovery,
}

const METRICS: [(&str, Metric); 11] = [
    ("p50", Metric::P50),
    ("p90", Metric::P90),
    ("p99", Metric::P99),
    ("p999", Metric::P999),
    ("max", Metric::Max),
    ("errors", Metric::Errors),
    ("success", Metric::Success),
    ("rate", Metric::Rate),
    ("goodput", Metric::Goodput),
    ("sell_out", Metric::SellOut),
    ("recovery", Metric::Recovery),
];

impl Metric {
    fn is_latency(self) -> bool {
        matches!(self, Self::P50 | Self::P90 | Self::P99 | Self::P999 | Self::Max)
    }

    fn is_a_time(self) -> bool {
        self.is_latency() || matches!(self, Self::SellOut | Self::Recovery)
    }

    fn of(self, operation: &OperationResult) -> f64 {
        let latency = &operation.latency_ms;
        match self {
            Self::P50 => latency.p50,
            Self::P90 => latency.p90,
            Self::P99 => latency.p99,
            Self::P999 => latency.p999,
            _ => latency.max,
        }
    }
}

impl Slo {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What became of each threshold. One that holds for each operation has a row for each.
    pub fn judge(&self, result: &RunResult) -> Vec<Threshold> {
        self.0.iter().flat_map(|rule| rule.judge(result)).collect()
    }
}

impl Rule {
    fn judge(&self, result: &RunResult) -> Vec<Threshold> {
        if self.metric.is_latency() {
            let chosen = result.timed().filter(|(name, one)| self.is_about(name, one));
            return chosen
                .map(|(name, one)| self.verdict(Some(name), self.metric.of(one)))
                .collect();
        }
        let never = f64::INFINITY;
        let measured = match self.metric {
            Metric::Errors => result.error_share,
            Metric::Success => result.honest_success(),
            Metric::Rate => result.rate_achieved,
            Metric::Goodput => result.bookings.goodput_per_s,
            Metric::SellOut => result.bookings.time_to_sell_out_s.map_or(never, |s| s * 1e3),
            _ => {
                let recovered =
                    result.chaos.iter().map(|one| one.recovered_after_s.map_or(never, |s| s * 1e3));
                recovered.fold(0.0, f64::max)
            }
        };
        vec![self.verdict(None, measured)]
    }

    /// Whether it is held against an operation. What is waited for has to be named: it takes as long as it may.
    fn is_about(&self, name: &str, operation: &OperationResult) -> bool {
        self.operation.map_or(operation.traffic, |one| one.name() == name)
    }

    fn verdict(&self, operation: Option<&str>, measured: f64) -> Threshold {
        let met = if self.above { measured > self.limit } else { measured < self.limit };
        // JSON has no infinity; what never happened took longer than anything.
        let measured = if measured.is_finite() { measured } else { f64::MAX };
        Threshold {
            rule: self.text.clone(),
            operation: operation.map(str::to_owned),
            measured,
            met,
        }
    }
}

impl FromStr for Slo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rules = text.split(',').map(str::trim).filter(|rule| !rule.is_empty());
        rules.map(rule).collect::<Result<_, _>>().map(Self)
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let refused = |why: &str| format!("`{text}` is not a threshold: {why}");
    let sign = text.find(['<', '>']).ok_or_else(|| refused("it needs < or >"))?;
    let (left, right) = (text[..sign].trim(), text[sign + 1..].trim());
    let (operation, name) = match left.split_once('.') {
        Some((operation, name)) => {
            let known = Operation::named(operation)
                .ok_or_else(|| refused(&format!("there is no operation `{operation}`")))?;
            (Some(known), name)
        }
        None => (None, left),
    };
    let known = METRICS.iter().find(|(known, _)| *known == name);
    let names = || METRICS.map(|(name, _)| name).join(", ");
    let (_, metric) = known.ok_or_else(|| refused(&format!("`{name}` is none of {}", names())))?;
    if operation.is_some() && !metric.is_latency() {
        return Err(refused(&format!("`{name}` is about the run as a whole")));
    }
    let limit = limit(*metric, right).map_err(|why| refused(&why))?;
    Ok(Rule {
        text: text.to_owned(),
        operation,
        metric: *metric,
        above: text[sign..].starts_with('>'),
        limit,
    })
}

fn limit(metric: Metric, text: &str) -> Result<f64, String> {
    if metric.is_a_time() {
        return Ok(text.parse::<crate::scenario::Span>()?.as_s() * 1e3);
    }
    let is_share = matches!(metric, Metric::Errors | Metric::Success);
    let (number, scale) = match text.strip_suffix('%') {
        Some(number) if is_share => (number, 0.01),
        None if is_share => return Err("errors and success are given in per cent".to_owned()),
        _ => (text.trim_end_matches("/s"), 1.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| format!("`{text}` is not a number"))?;
    if number.is_finite() && number >= 0.0 {
        Ok(number * scale)
    } else {
        Err(format!("`{text}` is out of range"))
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<&str> = self.0.iter().map(|rule| rule.text.as_str()).collect();
        f.write_str(&rules.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::{GroupResult, Quantiles};

    fn result() -> RunResult {
        let mut result =
            RunResult { error_share: 0.002, rate_achieved: 999.0, ..RunResult::default() };
        for (name, p99) in [("schedule", 20.0), ("calendarByPin", 3.0)] {
            let latency_ms = Quantiles { p99, ..Quantiles::default() };
            let operation =
                OperationResult { traffic: true, latency_ms, ..OperationResult::default() };
            result.operations.insert(name.to_owned(), operation);
        }
        result
    }

    fn met(slo: &str) -> Vec<bool> {
        slo.parse::<Slo>().unwrap().judge(&result()).iter().map(|threshold| threshold.met).collect()
    }

    #[test]
    fn a_latency_holds_for_each_operation_or_for_the_one_named() {
        assert_eq!(met("p99<10ms"), [true, false]);
        assert_eq!(met("schedule.p99<50ms"), [true]);
        assert_eq!(met("p99<10ms,errors<0.1%,rate>900"), [true, false, false, true]);
    }

    #[test]
    fn what_is_waited_for_is_held_against_its_own_threshold_alone() {
        let latency_ms = Quantiles { p99: 1900.0, ..Quantiles::default() };
        let awaited = OperationResult { awaited: true, latency_ms, ..OperationResult::default() };
        let mut result = result();
        result.operations.insert("certificate".to_owned(), awaited);
        let judged = "p99<50ms,certificate.p99<2s".parse::<Slo>().unwrap().judge(&result);
        let rows = judged.iter().map(|one| (one.operation.as_deref(), one.met));
        let (pin, book) = (Some("calendarByPin"), Some("schedule"));
        let rows: Vec<_> = rows.collect();
        assert_eq!(rows, [(pin, true), (book, true), (Some("certificate"), true)]);
        let missed = "certificate.p99<1s".parse::<Slo>().unwrap().judge(&result);
        assert!(!missed[0].met, "{missed:?}");
    }

    #[test]
    fn success_is_that_of_honest_people() {
        let group =
            |bots, admitted| GroupResult { bots, requests: 100, admitted, ..Default::default() };
        let mut result = result();
        result.fairness.groups = vec![group(false, 99), group(true, 1)];
        let judged = "success>98%".parse::<Slo>().unwrap().judge(&result);
        assert!(judged[0].met && judged[0].measured == 0.99, "{judged:?}");
    }

    #[test]
    fn what_never_happened_is_not_met_and_stays_json() {
        let judged = "sell_out<2s".parse::<Slo>().unwrap().judge(&result());
        assert!(!judged[0].met && judged[0].measured.is_finite());
    }

    #[test]
    fn what_is_no_threshold_is_refused_with_a_reason() {
        let cases = [
            "p98<1ms",
            "p99=1ms",
            "p99<1",
            "errors<0.1",
            "scedule.p99<1ms",
            "schedule.errors<1%",
            "rate>x",
            "p99<-1ms",
        ];
        for text in cases {
            let said = text.parse::<Slo>().unwrap_err();
            assert!(said.contains(text), "{said}");
        }
    }
}
