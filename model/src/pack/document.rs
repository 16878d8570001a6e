//! Reading the TOML files of a pack: values keep their place, so that an error can name line and key.

use super::error::{PackError, Problem};
use serde::de::DeserializeOwned;
use std::{fmt, ops::Range};
use toml::Spanned;

/// One TOML file of a pack.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    /// Its path within the pack.
    pub file: &'a str,
    /// Its contents.
    pub text: &'a str,
}

impl Document<'_> {
    /// Parses the file into `T`, whose shape says which keys there are.
    pub(super) fn parse<T: DeserializeOwned>(self) -> Result<T, PackError> {
        toml::from_str(self.text).map_err(|error| {
            let problem = Problem::Syntax(error.message().to_owned());
            match error.span() {
                Some(span) => self.error(span, problem),
                None => PackError { line: None, field: None, ..self.error(0..0, problem) },
            }
        })
    }

    /// The text, unless it is empty or blank.
    pub(super) fn text(self, value: Spanned<String>) -> Result<String, PackError> {
        if value.as_ref().trim().is_empty() {
            return Err(self.error(value.span(), Problem::Empty));
        }
        Ok(value.into_inner())
    }

    /// The value, if `right` holds for it; `expected` says what would be right.
    pub(super) fn check<T: fmt::Debug>(
        self,
        value: Spanned<T>,
        right: impl FnOnce(&T) -> bool,
        expected: &str,
    ) -> Result<T, PackError> {
        if right(value.as_ref()) {
            Ok(value.into_inner())
        } else {
            Err(self.wrong(&value, expected))
        }
    }

    /// That a value cannot be.
    pub(super) fn wrong<T: fmt::Debug>(self, value: &Spanned<T>, expected: &str) -> PackError {
        let written = format!("{:?}", value.as_ref());
        self.error(value.span(), Problem::value(written.trim_matches('"'), expected))
    }

    /// That what stands at `span`, a key or its value, is wrong.
    pub(super) fn error(self, span: Range<usize>, problem: Problem) -> PackError {
        let (line, start) = self.line_at(span.start);
        let row = self.text[start..].lines().next().unwrap_or_default();
        let key = row.split_once('=').map(|(key, _)| key);
        // Where a key is missing, the span is that of its table.
        let equals = start + key.map_or(0, str::len);
        let is_table = span.start <= equals && (span.end > equals || span.is_empty());
        let field = key.filter(|_| !is_table).map(|key| key.trim().to_owned());
        PackError { file: self.file.to_owned(), line: Some(line), field, problem }
    }

    /// The line that holds the byte at `at`, counted from 1, and where it starts.
    fn line_at(self, at: usize) -> (u64, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() as u64 + 1, start)
    }
}
