//! Certificates made for a test, and connections under TLS.

use super::Wire;
use opencowin::http::tls::{Tls, TlsFiles};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use tempfile::TempDir;

pub type TlsWire = Wire<StreamOwned<ClientConnection, TcpStream>>;

/// Both versions that are spoken.
pub const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// An authority, and files of a server whose certificate it has signed. It vouches for clients too.
pub struct Encryption {
    authority: CertifiedIssuer<'static, KeyPair>,
    home: TempDir,
}

/// A certificate and its key.
pub struct Identity {
    pub certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Encryption {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let encryption = Self { authority, home: tempfile::tempdir().unwrap() };
        std::fs::write(encryption.files().client_ca.unwrap(), encryption.authority.pem()).unwrap();
        encryption.renew();
        encryption
    }

    pub fn files(&self) -> TlsFiles {
        let path = |name| self.home.path().join(name);
        TlsFiles {
            certificate: path("cert.pem"),
            key: path("key.pem"),
            client_ca: Some(path("clients.pem")),
        }
    }

    pub fn load(&self) -> Arc<Tls> {
        Arc::new(Tls::load(self.files()).expect("files that fit"))
    }

    /// Writes a new certificate of the server.
    pub fn renew(&self) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        let files = self.files();
        std::fs::write(files.certificate, certificate.pem()).unwrap();
        std::fs::write(files.key, key.serialize_pem()).unwrap();
    }

    /// A client that the authority vouches for.
    pub fn client(&self) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["partner".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        Identity { certificate: certificate.der().clone(), key: key.into() }
    }

    /// How a client connects that trusts the authority.
    pub fn connecting(
        &self,
        version: &'static SupportedProtocolVersion,
        client: Option<Identity>,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        match client {
            Some(Identity { certificate, key }) => {
                builder.with_client_auth_cert(vec![certificate], key).unwrap()
            }
            None => builder.with_no_client_auth(),
        }
    }

    /// A connection to a server with the authority's certificate. The handshake is done with what is first sent or read.
    pub fn wire(&self, address: SocketAddr, config: ClientConfig) -> TlsWire {
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        Wire::over(StreamOwned::new(session, Wire::connect(address)))
    }
}
