//! Records about who may call: documents, the use of keys, attempts at passwords.

use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::Timestamp;

/// Something that the ledger keeps and does not read: administrative records, which are few, change seldom, and are
/// replaced as a whole by whoever knows the version that is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// How often it was written; the first version is 1.
    pub version: u64,
    /// What it says, in a form that its author chose.
    pub body: Vec<u8>,
}

/// Hides what it says, which may be personal.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Document {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.version);
        writer.bytes(2, &self.body);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut document = Self { version: 0, body: Vec::new() };
        for field in fields {
            match field? {
                (1, value) => document.version = value.number()?,
                (2, value) => document.body = value.bytes()?.to_vec(),
                _ => {}
            }
        }
        if document.version == 0 { Err(Malformed) } else { Ok(document) }
    }
}

/// What a key was used for on a day, as one gateway has counted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// When a call was let in last.
    pub last: Timestamp,
    /// Calls by API.
    pub uses: Vec<Use>,
}

/// How often a key was used for one API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// The API's number.
    pub api: u8,
    /// Calls that were let in.
    pub admitted: u64,
    /// Calls that its quota refused.
    pub refused: u64,
}

/// Field 1 is the use of one API and is repeated; 2 is when the key was used last.
pub(super) fn write_usage(usage: &Usage, writer: &mut Writer) {
    writer.signed(2, usage.last.0);
    for one in &usage.uses {
        writer.nested(1, |inner| {
            inner.number(1, one.api);
            inner.number_unless_zero(2, one.admitted);
            inner.number_unless_zero(3, one.refused);
        });
    }
}

pub(super) fn read_usage(fields: Fields<'_>) -> Result<Usage, Malformed> {
    let mut usage = Usage { last: Timestamp(0), uses: Vec::new() };
    for field in fields {
        match field? {
            (1, value) => usage.uses.push(read_use(value)?),
            (2, value) => usage.last = Timestamp(value.signed()?),
            _ => {}
        }
    }
    Ok(usage)
}

fn read_use(value: Value<'_>) -> Result<Use, Malformed> {
    let mut one = Use::default();
    for field in value.fields()? {
        match field? {
            (1, value) => one.api = value.number()?,
            (2, value) => one.admitted = value.number()?,
            (3, value) => one.refused = value.number()?,
            _ => {}
        }
    }
    Ok(one)
}

/// How often a one-time password was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Wrong answers.
    pub wrong: u8,
    /// Whether the right one was given, which uses it up.
    pub spent: bool,
}

impl Attempts {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.wrong);
        writer.number_unless_zero(2, u64::from(self.spent));
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut attempts = Self::default();
        for field in fields {
            match field? {
                (1, value) => attempts.wrong = value.number()?,
                (2, value) => attempts.spent = value.number::<u64>()? != 0,
                _ => {}
            }
        }
        Ok(attempts)
    }
}
