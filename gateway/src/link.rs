//! Connections to other servers, in the clear or by TLS.

use http::Uri;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Bytes to and from another server.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where another server is, and how it is spoken to.
pub struct Link {
    host: String,
    port: u16,
    tls: Option<Tls>,
}

struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Link {
    /// In the clear to `host`, which is a name or an address.
    pub fn plain(host: &str, port: u16) -> Self {
        Self { host: bare(host).to_owned(), port, tls: None }
    }

    /// By TLS to a host with a certificate that the usual authorities signed, or those of the file `authorities`.
    ///
    /// # Errors
    /// One sentence, if the host is no name or the file holds no certificates.
    pub fn tls(host: &str, port: u16, authorities: Option<&Path>) -> Result<Self, String> {
        let name = ServerName::try_from(bare(host).to_owned());
        let name = name.map_err(|error| format!("{host}: {error}"))?;
        let config = trusting(authorities)?;
        let tls = Tls { connector: TlsConnector::from(Arc::new(config)), name };
        Ok(Self { tls: Some(tls), ..Self::plain(host, port) })
    }

    /// To the host of a URL, as its scheme says.
    ///
    /// # Errors
    /// One sentence, if it is no `http://` or `https://` URL with a host, or the file holds no certificates.
    pub fn of(url: &Uri, authorities: Option<&Path>) -> Result<Self, String> {
        let host = url.host().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        match url.scheme_str() {
            Some("http") => Ok(Self::plain(host, url.port_u16().unwrap_or(80))),
            Some("https") => Self::tls(host, url.port_u16().unwrap_or(443), authorities),
            _ => Err("it must begin with http:// or https://".to_owned()),
        }
    }

    /// Opens a connection. The caller limits the time.
    ///
    /// # Errors
    /// If nobody answers there, or somebody else does.
    pub async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        // Messages are small and each is waited for.
        stream.set_nodelay(true)?;
        match &self.tls {
            None => Ok(Box::new(stream)),
            Some(tls) => Ok(Box::new(tls.connector.connect(tls.name.clone(), stream).await?)),
        }
    }
}

/// An IPv6 address stands in brackets where a port follows.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn trusting(authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = authorities {
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let known = roots.len();
        for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
        if roots.len() == known {
            return Err(wrong(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_brackets_is_an_address() {
        assert_eq!((bare("[::1]"), bare("sms.example")), ("::1", "sms.example"));
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = Link::tls("sms.example", 443, Some(file.path())).err().unwrap();
        assert!(refused.starts_with(&file.path().display().to_string()), "{refused}");
        assert!(refused.ends_with("it holds no certificate"), "{refused}");
    }
}
