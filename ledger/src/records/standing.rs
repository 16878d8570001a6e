//! How it stands with one person of an appointment.

use super::event::{EventKey, read_event_key, write_event_key};
use super::person::reference;
use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::{BeneficiaryRef, DeclineReason, EarlyEnd, IdTypeId, Timestamp};

/// How it stands with one person of an appointment. Who is booked or checked in holds a seat that counts as booked, who
/// is done one that counts as used, everybody else none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Has a seat.
    Booked,
    /// Had one, and gave it back.
    Cancelled,
    /// Is there, and has proven who they are.
    CheckedIn(Arrival),
    /// Was given the dose.
    Done(Given),
    /// Did not come.
    NoShow,
    /// Came, and was not given the dose.
    Refused(DeclineReason),
}

/// Somebody's arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When they were checked in.
    pub at: Timestamp,
    /// The kind of identity document that they showed.
    pub id_type: IdTypeId,
}

/// A dose that was given at an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The event as it was first recorded; corrections point to it.
    pub event: EventKey,
    /// When; the observation begins with it.
    pub at: Timestamp,
    /// How the observation ended, once it has.
    pub observed: Option<Observed>,
}

/// The end of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// When.
    pub at: Timestamp,
    /// Whether there was a reaction.
    pub reaction: bool,
    /// Why before its time, if it was.
    pub early: Option<EarlyEnd>,
}

impl Standing {
    /// Whether they hold a seat that counts as booked.
    pub fn holds_seat(self) -> bool {
        matches!(self, Self::Booked | Self::CheckedIn(_))
    }

    /// Booked and cancelled people are fields of their own, as they were before there were other standings.
    pub(super) fn write(self, person: BeneficiaryRef, writer: &mut Writer) {
        match self {
            Self::Booked => writer.number(BOOKED, person.get()),
            Self::Cancelled => writer.number(CANCELLED, person.get()),
            _ => writer.nested(OTHER, |inner| self.write_other(person, inner)),
        }
    }

    fn write_other(self, person: BeneficiaryRef, writer: &mut Writer) {
        writer.number(1, person.get());
        match self {
            Self::Booked | Self::Cancelled => {}
            Self::CheckedIn(arrival) => {
                writer.number(2, CHECKED_IN);
                writer.signed(3, arrival.at.0);
                writer.number(4, arrival.id_type.0);
            }
            Self::Done(given) => {
                writer.number(2, DONE);
                writer.signed(3, given.at.0);
                writer.nested(5, |inner| write_event_key(given.event, inner));
                if let Some(observed) = given.observed {
                    writer.nested(6, |inner| observed.write(inner));
                }
            }
            Self::NoShow => writer.number(2, NO_SHOW),
            Self::Refused(reason) => {
                writer.number(2, REFUSED);
                writer.number(7, reason.number());
            }
        }
    }
}

/// The fields of an appointment that hold its people.
const BOOKED: u32 = 6;
const CANCELLED: u32 = 7;
const OTHER: u32 = 10;

/// Kinds of other standings. Numbers are never reused.
const CHECKED_IN: u64 = 1;
const DONE: u64 = 2;
const NO_SHOW: u64 = 3;
const REFUSED: u64 = 4;

/// Reads one of an appointment's people, if the field holds one.
pub(super) fn read(
    field: u32,
    value: Value<'_>,
) -> Result<Option<(BeneficiaryRef, Standing)>, Malformed> {
    Ok(match field {
        BOOKED => Some((reference(value)?, Standing::Booked)),
        CANCELLED => Some((reference(value)?, Standing::Cancelled)),
        OTHER => Some(read_other(value.fields()?)?),
        _ => None,
    })
}

fn read_other(fields: Fields<'_>) -> Result<(BeneficiaryRef, Standing), Malformed> {
    let (mut person, mut kind, mut at, mut id_type) = (None, None, None, None);
    let (mut event, mut observed, mut reason) = (None, None, None);
    for field in fields {
        match field? {
            (1, value) => person = Some(reference(value)?),
            (2, value) => kind = Some(value.number()?),
            (3, value) => at = Some(Timestamp(value.signed()?)),
            (4, value) => id_type = Some(IdTypeId(value.number()?)),
            (5, value) => event = Some(read_event_key(value)?),
            (6, value) => observed = Some(Observed::read(value.fields()?)?),
            (7, value) => reason = DeclineReason::from_number(value.number()?),
            _ => {}
        }
    }
    let standing = match kind.ok_or(Malformed)? {
        CHECKED_IN => {
            let (at, id_type) = at.zip(id_type).ok_or(Malformed)?;
            Standing::CheckedIn(Arrival { at, id_type })
        }
        DONE => {
            let (at, event) = at.zip(event).ok_or(Malformed)?;
            Standing::Done(Given { event, at, observed })
        }
        NO_SHOW => Standing::NoShow,
        REFUSED => Standing::Refused(reason.ok_or(Malformed)?),
        _ => return Err(Malformed),
    };
    Ok((person.ok_or(Malformed)?, standing))
}

impl Observed {
    fn write(self, writer: &mut Writer) {
        writer.signed(1, self.at.0);
        writer.number_unless_zero(2, self.reaction);
        if let Some(early) = self.early {
            writer.number(3, early.number());
        }
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut at, mut reaction, mut early) = (None, false, None);
        for field in fields {
            match field? {
                (1, value) => at = Some(Timestamp(value.signed()?)),
                (2, value) => reaction = value.number::<u64>()? != 0,
                (3, value) => early = Some(value.number()?),
                _ => {}
            }
        }
        let early = early.map(|number| EarlyEnd::from_number(number).ok_or(Malformed));
        Ok(Self { at: at.ok_or(Malformed)?, reaction, early: early.transpose()? })
    }
}
