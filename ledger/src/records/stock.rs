//! What centres have of each batch, and what came and went.

use super::wire::{Fields, Malformed, Value, Writer};
use crate::audit::Who;
use opencowin_model::{Batch, CentreId, Date, VaccineId, WasteReason};

/// What a centre has of a batch, in doses. What was used, wasted and sent on is never more than what was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stock {
    /// The last day on which it may be used.
    pub expiry: Date,
    /// Doses that came, from outside or from another centre.
    pub received: u32,
    /// Doses given to people.
    pub used: u32,
    /// Doses lost.
    pub wasted: u32,
    /// Doses that went to another centre.
    pub sent: u32,
}

impl Stock {
    /// Nothing yet of a batch that expires then.
    pub fn empty(expiry: Date) -> Self {
        Self { expiry, received: 0, used: 0, wasted: 0, sent: 0 }
    }

    /// Doses that are there; below zero only if something is wrong.
    pub fn balance(&self) -> i64 {
        i64::from(self.received)
            - i64::from(self.used)
            - i64::from(self.wasted)
            - i64::from(self.sent)
    }

    /// Doses that are there.
    pub fn left(&self) -> u32 {
        u32::try_from(self.balance()).unwrap_or(0)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.date(1, self.expiry);
        writer.number_unless_zero(2, self.received);
        writer.number_unless_zero(3, self.used);
        writer.number_unless_zero(4, self.wasted);
        writer.number_unless_zero(5, self.sent);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut expiry, mut counts) = (None, [0; 4]);
        for field in fields {
            match field? {
                (1, value) => expiry = Some(value.date()?),
                (at @ 2..=5, value) => counts[at as usize - 2] = value.number()?,
                _ => {}
            }
        }
        let [received, used, wasted, sent] = counts;
        Ok(Self { expiry: expiry.ok_or(Malformed)?, received, used, wasted, sent })
    }
}

/// Doses that came to a centre's stock, or went from it but into people: these are told by events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Where from or where to.
    pub what: Moved,
    /// How many doses.
    pub doses: u32,
    /// Of which vaccine.
    pub vaccine: VaccineId,
    /// Of which batch.
    pub batch: Batch,
    /// Who said so.
    pub by: Who,
}

/// Where doses came from, or where they went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// From the programme's stores.
    Received,
    /// Lost.
    Wasted(WasteReason),
    /// To another centre.
    SentTo(CentreId),
    /// From another centre.
    CameFrom(CentreId),
}

const RECEIVED: u8 = 1;
const WASTED: u8 = 2;
const SENT_TO: u8 = 3;
const CAME_FROM: u8 = 4;

impl Movement {
    /// Field 1 is what it was and 2 the reason's number or the other centre.
    pub(super) fn write(&self, writer: &mut Writer) {
        let (what, detail) = match self.what {
            Moved::Received => (RECEIVED, 0),
            Moved::Wasted(reason) => (WASTED, reason.number().into()),
            Moved::SentTo(centre) => (SENT_TO, centre.0),
            Moved::CameFrom(centre) => (CAME_FROM, centre.0),
        };
        writer.number(1, what);
        writer.number_unless_zero(2, detail);
        writer.number(3, self.doses);
        writer.number(4, self.vaccine.0);
        writer.bytes(5, self.batch.as_str().as_bytes());
        writer.nested(6, |inner| self.by.write(inner));
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut what, mut detail, mut doses) = (None, 0, None);
        let (mut vaccine, mut batch, mut by) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => what = Some(value.number::<u8>()?),
                (2, value) => detail = value.number::<u64>()?,
                (3, value) => doses = Some(value.number()?),
                (4, value) => vaccine = Some(VaccineId(value.number()?)),
                (5, value) => batch = Some(read_batch(value)?),
                (6, value) => by = Some(Who::read(value.fields()?)?),
                _ => {}
            }
        }
        let centre = || u32::try_from(detail).map(CentreId).map_err(|_| Malformed);
        let what = match what.ok_or(Malformed)? {
            RECEIVED => Moved::Received,
            WASTED => Moved::Wasted(WasteReason::from_number(detail).ok_or(Malformed)?),
            SENT_TO => Moved::SentTo(centre()?),
            CAME_FROM => Moved::CameFrom(centre()?),
            _ => return Err(Malformed),
        };
        Ok(Self {
            what,
            doses: doses.ok_or(Malformed)?,
            vaccine: vaccine.ok_or(Malformed)?,
            batch: batch.ok_or(Malformed)?,
            by: by.ok_or(Malformed)?,
        })
    }
}

/// A batch in its one spelling.
pub(super) fn read_batch(value: Value<'_>) -> Result<Batch, Malformed> {
    let text = value.text()?;
    Batch::parse(&text).filter(|batch| batch.as_str() == text).ok_or(Malformed)
}
