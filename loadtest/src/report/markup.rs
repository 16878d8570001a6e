//! Writing HTML such that nothing from outside gets into it unescaped: dynamic text has no other way in than through
//! [`Html::text`] and attributes, which escape.

use std::fmt::{self, Display, Write as _};

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Html(String);

/// The attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

impl Html {
    /// An element and what is inside.
    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.opening(tag, attributes, ">");
        inside(self);
        self.raw("</").raw(tag).raw(">");
    }

    /// An element with text inside.
    pub(super) fn leaf(
        &mut self,
        tag: &'static str,
        attributes: Attributes<'_>,
        text: impl Display,
    ) {
        self.element(tag, attributes, |html| html.text(text));
    }

    /// An element without anything inside, closed in the manner of XML.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.opening(tag, attributes, "/>");
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: impl Display) {
        self.leaf("p", &[], text);
    }

    /// Text, escaped.
    pub(super) fn text(&mut self, text: impl Display) {
        write!(Escaping(&mut self.0), "{text}").expect("invariant: a string takes what is written");
    }

    /// Markup that stands in this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// The text of the page.
    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn opening(&mut self, tag: &'static str, attributes: Attributes<'_>, end: &'static str) {
        self.raw("<").raw(tag);
        for (name, value) in attributes {
            self.raw(" ").raw(name).raw("=\"");
            self.text(value);
            self.raw("\"");
        }
        self.raw(end);
    }
}

/// Escapes what is written through it, for elements and for attributes in double quotes.
struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(character),
                // Not allowed in HTML, and a way to confuse readers and terminals.
                control if control.is_control() => self.0.push(char::REPLACEMENT_CHARACTER),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut html = Html::default();
        html.leaf("a", &[("title", &"\"'<&>")], "<script>\0&");
        assert_eq!(
            html.into_string(),
            "<a title=\"&quot;&#39;&lt;&amp;&gt;\">&lt;script&gt;\u{fffd}&amp;</a>"
        );
    }
}
