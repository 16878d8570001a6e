//! What a search asks of admission allocates nothing: memory is taken when the server starts, and never for a caller.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use opencowin_admission::{
    Address, Api, Block, Blocks, Callers, Class, Day, KeyQuotas, Limits, Proxies, Shedder, Subject,
    Users, Visit,
};
use opencowin_model::{Mobile, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_619_622_000_000);

/// How often `work` allocated.
fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn addresses_and_accounts_allocate_nothing_whether_admitted_or_refused_known_or_new() {
    let limits = Limits::default();
    let (callers, users) = (Callers::new(1_000), Users::new(1_000));
    let counted = allocations(|| {
        for n in 0..100_000u32 {
            let from = Address::V4(n % 3_000);
            let mut account = [0; 16];
            account[..4].copy_from_slice(&(n % 3_000).to_le_bytes());
            let _ = callers.search(from, &limits, NOW);
            let _ = callers.asked_for(from, Mobile(u64::from(n)), &limits, NOW);
            let _ = callers.challenged(from, NOW);
            users.search(&Visit { account, issued: NOW, from }, &limits, NOW);
            users.ask(account, &limits.user, NOW);
        }
    });
    assert_eq!(counted, 0);
}

#[test]
fn keys_blocks_proxies_and_shedding_allocate_nothing() {
    let limits = Limits::default();
    let quotas = KeyQuotas::new(&limits.plans["public"], &BTreeMap::new());
    let network = |text: &str| text.parse().unwrap();
    let blocks = Blocks::new([Block {
        id: Uuid::nil(),
        subject: Subject::Network(network("192.0.2.0/24")),
        until: None,
        reason: "test".to_owned(),
    }]);
    let proxies = Proxies::new(vec![network("10.0.0.0/8")]);
    let shedder = Shedder::new(&limits.shedding);
    let peer = "10.0.0.1".parse().unwrap();
    let counted = allocations(|| {
        for n in 0..10_000u64 {
            let now_ns = n * 1_000_000;
            let address = proxies.client(peer, Some("192.0.2.1, 203.0.113.7:80, 10.0.0.2"));
            let _ = blocks.address(address, NOW);
            let _ = blocks.key(Uuid::nil(), NOW);
            let _ = quotas.of(Api::Search).admit(now_ns, Day::at(NOW, 19_800_000));
            shedder.observe(n * 10_000, now_ns);
            shedder.admits(Class::PublicSearch, now_ns);
        }
    });
    assert_eq!(counted, 0);
}
