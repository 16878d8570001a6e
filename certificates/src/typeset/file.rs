//! What holds a PDF together: its catalogue, its title and language, and the tree of its pages.

use pdf_writer::{Name, Pdf, Ref, Settings, TextStr, writers::Catalog};

/// Without line breaks and indentation.
pub(crate) const COMPACT: Settings = Settings { pretty: false };

/// Width and height of A4 in points.
pub(crate) const PAGE: (f32, f32) = (595.0, 842.0);

/// What is told of a document as a whole.
pub(crate) struct Head<'a> {
    /// Shown by readers instead of the file's name.
    pub title: &'a str,
    /// The root of the tree of pages.
    pub pages: Ref,
    /// The root of the tags.
    pub tags: Ref,
}

/// Writes the catalogue and the information as two objects from `next` on. English is the documents' language; what is in
/// another is tagged.
pub(crate) fn write_head(
    pdf: &mut Pdf,
    next: &mut Ref,
    head: &Head<'_>,
    more: impl FnOnce(&mut Catalog<'_>),
) {
    pdf.document_info(next.bump()).title(TextStr(head.title)).producer(TextStr("OpenCoWIN"));
    let mut catalogue = pdf.catalog(next.bump());
    catalogue.pages(head.pages).lang(TextStr("en"));
    catalogue.pair(Name(b"StructTreeRoot"), head.tags);
    catalogue.mark_info().marked(true);
    catalogue.viewer_preferences().display_doc_title(true);
    more(&mut catalogue);
}
