//! Drawing lines of text into the content of a page.

use super::{
    face::Glyph,
    file::COMPACT,
    fonts::Fonts,
    tags::Mark,
    text::{Line, Text, dots},
};
use pdf_writer::{Content, Finish, Name, Str, TextStr};

/// The content of a page in the making.
pub(crate) struct Canvas {
    content: Content,
    codes: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new() -> Self {
        Self { content: Content::with_settings(COMPACT), codes: Vec::new() }
    }

    /// Begins what belongs to an element; all text is drawn within one.
    pub(crate) fn begin(&mut self, mark: Mark) {
        let mut marked = self.content.begin_marked_content_with_properties(mark.role.mark());
        marked.properties().identify(mark.id);
    }

    /// Ends what the last `begin` began.
    pub(crate) fn end(&mut self) {
        self.content.end_marked_content();
    }

    /// Draws what means nothing by itself, such as rules.
    pub(crate) fn artifact(&mut self, draw: impl FnOnce(&mut Content)) {
        self.content.begin_marked_content(Name(b"Artifact"));
        draw(&mut self.content);
        self.content.end_marked_content();
    }

    /// Draws whatever else, within a `begin` and an `end`.
    pub(crate) fn draw(&mut self) -> &mut Content {
        &mut self.content
    }

    /// The gray of what follows, from 0.0, black, to 1.0, white.
    pub(crate) fn gray(&mut self, gray: f32) {
        self.content.set_fill_gray(gray);
    }

    /// Draws a line of a text with its baseline beginning at a point.
    pub(crate) fn line(
        &mut self,
        fonts: &mut Fonts,
        text: &Text,
        line: &Line,
        size: f32,
        at: (f32, f32),
    ) {
        let said = text.said(line);
        if let Some(said) = &said {
            let mut marked = self.content.begin_marked_content_with_properties(Name(b"Span"));
            marked.properties().actual_text(TextStr(said));
        }
        self.content.begin_text().next_line(at.0, at.1);
        self.glyphs(fonts, text, line, size);
        self.content.end_text();
        if said.is_some() {
            self.content.end_marked_content();
        }
    }

    /// The content stream.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.content.finish().into_vec()
    }

    fn glyphs(&mut self, fonts: &mut Fonts, text: &Text, line: &Line, size: f32) {
        let shown = text.glyphs(line);
        let dots = line.cut.then(dots);
        let mut font = None;
        for glyph in shown.iter().chain(dots.as_ref()) {
            let (name, code) = fonts.code(glyph, || text.letters(glyph));
            if font != Some(name) {
                self.flush();
                self.content.set_font(Name(&name), size);
                font = Some(name);
            }
            self.glyph(glyph, code, size);
        }
        self.flush();
    }

    /// Collects glyphs that stand where their widths put them, and moves the pen for others.
    fn glyph(&mut self, glyph: &Glyph, code: u16, size: f32) {
        let code = code.to_be_bytes();
        let (right, up) = glyph.offset;
        let rest = glyph.face.loaded().width(glyph.id) - glyph.advance + right;
        if (right, up, rest) == (0, 0, 0) {
            return self.codes.extend(code);
        }
        self.flush();
        if up != 0 {
            self.content.set_rise(f32::from(up) * size / 1000.0);
        }
        let mut shown = self.content.show_positioned();
        let mut items = shown.items();
        if right != 0 {
            items.adjust(-f32::from(right));
        }
        items.show(Str(&code));
        if rest != 0 {
            items.adjust(f32::from(rest));
        }
        items.finish();
        shown.finish();
        if up != 0 {
            self.content.set_rise(0.0);
        }
    }

    fn flush(&mut self) {
        if !self.codes.is_empty() {
            self.content.show(Str(&self.codes));
            self.codes.clear();
        }
    }
}
