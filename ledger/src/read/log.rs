//! The transparency log.

use super::Reader;
use crate::keys::{Key, Kind, Meta};
use crate::records::{LogHead, Logged, Row, Unplaced};
use crate::request::Failure;
use std::ops::Range;
use uuid::Uuid;

impl Reader {
    /// The first so many rows of lines that wait for their places, after one of them or from the first. They lie by when they
    /// were written ([`waiting_since`](crate::records::waiting_since)).
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn log_pending(
        &self,
        after: Option<Uuid>,
        most: usize,
    ) -> Result<Vec<(Uuid, Unplaced)>, Failure> {
        let mut range = self.layout().all(Kind::LogPending);
        if let Some(id) = after {
            range.start = self.layout().single(&Key::LogPending(id)).end;
        }
        let rows = self.first(range, most).await;
        let lines = |(key, row)| match (key, row) {
            (Key::LogPending(id), Row::Unplaced(lines)) => Some((id, lines)),
            _ => None,
        };
        let rows = rows.map_err(|error| self.unavailable(&error))?;
        Ok(rows.into_iter().filter_map(lines).collect())
    }

    /// How many lines have their places.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn log_size(&self) -> Result<u64, Failure> {
        self.ask(|view, _| Ok(view.count(Meta::LogSize)?.copied().unwrap_or(0))).await
    }

    /// The lines from one place up to but not including another, as far as there are any: a part of the log that is small
    /// enough to be held.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn log(&self, places: Range<u64>) -> Result<Vec<Logged>, Failure> {
        let rows = self.rows(self.layout().log_lines(places)).await?;
        let line = |(_, row)| if let Row::Logged(line) = row { Some(line) } else { None };
        Ok(rows.into_iter().filter_map(line).collect())
    }

    /// Hashes of the log's tree, as they were kept with the newest head.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn log_tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Failure> {
        self.ask(|view, _| view.log_tile(level, index).map(Option::<&Vec<u8>>::cloned)).await
    }

    /// The head that was signed over so many lines; over 0, the newest.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn log_head(&self, size: u64) -> Result<Option<LogHead>, Failure> {
        self.ask(|view, _| view.log_head(size).map(Option::<&LogHead>::cloned)).await
    }
}
