//! Texts with fields to be filled in: `Your OTP is {otp}.`

/// A text with fields of the kind `F`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern<F> {
    parts: Vec<Part<F>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<F> {
    Literal(String),
    Field(F),
}

/// A pattern names a field that there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no field {{{0}}}")]
pub struct UnknownField(pub String);

impl<F: Copy> Pattern<F> {
    /// Reads a pattern; `field` knows the fields. Only `{` followed by small letters and `_` up to a `}` is a field, so
    /// that the braces of JSON stand for themselves.
    ///
    /// # Errors
    /// [`UnknownField`].
    pub fn parse(text: &str, field: impl Fn(&str) -> Option<F>) -> Result<Self, UnknownField> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            literal.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some(name) = name_at_start(rest) else {
                literal.push('{');
                rest = &rest[1..];
                continue;
            };
            let known = field(name).ok_or_else(|| UnknownField(name.to_owned()))?;
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            parts.push(Part::Field(known));
            rest = &rest[name.len() + 2..];
        }
        literal.push_str(rest);
        parts.push(Part::Literal(literal));
        Ok(Self { parts })
    }

    /// The text, to which `write` adds the value of each field.
    pub fn fill(&self, mut write: impl FnMut(F, &mut String)) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Field(field) => write(*field, &mut text),
            }
        }
        text
    }

    /// The fields, in the order of the text.
    pub fn fields(&self) -> impl Iterator<Item = F> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(field) => Some(*field),
            Part::Literal(_) => None,
        })
    }
}

/// The name between braces with which `text` begins.
fn name_at_start(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> Option<char> {
        ["a", "b_c"].contains(&name).then(|| name.chars().next().unwrap())
    }

    #[test]
    fn fields_are_filled_in_and_other_braces_stay() {
        let pattern = Pattern::parse(r#"{"x":{"y":"{a}{b_c}"},"z":"{}{ A }{"}"#, known).unwrap();
        let text = pattern.fill(|field, text| text.push(field));
        assert_eq!(text, r#"{"x":{"y":"ab"},"z":"{}{ A }{"}"#);
        assert_eq!(pattern.fields().collect::<String>(), "ab");
    }

    #[test]
    fn a_field_that_nobody_knows_is_named() {
        assert_eq!(Pattern::parse("{a} {otpp}", known), Err(UnknownField("otpp".to_owned())));
    }
}
