//! A server within the test's process, on a free port, with a directory of its own.

use super::described::Described;
use super::{Call, Sale, Wire, eventually};
use jiff::tz::TimeZone;
use opencowin::access::registry::{LimitsRecord, Registry};
use opencowin::app::App;
use opencowin::certification::RingFile;
use opencowin::config::{Config, Mode, Settings, Switch};
use opencowin::engine::Engine;
use opencowin::startup::{self, Running};
use opencowin_admission::Limits;
use opencowin_admission::limits::SheddingLimits;
use opencowin_certificates::KeyRing;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::vault::Vault;
use opencowin_model::{Centre, Clock, Date, Session};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use tempfile::TempDir;

pub struct TestServer {
    running: Option<Running>,
    address: SocketAddr,
    described: OnceLock<Arc<Described>>,
    home: Option<TempDir>,
}

/// Settings of a server that starts empty, with its data in `data`.
pub fn settings(data: &Path) -> Settings {
    Settings {
        listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
        data: Some(data.to_owned()),
        scale: Some(0.0),
        threads: Some(2),
        // Tests call from one address as fast as they can; those about limits turn them on.
        limits: Some(Switch::Off),
        remembered: Some(1 << 12),
        issuer: Some(ISSUER.to_owned()),
        ..Settings::default()
    }
}

/// The same for people: with keys that sign certificates, locked by a passphrase, beside the data.
pub fn in_production(settings: Settings) -> Settings {
    let data = settings.data.clone().expect("settings say where the data lie");
    let passphrase = data.with_extension("passphrase");
    let settings = Settings {
        mode: Some(Mode::Production),
        signing_passphrase: Some(passphrase.clone()),
        signing_keys: Some(data.with_extension("signing.json")),
        ..settings
    };
    let config = Config::new(settings.clone()).expect("settings that fit");
    if !config.signing_keys.exists() || !passphrase.exists() {
        let _ = std::fs::remove_file(&config.signing_keys);
        std::fs::write(passphrase, "correct horse battery staple\n").unwrap();
        let vault = Vault::parse(&Vault::generate(&mut rand::rng())).unwrap();
        let now = Clock::system(0).now().into();
        let ring = KeyRing::generate(now, &mut rand::rng());
        RingFile::of(&config, &vault).unwrap().create(&ring).unwrap();
    }
    settings
}

/// Who issues the certificates of tests.
pub const ISSUER: &str = "cowin.example";

impl TestServer {
    /// One that nobody else uses, so that its clock can be moved and its data looked at.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// One of this test's own with other settings.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut settings = settings(&home.path().join("data"));
        change(&mut settings);
        let mut server = Self::open(settings).expect("the server starts");
        server.home = Some(home);
        server
    }

    /// One of this test's own with what no setting changes.
    pub fn configured(change: impl FnOnce(&mut Config)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut config = Config::new(settings(&home.path().join("data"))).unwrap();
        change(&mut config);
        let mut server = Self::of(startup::start(config).expect("the server starts"));
        server.home = Some(home);
        server
    }

    /// One with these settings, whose directory somebody else keeps; or why it did not start.
    pub fn open(settings: Settings) -> Result<Self, String> {
        let config = Config::new(settings).expect("settings that fit");
        startup::start(config).map(Self::of).map_err(|error| error.to_string())
    }

    /// One on a store that others have open too.
    pub fn on(settings: Settings, store: Arc<dyn Store>) -> Self {
        let config = Config::new(settings).expect("settings that fit");
        Self::of(
            startup::start_on(config, |_| Ok(Engine::shared(store.clone())))
                .expect("the server starts"),
        )
    }

    fn of(running: Running) -> Self {
        let address = running.address();
        Self { running: Some(running), address, described: OnceLock::new(), home: None }
    }

    /// The one that the tests of a file share while they run; it closes after the last of them.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<TestServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// The sandbox beside it, as those see it who call its address. It goes when this one goes.
    pub fn beside(&self) -> Self {
        let running = self.running.as_ref().expect("a running server");
        let address = running.sandbox_address().expect("a sandbox beside it");
        Self { running: None, address, described: OnceLock::new(), home: None }
    }

    /// Puts sessions on sale in the sandbox beside it.
    pub fn sell_in_sandbox(&self, sales: &[Sale]) {
        let running = self.running.as_ref().expect("a running server");
        let publisher = running.sandbox_app().expect("a sandbox beside it").publisher();
        let centres = sales.iter().map(|sale| sale.centre.clone()).collect();
        let sessions = sales.iter().map(|sale| sale.session.clone()).collect();
        block_on(publisher.publish(centres, sessions, None)).expect("a publication that fits");
    }

    /// Changes its limits, and keeps it from shedding: beside other tests a server is slow now and then.
    pub fn limit(&self, change: impl FnOnce(&mut Limits)) {
        let hour_ms = 3_600_000;
        let mut limits = Limits::default();
        limits.shedding = SheddingLimits {
            public_search_ms: hour_ms,
            keyed_search_ms: hour_ms,
            registration_ms: hour_ms,
            booking_ms: hour_ms,
            staff_ms: hour_ms,
            ..limits.shedding
        };
        change(&mut limits);
        let registry = self.registry();
        block_on(registry.write(vec![registry.after(&LimitsRecord(limits))])).unwrap();
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The directory of the ledger.
    pub fn data(&self) -> PathBuf {
        self.home.as_ref().expect("a server with its own directory").path().join("data")
    }

    pub fn wire(&self) -> Wire {
        Wire::open(self.address)
    }

    pub fn call<'a>(&'a self, method: &'a str, path: &str) -> Call<'a> {
        Call::new(self, method, path)
    }

    pub fn get(&self, path: impl Into<String>) -> Call<'_> {
        Call::new(self, "GET", path)
    }

    pub fn post(&self, path: impl Into<String>) -> Call<'_> {
        Call::new(self, "POST", path)
    }

    /// What the server says of itself.
    pub fn described(&self) -> &Described {
        self.described.get_or_init(|| {
            let mut wire = self.wire();
            wire.send("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let answer = wire.read(false).expect("a description");
            assert_eq!(answer.status, 200);
            Described::of(&answer.text())
        })
    }

    /// Moves the clock forward; answers what it shows then.
    pub fn advance(&self, seconds: i64) -> jiff::Timestamp {
        let answer = self.post("/sandbox/clock").json(&json!({ "advance_s": seconds })).send().ok();
        answer["now"].as_str().and_then(|now| now.parse().ok()).expect("a moment")
    }

    /// The day that it is in India by the server's clock.
    pub fn today(&self) -> Date {
        self.advance(0).to_zoned(TimeZone::get("Asia/Kolkata").unwrap()).date()
    }

    pub fn publish(&self, centres: Vec<Centre>, sessions: Vec<Session>) {
        let running = self.running.as_ref().expect("a running server");
        running.publish(centres, sessions).expect("a publication that fits");
    }

    /// What it knows about callers.
    pub fn registry(&self) -> &Registry {
        self.app().admission().registry()
    }

    /// What its handlers work with.
    pub fn app(&self) -> &App {
        self.running.as_ref().expect("a running server").app()
    }

    /// That every invariant of the ledger holds and memory sells what the ledger has. While other tests book on the
    /// same server, the two are read a moment apart: a difference that does not stay is none.
    #[track_caller]
    pub fn assert_sound(&self) {
        eventually("memory and ledger agree", || {
            let check = self.get("/admin/ledger/check").key().send().ok();
            let violations = check["violations"].as_array().expect("a list");
            let lasting = violations.iter().find(|violation| !is_difference(violation));
            assert_eq!(lasting, None, "{check}");
            (check["sound"] == true).then_some(())
        });
    }

    /// Closes it before its time; answers whether nothing was cut off.
    pub fn close(mut self) -> bool {
        self.running.take().is_none_or(Running::close)
    }
}

fn is_difference(violation: &Value) -> bool {
    violation.as_str().is_some_and(|text| text.contains("in memory"))
}

/// Every server ends sound and in order, whatever its tests were about.
impl Drop for TestServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.running.take().map(Running::close);
        } else if self.running.is_some() {
            self.assert_sound();
            assert!(self.running.take().is_none_or(Running::close), "connections were cut off");
        }
    }
}
