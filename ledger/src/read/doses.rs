//! Doses as they were recorded: those of a person, and those of a batch, which is how a recall finds everybody.

use super::Reader;
use crate::commands::led_to;
use crate::keys::Key;
use crate::records::{Event, EventKey, Personal, Row};
use crate::request::Failure;
use crate::store::ReadError;
use crate::view::{Stop, View};
use opencowin_model::{Batch, BeneficiaryRef, CentreId, VaccineId};

/// A part of those who were given a dose of a batch.
#[derive(Clone, Debug)]
pub struct Recipients {
    /// Who.
    pub people: Vec<Recipient>,
    /// After which event to go on; `None` if these were the last.
    pub next: Option<EventKey>,
}

/// Somebody who was given a dose of a batch.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The event that holds for the dose.
    pub event: Event,
    /// The reference under which they are known today.
    pub id: BeneficiaryRef,
    /// What they told about themselves; `None` of those who were erased.
    pub personal: Option<Personal>,
}

impl Reader {
    /// What is recorded of somebody's doses, in order: of each dose the event that holds, followed by those that it
    /// corrects.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], or [`NoSuchPerson`](crate::commands::Refusal::NoSuchPerson).
    pub async fn events(&self, person: BeneficiaryRef) -> Result<Vec<Event>, Failure> {
        self.ask(|view, _| events(person, view)).await
    }

    /// Looks at so many doses of a batch, after one of them or from the first, by the day on which they were given:
    /// whoever was given those at the centres that are asked for, or has shown there that they were.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn recipients(
        &self,
        (vaccine, batch): (VaccineId, Batch),
        after: Option<EventKey>,
        looked_at: usize,
        centres: impl Fn(CentreId) -> bool,
    ) -> Result<Recipients, Failure> {
        let rows = self.of_batch(vaccine, batch, after, looked_at).await;
        let rows = rows.map_err(|error| self.unavailable(&error))?;
        let next = rows.last().filter(|_| rows.len() == looked_at).map(|(event, _)| *event);
        let asked: Vec<_> =
            rows.into_iter().filter(|(_, at)| centres(*at)).map(|(event, _)| event).collect();
        let people = self.ask(|view, _| recipients(&asked, view)).await?;
        Ok(Recipients { people, next })
    }

    async fn of_batch(
        &self,
        vaccine: VaccineId,
        batch: Batch,
        after: Option<EventKey>,
        limit: usize,
    ) -> Result<Vec<(EventKey, CentreId)>, ReadError> {
        let version = self.engine.store.read_version().await?;
        let range = self.layout().recipients(vaccine, batch, after);
        let pairs = self.engine.store.scan(version, range, limit).await?;
        let open = |(key, value): &(Vec<u8>, Vec<u8>)| match self.engine.open(key, value) {
            Some((Key::Recipient(_, _, event), Ok(Row::Recipient(centre)))) => Ok((event, centre)),
            _ => Err(ReadError::Fatal("a row of a batch is damaged".to_owned())),
        };
        pairs.iter().map(open).collect()
    }
}

fn events(person: BeneficiaryRef, view: &mut View<'_>) -> Result<Vec<Event>, Stop> {
    let (_, person) = led_to(person, view)?;
    view.require(person.doses.iter().map(|taken| Key::Event(taken.event_key())))?;
    let mut events = Vec::new();
    for taken in &person.doses {
        let mut next = Some(taken.event_key());
        while let Some(key) = next {
            let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
            events.push(event.clone());
            next = event.corrects;
        }
    }
    Ok(events)
}

fn recipients(keys: &[EventKey], view: &mut View<'_>) -> Result<Vec<Recipient>, Stop> {
    view.require(keys.iter().map(|key| Key::Event(*key)))?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let event = view.event(*key)?.ok_or(Stop::Damaged(Key::Event(*key)))?;
        found.push((event, event.person));
    }
    follow(&mut found, view)?;
    view.require(found.iter().map(|(_, id)| Key::Personal(*id)))?;
    let recipient = |(event, id): (&Event, BeneficiaryRef)| {
        Ok(Recipient { event: event.clone(), id, personal: view.personal(id)?.cloned() })
    };
    found.into_iter().map(recipient).collect()
}

/// Puts the references in that theirs lead to, all a step at a time.
fn follow(found: &mut [(&Event, BeneficiaryRef)], view: &mut View<'_>) -> Result<(), Stop> {
    let mut further = true;
    while further {
        view.require(found.iter().map(|(_, id)| Key::Person(*id)))?;
        further = false;
        for (_, id) in found.iter_mut() {
            if let Some(next) = view.person(*id)?.and_then(|person| person.leads_to) {
                (*id, further) = (next, true);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Authority, Command, Correct, Merge, Outcome, Register};
    use crate::fixture::counter::{BATCH, LAST, STAFF, batch};
    use crate::fixture::*;
    use opencowin_model::Dose;

    const ME: u64 = 9_000_000_001;

    #[test]
    fn what_was_corrected_is_told_after_what_holds() {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        let first = story.first_dose(who);
        let correct = Correct {
            authority: Authority::Facility(CENTRE),
            person: who,
            dose: Dose::First,
            batch: Some(batch(LAST)),
            date: None,
            by: STAFF,
        };
        let Ok(Outcome::DoseRecorded(next)) = story.run(Command::Correct(correct)) else {
            panic!()
        };
        let told = events(who, &mut View::new(&story)).unwrap();
        assert_eq!(told.iter().map(|event| event.key).collect::<Vec<_>>(), [next, first]);
    }

    #[test]
    fn a_recall_finds_those_who_have_another_reference_now() {
        let mut story = Story::stocked();
        let (other, _) = story.arrived(ME, 1);
        let event = story.first_dose(other);
        let same = Register { mobile: opencowin_model::Mobile(ME), ..registration(ME, 1) };
        let register = Register { id_number: registration(ME, 2).id_number, ..same };
        let answer = story.run(Command::Register(Box::new(register)));
        let Ok(Outcome::Registered(keep)) = answer else { panic!("{answer:?}") };
        let account = story.account(ME);
        story.run(Command::Merge(Merge { keep, account, other, other_account: account })).unwrap();
        let found = recipients(&[event], &mut View::new(&story)).unwrap();
        assert_eq!((found[0].id, found[0].event.batch), (keep, Some(batch(BATCH))));
        assert!(found[0].personal.is_some());
    }
}
