//! What processes that share a ledger write about themselves and for one another.

use super::wire::{Fields, Malformed, Value, Writer};
use super::{read_session_key, write_session_key};
use crate::audit::Tip;
use crate::keys::{Meta, Shelf};
use opencowin_model::{CentreId, Date, SessionKey};
use uuid::Uuid;

/// A process that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The newest schema that its program reads and writes.
    pub speaks: u32,
    /// The day on which it joined, by the programme's clock.
    pub since: Date,
}

impl Member {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.speaks);
        writer.date(2, self.since);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut speaks, mut since) = (None, None);
        for field in fields {
            match field? {
                (1, value) => speaks = Some(value.number()?),
                (2, value) => since = Some(value.date()?),
                _ => {}
            }
        }
        let (speaks, since) = speaks.zip(since).ok_or(Malformed)?;
        Ok(Self { speaks, since })
    }
}

/// Where a lane stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The number of the last group that it committed.
    pub group: u64,
    /// The number of the last group whose feed entry has been removed.
    pub trimmed: u64,
    /// Where its audit chain stands.
    pub audited: Tip,
}

impl Trace {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.group);
        writer.number_unless_zero(2, self.trimmed);
        if self.audited.number > 0 {
            writer.number(3, self.audited.number);
            writer.bytes(4, &self.audited.hash);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut trace = Self::default();
        for field in fields {
            match field? {
                (1, value) => trace.group = value.number()?,
                (2, value) => trace.trimmed = value.number()?,
                (3, value) => trace.audited.number = value.number()?,
                (4, value) => trace.audited.hash = value.array()?,
                _ => {}
            }
        }
        Ok(trace)
    }
}

/// Something that a group changed and that every gateway keeps in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// A row of which there is one.
    Meta(Meta),
    /// A centre.
    Centre(CentreId),
    /// A session's definition.
    Session(SessionKey),
    /// The seats of a session: its counters or a lease.
    Seats(SessionKey),
    /// A document.
    Document(Shelf, Uuid),
}

/// Field 1 is a meta row, 2 a centre, 3 a definition, 4 seats, 5 a document; each may be repeated.
pub(super) fn write_changes(changes: &[Changed], writer: &mut Writer) {
    for change in changes {
        match *change {
            Changed::Meta(meta) => writer.number(1, meta as u16),
            Changed::Centre(centre) => writer.number(2, centre.0),
            Changed::Session(key) => writer.nested(3, |inner| write_session_key(key, inner)),
            Changed::Seats(key) => writer.nested(4, |inner| write_session_key(key, inner)),
            Changed::Document(shelf, id) => writer.nested(5, |inner| {
                inner.number(1, shelf as u16);
                inner.bytes(2, id.as_bytes());
            }),
        }
    }
}

pub(super) fn read_changes(fields: Fields<'_>) -> Result<Vec<Changed>, Malformed> {
    let mut changes = Vec::new();
    for field in fields {
        let change = match field? {
            (1, value) => meta(value)?,
            (2, value) => Some(Changed::Centre(CentreId(value.number()?))),
            (3, value) => Some(Changed::Session(read_session_key(value)?)),
            (4, value) => Some(Changed::Seats(read_session_key(value)?)),
            (5, value) => document(value)?,
            _ => None,
        };
        changes.extend(change);
    }
    Ok(changes)
}

/// A meta row that a newer program knows is none that this one keeps.
fn meta(value: Value<'_>) -> Result<Option<Changed>, Malformed> {
    Ok(Meta::from_number(value.number::<i64>()?).map(Changed::Meta))
}

/// One on a shelf that a newer program knows is none that this one keeps.
fn document(value: Value<'_>) -> Result<Option<Changed>, Malformed> {
    let (mut shelf, mut id) = (None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => shelf = Shelf::from_number(value.number()?),
            (2, value) => id = Some(Uuid::from_bytes(value.array()?)),
            _ => {}
        }
    }
    let id = id.ok_or(Malformed)?;
    Ok(shelf.map(|shelf| Changed::Document(shelf, id)))
}
