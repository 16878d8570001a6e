//! Figures from results of this harness.

use super::figure::{Figure, Provenance};
use super::{Held, Measured, PlanError, Positive};
use crate::measure::Operation;
use crate::result::{FORMAT, OperationResult, RunResult};

/// From which share of its traffic on a run is about one kind of request only.
const NEARLY_ALL: f64 = 0.99;

impl Measured {
    /// Figures from results, each with the name of its file, of runs against a server that had `server_cores`.
    ///
    /// A rate per core is the highest that a run held. A run of searches alone speaks for searches, one without for other
    /// requests, a mixed one for both kinds where no other does.
    ///
    /// # Errors
    /// If there is no result, one is unfit as a source, or the cores make no sense.
    pub fn from_results(
        results: &[(&str, &RunResult)],
        server_cores: f64,
    ) -> Result<Self, PlanError> {
        let absurd = |name, why| PlanError::Absurd { name, why };
        let cores = Positive::try_from(server_cores).map_err(|why| absurd("server cores", why))?;
        if results.is_empty() {
            return Err(absurd("results", "there is none".to_owned()));
        }
        let sources: Result<Vec<_>, _> =
            results.iter().map(|(file, result)| Source::new(file, result, cores)).collect();
        Ok(figures(&sources?))
    }
}

fn figures(sources: &[Source<'_>]) -> Measured {
    let best = |of: &dyn Fn(&Source<'_>) -> Option<f64>| {
        let found = sources.iter().filter_map(|source| source.figure(of(source)?));
        found.max_by(|a, b| a.get().total_cmp(&b.get()))
    };
    let assumed = Measured::default();
    let mixed = best(&|source| source.mixed().then(|| source.per_core()));
    let searches = best(&|source| source.searches_only().then(|| source.per_core()));
    let accounts = best(&|source| source.accounts_only().then(|| source.per_core()));
    Measured {
        searches_per_core_s: searches.or(mixed.clone()).unwrap_or(assumed.searches_per_core_s),
        account_requests_per_core_s: accounts
            .or(mixed)
            .unwrap_or(assumed.account_requests_per_core_s),
        bytes_per_search: best(&|source| source.mean_bytes(true))
            .unwrap_or(assumed.bytes_per_search),
        bytes_per_account_request: best(&|source| source.mean_bytes(false))
            .unwrap_or(assumed.bytes_per_account_request),
        ledger_bookings_per_s: best(&|source| Some(source.result.bookings.goodput_per_s))
            .unwrap_or(assumed.ledger_bookings_per_s),
        generator_requests_per_core_s: best(&|source| source.generator_per_core())
            .unwrap_or(assumed.generator_requests_per_core_s),
        held: sources.iter().map(Source::held).collect(),
        ..assumed
    }
}

/// A result that is fit to plan from.
struct Source<'a> {
    file: &'a str,
    result: &'a RunResult,
    cores: Positive,
}

impl<'a> Source<'a> {
    fn new(file: &'a str, result: &'a RunResult, cores: Positive) -> Result<Self, PlanError> {
        match unfit(result) {
            Some(why) => Err(PlanError::Unfit { file: file.to_owned(), why }),
            None => Ok(Self { file, result, cores }),
        }
    }

    /// A figure of this file; `None` if the number says nothing.
    fn figure(&self, value: f64) -> Option<Figure> {
        let provenance = Provenance::Measured { file: self.file.to_owned() };
        Some(Figure { value: Positive::try_from(value).ok()?, provenance })
    }

    fn per_core(&self) -> f64 {
        self.result.rate_achieved / self.cores.get()
    }

    fn of_kind(&self, search: bool) -> impl Iterator<Item = &OperationResult> {
        let traffic = self.result.traffic();
        traffic.filter(move |(name, _)| is_search(name) == search).map(|(_, one)| one)
    }

    fn search_share(&self) -> f64 {
        let count = |search| self.of_kind(search).map(|one| one.count).sum::<u64>() as f64;
        count(true) / (count(true) + count(false))
    }

    fn searches_only(&self) -> bool {
        self.search_share() >= NEARLY_ALL
    }

    fn accounts_only(&self) -> bool {
        self.search_share() <= 1.0 - NEARLY_ALL
    }

    fn mixed(&self) -> bool {
        !self.searches_only() && !self.accounts_only()
    }

    fn mean_bytes(&self, search: bool) -> Option<f64> {
        let count: u64 = self.of_kind(search).map(|one| one.count).sum();
        let bytes: u64 = self.of_kind(search).map(|one| one.bytes).sum();
        (count > 0).then(|| bytes as f64 / count as f64)
    }

    /// Requests per processor second of the machines that offered them.
    fn generator_per_core(&self) -> Option<f64> {
        let count: u64 = self.result.traffic().map(|(_, one)| one.count).sum();
        let cpu_s = match self.result.workers.as_slice() {
            [] => self.result.machine.generator_cpu_s,
            workers => workers.iter().map(|worker| worker.machine.generator_cpu_s).sum(),
        };
        (cpu_s > 0.0).then(|| count as f64 / cpu_s)
    }

    fn held(&self) -> Held {
        Held {
            file: self.file.to_owned(),
            requests_per_s: self.result.rate_achieved,
            server_cores: self.cores.get(),
            p99_ms: self.result.all_traffic().quantile_ms(0.99),
            met: self.result.slo.iter().map(|threshold| threshold.rule.clone()).collect(),
        }
    }
}

/// Why a result says nothing about what its target holds.
fn unfit(result: &RunResult) -> Option<String> {
    if result.format != FORMAT {
        return Some(format!("its format is {}, this program reads {FORMAT}", result.format));
    }
    if !result.valid {
        let why = result.invalid_because.join(" ");
        return Some(format!("the run is invalid, its numbers are not about the target. {why}"));
    }
    if let Some(violation) = result.violations.first() {
        return Some(format!("the target broke a rule: {}", violation.kind.meaning()));
    }
    if let Some(missed) = result.slo.iter().find(|threshold| !threshold.met) {
        let (rule, measured) = (&missed.rule, missed.measured);
        return Some(format!(
            "it missed {rule} (measured {measured:.2}), so its rate was not held"
        ));
    }
    let answered = result.rate_achieved.is_finite() && result.rate_achieved > 0.0;
    (!answered || result.traffic().next().is_none())
        .then(|| "nothing was answered in it".to_owned())
}

fn is_search(name: &str) -> bool {
    use Operation::{
        CalendarByDistrict, CalendarByPin, Districts, FindByDistrict, FindByPin, Get, States,
    };
    let searches =
        [CalendarByDistrict, CalendarByPin, FindByDistrict, FindByPin, States, Districts, Get];
    searches.iter().any(|search| search.name() == name)
}
