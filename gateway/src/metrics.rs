//! Metrics, in the OpenMetrics text format.
//!
//! Counters of a route are made once at start and found by the route's number, so that counting a request takes two
//! atomic additions and no look-up.

use crate::routes::ROUTES;
use http::StatusCode;
use opencowin_admission::Suspicion;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Routed {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    name: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    code: &'static str,
}

const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// What a server counts.
pub struct Metrics {
    registry: Registry,
    routes: Vec<RouteMetrics>,
    refusals: Family<Refused, Counter>,
    suspicions: Family<Named, Counter>,
    alarms: Family<Named, Counter>,
    bytes: Counter,
}

struct RouteMetrics {
    answered: [Counter; CLASSES.len()],
    seconds: Histogram,
}

impl Metrics {
    /// All at zero. `state` is asked for the figures of the moment each time metrics are read.
    pub fn new(state: impl Fn(&mut Gauges<'_, '_>) + Send + Sync + 'static) -> Self {
        let mut registry = Registry::with_prefix("opencowin");
        let answered = Family::<Answered, Counter>::default();
        let seconds = Family::<Routed, Histogram>::new_with_constructor(histogram);
        let refusals = Family::<Refused, Counter>::default();
        let suspicions = Family::<Named, Counter>::default();
        let alarms = Family::<Named, Counter>::default();
        let bytes = Counter::default();
        registry.register("requests", "Requests answered", answered.clone());
        registry.register(
            "request_seconds",
            "From the request's head to its answer",
            seconds.clone(),
        );
        registry.register("refusals", "Requests refused, by error code", refusals.clone());
        registry.register(
            "suspicions",
            "Somebody passed a threshold and has to solve challenges",
            suspicions.clone(),
        );
        registry.register("alarms", "What an operator should look at", alarms.clone());
        registry.register("answer_bytes", "Bytes of answers' bodies", bytes.clone());
        registry.register_collector(Box::new(State(Box::new(state))));
        let of_route = |route: &'static str| RouteMetrics {
            answered: CLASSES.map(|class| answered.get_or_create_owned(&Answered { route, class })),
            seconds: seconds.get_or_create_owned(&Routed { route }),
        };
        let routes = ROUTES.iter().map(|route| of_route(route.name)).collect();
        Self { registry, routes, refusals, suspicions, alarms, bytes }
    }

    /// Shows what another part of the server counts.
    pub fn register(&mut self, part: impl FnOnce(&mut Registry)) {
        part(&mut self.registry);
    }

    /// Counts an answer of the route at `route` in the table.
    pub fn answered(&self, route: usize, status: StatusCode, took: Duration, bytes: u64) {
        let class = usize::from(status.as_u16() / 100).clamp(2, 5) - 2;
        let metrics = &self.routes[route];
        metrics.answered[class].inc();
        metrics.seconds.observe(took.as_secs_f64());
        self.bytes.inc_by(bytes);
    }

    /// Counts a refusal with this code.
    pub fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&Refused { code }).inc();
    }

    /// Counts that somebody became suspicious.
    pub fn suspected(&self, suspicion: Suspicion) {
        self.suspicions.get_or_create(&Named { name: suspicion.name() }).inc();
    }

    /// Counts what an operator should look at.
    pub fn alarm(&self, name: &'static str) {
        self.alarms.get_or_create(&Named { name }).inc();
    }

    /// All of it as text.
    pub fn render(&self) -> String {
        let mut text = String::with_capacity(64 * 1024);
        prometheus_client::encoding::text::encode(&mut text, &self.registry)
            .expect("invariant: writing to a string does not fail");
        text
    }
}

/// From 50 µs to about 13 s, each bucket twice the one before.
fn histogram() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(50e-6, 2.0, 19))
}

/// Takes the figures of the moment.
pub struct Gauges<'a, 'b> {
    encoder: &'a mut DescriptorEncoder<'b>,
    outcome: std::fmt::Result,
}

impl Gauges<'_, '_> {
    /// One figure, `opencowin_<name>`.
    pub fn set(&mut self, name: &str, help: &str, value: u64) {
        if self.outcome.is_ok() {
            self.outcome = self.encode(name, help, value);
        }
    }

    fn encode(&mut self, name: &str, help: &str, value: u64) -> std::fmt::Result {
        let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        let encoder = self.encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
        gauge.encode(encoder)
    }
}

struct State(Box<dyn Fn(&mut Gauges<'_, '_>) + Send + Sync>);

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

impl Collector for State {
    fn encode(&self, mut encoder: DescriptorEncoder) -> std::fmt::Result {
        let mut gauges = Gauges { encoder: &mut encoder, outcome: Ok(()) };
        (self.0)(&mut gauges);
        gauges.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_can_be_read() {
        let metrics = Metrics::new(|gauges| gauges.set("sessions", "On sale", 7));
        metrics.answered(0, StatusCode::OK, Duration::from_millis(1), 100);
        metrics.refused("APPOIN0040");
        let text = metrics.render();
        for line in [
            r#"opencowin_requests_total{route="states",class="2xx"} 1"#,
            r#"opencowin_refusals_total{code="APPOIN0040"} 1"#,
            "opencowin_sessions 7",
            "opencowin_answer_bytes_total 100",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
    }
}
