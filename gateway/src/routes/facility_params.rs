//! What the routes of facilities and their sessions take.

use super::schema::{DATE, DEGREES, FLAG, MOMENT, PINCODE, TEXT, UUID, WHOLE, optional, required};
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;

pub(super) const MANAGE_FACILITY: Access = Access::Official(Act::ManageFacility);
pub(super) const DECIDE_FACILITY: Access = Access::Official(Act::DecideFacility);
pub(super) const MANAGE_SESSIONS: Access = Access::Official(Act::ManageSessions);

const LINE: &str = r#"{"type":"string","maxLength":150}"#;
const TIME: &str = r#"{"type":"string","pattern":"^[0-9]{1,2}:[0-9]{1,2}$","example":"09:00"}"#;
const OWNERSHIP: &str = r#"{"type":"string","enum":["government","private"]}"#;
const OFFERS: &str = r#"{"type":"array","minItems":1,"items":{"type":"object","required":["vaccine"],"properties":{"vaccine":{"type":"string"},"price":{"type":"integer","minimum":0}}}}"#;
const DECISION: &str = r#"{"type":"string","enum":["approve","refuse"]}"#;
const STANDING: &str = r#"{"type":"string","enum":["applied","approved","refused","suspended"]}"#;
const FATE: &str = r#"{"type":"string","enum":["keep","close","cancel"]}"#;
const SEATS: &str = r#"{"type":"array","minItems":3,"maxItems":3,"items":{"type":"integer","minimum":0},"example":[60,40,0]}"#;
const SLOTS: &str = r#"{"type":"array","minItems":1,"maxItems":12,"items":{"type":"string"},"example":["09:00AM-11:00AM"]}"#;
const WEEKDAYS: &str = r#"{"type":"array","minItems":1,"items":{"type":"string","enum":["mon","tue","wed","thu","fri","sat","sun"]}}"#;

const DRAFT_ID: Param = required("draft_id", UUID, "The draft or template.");
const SESSION_ID: Param = required("session_id", UUID, "The session.");
const CENTRE: Param = required("center_id", WHOLE, "The facility.");
const CENTRE_OF_OFFICER: Param =
    optional("center_id", WHOLE, "The facility; officers of a district have to name it.");
const REASON: Param = required("reason", TEXT, "Why, in up to 500 characters.");

pub(super) const APPLY_FACILITY_BODY: &[Param] = &[
    required("name", LINE, "The name under which people find it."),
    required("address", LINE, "Street address, one line."),
    required("pincode", PINCODE, "Its postal code, which says its district."),
    optional("block", LINE, "Its block within the district."),
    optional("lat", DEGREES, "Its latitude; with `long`, or a place of the postal code."),
    optional("long", DEGREES, "Its longitude."),
    required("ownership", OWNERSHIP, "Whose it is."),
    optional("licence", LINE, "The number of its licence or registration; a private one has one."),
    required("contact_name", TEXT, "Whom to ask, at the number that was proven."),
    required("opens", TIME, "When it opens."),
    required("closes", TIME, "When it closes."),
    required("minimum_age", WHOLE, "The youngest whom it vaccinates, in years."),
    required("vaccines", OFFERS, "What it gives; a private one says at which prices."),
    required("cold_chain", FLAG, "Whether it can keep vaccines cold."),
];
pub(super) const CHANGE_FACILITY_BODY: &[Param] = &[
    optional("name", LINE, "Another name; the district has to agree."),
    optional("address", LINE, "Another address; the district has to agree."),
    optional("pincode", PINCODE, "Another postal code of the district, which has to agree."),
    optional("block", LINE, "Another block; the district has to agree."),
    optional("lat", DEGREES, "Another position; the district has to agree."),
    optional("long", DEGREES, "Another position; the district has to agree."),
    optional("opens", TIME, "When it opens."),
    optional("closes", TIME, "When it closes."),
    optional("minimum_age", WHOLE, "The youngest whom it vaccinates, in years."),
    optional("vaccines", OFFERS, "All that it gives; a private one says at which prices."),
    optional("cold_chain", FLAG, "Whether it can keep vaccines cold."),
];
pub(super) const FACILITIES_QUERY: &[Param] = &[
    optional(
        "standing",
        STANDING,
        "Those that stand so; those that wait for a decision if absent.",
    ),
    optional("after", UUID, "Only those after this one: `next` of the page before."),
];
pub(super) const DECIDE_FACILITY_BODY: &[Param] = &[
    required("facility_id", UUID, "The facility."),
    required("decision", DECISION, "About its application, or else about its wish."),
    optional("reason", TEXT, "Why; whoever is refused is told."),
];
pub(super) const SUSPEND_BODY: &[Param] =
    &[CENTRE, REASON, required("sessions", FATE, "What becomes of its sessions.")];
pub(super) const RESUME_BODY: &[Param] = &[CENTRE, REASON];

pub(super) const SESSIONS_QUERY: &[Param] = &[CENTRE_OF_OFFICER];
pub(super) const DRAFT_BODY: &[Param] = &[
    CENTRE_OF_OFFICER,
    optional("draft_id", UUID, "The draft that is drawn up anew; a new one if absent."),
    required("date", DATE, "The day, up to 90 days ahead."),
    VACCINE,
    MIN_AGE,
    MAX_AGE,
    FROM,
    TO,
    SLOTS_FIELD,
    ONLINE,
    ON_SPOT,
    RESERVED,
    WALK_IN,
    optional("publish_at", MOMENT, "When it is published by itself; without it somebody has to."),
];
pub(super) const TEMPLATE_BODY: &[Param] = &[
    CENTRE_OF_OFFICER,
    optional("draft_id", UUID, "The template that is drawn up anew; a new one if absent."),
    required("weekdays", WEEKDAYS, "The days of the week."),
    optional("starts", DATE, "The first day; today if absent."),
    optional("ends", DATE, "The last day."),
    optional("days_ahead", WHOLE, "How many days ahead drafts are made, up to 30; 7 if absent."),
    optional(
        "publish_time",
        TIME,
        "When drafts are published by themselves; without it somebody has to.",
    ),
    optional("publish_days_before", WHOLE, "How many days before their own; 0 if absent."),
    VACCINE,
    MIN_AGE,
    MAX_AGE,
    FROM,
    TO,
    SLOTS_FIELD,
    ONLINE,
    ON_SPOT,
    RESERVED,
    WALK_IN,
];
const VACCINE: Param = required("vaccine", TEXT, "The vaccine, by its name.");
const MIN_AGE: Param = required("min_age_limit", WHOLE, "The youngest, in years.");
const MAX_AGE: Param = optional("max_age_limit", WHOLE, "The oldest, in years.");
const FROM: Param = required("from", TIME, "When it begins.");
const TO: Param = required("to", TIME, "When it ends.");
const SLOTS_FIELD: Param =
    optional("slots", SLOTS, "The slots that people choose from; two hours each if absent.");
const ONLINE: Param =
    optional("online", SEATS, "Seats sold online, for the first, second and precaution dose.");
const ON_SPOT: Param = optional("on_spot", SEATS, "Seats for those who walk in.");
const RESERVED: Param = optional("reserved", SEATS, "Seats for an invited cohort.");
const WALK_IN: Param = optional(
    "walk_in_from",
    TIME,
    "From when on, on its day, seats that nobody has booked online go to those who walk in as well.",
);
pub(super) const DRAFT_ID_BODY: &[Param] = &[DRAFT_ID];
pub(super) const SESSION_BODY: &[Param] = &[SESSION_ID];
pub(super) const RESIZE_BODY: &[Param] = &[SESSION_ID, ONLINE, ON_SPOT, RESERVED];
pub(super) const MOVE_SESSION_BODY: &[Param] = &[
    SESSION_ID,
    optional("date", DATE, "Another day, up to 90 days ahead."),
    optional("from", TIME, "When it begins."),
    optional("to", TIME, "When it ends."),
    optional("slots", SLOTS, "Its slots; those that it has are kept if they fit."),
];

/// What can be wrong with a facility's details.
pub(super) const FACILITY_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::PINCODE_INVALID,
    error::NOT_FOUND,
    error::FACILITY_STANDING,
    error::PRICE_ABOVE_CEILING,
    error::TRY_AGAIN,
];
pub(super) const APPLY_FACILITY_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::PINCODE_INVALID,
    error::FACILITY_LIMIT,
    error::PRICE_ABOVE_CEILING,
    error::TRY_AGAIN,
];
pub(super) const STANDING_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NOT_FOUND,
    error::FACILITY_STANDING,
    error::TRY_AGAIN,
];
pub(super) const DRAFT_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NOT_FOUND,
    error::NOT_OFFERED,
    error::TOO_MANY_DRAFTS,
    error::TRY_AGAIN,
];
pub(super) const SESSION_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NOT_FOUND,
    error::FACILITY_STANDING,
    error::NOT_OFFERED,
    error::SESSION_STANDING,
    error::CAPACITY_TAKEN,
    error::TRY_AGAIN,
];
