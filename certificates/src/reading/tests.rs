//! What was written can be read, turned, drawn larger or smaller; and no file can do harm.

use super::*;
use crate::qr::Symbol;
use ::png::{BitDepth, ColorType, Encoder};
use proptest::prelude::*;

/// As many characters as a certificate's.
fn text() -> String {
    "OC1:"
        .chars()
        .chain("6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8".chars().cycle().take(548))
        .collect()
}

fn png(width: usize, color: ColorType, data: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let height = data.len() / width / color.samples();
    let mut encoder = Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    file
}

/// A picture of a symbol, turned and drawn with modules of any size, on gray paper.
fn drawn(symbol: &Symbol, side: usize, module: f64, degrees: f64) -> Vec<u8> {
    let bitmap = symbol.bitmap(1);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let modules = bitmap.side as isize;
    let row = (modules as usize).div_ceil(8);
    (0..side * side)
        .map(|at| {
            let (x, y) =
                ((at % side) as f64 - side as f64 / 2.0, (at / side) as f64 - side as f64 / 2.0);
            let middle = modules as f64 / 2.0;
            let across = ((x * cos + y * sin) / module + middle).floor() as isize;
            let down = ((y * cos - x * sin) / module + middle).floor() as isize;
            let inside = (0..modules).contains(&across) && (0..modules).contains(&down);
            let dark = inside && {
                let (across, down) = (across as usize, down as usize);
                bitmap.rows[down * row + across / 8] & (0x80 >> (across % 8)) == 0
            };
            if dark { 70 } else { 200 }
        })
        .collect()
}

#[test]
fn a_symbols_own_image_is_read() {
    for text in ["A", &text(), "https://cowin.example.in/verify", "नमस्ते"] {
        let symbol = Symbol::of_text(text).unwrap();
        for scale in [1, 2, 4, 8] {
            assert_eq!(qr_texts(&symbol.png(scale)).unwrap(), [text], "{scale} pixels a module");
        }
    }
}

#[test]
fn a_symbol_is_read_however_it_lies() {
    let symbol = Symbol::of_text(&text()).unwrap();
    for (module, degrees) in
        [(3.0, 0.0), (3.7, 90.0), (4.3, 180.0), (4.0, 7.0), (5.0, 33.0), (4.5, -101.0)]
    {
        let gray = drawn(&symbol, 700, module, degrees);
        let file = png(700, ColorType::Grayscale, &gray);
        assert_eq!(qr_texts(&file).unwrap(), [text()], "{module} pixels, {degrees} degrees");
    }
}

#[test]
fn all_kinds_of_colour_are_read() {
    let gray = drawn(&Symbol::of_text("KIND").unwrap(), 200, 5.0, 0.0);
    let each =
        |pixel: fn(u8) -> Vec<u8>| gray.iter().flat_map(|gray| pixel(*gray)).collect::<Vec<u8>>();
    let files = [
        (ColorType::GrayscaleAlpha, each(|gray| vec![0, 255 - gray])),
        (ColorType::Rgb, each(|gray| vec![gray, gray / 2, gray])),
        (ColorType::Rgba, each(|gray| vec![gray, gray, gray, 255])),
    ];
    for (color, data) in files {
        assert_eq!(qr_texts(&png(200, color, &data)).unwrap(), ["KIND"], "{color:?}");
    }
}

#[test]
fn two_symbols_in_one_picture_are_both_read() {
    let one = drawn(&Symbol::of_text("ONE").unwrap(), 200, 5.0, 0.0);
    let other = drawn(&Symbol::of_text("OTHER").unwrap(), 200, 5.0, 0.0);
    let mut texts = qr_texts(&png(200, ColorType::Grayscale, &[one, other].concat())).unwrap();
    texts.sort();
    assert_eq!(texts, ["ONE", "OTHER"]);
}

#[test]
fn a_picture_without_a_code_is_no_error() {
    assert_eq!(read(&png(10, ColorType::Grayscale, &[9; 100])), Ok(Found::default()));
}

#[test]
fn other_files_are_refused_by_kind() {
    assert_eq!(read(b""), Err(ReadError::UnknownFormat));
    assert_eq!(read(b"GIF89a"), Err(ReadError::UnknownFormat));
    assert_eq!(read(b"%PDF-1.4 of somebody else"), Err(ReadError::ForeignPdf));
    assert_eq!(read(&vec![b' '; BYTES + 1]), Err(ReadError::TooLarge));
    let file = Symbol::of_text("A").unwrap().png(4);
    assert_eq!(read(&file[..file.len() - 30]), Err(ReadError::DamagedPng));
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let side = 30_000;
    let mut file = Vec::new();
    let encoder = Encoder::new(&mut file, side, side);
    encoder.write_header().unwrap();
    assert_eq!(read(&file), Err(ReadError::TooLarge));
}

/// The worst picture for whoever looks for corners: nothing else.
#[test]
fn a_picture_full_of_corners_takes_no_longer_than_others() {
    let corner = |x: usize, y: usize| {
        let (x, y) = (x % 9, y % 9);
        let edge = x.max(y).max(6 - x.min(6)).max(6 - y.min(6));
        x < 7 && y < 7 && edge != 5
    };
    let side = 900;
    let gray: Vec<u8> =
        (0..side * side).map(|at| if corner(at % side, at / side) { 0 } else { 255 }).collect();
    assert!(read(&png(side, ColorType::Grayscale, &gray)).is_ok());
}

/// Stripes that look like corners wherever a row crosses them.
#[test]
fn a_picture_of_stripes_takes_no_longer_than_others() {
    let stripe = |x: usize| ![1, 5, 7, 8].contains(&(x % 9));
    let side = 2_000;
    let gray: Vec<u8> =
        (0..side * side).map(|at| if stripe(at % side) { 0 } else { 255 }).collect();
    assert_eq!(qr_texts(&png(side, ColorType::Grayscale, &gray)), Ok(Vec::new()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_modules_make_the_decoder_panic(version in 1..=40_usize, seed in any::<u64>(), modules in prop::collection::vec(any::<bool>(), 512)) {
        let side = 17 + 4 * version;
        let at = |x: usize, y: usize| {
            modules[(x.wrapping_mul(31) ^ y.wrapping_mul(17) ^ (seed as usize).wrapping_mul(x + y)) % 512]
        };
        let _ = rqrr::Grid::new(rqrr::SimpleGrid::from_func(side, at)).decode();
    }

    #[test]
    fn no_damage_to_a_code_makes_reading_panic(spots in prop::collection::vec((0..116_usize, 0..116_usize, 1..20_usize), 0..12), text in "[A-Z]{1,40}") {
        let mut gray = drawn(&Symbol::of_text(&text).unwrap(), 116, 3.0, 0.0);
        for (x, y, extent) in spots {
            for at in (y..(y + extent).min(116)).flat_map(|y| (x..(x + extent).min(116)).map(move |x| y * 116 + x)) {
                gray[at] = 255 - gray[at];
            }
        }
        let texts = qr_texts(&png(116, ColorType::Grayscale, &gray)).unwrap();
        prop_assert!(texts.len() <= 1);
    }

    #[test]
    fn no_bytes_make_reading_panic(start in prop::sample::select(vec![&b"%PDF-1.7\n"[..], b"\x89PNG\r\n\x1a\n", b""]), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&[start, &bytes].concat());
    }
}
