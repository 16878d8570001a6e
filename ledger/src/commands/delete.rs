//! Forgetting a person.

use super::figures::{self, Change, What};
use super::find::is_live;
use super::{Effects, Outcome, Refusal, Write, share};
use crate::keys::Key;
use crate::records::{Account, Person, Row};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::BeneficiaryRef;

/// Removes a person who has no live appointment and was given no dose. Their identity document becomes free.
#[derive(Clone, Debug)]
pub struct DeleteBeneficiary {
    /// Whose.
    pub account: AccountId,
    /// Who.
    pub person: BeneficiaryRef,
}

impl DeleteBeneficiary {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let who = self.person;
        view.require([Key::Account(self.account), Key::Person(who), Key::Personal(who)])?;
        let person = view.person(who)?.filter(|person| person.account == Some(self.account));
        let person = person.ok_or(Refusal::NoSuchPerson(who))?;
        if !person.doses.is_empty() {
            return Err(Refusal::HasDose(who).into());
        }
        let writes = forget(who, self.account, person, None, view, context)?;
        Ok(Effects { writes, outcome: Outcome::Deleted })
    }
}

/// The rows without a person of an account, but for what is left of their state; refused while they have a live
/// appointment. They stay counted among those who registered.
pub(super) fn forget(
    who: BeneficiaryRef,
    account: AccountId,
    person: &Person,
    left: Option<Person>,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    for listed in &person.appointments {
        if is_live(listed, view, context)? {
            return Err(Refusal::HasAppointment(who).into());
        }
    }
    let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
    let registered = personal.registered.civil(&context.rules.zone).date();
    let change = Change::more(What::Forgotten);
    let mut writes = figures::add(&[change], personal.registered_in, registered, view, context)?;
    writes.extend([
        (Key::Account(account), remaining(who, account, view)?),
        (Key::Personal(who), None),
        (Key::Person(who), left.map(Row::Person)),
    ]);
    writes.extend(personal.documents().map(|document| (Key::IdDocument(document), None)));
    writes.extend(share::forget(who, view)?);
    Ok(writes)
}

/// The account without them; nothing if nobody is left.
pub(super) fn remaining(
    who: BeneficiaryRef,
    id: AccountId,
    view: &mut View<'_>,
) -> Result<Option<Row>, Stop> {
    let account = view.account(id)?.ok_or(Stop::Damaged(Key::Account(id)))?;
    let people: Vec<_> = account.people.iter().copied().filter(|person| *person != who).collect();
    Ok((!people.is_empty()).then_some(Row::Account(Account { people })))
}
