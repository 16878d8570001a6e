//! The commands: everything that can change the ledger, one file each.
//!
//! A command decides and never waits: [`Command::decide`] is a pure function of the rows that its view shows and of its
//! context. It gives [`Effects`], or stops because rows are missing or a rule forbids it. Refused commands write nothing
//! but the record of their refusal, if they came under an idempotency key ([`once`]).

mod advance_clock;
mod adverse;
mod amend;
mod attempt;
mod book;
mod cancel;
mod certificates;
mod certify;
mod change_session;
mod check_in;
mod correct;
mod correct_holder;
mod decline;
mod delete;
mod eligibility;
mod elsewhere;
mod enrol;
mod erase;
mod escrow;
mod establish;
mod events;
pub mod figures;
mod find;
mod log;
mod merge;
mod meter;
mod move_member;
mod no_shows;
mod observe;
pub mod once;
mod outcome;
mod publish_centres;
mod publish_sessions;
mod register;
mod reschedule;
mod revoke;
pub(crate) mod seats;
mod settle_session;
mod share;
mod status;
pub mod stock;
mod supply;
mod vaccinate;
mod visit;
mod weight;

pub use advance_clock::AdvanceClock;
pub use adverse::{
    FollowUpAdverseEvent, HandOver, MOST_FOLLOW_UPS, ReportAdverseEvent, Reporter, Suspected,
};
pub use amend::{Amend, Amendment};
pub use attempt::Attempt;
pub use book::{Book, Booker};
pub use cancel::Cancel;
pub use certify::{CERTIFIED_AT_ONCE, Certify, Fresh, RequestCertificate};
pub use change_session::{Change, ChangeSession};
pub use check_in::{CheckIn, ResetProofs};
pub use correct::{Authority, Correct};
pub use correct_holder::{CorrectHolder, HolderAuthority, OWN_CORRECTIONS};
pub use decline::{Decline, Declined};
pub use delete::DeleteBeneficiary;
pub use eligibility::eligibility;
pub use elsewhere::RecordElsewhere;
pub use enrol::{Enrol, Place};
pub use erase::{Erase, Reason};
pub use escrow::{EndLease, Recall};
pub use establish::{Condition, Establish};
pub(crate) use events::recipient;
pub use find::{appointment_of, live_appointment};
pub(crate) use find::{held_instead, led_to};
pub use log::{SEQUENCED_AT_ONCE, Sequence, SignHead};
pub use merge::Merge;
pub use meter::Meter;
pub use move_member::MoveMember;
pub use no_shows::{MarkNoShows, NO_SHOWS_AT_ONCE};
pub use observe::Observe;
pub use once::{IdempotencyKey, Once};
pub use outcome::{Answer, Outcome, Refusal, SeatCount};
pub use publish_centres::PublishCentres;
pub use publish_sessions::PublishSessions;
pub use register::Register;
pub use reschedule::Reschedule;
pub use revoke::{REVOKED_AT_ONCE, Revoke};
pub use settle_session::{SETTLED_AT_ONCE, SettleSession, Settling};
pub use share::{MOST_SHARES, ShareStatus, Unshare};
pub use status::TakeStatus;
pub use supply::{Parcel, Receive, Transfer, Waste};
pub use vaccinate::Vaccinate;
pub use visit::{PROOF_TRIES, Proof};

use crate::keys::Key;
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};

/// A row to write, or to remove where there is no value.
pub(crate) type Write = (Key, Option<Row>);

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
    /// Writes documents and what is put on sale by them.
    Establish(Box<Establish>),
    /// Changes a session that is on sale.
    ChangeSession(ChangeSession),
    /// Brings appointments in line with their session after it was changed.
    SettleSession(SettleSession),
    /// Checks somebody in.
    CheckIn(Box<CheckIn>),
    /// Lets wrong proofs be forgotten.
    ResetProofs(ResetProofs),
    /// Records a dose.
    Vaccinate(Box<Vaccinate>),
    /// Takes doses into stock.
    Receive(Receive),
    /// Takes doses out of stock that were lost.
    Waste(Waste),
    /// Moves doses to another centre.
    Transfer(Transfer),
    /// Reports an adverse event.
    ReportAdverseEvent(Box<ReportAdverseEvent>),
    /// Adds to a report of one.
    FollowUpAdverseEvent(Box<FollowUpAdverseEvent>),
    /// Ends a job for somebody outside.
    HandOver(HandOver),
    /// Ends an appointment without a dose.
    Decline(Decline),
    /// Marks those who did not come.
    MarkNoShows(MarkNoShows),
    /// Ends an observation.
    Observe(Observe),
    /// Records a dose that was given elsewhere.
    RecordElsewhere(Box<RecordElsewhere>),
    /// Corrects what is recorded of a dose.
    Correct(Correct),
    /// Makes two references of one person one.
    Merge(Merge),
    /// Moves somebody to another number.
    MoveMember(MoveMember),
    /// Stores certificates that were signed.
    Certify(Certify),
    /// Asks for the certificate of a dose.
    RequestCertificate(RequestCertificate),
    /// Revokes certificates.
    Revoke(Revoke),
    /// Corrects what is known of a person.
    CorrectHolder(Box<CorrectHolder>),
    /// Takes places in status lists.
    TakeStatus(TakeStatus),
    /// Places lines of the transparency log.
    Sequence(Sequence),
    /// Keeps a signed head of the transparency log.
    SignHead(SignHead),
    /// Lets a link show whether somebody is vaccinated.
    ShareStatus(ShareStatus),
    /// Ends such links.
    Unshare(Unshare),
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
        let newer = self.is_of_schema_4() && !context.writes_schema_4();
        if newer || self.is_of_schema_5() && !context.certifies {
            return Err(Refusal::OlderProgram.into());
        }
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
            Self::Establish(command) => command.decide(view, context),
            Self::ChangeSession(command) => command.decide(view, context),
            Self::SettleSession(command) => command.decide(view, context),
            Self::CheckIn(command) => command.decide(view, context),
            Self::ResetProofs(command) => command.decide(view, context),
            Self::Vaccinate(command) => command.decide(view, context),
            Self::Receive(command) => command.decide(view, context),
            Self::Waste(command) => command.decide(view, context),
            Self::Transfer(command) => command.decide(view, context),
            Self::ReportAdverseEvent(command) => command.decide(view, context),
            Self::FollowUpAdverseEvent(command) => command.decide(view, context),
            Self::HandOver(command) => command.decide(view),
            Self::Decline(command) => command.decide(view, context),
            Self::MarkNoShows(command) => command.decide(view, context),
            Self::Observe(command) => command.decide(view, context),
            Self::RecordElsewhere(command) => command.decide(view, context),
            Self::Correct(command) => command.decide(view, context),
            Self::Merge(command) => command.decide(view, context),
            Self::MoveMember(command) => command.decide(view, context),
            Self::Certify(command) => command.decide(view, context),
            Self::RequestCertificate(command) => command.decide(view, context),
            Self::Revoke(command) => command.decide(view, context),
            Self::CorrectHolder(command) => command.decide(view, context),
            Self::TakeStatus(command) => command.decide(view, context),
            Self::Sequence(command) => command.decide(view, context),
            Self::SignHead(command) => command.decide(view, context),
            Self::ShareStatus(command) => command.decide(view, context),
            Self::Unshare(command) => command.decide(view, context),
            Self::Refuse(refusal) => Err((*refusal).into()),
            Self::Barrier => Ok(Effects { writes: Vec::new(), outcome: Outcome::Passed }),
        }
    }

    /// Whether it writes what programs of schema 3 cannot read.
    fn is_of_schema_4(&self) -> bool {
        matches!(
            self,
            Self::Enrol(_)
                | Self::CheckIn(_)
                | Self::ResetProofs(_)
                | Self::Vaccinate(_)
                | Self::Receive(_)
                | Self::Waste(_)
                | Self::Transfer(_)
                | Self::ReportAdverseEvent(_)
                | Self::FollowUpAdverseEvent(_)
                | Self::Decline(_)
                | Self::MarkNoShows(_)
                | Self::Observe(_)
                | Self::RecordElsewhere(_)
                | Self::Correct(_)
                | Self::Merge(_)
                | Self::MoveMember(_)
        )
    }

    /// Whether it writes what programs of schema 4 cannot read.
    fn is_of_schema_5(&self) -> bool {
        matches!(
            self,
            Self::Certify(_)
                | Self::RequestCertificate(_)
                | Self::Revoke(_)
                | Self::CorrectHolder(_)
                | Self::TakeStatus(_)
                | Self::Sequence(_)
                | Self::SignHead(_)
                | Self::ShareStatus(_)
                | Self::Unshare(_)
        )
    }
}

#[cfg(test)]
mod tests;
