//! From a configuration to a server that answers, and back.

use crate::app::App;
use crate::config::{Config, LedgerPlace, Mode};
use crate::delivery::DeliveryError;
use crate::engine::{Engine, EngineError, Patience};
use crate::http::tls::TlsError;
use crate::keys;
use crate::publisher::PublishError;
use crate::world::{self, World};
use opencowin_ledger::OpenError as LedgerError;
use opencowin_ledger::check::{self, Report, Violation};
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::vault::KeyFileError;
use opencowin_model::pack::PackError;
use opencowin_model::{Centre, Clock, Pack, Session};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a server did not start; one sentence for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The embedded country pack is wrong.
    #[error("the country pack: {0}")]
    Pack(#[from] PackError),
    /// There is no key file, and making one would not be right.
    #[error(
        "there is no key file {0}; it is needed to read the data (make the first with `opencowin keys new`)"
    )]
    NoKeys(PathBuf),
    /// The key file is no key file.
    #[error("{0}: {1}")]
    Keys(PathBuf, KeyFileError),
    /// There is no file of the keys that sign certificates.
    #[error(
        "there is no file {0} with the keys that sign certificates (make it with `opencowin keys signing new`)"
    )]
    NoSigningKeys(PathBuf),
    /// The keys that sign certificates cannot be read or written.
    #[error("{0}: {1}")]
    SigningKeys(PathBuf, opencowin_certificates::keys::KeyFileError),
    /// Nothing would lock the keys that sign certificates.
    #[error(
        "production mode needs signing-passphrase or signing-program, which lock the keys that sign certificates"
    )]
    NoSigningLock,
    /// Nobody would answer for certificates.
    #[error(
        "production mode needs issuer or public-url: the host under which verifiers find the keys of certificates"
    )]
    NoIssuer,
    /// Certificates cannot be had in the EU's form as the settings say.
    #[error("exports.hcert: {0}")]
    Exports(String),
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
    /// Adverse events cannot be handed over as the settings say.
    #[error("safety-url: {0}")]
    Safety(String),
    /// Production cannot do without messages.
    #[error(
        "production mode needs a way to send messages to people: senders in [messages] of the settings file"
    )]
    NoMessenger,
}

/// A server that answers: one world, or production with a sandbox beside it.
pub struct Running {
    main: World,
    sandbox: Option<World>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.main.address()
    }

    /// Where the sandbox beside it listens, if there is one.
    pub fn sandbox_address(&self) -> Option<SocketAddr> {
        self.sandbox.as_ref().map(World::address)
    }

    /// What its handlers work with, for whoever runs it within a program of their own.
    pub fn app(&self) -> &App {
        self.main.app()
    }

    /// What the handlers of the sandbox beside it work with, if there is one.
    pub fn sandbox_app(&self) -> Option<&App> {
        self.sandbox.as_ref().map(World::app)
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
        block_on(self.main.app().publisher().publish(centres, sessions, None))
    }

    /// Stops: readiness goes first, requests that have begun finish, everything acknowledged is on disk. Answers
    /// whether nothing had to be cut off.
    pub fn close(self) -> bool {
        tracing::info!("closing");
        // The sandbox goes first: its partners and their keys stand in the ledger of production.
        let clean = self.sandbox.is_none_or(World::close);
        let clean = self.main.close() && clean;
        tracing::info!("closed");
        clean
    }
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
    open: impl Fn(&Config) -> Result<Engine, EngineError>,
) -> Result<Running, StartError> {
    if config.mode == Mode::Production && config.messages.senders.is_empty() {
        return Err(StartError::NoMessenger);
    }
    raise_file_limit();
    let pack = Arc::new(Pack::india()?);
    let vault = Arc::new(keys::vault(&config)?);
    let beside = config.sandbox_beside();
    let main = world::begin(config, &pack, &vault, &open, None)?;
    let sandbox = beside.map(|config| {
        let partners = main.app().admission().registry().clone();
        world::begin(config, &pack, &vault, &open, Some(partners))
    });
    Ok(Running { main, sandbox: sandbox.transpose()? })
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
        let ledger = world::ledger(config, &pack, engine.store, vault, clock, None)?;
        block_on(ledger.check(found))
    };
    checked.map_err(|error| StartError::Publisher(error.into()))
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
