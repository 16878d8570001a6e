//! What the routes of a facility's counter take.

use super::schema::{DATE, DOSE, MOBILE, REFERENCES, TEXT, UUID, WHOLE, optional, required};
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;
use opencowin_admission::Api;

/// Whoever sees those who have to do with the facility.
pub(super) const COUNTER: Access = Access::Counter(Api::Vaccination, Act::LookUpPerson);
/// The staff of a facility registers people and gives them its seats.
pub(super) const ENROL: Access = Access::Counter(Api::Vaccination, Act::Enrol);
/// Whoever sees people in and out.
pub(super) const CHECK_IN: Access = Access::Counter(Api::Vaccination, Act::CheckIn);
/// Whoever gives doses.
pub(super) const RECORD_DOSE: Access = Access::Counter(Api::Vaccination, Act::RecordDose);
/// Whoever looks after what a facility, or those of a district, recorded.
pub(super) const CORRECT: Access = Access::Counter(Api::Vaccination, Act::CorrectDose);
/// Staff, for whoever stands there with their numbers.
pub(super) const UNITE: Access = Access::Counter(Api::Vaccination, Act::Unite);
/// Whoever looks for those who were given a dose of a batch.
pub(super) const RECALL: Access = Access::Counter(Api::Vaccination, Act::Recall);
/// The district.
pub(super) const RESET_PROOFS: Access = Access::Counter(Api::Vaccination, Act::ResetProofs);

pub(super) const REFERENCE: Param =
    required("beneficiary_reference_id", REFERENCE_TEXT, "The person.");
pub(super) const COUNTER_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::TRY_AGAIN,
];

const YEAR: &str = r#"{"type":"string","pattern":"^[0-9]{4}$"}"#;
const YES_OR_NO: &str = r#"{"type":"string","enum":["Y","N",""]}"#;
const CHANNEL: &str = r#"{"type":"string","enum":["on-spot","reserved"]}"#;
const REFERENCE_TEXT: &str = r#"{"type":"string","pattern":"^[0-9]{14}$"}"#;

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

const CODE: &str = r#"{"type":"string","pattern":"^[0-9]{4}$"}"#;
const LAST4: &str = r#"{"type":"string","minLength":1,"maxLength":4}"#;
const BATCH_TEXT: &str = r#"{"type":"string","pattern":"^[0-9A-Za-z/-]{1,20}$"}"#;
const DECLINE_WORD: &str = r#"{"type":"string","enum":["no-show","unwilling","unwell","contraindicated","already-vaccinated","no-vaccine","other"]}"#;
const OVERRIDE_WORD: &str =
    r#"{"type":"string","enum":["travel","medical","outbreak","wrong-record"]}"#;
const EVIDENCE_WORD: &str = r#"{"type":"string","enum":["foreign-certificate","paper-certificate","hospital-register","offline-list"]}"#;
const OBSERVED_WORD: &str = r#"{"type":"string","enum":["well","reaction"]}"#;
const EARLY_WORD: &str = r#"{"type":"string","enum":["left","hospital","closed"]}"#;

const PERSON: Param = required("beneficiary_reference_id", REFERENCE_TEXT, "Who.");
const WHICH_DOSE: Param = required("dose", DOSE, "Which dose; 3 is the precaution dose.");
const VACCINE: Param = required("vaccine", TEXT, "The vaccine, by its name.");
const SHOWN_TYPE: Param =
    optional("photo_id_type", WHOLE, "The kind of the document that is shown (ours).");
const SHOWN_NUMBER: Param = optional("photo_id_number", TEXT, "Its number (ours).");
const SHOWN_LAST4: Param =
    optional("photo_id_last4", LAST4, "The last four characters of it, in place of all (ours).");
const SHOWN_CODE: Param =
    optional("security_code", CODE, "The code on the slip of the appointment (ours).");
const VACCINATOR: Param =
    optional("vaccinator_name", TEXT, "Who gives the dose; whoever is logged in, if absent.");

pub(super) const TODAY_QUERY: &[Param] = &[
    CENTRE,
    optional("date", DATE, "Another day that has sessions on sale; today if absent."),
    optional("session_id", UUID, "One session alone."),
    optional("after", UUID, "With a session: the `next` of the page before."),
];
pub(super) const CHECK_IN_BODY: &[Param] = &[
    PERSON,
    required("photo_id_type", WHOLE, "The kind of the document that is shown."),
    SHOWN_NUMBER,
    SHOWN_LAST4,
    required("security_code", CODE, "The code on the slip of the appointment."),
    CENTRE,
];
pub(super) const RESET_BODY: &[Param] =
    &[PERSON, required("center_id", WHOLE, "The facility at which they stand.")];
pub(super) const VACCINATE_BODY: &[Param] = &[
    PERSON,
    CENTRE,
    VACCINE,
    required("vaccine_batch", BATCH_TEXT, "The batch, as printed on the vial."),
    WHICH_DOSE,
    optional("dose1_date", DATE, "Today for a first dose; else the day that is recorded."),
    optional("dose2_date", DATE, "Today for a second dose; else the day that is recorded."),
    VACCINATOR,
    SHOWN_TYPE,
    SHOWN_NUMBER,
    SHOWN_LAST4,
    SHOWN_CODE,
    optional(
        "override_reason",
        OVERRIDE_WORD,
        "Why the interval need not be over, as a manager decides (ours).",
    ),
];
pub(super) const DECLINE_BODY: &[Param] = &[
    PERSON,
    required("reason", DECLINE_WORD, "Why no dose is given; `no-show` once their slot is over."),
    CENTRE,
];
pub(super) const OBSERVE_BODY: &[Param] = &[
    PERSON,
    WHICH_DOSE,
    required("outcome", OBSERVED_WORD, "How they were."),
    optional("early_end", EARLY_WORD, "Why it ends within 30 minutes of the dose."),
    CENTRE,
];
pub(super) const ELSEWHERE_BODY: &[Param] = &[
    PERSON,
    WHICH_DOSE,
    VACCINE,
    required("date", DATE, "The day on which it was given."),
    required("evidence", EVIDENCE_WORD, "What shows it."),
    optional("vaccine_batch", BATCH_TEXT, "The batch, if it is known."),
    optional("vaccinator_name", TEXT, "Who gave it, if that is known."),
    CENTRE,
];
pub(super) const CORRECT_BODY: &[Param] = &[
    PERSON,
    WHICH_DOSE,
    optional("vaccine_batch", BATCH_TEXT, "The batch, if another is recorded."),
    optional("date", DATE, "The day on which it was given, if another is recorded."),
    CENTRE,
];
pub(super) const MERGE_BODY: &[Param] = &[
    required("beneficiary_reference_id", REFERENCE_TEXT, "The reference that is kept."),
    required("other_reference_id", REFERENCE_TEXT, "The one that leads to it from now on."),
];
pub(super) const MOVE_BODY: &[Param] =
    &[PERSON, required("mobile_number", MOBILE, "The number to which they go.")];
pub(super) const RECALL_QUERY: &[Param] = &[
    VACCINE,
    required("batch", BATCH_TEXT, "The batch, as printed on the vial."),
    optional("after", TEXT, "The `next` of the page before."),
];

pub(super) const TODAY_ERRORS: &[error::Entry] = &[error::SLOT_INVALID, error::TRY_AGAIN];
pub(super) const RECALL_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN];
pub(super) const CHECK_IN_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::ID_DENIED,
    error::NO_APPOINTMENT_HERE,
    error::PROOF_WRONG,
    error::PROOF_VOID,
    error::CHOOSE_ANOTHER,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const RESET_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::NO_APPOINTMENT_HERE,
    error::CHOOSE_ANOTHER,
    error::OTP_INVALID,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const VACCINATE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::ID_DENIED,
    error::NO_APPOINTMENT_HERE,
    error::NOT_CHECKED_IN,
    error::PROOF_WRONG,
    error::PROOF_VOID,
    error::VACCINE_OF_SESSION,
    error::DOSE_RECORDED,
    error::DAY_IMPOSSIBLE,
    error::BATCH_UNUSABLE,
    error::DOSE_ORDER,
    error::AGE_OUTSIDE,
    error::CHOOSE_ANOTHER,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const DECLINE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::NO_APPOINTMENT_HERE,
    error::CHECKED_IN,
    error::STILL_EXPECTED,
    error::CHOOSE_ANOTHER,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const OBSERVE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::NO_DOSE_HERE,
    error::OBSERVATION,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const ELSEWHERE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::DOSE_RECORDED,
    error::ALREADY_BOOKED,
    error::DOSE_ORDER,
    error::CHOOSE_ANOTHER,
    error::DAY_IMPOSSIBLE,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const CORRECT_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::NO_DOSE_HERE,
    error::NOTHING_TO_CORRECT,
    error::CORRECTION_LATE,
    error::DAY_IMPOSSIBLE,
    error::BATCH_UNUSABLE,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const MERGE_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::OWNER_ABSENT,
    error::CANNOT_DELETE,
    error::NOT_ONE_PERSON,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const MOVE_MEMBER_ERRORS: &[error::Entry] = &[
    error::NO_BENEFICIARY,
    error::OTP_INVALID,
    error::OWNER_ABSENT,
    error::CANNOT_DELETE,
    error::TOO_MANY_BENEFICIARIES,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
