//! How much of a commit a command may fill.

use super::{
    Amendment, CERTIFIED_AT_ONCE, Certify, Command, Establish, Fresh, REVOKED_AT_ONCE, Refusal,
    Register, SEQUENCED_AT_ONCE,
};
use crate::store::limits;
use opencowin_model::{Centre, Session};

/// Largest estimated size of one command in bytes.
const COMMAND_BYTES: usize = limits::COMMIT_BYTES / 4;

/// Longest text or list of one row in bytes; no row exceeds the limit of values then.
const ROW_BYTES: usize = limits::VALUE_BYTES / 2;

/// Keys, conflicts, seals and numbers of one row: more than any row has besides its texts.
const ROW: usize = 400;

/// Most lines for the log that one command writes: each certificate that it stores may stand in another's place.
const MOST_LINES: usize = 2 * CERTIFIED_AT_ONCE;

impl Command {
    /// An estimate, on the high side, of the bytes that it adds to a commit.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::PublishCentres(publish) => publish.centres.iter().map(of_centre).sum(),
            Self::PublishSessions(publish) => publish.sessions.iter().map(of_session).sum(),
            Self::Register(register) => 7 * ROW + of_register(register),
            Self::Enrol(enrol) => 10 * ROW + of_register(&enrol.register),
            Self::Book(book) => (5 + book.people.len()) * ROW,
            Self::Reschedule(_) | Self::Cancel(_) => 16 * ROW,
            // Links that somebody shared go, and with an erased person what their certificates say, corrected ones included.
            Self::DeleteBeneficiary(_) => 20 * ROW,
            Self::Erase(_) => 60 * ROW,
            // What is already there may be longer than a row is thought to be.
            Self::Certify(certify) => {
                let rows = |fresh: &Fresh| 8 * ROW + fresh.sealed.len();
                certify.certificates.iter().map(rows).sum()
            }
            Self::Revoke(revoke) => revoke.certificates.len() * 4 * ROW,
            Self::CorrectHolder(correct) => 70 * ROW + 4 * correct.name.len(),
            Self::Sequence(sequence) => (1 + sequence.rows.len() * (1 + MOST_LINES)) * ROW,
            Self::SignHead(sign) => {
                let tiles = sign.tiles.iter().map(|(_, _, hashes)| ROW + hashes.len());
                2 * (ROW + sign.head.body.len()) + tiles.sum::<usize>()
            }
            Self::RequestCertificate(_) => 5 * ROW,
            Self::ShareStatus(_) | Self::Unshare(_) => 14 * ROW,
            Self::Recall(_) | Self::EndLease(_) => 4 * ROW,
            Self::Establish(establish) => of_establish(establish),
            // It may bring figures and sites of two days along.
            Self::ChangeSession(_) => 12 * ROW,
            Self::SettleSession(settle) => 4 * ROW + settle.most_rows() * ROW,
            Self::Amend(amend) => {
                amend.changes.iter().map(|change| ROW + of_amendment(change)).sum()
            }
            Self::Meter(meter) => {
                meter.usage.iter().map(|(_, usage)| ROW + 32 * usage.uses.len()).sum()
            }
            Self::Vaccinate(dose) => 16 * ROW + dose.vaccinator.len(),
            Self::Receive(_) | Self::Waste(_) | Self::HandOver(_) => 3 * ROW,
            Self::Transfer(_) => 5 * ROW,
            Self::ReportAdverseEvent(_) | Self::FollowUpAdverseEvent(_) => 8 * ROW,
            Self::RecordElsewhere(dose) => 12 * ROW + dose.vaccinator.len(),
            // An event brings along the name of whoever gave the dose, a merged person all that they told.
            Self::Correct(_) | Self::Merge(_) | Self::MoveMember(_) => 40 * ROW,
            Self::MarkNoShows(marked) => (2 + 5 * marked.appointments.len()) * ROW,
            Self::CheckIn(_) | Self::ResetProofs(_) | Self::Observe(_) => 2 * ROW,
            Self::Decline(_) => 5 * ROW,
            Self::AdvanceClock(_)
            | Self::TakeStatus(_)
            | Self::Attempt(_)
            | Self::Refuse(_)
            | Self::Barrier => ROW,
        }
    }

    /// Whether it fits into a commit whatever the rows say.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`] if it does not.
    pub(crate) fn check_size(&self) -> Result<(), Refusal> {
        let rows_fit = match self {
            Self::PublishCentres(publish) => {
                publish.centres.iter().all(|c| of_centre(c) <= ROW_BYTES)
            }
            Self::PublishSessions(publish) => {
                publish.sessions.iter().all(|s| of_session(s) <= ROW_BYTES)
            }
            Self::Register(register) => of_register(register) <= ROW_BYTES,
            Self::Enrol(enrol) => of_register(&enrol.register) <= ROW_BYTES,
            Self::Amend(amend) => amend.changes.iter().all(|c| of_amendment(c) <= ROW_BYTES),
            Self::Establish(establish) => {
                let Establish { amend, opened, centres, sessions, .. } = &**establish;
                amend.changes.iter().all(|c| of_amendment(c) <= ROW_BYTES)
                    && opened.iter().chain(centres).all(|c| of_centre(c) <= ROW_BYTES)
                    && sessions.iter().all(|s| of_session(s) <= ROW_BYTES)
            }
            Self::Certify(Certify { certificates }) => {
                certificates.len() <= CERTIFIED_AT_ONCE
                    && certificates.iter().all(|fresh| fresh.sealed.len() <= ROW_BYTES)
            }
            Self::Revoke(revoke) => revoke.certificates.len() <= REVOKED_AT_ONCE,
            Self::Sequence(sequence) => sequence.rows.len() <= SEQUENCED_AT_ONCE,
            Self::SignHead(sign) => sign.head.body.len() <= ROW_BYTES,
            Self::CorrectHolder(correct) => correct.name.len() <= ROW_BYTES,
            _ => true,
        };
        if rows_fit && self.weight() <= COMMAND_BYTES { Ok(()) } else { Err(Refusal::TooLarge) }
    }
}

/// A centre may bring a row of figures along.
pub(super) fn of_centre(centre: &Centre) -> usize {
    let Centre { name, address, block, fees, .. } = centre;
    2 * ROW + name.len() + address.len() + block.len() + 16 * fees.len()
}

/// A session may bring its counters along, and a row of figures and sites.
pub(super) fn of_session(session: &Session) -> usize {
    4 * ROW + 8 * session.slots.len()
}

fn of_establish(establish: &Establish) -> usize {
    let Establish { amend, given, opened, centres, sessions } = establish;
    let documents = amend.changes.iter().map(|change| ROW + of_amendment(change)).sum::<usize>();
    let centres = opened.iter().chain(centres).map(of_centre).sum::<usize>();
    let sessions = sessions.iter().map(of_session).sum::<usize>();
    documents + centres + sessions + given.len() * ROW
}

fn of_register(register: &Register) -> usize {
    register.name.len() + register.consent_version.len() + register.purpose.len()
}

fn of_amendment(amendment: &Amendment) -> usize {
    amendment.body.as_ref().map_or(0, Vec::len)
}
