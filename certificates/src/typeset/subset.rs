//! A part of a font: the glyphs that a document shows, embedded so that they look the same everywhere and can be copied.

use super::face::Face;
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Chunk, Filter, Finish, Name, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use std::io::Write;
use subsetter::GlyphRemapper;

const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// What a glyph stands for whose letters are told by its neighbours: a space without width.
const SILENT: char = '\u{200b}';

/// How many objects a subset is written as.
pub(crate) const OBJECTS: i32 = 5;

/// Some glyphs of a font and the codes by which text refers to them.
pub(crate) struct Subset {
    face: Face,
    codes: GlyphRemapper,
    /// The glyph of each code, and the letters that it stands for.
    shown: Vec<(u16, String)>,
}

impl Subset {
    /// A subset with nothing but the box for missing glyphs, code 0.
    pub(crate) fn new(face: Face) -> Self {
        Self { face, codes: GlyphRemapper::new(), shown: vec![(0, String::new())] }
    }

    /// The code of a glyph, which is added if it is new. If it shows no letter by itself, it stands for `letters`.
    pub(crate) fn code(&mut self, glyph: u16, letters: impl FnOnce() -> String) -> u16 {
        let code = self.codes.remap(glyph);
        if usize::from(code) == self.shown.len() {
            let letter = self.face.loaded().letter(glyph);
            let letters = letter.map_or_else(letters, String::from);
            self.shown.push((glyph, letters));
        }
        code
    }

    /// The code of a glyph, if it is here.
    pub(crate) fn get(&self, glyph: u16) -> Option<u16> {
        self.codes.get(glyph)
    }

    /// Writes the font as objects `first` to `first` + [`OBJECTS`] - 1, the first of which is the font. `tag` is six letters
    /// that tell the subsets of a document apart. A subset that is used again and again is worth compressing.
    pub(crate) fn write(&self, chunk: &mut Chunk, first: Ref, tag: &str, compressed: bool) {
        let ids: [Ref; OBJECTS as usize] =
            std::array::from_fn(|at| Ref::new(first.get() + at as i32));
        let [font, cid, descriptor, file, unicode] = ids;
        let name = format!("{tag}+{}", self.face.name());
        let name = Name(name.as_bytes());
        chunk
            .type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        self.write_cid(chunk, cid, descriptor, name);
        self.write_descriptor(chunk, descriptor, file, name);
        self.write_file(chunk, file, compressed);
        write_stream(chunk, unicode, &self.to_unicode(), compressed);
    }

    fn write_cid(&self, chunk: &mut Chunk, id: Ref, descriptor: Ref, name: Name<'_>) {
        let loaded = self.face.loaded();
        let mut cid = chunk.cid_font(id);
        cid.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY);
        cid.font_descriptor(descriptor).default_width(0.0);
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = self.shown.iter().map(|(glyph, _)| f32::from(loaded.width(*glyph)));
        cid.widths().consecutive(0, widths);
    }

    fn write_descriptor(&self, chunk: &mut Chunk, id: Ref, file: Ref, name: Name<'_>) {
        let loaded = self.face.loaded();
        let [left, bottom, right, top] = loaded.bounds();
        let bold = self.face == Face::Bold;
        chunk
            .font_descriptor(id)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(top)
            .descent(bottom)
            .cap_height(loaded.capitals())
            .stem_v(if bold { 140.0 } else { 80.0 })
            .font_file2(file);
    }

    fn write_file(&self, chunk: &mut Chunk, id: Ref, compressed: bool) {
        let font = subsetter::subset(self.face.data(), 0, &self.codes)
            .expect("invariant: the embedded font files are fonts");
        let data = if compressed { deflate(&font) } else { font.clone() };
        let mut stream = chunk.stream(id, &data);
        stream.pair(Name(b"Length1"), font.len() as i32);
        if compressed {
            stream.filter(Filter::FlateDecode);
        }
        stream.finish();
    }

    fn to_unicode(&self) -> Vec<u8> {
        let mut map = UnicodeCmap::<u16>::new(Name(b"Letters"), IDENTITY);
        for (code, (_, letters)) in (0..).zip(&self.shown).skip(1) {
            let silent = letters.is_empty().then_some(SILENT);
            map.pair_with_multiple(code, letters.chars().chain(silent));
        }
        map.finish().to_vec()
    }
}

/// Writes a stream.
pub(crate) fn write_stream(chunk: &mut Chunk, id: Ref, data: &[u8], compressed: bool) {
    if compressed {
        chunk.stream(id, &deflate(data)).filter(Filter::FlateDecode);
    } else {
        chunk.stream(id, data);
    }
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(data)
        .and_then(|()| encoder.finish())
        .expect("invariant: writing to memory does not fail")
}
