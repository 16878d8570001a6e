//! Who has booked a session, for those who have to tell them something.

use super::Reader;
use crate::engine::Fetched;
use crate::keys::Key;
use crate::records::{Appointment, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows};
use opencowin_model::{AppointmentId, Mobile, SessionKey};

/// An appointment, and where those who booked it are told about it.
#[derive(Clone, Debug)]
pub struct Attendance {
    /// The appointment.
    pub appointment: Appointment,
    /// The number of the first of its people who has a seat and is known.
    pub mobile: Option<Mobile>,
}

impl Reader {
    /// So many of the appointments that lie under a session, after one of them or from the first, by id.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn attendance(
        &self,
        session: SessionKey,
        after: Option<AppointmentId>,
        limit: usize,
    ) -> Result<Vec<Attendance>, ReadError> {
        let version = self.engine.store.read_version().await?;
        let range = self.layout().appointments_of(session, after);
        let pairs = self.engine.store.scan(version, range, limit).await?;
        let appointments = pairs.iter().map(|(key, value)| match self.engine.open(key, value) {
            Some((_, Ok(Row::Appointment(appointment)))) => Ok(appointment),
            _ => Err(ReadError::Fatal("an appointment is damaged".to_owned())),
        });
        let appointments: Vec<_> = appointments.collect::<Result<_, _>>()?;
        let mut rows = Fetched::at(version);
        let people = appointments.iter().flat_map(Appointment::booked).map(Key::Personal);
        rows.fetch(&self.engine, people.collect()).await?;
        let mobile = |appointment: &Appointment| {
            appointment.booked().find_map(|who| match rows.row(&Key::Personal(who)) {
                Known::Present(Row::Personal(personal)) => Some(personal.mobile),
                _ => None,
            })
        };
        let attendance =
            appointments.into_iter().map(|a| Attendance { mobile: mobile(&a), appointment: a });
        Ok(attendance.collect())
    }
}
