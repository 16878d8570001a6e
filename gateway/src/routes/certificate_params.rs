//! What the routes of certificates take.

use super::schema::*;
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;
use opencowin_admission::Api;

pub(super) const CERTIFICATE: Param = required("certificate", UUID, "The certificate's id.");

pub(super) const LOG_LINES_QUERY: &[Param] = &[
    required("start", WHOLE, "The place of the first line, counted from 0."),
    optional("count", WHOLE, "How many lines; at most, and by default, 1024."),
];
pub(super) const LOG_INCLUSION_QUERY: &[Param] = &[
    CERTIFICATE,
    optional(
        "kind",
        r#"{"type":"string","enum":["issued","revoked"]}"#,
        "What became of it; that it was issued, if this is absent.",
    ),
];
pub(super) const LOG_CONSISTENCY_QUERY: &[Param] =
    &[required("first", WHOLE, "How many lines the earlier log has.")];

pub(super) const PUBLIC: Access = Access::Proven(Api::Certificates);
pub(super) const OWN: Access = Access::Person(&[Api::Certificates]);
pub(super) const AT_THE_COUNTER: Access = Access::Counter(Api::Certificates, Act::LookUpPerson);
pub(super) const CORRECT_PERSON: Access = Access::Official(Act::CorrectPerson);
pub(super) const REVOKE: Access = Access::Official(Act::RevokeCertificates);
pub(super) const REISSUE: Access = Access::Official(Act::ReissueCertificates);

/// What a certificate is downloaded as.
pub(super) const COPIES: &[&str] =
    &["application/pdf", "application/vc+json", "image/png", "text/plain", "application/zip"];

const REFERENCE: Param = required("beneficiary_reference_id", REFERENCE_DIGITS, "Who.");
const REFERENCE_DIGITS: &str = r#"{"type":"string","pattern":"^[0-9]{14}$"}"#;
const WHICH_DOSE: Param =
    optional("dose", DOSE, "Which dose (ours); the last one that the programme gave, if absent.");
const REVOCATION_WORD: &str = r#"{"type":"string","enum":["mistaken","fraud"]}"#;
const LANGUAGE: &str =
    r#"{"type":"string","enum":["en","hi","mr","bn","as","pa","gu","or","ta","te","kn","ml"]}"#;

pub(super) const DOWNLOAD_QUERY: &[Param] = &[
    REFERENCE,
    optional("certificate", UUID, "One certificate (ours); else the one for use at home."),
    WHICH_DOSE,
    optional(
        "format",
        r#"{"type":"string","enum":["pdf","json","qr","qr_text","divoc","hcert"]}"#,
        "What it is sent as (ours): a document, which is the default; the signed credential alone; its QR code as a picture, or as the text in it; where the server is set up for it, DIVOC's ZIP and the text of the EU's HCERT.",
    ),
    optional(
        "lang",
        LANGUAGE,
        "The language of the document beside English (ours); that of the state where the dose was given, if absent.",
    ),
];
pub(super) const OWN_LIST_QUERY: &[Param] = &[optional(
    "beneficiary_reference_id",
    REFERENCE_DIGITS,
    "Who; all people of the number if absent.",
)];
pub(super) const COUNTER_LIST_QUERY: &[Param] = &[REFERENCE];
pub(super) const TRAVEL_BODY: &[Param] = &[
    REFERENCE,
    WHICH_DOSE,
    required("date_of_birth", DATE, "The day of birth, of the year that is recorded."),
    required(
        "passport_number",
        r#"{"type":"string","pattern":"^[0-9A-Za-z]{5,15}$"}"#,
        "The passport's number.",
    ),
];
pub(super) const REGENERATE_BODY: &[Param] = &[REFERENCE, WHICH_DOSE];
pub(super) const CORRECT_PERSON_BODY: &[Param] = &[
    REFERENCE,
    optional("name", TEXT, "The name as on the identity document."),
    optional("birth_year", r#"{"type":"string","pattern":"^[0-9]{4}$"}"#, "The year of birth."),
    optional(
        "gender_id",
        WHOLE,
        "As numbered by the list of genders. One of these three is there at least.",
    ),
];
pub(super) const REVOKE_BODY: &[Param] = &[
    required("certificate_id", UUID, "The certificate; the other one of the same dose goes along."),
    required(
        "reason",
        REVOCATION_WORD,
        "`mistaken`: the dose was never given, or to somebody else; `fraud`: it was obtained by deceit.",
    ),
];
pub(super) const REISSUE_BODY: &[Param] = &[
    required("key_id", TEXT, "The revoked key, as did.json names it behind `#`."),
    optional("after", UUID, "The `next` of the answer before."),
];

pub(super) const DOWNLOAD_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::NOT_VACCINATED,
    error::NOT_CERTIFIED,
    error::CERTIFICATE_UNKNOWN,
    error::CERTIFICATE_OVER,
    error::FORM_NOT_ISSUED,
    error::TRY_AGAIN,
];
pub(super) const COUNTER_DOWNLOAD_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::NOT_VACCINATED,
    error::NOT_CERTIFIED,
    error::CERTIFICATE_UNKNOWN,
    error::CERTIFICATE_OVER,
    error::FORM_NOT_ISSUED,
    error::OTP_INVALID,
    error::TRY_AGAIN,
];
pub(super) const LIST_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::NO_BENEFICIARY, error::TRY_AGAIN];
pub(super) const MAKE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::NOT_VACCINATED,
    error::NOT_CERTIFIED,
    error::OTHER_BIRTH_YEAR,
    error::TRY_AGAIN,
];
pub(super) const CORRECT_PERSON_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::CORRECTION_SPENT,
    error::DAY_IMPOSSIBLE,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const REVOKE_ERRORS: &[error::Entry] = &[
    error::CERTIFICATE_UNKNOWN,
    error::CERTIFICATE_OVER,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const REISSUE_ERRORS: &[error::Entry] = &[error::KEY_NOT_REVOKED, error::TRY_AGAIN];
