//! Canonical JSON (RFC 8785, JCS), which is what signatures are made over.
//!
//! Nothing is sorted when a document is written. A [`Canonical`] type declares its members in the order that the rule asks
//! for, and serde_json writes them without blanks and with exactly the rule's escapes; so one serialisation gives the bytes
//! that are signed and the bytes that are sent. What remains is held by tests: each type's members against a canonicaliser
//! that sorts (`assert_canonical`), and any text against the rule's escapes.
//!
//! Numbers are integers below 2^53, for which decimal digits are the rule's form. There are no floats and no maps.

use serde::Serialize;

/// A document that is written in canonical order. Implementing it promises that members are declared in the order of their
/// UTF-16 code units, in all types within it, and that `assert_canonical` is called on samples in a test.
pub trait Canonical: Serialize {}

/// The canonical bytes of a document.
pub fn to_vec(document: &impl Canonical) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2048);
    write(document, &mut bytes);
    bytes
}

/// Appends the canonical bytes of a document.
pub fn write(document: &impl Canonical, to: &mut Vec<u8>) {
    serde_json::to_writer(to, document)
        .expect("invariant: documents have text as keys, and a vector takes all bytes");
}

/// Fails unless the document is written as a canonicaliser writes it that sorts.
#[cfg(test)]
pub(crate) fn assert_canonical(document: &impl Canonical) {
    let ours = String::from_utf8(to_vec(document)).unwrap();
    let value: serde_json::Value = serde_json::from_str(&ours).unwrap();
    assert_eq!(ours, serde_json_canonicalizer::to_string(&value).unwrap());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize)]
    #[serde(transparent)]
    struct Text<'a>(&'a str);
    impl Canonical for Text<'_> {}

    /// RFC 8785, 3.2.2.2 and 3.2.3: the escapes, and what is not escaped.
    #[test]
    fn texts_are_escaped_as_the_rule_says() {
        let text = "\u{20ac}$\u{000F}\nA'\u{0042}\u{0022}\u{005c}\\\"/";
        assert_eq!(to_vec(&Text(text)), "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"".as_bytes());
        let controls = "\u{8}\t\n\u{c}\r\u{1b}\u{7f}\u{80}\u{2028}\u{fb33}\u{1f600}";
        let written = "\"\\b\\t\\n\\f\\r\\u001b\u{7f}\u{80}\u{2028}\u{fb33}😀\"";
        assert_eq!(to_vec(&Text(controls)), written.as_bytes());
    }

    /// RFC 8785, 3.2.3: order by UTF-16 code units puts a surrogate pair before U+FB33. Our members are ASCII, where all
    /// orders agree; the canonicaliser that our tests compare with has to know the difference.
    #[test]
    fn the_witness_sorts_by_utf_16() {
        let value: serde_json::Value = serde_json::from_str(
            r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#,
        )
        .unwrap();
        let sorted = serde_json_canonicalizer::to_string(&value).unwrap();
        assert_eq!(
            sorted,
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_written_canonically(text in any::<String>()) {
            assert_canonical(&Text(&text));
        }
    }
}
