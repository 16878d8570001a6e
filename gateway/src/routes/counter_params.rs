//! What the routes of a facility's counter take.

use super::table::{MOBILE, TEXT, UUID, WHOLE, optional, required};
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;
use opencowin_admission::Api;

/// The staff of a facility registers people and gives them its seats.
pub(super) const ENROL: Access = Access::Counter(Api::Vaccination, Act::Enrol);

const YEAR: &str = r#"{"type":"string","pattern":"^[0-9]{4}$"}"#;
const YES_OR_NO: &str = r#"{"type":"string","enum":["Y","N",""]}"#;
const DOSE: &str = r#"{"type":"integer","enum":[1,2,3]}"#;
const CHANNEL: &str = r#"{"type":"string","enum":["on-spot","reserved"]}"#;
const REFERENCES: &str = r#"{"type":"array","items":{"type":"string","pattern":"^[0-9]{14}$"},"minItems":1,"maxItems":4}"#;

const NAME: Param = required(
    "name",
    TEXT,
    "The name as on the identity document; it does not begin with =, +, - or @.",
);
const BIRTH_YEAR: Param = required("birth_year", YEAR, "The year of birth.");
const GENDER: Param = required("gender_id", WHOLE, "As numbered by the list of genders.");
const NUMBER: Param = required(
    "mobile_number",
    MOBILE,
    "The mobile number to register them under; it need not be proven.",
);
const ID_TYPE: Param = required(
    "photo_id_type",
    WHOLE,
    "The kind of the document, 1 to 13; those with which nobody registers themselves among them.",
);
const ID_NUMBER: Param = required(
    "photo_id_number",
    TEXT,
    "The number of the document, whose check digit must be right; never stored in clear.",
);
const COMORBIDITY: Param =
    optional("comorbidity_ind", YES_OR_NO, "Whether a comorbidity is declared.");
const CONSENT: Param =
    optional("consent_version", TEXT, "The version of the terms agreed to; 1 if absent.");
const CENTRE: Param = optional(
    "center_id",
    WHOLE,
    "The facility (ours); needed where an application is tied to several.",
);
const CHANNEL_FIELD: Param =
    optional("channel", CHANNEL, "Out of which seats (ours): those for walk-ins if absent.");

pub(super) const ENROL_BODY: &[Param] =
    &[NAME, BIRTH_YEAR, GENDER, NUMBER, ID_TYPE, ID_NUMBER, COMORBIDITY, CONSENT, CENTRE];
pub(super) const ON_SPOT_BODY: &[Param] = &[
    required("dose", DOSE, "Which dose; 3 is the precaution dose."),
    required("session_id", UUID, "A session of the facility."),
    required("slot", TEXT, "One of the session's slot labels."),
    required("beneficiaries", REFERENCES, "One to four people, of whatever accounts."),
    CHANNEL_FIELD,
];
pub(super) const UPLOAD_QUERY: &[Param] = &[
    CENTRE,
    required(
        "upload_id",
        UUID,
        "What the client calls this file: sent again under the same id within a day, each row is answered as it was.",
    ),
    optional(
        "session_id",
        UUID,
        "A session of the facility into which everybody is booked; slot and dose are needed with it.",
    ),
    optional("slot", TEXT, "One of the session's slot labels."),
    optional("dose", DOSE, "Which dose."),
    CHANNEL_FIELD,
];
pub(super) const UPLOAD_COLUMNS: &[Param] =
    &[NAME, BIRTH_YEAR, GENDER, NUMBER, ID_TYPE, ID_NUMBER, COMORBIDITY, CONSENT];

pub(super) const ENROL_ERRORS: &[error::Entry] = &[
    error::TOO_MANY_BENEFICIARIES,
    error::ID_ALREADY_USED,
    error::ID_MISTYPED,
    error::ID_DENIED,
    error::OTP_INVALID,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const ON_SPOT_ERRORS: &[error::Entry] = &[
    error::NAME_REQUIRED,
    error::SLOT_INVALID,
    error::NO_BENEFICIARY,
    error::ALREADY_BOOKED,
    error::DOSE_ORDER,
    error::AGE_OUTSIDE,
    error::CHOOSE_ANOTHER,
    error::SOLD_OUT,
    error::OTP_INVALID,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const UPLOAD_ERRORS: &[error::Entry] =
    &[error::SLOT_INVALID, error::OTP_INVALID, error::TRY_AGAIN];
