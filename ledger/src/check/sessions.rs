//! Sessions: their seats add up, and the seats of their appointments are those counted as booked and as used; whoever has
//! a seat in a live one lists it. Appointments that have not followed their session to another day yet are counted with it
//! there.

use super::Violation;
use super::leases::{self, Leased};
use super::snapshot::{Check, Chunk, Rows};
use crate::keys::{Key, Kind};
use crate::records::{Appointment, Counters, Lease, Listed, Row, cells};
use crate::rules::Draw;
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::{Channel, Date, Dose, Session, SessionKey, SessionState};
use std::collections::{BTreeMap, HashMap};

/// Sessions that are verified at once, with all their appointments.
const CHUNK: usize = 64;

/// People that are looked at at once.
const PEOPLE: usize = 4096;

/// Seats of the appointments of a session: promised, and used.
type Held = HashMap<(Channel, Dose), (i64, i64)>;

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut after = None;
    loop {
        check.refresh().await?;
        let range = check.layout().by_session(Kind::Session, after, None);
        let Chunk { rows, rest, last } = check.chunk(range, CHUNK).await?;
        // Where no more sessions follow, nothing else may either.
        let last = rest.and(last).as_ref().and_then(session_key);
        verify_span(check, rows, after, last).await?;
        match last {
            Some(_) => after = last,
            None => return Ok(()),
        }
    }
}

/// Verifies the sessions after one up to another, of which `rows` are the definitions.
async fn verify_span(
    check: &mut Check<'_>,
    rows: Rows,
    after: Option<SessionKey>,
    upto: Option<SessionKey>,
) -> Result<(), ReadError> {
    let layout = check.layout();
    let counters = check.all(layout.by_session(Kind::Counters, after, upto)).await?;
    let appointments = check.all(layout.by_session(Kind::Appointment, after, upto)).await?;
    let sessions: BTreeMap<_, _> = rows.into_iter().filter_map(into_session).collect();
    check.report.sessions += sessions.len() as u64;
    check.report.appointments += appointments.len() as u64;
    for (key, _) in counters.iter().chain(&appointments) {
        if session_key(key).is_none_or(|session| !sessions.contains_key(&session)) {
            check.report(Violation::NoSession(*key));
        }
    }
    let appointments: Vec<_> = appointments.into_iter().filter_map(into_appointment).collect();
    let counters: HashMap<_, _> = counters.into_iter().filter_map(into_counters).collect();
    let leased = leases::verify(check, &counters).await?;
    let staying: Vec<_> = appointments.into_iter().filter(|a| is_kept_here(a, &sessions)).collect();
    let attendance = [staying, arriving(check, &sessions).await?].concat();
    verify_seats(check, &sessions, &counters, &leased, &attendance);
    verify_listed(check, &sessions, &attendance).await
}

/// Whether the session of an appointment was not moved to another day.
fn is_kept_here(appointment: &Appointment, sessions: &BTreeMap<SessionKey, Session>) -> bool {
    let session = sessions.get(&appointment.session);
    session.is_none_or(|session| !matches!(session.state, SessionState::Moved { .. }))
}

/// Appointments that lie under the day from which one of the sessions was moved.
async fn arriving(
    check: &mut Check<'_>,
    sessions: &BTreeMap<SessionKey, Session>,
) -> Result<Vec<Appointment>, ReadError> {
    let mut arriving = Vec::new();
    for session in sessions.values() {
        let left = session.unsettled.filter(|day| *day != session.date);
        let Some(date) = left else { continue };
        let there = check.layout().appointments_of(SessionKey { date, id: session.id }, None);
        arriving.extend(check.all(there).await?.into_iter().filter_map(into_appointment));
    }
    Ok(arriving)
}

/// The session of an appointment among some in which each id stands for one that is held.
fn session_of<'s>(
    appointment: &Appointment,
    sessions: &'s BTreeMap<SessionKey, Session>,
) -> Option<&'s Session> {
    let own = sessions.get(&appointment.session);
    let there = |session: &&Session| !matches!(session.state, SessionState::Moved { .. });
    own.filter(there).or_else(|| {
        let came = |session: &&Session| {
            session.id == appointment.session.id
                && session.unsettled == Some(appointment.session.date)
        };
        sessions.values().find(came)
    })
}

fn verify_seats(
    check: &mut Check<'_>,
    sessions: &BTreeMap<SessionKey, Session>,
    counters: &HashMap<SessionKey, Counters>,
    leased: &Leased,
    appointments: &[Appointment],
) {
    let mut held: HashMap<SessionKey, Held> = HashMap::new();
    for appointment in appointments {
        let cell = (appointment.channel, appointment.dose);
        let Some(session) = session_of(appointment, sessions) else { continue };
        let seats = held.entry(session.key()).or_default().entry(cell).or_default();
        seats.0 += appointment.seated().count() as i64;
        seats.1 += appointment.done().count() as i64;
    }
    for (key, session) in sessions {
        if let SessionState::Moved { .. } = session.state {
            if counters.contains_key(key) {
                check.report(Violation::NoSession(Key::Counters(*key)));
            }
            continue;
        }
        let unsold = || Counters::unsold(&session.capacity);
        let counters = counters.get(key).copied().unwrap_or_else(unsold);
        let held = held.remove(key).unwrap_or_default();
        let leases = leased.get(key).map_or(&[][..], Vec::as_slice);
        verify_session(check, session, &counters, leases, &held);
    }
}

fn verify_session(
    check: &mut Check<'_>,
    session: &Session,
    counters: &Counters,
    leases: &[Lease],
    held: &Held,
) {
    for (channel, dose) in cells() {
        let session_id = session.id;
        let tally = counters.tally(channel, dose);
        let (counted, capacity) = (tally.capacity(), session.capacity.seats(channel, dose).into());
        if counted != capacity {
            let session = session_id;
            check.report(Violation::SeatsDoNotAddUp { session, channel, dose, capacity, counted });
        }
        let sold: i32 = leases.iter().map(|lease| lease.part(channel, dose).sold()).sum();
        let counted = i64::from(tally.booked) + i64::from(sold);
        let (held, done) = held.get(&(channel, dose)).copied().unwrap_or_default();
        if counted != held {
            let session = session_id;
            check.report(Violation::BookedDiffers { session, channel, dose, counted, held });
        }
        let (session, counted) = (session_id, tally.used);
        if i64::from(counted) != done {
            check.report(Violation::UsedDiffers { session, channel, dose, counted, done });
        }
    }
}

/// Whoever has a seat in a live appointment lists it.
async fn verify_listed(
    check: &mut Check<'_>,
    sessions: &BTreeMap<SessionKey, Session>,
    appointments: &[Appointment],
) -> Result<(), ReadError> {
    let today = check.engine.context(Draw::default()).today();
    let live = appointments.iter().filter(|appointment| {
        session_of(appointment, sessions).is_some_and(|session| is_live(session, today))
    });
    let seats: Vec<_> = live.flat_map(|a| a.seated().map(move |person| (person, a))).collect();
    for some in seats.chunks(PEOPLE) {
        let keys = some.iter().map(|(person, _)| Key::Person(*person)).collect();
        let people = check.get(keys).await?;
        for (person, appointment) in some {
            let (person, id) = (*person, appointment.id);
            if !is_listed(appointment, people.row(&Key::Person(person))) {
                check.report(Violation::NotListed { person, appointment: id });
            }
        }
    }
    Ok(())
}

fn is_listed(appointment: &Appointment, person: Known<'_>) -> bool {
    let Known::Present(Row::Person(person)) = person else { return false };
    let Appointment { id, session, dose, .. } = *appointment;
    person.listed(dose) == Some(&Listed { appointment: id, session, dose })
}

fn is_live(session: &Session, today: Date) -> bool {
    session.state.is_held() && session.date >= today
}

fn session_key(key: &Key) -> Option<SessionKey> {
    match key {
        Key::Session(session) | Key::Counters(session) | Key::Appointment(session, _) => {
            Some(*session)
        }
        _ => None,
    }
}

fn into_session((key, row): (Key, Row)) -> Option<(SessionKey, Session)> {
    match (key, row) {
        (Key::Session(key), Row::Session(session)) => Some((key, *session)),
        _ => None,
    }
}

fn into_counters((key, row): (Key, Row)) -> Option<(SessionKey, Counters)> {
    match (key, row) {
        (Key::Counters(key), Row::Counters(counters)) => Some((key, counters)),
        _ => None,
    }
}

fn into_appointment((_, row): (Key, Row)) -> Option<Appointment> {
    if let Row::Appointment(appointment) = row { Some(appointment) } else { None }
}
