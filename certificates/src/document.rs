//! A PDF of A4 pages that is filled from the top with rows of text, rules and shades.

use crate::typeset::{
    canvas::Canvas,
    face::Face,
    file::{COMPACT, Head, PAGE, write_head},
    fonts::{Common, Fonts, declare},
    tags::{Role, Tags},
    text::{LEADING, Line, Text},
};
use pdf_writer::{Finish, Pdf, Rect, Ref};

/// The margin on all sides, in points.
const MARGIN: f32 = 50.0;

/// The width between the margins, in points.
pub(crate) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;

/// A text style.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// The face of Latin text; other scripts have their own.
    pub face: Face,
    /// Its size in points.
    pub size: f32,
    /// From 0.0, black, to 1.0, white.
    pub gray: f32,
}

impl Style {
    /// The height of a line in points.
    pub(crate) fn line_height(self) -> f32 {
        self.size * LEADING
    }
}

/// A document in the making. Everything is drawn below what was drawn before.
pub(crate) struct Document {
    full: Vec<Vec<u8>>,
    page: Canvas,
    /// How far the page is filled: the distance of the next line's top from the bottom edge.
    y: f32,
    fonts: Fonts,
    tags: Tags,
}

/// A text to be set in a column: its left edge and width, in points from the left margin.
pub(crate) struct Cell<'a> {
    pub x: f32,
    pub width: f32,
    pub style: Style,
    pub role: Role,
    pub text: &'a str,
    /// After how many lines the text is cut.
    pub lines: usize,
}

impl Document {
    pub(crate) fn new() -> Self {
        Self {
            full: Vec::new(),
            page: Canvas::new(),
            y: PAGE.1 - MARGIN,
            fonts: Fonts::new(b'D'),
            tags: Tags::new(),
        }
    }

    /// Leaves a gap.
    pub(crate) fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// What is drawn by `draw` makes up one element.
    pub(crate) fn within(&mut self, role: Role, draw: impl FnOnce(&mut Self)) {
        self.tags.open(role);
        draw(self);
        self.tags.close();
    }

    /// Sets cells side by side, on a new page if this one is full.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        let set = cells.iter().map(|cell| {
            let text = Text::new(cell.text, cell.style.face);
            let lines = text.wrap(cell.style.size, cell.width, cell.lines);
            (cell, text, lines)
        });
        let set: Vec<_> = set.collect();
        let heights =
            set.iter().map(|(cell, _, lines)| cell.style.line_height() * lines.len() as f32);
        let height = heights.fold(0.0, f32::max);
        self.need(height);
        for (cell, text, lines) in &set {
            self.cell(cell, text, lines);
        }
        self.y -= height;
    }

    /// Draws a thin line across.
    pub(crate) fn rule(&mut self) {
        let y = self.y;
        self.page.artifact(|page| {
            page.set_stroke_gray(0.7).set_line_width(0.6);
            page.move_to(MARGIN, y).line_to(MARGIN + WIDTH, y).stroke();
        });
    }

    /// Shades the next `height` points across.
    pub(crate) fn shade(&mut self, height: f32) {
        self.need(height);
        let y = self.y;
        self.page.artifact(|page| {
            page.set_fill_gray(0.93);
            page.rect(MARGIN, y - height, WIDTH, height).fill_nonzero();
        });
    }

    /// The file, with `title` as the document's title.
    pub(crate) fn finish(mut self, title: &str) -> Vec<u8> {
        self.full.push(self.page.finish());
        write(title, &self.full, &self.fonts, &self.tags)
    }

    fn need(&mut self, height: f32) {
        if self.y - height < MARGIN {
            self.full.push(std::mem::replace(&mut self.page, Canvas::new()).finish());
            self.tags.next_page();
            self.y = PAGE.1 - MARGIN;
        }
    }

    fn cell(&mut self, cell: &Cell<'_>, text: &Text, lines: &[Line]) {
        let Style { size, gray, .. } = cell.style;
        let mut baseline = self.y - size;
        let mark = self.tags.open(cell.role).mark();
        self.tags.close();
        self.page.begin(mark);
        self.page.gray(gray);
        for line in lines {
            self.page.line(&mut self.fonts, text, line, size, (MARGIN + cell.x, baseline));
            baseline -= cell.style.line_height();
        }
        self.page.end();
    }
}

fn write(title: &str, contents: &[Vec<u8>], fonts: &Fonts, tags: &Tags) -> Vec<u8> {
    let mut pdf = Pdf::with_settings(COMPACT);
    pdf.extend(&Common::get().chunk);
    let mut next = Common::NEXT;
    let tree = next.bump();
    let pages: Vec<(Ref, Ref)> = contents.iter().map(|_| (next.bump(), next.bump())).collect();
    let ids: Vec<Ref> = pages.iter().map(|(page, _)| *page).collect();
    let named = fonts.write(&mut pdf, &mut next, false);
    let root = tags.write(&mut pdf, &mut next, &ids);
    write_head(&mut pdf, &mut next, &Head { title, pages: tree, tags: root }, |_| {});

    pdf.pages(tree).count(ids.len() as i32).kids(ids);
    for (((id, stream), content), key) in pages.into_iter().zip(contents).zip(0..) {
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(stream);
        page.struct_parents(key);
        declare(&mut page.resources(), &[&named]);
        page.finish();
        pdf.stream(stream, content);
    }
    pdf.finish()
}
