//! Checking people in at a facility.

use super::visit::{Proof, Shown, Visit};
use super::{Effects, Outcome, Refusal};
use crate::records::{Arrival, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId};

/// Checks somebody in who has come to their appointment and shows that it is theirs: their identity document, and the
/// code of the slip. The same again is answered the same.
#[derive(Clone, Debug)]
pub struct CheckIn {
    /// The facility.
    pub centre: CentreId,
    /// Who has come.
    pub person: BeneficiaryRef,
    /// What they show.
    pub proof: Proof,
}

/// Lets it be tried again what was tried too often: whoever stands there has shown by other means who they are.
#[derive(Clone, Debug)]
pub struct ResetProofs {
    /// The facility.
    pub centre: CentreId,
    /// Whose.
    pub person: BeneficiaryRef,
}

impl CheckIn {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let visit = Visit::of(self.person, None, self.centre, view, context)?;
        let (appointment, dose) = (visit.appointment.id, visit.appointment.dose);
        let outcome = Outcome::CheckedIn { appointment, dose };
        match visit.standing {
            Standing::Booked => {}
            Standing::CheckedIn(_) => return Ok(Effects { writes: Vec::new(), outcome }),
            _ => return Err(Refusal::NoAppointmentHere(self.person).into()),
        }
        if let Shown::Wrong(effects) = visit.prove(&self.proof, context)? {
            return Ok(effects);
        }
        let arrival = Arrival { at: context.now, id_type: self.proof.id_type };
        let writes = vec![visit.stands(Standing::CheckedIn(arrival), context)];
        Ok(Effects { writes, outcome })
    }
}

impl ResetProofs {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let visit = Visit::of(self.person, None, self.centre, view, context)?;
        let writes = vec![visit.stands(visit.standing, context)];
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}
