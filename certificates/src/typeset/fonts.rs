//! The fonts of a document: the common letters of the Latin faces, which every document has, and subsets of what else it shows.

use super::{
    face::{Face, Glyph},
    file::COMPACT,
    subset::{OBJECTS, Subset},
};
use pdf_writer::{Chunk, Name, Ref, writers::Resources};
use std::sync::OnceLock;

/// What a content stream calls a font.
pub(crate) type FontName = [u8; 2];

/// The letters that every document has in both Latin faces.
const COMMON: [std::ops::RangeInclusive<char>; 2] = [' '..='~', '\u{a1}'..='\u{ff}'];
const COMMON_SIGNS: &str = "–—‘’“”•…₹";

/// The Latin faces with their common letters, the same in every document: objects 1 to 10.
pub(crate) struct Common {
    /// The objects.
    pub chunk: Chunk,
    faces: [Subset; 2],
}

impl Common {
    /// The first object that other parts of a document can have.
    pub(crate) const NEXT: Ref = Ref::new(2 * OBJECTS + 1);

    /// The fonts, made at first use.
    pub(crate) fn get() -> &'static Self {
        static COMMON: OnceLock<Common> = OnceLock::new();
        COMMON.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut chunk = Chunk::with_settings(COMPACT);
        let faces = [Face::Regular, Face::Bold].map(common);
        for (subset, at) in faces.iter().zip(0..) {
            subset.write(&mut chunk, Self::font(at), ["OCCOMA", "OCCOMB"][at as usize], true);
        }
        Self { chunk, faces }
    }

    fn font(at: i32) -> Ref {
        Ref::new(1 + at * OBJECTS)
    }

    fn code(&self, glyph: &Glyph) -> Option<(FontName, u16)> {
        let face = glyph.face as usize;
        Some(([b'C', b'A' + face as u8], self.faces.get(face)?.get(glyph.id)?))
    }
}

fn common(face: Face) -> Subset {
    let mut subset = Subset::new(face);
    for letter in COMMON.into_iter().flatten().chain(COMMON_SIGNS.chars()) {
        if let Some(id) = face.loaded().latin(letter) {
            subset.code(id, String::new);
        }
    }
    subset
}

/// The subsets that a part of a document needs beside the common letters.
pub(crate) struct Fonts {
    /// The first letter of the fonts' names, which tells the parts of a document apart.
    part: u8,
    subsets: [Option<Subset>; Face::COUNT],
}

impl Fonts {
    /// No fonts yet. `part` is a capital other than `C`, and another for each part of a document.
    pub(crate) fn new(part: u8) -> Self {
        Self { part, subsets: [const { None }; Face::COUNT] }
    }

    /// The font and the code that show a glyph, which stands for `letters` if it shows none by itself.
    pub(crate) fn code(
        &mut self,
        glyph: &Glyph,
        letters: impl FnOnce() -> String,
    ) -> (FontName, u16) {
        if let Some(common) = Common::get().code(glyph) {
            return common;
        }
        let subset =
            self.subsets[glyph.face as usize].get_or_insert_with(|| Subset::new(glyph.face));
        ([self.part, b'A' + glyph.face as u8], subset.code(glyph.id, letters))
    }

    /// Writes the fonts as objects from `next` on, which is moved behind them, and tells their names. Those of a part that is
    /// used again and again are worth compressing.
    pub(crate) fn write(
        &self,
        chunk: &mut Chunk,
        next: &mut Ref,
        compressed: bool,
    ) -> Vec<(FontName, Ref)> {
        let mut named = Vec::new();
        for (subset, letter) in self.subsets.iter().zip(b'A'..) {
            let Some(subset) = subset else { continue };
            let tag =
                String::from_utf8_lossy(&[b'O', b'C', b'S', b'U', self.part, letter]).into_owned();
            subset.write(chunk, *next, &tag, compressed);
            named.push(([self.part, letter], *next));
            *next = Ref::new(next.get() + OBJECTS);
        }
        named
    }
}

/// Tells a page of the common fonts and of those of its parts.
pub(crate) fn declare(resources: &mut Resources<'_>, parts: &[&[(FontName, Ref)]]) {
    let mut fonts = resources.fonts();
    fonts.pair(Name(b"CA"), Common::font(0)).pair(Name(b"CB"), Common::font(1));
    for (name, font) in parts.iter().copied().flatten() {
        fonts.pair(Name(name), *font);
    }
}
