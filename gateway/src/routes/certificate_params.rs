//! What the routes of certificates take.

use super::Param;
use super::schema::*;

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
