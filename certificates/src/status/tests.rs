//! Lists are read as they were written, and not in any other form.

use super::*;
use crate::canonical::assert_canonical;
use crate::keys::{KeyRing, Purpose};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn now() -> Moment {
    Moment::from_seconds(1_619_605_800).unwrap()
}

fn signed(bits: &Bits) -> (Vec<u8>, KeyRing) {
    let issuer = Issuer::new("cowin.example").unwrap();
    let ring = KeyRing::generate(now(), &mut StdRng::seed_from_u64(1));
    let list = StatusList::new(&issuer, 3, bits, now(), now().plus_seconds(3600));
    assert_canonical(&list);
    (list.sign(&issuer, ring.signing(Purpose::Status, now()).unwrap()), ring)
}

#[test]
fn a_list_comes_back_with_its_bits_and_its_proof() {
    let mut bits = Bits::new();
    for index in [0, 7, 8, ENTRIES - 1, ENTRIES] {
        bits.set(index);
    }
    assert_eq!(bits.count(), 4, "one lies behind the end");
    let (json, ring) = signed(&bits);
    let read = StatusList::parse(&json).unwrap();
    assert_eq!(read.list.bits().unwrap(), bits);
    assert_eq!(read.list.id, "https://cowin.example/credentials/status/3");
    let key = ring.signing(Purpose::Status, now()).unwrap().public();
    assert!(read.proof.holds(&read.list, &read.list.contexts, key.verifying_key()));
    let other = ring.signing(Purpose::Certificates, now()).unwrap().public();
    assert!(!read.proof.holds(&read.list, &read.list.contexts, other.verifying_key()));
}

#[test]
fn a_list_is_its_issuer_s_own() {
    let (json, _) = signed(&Bits::new());
    let json = String::from_utf8(json).unwrap();
    for (from, to) in [
        ("https://cowin.example/", "https://other.example/"),
        ("did:web:cowin.example\",\"type", "did:web:other.example\",\"type"),
        ("status/3", "status/03"),
        ("#list", "#list2"),
    ] {
        let changed = json.replace(from, to);
        assert_ne!(changed, json, "{from}");
        assert_eq!(StatusList::parse(changed.as_bytes()).err(), Some(NoStatusList), "{from}");
    }
}

#[test]
fn the_first_bit_is_the_left_most() {
    let mut bits = Bits::new();
    bits.set(0);
    bits.set(9);
    assert_eq!(
        [0, 1, 9, 15].map(|index| bits.is_set(index)),
        [Some(true), Some(false), Some(true), Some(false)]
    );
    assert_eq!(bits.is_set(ENTRIES), None);
    assert_eq!(bits, Bits::decode(&bits.encode()).unwrap());
}

#[test]
fn a_list_of_another_length_is_none() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use std::io::Read;
    for bytes in [0, 16 * 1024, 128 * 1024 - 1, 128 * 1024 + 1, 100 << 20] {
        let zeros = std::io::repeat(0).take(bytes);
        let mut compressed = Vec::new();
        let mut gzip = flate2::read::GzEncoder::new(zeros, flate2::Compression::fast());
        gzip.read_to_end(&mut compressed).unwrap();
        assert_eq!(Bits::decode(&format!("u{}", URL_SAFE_NO_PAD.encode(compressed))), None);
    }
}

#[test]
fn a_list_with_one_in_a_hundred_revoked_is_small() {
    let mut bits = Bits::new();
    let scatter = permutation::Scatter::new(&[7; 16]);
    for number in 0..u64::from(ENTRIES) / 100 {
        bits.set(scatter.slot(number).unwrap().index);
    }
    let (json, _) = signed(&bits);
    assert!(json.len() < 32 * 1024, "{}", json.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_changed_byte_goes_unnoticed(at in any::<usize>(), by in any::<u8>()) {
        let (mut json, ring) = signed(&Bits::new());
        let at = at % json.len();
        prop_assume!(json[at] != by);
        json[at] = by;
        let key = ring.signing(Purpose::Status, now()).unwrap().public();
        let holds = StatusList::parse(&json).is_ok_and(|read| {
            read.proof.holds(&read.list, &read.list.contexts, key.verifying_key())
        });
        prop_assert!(!holds);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>(), text in "u?[A-Za-z0-9_-]{0,60}") {
        let _ = StatusList::parse(&bytes);
        prop_assert_eq!(Bits::decode(&text), None);
    }
}
