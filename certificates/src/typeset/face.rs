//! The fonts: which letters each has, how wide they are, and how the letters of Indian scripts join.

use harfrust::{Buffer, Direction, Font, Script, ShapeOptions, ShapePlan, ShaperFont, shape};
use std::sync::OnceLock;

/// Letters from this one on are in no Latin face.
const LATIN_END: usize = 0x2123;

/// A font of the documents. All have 1000 units to the em, which are the units of glyphs in a PDF too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Noto Sans.
    Regular,
    /// Noto Sans Bold.
    Bold,
    /// The script of Hindi, Marathi, Nepali, Konkani and others.
    Devanagari,
    /// The script of Bengali, Assamese and, often, Manipuri.
    Bengali,
    /// The script of Punjabi.
    Gurmukhi,
    Gujarati,
    Odia,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
}

/// A glyph and where it stands in relation to the one before, in thousandths of the font's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub face: Face,
    /// Its number in the font.
    pub id: u16,
    /// How far the pen moves on.
    pub advance: i16,
    /// How far from the pen it is drawn.
    pub offset: (i16, i16),
    /// The byte of the text at which the letters begin that it shows, perhaps with other glyphs.
    pub at: u32,
    /// It shows the one letter at `at` as it is.
    pub literal: bool,
}

/// What is known of a font once it has been read.
pub(crate) struct Loaded {
    font: Font,
    /// How its script is shaped; Latin letters stand side by side and need no plan.
    plan: Option<ShapePlan>,
    /// The glyphs of letters below [`LATIN_END`], by letter; 0 where there is none. Empty for other scripts.
    latin: Vec<u16>,
    /// The widths of all glyphs.
    widths: Vec<i16>,
    /// The letter that each glyph shows by itself.
    letters: Vec<Option<char>>,
}

impl Face {
    pub(crate) const COUNT: usize = 11;

    #[cfg(test)]
    const ALL: [Self; Self::COUNT] = [
        Self::Regular,
        Self::Bold,
        Self::Devanagari,
        Self::Bengali,
        Self::Gurmukhi,
        Self::Gujarati,
        Self::Odia,
        Self::Tamil,
        Self::Telugu,
        Self::Kannada,
        Self::Malayalam,
    ];

    /// The face of an Indian script's letter (source: the Unicode blocks U+0900 to U+0D7F, of 128 letters each).
    pub(crate) fn of_script(letter: char) -> Option<Self> {
        match u32::from(letter) {
            0x0900..=0x097f => Some(Self::Devanagari),
            0x0980..=0x09ff => Some(Self::Bengali),
            0x0a00..=0x0a7f => Some(Self::Gurmukhi),
            0x0a80..=0x0aff => Some(Self::Gujarati),
            0x0b00..=0x0b7f => Some(Self::Odia),
            0x0b80..=0x0bff => Some(Self::Tamil),
            0x0c00..=0x0c7f => Some(Self::Telugu),
            0x0c80..=0x0cff => Some(Self::Kannada),
            0x0d00..=0x0d7f => Some(Self::Malayalam),
            _ => None,
        }
    }

    /// The PostScript name.
    pub(crate) fn name(self) -> &'static str {
        self.source().0
    }

    /// The font file.
    pub(crate) fn data(self) -> &'static [u8] {
        self.source().1
    }

    /// The font, read at first use.
    pub(crate) fn loaded(self) -> &'static Loaded {
        static LOADED: [OnceLock<Loaded>; Face::COUNT] = [const { OnceLock::new() }; Face::COUNT];
        LOADED[self as usize].get_or_init(|| Loaded::new(self))
    }

    fn source(self) -> (&'static str, &'static [u8]) {
        macro_rules! font {
            ($name:literal) => {
                ($name, include_bytes!(concat!("../../fonts/", $name, ".ttf")))
            };
        }
        match self {
            Self::Regular => font!("NotoSans-Regular"),
            Self::Bold => font!("NotoSans-Bold"),
            Self::Devanagari => font!("NotoSansDevanagari-Regular"),
            Self::Bengali => font!("NotoSansBengali-Regular"),
            Self::Gurmukhi => font!("NotoSansGurmukhi-Regular"),
            Self::Gujarati => font!("NotoSansGujarati-Regular"),
            Self::Odia => font!("NotoSansOriya-Regular"),
            Self::Tamil => font!("NotoSansTamil-Regular"),
            Self::Telugu => font!("NotoSansTelugu-Regular"),
            Self::Kannada => font!("NotoSansKannada-Regular"),
            Self::Malayalam => font!("NotoSansMalayalam-Regular"),
        }
    }

    fn script(self) -> Option<Script> {
        match self {
            Self::Regular | Self::Bold => None,
            Self::Devanagari => Some(Script::DEVANAGARI),
            Self::Bengali => Some(Script::BENGALI),
            Self::Gurmukhi => Some(Script::GURMUKHI),
            Self::Gujarati => Some(Script::GUJARATI),
            Self::Odia => Some(Script::ORIYA),
            Self::Tamil => Some(Script::TAMIL),
            Self::Telugu => Some(Script::TELUGU),
            Self::Kannada => Some(Script::KANNADA),
            Self::Malayalam => Some(Script::MALAYALAM),
        }
    }
}

impl Loaded {
    fn new(face: Face) -> Self {
        let font = Font::new(face.data(), 0).expect("invariant: the embedded font files are fonts");
        let shaper = ShaperFont::new(&font);
        let count = u16::try_from(font.num_glyphs()).unwrap_or(u16::MAX);
        let widths = (0..count).map(|id| narrow(shaper.glyph_h_advance(u32::from(id).into())));
        let widths = widths.collect();
        let plan = face
            .script()
            .map(|script| ShapePlan::new(&font, Direction::LeftToRight, Some(script), None, &[]));
        let mut latin = vec![0; if plan.is_none() { LATIN_END } else { 0 }];
        let mut letters = vec![None; usize::from(count)];
        for (letter, glyph) in font.charmap().unicodes() {
            let id = glyph.to_u32() as u16;
            if let Some(slot) = letters.get_mut(usize::from(id)) {
                // A blank is one also where a font shows U+00A0 by the same glyph.
                *slot = slot.or(char::from_u32(letter));
            }
            if let Some(slot) = latin.get_mut(letter as usize) {
                *slot = id;
            }
        }
        Self { plan, latin, widths, letters, font }
    }

    /// The glyph of a Latin letter, digit or sign.
    pub(crate) fn latin(&self, letter: char) -> Option<u16> {
        self.latin.get(letter as usize).copied().filter(|id| *id != 0)
    }

    /// How wide a glyph is by itself.
    pub(crate) fn width(&self, id: u16) -> i16 {
        self.widths.get(usize::from(id)).copied().unwrap_or_default()
    }

    /// The letter that a glyph shows by itself; none for what letters become when they join.
    pub(crate) fn letter(&self, id: u16) -> Option<char> {
        self.letters.get(usize::from(id)).copied().flatten()
    }

    /// The box around all glyphs: left, bottom, right, top.
    pub(crate) fn bounds(&self) -> [f32; 4] {
        let bounds = &self.font.metrics().bounds;
        [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|edge| edge.to_f64() as f32)
    }

    /// How high capitals are; in scripts without, as high as in the Latin faces.
    pub(crate) fn capitals(&self) -> f32 {
        self.font.metrics().cap_height.map_or(714.0, |height| height.to_f64() as f32)
    }

    /// Appends the glyphs of `text`, which is in the script of `face` and begins at byte `at` of the whole.
    pub(crate) fn shape(&self, face: Face, text: &str, at: usize, into: &mut Vec<Glyph>) {
        let mut buffer = Buffer::new();
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(face.script());
        buffer.push_str(text);
        let options = ShapeOptions::new().plan(self.plan.as_ref());
        shape(&ShaperFont::new(&self.font), &mut buffer, options)
            .expect("invariant: the buffer has the direction and the script of the plan");
        let glyphs = buffer.glyph_infos().iter().zip(buffer.glyph_positions());
        into.extend(glyphs.map(|(info, position)| Glyph {
            face,
            id: info.glyph_id as u16,
            advance: narrow(position.x_advance),
            offset: (narrow(position.x_offset), narrow(position.y_offset)),
            at: at as u32 + info.cluster,
            literal: false,
        }));
    }
}

/// A measure in font units, which never come near the limits of the type in a real font.
fn narrow(units: i32) -> i16 {
    units.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faces_have_a_thousand_units_to_the_em() {
        for face in Face::ALL {
            assert_eq!(face.loaded().font.units_per_em(), 1000, "{face:?}");
        }
    }

    #[test]
    fn latin_faces_have_the_letters_of_europe_and_the_rupee() {
        for face in [Face::Regular, Face::Bold] {
            assert!("AZaz09éŁẞ–…₹".chars().all(|letter| face.loaded().latin(letter).is_some()));
            assert_eq!(face.loaded().latin('क'), None);
        }
    }

    fn shaped(text: &str) -> Vec<Glyph> {
        let face = Face::of_script(text.chars().next().unwrap()).unwrap();
        let mut glyphs = Vec::new();
        face.loaded().shape(face, text, 0, &mut glyphs);
        glyphs
    }

    #[test]
    fn letters_join_as_the_script_demands() {
        let ki = shaped("कि");
        assert_eq!(Face::Devanagari.loaded().letter(ki[1].id), Some('क'), "the vowel goes first");
        assert_eq!(shaped("क्ष").len(), 1, "one glyph for three letters");
        assert!(shaped("ர்").iter().all(|glyph| glyph.id != 0));
    }

    #[test]
    fn every_script_has_its_letters() {
        for text in ["हिन्दी", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "ଓଡ଼ିଆ", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം"]
        {
            assert!(shaped(text).iter().all(|glyph| glyph.id != 0), "{text}");
        }
    }
}
