//! What stands between the world and the service: places for connections, TLS, and how far each thread is behind.

use crate::chore::Chore;
use crate::config::Config;
use crate::http::places::Places;
use crate::http::pressure::Pressure;
use crate::http::server::Setup;
use crate::http::tls::{Tls, TlsError};
use crate::metrics::Gauges;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How often the files of TLS are looked at. Whoever renews certificates does it days before the old ones end.
const RENEWAL: Duration = Duration::from_secs(5);

/// The wall of one server.
#[derive(Clone)]
pub struct Wall {
    places: Arc<Places>,
    tls: Option<Arc<Tls>>,
    pressures: Arc<[Pressure]>,
}

impl Wall {
    /// As configured.
    ///
    /// # Errors
    /// If the files of TLS cannot be used.
    pub fn new(config: &Config) -> Result<Self, TlsError> {
        let proxies = config.trusted_proxies.clone();
        let is_proxy = move |address| proxies.iter().any(|network| network.contains(address));
        Ok(Self {
            places: Places::new(config.connections, config.connections_per_address, is_proxy),
            tls: config.tls.clone().map(Tls::load).transpose()?.map(Arc::new),
            pressures: (0..config.threads).map(|_| Pressure::default()).collect(),
        })
    }

    /// What follows the files of TLS, if there are any.
    ///
    /// # Errors
    /// If its thread cannot be started.
    pub fn renewer(&self) -> io::Result<Option<Chore>> {
        let renewing = |tls: &Arc<Tls>| {
            let tls = tls.clone();
            Chore::every(RENEWAL, "renewer", move || tls.refresh())
        };
        self.tls.as_ref().map(renewing).transpose()
    }

    /// What a server listens with.
    pub fn setup(&self, config: &Config) -> Setup {
        let Self { places, tls, pressures } = self.clone();
        Setup { address: config.listen, limits: config.deadlines, places, tls, pressures }
    }

    /// How a URL of the server begins.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// The figures of the moment.
    pub fn show(&self, gauges: &mut Gauges<'_, '_>) {
        gauges.set("connections", "Open connections", self.places.open() as u64);
        gauges.set(
            "connections_turned_away",
            "Connections closed at once, since there were too many or too many from one address",
            self.places.turned_away(),
        );
        let delay = self.pressures.iter().map(Pressure::delay).max().unwrap_or_default();
        gauges.set(
            "thread_delay_microseconds",
            "How long what is ready waits for its turn, on the thread where it waits longest",
            delay.as_micros() as u64,
        );
        if let Some(tls) = &self.tls {
            gauges.set(
                "tls_certificate_expires_seconds",
                "When the certificate in force ends, in Unix seconds",
                u64::try_from(tls.expires()).unwrap_or(0),
            );
        }
    }
}
