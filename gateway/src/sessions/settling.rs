//! Seeing to those who have booked a session that was cancelled or moved: each is told, and then their appointment says the
//! same as the session.
//!
//! The session stays [unsettled](Session::unsettled) until that is done for all of them, so that whoever is interrupted is
//! followed by another: this gateway after its next start, or another one. Somebody may be told twice then, and nobody is
//! forgotten. From the change on, whatever has not been seen to counts as it does in the changed session.

use super::desk::Desk;
use crate::notices::{self, Addressee, News};
use crate::trail::purpose;
use opencowin_ledger::audit::{Entry, Record, Who, Word};
use opencowin_ledger::commands::{Command, SETTLED_AT_ONCE, SettleSession, Settling};
use opencowin_ledger::read::Expected;
use opencowin_ledger::records::Appointment;
use opencowin_ledger::store::ReadError;
use opencowin_ledger::{Failure, Request};
use opencowin_model::{AppointmentId, Session, SessionId, SessionKey, SessionState};

const ROLE: Word = Word::new("system");

/// How often it begins again because the session was changed meanwhile.
const TRIES: usize = 8;

/// Why it was not finished. What was done stays done.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The ledger did not answer.
    #[error("the ledger: {0}")]
    Ledger(#[from] Failure),
    /// The ledger could not be read.
    #[error("the ledger: {0}")]
    Read(#[from] ReadError),
    /// Too many messages wait.
    #[error("no message can be taken now")]
    Messages,
    /// Somebody keeps changing the session.
    #[error("the session is changed again and again")]
    Changing,
}

impl Desk {
    /// Sees to everybody who has booked a session, if that is still to be done.
    ///
    /// # Errors
    /// [`Interrupted`]; it can be begun again by anybody.
    pub async fn settle(&self, id: SessionId) -> Result<(), Interrupted> {
        for _ in 0..TRIES {
            let Some(on_sale) = self.inventory.session(id) else { return Ok(()) };
            let session = self.ledger.read().session(on_sale.definition().key()).await?;
            let Some(session) = session else { return Ok(()) };
            let Some(date) = session.unsettled else {
                self.show(session);
                return Ok(());
            };
            let from = SessionKey { date, id };
            self.see_to_all(&session, from).await?;
            if session.state == SessionState::Cancelled && from != session.key() {
                // It was moved before: some had arrived, or have booked since.
                self.see_to_all(&session, session.key()).await?;
            }
            let done = Settling::Done { seen: session.version };
            self.ledger.run(settling(&session, done)).await?;
        }
        Err(Interrupted::Changing)
    }

    /// Sees to all appointments that lie under a day, some at a time.
    async fn see_to_all(&self, session: &Session, from: SessionKey) -> Result<(), Interrupted> {
        let mut after = None;
        loop {
            let page = self.ledger.read().roster(from, after, SETTLED_AT_ONCE).await?;
            let due = |one: &&Expected| is_due(session, &one.appointment);
            let due: Vec<_> = page.people.iter().filter(due).collect();
            let due: Vec<_> = due.chunk_by(|a, b| a.appointment.id == b.appointment.id).collect();
            due.iter().try_for_each(|people| self.tell(session, people))?;
            let appointments: Vec<_> = due.iter().map(|people| people[0].appointment.id).collect();
            self.bring(session, from, appointments).await?;
            after = match page.next {
                Some(last) => Some(last),
                None => return Ok(()),
            };
        }
    }

    /// Has some appointments say what the session says.
    async fn bring(
        &self,
        session: &Session,
        from: SessionKey,
        appointments: Vec<AppointmentId>,
    ) -> Result<(), Interrupted> {
        if appointments.is_empty() {
            return Ok(());
        }
        let entry = |id: &AppointmentId| self.entry(session).about(Record::Appointment(*id));
        let audit = appointments.iter().map(entry).collect();
        let step = Settling::Appointments { from: from.date, appointments };
        let request = Request { audit, ..Request::of(settling(session, step)) };
        self.ledger.submit(request).await?;
        Ok(())
    }

    /// Tells the people of an appointment, at the number of the first of them who has a seat and is known.
    fn tell(&self, session: &Session, people: &[&Expected]) -> Result<(), Interrupted> {
        let appointment = &people[0].appointment;
        let seated = people.iter().filter(|one| one.standing.holds_seat());
        let mut mobiles = seated.filter_map(|one| Some(one.personal.as_ref()?.mobile));
        let Some(mobile) = mobiles.next() else { return Ok(()) };
        let Some(on_sale) = self.inventory.session(session.id) else { return Ok(()) };
        let to = Addressee { mobile, key: None, now: self.ledger.clock().now() };
        let slot = session.slot_after_change(appointment.slot).slot_label();
        let (told, news) = match session.state {
            // Of the day on which it was to be.
            SessionState::Cancelled => {
                let date = appointment.session.date;
                (Session { date, ..session.clone() }, News::Cancelled)
            }
            _ => (session.clone(), News::Moved(&slot)),
        };
        notices::post(&*self.messenger, to, (on_sale.centre(), &told), news)
            .map_err(|_| Interrupted::Messages)
    }

    fn entry(&self, session: &Session) -> Entry {
        let purpose = match session.state {
            SessionState::Cancelled => purpose::SESSION_CANCELLED,
            _ => purpose::SESSION_MOVED,
        };
        Entry::new(Who::System, ROLE, purpose, self.ledger.clock().now())
    }
}

fn settling(session: &Session, step: Settling) -> Command {
    Command::SettleSession(SettleSession { session: session.key(), step })
}

/// Whether an appointment does not say yet what its session says.
fn is_due(session: &Session, appointment: &Appointment) -> bool {
    match session.state {
        SessionState::Cancelled => appointment.seated().next().is_some(),
        _ if appointment.session != session.key() => true,
        _ => session.slot_after_change(appointment.slot) != appointment.slot,
    }
}
