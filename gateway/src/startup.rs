//! From a configuration to a server that answers, and back.

use crate::access::key::{ApiKey, KeyHash};
use crate::access::key_text::SANDBOX_KEY;
use crate::access::partner::badge::{self, Badges};
use crate::access::registry::Registry;
use crate::admit::{Admission, Gate};
use crate::app::App;
use crate::calendar::Calendar;
use crate::chore::Chore;
use crate::config::{Config, LedgerPlace, Mode};
use crate::delivery::{Counts, Delivery, DeliveryError, Messenger, Outbox, Texts};
use crate::engine::{self, Engine, EngineError, Patience};
use crate::http::filed;
use crate::http::peer::Peer;
use crate::http::places::Places;
use crate::http::pressure::Pressure;
use crate::http::server::{Server, Setup};
use crate::http::tls::{Tls, TlsError};
use crate::identity::otp::Passwords;
use crate::identity::token::Tokens;
use crate::metering::Metering;
use crate::metrics::{Gauges, Metrics};
use crate::projection::{Listener, Projection};
use crate::publisher::{PublishError, Publisher};
use crate::sold_out::SoldOut;
use crate::{keys, service};
use hyper::service::service_fn;
use opencowin_inventory::{Budgets, Inventory};
use opencowin_ledger::check::{self, Report, Violation};
use opencowin_ledger::members::{Sharing, Standing};
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::vault::{KeyFileError, Vault};
use opencowin_ledger::{Ledger, OpenError as LedgerError, Pace, Parts};
use opencowin_model::pack::PackError;
use opencowin_model::programme::{Programme, ProgrammeOptions};
use opencowin_model::{Centre, Clock, Pack, Session};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Commands that may wait for the ledger; more are told to come back.
const QUEUE: usize = 16_384;

/// How often the files of TLS are looked at. Whoever renews certificates does it days before the old ones end.
const RENEWAL: Duration = Duration::from_secs(5);

/// How long the ledger may take to finish what it has accepted when the server closes.
const CLOSING: Duration = Duration::from_secs(20);

/// Why a server did not start; one sentence for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The embedded country pack is wrong.
    #[error("the country pack: {0}")]
    Pack(#[from] PackError),
    /// There is no key file, and making one would not be right.
    #[error(
        "there is no key file {0}; it is needed to read the data (make the first with --mode sandbox)"
    )]
    NoKeys(PathBuf),
    /// The key file is no key file.
    #[error("{0}: {1}")]
    Keys(PathBuf, KeyFileError),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// Where the ledger is kept cannot be opened.
    #[error("{0}")]
    Store(#[from] EngineError),
    /// The ledger that is there cannot be used.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// What is in the ledger cannot be put on sale.
    #[error("{0}")]
    Publisher(#[from] PublishError),
    /// The files of TLS cannot be used.
    #[error("{0}")]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// Messages cannot be sent as the settings say.
    #[error("{0}")]
    Messages(#[from] DeliveryError),
    /// Production cannot do without messages.
    #[error(
        "production mode needs a way to send messages to people: senders in [messages] of the settings file"
    )]
    NoMessenger,
}

/// A server that answers.
pub struct Running {
    app: Arc<App>,
    server: Server,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What it knows about callers.
    pub fn registry(&self) -> &Registry {
        self.app.admission().registry()
    }

    /// Puts centres and sessions on sale, as facilities do.
    ///
    /// # Errors
    /// If the ledger or memory refuses them.
    pub fn publish(
        &self,
        centres: Vec<Centre>,
        sessions: Vec<Session>,
    ) -> Result<(), PublishError> {
        block_on(self.app.publisher().publish(centres, sessions, None))
    }

    /// Stops: readiness goes first, requests that have begun finish, everything acknowledged is on disk. Answers
    /// whether nothing had to be cut off.
    pub fn close(self) -> bool {
        tracing::info!("closing");
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
        tracing::info!("closed");
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

/// Starts a server: opens the ledger, puts on sale what it has, publishes what is missing, and listens.
///
/// # Errors
/// One sentence for whoever started it.
pub fn start(config: Config) -> Result<Running, StartError> {
    start_on(config, |config| Engine::open(config, Patience::Endless))
}

/// Starts a server on an engine of the caller's choice.
///
/// # Errors
/// One sentence for whoever started it.
pub fn start_on(
    config: Config,
    open: impl FnOnce(&Config) -> Result<Engine, EngineError>,
) -> Result<Running, StartError> {
    let started = Instant::now();
    if config.mode == Mode::Production && config.messages.senders.is_empty() {
        return Err(StartError::NoMessenger);
    }
    let wall = Wall::new(&config)?;
    raise_file_limit();
    let pack = Arc::new(Pack::india()?);
    let vault = Arc::new(keys::vault(&config)?);
    let tokens = Tokens::new(vault.clone());
    let clock = Arc::new(Clock::system(0));
    let counts = Counts::default();
    let delivery = delivery(&config, &counts, &clock)?;
    let messenger: Arc<dyn Messenger> = match &delivery {
        Some(delivery) => delivery.clone(),
        None => Arc::new(outbox(&config)?),
    };
    let passwords = Passwords::new(|label| *vault.derive(label), clock.clone(), messenger.clone());
    let engine = open(&config)?;
    let (figures, shared) = (engine.figures(), engine.is_shared());
    let inventory =
        Arc::new(Inventory::with_lasting(pack.clone(), Budgets::default(), filed::file));
    let projection = shared.then(|| Projection::new(inventory.clone()));
    let sharing = projection.clone().map(|projection| Sharing::new(Box::new(Listener(projection))));
    let ledger = ledger(&config, &pack, engine.store, vault.clone(), clock.clone(), sharing)?;
    let ledger = Arc::new(ledger);
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
        projection.tell(registry.clone());
    }
    let loading = Instant::now();
    let (centres, sessions) = block_on(publisher.load())?;
    tracing::info!(centres, sessions, took = ?loading.elapsed(), "loaded what the ledger has on sale");
    ledger.follow();
    let calendar = Calendar::start(publisher.clone(), programme(&config, &pack, &publisher))?;
    block_on(ledger.caught_up());

    let renewer = wall.renewer().map_err(PublishError::from)?;
    let admission = Arc::new(Admission::new(&config, registry, &vault));
    let metering = Metering::start(ledger.clone(), admission.clone(), pack.clone(), shared);
    let metering = metering.map_err(PublishError::from)?;
    if !admission.keeps_limits() {
        tracing::warn!(
            "limits are off: nobody is refused for calling too often, and nothing is metered"
        );
    }
    let engine = move |gauges: &mut Gauges<'_, '_>| {
        figures(gauges);
        if let Some(delivery) = &delivery {
            delivery.gauges(gauges);
        }
    };
    let mut metrics = metrics(&inventory, &ledger, &admission, &wall, engine);
    metrics.register(|registry| counts.register(registry));
    let badges = Badges::new(&vault.derive(badge::KEY_LABEL), config.public_url.clone());
    let app = Arc::new(App {
        admission,
        badges,
        _metering: metering,
        pack,
        clock,
        inventory,
        sold_out: shared.then(|| SoldOut::new(ledger.clone())),
        ledger,
        projection,
        publisher,
        calendar,
        passwords,
        tokens,
        messenger,
        metrics,
        draining: AtomicBool::new(false),
        _renewer: renewer,
        config,
    });
    let scheme = if wall.tls.is_some() { "https" } else { "http" };
    let server = listen(&app, wall)?;
    tracing::info!(
        "ready after {:.1} s on {scheme}://{}; the API is described at /openapi.json, metrics are at /metrics",
        started.elapsed().as_secs_f64(),
        server.address(),
    );
    Ok(Running { app, server })
}

/// Checks the ledger of a stopped server, or one that others work with meanwhile; each violation is handed to `found`.
///
/// # Errors
/// One sentence for whoever asked.
pub fn check(config: &Config, found: impl FnMut(Violation) + Send) -> Result<Report, StartError> {
    if config.ledger == LedgerPlace::Embedded && !config.data.exists() {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        return Err(StartError::File(config.data.clone(), missing));
    }
    let pack = Pack::india()?;
    let vault = Arc::new(keys::vault(config)?);
    let engine = Engine::open(config, Patience::Short)?;
    let clock = Arc::new(Clock::system(0));
    let checked = if engine.is_shared() {
        let environment = config.mode.environment();
        block_on(check::check(engine.store, vault, environment, (&pack).into(), clock, found))
    } else {
        let ledger = ledger(config, &pack, engine.store, vault, clock, None)?;
        block_on(ledger.check(found))
    };
    checked.map_err(|error| StartError::Publisher(error.into()))
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

/// What is known about callers. A sandbox has a key that everybody knows.
fn registry(config: &Config, ledger: &Arc<Ledger>) -> Result<Registry, StartError> {
    let common = (config.mode == Mode::Sandbox).then(|| {
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

fn outbox(config: &Config) -> Result<Outbox, DeliveryError> {
    Ok(Outbox::new(Texts::new(&config.messages.templates)?))
}

fn programme(config: &Config, pack: &Arc<Pack>, publisher: &Publisher) -> Option<Programme> {
    let options =
        ProgrammeOptions { seed: config.seed, scale: config.scale, first_day: publisher.today() };
    (config.scale > 0.0).then(|| Programme::new(pack.clone(), options))
}

/// What stands between the world and the service.
struct Wall {
    places: Arc<Places>,
    tls: Option<Arc<Tls>>,
    pressures: Arc<[Pressure]>,
}

impl Wall {
    fn new(config: &Config) -> Result<Self, TlsError> {
        let proxies = config.trusted_proxies.clone();
        let is_proxy = move |address| proxies.iter().any(|network| network.contains(address));
        Ok(Self {
            places: Places::new(config.connections, config.connections_per_address, is_proxy),
            tls: config.tls.clone().map(Tls::load).transpose()?.map(Arc::new),
            pressures: (0..config.threads).map(|_| Pressure::default()).collect(),
        })
    }

    /// What follows the files of TLS, if there are any.
    fn renewer(&self) -> io::Result<Option<Chore>> {
        let renewing = |tls: &Arc<Tls>| {
            let tls = tls.clone();
            Chore::every(RENEWAL, "renewer", move || tls.refresh())
        };
        self.tls.as_ref().map(renewing).transpose()
    }
}

fn listen(app: &Arc<App>, wall: Wall) -> Result<Server, StartError> {
    let Config { listen, deadlines: limits, .. } = app.config;
    let Wall { places, tls, pressures } = wall;
    let setup = Setup { address: listen, limits, places, tls, pressures };
    let app = app.clone();
    let service = move |pressure: Pressure| {
        // One count per thread and request instead of one shared by all threads.
        let thread = Arc::new((app.clone(), Gate::new(pressure)));
        move |peer: Peer| {
            let thread = thread.clone();
            service_fn(move |request| {
                let thread = thread.clone();
                async move {
                    let (app, gate) = &*thread;
                    Ok::<_, Infallible>(service::answer(app, gate, &peer, request).await)
                }
            })
        }
    };
    Server::start(setup, service).map_err(|error| StartError::Listen(listen, error))
}

/// Figures of the moment that metrics show.
fn metrics(
    inventory: &Arc<Inventory>,
    ledger: &Arc<Ledger>,
    admission: &Arc<Admission>,
    wall: &Wall,
    engine: impl Fn(&mut Gauges<'_, '_>) + Send + Sync + 'static,
) -> Metrics {
    let (inventory, ledger, admission) = (inventory.clone(), ledger.clone(), admission.clone());
    let (places, tls, pressures) = (wall.places.clone(), wall.tls.clone(), wall.pressures.clone());
    Metrics::new(move |gauges: &mut Gauges<'_, '_>| {
        let stats = inventory.stats();
        gauges.set("connections", "Open connections", places.open() as u64);
        gauges.set(
            "connections_turned_away",
            "Connections closed at once, since there were too many or too many from one address",
            places.turned_away(),
        );
        let delay = pressures.iter().map(Pressure::delay).max().unwrap_or_default();
        gauges.set(
            "thread_delay_microseconds",
            "How long what is ready waits for its turn, on the thread where it waits longest",
            delay.as_micros() as u64,
        );
        if let Some(tls) = &tls {
            gauges.set(
                "tls_certificate_expires_seconds",
                "When the certificate in force ends, in Unix seconds",
                u64::try_from(tls.expires()).unwrap_or(0),
            );
        }
        gauges.set("centres", "Centres in the catalogue", stats.centres as u64);
        gauges.set("sessions", "Sessions on sale", stats.sessions as u64);
        gauges.set("fragment_bytes", "Bytes of answers' shared parts", stats.fragment_bytes as u64);
        gauges.set(
            "leaked_reservations",
            "Reservations dropped undecided: a bug",
            stats.leaked_reservations,
        );
        gauges.set(
            "ledger_accepting",
            "1 while the ledger takes commands",
            u64::from(ledger.is_running()),
        );
        if let Some(standing) = ledger.standing() {
            membership(gauges, &standing);
        }
        admission.show(gauges);
        engine(gauges);
    })
}

/// How this gateway stands among those that share its ledger.
fn membership(gauges: &mut Gauges<'_, '_>, standing: &Standing) {
    let behind = standing.behind.map_or(u64::MAX, |behind| behind.as_millis() as u64);
    let figures = [
        ("gateways", "Gateways on this ledger, this one included", standing.members),
        ("feed_behind_milliseconds", "Age of what is known of the other gateways", behind),
        ("feed_entries_read", "Entries of other gateways read", standing.entries),
        ("leases", "Sessions of which this gateway has seats leased", standing.leases),
        ("recalls", "Times that others were asked for their leases", standing.recalls),
        ("gateways_dismissed", "Gateways that this one took for dead", standing.fenced),
        ("rejoined", "Times that this gateway was taken for dead", standing.rejoined),
        ("resyncs", "Times that everything was read again", standing.resyncs),
    ];
    for (name, help, value) in figures {
        gauges.set(name, help, value);
    }
}

/// Lets the process hold as many connections as the system allows it at most.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err()
    {
        tracing::warn!(?current, "the limit of open files could not be raised");
    }
}
