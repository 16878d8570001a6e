//! Who is behind a proxy: `X-Forwarded-For`, believed only as far as proxies that we trust have written it.
//!
//! Each proxy appends the address that it was called from, so the header is read from the right. Entries of trusted proxies are passed
//! over; the first other one is the client, and whatever stands left of it the client may have made up.

use crate::address::Address;
use crate::network::Network;
use std::net::{IpAddr, SocketAddr};

/// The networks whose word on `X-Forwarded-For` is taken.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    trusted: Vec<Network>,
}

impl Proxies {
    /// Trusts all of these networks; none is trusted by default.
    pub fn new(trusted: Vec<Network>) -> Self {
        Self { trusted }
    }

    /// Whether `ip` is a trusted proxy.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(ip))
    }

    /// The client of a request that came from `peer` with this `X-Forwarded-For` (several headers joined by commas). An entry
    /// that is no address ends the reading: the client is then the last proxy that was believed.
    pub fn client(&self, peer: IpAddr, forwarded: Option<&str>) -> Address {
        let mut client = peer;
        for entry in forwarded.unwrap_or_default().rsplit(',') {
            if !self.trusts(client) {
                break;
            }
            match entry_address(entry.trim()) {
                Some(ip) => client = ip,
                None => break,
            }
        }
        client.into()
    }
}

/// An entry's address: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn entry_address(entry: &str) -> Option<IpAddr> {
    let bracketed = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    bracketed
        .unwrap_or(entry)
        .parse()
        .ok()
        .or_else(|| entry.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, forwarded: &str) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
        let peer = peer.parse().unwrap();
        Proxies::new(trusted.to_vec()).client(peer, Some(forwarded)).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_names_the_client() {
        assert_eq!(client("198.51.100.7", "192.0.2.1"), "198.51.100.7");
        assert_eq!(client(PROXY, "192.0.2.1"), "192.0.2.1");
        let nobody = Proxies::default();
        let peer = PROXY.parse().unwrap();
        assert_eq!(nobody.client(peer, Some("192.0.2.1")), Address::from(peer));
        assert_eq!(nobody.client(peer, None), Address::from(peer));
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_believed() {
        assert_eq!(client(PROXY, "203.0.113.9, 192.0.2.1"), "192.0.2.1");
        assert_eq!(client(PROXY, "10.0.0.9, 192.0.2.1, 10.2.3.4"), "192.0.2.1");
    }

    #[test]
    fn a_malformed_entry_ends_the_reading_at_the_last_good_one() {
        assert_eq!(client(PROXY, "192.0.2.1, unknown, 10.2.3.4"), "10.2.3.4");
        for forwarded in ["", ",", "192.0.2.1,", "_hidden", "192.0.2.1:port", "[192.0.2.1"] {
            assert_eq!(client(PROXY, forwarded), PROXY, "{forwarded:?}");
        }
    }

    #[test]
    fn ports_brackets_and_spaces_are_tolerated() {
        let six = "2001:db8:0:1::/64";
        for forwarded in ["2001:db8:0:1::5", "[2001:db8:0:1::5]", "[2001:db8:0:1::5]:443"] {
            assert_eq!(client("fd00::1", forwarded), six, "{forwarded:?}");
        }
        assert_eq!(client(PROXY, "  192.0.2.1:51234 ,10.9.9.9:80"), "192.0.2.1");
        assert_eq!(client("::ffff:10.0.0.1", "::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn a_request_made_by_a_proxy_itself_is_the_proxys() {
        assert_eq!(client(PROXY, "10.0.0.3, 10.0.0.2"), "10.0.0.3");
    }

    proptest! {
        #[test]
        fn no_header_panics_or_moves_an_untrusted_peer(forwarded: String) {
            prop_assert_eq!(client("198.51.100.7", &forwarded), "198.51.100.7");
            client(PROXY, &forwarded);
        }

        #[test]
        fn the_last_hop_decides(junk in "[ -~]{0,80}", client_bits: u32) {
            let ip = IpAddr::V4((client_bits | 0x8000_0000).into());
            prop_assert_eq!(client(PROXY, &format!("{junk},{ip}")), ip.to_string());
        }
    }
}
