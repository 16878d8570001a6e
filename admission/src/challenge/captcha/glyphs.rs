//! The characters, as strokes on a grid of four by six.
//!
//! Those that look like one another are left out, of each group all but one: 8 and B, 0, O, Q and D, 1 and I, 2 and Z, 5 and S,
//! G and 6.

/// A character and its strokes: points `xy` joined by lines, strokes divided by `|`.
type Glyph = (u8, &'static str);

const GLYPHS: [Glyph; 24] = [
    (b'A', "06 20 46|13 33"),
    (b'C', "41 30 10 01 05 16 36 45"),
    (b'D', "00 06 26 45 41 20 00"),
    (b'E', "40 00 06 46|03 33"),
    (b'F', "40 00 06|03 33"),
    (b'H', "00 06|40 46|03 43"),
    (b'J', "40 45 36 16 05"),
    (b'K', "00 06|40 03 46"),
    (b'L', "00 06 46"),
    (b'M', "06 00 23 40 46"),
    (b'N', "06 00 46 40"),
    (b'P', "06 00 30 41 42 33 03"),
    (b'R', "06 00 30 41 42 33 03|23 46"),
    (b'T', "00 40|20 26"),
    (b'U', "00 05 16 36 45 40"),
    (b'V', "00 26 40"),
    (b'W', "00 16 23 36 40"),
    (b'X', "00 46|40 06"),
    (b'Y', "00 23 40|23 26"),
    (b'3', "01 10 30 41 42 33 13|33 44 45 36 16 05"),
    (b'4', "36 30 04 44"),
    (b'6', "40 10 01 05 16 36 45 44 33 03"),
    (b'7', "00 40 16"),
    (b'9', "06 36 45 41 30 10 01 02 13 43"),
];

/// A character, chosen by a random number.
pub(super) fn letter(random: u16) -> u8 {
    GLYPHS[usize::from(random) % GLYPHS.len()].0
}

/// The strokes of a character, each a list of points between (0, 0), top left, and (4, 6).
pub(super) fn strokes(letter: u8) -> impl Iterator<Item = impl Iterator<Item = (f32, f32)>> {
    let glyph = GLYPHS.iter().find(|glyph| glyph.0 == letter);
    glyph.map_or("", |glyph| glyph.1).split('|').map(|stroke| stroke.split(' ').filter_map(point))
}

fn point(text: &str) -> Option<(f32, f32)> {
    let [x, y] = text.as_bytes() else { return None };
    Some((f32::from(x - b'0'), f32::from(y - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_drawn_within_its_grid() {
        for (letter, drawn) in GLYPHS {
            let points: Vec<_> = strokes(letter).flatten().collect();
            assert_eq!(points.len(), drawn.split([' ', '|']).count(), "{}", letter as char);
            assert!(points.iter().all(|(x, y)| (0.0..=4.0).contains(x) && (0.0..=6.0).contains(y)));
        }
    }

    #[test]
    fn no_two_characters_look_alike() {
        for group in ["8B", "0OQD", "1I", "2Z", "5S", "G6"] {
            let drawn =
                group.bytes().filter(|letter| GLYPHS.iter().any(|glyph| glyph.0 == *letter));
            assert!(drawn.count() <= 1, "{group}");
        }
    }
}
