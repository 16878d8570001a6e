//! Where the traffic goes.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use thiserror::Error;

/// Where the traffic goes: `http://host:port` or `https://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The host, as it is named in requests and certificates.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Why a target cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    /// The text is not such an address.
    #[error("`{0}` is not a target: http://host:port or https://host:port, without a path")]
    Malformed(String),
    /// The name leads nowhere.
    #[error("{0} cannot be resolved: {1}")]
    Unresolved(String, String),
}

impl Target {
    /// What `Host` says: the port only where it is not the scheme's own.
    pub fn authority(&self) -> String {
        let own = if self.tls { 443 } else { 80 };
        if self.port == own { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// The addresses that the name leads to.
    ///
    /// # Errors
    /// If it leads nowhere.
    pub fn addresses(&self) -> Result<Vec<SocketAddr>, TargetError> {
        let unresolved = |why: String| TargetError::Unresolved(self.host.clone(), why);
        let found: Vec<_> = (self.bare_host(), self.port)
            .to_socket_addrs()
            .map_err(|error| unresolved(error.to_string()))?
            .collect();
        if found.is_empty() { Err(unresolved("no address".to_owned())) } else { Ok(found) }
    }

    /// The host without the brackets that an address of IPv6 wears in a URL.
    pub(super) fn bare_host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// Whether it is this machine.
    pub fn is_here(&self) -> bool {
        self.addresses().is_ok_and(|found| found.iter().all(|address| address.ip().is_loopback()))
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let refused = || TargetError::Malformed(text.to_owned());
        let uri: http::Uri = text.parse().map_err(|_| refused())?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(refused()),
        };
        if uri.path_and_query().is_some_and(|rest| rest.as_str() != "/")
            || text.contains(['@', '#'])
        {
            return Err(refused());
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(refused)?;
        Ok(Self {
            tls,
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_scheme_a_host_and_perhaps_a_port() {
        let target: Target = "http://127.0.0.1:8080".parse().unwrap();
        assert_eq!(
            (target.tls, target.port, target.authority().as_str()),
            (false, 8080, "127.0.0.1:8080")
        );
        assert_eq!("https://example.org/".parse::<Target>().unwrap().authority(), "example.org");
        assert_eq!(
            "http://[::1]:81".parse::<Target>().unwrap().addresses().unwrap()[0].to_string(),
            "[::1]:81"
        );
        for text in [
            "",
            "127.0.0.1:8080",
            "ftp://a",
            "http://",
            "http://a/b",
            "http://a?b=c",
            "http://u:p@a",
            "http://a b",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
