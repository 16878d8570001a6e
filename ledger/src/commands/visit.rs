//! Somebody who comes to a facility: the appointment with which they do, and the proof that it is theirs.

use super::find::{is_live, led_to};
use super::{Effects, Outcome, Refusal, Write};
use crate::keys::Key;
use crate::records::{Appointment, Listed, Person, Personal, Row, Standing};
use crate::rules::Context;
use crate::vault::{Hasher, IdNumber};
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, Dose, IdTypeId, SecurityCode, Session};

/// What somebody shows at the counter.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The kind of their identity document.
    pub id_type: IdTypeId,
    /// Its number, or the last four characters of it.
    pub id_number: IdNumber,
    /// The security code of their appointment.
    pub code: SecurityCode,
}

/// How often a wrong proof may be shown for one person of an appointment, until the district lets it be tried again.
pub const PROOF_TRIES: u8 = 5;

/// How many characters of a document's number are kept.
const KEPT: usize = 4;

/// A person, and the appointment with which they come.
pub(super) struct Visit<'v> {
    /// The reference that theirs leads to.
    pub(super) who: BeneficiaryRef,
    pub(super) person: &'v Person,
    pub(super) personal: &'v Personal,
    pub(super) appointment: &'v Appointment,
    pub(super) session: &'v Session,
    pub(super) standing: Standing,
}

/// What came of a proof.
pub(super) enum Shown {
    /// It is right.
    Right,
    /// It is wrong, which is to be written down and answered.
    Wrong(Effects),
}

impl Proof {
    fn is_of(&self, appointment: &Appointment, personal: &Personal, hasher: &Hasher) -> bool {
        let whole = self.id_number.as_str().chars().count() > KEPT;
        let theirs = if whole {
            let shown = hasher.id_document(self.id_type, &self.id_number);
            personal.documents().any(|own| own == shown)
        } else {
            (self.id_type, self.id_number.as_str()) == (personal.id_type, &personal.id_last4)
        };
        theirs && self.code == appointment.security_code(hasher)
    }
}

impl<'v> Visit<'v> {
    /// The live appointment at a facility today of somebody, for a dose if one is named.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPerson`]; [`Refusal::DoseGiven`] if they were given a dose there today and have no other
    /// appointment, [`Refusal::NoAppointmentHere`] if they have none; or rows are missing or damaged.
    pub(super) fn of(
        who: BeneficiaryRef,
        dose: Option<Dose>,
        centre: CentreId,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<Self, Stop> {
        let (id, person) = led_to(who, view)?;
        let today = |listed: &&Listed| listed.session.date == context.today();
        let of_dose = |listed: &&Listed| dose.is_none_or(|dose| dose == listed.dose);
        let listed: Vec<_> =
            person.appointments.iter().filter(today).filter(of_dose).copied().collect();
        let rows = listed.iter().flat_map(|listed| {
            [Key::Session(listed.session), Key::Appointment(listed.session, listed.appointment)]
        });
        view.require(rows.chain([Key::Personal(id)]))?;
        for listed in listed {
            if let Some(visit) = Self::if_here(id, person, &listed, centre, view, context)? {
                return Ok(visit);
            }
        }
        let given = person.doses.iter().filter(|taken| dose.is_none_or(|dose| dose == taken.dose));
        let mut here = given.filter(|t| (t.centre, t.date) == (centre, context.today()));
        Err(match here.next() {
            Some(taken) => Refusal::DoseGiven { person: who, dose: taken.dose }.into(),
            None => Refusal::NoAppointmentHere(who).into(),
        })
    }

    fn if_here(
        who: BeneficiaryRef,
        person: &'v Person,
        listed: &Listed,
        centre: CentreId,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<Option<Self>, Stop> {
        let session = view.session(listed.session)?;
        let here = |session: &&Session| session.centre == centre && session.state.is_held();
        let Some(session) = session.filter(here) else { return Ok(None) };
        if !is_live(listed, view, context)? {
            return Ok(None);
        }
        let key = Key::Appointment(listed.session, listed.appointment);
        let appointment = view.appointment(listed.session, listed.appointment)?;
        let appointment = appointment.ok_or(Stop::Damaged(key))?;
        let standing = appointment.standing(who).ok_or(Stop::Damaged(key))?;
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        Ok(Some(Self { who, person, personal, appointment, session, standing }))
    }

    /// Holds a proof against what is known. A wrong one is counted, so that whoever does not have the code cannot try
    /// them all; which part of it was wrong is not told.
    ///
    /// # Errors
    /// [`Refusal::ProofVoid`] after too many wrong ones.
    pub(super) fn prove(&self, proof: &Proof, context: &Context<'_>) -> Result<Shown, Refusal> {
        let wrong = self.appointment.wrong_proofs(self.who);
        if wrong >= PROOF_TRIES {
            return Err(Refusal::ProofVoid(self.who));
        }
        if proof.is_of(self.appointment, self.personal, context.hasher) {
            return Ok(Shown::Right);
        }
        let changed = self.appointment.clone().with_wrong_proofs(self.who, wrong + 1);
        let outcome = Outcome::ProofWrong { left: PROOF_TRIES - wrong - 1 };
        Ok(Shown::Wrong(Effects { writes: vec![self.row(changed)], outcome }))
    }

    /// Whether the hours are over that they were told to come in.
    pub(super) fn slot_is_over(&self, context: &Context<'_>) -> bool {
        context.time_of_day() >= self.appointment.slot.to
    }

    /// The appointment's row with another standing of this person.
    pub(super) fn stands(&self, standing: Standing, context: &Context<'_>) -> Write {
        let changed = self.appointment.clone().with_standing(self.who, standing, context.now);
        self.row(changed.with_wrong_proofs(self.who, 0))
    }

    fn row(&self, changed: Appointment) -> Write {
        let key = Key::Appointment(self.appointment.session, self.appointment.id);
        (key, Some(Row::Appointment(changed)))
    }
}
