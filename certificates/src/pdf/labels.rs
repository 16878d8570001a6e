//! What is printed beside the values of a certificate, in every language.

mod assamese;
mod bengali;
mod english;
mod gujarati;
mod hindi;
mod kannada;
mod malayalam;
mod marathi;
mod odia;
mod punjabi;
mod tamil;
mod telugu;

use super::language::Language;

/// The labels of one language.
pub(crate) struct Labels {
    pub title: &'static str,
    pub beneficiary: &'static str,
    pub vaccination: &'static str,
    pub name: &'static str,
    pub birth_year: &'static str,
    pub birth_date: &'static str,
    pub gender: &'static str,
    pub identity: &'static str,
    pub passport: &'static str,
    pub reference: &'static str,
    pub certificate: &'static str,
    pub vaccine: &'static str,
    pub manufacturer: &'static str,
    pub prophylaxis: &'static str,
    pub dose: &'static str,
    pub date: &'static str,
    pub batch: &'static str,
    pub next_due: &'static str,
    pub vaccinated_by: &'static str,
    pub vaccinated_at: &'static str,
    pub place: &'static str,
    pub verify: &'static str,
    pub helpline: &'static str,
}

impl Labels {
    /// The labels of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::LABELS,
            Language::Hindi => &hindi::LABELS,
            Language::Marathi => &marathi::LABELS,
            Language::Bengali => &bengali::LABELS,
            Language::Assamese => &assamese::LABELS,
            Language::Punjabi => &punjabi::LABELS,
            Language::Gujarati => &gujarati::LABELS,
            Language::Odia => &odia::LABELS,
            Language::Tamil => &tamil::LABELS,
            Language::Telugu => &telugu::LABELS,
            Language::Kannada => &kannada::LABELS,
            Language::Malayalam => &malayalam::LABELS,
        }
    }
}
