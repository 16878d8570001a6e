//! Who issues: a host, and the names that follow from it.

/// The place on the web that answers for certificates: a host name, with a port if it is not the usual one. All URLs that
/// certificates name lie there, and its keys are found under its `did:web` (source: W3C CCG, did:web method).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    host: String,
    did: String,
    context: String,
    lists: String,
}

/// The longest host that is believed, in bytes (RFC 1035 allows 253, and a port has up to six more).
const LONGEST: usize = 259;

impl Issuer {
    /// The issuer at this host: `cowin.example` or `cowin.example:8443`. `None` unless it is a host in lower case.
    pub fn new(host: &str) -> Option<Self> {
        let (name, port) = host.split_once(':').map_or((host, None), |(n, p)| (n, Some(p)));
        if host.len() > LONGEST || !is_name(name) || !port.is_none_or(is_port) {
            return None;
        }
        Some(Self {
            did: format!("did:web:{}", host.replace(':', "%3A")),
            context: format!("https://{host}/credentials/vaccination/v1"),
            lists: format!("https://{host}/credentials/status/"),
            host: host.to_owned(),
        })
    }

    /// The issuer of this DID, in the one form that [`did`](Self::did) writes.
    pub fn from_did(did: &str) -> Option<Self> {
        let issuer = Self::new(&did.strip_prefix("did:web:")?.replace("%3A", ":"))?;
        (issuer.did == did).then_some(issuer)
    }

    /// Its host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its decentralised identifier, `did:web:…`.
    pub fn did(&self) -> &str {
        &self.did
    }

    /// The name of one of its keys: the DID and the id of the key.
    pub fn method(&self, key_id: &str) -> String {
        format!("{}#{key_id}", self.did)
    }

    /// The URL of the JSON-LD context that says what a certificate's members mean.
    pub fn context(&self) -> &str {
        &self.context
    }

    /// The URL of a status list.
    pub fn status_list(&self, list: u32) -> String {
        format!("{}{list}", self.lists)
    }

    /// The page on which anybody verifies a certificate.
    pub fn verify_page(&self) -> String {
        format!("https://{}/verify", self.host)
    }
}

fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.split('.').all(label)
}

fn is_port(port: &str) -> bool {
    crate::exact::parse::<u16>(port).is_some_and(|port| port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_found_by_its_did() {
        for host in ["cowin.example", "localhost:8443", "xn--p1b6ci4b4b3a.example"] {
            let issuer = Issuer::new(host).unwrap();
            assert_eq!(Issuer::from_did(issuer.did()), Some(issuer));
        }
        let issuer = Issuer::new("localhost:8443").unwrap();
        assert_eq!(issuer.did(), "did:web:localhost%3A8443");
        assert_eq!(issuer.status_list(7), "https://localhost:8443/credentials/status/7");
    }

    #[test]
    fn what_is_no_host_issues_nothing() {
        for wrong in [
            "",
            ".",
            "Cowin.example",
            "a..b",
            "-a.example",
            "a/b",
            "a b",
            "a:",
            "a:0",
            "a:07",
            "a:70000",
            "a:1:2",
            "a@b",
            "a#b",
            "é.example",
        ] {
            assert_eq!(Issuer::new(wrong), None, "{wrong:?}");
        }
        for wrong in
            ["did:web:a%3a1", "did:web:a:1", "did:key:a", "web:a", "did:web:", "did:web:a%2Fb"]
        {
            assert_eq!(Issuer::from_did(wrong), None, "{wrong:?}");
        }
    }
}
