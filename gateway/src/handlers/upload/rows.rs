//! The rows of a file, while it comes.

use super::FILE_BYTES;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use bytes::{Buf, Bytes};
use csv_core::ReadRecordResult;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The longest row, in bytes. One that is longer, as where a quote is never closed, is passed over.
const ROW_BYTES: usize = 8 * 1024;

/// The most cells of a row that are looked at.
const CELLS: usize = 32;

/// Reads a file row by row. Never holds more of it than a part that came together and one row.
pub(super) struct Rows {
    file: Incoming,
    part: Bytes,
    splitter: Splitter,
    /// Bytes that came.
    read: u64,
    /// How long the next part may take.
    pause: Duration,
    /// When all of it must have come.
    deadline: Instant,
}

impl Rows {
    /// Of a file whose parts come within `pause` of one another, and all of it within `whole`.
    pub(super) fn new(file: Incoming, pause: Duration, whole: Duration) -> Self {
        let deadline = Instant::now() + whole;
        let (part, splitter) = (Bytes::new(), Splitter::default());
        Self { file, part, splitter, read: 0, pause, deadline }
    }

    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// USRRES0003 if the file breaks off, USRRES0006 if it is too long, USRRES0007 if it comes too slowly.
    pub(super) async fn next(&mut self) -> Result<Option<Row<'_>>, Problem> {
        loop {
            match self.splitter.step(&mut self.part) {
                Step::Row => return Ok(Some(self.splitter.row())),
                Step::End => return Ok(None),
                Step::More => {
                    self.part = self.next_part().await?;
                    if self.part.is_empty() {
                        self.splitter.finish();
                    }
                }
            }
        }
    }

    /// What comes next; nothing at the end of the file.
    async fn next_part(&mut self) -> Result<Bytes, Problem> {
        loop {
            let until = self.deadline.min(Instant::now() + self.pause);
            let frame = timeout_at(until, self.file.frame()).await;
            let Some(frame) = frame.map_err(|_| error::BODY_TOO_SLOW)? else {
                return Ok(Bytes::new());
            };
            let frame = frame.map_err(|_| error::BODY_MALFORMED)?;
            let Ok(part) = frame.into_data() else { continue };
            self.read += part.len() as u64;
            if self.read > FILE_BYTES {
                return Err(error::BODY_TOO_LARGE.into());
            }
            if !part.is_empty() {
                return Ok(part);
            }
        }
    }
}

/// A row, as its bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row<'a> {
    /// Its cells.
    Cells(Vec<&'a [u8]>),
    /// It is longer, or has more cells, than any row can have.
    Overlong,
}

/// Splits bytes into rows (RFC 4180), however they are cut into parts.
struct Splitter {
    csv: csv_core::Reader,
    cells: Vec<u8>,
    ends: [usize; CELLS],
    /// How much of the two is filled.
    filled: usize,
    ended: usize,
    is_overlong: bool,
    is_row: bool,
    is_last: bool,
}

/// How far a splitter has come.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// To the end of a row.
    Row,
    /// To the end of what it was given.
    More,
    /// To the end of the file.
    End,
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            csv: csv_core::Reader::new(),
            cells: vec![0; ROW_BYTES],
            ends: [0; CELLS],
            filled: 0,
            ended: 0,
            is_overlong: false,
            is_row: false,
            is_last: false,
        }
    }
}

impl Splitter {
    /// Goes on, as far as the end of a row.
    fn step(&mut self, part: &mut Bytes) -> Step {
        if self.is_row {
            (self.filled, self.ended, self.is_overlong, self.is_row) = (0, 0, false, false);
        }
        // To the reader, no bytes mean the end of the file.
        if part.is_empty() && !self.is_last {
            return Step::More;
        }
        loop {
            let (cells, ends) = (&mut self.cells[self.filled..], &mut self.ends[self.ended..]);
            let (result, taken, filled, ended) = self.csv.read_record(part, cells, ends);
            part.advance(taken);
            self.filled += filled;
            self.ended += ended;
            match result {
                ReadRecordResult::Record => {
                    self.is_row = true;
                    return Step::Row;
                }
                ReadRecordResult::InputEmpty => return Step::More,
                ReadRecordResult::End => return Step::End,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (self.filled, self.ended, self.is_overlong) = (0, 0, true);
                }
            }
        }
    }

    /// Nothing comes any more.
    fn finish(&mut self) {
        self.is_last = true;
    }

    /// The row at whose end it stands.
    fn row(&self) -> Row<'_> {
        if self.is_overlong {
            return Row::Overlong;
        }
        let mut start = 0;
        let cell = |end: &usize| {
            let cell = &self.cells[start..*end];
            start = *end;
            cell
        };
        Row::Cells(self.ends[..self.ended].iter().map(cell).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rows of a file that comes in parts.
    fn rows(parts: &[&[u8]]) -> Vec<Vec<String>> {
        let (mut splitter, mut found) = (Splitter::default(), Vec::new());
        let mut parts = parts.iter();
        let mut part = Bytes::new();
        loop {
            match splitter.step(&mut part) {
                Step::End => return found,
                Step::More => match parts.next() {
                    Some(next) => part = Bytes::copy_from_slice(next),
                    None => splitter.finish(),
                },
                Step::Row => found.push(match splitter.row() {
                    Row::Overlong => vec!["overlong".to_owned()],
                    Row::Cells(cells) => {
                        cells.iter().map(|cell| String::from_utf8_lossy(cell).into()).collect()
                    }
                }),
            }
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_passed_over_and_those_after_it_are_read() {
        let long = format!("a,{}\nb,c\n{}\nd,e", "x".repeat(3 * ROW_BYTES), ",".repeat(3 * CELLS));
        let expected = [&["overlong"][..], &["b", "c"], &["overlong"], &["d", "e"]];
        assert_eq!(rows(&[long.as_bytes()]), expected);
    }

    #[test]
    fn quotes_hold_commas_and_lines_together_and_empty_lines_are_no_rows() {
        let file = "\u{feff}name,year\r\n\"Devi, \"\"Asha\"\"\nRani\",1985\r\n\r\nRavi,\n";
        let expected = [&["name", "year"][..], &["Devi, \"Asha\"\nRani", "1985"], &["Ravi", ""]];
        assert_eq!(rows(&[file.as_bytes()]), expected);
        assert_eq!(rows(&[b"a,\"never closed\nb,c\n"]).len(), 1);
        assert!(rows(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn rows_are_the_same_however_the_file_is_cut(
            file in "([a-c,\"\n]|\r\n){0,60}", cuts in proptest::collection::vec(0..60_usize, 0..5),
        ) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(file.len())).collect();
            cuts.extend([0, file.len()]);
            cuts.sort_unstable();
            let parts: Vec<_> = cuts.windows(2).map(|cut| &file.as_bytes()[cut[0]..cut[1]]).collect();
            prop_assert_eq!(rows(&parts), rows(&[file.as_bytes()]));
        }
    }
}
