//! Who is shut out: keys, partners, networks and accounts, with an end and a reason.
//!
//! A [`Blocks`] is made anew from the whole list whenever that changes and swapped in, so that looking something up takes no lock.

use crate::address::Address;
use crate::network::Network;
use opencowin_model::Timestamp;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Who a block is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One API key.
    Key(Uuid),
    /// An organisation, with all its keys.
    Partner(Uuid),
    /// All addresses of a network. Within an IPv6 /64 nobody is told apart, so a longer prefix blocks its whole /64.
    Network(Network),
    /// The account of a mobile number, by its keyed hash.
    Account([u8; 16]),
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The entry's own id, by which it is lifted and found in the audit log.
    pub id: Uuid,
    /// Who is shut out.
    pub subject: Subject,
    /// When it ends, if it ends by itself.
    pub until: Option<Timestamp>,
    /// Why, in the words of whoever blocked.
    pub reason: String,
}

impl Block {
    /// Whether it is in force at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// The list at one moment, ready to be asked.
#[derive(Debug, Default)]
pub struct Blocks {
    by_subject: HashMap<Subject, Block, foldhash::fast::RandomState>,
    /// The lengths of the prefixes in the list, longest first: IPv6, then IPv4.
    prefixes: [Vec<u8>; 2],
}

impl Blocks {
    /// From the whole list. Of several blocks on one subject the one that lasts longest counts.
    pub fn new(list: impl IntoIterator<Item = Block>) -> Self {
        let mut by_subject = HashMap::<Subject, Block, _>::default();
        for block in list {
            let subject = as_asked(block.subject);
            match by_subject.get(&subject) {
                Some(kept) if lasts(kept) >= lasts(&block) => {}
                _ => {
                    by_subject.insert(subject, block);
                }
            }
        }
        let prefixes = [false, true].map(|v4| prefixes(by_subject.keys(), v4));
        Self { by_subject, prefixes }
    }

    /// The block on an API key, if one is in force.
    pub fn key(&self, key: Uuid, now: Timestamp) -> Option<&Block> {
        self.on(&Subject::Key(key), now)
    }

    /// The block on an organisation, if one is in force.
    pub fn partner(&self, partner: Uuid, now: Timestamp) -> Option<&Block> {
        self.on(&Subject::Partner(partner), now)
    }

    /// The block on an account, if one is in force.
    pub fn account(&self, account: [u8; 16], now: Timestamp) -> Option<&Block> {
        self.on(&Subject::Account(account), now)
    }

    /// The block on the smallest network around `address`, if one is in force: one look-up for each length of prefix in the
    /// list.
    pub fn address(&self, address: Address, now: Timestamp) -> Option<&Block> {
        let prefixes = &self.prefixes[usize::from(matches!(address, Address::V4(_)))];
        prefixes
            .iter()
            .find_map(|&prefix| self.on(&Subject::Network(Network::around(address, prefix)), now))
    }

    /// How many subjects are in the list, whether their blocks are in force or have ended.
    pub fn len(&self) -> usize {
        self.by_subject.len()
    }

    /// Whether nobody is blocked.
    pub fn is_empty(&self) -> bool {
        self.by_subject.is_empty()
    }

    fn on(&self, subject: &Subject, now: Timestamp) -> Option<&Block> {
        if self.is_empty() {
            return None;
        }
        self.by_subject.get(subject).filter(|block| block.holds(now))
    }
}

fn as_asked(subject: Subject) -> Subject {
    match subject {
        Subject::Network(network) => Subject::Network(network.of_clients()),
        other => other,
    }
}

/// Orders blocks by their end; one without an end lasts longest.
fn lasts(block: &Block) -> (bool, Option<Timestamp>) {
    (block.until.is_none(), block.until)
}

fn prefixes<'a>(subjects: impl Iterator<Item = &'a Subject>, v4: bool) -> Vec<u8> {
    let shapes = subjects.filter_map(|subject| match subject {
        Subject::Network(network) => Some(network.shape()),
        _ => None,
    });
    let lengths: BTreeSet<u8> = shapes.filter(|shape| shape.0 == v4).map(|shape| shape.1).collect();
    lengths.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::IpAddr;

    const NOW: Timestamp = Timestamp(1_000);

    fn block(subject: Subject, until: Option<i64>) -> Block {
        Block {
            id: Uuid::from_u128(1),
            subject,
            until: until.map(Timestamp),
            reason: String::new(),
        }
    }

    fn network(text: &str) -> Subject {
        Subject::Network(text.parse().unwrap())
    }

    fn blocked(blocks: &Blocks, address: &str) -> bool {
        let ip: IpAddr = address.parse().unwrap();
        blocks.address(ip.into(), NOW).is_some()
    }

    #[test]
    fn each_kind_of_subject_is_found_and_nothing_else() {
        let id = Uuid::from_u128(7);
        let subjects = [Subject::Key(id), Subject::Partner(id), Subject::Account([7; 16])];
        for subject in subjects {
            let blocks = Blocks::new([block(subject, None)]);
            assert_eq!(blocks.key(id, NOW).is_some(), subject == subjects[0]);
            assert_eq!(blocks.partner(id, NOW).is_some(), subject == subjects[1]);
            assert_eq!(blocks.account([7; 16], NOW).is_some(), subject == subjects[2]);
            assert!(blocks.key(Uuid::from_u128(8), NOW).is_none());
            assert!(!blocked(&blocks, "192.0.2.1"));
        }
    }

    #[test]
    fn a_block_ends_by_itself() {
        let blocks = Blocks::new([block(network("192.0.2.0/24"), Some(2_000))]);
        let address = Address::from("192.0.2.9".parse::<IpAddr>().unwrap());
        assert!(blocks.address(address, Timestamp(1_999)).is_some());
        assert!(blocks.address(address, Timestamp(2_000)).is_none());
    }

    #[test]
    fn a_wider_block_holds_where_a_narrower_one_has_ended() {
        let list = [block(network("192.0.2.9"), Some(0)), block(network("192.0.0.0/16"), None)];
        assert!(blocked(&Blocks::new(list), "192.0.2.9"));
    }

    #[test]
    fn of_two_blocks_on_one_subject_the_longer_counts() {
        let subject = network("192.0.2.9");
        for list in
            [[Some(5_000), Some(0)], [Some(0), Some(5_000)], [None, Some(0)], [Some(0), None]]
        {
            assert!(blocked(&Blocks::new(list.map(|until| block(subject, until))), "192.0.2.9"));
        }
    }

    #[test]
    fn one_ipv6_address_blocks_its_line() {
        let blocks = Blocks::new([block(network("2001:db8::1"), None)]);
        assert!(blocked(&blocks, "2001:db8::ffff") && !blocked(&blocks, "2001:db8:0:1::1"));
    }

    #[test]
    fn nobody_is_blocked_by_an_empty_list() {
        let blocks = Blocks::default();
        assert!(blocks.is_empty() && !blocked(&blocks, "192.0.2.1") && !blocked(&blocks, "::1"));
    }

    proptest! {
        #[test]
        fn it_finds_what_a_walk_over_the_list_finds(
            networks in prop::collection::vec((0u32..1 << 12, 20u8..=32), 0..30),
            addresses in prop::collection::vec(0u32..1 << 12, 1..50),
        ) {
            let networks: Vec<Network> = networks
                .into_iter()
                .map(|(bits, prefix)| Network::new(IpAddr::V4(bits.into()), prefix))
                .collect();
            let blocks = Blocks::new(networks.iter().map(|n| block(Subject::Network(*n), None)));
            for ip in addresses.into_iter().map(|bits| IpAddr::V4(bits.into())) {
                let expected = networks.iter().any(|network| network.contains(ip));
                prop_assert_eq!(blocks.address(ip.into(), NOW).is_some(), expected);
            }
        }
    }
}
