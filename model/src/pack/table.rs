//! Reading the CSV files of a pack: rows with their line numbers, fields parsed with errors that name their place.

use super::error::{PackError, Problem};
use crate::Position;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::{fmt, ops::RangeInclusive, str::FromStr};

/// One CSV file of a pack, with a first line that names the columns.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    /// Its path within the pack.
    pub file: &'static str,
    /// Its contents.
    pub text: &'a str,
    /// The columns, in order.
    pub columns: &'static [&'static str],
}

impl Table<'_> {
    /// Reads every row with `each` and keeps what it makes, with the line it stood in. A file without rows is refused.
    pub(super) fn read<T>(
        self,
        mut each: impl FnMut(Row<'_>) -> Result<T, PackError>,
    ) -> Result<Vec<(u64, T)>, PackError> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(self.text.as_bytes());
        self.check_columns(reader.headers().map_err(|error| self.syntax(&error))?)?;
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| self.syntax(&error))? {
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, each(Row { table: self, line, record: &record })?));
        }
        if rows.is_empty() { Err(self.error(None, Problem::Empty)) } else { Ok(rows) }
    }

    fn check_columns(self, found: &StringRecord) -> Result<(), PackError> {
        if found == self.columns {
            return Ok(());
        }
        let found = found.iter().collect::<Vec<_>>().join(",");
        Err(self.error(Some(1), Problem::Columns { expected: self.columns.join(","), found }))
    }

    fn syntax(self, error: &csv::Error) -> PackError {
        let line = error.position().map(csv::Position::line);
        let problem = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                Problem::Syntax(format!("the row has {len} fields instead of {expected_len}"))
            }
            _ => Problem::Syntax(error.to_string()),
        };
        self.error(line, problem)
    }

    fn error(self, line: Option<u64>, problem: Problem) -> PackError {
        PackError { file: self.file.to_owned(), line, field: None, problem }
    }
}

/// One row of a table. Columns are named by their position.
pub(super) struct Row<'a> {
    table: Table<'a>,
    line: u64,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// The text of a field, which must not be empty.
    pub(super) fn text(&self, column: usize) -> Result<&str, PackError> {
        match self.record.get(column) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.error(column, Problem::Empty)),
        }
    }

    /// A whole number within `range`.
    pub(super) fn whole<T>(&self, column: usize, range: RangeInclusive<T>) -> Result<T, PackError>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let text = self.text(column)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        let expected = || format!("a whole number from {least} to {most}");
        number.ok_or_else(|| self.error(column, Problem::value(text, expected())))
    }

    /// A point from two fields in degrees, latitude first.
    pub(super) fn position(&self, lat: usize, long: usize) -> Result<Position, PackError> {
        let (north, east) = (self.degrees(lat, 90.0)?, self.degrees(long, 180.0)?);
        Position::new(north, east)
            .ok_or_else(|| self.error(lat, Problem::value(north, "a point on the Earth")))
    }

    fn degrees(&self, column: usize, most: f64) -> Result<f64, PackError> {
        let text = self.text(column)?;
        let degrees = text.parse().ok().filter(|degrees: &f64| degrees.abs() <= most);
        let expected = || format!("a number of degrees from -{most} to {most}");
        degrees.ok_or_else(|| self.error(column, Problem::value(text, expected())))
    }

    /// That this field is wrong.
    pub(super) fn error(&self, column: usize, problem: Problem) -> PackError {
        let field = self.table.columns.get(column).map(|name| (*name).to_owned());
        PackError { field, ..self.table.error(Some(self.line), problem) }
    }
}
