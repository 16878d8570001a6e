//! The commands: everything that can change the ledger, one file each.
//!
//! A command decides and never waits: [`Command::decide`] is a pure function of the rows that its view shows and of its
//! context. It gives [`Effects`], or stops because rows are missing or a rule forbids it. Refused commands write nothing
//! but the record of their refusal, if they came under an idempotency key ([`once`]).

mod advance_clock;
mod amend;
mod attempt;
mod book;
mod cancel;
mod delete;
mod eligibility;
mod enrol;
mod erase;
mod escrow;
mod find;
mod meter;
pub mod once;
mod outcome;
mod publish_centres;
mod publish_sessions;
mod register;
mod reschedule;
pub(crate) mod seats;
mod weight;

pub use advance_clock::AdvanceClock;
pub use amend::{Amend, Amendment};
pub use attempt::Attempt;
pub use book::{Book, Booker};
pub use cancel::Cancel;
pub use delete::DeleteBeneficiary;
pub use eligibility::eligibility;
pub use enrol::{Enrol, Place};
pub use erase::{Erase, Reason};
pub use escrow::{EndLease, Recall};
pub use find::{appointment_of, live_appointment};
pub use meter::Meter;
pub use once::{IdempotencyKey, Once};
pub use outcome::{Answer, Outcome, Refusal, SeatCount};
pub use publish_centres::PublishCentres;
pub use publish_sessions::PublishSessions;
pub use register::Register;
pub use reschedule::Reschedule;

use crate::keys::Key;
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};

/// A change of the ledger that somebody asks for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Makes centres known or changes them.
    PublishCentres(PublishCentres),
    /// Makes sessions known or changes them.
    PublishSessions(PublishSessions),
    /// Enrols a person.
    Register(Box<Register>),
    /// Enrols a person at a facility.
    Enrol(Box<Enrol>),
    /// Forgets a person.
    DeleteBeneficiary(DeleteBeneficiary),
    /// Erases a person.
    Erase(Erase),
    /// Takes seats for one to four people.
    Book(Book),
    /// Moves an appointment.
    Reschedule(Reschedule),
    /// Gives seats back.
    Cancel(Cancel),
    /// Moves a sandbox's clock.
    AdvanceClock(AdvanceClock),
    /// Replaces documents.
    Amend(Amend),
    /// Writes down what keys were used for.
    Meter(Meter),
    /// Counts an answer to a one-time password.
    Attempt(Attempt),
    /// Asks members to give up their leases of a session.
    Recall(Recall),
    /// Ends a lease.
    EndLease(EndLease),
    /// Is refused, for a reason found before it came here. Under an idempotency key the refusal is recorded.
    Refuse(Refusal),
    /// Does nothing, and is answered when everything before it is committed.
    Barrier,
}

/// What a command does, if its group commits.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// Rows written, or removed where there is no value.
    pub writes: Vec<(Key, Option<Row>)>,
    /// What to answer.
    pub outcome: Outcome,
}

impl Command {
    /// Decides the command.
    ///
    /// # Errors
    /// [`Stop`]: rows are missing, a rule forbids it, or a row cannot be read.
    pub fn decide(&self, view: &mut View<'_>, context: &Context<'_>) -> Result<Effects, Stop> {
        match self {
            Self::PublishCentres(command) => command.decide(view, context),
            Self::PublishSessions(command) => command.decide(view, context),
            Self::Register(command) => command.decide(view, context),
            Self::Enrol(command) => command.decide(view, context),
            Self::DeleteBeneficiary(command) => command.decide(view, context),
            Self::Erase(command) => command.decide(view, context),
            Self::Book(command) => command.decide(view, context),
            Self::Reschedule(command) => command.decide(view, context),
            Self::Cancel(command) => command.decide(view, context),
            Self::AdvanceClock(command) => command.decide(view, context),
            Self::Amend(command) => command.decide(view, context),
            Self::Meter(command) => command.decide(),
            Self::Attempt(command) => command.decide(view, context),
            Self::Recall(command) => command.decide(view, context),
            Self::EndLease(command) => command.decide(view, context),
            Self::Refuse(refusal) => Err((*refusal).into()),
            Self::Barrier => Ok(Effects { writes: Vec::new(), outcome: Outcome::Passed }),
        }
    }
}

#[cfg(test)]
mod tests;
