//! Correcting what is known of a person.

use super::figures::{Change, Counting, Registrant, What};
use super::find::led_to;
use super::{Effects, Outcome, Refusal, Write, certificates, events, figures};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{DoseTaken, Event, EventKey, Holder, Person, Personal, Row};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use certificates::Fates;
use opencowin_model::{BeneficiaryRef, DistrictId, EventId, GenderId};

/// How often people may correct themselves; their district may at any time.
pub const OWN_CORRECTIONS: u8 = 1;

/// Says that somebody has another name, year of birth or gender than is recorded. Each of the doses that the programme gave
/// them has another event from then on, whose certificate says so, and their certificates do not hold any more, all in one
/// commit. Figures follow.
///
/// Checked in this order: they are known, to this account or district; something changes; they have not corrected themselves
/// already; they were born by the year of their first dose. The same correction again is answered the same.
#[derive(Clone, Debug)]
pub struct CorrectHolder {
    /// As what they are corrected.
    pub authority: HolderAuthority,
    /// Who.
    pub person: BeneficiaryRef,
    /// Their name.
    pub name: String,
    /// The year of their birth.
    pub birth_year: i16,
    /// Their gender.
    pub gender: GenderId,
    /// Who corrects it.
    pub by: Who,
}

/// As what somebody corrects what is known of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderAuthority {
    /// As the account that they belong to.
    Own(AccountId),
    /// As an officer of a district in which they were given a dose, or registered.
    District(DistrictId),
}

impl CorrectHolder {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let (who, person) = led_to(self.person, view)?;
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        self.is_theirs(person, personal, view)?;
        let outcome = Outcome::HolderCorrected;
        if self.says_what(personal) {
            return Ok(Effects { writes: Vec::new(), outcome });
        }
        let next = self.corrected(personal)?;
        if person.doses.iter().any(|taken| taken.date.year() < self.birth_year) {
            return Err(Refusal::ImpossibleDay.into());
        }
        let mut writes = self.doses(who, person, [personal, &next], view, context)?;
        writes.push((Key::Personal(who), Some(Row::Personal(Box::new(next)))));
        Ok(Effects { writes, outcome })
    }

    fn is_theirs(
        &self,
        person: &Person,
        personal: &Personal,
        view: &mut View<'_>,
    ) -> Result<(), Stop> {
        let theirs = match self.authority {
            HolderAuthority::Own(account) => person.account == Some(account),
            HolderAuthority::District(district) => {
                view.require(person.doses.iter().map(|taken| Key::Centre(taken.centre)))?;
                let mut there = personal.registered_in == district;
                for taken in &person.doses {
                    there |= figures::district_of(Some(taken.centre), view)? == district;
                }
                there
            }
        };
        if theirs { Ok(()) } else { Err(Refusal::NoSuchPerson(self.person).into()) }
    }

    fn says_what(&self, personal: &Personal) -> bool {
        let known = (&personal.name, personal.birth_year, personal.gender);
        known == (&self.name, self.birth_year, self.gender)
    }

    fn corrected(&self, personal: &Personal) -> Result<Personal, Refusal> {
        let own = matches!(self.authority, HolderAuthority::Own(_));
        if own && personal.corrections >= OWN_CORRECTIONS {
            return Err(Refusal::CorrectionSpent(self.person));
        }
        Ok(Personal {
            name: self.name.clone(),
            birth_year: self.birth_year,
            gender: self.gender,
            corrections: personal.corrections + u8::from(own),
            ..personal.clone()
        })
    }

    /// The rows of their doses and of themselves, and what is counted of both.
    fn doses(
        &self,
        who: BeneficiaryRef,
        person: &Person,
        [before, after]: [&Personal; 2],
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<Write>, Stop> {
        view.require(person.doses.iter().map(|taken| Key::Event(taken.event_key())))?;
        let mut counting = Counting::default();
        registered(before, Change::less, &mut counting, context);
        registered(after, Change::more, &mut counting, context);
        let (mut writes, mut fates) = (Vec::new(), Fates::default());
        let mut corrected = Person { birth_year: self.birth_year, ..person.clone() };
        for (number, key) in person.doses.iter().map(DoseTaken::event_key).enumerate() {
            let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
            if !event.is_own() {
                events::recounted(event, before, event, after, &mut counting, view, context)?;
                continue;
            }
            let holder = Holder::of(after, event.verified, &context.rules.words);
            let next = self.next(event, number, context);
            let (next, certifying) =
                certificates::succeed(event, next, &holder, &mut fates, view, context)?;
            events::recounted(event, before, &next, after, &mut counting, view, context)?;
            writes.extend(events::in_place(event, &next));
            writes.extend(certifying);
            corrected = corrected.with_dose(events::taken(&next));
        }
        writes.extend(fates.into_writes());
        writes.extend(counting.rows(view, context)?);
        writes.push((Key::Person(who), Some(Row::Person(corrected))));
        Ok(writes)
    }

    fn next(&self, event: &Event, number: usize, context: &Context<'_>) -> Event {
        let id = EventId::from_random(context.another_id(number));
        Event {
            key: EventKey { id, ..event.key },
            at: context.now,
            by: self.by,
            corrects: Some(event.key),
            ..event.clone()
        }
    }
}

/// Counts that somebody registered as whom they are known.
fn registered(
    personal: &Personal,
    change: fn(What) -> Change,
    counting: &mut Counting,
    context: &Context<'_>,
) {
    let Personal { birth_year, gender, registered, registered_in, .. } = *personal;
    let at = registered.civil(&context.rules.zone);
    let registrant = Registrant { birth_year, gender, at };
    counting.add(change(What::Registration(registrant)), registered_in, at.date(), context);
}

#[cfg(test)]
mod tests;
