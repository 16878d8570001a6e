//! What the routes of searches, doors and people take.

use super::schema::*;
use super::{Access, Endpoint, Param, PlaceKind, SearchKind};
use crate::http::catalogue as error;
use opencowin_admission::Api;

pub(super) const SEARCH: Access = Access::Open(Api::Search);
pub(super) const SEARCH_WITH_TOKEN: Access = Access::Person(&[Api::Search]);
pub(super) const PUBLIC_DOOR: Access = Access::Open(Api::Authentication);
pub(super) const APPLICATION_DOOR: Access = Access::Application(Api::Authentication);
pub(super) const PORTAL_DOOR: Access = Access::Portal;
pub(super) const REGISTER: Access = Access::Person(&[Api::Registration]);
pub(super) const OWN_PEOPLE: Access = Access::Person(&[Api::Registration, Api::Appointments]);
pub(super) const BOOK: Access = Access::Person(&[Api::Appointments]);
pub(super) const TOKEN_OF_A_PERSON: Access =
    Access::Person(&[Api::Appointments, Api::Registration, Api::Search]);

pub(super) const STATE_ID: Param =
    required("state_id", WHOLE, "The state, as numbered by the list of states.");
pub(super) const DISTRICT: Param =
    required("district_id", WHOLE, "The district, as numbered by its state's list.");
pub(super) const PIN: Param = required("pincode", PINCODE, "The postal code.");
pub(super) const CENTRE: Param = required("center_id", WHOLE, "The centre.");
pub(super) const LAT: Param = required("lat", DEGREES, "Latitude in degrees.");
pub(super) const LONG: Param = required("long", DEGREES, "Longitude in degrees.");
pub(super) const DAY: Param =
    required("date", DATE, "The day, or the first of seven for a calendar.");
pub(super) const DAY_OPTIONAL: Param = optional("date", DATE, "The day; today if absent.");
pub(super) const MOBILE_FIELD: Param = required("mobile", MOBILE, "The mobile number to prove.");
pub(super) const SECRET: Param =
    optional("secret", TEXT, "Accepted and ignored: the portal's constant.");
pub(super) const OTP: Param = required("otp", TEXT, "Lowercase hex SHA-256 of the six digits.");
pub(super) const TXN_ID: Param =
    required("txnId", UUID, "What the request for the password answered.");
pub(super) const APPOINTMENT: Param = required("appointment_id", UUID, "The appointment.");
pub(super) const CAPTCHA: Param = optional(
    "captcha",
    TEXT,
    "What the captcha shows; looked at only while the account is suspected of being a bot's.",
);
pub(super) const SESSION: Param = required("session_id", UUID, "The session.");
pub(super) const SLOT: Param = required("slot", TEXT, "One of the session's slot labels.");

/// Filters that any search takes. Ours, but for `vaccine`.
macro_rules! search_params {
    ($($own:expr),*) => {
        &[
            $($own,)*
            optional("vaccine", TEXT, "Only sessions of this vaccine."),
            optional("fee_type", r#"{"type":"string","enum":["Free","Paid"]}"#, "Only centres of this kind."),
            optional("min_age_limit", WHOLE, "Only sessions whose age band starts here."),
            optional("dose", DOSE, "Only sessions published with seats for this dose; with `available`, only while some are left."),
            optional("available", FLAG, "Only sessions with seats left."),
        ]
    };
}
pub(super) use search_params;

pub(super) const fn search(place: PlaceKind, calendar: bool) -> Endpoint {
    Endpoint::Search(SearchKind { place, calendar, v4: false, date_optional: false })
}

pub(super) const fn search_v4(place: PlaceKind) -> Endpoint {
    Endpoint::Search(SearchKind { place, calendar: true, v4: true, date_optional: false })
}

pub(super) const fn search_near(date_optional: bool) -> Endpoint {
    Endpoint::Search(SearchKind {
        place: PlaceKind::Near,
        calendar: false,
        v4: false,
        date_optional,
    })
}

pub(super) const DOOR_ERRORS: &[error::Entry] =
    &[error::OTP_NOT_SENT, error::CHALLENGE, error::TRY_AGAIN];
pub(super) const RECORD_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::NOT_FOUND, error::TRY_AGAIN];
pub(super) const CONFIRM_ERRORS: &[error::Entry] =
    &[error::OTP_MISSING, error::TXN_ID_MISSING, error::OTP_INVALID, error::TRY_AGAIN];
/// A list of centres shows no seats, so it is answered however old they are.
pub(super) const POSITION_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID];
pub(super) const PLACE_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN];
pub(super) const PIN_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::PINCODE_INVALID, error::TRY_AGAIN];
pub(super) const BOOKING_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::SLOT_INVALID,
    error::NO_BENEFICIARY,
    error::CAPTCHA_MISSING,
    error::CAPTCHA_WRONG,
    error::ALREADY_BOOKED,
    error::DOSE_ORDER,
    error::AGE_OUTSIDE,
    error::CHOOSE_ANOTHER,
    error::SOLD_OUT,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const RESCHEDULE_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::SLOT_INVALID,
    error::CAPTCHA_MISSING,
    error::CAPTCHA_WRONG,
    error::APPOINTMENT_UNKNOWN,
    error::NOTHING_TO_CHANGE,
    error::AGE_OUTSIDE,
    error::CHOOSE_ANOTHER,
    error::SOLD_OUT,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const CANCEL_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::APPOINTMENT_UNKNOWN,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const REGISTER_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::TOO_MANY_BENEFICIARIES,
    error::ID_ALREADY_USED,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const DELETE_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::CANNOT_DELETE,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];

pub(super) const REGISTER_BODY: &[Param] = &[
    required("name", TEXT, "The name as on the identity document."),
    required("birth_year", r#"{"type":"string","pattern":"^[0-9]{4}$"}"#, "The year of birth."),
    required("gender_id", WHOLE, "As numbered by the list of genders."),
    required("photo_id_type", WHOLE, "As numbered by the list of id types."),
    required("photo_id_number", TEXT, "The number of the document; never stored in clear."),
    optional(
        "comorbidity_ind",
        r#"{"type":"string","enum":["Y","N",""]}"#,
        "Whether a comorbidity is declared.",
    ),
    optional("consent_version", TEXT, "The version of the terms agreed to; 1 if absent."),
];
pub(super) const SCHEDULE_BODY: &[Param] = &[
    required("dose", DOSE, "Which dose; 3 is the precaution dose."),
    SESSION,
    SLOT,
    required("beneficiaries", REFERENCES, "One to four people of the account."),
    optional("center_id", WHOLE, "If given, the session's centre."),
    optional("is_precaution", FLAG, "Version 4: true means dose 3."),
    CAPTCHA,
];

pub(super) const DEVICE_TEXT: &str = "1 to 128 visible ASCII characters that the device keeps; the token is good with them in X-Device-Id.";
pub(super) const DEVICE: Param = required("device_id", TEXT, DEVICE_TEXT);
pub(super) const DEVICE_OPTIONAL: Param = optional("device_id", TEXT, DEVICE_TEXT);
