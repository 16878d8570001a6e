//! Who is expected at a session, and how it stands with them.

use super::Reader;
use crate::engine::Fetched;
use crate::keys::Key;
use crate::records::{Appointment, Personal, Row, Standing};
use crate::store::{Pairs, ReadError};
use crate::view::{Known, Rows};
use opencowin_model::{AppointmentId, BeneficiaryRef, Date, SessionKey};
use std::collections::BTreeMap;

/// A part of the list of a session.
#[derive(Clone, Debug)]
pub struct Roster {
    /// Its people, appointment by appointment.
    pub people: Vec<Expected>,
    /// After which appointment to go on; `None` if these were the last.
    pub next: Option<AppointmentId>,
}

/// Somebody on the list of a session.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Who.
    pub id: BeneficiaryRef,
    /// How it stands with them.
    pub standing: Standing,
    /// The appointment that they are in.
    pub appointment: Appointment,
    /// What they told about themselves; `None` of those who are known under this reference no longer.
    pub personal: Option<Personal>,
}

/// Appointments with somebody who was still expected, by session.
pub type Missed = BTreeMap<SessionKey, Vec<AppointmentId>>;

impl Reader {
    /// Everybody of so many appointments of a session, after one of them or from the first, by the id of the appointment.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn roster(
        &self,
        session: SessionKey,
        after: Option<AppointmentId>,
        limit: usize,
    ) -> Result<Roster, ReadError> {
        let version = self.engine.store.read_version().await?;
        let range = self.layout().appointments_of(session, after);
        let pairs = self.engine.store.scan(version, range, limit).await?;
        let appointments = self.appointments(&pairs)?;
        let mut rows = Fetched::at(version);
        let people = appointments.iter().flat_map(|appointment| &appointment.people);
        let keys = people.map(|(id, _)| Key::Personal(*id)).collect();
        rows.fetch(&self.engine, keys).await?;
        let expected = |(id, standing): (BeneficiaryRef, Standing), appointment: &Appointment| {
            let personal = match rows.row(&Key::Personal(id)) {
                Known::Present(Row::Personal(personal)) => Some((**personal).clone()),
                _ => None,
            };
            Expected { id, standing, appointment: appointment.clone(), personal }
        };
        let people = appointments.iter().flat_map(|appointment| {
            appointment.people.iter().map(|one| expected(*one, appointment))
        });
        let next = appointments.last().filter(|_| pairs.len() == limit).map(|last| last.id);
        Ok(Roster { people: people.collect(), next })
    }

    /// Looks at so many appointments of a day, after one of them or from the first: those with somebody who is still
    /// expected, and after which to go on; `None` if those were the last.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn missed(
        &self,
        day: Date,
        after: Option<(SessionKey, AppointmentId)>,
        looked_at: usize,
    ) -> Result<(Missed, Option<(SessionKey, AppointmentId)>), ReadError> {
        let version = self.engine.store.read_version().await?;
        let range = self.layout().appointments_on(day, after);
        let pairs = self.engine.store.scan(version, range, looked_at).await?;
        let appointments = self.appointments(&pairs)?;
        let mut missed = Missed::new();
        for appointment in appointments.iter().filter(|one| one.booked().next().is_some()) {
            missed.entry(appointment.session).or_default().push(appointment.id);
        }
        let last = appointments.last().filter(|_| pairs.len() == looked_at);
        Ok((missed, last.map(|last| (last.session, last.id))))
    }

    fn appointments(&self, pairs: &Pairs) -> Result<Vec<Appointment>, ReadError> {
        let open = |(key, value): &(Vec<u8>, Vec<u8>)| match self.engine.open(key, value) {
            Some((_, Ok(Row::Appointment(appointment)))) => Ok(appointment),
            _ => Err(ReadError::Fatal("an appointment is damaged".to_owned())),
        };
        pairs.iter().map(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, MarkNoShows, Outcome};
    use crate::fixture::*;
    use crate::store::block_on::block_on;
    use jiff::SignedDuration;
    use opencowin_model::Session;

    const ME: u64 = 9_000_000_001;

    /// Three accounts with an appointment each in the session of today.
    fn rig() -> (Rig, SessionKey) {
        let session = session(1, TODAY, 10);
        let key = Session::key(&session);
        let mut rig = Rig::with_sessions(Slow::new(), vec![session]);
        for mobile in ME..ME + 3 {
            let people = [1, 2].map(|number| rig.register(mobile, number));
            rig.run(rig.booking(mobile, key, &people)).unwrap();
        }
        (rig, key)
    }

    #[test]
    fn the_list_of_a_session_has_everybody_once_however_it_is_paged() {
        let (rig, session) = rig();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let roster = block_on(rig.reader().roster(session, after, 2)).unwrap();
            assert!(roster.people.iter().all(|one| one.standing == Standing::Booked));
            seen.extend(roster.people.into_iter().map(|one| (one.id, one.personal.unwrap().name)));
            after = roster.next;
            if after.is_none() {
                break;
            }
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn those_who_did_not_come_are_found_until_they_are_marked() {
        let (mut rig, session) = rig();
        let (first, next) = block_on(rig.reader().missed(TODAY, None, 2)).unwrap();
        assert_eq!((first[&session].len(), next.is_some()), (2, true));
        let (second, next) = block_on(rig.reader().missed(TODAY, next, 2)).unwrap();
        assert_eq!((second[&session].len(), next), (1, None));
        rig.engine.clock.advance(SignedDuration::from_hours(24));
        for missed in [first, second] {
            let mark = MarkNoShows { session, appointments: missed[&session].clone() };
            let answer = rig.run(Command::MarkNoShows(mark));
            assert!(matches!(answer, Ok(Outcome::NoShowsMarked { people: 2 | 4 })));
        }
        assert_eq!(block_on(rig.reader().missed(TODAY, None, 9)).unwrap(), (Missed::new(), None));
        assert_eq!(rig.violations(), []);
    }
}
