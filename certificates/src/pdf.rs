//! The certificate as a PDF: one A4 page in English and the language of the state, with a QR code, and the signed credential
//! attached.
//!
//! All certificates of one form are alike but for their values. So what they share (labels, fonts, tags: [`page`]) is made once
//! ([`template`]), and a certificate is that and one more stream of text with its values, an image and an attachment.

mod form;
mod labels;
mod language;
mod page;
mod template;
mod values;

use crate::qr::Symbol;
pub use language::Language;

/// What a certificate says. All texts are as people read them; the page knows no rules.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    /// The language beside English.
    pub language: Language,
    /// Who certifies, above the title.
    pub programme: &'a str,
    /// Who was vaccinated.
    pub person: Person<'a>,
    /// The dose.
    pub vaccination: Vaccination<'a>,
    /// What borders ask for besides; makes the certificate international.
    pub travel: Option<Travel<'a>>,
    /// The certificate's id.
    pub certificate_id: &'a str,
    /// The address of the page that verifies; it is printed and can be clicked.
    pub verify_at: &'a str,
    /// Where to ask.
    pub helpline: &'a str,
    /// The QR code.
    pub qr: &'a Symbol,
    /// The signed credential (JSON), which is attached as [`ATTACHMENT`].
    pub credential: &'a [u8],
}

/// The name of the attached file.
pub const ATTACHMENT: &str = "certificate.json";

/// Who was vaccinated.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The name. Up to 200 letters are printed in whole.
    pub name: &'a str,
    /// The year of birth, on domestic certificates.
    pub birth_year: i16,
    /// The gender.
    pub gender: &'a str,
    /// The kind of the identity document shown.
    pub id_kind: &'a str,
    /// The last four digits or letters of its number.
    pub id_last_four: &'a str,
    /// The beneficiary reference id.
    pub reference_id: &'a str,
}

/// The dose and how, when and where it was given.
#[derive(Clone, Copy, Debug)]
pub struct Vaccination<'a> {
    /// The vaccine's name.
    pub vaccine: &'a str,
    /// Which dose it was, from 1.
    pub dose: u8,
    /// How many doses there are.
    pub doses: u8,
    /// The day.
    pub date: &'a str,
    /// The batch.
    pub batch: &'a str,
    /// When the next dose is due, if one is.
    pub next_due: Option<&'a str>,
    /// The vaccinator's name.
    pub vaccinated_by: &'a str,
    /// The facility's name.
    pub facility: &'a str,
    /// Its district.
    pub district: &'a str,
    /// Its state.
    pub state: &'a str,
}

/// What an international certificate says besides.
#[derive(Clone, Copy, Debug)]
pub struct Travel<'a> {
    /// The full date of birth.
    pub birth_date: &'a str,
    /// The passport's number.
    pub passport: &'a str,
    /// The vaccine's manufacturer.
    pub manufacturer: &'a str,
    /// The disease that the vaccine protects against.
    pub prophylaxis: &'a str,
}

/// The certificate as a PDF of one A4 page. The same certificate gives the same bytes.
pub fn render(certificate: &Certificate<'_>) -> Vec<u8> {
    values::render(certificate)
}

#[cfg(test)]
mod tests;
