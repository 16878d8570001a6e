//! What a parameter is made of, and the kinds of value that several routes take.

use super::Param;

pub(super) const fn required(
    name: &'static str,
    schema: &'static str,
    text: &'static str,
) -> Param {
    Param { name, schema, required: true, text }
}

pub(super) const fn optional(
    name: &'static str,
    schema: &'static str,
    text: &'static str,
) -> Param {
    Param { name, schema, required: false, text }
}

pub(super) const WHOLE: &str = r#"{"type":"integer","minimum":0}"#;
pub(super) const TEXT: &str = r#"{"type":"string"}"#;
pub(super) const UUID: &str = r#"{"type":"string","format":"uuid"}"#;
pub(super) const DATE: &str =
    r#"{"type":"string","pattern":"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}$","example":"28-04-2021"}"#;
pub(super) const PINCODE: &str =
    r#"{"type":"string","pattern":"^[1-9][0-9]{5}$","example":"110001"}"#;
pub(super) const MOBILE: &str =
    r#"{"type":"string","pattern":"^[6-9][0-9]{9}$","example":"9876543210"}"#;
pub(super) const DOSE: &str = r#"{"type":"integer","enum":[1,2,3]}"#;
pub(super) const OBJECT: &str = r#"{"type":"object"}"#;
pub(super) const MOMENT: &str = r#"{"type":"string","format":"date-time"}"#;
pub(super) const FLAG: &str = r#"{"type":"boolean"}"#;
pub(super) const DEGREES: &str = r#"{"type":"number"}"#;
pub(super) const REFERENCES: &str = r#"{"type":"array","items":{"type":"string","pattern":"^[0-9]{14}$"},"minItems":1,"maxItems":4}"#;
