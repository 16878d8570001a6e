//! Compact certificates say what the JSON ones say, and are read in one form only.

use super::*;
use crate::credential::Credential;
use crate::issuer::Issuer;
use crate::keys::{KeyRing, PublicKey, Purpose};
use crate::sample::Sample;
use crate::values::Moment;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

fn now() -> Moment {
    Moment::from_seconds(1_619_605_800).unwrap()
}

fn ring(seed: u64) -> KeyRing {
    KeyRing::generate(now(), &mut StdRng::seed_from_u64(seed))
}

fn key(ring: &KeyRing) -> PublicKey {
    *ring.signing(Purpose::Certificates, now()).unwrap().public()
}

fn text_of(credential: &Credential<'_>, ring: &KeyRing) -> QrText {
    let claims = Claims::of(credential, now()).unwrap();
    Token::sign(&claims, ring.signing(Purpose::Certificates, now()).unwrap())
}

/// A text around any bytes, as somebody else would make it.
fn packed(bytes: &[u8]) -> QrText {
    QrText::compress(bytes)
}

#[test]
fn a_code_says_what_the_certificate_says() {
    for sample in [Sample::new(1), Sample::international(2)] {
        let (ring, credential) = (ring(1), sample.credential());
        let token = Token::read(&text_of(&credential, &ring)).unwrap();
        assert_eq!(token.claims().unwrap(), Claims::of(&credential, now()).unwrap());
        assert_eq!(token.key_id(), key(&ring).short_id());
        assert!(token.holds(&key(&ring)));
        assert!(!token.holds(&key(&self::ring(2))), "another key");
    }
}

#[test]
fn a_code_is_small_enough_to_be_scanned() {
    let (ring, sample) = (ring(1), Sample::new(1));
    let text = text_of(&sample.credential(), &ring);
    let link = text.link(&sample.issuer);
    assert!(text.as_str().len() < 656, "QR version 17 at level M: {}", text.as_str().len());
    let dense = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || " $%*+-./:".contains(c);
    assert!(text.as_str().chars().all(dense) && link.fragment().chars().all(dense));
}

#[test]
fn many_are_signed_as_each_is() {
    let ring = ring(1);
    let samples: Vec<_> = (0..20).map(Sample::new).collect();
    let credentials: Vec<_> = samples.iter().map(Sample::credential).collect();
    let each: Vec<_> = credentials.iter().map(|credential| text_of(credential, &ring)).collect();
    let claims: Vec<_> =
        credentials.iter().map(|credential| Claims::of(credential, now()).unwrap()).collect();
    let key = ring.signing(Purpose::Certificates, now()).unwrap();
    assert_eq!(Token::sign_all(&claims, key), each);
}

#[test]
fn a_link_leads_to_the_page_and_holds_the_text() {
    let (ring, sample) = (ring(1), Sample::new(1));
    for number in 0..20 {
        let text = text_of(&Sample::new(number).credential(), &ring);
        let link = text.link(&sample.issuer).to_string();
        let fragment = link.strip_prefix("https://cowin.example/verify#OCW1:").unwrap();
        assert!(!fragment.contains([' ', '#']));
        assert_eq!(QrText::parse(&link), Ok(text.clone()));
        assert_eq!(QrText::parse(text.as_str()), Ok(text));
    }
}

#[test]
fn a_foreign_code_says_that_it_is_foreign() {
    let issuer = Issuer::new("cowin.example").unwrap();
    let page = issuer.verify_page();
    for foreign in
        ["", "HC1:6BF", "ocw1:00", "https://cowin.example/", "PK\u{3}\u{4}", "shc:/5", &page]
    {
        assert_eq!(QrText::parse(foreign), Err(CompactError::Foreign), "{foreign}");
    }
}

#[test]
fn a_truncated_code_is_damaged() {
    let text = text_of(&Sample::new(1).credential(), &ring(1));
    for end in PREFIX_END..text.as_str().len() {
        let part = QrText::parse(&text.as_str()[..end]).unwrap();
        assert_eq!(Token::read(&part).err(), Some(CompactError::Damaged), "{end}");
    }
}

const PREFIX_END: usize = text::PREFIX.len();

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let bomb = packed(&vec![0; 4 * 1024 * 1024]);
    assert!(bomb.as_str().len() > text::LONGEST, "a code could not even hold it");
    assert_eq!(QrText::parse(bomb.as_str()), Err(CompactError::TooLong));
    let small = packed(&vec![0; 1024 * 1024]);
    let small = QrText::parse(small.as_str()).unwrap();
    assert_eq!(Token::read(&small).err(), Some(CompactError::TooLong));
}

#[test]
fn a_second_encoding_of_the_same_is_refused() {
    let text = text_of(&Sample::new(1).credential(), &ring(1));
    let cbor = text.decompress().unwrap();
    assert!(Token::read(&packed(&cbor)).is_ok());
    let trailing = [&cbor[..], &[0]].concat();
    let untagged = &cbor[1..];
    // The array's length in two bytes instead of one.
    let long = [&cbor[..1], &[0x98, 0x04], &cbor[2..]].concat();
    for other in [&trailing, untagged, &long] {
        assert_eq!(Token::read(&packed(other)).err(), Some(CompactError::Shape));
    }
}

proptest! {
    #[test]
    fn any_token_in_sound_packing_is_read_or_refused(
        bytes in any::<Vec<u8>>(), at in any::<prop::sample::Index>(), cut in 0..9_usize,
        part in prop::sample::select(vec![&b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"\xbb\x7f\xff", b"\x5f", b"\xd8\x3d", b"\x9f", b"\xf9\x7e"])
    ) {
        let mut cbor = text_of(&Sample::new(1).credential(), &ring(1)).decompress().unwrap();
        let at = at.index(cbor.len());
        cbor.splice(at..(at + cut).min(cbor.len()), part.iter().copied());
        for cbor in [bytes, cbor, vec![0x81; 8_000], vec![0xd2; 8_000]] {
            if let Ok(token) = Token::read(&packed(&cbor)) {
                let _ = token.claims();
                prop_assert!(!token.holds(&key(&ring(1))));
            }
        }
    }

    #[test]
    fn no_changed_byte_goes_unnoticed(at in any::<usize>(), by in any::<u8>()) {
        let ring = ring(1);
        let mut cbor = text_of(&Sample::new(1).credential(), &ring).decompress().unwrap();
        let at = at % cbor.len();
        prop_assume!(cbor[at] != by);
        cbor[at] = by;
        let key = key(&ring);
        let holds = Token::read(&packed(&cbor))
            .is_ok_and(|token| token.key_id() == key.short_id() && token.holds(&key));
        prop_assert!(!holds);
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "(OCW1:)?\\PC{0,80}", base45 in "[0-9A-Z $%*+./:-]{0,80}", bytes in any::<Vec<u8>>(),
    ) {
        for text in [text, format!("OCW1:{base45}")] {
            if let Ok(text) = QrText::parse(&text) {
                let _ = Token::read(&text);
            }
        }
        let _ = Token::read(&packed(&bytes));
        let _ = Token::read(&packed(&[&[0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48][..], &bytes].concat()));
    }

    #[test]
    fn any_name_is_held(name in any::<String>(), year in any::<i16>(), reference in any::<u64>()) {
        let mut sample = Sample::international(1);
        sample.person.name = name;
        sample.person.birth_year = year;
        let mut credential = sample.credential();
        credential.subject.reference = reference;
        let text = text_of(&credential, &ring(1));
        prop_assume!(text.as_str().len() <= text::LONGEST);
        let token = Token::read(&text).unwrap();
        prop_assert_eq!(token.claims().unwrap(), Claims::of(&credential, now()).unwrap());
    }
}
