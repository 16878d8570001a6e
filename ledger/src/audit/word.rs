//! Short names from lists that grow: roles, purposes, rules.

use crate::records::Malformed;
use std::borrow::Cow;
use std::fmt;

/// Longest word in bytes.
const LONGEST: usize = 32;

/// A name of 1 to 32 lower-case letters, digits and hyphens: too short and too plain to say anything about a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Cow<'static, str>);

impl Word {
    /// The word; made in a constant, a text that is none does not compile.
    ///
    /// # Panics
    /// If `text` is not of that form.
    pub const fn new(text: &'static str) -> Self {
        assert!(is_word(text.as_bytes()), "1 to 32 lower-case letters, digits and hyphens");
        Self(Cow::Borrowed(text))
    }

    /// Reads a stored word.
    pub(crate) fn read(text: String) -> Result<Self, Malformed> {
        if is_word(text.as_bytes()) { Ok(Self(Cow::Owned(text))) } else { Err(Malformed) }
    }

    /// The word itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_word(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !matches!(text[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        at += 1;
    }
    !text.is_empty() && text.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_a_number_of_a_mobile_with_its_sign_or_a_sentence_is_no_word() {
        for text in ["", "Asha", "+919876543210", "two words", &"x".repeat(33)] {
            assert_eq!(Word::read(text.to_owned()), Err(Malformed), "{text}");
        }
        assert_eq!(Word::read("sold-out".to_owned()), Ok(Word::new("sold-out")));
    }
}
