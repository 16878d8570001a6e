//! What the routes of officials and of trusted partners take.

use super::schema::*;
use super::{Access, Param};
use crate::access::decision::Act;

pub(super) const SET_LIMITS: Access = Access::Official(Act::SetLimits);
pub(super) const BLOCK: Access = Access::Official(Act::Block);
pub(super) const ANY_OFFICIAL: Access = Access::AnyOfficial;
pub(super) const READ_OFFICIALS: Access = Access::Official(Act::ReadOfficials);
pub(super) const ERASE: Access = Access::Official(Act::Erase);
pub(super) const TRUSTED: Access = Access::Trusted;

pub(super) const ROLE: &str = r#"{"type":"string","enum":["vaccinator","verifier","facility-manager","district-officer","state-officer","ministry","auditor"]}"#;
pub(super) const APPOINT_BODY: &[Param] = &[
    required("mobile", MOBILE, "Their mobile number."),
    required("name", TEXT, "Their name."),
    required("role", ROLE, "What they are to do."),
    optional("center_id", WHOLE, "Where: a role at a facility needs it."),
    optional("district_id", WHOLE, "Where: an officer of a district needs it."),
    optional("state_id", WHOLE, "Where: an officer of a state needs it."),
];
pub(super) const OFFICIALS_QUERY: &[Param] = &[
    optional("role", ROLE, "Only those of this role."),
    optional("center_id", WHOLE, "Only those of this facility."),
    optional("district_id", WHOLE, "Only those within this district."),
    optional("state_id", WHOLE, "Only those within this state."),
    optional("after", UUID, "Only those after this one: `next` of the page before."),
];

pub(super) const TRUSTED_BODY: &[Param] = &[
    optional("mobile", MOBILE, "The mobile number, or else a document."),
    optional(
        "photo_id_type",
        WHOLE,
        "The kind of the document, as numbered by the list of id types.",
    ),
    optional("photo_id_number", TEXT, "The number of the document."),
    required(
        "consent_reference",
        r#"{"type":"string","pattern":"^[!-~]{1,64}$"}"#,
        "By what the partner finds the person's consent.",
    ),
    required(
        "purpose",
        r#"{"type":"string","enum":["outbreak-investigation","adverse-event-follow-up","vaccine-effectiveness","duplicate-dose-check"]}"#,
        "What for.",
    ),
];
pub(super) const REASON: Param = required("reason", TEXT, "Why, in up to 500 characters.");
pub(super) const RECORD_ID: Param = required("id", UUID, "The record.");
pub(super) const LIMITS_BODY: &[Param] = &[
    optional("address", OBJECT, "Calls of one address to the public APIs."),
    optional("user", OBJECT, "What one account may do."),
    optional("plans", OBJECT, "What keys may do, by the name of their plan."),
    optional("challenge", OBJECT, "How hard challenges are."),
    optional("anomaly", OBJECT, "What is suspicious."),
    optional("shedding", OBJECT, "What is shed under overload, and when."),
];
pub(super) const BLOCK_BODY: &[Param] = &[
    optional("key", UUID, "An API key."),
    optional("partner", UUID, "An organisation, with all its keys."),
    optional("network", TEXT, "An address or a range of them, `192.0.2.0/24`."),
    optional("mobile", MOBILE, "A mobile number. Exactly one of these four is named."),
    REASON,
    optional("until", MOMENT, "Until when; for good if absent."),
];
