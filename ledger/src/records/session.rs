//! The definition of a session.

use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::{
    AgeBand, Capacity, CentreId, Channel, Seats, Session, SessionKey, SessionState, VaccineId,
};

const PUBLISHED: u8 = 1;
const CANCELLED: u8 = 2;

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
    };
    writer.number(11, state);
    writer.number(12, session.version);
}

pub(super) fn read(key: SessionKey, fields: Fields<'_>) -> Result<Session, Malformed> {
    let (mut centre, mut hours, mut vaccine, mut min, mut max) = (None, None, None, None, None);
    let (mut fee, mut slots, mut channels) = (0, Vec::new(), [Seats::default(); 3]);
    let (mut state, mut version) = (None, None);
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
            (11, value) => state = Some(read_state(value)?),
            (12, value) => version = Some(value.number()?),
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
        state: state.ok_or(Malformed)?,
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

fn read_state(value: Value<'_>) -> Result<SessionState, Malformed> {
    match value.number()? {
        PUBLISHED => Ok(SessionState::Published),
        CANCELLED => Ok(SessionState::Cancelled),
        _ => Err(Malformed),
    }
}
