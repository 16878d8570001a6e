//! What has to be known before anybody starts.

use super::control::{Options, RunError};
use super::figures::{self, Figures};
use super::interrupt::Interrupt;
use crate::measure::Failure;
use crate::pacer::Pacer;
use crate::people::{Desk, Places, Setting, Site, Supply, begin_workday, find_sites, today_there};
use crate::scenario::{Flow, Scenario};
use crate::truth::Checker;
use crate::wire::{Dialler, Pool};
use jiff::Zoned;
use opencowin_model::{Date, Pack};
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// What has to be known before anybody starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Scouted {
    pub(super) places: Arc<Places>,
    pub(super) supply: Option<Arc<Supply>>,
    /// The facilities at whose counters staff works, if a scenario has any.
    pub(super) sites: Arc<Vec<Site>>,
    /// The facilities that publish, if a scenario has any.
    pub(super) publishing: Arc<Vec<Site>>,
    /// Doses by district, as the public report counted them before.
    pub(super) figures: Figures,
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
    let desk = desk(setting, options, route).await?;
    if !needs_places(scenario) {
        return Ok(Scouted::default());
    }
    let pack = Pack::india().map_err(|error| unusable(error.to_string()))?;
    let today = today(&desk, &pack, options).await.map_err(unusable)?;
    let places = Places::discover(&desk, &pack, today, scenario.first_day, scenario.days).await;
    let places = Arc::new(places.map_err(|error| unusable(error.to_string()))?);
    desk.places.replace(places.clone());
    let mut scouted = Scouted { places: places.clone(), ..Scouted::default() };
    if let Some((_, counter)) = scenario.counter() {
        let day = places.today();
        let sites = sites(&desk, &day, counter.facilities, options).await.map_err(unusable)?;
        scouted.figures = figures::read(&desk, &sites).await;
        scouted.sites = Arc::new(sites);
    }
    if let Some((_, publisher)) = scenario.publisher() {
        let day = places.days.first().cloned().unwrap_or_default();
        let sites = sites(&desk, &day, publisher.facilities, options).await;
        scouted.publishing = Arc::new(sites.map_err(unusable)?);
    }
    let Some(wanted) = &scenario.supply else { return Ok(scouted) };
    let supply = Supply::scout(&desk, wanted, wishes(scenario, visits), zipf(scenario)).await;
    let supply = supply.map_err(|error| unusable(error.to_string()))?;
    Ok(Scouted { supply: Some(Arc::new(supply)), ..scouted })
}

/// The day that it is in the country. Staff works in the mornings: if there is any, it is made to be one. Where managers publish,
/// the days are the sandbox's.
async fn today(desk: &Desk, pack: &Pack, options: &Options) -> Result<Date, String> {
    let (scenario, zone) = (&desk.setting.scenario, pack.zone());
    let today = if scenario.counter().is_some() {
        begin_workday(desk, zone, options.part.number == 0).await
    } else if scenario.publisher().is_some() {
        today_there(desk, zone).await
    } else {
        Ok(Zoned::now().with_time_zone(zone.clone()).date())
    };
    today.map_err(|error| error.to_string())
}

/// So many facilities that hold sessions on a day, one for each thread of all machines at least.
async fn sites(
    desk: &Desk,
    day: &str,
    wanted: usize,
    options: &Options,
) -> Result<Vec<Site>, String> {
    let places = desk.places.borrow().clone();
    let sites = find_sites(desk, &places, day, wanted).await;
    let sites = sites.map_err(|error| error.to_string())?;
    let (open, threads) = (sites.len(), options.part.of * options.threads.max(1));
    if open < threads {
        return Err(format!("{open} facilities are open, and {threads} threads need one each"));
    }
    Ok(sites)
}

/// A desk for what is asked by the harness alone.
async fn desk(
    setting: &Arc<Setting>,
    options: &Options,
    route: &Route,
) -> Result<Rc<Desk>, RunError> {
    let pool = route.pool(&setting.scenario, options, 1)?;
    pool.warm().await.map_err(|failure| unreachable(options, &route.addresses, &failure))?;
    tokio::task::spawn_local(pool.clone().watch());
    let pacer = Pacer::new().map_err(RunError::System)?;
    tokio::task::spawn_local(pacer.clone().run());
    let (checker, _) = Checker::start(setting.truth.clone()).map_err(RunError::System)?;
    Ok(Desk::new(setting.clone(), usize::MAX - 1, pool, pacer, checker))
}

/// What the public report counts when all is over; nothing of what cannot be read.
pub(super) fn figures_after(
    setting: &Arc<Setting>,
    options: &Options,
    route: &Route,
    sites: &[Site],
) -> Figures {
    let Ok(runtime) = super::thread::runtime() else { return Figures::new() };
    runtime.block_on(async {
        tokio::time::sleep(figures::KEPT).await;
        match desk(setting, options, route).await {
            Ok(desk) => figures::read(&desk, sites).await,
            Err(_) => Figures::new(),
        }
    })
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
