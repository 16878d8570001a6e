//! Symbols are those that others make of the same text, and are drawn as they are.

use super::*;
use crate::compact::QrText;
use crate::issuer::Issuer;
use crate::reading::qr_texts;
use proptest::prelude::*;
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment};

/// A link with a text as long as a certificate's, and more.
fn link(more: usize) -> Link {
    let text = "6BF+70790T9WJWG.FKY*4GO0.O1CV2O5%N2FBBRW1*70HS8".chars().cycle();
    let text = text.take(548 + more).collect::<String>();
    let text = QrText::parse(&format!("OCW1:{text}")).unwrap();
    text.link(&Issuer::new("cowin.example").unwrap())
}

#[test]
fn a_certificates_link_makes_a_small_symbol() {
    let symbol = Symbol::new(&link(0)).unwrap();
    assert!(symbol.modules() <= 85, "{symbol:?}: version 17");
    let bytes_alone = Symbol::of_text(&link(0).to_string()).unwrap();
    assert!(symbol.modules() < bytes_alone.modules());
}

#[test]
fn what_a_reader_takes_out_of_a_symbol_is_the_link() {
    let link = link(0).to_string();
    assert!(link.starts_with("https://cowin.example/verify#OCW1:6BF+"));
    assert_eq!(qr_texts(&Symbol::new(&self::link(0)).unwrap().png(2)), Ok(vec![link]));
}

#[test]
fn what_fits_into_no_symbol_is_refused() {
    assert!(Symbol::new(&link(2500)).is_ok());
    assert_eq!(Symbol::new(&link(3500)), Err(TooLong));
}

#[test]
fn the_bitmap_shows_the_symbol_in_its_quiet_zone() {
    let bitmap = Symbol::of_text("A").unwrap().bitmap(2);
    assert_eq!(bitmap.side, (21 + 8) * 2);
    let pixel = |x: usize, y: usize| bitmap.rows[y * 8 + x / 8] & (0x80 >> (x % 8)) == 0;
    assert!(!pixel(7, 8) && pixel(8, 8) && pixel(9, 9), "the corner of the finder pattern");
    assert!(!pixel(10, 10) && !pixel(50, 8) && pixel(49, 8));
}

/// What an encoder that we did not write makes of the same segments.
fn reference(segments: &[QrSegment]) -> Vec<u8> {
    let (least, most) = (qrcodegen::Version::MIN, qrcodegen::Version::MAX);
    let mask = Some(Mask::new(0));
    let code =
        QrCode::encode_segments_advanced(segments, QrCodeEcc::Medium, least, most, mask, false);
    let code = code.unwrap();
    let module = |at: i32| u8::from(code.get_module(at % code.size(), at / code.size()));
    (0..code.size() * code.size()).map(module).collect()
}

#[test]
fn symbols_of_every_size_are_those_that_others_make() {
    for version in Version::all() {
        // As much as just fits, and not one character more.
        let most = (8 * version.data_codewords() - 4 - 16) / 8;
        for length in most - 3..=most + 1 {
            let text = "verify#OCW1-a".chars().cycle().take(length).collect::<String>();
            let Ok(symbol) = Symbol::of_text(&text) else { continue };
            assert!(
                symbol.modules == reference(&[QrSegment::make_bytes(text.as_bytes())]),
                "{version:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_links_symbol_is_the_one_that_others_make(length in 0..3000_usize, seed in "[0-9A-Z $%*+./:-]{1,40}") {
        let text = "OCW1:".chars().chain(seed.chars().cycle().take(length)).collect::<String>();
        let link = QrText::parse(&text).unwrap().link(&Issuer::new("cowin.example").unwrap());
        let segments = [
            QrSegment::make_bytes(link.page().as_bytes()),
            QrSegment::make_alphanumeric(link.fragment()),
        ];
        if let Ok(symbol) = Symbol::new(&link) {
            prop_assert!(symbol.modules == reference(&segments));
        }
    }

    #[test]
    fn a_text_of_other_characters_makes_a_symbol_too(text in "[a-z]\\PC{0,200}") {
        let text = QrText::parse(&format!("OCW1:{}", text.replace('#', ""))).unwrap();
        let link = text.link(&Issuer::new("cowin.example").unwrap());
        let segments = [link.page(), link.fragment()].map(|text| QrSegment::make_bytes(text.as_bytes()));
        prop_assert!(Symbol::new(&link).unwrap().modules == reference(&segments));
    }
}
