//! Networks: an address and how many of its bits count (CIDR, RFC 4632).

use crate::address::Address;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network, `192.0.2.0/24` or `2001:db8::/32`. The bits that do not count are zero, so equal networks compare equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// The text is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address or a network like 192.0.2.0/24 or 2001:db8::/32: {0:?}")]
pub struct NotANetwork(String);

impl Network {
    /// The network of the first `prefix` bits of `ip`; as many bits as there are at most. An IPv4 address written as IPv6 is
    /// IPv4, and its prefix is counted from there.
    pub fn new(ip: IpAddr, prefix: u8) -> Self {
        let mapped = matches!(ip, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
        let prefix = if mapped { prefix.saturating_sub(96) } else { prefix };
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let prefix = prefix.min(32);
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                Self { first: IpAddr::V4((ip.to_bits() & mask).into()), prefix }
            }
            IpAddr::V6(ip) => {
                let prefix = prefix.min(128);
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                Self { first: IpAddr::V6((ip.to_bits() & mask).into()), prefix }
            }
        }
    }

    /// Whether `ip` is in it.
    pub fn contains(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.first.is_ipv4() && Self::new(ip, self.prefix) == self
    }

    /// The network of the first `prefix` bits of `address`: at most 32 of IPv4 and 64 of IPv6.
    pub(crate) fn around(address: Address, prefix: u8) -> Self {
        match address {
            Address::V4(bits) => Self::new(IpAddr::V4(bits.into()), prefix),
            Address::V6(bits) => {
                let ip = (u128::from(bits) << 64).into();
                Self::new(IpAddr::V6(ip), prefix.min(64))
            }
        }
    }

    /// The smallest network of whole clients around it: one within an IPv6 /64 becomes that /64.
    pub(crate) fn of_clients(self) -> Self {
        if self.first.is_ipv6() { Self::new(self.first, self.prefix.min(64)) } else { self }
    }

    /// Whether it is of IPv4, and how many bits count.
    pub(crate) fn shape(self) -> (bool, u8) {
        (self.first.is_ipv4(), self.prefix)
    }
}

/// A network, or an address, which is a network of its own.
impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let Some((ip, prefix)) = text.split_once('/') else {
            let ip: IpAddr = text.parse().map_err(|_| wrong())?;
            return Ok(Self::new(ip, bits_of(ip)));
        };
        let ip: IpAddr = ip.parse().map_err(|_| wrong())?;
        let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
        match prefix.parse() {
            Ok(prefix) if digits && prefix <= bits_of(ip) => Ok(Self::new(ip, prefix)),
            _ => Err(wrong()),
        }
    }
}

fn bits_of(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        let cases = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "192.0.2.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true),
        ];
        for (text, address, inside) in cases {
            assert_eq!(network(text).contains(ip(address)), inside, "{address} in {text}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in
            ["", "/", "192.0.2.0/", "192.0.2.0/33", "::/129", "192.0.2/24", "a/8", "1.2.3.4/+8"]
        {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn it_prints_as_it_is_read_and_without_the_bits_that_do_not_count() {
        assert_eq!(network("192.0.2.77/24").to_string(), "192.0.2.0/24");
        assert_eq!(network("2001:db8::1").to_string(), "2001:db8::1/128");
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(bits: u128, v4: bool, prefix in 0u8..=128) {
            let ip = if v4 { IpAddr::V4((bits as u32).into()) } else { IpAddr::V6(bits.into()) };
            let made = Network::new(ip, prefix);
            prop_assert!(made.contains(ip));
            prop_assert_eq!(network(&made.to_string()), made);
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Network>();
        }
    }
}
