//! The rows that an event brings along wherever it comes from.

use super::Write;
use crate::keys::Key;
use crate::records::{DoseTaken, Event, Person, Row};
use opencowin_model::BeneficiaryRef;

/// The person's row with the dose as the event has it.
pub(super) fn person_with(who: BeneficiaryRef, person: Person, event: &Event) -> Write {
    let Event { key, dose, vaccine, centre, .. } = *event;
    let taken = DoseTaken { dose, vaccine, date: key.date, centre, event: key.id };
    (Key::Person(who), Some(Row::Person(person.with_dose(taken))))
}

/// The event and its entry among those of its batch.
pub(super) fn rows(event: &Event) -> Vec<Write> {
    let recipient = recipient(event).map(|key| (key, Some(Row::Recipient(event.centre))));
    let row = (Key::Event(event.key), Some(Row::Event(Box::new(event.clone()))));
    std::iter::once(row).chain(recipient).collect()
}

/// Where it is found by its batch, if that is known.
pub(super) fn recipient(event: &Event) -> Option<Key> {
    event.batch.map(|batch| Key::Recipient(event.vaccine, batch, event.key))
}
