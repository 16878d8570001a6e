//! Configuration: flags over environment over file over defaults.

use crate::access::key_text::SANDBOX_KEY;
use crate::certification::{ExportSettings, Lock};
use crate::delivery::MessageSettings;
use crate::http::server::Limits;
use crate::http::tls::TlsFiles;
use crate::identity::digest;
use clap::{Args, ValueEnum};
use opencowin_admission::Network;
use opencowin_certificates::Issuer;
use opencowin_ledger::keys::Environment;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What a server is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// For trying things: messages go to an outbox that can be read, the clock can be moved, one API key is public.
    Sandbox,
    /// For people: nothing of the above exists.
    Production,
}

impl Mode {
    /// Which of the ledger's rows are this mode's.
    pub fn environment(self) -> Environment {
        match self {
            Self::Sandbox => Environment::Sandbox,
            Self::Production => Environment::Production,
        }
    }
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Switch {
    On,
    Off,
}

/// What the portal's door asks of people. It is for the first party alone: nothing tells its requests from anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Portal {
    /// A well-formed number.
    Open,
    /// A solved challenge besides.
    Challenge,
    /// It does not exist.
    Off,
}

/// Where a ledger is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum LedgerPlace {
    /// In the data directory, by this process alone.
    #[default]
    Embedded,
    /// On the FoundationDB cluster of this cluster file.
    FoundationDb(PathBuf),
}

impl FromStr for LedgerPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("fdb:") {
            Some(file) if !file.is_empty() => Ok(Self::FoundationDb(file.into())),
            None if text == "embedded" => Ok(Self::Embedded),
            _ => Err("it must be embedded or fdb:/path/to/fdb.cluster".to_owned()),
        }
    }
}

impl TryFrom<String> for LedgerPlace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Settings as given by flags, environment or file; each may be absent.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "OPENCOWIN_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// In production mode, address of a sandbox beside it, whose partners and their keys are production's and whose
    /// data are its own [default: there is none]
    #[arg(long, env = "OPENCOWIN_SANDBOX_LISTEN", value_name = "ADDRESS")]
    pub sandbox_listen: Option<SocketAddr>,
    /// Directory of the ledger [default: ./opencowin-data]
    #[arg(long, env = "OPENCOWIN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the ledger is kept: `embedded`, in the data directory, or `fdb:FILE`, on the FoundationDB cluster of that
    /// cluster file [default: embedded]
    #[arg(long, env = "OPENCOWIN_LEDGER", value_name = "ENGINE")]
    pub ledger: Option<LedgerPlace>,
    /// Directory for the traces of FoundationDB's client [default: none are written]
    #[arg(long, env = "OPENCOWIN_FDB_TRACE", value_name = "DIR")]
    pub fdb_trace: Option<PathBuf>,
    /// File of the keys that seal personal rows and sign tokens; keep it away from the data
    /// [default: the data directory's name with `.keys.toml`; made on first start in sandbox mode]
    #[arg(long, env = "OPENCOWIN_KEYS", value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Size of the generated programme, 1 = national (about 30,000 centres), 0 = none [default: 1]
    #[arg(long, env = "OPENCOWIN_SCALE", value_name = "FACTOR")]
    pub scale: Option<f64>,
    /// Seed of the generated programme [default: 1]
    #[arg(long, env = "OPENCOWIN_SEED", value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Threads that serve requests [default: one per core]
    #[arg(long, env = "OPENCOWIN_THREADS", value_name = "COUNT")]
    pub threads: Option<usize>,
    /// Certificate of this server and those above it (PEM); with it, nothing but TLS is spoken [default: plain HTTP]
    #[arg(long, env = "OPENCOWIN_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, env = "OPENCOWIN_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Certificates of the authorities that sign those of partners (PEM) [default: clients show no certificate]
    #[arg(long, env = "OPENCOWIN_TLS_CLIENT_CA", value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
    /// Connections that may be open altogether [default: 60000]
    #[arg(long, env = "OPENCOWIN_CONNECTIONS", value_name = "COUNT")]
    pub connections: Option<usize>,
    /// Connections that may be open from one IPv4 address or IPv6 network of 64 bits, unless it is a
    /// trusted proxy's [default: 256]
    #[arg(long, env = "OPENCOWIN_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    pub connections_per_address: Option<usize>,
    /// The URL by which others reach this server [default: http://ADDRESS, with TLS https://ADDRESS]
    #[arg(long, env = "OPENCOWIN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// sandbox or production [default: sandbox]
    #[arg(long, env = "OPENCOWIN_MODE", value_name = "MODE", value_enum)]
    pub mode: Option<Mode>,
    /// Whether quotas and limits are kept: on or off. Off is for measuring what they cost [default: on]
    #[arg(long, env = "OPENCOWIN_LIMITS", value_name = "SWITCH", value_enum)]
    pub limits: Option<Switch>,
    /// Addresses, and accounts, whose use is remembered at once; 124 bytes each [default: 1048576]
    #[arg(long, env = "OPENCOWIN_REMEMBERED", value_name = "COUNT")]
    pub remembered: Option<usize>,
    /// Networks of the proxies whose X-Forwarded-For is believed, separated by commas
    /// [default: in sandbox mode the loopback's, else none]
    #[arg(long, env = "OPENCOWIN_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<Network>>,
    /// Whether people can log in through the portal's door: `open`, `challenge` (each password costs a solved challenge) or
    /// `off` [default: open in sandbox mode, else off]
    #[arg(long, env = "OPENCOWIN_PORTAL", value_name = "DOOR", value_enum)]
    pub portal: Option<Portal>,
    /// Days for which what people tell about themselves is kept [default: until they ask that it be erased]
    #[arg(long, env = "OPENCOWIN_KEEP_DAYS", value_name = "COUNT")]
    pub keep_days: Option<u16>,
    /// SHA-256 digest (hex) of the key that opens the operator's routes
    /// [default: in sandbox mode the public sandbox key's]
    #[arg(long, env = "OPENCOWIN_OPERATOR_KEY", value_name = "DIGEST")]
    pub operator_key: Option<String>,
    /// Where reports of adverse events are handed over to: a URL to which they are posted [default: they wait]
    #[arg(long, env = "OPENCOWIN_SAFETY_URL", value_name = "URL")]
    pub safety_url: Option<String>,
    /// File of the key that the safety system is shown as a bearer token [default: it is shown none]
    #[arg(long, env = "OPENCOWIN_SAFETY_KEY", value_name = "FILE")]
    pub safety_key: Option<PathBuf>,
    /// Host that issues certificates and answers for them, as people and verifiers reach it [default: that of public-url]
    #[arg(long, env = "OPENCOWIN_ISSUER", value_name = "HOST")]
    pub issuer: Option<String>,
    /// File of the keys that sign certificates [default: beside the data directory]
    #[arg(long, env = "OPENCOWIN_SIGNING_KEYS", value_name = "FILE")]
    pub signing_keys: Option<PathBuf>,
    /// File with the passphrase that locks them; production needs this or signing-program
    #[arg(long, env = "OPENCOWIN_SIGNING_PASSPHRASE", value_name = "FILE")]
    pub signing_passphrase: Option<PathBuf>,
    /// Program that locks and unlocks them by a key management service; see docs/certificates.md
    #[arg(long, env = "OPENCOWIN_SIGNING_PROGRAM", value_name = "FILE")]
    pub signing_program: Option<PathBuf>,
    /// Threads that sign certificates [default: half of the cores, at least one]
    #[arg(long, env = "OPENCOWIN_SIGNERS", value_name = "COUNT")]
    pub signers: Option<usize>,
    /// In which forms certificates can be had beside our own; in the file only, being a section of its own.
    #[arg(skip)]
    pub exports: Option<ExportSettings>,
    /// How messages reach people; in the file only, being a section of its own.
    #[arg(skip)]
    pub messages: Option<MessageSettings>,
}

impl Settings {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("cannot read {}: {error}", path.display())))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            ConfigError(format!("{} line {line}: {}", path.display(), error.message()))
        })
    }

    /// These settings, and `under` where they are silent.
    pub fn over(self, under: Self) -> Self {
        Self {
            listen: self.listen.or(under.listen),
            sandbox_listen: self.sandbox_listen.or(under.sandbox_listen),
            data: self.data.or(under.data),
            ledger: self.ledger.or(under.ledger),
            fdb_trace: self.fdb_trace.or(under.fdb_trace),
            keys: self.keys.or(under.keys),
            scale: self.scale.or(under.scale),
            seed: self.seed.or(under.seed),
            threads: self.threads.or(under.threads),
            tls_cert: self.tls_cert.or(under.tls_cert),
            tls_key: self.tls_key.or(under.tls_key),
            tls_client_ca: self.tls_client_ca.or(under.tls_client_ca),
            connections: self.connections.or(under.connections),
            connections_per_address: self.connections_per_address.or(under.connections_per_address),
            public_url: self.public_url.or(under.public_url),
            mode: self.mode.or(under.mode),
            limits: self.limits.or(under.limits),
            remembered: self.remembered.or(under.remembered),
            trusted_proxies: self.trusted_proxies.or(under.trusted_proxies),
            portal: self.portal.or(under.portal),
            keep_days: self.keep_days.or(under.keep_days),
            operator_key: self.operator_key.or(under.operator_key),
            safety_url: self.safety_url.or(under.safety_url),
            safety_key: self.safety_key.or(under.safety_key),
            issuer: self.issuer.or(under.issuer),
            signing_keys: self.signing_keys.or(under.signing_keys),
            signing_passphrase: self.signing_passphrase.or(under.signing_passphrase),
            signing_program: self.signing_program.or(under.signing_program),
            signers: self.signers.or(under.signers),
            exports: self.exports.or(under.exports),
            messages: self.messages.or(under.messages),
        }
    }
}

/// Settings that were checked and completed.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where a sandbox beside production listens, if there is one.
    pub sandbox_listen: Option<SocketAddr>,
    /// The directory of an embedded ledger.
    pub data: PathBuf,
    /// Where the ledger is kept.
    pub ledger: LedgerPlace,
    /// Where the client of a cluster writes its traces, if anywhere.
    pub fdb_trace: Option<PathBuf>,
    /// The key file.
    pub keys: PathBuf,
    /// Size of the generated programme; 1 is national.
    pub scale: f64,
    /// Seed of the generated programme.
    pub seed: u64,
    /// Threads that serve requests.
    pub threads: usize,
    /// The files of TLS, where it is spoken.
    pub tls: Option<TlsFiles>,
    /// Connections that may be open altogether.
    pub connections: usize,
    /// Connections that may be open from one address.
    pub connections_per_address: usize,
    /// What holds for each connection; no setting changes it.
    pub deadlines: Limits,
    /// The URL by which others reach this server.
    pub public_url: String,
    /// Sandbox or production.
    pub mode: Mode,
    /// Whether quotas and limits are kept.
    pub limits: Switch,
    /// Addresses, and accounts, whose use is remembered at once.
    pub remembered: usize,
    /// Networks of the proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<Network>,
    /// Days for which what people tell about themselves is kept, if not until they ask.
    pub keep_days: Option<u16>,
    /// Whether people can log in through the portal's door.
    pub portal: Portal,
    /// Digest of the operator's key; nobody is operator without one.
    pub operator_key: Option<[u8; 32]>,
    /// Where reports of adverse events are handed over to, if anywhere.
    pub safety_url: Option<String>,
    /// The file of the key that is shown there.
    pub safety_key: Option<PathBuf>,
    /// Who issues certificates; production does not start without.
    pub issuer: Option<Issuer>,
    /// The file of the keys that sign them.
    pub signing_keys: PathBuf,
    /// What locks that file; production does not start without.
    pub signing_lock: Option<Lock>,
    /// Threads that sign certificates.
    pub signers: usize,
    /// In which forms certificates can be had beside our own.
    pub exports: ExportSettings,
    /// How messages reach people.
    pub messages: MessageSettings,
}

impl Config {
    /// Completes and checks settings.
    ///
    /// # Errors
    /// A sentence that names the setting and what is wrong with it.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let mode = settings.mode.unwrap_or(Mode::Sandbox);
        let listen = settings.listen.unwrap_or((Ipv4Addr::LOCALHOST, 8080).into());
        let data = settings.data.unwrap_or_else(|| "opencowin-data".into());
        let tls = tls(settings.tls_cert, settings.tls_key, settings.tls_client_ca)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let guessed = settings.public_url.is_none();
        let public_url = settings.public_url.unwrap_or_else(|| format!("{scheme}://{listen}"));
        let config = Self {
            listen,
            sandbox_listen: settings.sandbox_listen,
            issuer: issuer(mode, settings.issuer.as_deref(), &public_url, guessed)?,
            signing_keys: settings.signing_keys.unwrap_or_else(|| next_to(&data, ".signing.json")),
            signing_lock: lock(mode, settings.signing_passphrase, settings.signing_program)?,
            signers: settings.signers.unwrap_or_else(|| cores().div_ceil(2)),
            keys: settings.keys.unwrap_or_else(|| beside(&data)),
            data,
            ledger: settings.ledger.unwrap_or_default(),
            fdb_trace: settings.fdb_trace,
            scale: settings.scale.unwrap_or(1.0),
            seed: settings.seed.unwrap_or(1),
            threads: settings.threads.unwrap_or_else(cores),
            tls,
            connections: settings.connections.unwrap_or(60_000),
            connections_per_address: settings.connections_per_address.unwrap_or(256),
            deadlines: Limits::default(),
            public_url,
            mode,
            limits: settings.limits.unwrap_or(Switch::On),
            remembered: settings.remembered.unwrap_or(1 << 20),
            trusted_proxies: settings.trusted_proxies.unwrap_or_else(|| loopback(mode)),
            portal: settings.portal.unwrap_or(match mode {
                Mode::Sandbox => Portal::Open,
                Mode::Production => Portal::Off,
            }),
            keep_days: settings.keep_days,
            operator_key: match settings.operator_key {
                Some(text) => Some(digest_of(&text)?),
                None => public_key(mode),
            },
            safety_url: settings.safety_url,
            safety_key: settings.safety_key,
            exports: settings.exports.unwrap_or_default(),
            messages: settings.messages.unwrap_or_default(),
        };
        config.checked()
    }

    /// The sandbox beside production, if there is to be one: the same server with data of its own.
    pub fn sandbox_beside(&self) -> Option<Self> {
        let listen = self.sandbox_listen?;
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let mut data = self.data.file_name().unwrap_or("opencowin".as_ref()).to_owned();
        data.push("-sandbox");
        let (data, public_url) = (self.data.with_file_name(data), format!("{scheme}://{listen}"));
        Some(Self {
            listen,
            sandbox_listen: None,
            issuer: issuer(Mode::Sandbox, None, &public_url, true).ok()?,
            signing_keys: next_to(&data, ".signing.json"),
            signing_lock: Some(Lock::KeyFile),
            data,
            public_url,
            mode: Mode::Sandbox,
            portal: Portal::Open,
            safety_url: None,
            exports: ExportSettings { hcert: None, ..self.exports.clone() },
            messages: MessageSettings { senders: Vec::new(), ..self.messages.clone() },
            ..self.clone()
        })
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let wrong = |text: &str| Err(ConfigError(text.to_owned()));
        if self.sandbox_listen.is_some() && self.mode == Mode::Sandbox {
            return wrong("sandbox-listen is for production mode: a sandbox needs none beside it");
        }
        if !(0.0..=4.0).contains(&self.scale) {
            return wrong("scale must lie between 0 and 4");
        }
        if !(1 << 10..=1 << 28).contains(&self.remembered) {
            return wrong("remembered must lie between 1024 and 268435456");
        }
        if !(1..=256).contains(&self.threads) {
            return wrong("threads must lie between 1 and 256");
        }
        if !(1..=256).contains(&self.signers) {
            return wrong("signers must lie between 1 and 256");
        }
        if self.connections == 0 || self.connections_per_address == 0 {
            return wrong("connections and connections-per-address must be at least 1");
        }
        let is_plain = self.tls.is_none() && !self.listen.ip().to_canonical().is_loopback();
        if self.mode == Mode::Production && is_plain {
            return wrong(
                "production mode speaks plain HTTP on loopback addresses only: give tls-cert and tls-key, or listen on \
                 127.0.0.1 behind a proxy",
            );
        }
        let url =
            self.public_url.strip_prefix("http://").or(self.public_url.strip_prefix("https://"));
        if url.is_none_or(str::is_empty) {
            return wrong("public-url must start with http:// or https:// and name a host");
        }
        if self.keys.starts_with(&self.data) || self.signing_keys.starts_with(&self.data) {
            return wrong("keys and signing-keys must not lie in the data directory");
        }
        self.messages.check(self.mode).map_err(|error| ConfigError(error.to_string()))?;
        Ok(self)
    }
}

/// Why a server could not be configured; one sentence for whoever started it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The files of TLS: certificate and key together or neither, and authorities only with them.
fn tls(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
) -> Result<Option<TlsFiles>, ConfigError> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key, client_ca })),
        (None, None) if client_ca.is_none() => Ok(None),
        (None, None) => Err(ConfigError("tls-client-ca needs tls-cert and tls-key".to_owned())),
        _ => Err(ConfigError("tls-cert and tls-key must be given together".to_owned())),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The key file's default place: beside the data directory, so that a copy of the directory holds no keys.
pub fn beside(data: &Path) -> PathBuf {
    next_to(data, ".keys.toml")
}

fn next_to(data: &Path, ending: &str) -> PathBuf {
    let mut name = data.file_name().unwrap_or("opencowin".as_ref()).to_owned();
    name.push(ending);
    data.with_file_name(name)
}

/// Who issues certificates: the host that was named, or that of the URL by which the server is reached. Production has to be told
/// either; a sandbox whose URL names no host that could (an address of IPv6, or whichever port is free) issues as `localhost`.
fn issuer(
    mode: Mode,
    named: Option<&str>,
    url: &str,
    guessed: bool,
) -> Result<Option<Issuer>, ConfigError> {
    if guessed && mode == Mode::Production && named.is_none() {
        return Ok(None);
    }
    let host = named.map_or_else(|| host_of(url).to_lowercase(), str::to_owned);
    let nameless = || Issuer::new("localhost").filter(|_| guessed && named.is_none());
    Issuer::new(&host).or_else(nameless).map(Some).ok_or_else(|| {
        ConfigError(format!(
            "issuer must be a host in lower case, such as cowin.example, not {host}"
        ))
    })
}

/// The host of a URL, with its port if it has one.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('/').map_or(rest, |(host, _)| host)
}

/// What locks the keys that sign. For a sandbox, whose keys are worth nothing, the key file does.
fn lock(
    mode: Mode,
    passphrase: Option<PathBuf>,
    program: Option<PathBuf>,
) -> Result<Option<Lock>, ConfigError> {
    match (passphrase, program) {
        (Some(file), None) => Ok(Some(Lock::Passphrase(file))),
        (None, Some(program)) => Ok(Some(Lock::Program(program))),
        (None, None) => Ok((mode == Mode::Sandbox).then_some(Lock::KeyFile)),
        (Some(_), Some(_)) => {
            Err(ConfigError("signing-passphrase and signing-program exclude each other".to_owned()))
        }
    }
}

/// The digest of the key that everyone knows; in force in sandboxes only.
fn public_key(mode: Mode) -> Option<[u8; 32]> {
    (mode == Mode::Sandbox).then(|| digest::digest(SANDBOX_KEY.as_bytes()))
}

/// The networks of this machine alone, so that a load generator can play a whole country's addresses.
fn loopback(mode: Mode) -> Vec<Network> {
    let networks = match mode {
        Mode::Sandbox => {
            &[(IpAddr::V4(Ipv4Addr::LOCALHOST), 8), (Ipv6Addr::LOCALHOST.into(), 128)][..]
        }
        Mode::Production => &[],
    };
    networks.iter().map(|(address, prefix)| Network::new(*address, *prefix)).collect()
}

fn digest_of(text: &str) -> Result<[u8; 32], ConfigError> {
    digest::parse_digest(text.trim()).ok_or_else(|| {
        ConfigError("operator-key must be a SHA-256 digest of 64 hex digits".to_owned())
    })
}

#[cfg(test)]
mod tests;
