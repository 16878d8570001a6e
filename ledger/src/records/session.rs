//! The definition of a session.

use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::{
    AgeBand, Capacity, CentreId, Channel, Date, Seats, Session, SessionKey, SessionState,
    TimeOfDay, VaccineId,
};

const PUBLISHED: u8 = 1;
const CANCELLED: u8 = 2;
const CLOSED: u8 = 3;
const MOVED: u8 = 4;

/// Date and id are those of the key.
pub(super) fn write(session: &Session, writer: &mut Writer) {
    writer.number(1, session.centre.0);
    writer.hours(2, session.hours);
    writer.number(3, session.vaccine.0);
    writer.number(4, session.age.min);
    if let Some(max) = session.age.max {
        writer.number(5, max);
    }
    writer.number_unless_zero(6, session.fee);
    for slot in &session.slots {
        writer.hours(7, *slot);
    }
    for channel in Channel::ALL {
        seats(8 + channel.index() as u32, session.capacity.of(channel), writer);
    }
    let state = match session.state {
        SessionState::Published => PUBLISHED,
        SessionState::Cancelled => CANCELLED,
        SessionState::Closed => CLOSED,
        SessionState::Moved { .. } => MOVED,
    };
    writer.number(11, state);
    writer.number(12, session.version);
    if let SessionState::Moved { to } = session.state {
        writer.date(13, to);
    }
    if let Some(from) = session.walk_in_from {
        writer.number(14, from.minutes());
    }
    if let Some(day) = session.unsettled {
        writer.date(15, day);
    }
}

pub(super) fn read(key: SessionKey, fields: Fields<'_>) -> Result<Session, Malformed> {
    let (mut centre, mut hours, mut vaccine, mut min, mut max) = (None, None, None, None, None);
    let (mut fee, mut slots, mut channels) = (0, Vec::new(), [Seats::default(); 3]);
    let (mut state, mut version, mut to) = (None, None, None);
    let (mut walk_in_from, mut unsettled) = (None, None);
    for field in fields {
        match field? {
            (1, value) => centre = Some(CentreId(value.number()?)),
            (2, value) => hours = Some(value.hours()?),
            (3, value) => vaccine = Some(VaccineId(value.number()?)),
            (4, value) => min = Some(value.number()?),
            (5, value) => max = Some(value.number()?),
            (6, value) => fee = value.number()?,
            (7, value) => slots.push(value.hours()?),
            (field @ 8..=10, value) => channels[field as usize - 8] = read_seats(value)?,
            (11, value) => state = Some(value.number()?),
            (12, value) => version = Some(value.number()?),
            (13, value) => to = Some(value.date()?),
            (14, value) => walk_in_from = Some(time_of_day(value)?),
            (15, value) => unsettled = Some(value.date()?),
            _ => {}
        }
    }
    let [online, on_spot, reserved] = channels;
    Ok(Session {
        id: key.id,
        centre: centre.ok_or(Malformed)?,
        date: key.date,
        hours: hours.ok_or(Malformed)?,
        vaccine: vaccine.ok_or(Malformed)?,
        age: AgeBand { min: min.ok_or(Malformed)?, max },
        fee,
        slots,
        capacity: Capacity::new(online, on_spot, reserved),
        walk_in_from,
        state: read_state(state.ok_or(Malformed)?, to)?,
        unsettled,
        version: version.ok_or(Malformed)?,
    })
}

fn seats(field: u32, seats: Seats, writer: &mut Writer) {
    if seats.total() > 0 {
        writer.nested(field, |inner| {
            for (field, number) in (1..).zip(seats.0) {
                inner.number_unless_zero(field, number);
            }
        });
    }
}

fn read_seats(value: Value<'_>) -> Result<Seats, Malformed> {
    let mut seats = Seats::default();
    for field in value.fields()? {
        if let (field @ 1..=3, value) = field? {
            seats.0[field as usize - 1] = value.number()?;
        }
    }
    Ok(seats)
}

fn read_state(state: u8, to: Option<Date>) -> Result<SessionState, Malformed> {
    match (state, to) {
        (PUBLISHED, _) => Ok(SessionState::Published),
        (CANCELLED, _) => Ok(SessionState::Cancelled),
        (CLOSED, _) => Ok(SessionState::Closed),
        (MOVED, Some(to)) => Ok(SessionState::Moved { to }),
        _ => Err(Malformed),
    }
}

fn time_of_day(value: Value<'_>) -> Result<TimeOfDay, Malformed> {
    TimeOfDay::from_minutes(value.number()?).ok_or(Malformed)
}
