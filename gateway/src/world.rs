//! One world of a server: production, or a sandbox. Each has its own ledger, people, officials, limits and address; the
//! partners and their keys may be those of another.

use crate::access::Environment;
use crate::access::key::{ApiKey, KeyHash};
use crate::access::key_text::SANDBOX_KEY;
use crate::access::partner::badge::{self, Badges};
use crate::access::registry::Registry;
use crate::admit::{Admission, Gate};
use crate::app::App;
use crate::calendar::Calendar;
use crate::certification::{self, Certification};
use crate::chore::Chore;
use crate::config::{Config, Mode};
use crate::delivery::{Counts, Delivery, DeliveryError, Messenger, Outbox, Texts};
use crate::engine::{self, Engine, EngineError};
use crate::facility::roll::Roll;
use crate::figures;
use crate::handlers::upload::Uploads;
use crate::handlers::verification::Verifications;
use crate::handover::{Handover, Queued, Receiver};
use crate::http::filed;
use crate::http::peer::Peer;
use crate::http::pressure::Pressure;
use crate::http::server::Server;
use crate::identity::documents::{Authority, OwnEyes, SandboxIssuers};
use crate::identity::inquiry::Inquiries;
use crate::identity::otp::Passwords;
use crate::identity::token::Tokens;
use crate::metering::Metering;
use crate::metrics::Gauges;
use crate::no_shows::NoShows;
use crate::projection::{Listener, Projection};
use crate::publisher::{PublishError, Publisher};
use crate::retention::Retention;
use crate::service;
use crate::sessions::desk::Desk;
use crate::sessions::rounds::Rounds;
use crate::sold_out::SoldOut;
use crate::startup::StartError;
use crate::statistics::Statistics;
use crate::wall::Wall;
use hyper::service::service_fn;
use opencowin_inventory::{Budgets, Inventory};
use opencowin_ledger::members::Sharing;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::vault::Vault;
use opencowin_ledger::{Ledger, OpenError as LedgerError, Pace, Parts};
use opencowin_model::programme::{Programme, ProgrammeOptions};
use opencowin_model::{Clock, Pack};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Commands that may wait for the ledger; more are told to come back.
const QUEUE: usize = 16_384;

/// How long the ledger may take to finish what it has accepted when the server closes.
const CLOSING: Duration = Duration::from_secs(20);

/// A world that answers.
pub(crate) struct World {
    app: Arc<App>,
    server: Server,
}

impl World {
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Stops it; whether nothing had to be cut off.
    pub(crate) fn close(self) -> bool {
        self.app.draining.store(true, Ordering::Release);
        let cut_off = self.server.close();
        if cut_off > 0 {
            tracing::warn!(connections = cut_off, "cut off after the drain time");
        }
        if !close_ledger(self.app) {
            tracing::error!(
                "the ledger does not answer; what it has accepted and not acknowledged is left as it is"
            );
            return false;
        }
        cut_off == 0
    }
}

/// Lets go of the ledger, as the last to hold it: it finishes what it has accepted and closes the store. Whether it did in
/// time; a cluster that cannot be reached may never let it.
fn close_ledger(app: Arc<App>) -> bool {
    let (closed, wait) = mpsc::channel();
    let closing = std::thread::Builder::new().name("closing".to_owned()).spawn(move || {
        drop(app);
        // Whoever waited may have given up.
        let _ = closed.send(());
    });
    closing.is_ok() && wait.recv_timeout(CLOSING).is_ok()
}

/// Begins a world: opens its ledger, puts on sale what it has, publishes what is missing, and listens. Its partners and
/// their keys are its own unless they are those of another.
pub(crate) fn begin(
    config: Config,
    pack: &Arc<Pack>,
    vault: &Arc<Vault>,
    open: &impl Fn(&Config) -> Result<Engine, EngineError>,
    partners: Option<Arc<Registry>>,
) -> Result<World, StartError> {
    let started = Instant::now();
    let wall = Wall::new(&config)?;
    let environment = Environment::from(config.mode);
    let tokens = Tokens::new(vault.clone(), environment);
    let clock = Arc::new(Clock::system(0));
    let counts = Counts::default();
    let delivery = delivery(&config, &counts, &clock)?;
    let messenger: Arc<dyn Messenger> = match &delivery {
        Some(delivery) => delivery.clone(),
        None => Arc::new(outbox(&config)?),
    };
    let passwords = Passwords::new(vault, environment, clock.clone(), messenger.clone());
    let engine = open(&config)?;
    let (of_engine, shared) = (engine.figures(), engine.is_shared());
    let inventory =
        Arc::new(Inventory::with_lasting(pack.clone(), Budgets::default(), filed::file));
    let projection = shared.then(|| Projection::new(inventory.clone()));
    let sharing = projection.clone().map(|projection| Sharing::new(Box::new(Listener(projection))));
    let ledger = ledger(&config, pack, engine.store, vault.clone(), clock.clone(), sharing)?;
    let ledger = Arc::new(ledger);
    let keys = certification::Keys::load(&config, vault, &clock)?;
    let exports = certification::Exports::load(&config.exports, pack)?;
    tracing::info!(place = %engine::place(&config).display(), took = ?started.elapsed(), "opened the ledger");

    let publisher = Arc::new(Publisher::new(
        pack.clone(),
        clock.clone(),
        ledger.clone(),
        inventory.clone(),
        projection.clone(),
    ));
    let registry = Arc::new(registry(&config, &ledger)?);
    if let Some(projection) = &projection {
        projection.tell(&registry);
    }
    let loading = Instant::now();
    let (centres, sessions) = block_on(publisher.load())?;
    tracing::info!(centres, sessions, took = ?loading.elapsed(), "loaded what the ledger has on sale");
    ledger.follow();
    let calendar = Calendar::start(publisher.clone(), programme(&config, pack, &publisher))?;
    block_on(ledger.caught_up());

    let renewer = wall.renewer().map_err(PublishError::from)?;
    let admission = Arc::new(Admission::new(&config, registry.clone(), partners, vault));
    let metering = Metering::start(clock.clone(), admission.clone(), pack.clone(), shared);
    let metering = metering.map_err(PublishError::from)?;
    let retention = Retention::start(ledger.clone(), pack.clone()).map_err(PublishError::from)?;
    let no_shows = NoShows::start(ledger.clone(), pack.clone()).map_err(PublishError::from)?;
    let certification = Certification::new(vault, keys, exports, &ledger, &inventory, pack);
    let certifying = certification.start(config.signers).map_err(PublishError::from)?;
    let certified = certification.progress().clone();
    let (handover, handed_over) = handover(&config, &ledger, pack)?;
    if !admission.keeps_limits() {
        tracing::warn!(
            "limits are off: nobody is refused for calling too often, and nothing is metered"
        );
    }
    let engine = move |gauges: &mut Gauges<'_, '_>| {
        of_engine(gauges);
        handed_over.gauges(gauges);
        certified.gauges(gauges);
        if let Some(delivery) = &delivery {
            delivery.gauges(gauges);
        }
    };
    let mut metrics = figures::metrics(&inventory, &ledger, &admission, &wall, engine);
    metrics.register(|registry| counts.register(registry));
    let roll = Roll::new(registry.clone(), inventory.clone(), publisher.clone(), pack.clone());
    let desk = Desk {
        ledger: ledger.clone(),
        registry,
        roll,
        inventory: inventory.clone(),
        publisher: publisher.clone(),
        messenger: messenger.clone(),
        pack: pack.clone(),
        is_shared: shared,
    };
    let rounds = Rounds::start(desk.clone()).map_err(PublishError::from)?;
    let badges = Badges::new(&vault.derive(badge::KEY_LABEL), config.public_url.clone());
    let app = Arc::new(App {
        admission,
        badges,
        authority: authority(config.mode),
        uploads: Uploads::default(),
        verifications: Verifications::default(),
        _metering: metering,
        _retention: retention,
        desk,
        _rounds: rounds,
        _no_shows: no_shows,
        _handover: handover,
        certification,
        _certifying: certifying,
        pack: pack.clone(),
        clock,
        inventory,
        statistics: Statistics::new(ledger.clone(), pack.clone()),
        sold_out: shared.then(|| SoldOut::new(ledger.clone())),
        ledger,
        projection,
        publisher,
        calendar,
        passwords,
        tokens,
        inquiries: Inquiries::new(vault.clone(), environment),
        messenger,
        metrics,
        draining: AtomicBool::new(false),
        _renewer: renewer,
        config,
    });
    let (scheme, server) = (wall.scheme(), listen(&app, &wall)?);
    tracing::info!(
        "ready after {:.1} s on {scheme}://{}, {}; the API is described at /openapi.json, metrics are at /metrics",
        started.elapsed().as_secs_f64(),
        server.address(),
        environment.name(),
    );
    Ok(World { app, server })
}

pub(crate) fn ledger(
    config: &Config,
    pack: &Pack,
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    clock: Arc<Clock>,
    sharing: Option<Sharing>,
) -> Result<Ledger, LedgerError> {
    Ledger::open(Parts {
        store,
        vault,
        environment: config.mode.environment(),
        rules: pack.into(),
        clock,
        seed: rand::random(),
        pace: Pace::default(),
        queue: QUEUE,
        sharing,
    })
}

/// What is known about callers. A sandbox has a key that everybody knows, as has a production server with one beside it.
fn registry(config: &Config, ledger: &Arc<Ledger>) -> Result<Registry, StartError> {
    let has_sandbox = config.mode == Mode::Sandbox || config.sandbox_listen.is_some();
    let common = has_sandbox.then(|| {
        let hash = ledger.hasher().api_key(SANDBOX_KEY.as_bytes());
        ApiKey::common(KeyHash::new(hash), ledger.clock().now())
    });
    let registry = block_on(Registry::load(ledger.clone(), common));
    registry.map_err(|error| PublishError::from(error).into())
}

/// What carries messages to people; a sandbox's stay here.
fn delivery(
    config: &Config,
    counts: &Counts,
    clock: &Arc<Clock>,
) -> Result<Option<Arc<Delivery>>, DeliveryError> {
    let start = || Delivery::start(&config.messages, counts.clone(), clock.clone());
    (config.mode == Mode::Production).then(|| start().map(Arc::new)).transpose()
}

/// What hands reports of adverse events over.
fn handover(
    config: &Config,
    ledger: &Arc<Ledger>,
    pack: &Arc<Pack>,
) -> Result<(Chore, Arc<Queued>), StartError> {
    let receiver = config
        .safety_url
        .as_deref()
        .map(|url| Receiver::new(url, config.safety_key.as_deref()).map_err(StartError::Safety));
    let started = Handover::start(ledger.clone(), pack.clone(), receiver.transpose()?);
    started.map_err(|error| PublishError::from(error).into())
}

fn outbox(config: &Config) -> Result<Outbox, DeliveryError> {
    Ok(Outbox::new(Texts::new(&config.messages.templates)?))
}

/// In a sandbox documents are nobody's whom anybody could ask about.
fn authority(mode: Mode) -> Box<dyn Authority> {
    match mode {
        Mode::Sandbox => Box::new(SandboxIssuers),
        Mode::Production => Box::new(OwnEyes),
    }
}

fn programme(config: &Config, pack: &Arc<Pack>, publisher: &Publisher) -> Option<Programme> {
    let options =
        ProgrammeOptions { seed: config.seed, scale: config.scale, first_day: publisher.today() };
    (config.scale > 0.0).then(|| Programme::new(pack.clone(), options))
}

fn listen(app: &Arc<App>, wall: &Wall) -> Result<Server, StartError> {
    let setup = wall.setup(app.config());
    let listen = setup.address;
    let app = app.clone();
    let service = move |pressure: Pressure| {
        let thread = Arc::new((app.clone(), Gate::new(pressure)));
        move |peer: Peer| {
            // One count per connection and request instead of one shared by all threads.
            let connection = Arc::new((thread.clone(), peer));
            service_fn(move |request| {
                let connection = connection.clone();
                async move {
                    let (thread, peer) = &*connection;
                    let (app, gate) = &**thread;
                    Ok::<_, Infallible>(service::answer(app, gate, peer, request).await)
                }
            })
        }
    };
    Server::start(setup, service).map_err(|error| StartError::Listen(listen, error))
}
