//! Who is at the other end of a connection.

use super::slack::Slack;
use std::net::IpAddr;

/// The other end of a connection, as the socket shows it. It may be a proxy, which is for admission to see through.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address; one of IPv4 is shown as such on sockets of IPv6 too.
    pub address: IpAddr,
    /// The SHA-256 fingerprint of the certificate that it presented and proved to own, if any.
    pub certificate: Option<[u8; 32]>,
    /// Whether the connection has more time than others.
    pub slack: Slack,
}

impl Peer {
    /// Somebody at this address who has presented nothing.
    pub fn at(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), certificate: None, slack: Slack::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv4_is_one_whatever_the_socket() {
        let mapped = Peer::at("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped.address, Peer::at("192.0.2.1".parse().unwrap()).address);
    }
}
