//! What stands between the network and the service: places, TLS, and how far each thread is behind.

use crate::chore::Chore;
use crate::config::Config;
use crate::http::places::Places;
use crate::http::pressure::Pressure;
use crate::http::tls::{Tls, TlsError};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How often the files of TLS are looked at. Whoever renews certificates does it days before the old ones end.
const RENEWAL: Duration = Duration::from_secs(5);

/// What stands between the world and the service.
pub(crate) struct Wall {
    pub(crate) places: Arc<Places>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) pressures: Arc<[Pressure]>,
}

impl Wall {
    pub(crate) fn new(config: &Config) -> Result<Self, TlsError> {
        let proxies = config.trusted_proxies.clone();
        let is_proxy = move |address| proxies.iter().any(|network| network.contains(address));
        Ok(Self {
            places: Places::new(config.connections, config.connections_per_address, is_proxy),
            tls: config.tls.clone().map(Tls::load).transpose()?.map(Arc::new),
            pressures: (0..config.threads).map(|_| Pressure::default()).collect(),
        })
    }

    /// What follows the files of TLS, if there are any.
    pub(crate) fn renewer(&self) -> io::Result<Option<Chore>> {
        let renewing = |tls: &Arc<Tls>| {
            let tls = tls.clone();
            Chore::every(RENEWAL, "renewer", move || tls.refresh())
        };
        self.tls.as_ref().map(renewing).transpose()
    }
}
