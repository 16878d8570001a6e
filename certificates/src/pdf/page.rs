//! The page of a certificate without its values: where everything stands.

use super::{form::Row, labels::Labels, language::Language};
use crate::typeset::{
    canvas::Canvas,
    face::Face,
    file::PAGE,
    fonts::Fonts,
    tags::{Mark, Role, Tags},
    text::Text,
};
use pdf_writer::{Name, Ref};

/// The margins at the sides and where the page begins, in points from the bottom edge.
const MARGIN: f32 = 48.0;
const TOP: f32 = PAGE.1 - 40.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;

/// Where values begin, in points from the left edge, and how wide they may be.
const VALUES: f32 = MARGIN + 190.0;
const VALUE_WIDTH: f32 = PAGE.0 - MARGIN - VALUES;
const LABEL_WIDTH: f32 = VALUES - MARGIN - 8.0;

/// The side of the QR code with its quiet zone: 52 mm. The symbol in it then measures 47 mm, in the middle of the 35 to 60 mm
/// that are advised (source: EU Digital COVID Certificate, printing guidelines).
const QR_SIDE: f32 = 147.4;

/// Black, and the gray of labels.
const INK: f32 = 0.0;
const FAINT: f32 = 0.33;

/// A place for a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// To which element it belongs.
    pub mark: Mark,
    /// Its left edge and its top, in points from the left and the bottom edge of the page.
    pub at: (f32, f32),
    /// Its width and height in points.
    pub extent: (f32, f32),
    /// The size in points of a text that is short enough.
    pub size: f32,
    /// The face of Latin text.
    pub face: Face,
}

/// A page that is filled with labels from the top.
pub(super) struct Page {
    english: &'static Labels,
    /// The other language.
    local: Option<(&'static str, &'static Labels)>,
    pub(super) canvas: Canvas,
    pub(super) fonts: Fonts,
    pub(super) tags: Tags,
    /// The distance of what comes next from the bottom edge.
    y: f32,
}

impl Page {
    /// An empty page.
    pub(super) fn new(language: Language) -> Self {
        let local = (language != Language::English).then(|| (language.tag(), Labels::of(language)));
        Self {
            english: Labels::of(Language::English),
            local,
            canvas: Canvas::new(),
            fonts: Fonts::new(b'L'),
            tags: Tags::new(),
            y: TOP,
        }
    }

    /// Leaves the place for who certifies.
    pub(super) fn programme(&mut self) -> Slot {
        self.y -= 18.0;
        let at = (MARGIN, self.y + 18.0);
        self.slot(Role::Paragraph, at, (WIDTH, 18.0), 11.0, Face::Regular)
    }

    /// Draws the title.
    pub(super) fn title(&mut self) {
        self.tags.open(Role::Title);
        self.y -= 22.0;
        self.text(self.english.title, Face::Bold, 19.0, INK, (MARGIN, self.y), WIDTH);
        self.y -= 20.0;
        self.local(|labels| labels.title, 13.0, INK, (MARGIN, self.y), WIDTH);
        self.tags.close();
        self.y -= 4.0;
    }

    /// A heading and its rows; the places of their values.
    pub(super) fn section(
        &mut self,
        heading: fn(&Labels) -> &'static str,
        rows: impl Iterator<Item = Row>,
    ) -> Vec<(Row, Slot)> {
        self.tags.open(Role::Heading);
        self.y -= 23.0;
        let width =
            self.text(heading(self.english), Face::Bold, 11.5, INK, (MARGIN, self.y), WIDTH);
        self.local(heading, 11.0, INK, (MARGIN + width + 10.0, self.y), WIDTH - width - 10.0);
        self.tags.close();
        self.y -= 6.0;
        self.tags.open(Role::Table);
        let slots = rows.map(|row| (row, self.row(row))).collect();
        self.tags.close();
        slots
    }

    fn row(&mut self, row: Row) -> Slot {
        self.rule();
        self.tags.open(Role::Row).open(Role::RowHeader);
        let label = |labels: &Labels| row.label(labels);
        self.text(
            label(self.english),
            Face::Regular,
            9.0,
            FAINT,
            (MARGIN, self.y - 10.5),
            LABEL_WIDTH,
        );
        self.local(label, 9.0, FAINT, (MARGIN, self.y - 21.5), LABEL_WIDTH);
        self.tags.close();
        let face = if row == Row::Name { Face::Bold } else { Face::Regular };
        let extent = (VALUE_WIDTH, row.height() - 5.0);
        let slot = self.slot(Role::Cell, (VALUES, self.y - 3.5), extent, 11.0, face);
        self.tags.close();
        self.y -= row.height();
        slot
    }

    /// The QR code and how to verify: the places of the address and the helpline, and the address's key as a link.
    pub(super) fn verification(&mut self, link: Ref) -> (Slot, i32, Slot) {
        self.rule();
        self.y -= 12.0;
        self.picture();
        let (left, width) = (MARGIN + QR_SIDE + 12.0, WIDTH - QR_SIDE - 12.0);
        let top = self.y - 22.0;
        self.tags.open(Role::Paragraph);
        self.text(self.english.verify, Face::Bold, 10.0, INK, (left, top), width);
        self.local(|labels| labels.verify, 9.5, INK, (left, top - 16.0), width);
        self.tags.close();
        let address = self.link(link, (left, top - 24.0), (width, 28.0));
        self.tags.open(Role::Paragraph);
        let at = (left, top - 66.0);
        let said = self.text(self.english.helpline, Face::Bold, 9.0, FAINT, at, width);
        let at = (left + said + 8.0, at.1);
        self.local(|labels| labels.helpline, 9.0, FAINT, at, width - said - 8.0);
        self.tags.close();
        let helpline =
            self.slot(Role::Paragraph, (left, top - 70.0), (width, 28.0), 10.0, Face::Regular);
        self.y -= QR_SIDE;
        (address.0, address.1, helpline)
    }

    fn link(&mut self, object: Ref, at: (f32, f32), extent: (f32, f32)) -> (Slot, i32) {
        self.tags.open(Role::Link);
        let key = self.tags.annotation(object);
        let mark = self.tags.mark();
        self.tags.close();
        (Slot { mark, at, extent, size: 9.5, face: Face::Regular }, key)
    }

    fn picture(&mut self) {
        let mark = self.tags.open(Role::Figure).alternative("QR code of the certificate").mark();
        self.tags.close();
        self.canvas.begin(mark);
        let content = self.canvas.draw();
        content.save_state();
        content.transform([QR_SIDE, 0.0, 0.0, QR_SIDE, MARGIN - 8.0, self.y - QR_SIDE]);
        content.x_object(Name(b"Q")).restore_state();
        self.canvas.end();
    }

    fn slot(
        &mut self,
        role: Role,
        at: (f32, f32),
        extent: (f32, f32),
        size: f32,
        face: Face,
    ) -> Slot {
        let mark = self.tags.open(role).mark();
        self.tags.close();
        Slot { mark, at, extent, size, face }
    }

    /// Draws a text in the other language, if there is one, as a part of the open element.
    fn local(
        &mut self,
        label: impl Fn(&Labels) -> &'static str,
        size: f32,
        gray: f32,
        at: (f32, f32),
        width: f32,
    ) {
        let Some((tag, labels)) = self.local else { return };
        let text = label(labels);
        self.tags.open(Role::Span).lang(tag).said(text);
        self.text(text, Face::Regular, size, gray, at, width);
        self.tags.close();
    }

    /// Draws a line of text, smaller if it has to be, with its baseline beginning at a point, and tells how wide it is.
    fn text(
        &mut self,
        text: &str,
        face: Face,
        size: f32,
        gray: f32,
        at: (f32, f32),
        width: f32,
    ) -> f32 {
        let text = Text::new(text, face);
        let (size, lines) = text.fit(size, width, 0.0);
        let mark = self.tags.mark();
        self.canvas.begin(mark);
        self.canvas.gray(gray);
        for line in &lines {
            self.canvas.line(&mut self.fonts, &text, line, size, at);
        }
        self.canvas.end();
        lines.first().map_or(0.0, |line| text.width(line, size))
    }

    fn rule(&mut self) {
        let y = self.y;
        self.canvas.artifact(|page| {
            page.set_stroke_gray(0.8).set_line_width(0.5);
            page.move_to(MARGIN, y).line_to(MARGIN + WIDTH, y).stroke();
        });
    }
}
