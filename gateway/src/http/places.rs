//! How many connections there may be: altogether, and from one address.

use dashmap::DashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The places for connections, shared by all threads.
pub struct Places {
    total: usize,
    per_client: usize,
    exempt: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    open: AtomicUsize,
    /// Connections by [`client`]; one without a connection is not listed, so that the list is no longer than they.
    clients: DashMap<IpAddr, usize>,
    turned_away: AtomicU64,
}

impl Places {
    /// Room for `total` connections, and for `per_client` of one client unless its address is `exempt`, as that of a
    /// proxy is through which many come.
    pub fn new(
        total: usize,
        per_client: usize,
        exempt: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            total,
            per_client,
            exempt: Box::new(exempt),
            open: AtomicUsize::new(0),
            clients: DashMap::new(),
            turned_away: AtomicU64::new(0),
        })
    }

    /// A place for a connection from `address`, if there is one.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let before = self.open.fetch_add(1, Ordering::AcqRel);
        let mut place = Place { places: self.clone(), client: None };
        let admitted = before < self.total && place.enter(address);
        if !admitted {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        admitted.then_some(place)
    }

    /// Open connections.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Connections that were closed at once because there was no place for them.
    pub fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }
}

/// A place among the open connections, given back when dropped.
pub struct Place {
    places: Arc<Places>,
    /// Under whom it is listed.
    client: Option<IpAddr>,
}

impl Place {
    /// Lists the place under its client; whether that one may have another.
    fn enter(&mut self, address: IpAddr) -> bool {
        if (self.places.exempt)(address) {
            return true;
        }
        let client = client(address);
        let mut count = self.places.clients.entry(client).or_insert(0);
        if *count >= self.places.per_client {
            return false;
        }
        *count += 1;
        self.client = Some(client);
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.fetch_sub(1, Ordering::AcqRel);
        let Some(client) = self.client else { return };
        self.places.clients.remove_if_mut(&client, |_, count| {
            *count -= 1;
            *count == 0
        });
    }
}

/// Whom an address belongs to: with IPv6 a client is given a network of 64 bits at least (RFC 6177), and may call from any
/// address in it.
fn client(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_client_cannot_take_the_places_of_all() {
        let places = Places::new(10, 2, |_| false);
        let held: Vec<_> = (0..2).map(|_| places.take(ip("192.0.2.1")).unwrap()).collect();
        assert!(places.take(ip("192.0.2.1")).is_none());
        assert!(places.take(ip("192.0.2.2")).is_some());
        assert_eq!((places.open(), places.turned_away()), (2, 1));
        drop(held);
        assert!(places.take(ip("192.0.2.1")).is_some());
        assert!(places.clients.is_empty() && places.open() == 0, "nothing is kept of who is gone");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let places = Places::new(10, 1, |_| false);
        let _held = places.take(ip("2001:db8:1:2::1")).unwrap();
        assert!(places.take(ip("2001:db8:1:2:ffff::9")).is_none());
        assert!(places.take(ip("2001:db8:1:3::1")).is_some());
    }

    #[test]
    fn a_proxy_is_many_clients_but_no_more_than_there_are_places() {
        let places = Places::new(3, 1, |address| address == ip("10.0.0.1"));
        let held: Vec<_> = (0..3).map(|_| places.take(ip("10.0.0.1")).unwrap()).collect();
        assert!(places.take(ip("10.0.0.1")).is_none());
        assert_eq!(places.open(), held.len());
    }
}
