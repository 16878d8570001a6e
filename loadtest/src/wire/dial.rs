//! How connections come to be.

use super::http1::Http1;
use super::http2::Http2;
use super::pool::Connection;
use super::stream::Stream;
use super::target::Target;
use super::watch::Watches;
use crate::measure::Failure;
use crate::scenario::Protocol;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Opens connections to a target.
pub struct Dialler {
    addresses: Vec<SocketAddr>,
    authority: Rc<str>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    protocol: Protocol,
    /// How long an attempt may take.
    patience: Duration,
    watches: Watches,
}

impl Dialler {
    /// A dialler for one thread. `tls` is used if the target asks for it.
    pub fn new(
        target: &Target,
        addresses: Vec<SocketAddr>,
        protocol: Protocol,
        tls: &Arc<rustls::ClientConfig>,
        patience: Duration,
    ) -> Result<Self, String> {
        let tls = if target.tls {
            let name = ServerName::try_from(target.bare_host().to_owned())
                .map_err(|error| error.to_string())?;
            Some((TlsConnector::from(tls.clone()), name))
        } else {
            None
        };
        let authority = target.authority().into();
        Ok(Self { addresses, authority, tls, protocol, patience, watches: Watches::default() })
    }

    pub(super) fn watches(&self) -> &Watches {
        &self.watches
    }

    /// Opens one.
    pub(super) async fn dial(&self) -> Result<Connection, Failure> {
        let opened = timeout(self.patience, self.attempt()).await;
        opened.map_err(|_| Failure::Connect)?
    }

    async fn attempt(&self) -> Result<Connection, Failure> {
        let tcp =
            TcpStream::connect(self.addresses.as_slice()).await.map_err(|_| Failure::Connect)?;
        tcp.set_nodelay(true).map_err(|_| Failure::Connect)?;
        let stream = match &self.tls {
            None => Stream::Plain(tcp),
            Some((connector, name)) => {
                let tls =
                    connector.connect(name.clone(), tcp).await.map_err(|_| Failure::Connect)?;
                Stream::Tls(Box::new(tls))
            }
        };
        match self.protocol {
            Protocol::Http1 => {
                let http1 = Http1::new(stream, self.watches.watch(), self.authority.clone());
                Ok(Connection::Http1(Box::new(http1)))
            }
            Protocol::Http2 => {
                let scheme = if self.tls.is_some() { "https" } else { "http" };
                Ok(Connection::Http2(Http2::begin(stream, scheme, &self.authority).await?))
            }
        }
    }
}
