//! A request of somebody who is known, on its way to the ledger, perhaps in several attempts.

use super::{refusals, seats};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::problem::Problem;
use crate::idempotency;
use crate::patience;
use crate::trail;
use http::request::Parts;
use opencowin_inventory::Reservation;
use opencowin_ledger::audit::{Ending, Entry, Record, Who, Word};
use opencowin_ledger::commands::{Command, Once, Outcome};
use opencowin_ledger::{Failure, Request};
use opencowin_model::SessionId;

/// What all attempts have in common: the idempotency key, and what the audit trail says of it.
pub(super) struct Errand<'a> {
    app: &'a App,
    once: Option<Once>,
    audit: Entry,
}

impl<'a> Errand<'a> {
    /// What somebody asks for with this body. `route` tells idempotency keys apart.
    ///
    /// # Errors
    /// USRRES0009 for the idempotency key, 401 if nobody is known.
    pub(super) fn of(
        app: &'a App,
        visitor: &Visitor,
        parts: &Parts,
        route: &'static str,
        purpose: Word,
        body: &[u8],
    ) -> Result<Self, Problem> {
        let once = idempotency::once(parts, visitor.acting()?, route, body)?;
        Ok(Self { app, once, audit: trail::of(app, visitor, purpose) })
    }

    /// Who asks.
    pub(super) fn by(&self) -> Who {
        self.audit.who
    }

    /// What is asked for once, whoever asks in which request.
    pub(super) fn once(app: &'a App, once: Once, audit: Entry) -> Self {
        Self { app, once: Some(once), audit }
    }

    /// With what is asked about.
    pub(super) fn about(self, record: Record) -> Self {
        Self { audit: self.audit.about(record), ..self }
    }

    /// What was answered under the idempotency key before, if it was. Asked first: the first attempt may be the very
    /// reason why this one would be refused.
    ///
    /// # Errors
    /// The refusal, if that was the answer; 503 if the ledger cannot be reached.
    pub(super) async fn recorded(&self) -> Result<Option<Outcome>, Problem> {
        let Some(once) = &self.once else { return Ok(None) };
        let Some(answer) = self.app.ledger().read().recorded(once).await? else { return Ok(None) };
        self.app.ledger().note(vec![self.audit.clone().ended(Ending::Repeated)]).await?;
        answer.map(Some).map_err(|refusal| refusals::problem(refusal, self.app.pack()))
    }

    /// Has the ledger carry out a command.
    ///
    /// # Errors
    /// As the ledger answers.
    pub(super) async fn run(&self, command: Command) -> Result<Outcome, Failure> {
        self.run_with_seats(command, None, None).await
    }

    /// Has the ledger carry out a command that may take seats of a session; memory follows its fate.
    ///
    /// # Errors
    /// As the ledger answers.
    pub(super) async fn run_with_seats(
        &self,
        command: Command,
        session: Option<SessionId>,
        reservation: Option<Reservation>,
    ) -> Result<Outcome, Failure> {
        let request = Request {
            command,
            once: self.once.clone(),
            settle: Some(seats::settle(self.app, session, reservation)),
            audit: vec![self.audit.clone()],
        };
        patience::for_commit(self.app.ledger().submit(request)).await
    }

    /// Ends an attempt that failed before the ledger had it. A refusal is committed where a retry is to hear the same, or
    /// where it tells something about a person.
    ///
    /// # Errors
    /// The failure.
    pub(super) async fn fail(&self, failure: Failure) -> Result<Outcome, Failure> {
        match failure {
            Failure::Refused(refusal) if self.once.is_some() || trail::tells(refusal) => {
                self.run(Command::Refuse(refusal)).await
            }
            failure => Err(failure),
        }
    }
}
