//! A PDF of A4 pages that is filled from the top with rows of text, rules and shades.

use crate::{font::Font, text};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// Width and height of A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);

/// The margin on all sides, in points.
const MARGIN: f32 = 50.0;

/// The width between the margins, in points.
pub(crate) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;

/// The distance of lines, as a multiple of the size.
const LEADING: f32 = 1.3;

/// A text style.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// The font.
    pub font: Font,
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
    full: Vec<Content>,
    page: Content,
    /// How far the page is filled: the distance of the next line's top from the bottom edge.
    y: f32,
}

/// A text to be set in a column: its left edge and width, in points from the left margin.
pub(crate) struct Cell<'a> {
    pub x: f32,
    pub width: f32,
    pub style: Style,
    pub text: &'a str,
    /// After how many lines the text is cut.
    pub lines: usize,
}

impl Document {
    pub(crate) fn new() -> Self {
        Self { full: Vec::new(), page: Content::new(), y: PAGE.1 - MARGIN }
    }

    /// Leaves a gap.
    pub(crate) fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// Sets cells side by side, on a new page if this one is full.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        let lines = cells.iter().map(|cell| {
            text::wrap(cell.style.font, cell.style.size, cell.text, cell.width, cell.lines)
        });
        let lines: Vec<_> = lines.collect();
        let heights = cells.iter().zip(&lines);
        let heights = heights.map(|(cell, lines)| cell.style.line_height() * lines.len() as f32);
        let height = heights.fold(0.0, f32::max);
        self.need(height);
        for (cell, lines) in cells.iter().zip(lines) {
            self.lines(cell, &lines);
        }
        self.y -= height;
    }

    /// Draws a thin line across.
    pub(crate) fn rule(&mut self) {
        self.page.set_stroke_gray(0.7).set_line_width(0.6);
        self.page.move_to(MARGIN, self.y).line_to(MARGIN + WIDTH, self.y).stroke();
    }

    /// Shades the next `height` points across.
    pub(crate) fn shade(&mut self, height: f32) {
        self.need(height);
        self.page.set_fill_gray(0.93);
        self.page.rect(MARGIN, self.y - height, WIDTH, height).fill_nonzero();
    }

    /// The file, with `title` as the document's title.
    pub(crate) fn finish(mut self, title: &str) -> Vec<u8> {
        self.full.push(self.page);
        write(title, self.full)
    }

    fn need(&mut self, height: f32) {
        if self.y - height < MARGIN {
            self.full.push(std::mem::replace(&mut self.page, Content::new()));
            self.y = PAGE.1 - MARGIN;
        }
    }

    fn lines(&mut self, cell: &Cell<'_>, lines: &[Vec<u8>]) {
        let Style { font, size, gray } = cell.style;
        let mut baseline = self.y - size;
        self.page.set_fill_gray(gray);
        for line in lines {
            self.page.begin_text().set_font(Name(font.resource()), size);
            self.page.next_line(MARGIN + cell.x, baseline).show(Str(line)).end_text();
            baseline -= cell.style.line_height();
        }
    }
}

/// Objects 1 to 5 are the catalogue, the page tree, the information and the fonts; pages and their contents follow.
fn write(title: &str, contents: Vec<Content>) -> Vec<u8> {
    let [catalogue, tree, info, regular, bold] = [1, 2, 3, 4, 5].map(Ref::new);
    let pages: Vec<(Ref, Ref)> =
        (0..contents.len() as i32).map(|at| (Ref::new(6 + 2 * at), Ref::new(7 + 2 * at))).collect();

    let mut pdf = Pdf::new();
    pdf.catalog(catalogue).pages(tree).lang(TextStr("en"));
    pdf.document_info(info).title(TextStr(title));
    pdf.pages(tree).kids(pages.iter().map(|(page, _)| *page)).count(pages.len() as i32);
    for (font, id) in Font::ALL.into_iter().zip([regular, bold]) {
        pdf.type1_font(id)
            .base_font(Name(font.name()))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for ((page, stream), content) in pages.into_iter().zip(contents) {
        write_page(&mut pdf.page(page), tree, stream, [regular, bold]);
        pdf.stream(stream, &content.finish());
    }
    pdf.finish()
}

fn write_page(page: &mut pdf_writer::writers::Page<'_>, tree: Ref, stream: Ref, fonts: [Ref; 2]) {
    page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(stream);
    let mut resources = page.resources();
    let mut named = resources.fonts();
    for (font, id) in Font::ALL.into_iter().zip(fonts) {
        named.pair(Name(font.resource()), id);
    }
    named.finish();
}
