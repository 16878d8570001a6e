//! What has to be known before anybody starts.

use super::control::{Options, RunError};
use super::interrupt::Interrupt;
use crate::measure::Failure;
use crate::pacer::Pacer;
use crate::people::{Desk, Places, Setting, Supply};
use crate::scenario::{Flow, Scenario};
use crate::truth::Checker;
use crate::wire::{Dialler, Pool};
use opencowin_model::Pack;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What has to be known before anybody starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Scouted {
    pub(super) places: Arc<Places>,
    pub(super) supply: Option<Arc<Supply>>,
}

/// How a target is reached.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) tls: Arc<ClientConfig>,
}

impl Route {
    /// A pool of connections for one thread.
    pub(super) fn pool(
        &self,
        scenario: &Scenario,
        options: &Options,
        limit: usize,
    ) -> Result<std::rc::Rc<Pool>, RunError> {
        let patience = scenario.timeout.0.min(Duration::from_secs(5));
        let dialler = Dialler::new(
            &options.target,
            self.addresses.clone(),
            scenario.protocol,
            &self.tls,
            patience,
        );
        Ok(Pool::new(dialler.map_err(RunError::Unreachable)?, limit))
    }
}

/// Whether anybody in the scenario lives somewhere.
fn needs_places(scenario: &Scenario) -> bool {
    scenario.groups().any(|group| !matches!(group.flow, Flow::Get(_)))
}

/// People who will want a seat, if the rest of the plan holds.
fn wishes(scenario: &Scenario, visits: f64) -> f64 {
    let weights = scenario.visit_weights();
    let groups = scenario.people.iter().zip(weights);
    groups
        .map(|(group, weight)| match &group.flow {
            Flow::Citizen(citizen) if citizen.people > 0 => {
                citizen.people as f64 * citizen.wishes()
            }
            Flow::Citizen(citizen) => visits * weight * citizen.wishes(),
            _ => 0.0,
        })
        .sum()
}

/// Finds out, on a runtime of its own. `visits` is how many are planned.
pub(super) fn scout(
    setting: &Arc<Setting>,
    options: &Options,
    route: &Route,
    visits: f64,
    interrupt: &Interrupt,
) -> Result<Scouted, RunError> {
    let runtime = super::thread::runtime().map_err(RunError::System)?;
    runtime.block_on(async {
        tokio::select! {
            scouted = look(setting, options, route, visits) => scouted,
            () = ended(interrupt) => Err(RunError::Ended),
        }
    })
}

/// Waits until somebody asks for an end.
async fn ended(interrupt: &Interrupt) {
    while !interrupt.ends_traffic() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn look(
    setting: &Arc<Setting>,
    options: &Options,
    route: &Route,
    visits: f64,
) -> Result<Scouted, RunError> {
    let unusable = |why: String| RunError::Unusable(format!("{}: {why}", options.target));
    let scenario = &setting.scenario;
    let pool = route.pool(scenario, options, 1)?;
    pool.warm().await.map_err(|failure| unreachable(options, &route.addresses, &failure))?;
    tokio::task::spawn_local(pool.clone().watch());
    let pacer = Pacer::new().map_err(RunError::System)?;
    tokio::task::spawn_local(pacer.clone().run());
    let (checker, _) = Checker::start(setting.truth.clone()).map_err(RunError::System)?;
    let desk = Desk::new(setting.clone(), usize::MAX - 1, pool, pacer, checker);
    if !needs_places(scenario) {
        return Ok(Scouted::default());
    }
    let pack = Pack::india().map_err(|error| unusable(error.to_string()))?;
    let places = Places::discover(&desk, &pack, scenario.first_day, scenario.days).await;
    let places = Arc::new(places.map_err(|error| unusable(error.to_string()))?);
    desk.places.replace(places.clone());
    let Some(wanted) = &scenario.supply else { return Ok(Scouted { places, supply: None }) };
    let supply = Supply::scout(&desk, wanted, wishes(scenario, visits), zipf(scenario)).await;
    let supply = supply.map_err(|error| unusable(error.to_string()))?;
    Ok(Scouted { places, supply: Some(Arc::new(supply)) })
}

fn zipf(scenario: &Scenario) -> f64 {
    let exponents = scenario
        .people
        .iter()
        .map(|group| if let Flow::Citizen(citizen) = &group.flow { citizen.zipf } else { 0.0 });
    exponents.fold(0.0, f64::max)
}

fn unreachable(options: &Options, addresses: &[SocketAddr], failure: &Failure) -> RunError {
    let tls = if options.target.tls {
        ", or not with a certificate that is trusted (--tls-roots names more)"
    } else {
        ""
    };
    let at: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    RunError::Unreachable(format!(
        "nobody answers at {} ({}): {failure}{tls}",
        options.target,
        at.join(", ")
    ))
}
