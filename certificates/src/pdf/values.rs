//! What makes a page a certificate: its values, its QR code and the credential.

use super::{
    ATTACHMENT, Certificate,
    form::Form,
    page::Slot,
    template::{Objects, Template},
};
use crate::{
    qr::Bitmap,
    typeset::{
        canvas::Canvas,
        file::{COMPACT, Head, PAGE, write_head},
        fonts::{Common, FontName, Fonts, declare},
        text::{LEADING, Text},
    },
};
use pdf_writer::{
    Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{ActionType, AnnotationFlags, AnnotationType, AssociationKind},
};

/// How many pixels of the image a module of the QR code is wide: readers that smooth images blur less than a quarter of one.
const SCALE: u8 = 4;

/// How many bytes a certificate takes besides what it shares with others, its QR code and its credential.
const OWN: usize = 12 * 1024;

/// A certificate as a PDF.
pub(super) fn render(certificate: &Certificate<'_>) -> Vec<u8> {
    let template = Template::of(Form::of(certificate));
    let common = &Common::get().chunk;
    let qr = certificate.qr.bitmap(SCALE);
    let capacity =
        common.len() + template.chunk.len() + qr.rows.len() + certificate.credential.len();
    let mut pdf = Pdf::with_settings_and_capacity(COMPACT, capacity + OWN);
    pdf.extend(common);
    pdf.extend(&template.chunk);

    let mut next = template.next;
    let mut fonts = Fonts::new(b'N');
    let values = draw(template, certificate, &mut fonts);
    let own = fonts.write(&mut pdf, &mut next, false);
    let objects = &template.objects;
    pdf.stream(objects.values, &values);
    write_page(&mut pdf, template, &own);
    write_qr(&mut pdf, objects.qr, &qr);
    write_link(&mut pdf, template, certificate.verify_at);
    write_attachment(&mut pdf, objects, certificate.credential);
    let title = format!("Certificate of vaccination {}", certificate.certificate_id);
    let head = Head { title: &title, pages: objects.pages, tags: template.tags };
    write_head(&mut pdf, &mut next, &head, |catalogue| {
        catalogue.names().embedded_files().names().insert(Str(ATTACHMENT.as_bytes()), objects.file);
        catalogue.insert(Name(b"AF")).array().item(objects.file);
    });
    pdf.finish()
}

/// The content stream with the values.
fn draw(template: &Template, certificate: &Certificate<'_>, fonts: &mut Fonts) -> Vec<u8> {
    let mut canvas = Canvas::new();
    canvas.gray(0.0);
    let mut fill = |slot: &Slot, value: &str| set(&mut canvas, fonts, slot, value);
    fill(&template.programme, certificate.programme);
    for (row, slot) in &template.rows {
        fill(slot, &row.value(certificate));
    }
    fill(&template.link, certificate.verify_at);
    fill(&template.helpline, certificate.helpline);
    canvas.finish()
}

/// Sets a value into its slot, as large as it fits.
fn set(canvas: &mut Canvas, fonts: &mut Fonts, slot: &Slot, value: &str) {
    let text = Text::new(value, slot.face);
    let (size, lines) = text.fit(slot.size, slot.extent.0, slot.extent.1);
    canvas.begin(slot.mark);
    let mut baseline = slot.at.1 - size * 1.1;
    for line in &lines {
        canvas.line(fonts, &text, line, size, (slot.at.0, baseline));
        baseline -= size * LEADING;
    }
    canvas.end();
}

fn write_page(pdf: &mut Pdf, template: &Template, own: &[(FontName, Ref)]) {
    let Objects { pages, page: id, labels, values, qr, link, .. } = template.objects;
    pdf.pages(pages).count(1).kids([id]);
    let mut page = pdf.page(id);
    page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(pages);
    page.contents_array([labels, values]).struct_parents(0).annotations([link]);
    page.pair(Name(b"Tabs"), Name(b"S"));
    let mut resources = page.resources();
    declare(&mut resources, &[&template.fonts, own]);
    resources.x_objects().pair(Name(b"Q"), qr);
}

fn write_qr(pdf: &mut Pdf, id: Ref, qr: &Bitmap) {
    let mut image = pdf.image_xobject(id, &qr.rows);
    image.width(qr.side as i32).height(qr.side as i32);
    image.bits_per_component(1).color_space().device_gray();
}

fn write_link(pdf: &mut Pdf, template: &Template, address: &str) {
    let Slot { at, extent, .. } = template.link;
    let mut link = pdf.annotation(template.objects.link);
    link.subtype(AnnotationType::Link).flags(AnnotationFlags::PRINT);
    link.rect(Rect::new(at.0, at.1 - extent.1, at.0 + extent.0, at.1));
    link.border(0.0, 0.0, 0.0, None).struct_parent(template.link_key);
    link.contents(TextStr("Verify this certificate"));
    link.action().action_type(ActionType::Uri).uri(Str(address.as_bytes()));
}

fn write_attachment(pdf: &mut Pdf, objects: &Objects, credential: &[u8]) {
    let mut file = pdf.file_spec(objects.file);
    file.path(Str(ATTACHMENT.as_bytes())).unic_file(TextStr(ATTACHMENT));
    file.description(TextStr("The signed credential")).association_kind(AssociationKind::Source);
    file.insert(Name(b"EF")).dict().pair(Name(b"F"), objects.attachment);
    file.finish();
    pdf.embedded_file(objects.attachment, credential).subtype(Name(b"application/json"));
}
