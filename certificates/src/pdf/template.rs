//! What all certificates of a form share: labels, their fonts, and the tags of the whole page. Made once for each form and kept.

use super::{
    form::{Form, Row},
    page::{Page, Slot},
};
use crate::typeset::{
    file::COMPACT,
    fonts::{Common, FontName},
    subset::write_stream,
};
use pdf_writer::{Chunk, Ref};
use std::sync::OnceLock;

/// The objects whose contents are a certificate's own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Objects {
    pub pages: Ref,
    pub page: Ref,
    pub labels: Ref,
    pub values: Ref,
    pub qr: Ref,
    pub link: Ref,
    pub file: Ref,
    pub attachment: Ref,
}

/// Everything that certificates of one form share.
pub(crate) struct Template {
    /// The objects that are the same: the labels' fonts, the labels, the tags.
    pub chunk: Chunk,
    pub objects: Objects,
    /// The labels' fonts.
    pub fonts: Vec<(FontName, Ref)>,
    /// The root of the tags.
    pub tags: Ref,
    /// The first object that is free.
    pub next: Ref,
    /// The places of values.
    pub rows: Vec<(Row, Slot)>,
    pub programme: Slot,
    pub link: Slot,
    /// The link's key in the tree of parents.
    pub link_key: i32,
    pub helpline: Slot,
}

impl Template {
    /// The template of a form, made at first use.
    pub(crate) fn of(form: Form) -> &'static Self {
        static TEMPLATES: [OnceLock<Template>; Form::COUNT] =
            [const { OnceLock::new() }; Form::COUNT];
        TEMPLATES[form.index()].get_or_init(|| Self::new(form))
    }

    fn new(form: Form) -> Self {
        let mut next = Common::NEXT;
        let objects = Objects {
            pages: next.bump(),
            page: next.bump(),
            labels: next.bump(),
            values: next.bump(),
            qr: next.bump(),
            link: next.bump(),
            file: next.bump(),
            attachment: next.bump(),
        };
        let mut page = Page::new(form.language);
        let programme = page.programme();
        page.title();
        let mut rows = page.section(|labels| labels.beneficiary, form.beneficiary());
        rows.extend(page.section(|labels| labels.vaccination, form.vaccination()));
        let (link, link_key, helpline) = page.verification(objects.link);

        let mut chunk = Chunk::with_settings(COMPACT);
        let fonts = page.fonts.write(&mut chunk, &mut next, true);
        let tags = page.tags.write(&mut chunk, &mut next, &[objects.page]);
        write_stream(&mut chunk, objects.labels, &page.canvas.finish(), true);
        Self { chunk, objects, fonts, tags, next, rows, programme, link, link_key, helpline }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Language;

    fn forms() -> impl Iterator<Item = Form> {
        let kinds = [(false, false), (false, true), (true, false), (true, true)];
        Language::ALL.into_iter().flat_map(move |language| {
            kinds.map(|(international, due)| Form { language, international, due })
        })
    }

    #[test]
    fn every_form_fits_its_page() {
        for form in forms() {
            let helpline = Template::of(form).helpline;
            assert!(helpline.at.1 - helpline.extent.1 > 20.0, "{form:?} ends at {helpline:?}");
        }
    }

    #[test]
    fn every_form_has_a_template_of_its_own() {
        let mut indices: Vec<_> = forms().map(Form::index).collect();
        indices.sort_unstable();
        assert!(indices.into_iter().eq(0..Form::COUNT));
    }
}
