//! What the pages and the routes of people's vaccination status take.

use super::schema::{MOBILE, TEXT, UUID, optional, required};
use super::{Access, Param};
use crate::http::catalogue as error;
use opencowin_admission::Api;

pub(super) const VERIFY: Access = Access::Open(Api::Certificates);
pub(super) const STATUS_DOOR: Access = Access::Open(Api::Status);
pub(super) const INQUIRER: Access = Access::Inquirer;
pub(super) const SHARE: Access = Access::Person(&[Api::Registration, Api::Appointments]);

const NONCE: &str = r#"{"type":"string","pattern":"^[!-~]{1,128}$"}"#;
const NAME: &str = r#"{"type":"string","maxLength":200}"#;
const REFERENCE_DIGITS: &str = r#"{"type":"string","pattern":"^[0-9]{14}$"}"#;
const CERTIFICATE: &str = r#"{"type":["object","string"]}"#;
const HOURS: &str = r#"{"type":"integer","minimum":1,"maximum":8784}"#;

pub(super) const HTML: &[&str] = &["text/html"];
pub(super) const OF_A_PAGE: &[&str] = &["text/html", "text/javascript", "text/css"];
pub(super) const FILE: &[Param] = &[required("file", TEXT, "The file, as the page names it.")];

const PARTY: Param = optional(
    "partner",
    UUID,
    "The partner in whose site the page is embedded; an application is known by its key, a person alone is asked by nobody.",
);
const ORIGIN: Param =
    optional("origin", TEXT, "Where the page is embedded: one of the partner's origins.");

pub(super) const PARTY_QUERY: &[Param] = &[
    PARTY,
    ORIGIN,
    optional("nonce", NONCE, "What the partner recognises the answer by, with `partner` required."),
];
pub(super) const VERIFY_BODY: &[Param] = &[optional(
    "certificate",
    CERTIFICATE,
    "The certificate as JSON, or the text of its code; instead, the certificate can be all of the body, also as PDF or PNG, of up to 1 MiB.",
)];
pub(super) const ASK_BODY: &[Param] = &[
    required("mobile_number", MOBILE, "The number under which the person is registered."),
    required("full_name", NAME, "Their name; how it may be written is in docs/kyc.md."),
    optional(
        "consent_version",
        TEXT,
        "The version of the text to which the person agreed; required unless a key comes along, whose message is agreed to.",
    ),
    optional("email_id", TEXT, "Accepted and ignored."),
    optional("email", TEXT, "Accepted and ignored."),
];
pub(super) const CONFIRM_BODY: &[Param] = &[
    required("otp", TEXT, "Lowercase hex SHA-256 of the six digits."),
    required("txnId", TEXT, "What the request for the password answered."),
];
pub(super) const SHARE_BODY: &[Param] = &[
    required("beneficiary_reference_id", REFERENCE_DIGITS, "The person."),
    optional("hours", HOURS, "After how many hours the link ends; when the person says if absent."),
];
pub(super) const UNSHARE_BODY: &[Param] = &[
    required("beneficiary_reference_id", REFERENCE_DIGITS, "The person."),
    optional("share_id", UUID, "The link, as the list names it; all of the person if absent."),
];
pub(super) const SHARED_QUERY: &[Param] =
    &[required("token", TEXT, "The token of the link, of 128 bits.")];

pub(super) const PARTY_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID];
pub(super) const STATUS_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN];
pub(super) const SHARE_ERRORS: &[error::Entry] =
    &[error::NO_BENEFICIARY, error::TOO_MANY_SHARES, error::TRY_AGAIN];
pub(super) const UNSHARE_ERRORS: &[error::Entry] = &[error::NO_BENEFICIARY, error::TRY_AGAIN];
pub(super) const SHARED_ERRORS: &[error::Entry] = &[error::NOT_FOUND, error::TRY_AGAIN];
