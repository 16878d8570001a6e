//! TLS 1.2 and 1.3: certificates, their renewal while the server runs, and the certificates of clients.

use crate::stamp::{self, Stamp};
use arc_swap::ArcSwap;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The names of the protocols that are spoken, the preferred one first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];

const HTTP2: &[u8] = b"h2";

/// The files that TLS is made of, all PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and those between it and the root.
    pub certificate: PathBuf,
    /// The private key of the first.
    pub key: PathBuf,
    /// The authorities whose clients are known by certificate, if any are.
    pub client_ca: Option<PathBuf>,
}

/// Why files are no TLS; one sentence for whoever wrote them.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or is not what it should be.
    #[error("{0}: {1}")]
    File(PathBuf, pem::Error),
    /// A file holds no certificate.
    #[error("{0} holds no certificate")]
    NoCertificate(PathBuf),
    /// A certificate cannot be read as one.
    #[error("{0}: not a certificate")]
    NotACertificate(PathBuf),
    /// Certificate and key do not fit, or are of a kind that is not spoken.
    #[error("{0}: {1}")]
    Unusable(PathBuf, rustls::Error),
    /// The authorities cannot vouch for anybody.
    #[error("{0}: {1}")]
    Authorities(PathBuf, VerifierBuilderError),
}

/// What connections are encrypted with; it follows its files.
pub struct Tls {
    files: TlsFiles,
    current: ArcSwap<Loaded>,
    /// How the files were when they were last read, whatever came of it.
    read: Mutex<Vec<Stamp>>,
}

/// What was read from the files.
struct Loaded {
    config: Arc<ServerConfig>,
    /// When the server's certificate ends, in Unix seconds.
    expires: i64,
}

/// A connection whose handshake is done.
pub struct Accepted {
    /// What is said, without the encryption.
    pub stream: TlsStream<TcpStream>,
    /// Whether HTTP/2 was agreed on.
    pub http2: bool,
    /// The fingerprint of the client's certificate, if it showed one.
    pub certificate: Option<[u8; 32]>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// One sentence about the file that is wrong.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let read = Mutex::new(files.stamps());
        let current = ArcSwap::from_pointee(files.load()?);
        Ok(Self { files, current, read })
    }

    /// Reads the files again if they have changed. Files that are wrong are reported, and what was read before stays in
    /// force. Connections that are open keep what they began with.
    pub fn refresh(&self) {
        let stamps = self.files.stamps();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == stamps {
            return;
        }
        *read = stamps;
        match self.files.load() {
            Ok(loaded) => {
                tracing::info!(expires = loaded.expires, "a new certificate is in force");
                self.current.store(Arc::new(loaded));
            }
            Err(error) => tracing::error!(%error, "the old certificate stays in force"),
        }
    }

    /// When the server's certificate ends, in Unix seconds.
    pub fn expires(&self) -> i64 {
        self.current.load().expires
    }

    /// Does the handshake with a client. A client that shows no certificate is let in without one; one that shows a
    /// certificate that no authority of ours has signed is not let in.
    ///
    /// # Errors
    /// If the handshake fails; the client has been told why, where it speaks TLS.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<Accepted> {
        let config = self.current.load().config.clone();
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        let session = stream.get_ref().1;
        let http2 = session.alpn_protocol() == Some(HTTP2);
        let shown = session.peer_certificates().and_then(<[_]>::first);
        let certificate = shown.map(|certificate| Sha256::digest(certificate).into());
        Ok(Accepted { stream, http2, certificate })
    }
}

impl TlsFiles {
    fn load(&self) -> Result<Loaded, TlsError> {
        let unusable = |error| TlsError::Unusable(self.certificate.clone(), error);
        let chain = certificates(&self.certificate)?;
        let expires = end_of(&chain[0]);
        let expires = expires.ok_or_else(|| TlsError::NotACertificate(self.certificate.clone()))?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| TlsError::File(self.key.clone(), error))?;
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match &self.client_ca {
            Some(file) => builder.with_client_cert_verifier(verifier(file)?),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(unusable)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        // Tickets are new with every certificate, so that nobody resumes what another authority vouched for; they need no
        // memory here, as sessions would.
        config.ticketer = ring::Ticketer::new().map_err(unusable)?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Loaded { config: Arc::new(config), expires })
    }

    fn stamps(&self) -> Vec<Stamp> {
        let files = [Some(&self.certificate), Some(&self.key), self.client_ca.as_ref()];
        files.into_iter().flatten().map(|file| stamp::of(file)).collect()
    }
}

/// What clients' certificates are held against.
fn verifier(file: &Path) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(file)? {
        authorities.add(certificate).map_err(|error| TlsError::Unusable(file.to_owned(), error))?;
    }
    let provider = Arc::new(ring::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|error| TlsError::Authorities(file.to_owned(), error))
}

/// The certificates in a file, of which there is one at least.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |error| TlsError::File(file.to_owned(), error);
    let found = CertificateDer::pem_file_iter(file).map_err(wrong)?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(wrong)?;
    if found.is_empty() { Err(TlsError::NoCertificate(file.to_owned())) } else { Ok(found) }
}

/// When a certificate ends, in Unix seconds.
fn end_of(certificate: &CertificateDer<'_>) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use tempfile::TempDir;

    /// Writes a certificate that ends with the given year, and its key or that of another.
    fn write(home: &TempDir, year: i32, key: Option<&KeyPair>) -> TlsFiles {
        let own = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 12, 31);
        let certificate = params.self_signed(&own).unwrap();
        let files = TlsFiles {
            certificate: home.path().join("cert.pem"),
            key: home.path().join("key.pem"),
            client_ca: None,
        };
        std::fs::write(&files.certificate, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.unwrap_or(&own).serialize_pem()).unwrap();
        files
    }

    /// The end of the given year, in Unix seconds.
    fn end(year: i32) -> i64 {
        date_time_ymd(year, 12, 31).unix_timestamp()
    }

    #[test]
    fn a_new_certificate_is_taken_and_a_wrong_one_is_not() {
        let home = tempfile::tempdir().unwrap();
        let tls = Tls::load(write(&home, 2090, None)).unwrap();
        assert_eq!(tls.expires(), end(2090));
        write(&home, 2091, None);
        tls.refresh();
        assert_eq!(tls.expires(), end(2091));
        write(&home, 2092, Some(&KeyPair::generate().unwrap()));
        tls.refresh();
        assert_eq!(tls.expires(), end(2091), "the key is that of another certificate");
        std::fs::remove_file(home.path().join("key.pem")).unwrap();
        tls.refresh();
        assert_eq!(tls.expires(), end(2091));
        write(&home, 2093, None);
        tls.refresh();
        assert_eq!(tls.expires(), end(2093));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_file() {
        let home = tempfile::tempdir().unwrap();
        let right = write(&home, 2090, None);
        let said = |files: TlsFiles| {
            let error = Tls::load(files).err().unwrap().to_string();
            error.replace(&home.path().display().to_string(), "DIR")
        };
        let missing = TlsFiles { key: home.path().join("none.pem"), ..right.clone() };
        assert!(said(missing).starts_with("DIR/none.pem: "));
        let swapped = TlsFiles { certificate: right.key.clone(), ..right.clone() };
        assert_eq!(said(swapped), "DIR/key.pem holds no certificate");
        let nobody = TlsFiles { client_ca: Some(right.key.clone()), ..right.clone() };
        assert_eq!(said(nobody), "DIR/key.pem holds no certificate");
        write(&home, 2090, Some(&KeyPair::generate().unwrap()));
        assert!(said(right).starts_with("DIR/cert.pem: "));
    }
}
