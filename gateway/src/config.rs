//! Configuration: flags over environment over file over defaults.

use crate::access::key_text::SANDBOX_KEY;
use crate::identity::digest;
use clap::{Args, ValueEnum};
use opencowin_admission::Network;
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
    /// The URL by which others reach this server [default: http://ADDRESS]
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
    /// SHA-256 digest (hex) of the key that opens the operator's routes
    /// [default: in sandbox mode the public sandbox key's]
    #[arg(long, env = "OPENCOWIN_OPERATOR_KEY", value_name = "DIGEST")]
    pub operator_key: Option<String>,
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
            data: self.data.or(under.data),
            ledger: self.ledger.or(under.ledger),
            fdb_trace: self.fdb_trace.or(under.fdb_trace),
            keys: self.keys.or(under.keys),
            scale: self.scale.or(under.scale),
            seed: self.seed.or(under.seed),
            threads: self.threads.or(under.threads),
            public_url: self.public_url.or(under.public_url),
            mode: self.mode.or(under.mode),
            limits: self.limits.or(under.limits),
            remembered: self.remembered.or(under.remembered),
            trusted_proxies: self.trusted_proxies.or(under.trusted_proxies),
            portal: self.portal.or(under.portal),
            operator_key: self.operator_key.or(under.operator_key),
        }
    }
}

/// Settings that were checked and completed.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
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
    /// Whether people can log in through the portal's door.
    pub portal: Portal,
    /// Digest of the operator's key; nobody is operator without one.
    pub operator_key: Option<[u8; 32]>,
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
        let config = Self {
            listen,
            keys: settings.keys.unwrap_or_else(|| beside(&data)),
            data,
            ledger: settings.ledger.unwrap_or_default(),
            fdb_trace: settings.fdb_trace,
            scale: settings.scale.unwrap_or(1.0),
            seed: settings.seed.unwrap_or(1),
            threads: settings.threads.unwrap_or_else(cores),
            public_url: settings.public_url.unwrap_or_else(|| format!("http://{listen}")),
            mode,
            limits: settings.limits.unwrap_or(Switch::On),
            remembered: settings.remembered.unwrap_or(1 << 20),
            trusted_proxies: settings.trusted_proxies.unwrap_or_else(|| loopback(mode)),
            portal: settings.portal.unwrap_or(match mode {
                Mode::Sandbox => Portal::Open,
                Mode::Production => Portal::Off,
            }),
            operator_key: match settings.operator_key {
                Some(text) => Some(digest_of(&text)?),
                None => public_key(mode),
            },
        };
        config.checked()
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let wrong = |text: &str| Err(ConfigError(text.to_owned()));
        if !(0.0..=4.0).contains(&self.scale) {
            return wrong("scale must lie between 0 and 4");
        }
        if !(1 << 10..=1 << 28).contains(&self.remembered) {
            return wrong("remembered must lie between 1024 and 268435456");
        }
        if !(1..=256).contains(&self.threads) {
            return wrong("threads must lie between 1 and 256");
        }
        let url =
            self.public_url.strip_prefix("http://").or(self.public_url.strip_prefix("https://"));
        if url.is_none_or(str::is_empty) {
            return wrong("public-url must start with http:// or https:// and name a host");
        }
        if self.keys.starts_with(&self.data) {
            return wrong("keys must not lie in the data directory, which they protect");
        }
        Ok(self)
    }
}

/// Why a server could not be configured; one sentence for whoever started it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The key file's default place: beside the data directory, so that a copy of the directory holds no keys.
pub fn beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or("opencowin".as_ref()).to_owned();
    name.push(".keys.toml");
    data.with_file_name(name)
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
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Settings, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("opencowin.toml");
        std::fs::write(&path, text).unwrap();
        Settings::read(&path)
            .map_err(|e| ConfigError(e.0.replace(&path.display().to_string(), "FILE")))
    }

    #[test]
    fn flags_win_over_the_file() {
        let flags = Settings { seed: Some(7), ..Settings::default() };
        let config = Config::new(flags.over(file("seed = 3\nscale = 0.5").unwrap())).unwrap();
        assert_eq!((config.seed, config.scale), (7, 0.5));
    }

    #[test]
    fn a_wrong_file_is_named_with_its_line() {
        let error = file("seed = 3\ncolour = \"red\"").unwrap_err().0;
        assert!(error.starts_with("FILE line 2: unknown field `colour`"), "{error}");
        assert!(file("seed = -1").is_err());
    }

    #[test]
    fn a_ledger_is_embedded_or_on_a_cluster() {
        let place = |text| Config::new(file(text).unwrap()).unwrap().ledger;
        assert_eq!(place(""), LedgerPlace::Embedded);
        assert_eq!(place("ledger = 'embedded'"), LedgerPlace::Embedded);
        assert_eq!(place("ledger = 'fdb:/a/b'"), LedgerPlace::FoundationDb("/a/b".into()));
        for wrong in ["ledger = 'fdb:'", "ledger = '/a/b'", "ledger = 'Embedded'"] {
            let error = file(wrong).unwrap_err().0;
            assert_eq!(error, "FILE line 1: it must be embedded or fdb:/path/to/fdb.cluster");
        }
    }

    #[test]
    fn keys_are_kept_apart_from_what_they_protect() {
        let config = Config::new(Settings::default()).unwrap();
        assert_eq!(config.keys, Path::new("opencowin-data.keys.toml"));
        let inside = Settings { keys: Some("opencowin-data/keys".into()), ..Settings::default() };
        assert!(Config::new(inside).is_err());
    }

    #[test]
    fn a_production_server_has_no_public_key_no_trusted_proxy_and_no_portal() {
        let production = Settings { mode: Some(Mode::Production), ..Settings::default() };
        let config = Config::new(production).unwrap();
        assert!(config.trusted_proxies.is_empty() && config.operator_key.is_none());
        assert_eq!(config.portal, Portal::Off);
    }
}
