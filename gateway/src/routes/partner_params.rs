//! What the routes of partners take.

use super::schema::{DATE, FLAG, MOBILE, PINCODE, TEXT, UUID, WHOLE, optional, required};
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;

pub(super) const READ_PARTNERS: Access = Access::Official(Act::ReadPartners);
pub(super) const DECIDE_PARTNERS: Access = Access::Official(Act::DecidePartners);
pub(super) const ADMINISTRATOR: Access = Access::Administrator;

/// What can be wrong with something that is done to a partner or a key.
pub(super) const PARTNER_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NOT_FOUND,
    error::PARTNER_STANDING,
    error::PARTNER_NOT_READY,
    error::PARTNER_REFUSED,
    error::TRY_AGAIN,
];
pub(super) const NO_PARTNER: &[error::Entry] = &[error::NOT_FOUND];

const APIS: &str = r#"{"type":"array","items":{"type":"string","enum":["search","authentication","registration","appointments","vaccination","certificates","aefi","status","lookup"]},"minItems":1}"#;
const APIS_OR_NONE: &str = r#"{"type":"array","items":{"type":"string","enum":["search","authentication","registration","appointments","vaccination","certificates","aefi","status","lookup"]}}"#;
const LINK: &str = r#"{"type":"string","format":"uri","pattern":"^https://","maxLength":254}"#;
const EMAIL: &str = r#"{"type":"string","format":"email","maxLength":254}"#;
const LINE: &str = r#"{"type":"string","maxLength":150}"#;
const REASON_TEXT: &str = r#"{"type":"string","maxLength":200}"#;
const PARAGRAPH: &str = r#"{"type":"string","maxLength":2000}"#;
const SHA256: &str = r#"{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"}"#;
const KIND: &str = r#"{"type":"string","enum":["government","private"]}"#;
const ENVIRONMENT: &str = r#"{"type":"string","enum":["sandbox","production"]}"#;
const DECISION: &str = r#"{"type":"string","enum":["approve","decline","sign-off","demand-test","suspend","resume","terminate","request-deletion"]}"#;
const STANDING_NAME: &str = r#"{"type":"string","enum":["applied","proven","declined","approved","live","suspended","terminated"]}"#;
const ORIGINS: &str = r#"{"type":"array","items":{"type":"string","maxLength":254},"maxItems":10}"#;
const CENTRES: &str = r#"{"type":"array","items":{"type":"integer","minimum":1}}"#;
const NETWORKS: &str = r#"{"type":"array","items":{"type":"string"}}"#;
const POSITIVE: &str = r#"{"type":"integer","minimum":1}"#;

pub(super) const PARTNER: Param = required("partner_id", UUID, "The partner.");
const KEY: Param = required("key_id", UUID, "The key, by its id.");
const REASON: Param = required("reason", REASON_TEXT, "Why.");
const CENTRE: Param = required("center_id", WHOLE, "The facility.");
const DECLARATION_VERSION: &str = "The version of the terms, 2021-05.";

pub(super) const APPLY_BODY: &[Param] = &[
    required("organisation_name", LINE, "Name of the organisation."),
    required("organisation_type", KIND, "What it is."),
    optional(
        "registration_number",
        LINE,
        "Its number in the register; private ones alone have one.",
    ),
    required("person_name", LINE, "Name of the authorised person."),
    required("person_designation", LINE, "What they are there."),
    required("person_mobile", MOBILE, "Their mobile number."),
    optional("person_phone", LINE, "Another number of theirs."),
    required("person_email", EMAIL, "Their e-mail address."),
    required("address_street", LINE, "House, building, street."),
    required("address_city", LINE, "City or village."),
    required("address_district", LINE, "District."),
    required("address_state", LINE, "State."),
    required("address_pincode", PINCODE, "Postal code."),
    required("purpose", PARAGRAPH, "What the API will be used for."),
    required("expected_users", WHOLE, "How many employees, users or customers would be served."),
    required("expected_requests_per_day", WHOLE, "How many requests are expected in a day."),
    required("api_email", EMAIL, "The e-mail address that is used for access to the API."),
    required("website", LINK, "The official site."),
    required("terms_url", LINK, "Where its terms of service stand."),
    required("privacy_url", LINK, "Where its privacy policy stands."),
    required("apis", APIS, "What it wants to call; `search` alone needs no approval."),
    required("declaration_version", TEXT, DECLARATION_VERSION),
    required(
        "declaration_name",
        LINE,
        "The authorised person, who declares that all this is true and the terms are agreed to.",
    ),
    required("administrator_name", LINE, "Who will administer the access."),
    required("administrator_mobile", MOBILE, "The number that this administrator proves."),
];
pub(super) const NOMINATE_BODY: &[Param] = &[
    required("name", LINE, "Their name."),
    required("mobile", MOBILE, "The number that they will prove."),
];
pub(super) const DISMISS_BODY: &[Param] =
    &[required("administrator_id", UUID, "Who, as the partner's record names them.")];
pub(super) const FACILITY_BODY: &[Param] = &[
    CENTRE,
    optional("declaration_version", TEXT, DECLARATION_VERSION),
    optional("declaration_name", LINE, "Who declares it for the facility; a private one has to."),
];
pub(super) const LEAVE_BODY: &[Param] = &[CENTRE];
pub(super) const EMBED_BODY: &[Param] = &[required(
    "origins",
    ORIGINS,
    "All origins in which the status page may be embedded from now on, such as https://example.org; one of http://localhost counts in the sandbox alone.",
)];
pub(super) const EMBED_FOR_BODY: &[Param] =
    &[required("origins", ORIGINS, "All origins, as the partner itself names them."), REASON];
pub(super) const EVIDENCE_BODY: &[Param] = &[
    required("statement", PARAGRAPH, "What the document shows."),
    required("document_url", LINK, "Where it lies."),
    required("document_sha256", SHA256, "The document's SHA-256."),
];
pub(super) const MAKE_KEY_BODY: &[Param] = &[
    required("label", LINE, "What to call it."),
    optional("environment", ENVIRONMENT, "Where it opens anything; the sandbox if absent."),
];
pub(super) const SUBSCRIBE_BODY: &[Param] =
    &[KEY, required("apis", APIS_OR_NONE, "All that it is to be subscribed to from now on.")];
pub(super) const BIND_BODY: &[Param] = &[
    KEY,
    required(
        "center_ids",
        CENTRES,
        "Facilities that the partner serves; all that it is to be tied to.",
    ),
];
pub(super) const ROTATE_BODY: &[Param] = &[
    KEY,
    optional(
        "overlap_s",
        WHOLE,
        "For how many seconds the old key goes on: a day if absent, 30 days at most.",
    ),
];
pub(super) const END_KEY_BODY: &[Param] = &[KEY, REASON];
pub(super) const USAGE_QUERY: &[Param] = &[
    PARTNER,
    optional("from", DATE, "The first day; 30 days in all if absent."),
    optional("to", DATE, "The last day; today if absent."),
];
pub(super) const LIST_QUERY: &[Param] =
    &[optional("standing", STANDING_NAME, "Only partners that stand there.")];
pub(super) const DECIDE_BODY: &[Param] = &[
    required("decision", DECISION, "What is decided."),
    optional(
        "apis",
        APIS,
        "Which APIs are approved or signed off; all that were applied for or granted if absent.",
    ),
    REASON,
];
pub(super) const EXCEPT_BODY: &[Param] = &[
    KEY,
    required("api", TEXT, "The API."),
    required("per_second", POSITIVE, "Calls in a second."),
    required("burst", POSITIVE, "Calls at once."),
    required("per_day", WHOLE, "Calls in a day."),
    required("consent", LINE, "The written consent that it rests on."),
];
pub(super) const WHITELIST_BODY: &[Param] = &[
    KEY,
    optional(
        "birth_year",
        FLAG,
        "Whether the year of birth is shown; each of these stays as it is if absent.",
    ),
    optional("gender", FLAG, "Whether the gender is shown."),
    optional("photo_id", FLAG, "Whether kind and last digits of the identity document are shown."),
    optional("vaccination", FLAG, "Whether doses are shown."),
    optional("comorbidity", FLAG, "Whether a declared comorbidity is shown."),
];
pub(super) const GRANT_BODY: &[Param] = &[
    KEY,
    required(
        "networks",
        NETWORKS,
        "From where people may be looked up; from nowhere takes the grant away.",
    ),
    required("reference", LINE, "The paper that allows it."),
];
