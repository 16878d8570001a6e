//! Whom TLS trusts.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

use crate::scenario::Protocol;

/// How TLS is spoken: to whoever shows a certificate that the usual authorities signed, or those of the file `roots`
/// (PEM), which test machines have.
///
/// # Errors
/// If the file cannot be read or holds no certificate.
pub fn config(roots: Option<&Path>, protocol: Protocol) -> Result<Arc<ClientConfig>, String> {
    let mut trusted = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = roots {
        let refused = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let certificates = CertificateDer::pem_file_iter(file).map_err(|error| refused(&error))?;
        let known = trusted.len();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| refused(&error))?;
            trusted.add(certificate).map_err(|error| refused(&error))?;
        }
        if trusted.len() == known {
            return Err(refused(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder
        .map_err(|error| error.to_string())?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.alpn_protocols = vec![match protocol {
        Protocol::Http1 => b"http/1.1".to_vec(),
        Protocol::Http2 => b"h2".to_vec(),
    }];
    Ok(Arc::new(config))
}
