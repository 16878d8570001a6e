//! The rows that an event brings along wherever it comes from, and what is true of every one.

use super::figures::{self, Change, Counting, DoseGiven, What};
use super::{Refusal, Write, stock};
use crate::keys::Key;
use crate::records::{DoseTaken, Event, Person, Personal, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, Date, Dose};

/// The person's row with the dose as the event has it.
pub(super) fn person_with(who: BeneficiaryRef, person: Person, event: &Event) -> Write {
    (Key::Person(who), Some(Row::Person(person.with_dose(taken(event)))))
}

/// The dose as the event has it.
pub(super) fn taken(event: &Event) -> DoseTaken {
    let Event { key, dose, vaccine, centre, .. } = *event;
    DoseTaken { dose, vaccine, date: key.date, centre, event: key.id }
}

/// The rows of an event in place of the one that it corrects, but for the stock and the person: it is counted and known
/// to its batch, and the other one is not any more.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn replaced(
    before: &Event,
    event: &Event,
    personal: &Personal,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let mut counting = Counting::default();
    recounted(before, personal, event, personal, &mut counting, view, context)?;
    let mut writes = counting.rows(view, context)?;
    writes.extend(in_place(before, event));
    Ok(writes)
}

/// The event in place of another, and its entry among those of its batch in place of the other's.
pub(super) fn in_place(before: &Event, event: &Event) -> impl Iterator<Item = Write> {
    recipient(before).map(|key| (key, None)).into_iter().chain(rows(event))
}

/// Counts the dose as an event has it, of a person as they are known now, and not as another had it.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn recounted(
    before: &Event,
    personal_before: &Personal,
    event: &Event,
    personal: &Personal,
    counting: &mut Counting,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(), Stop> {
    count(Change::less, before, personal_before, counting, view, context)?;
    count(Change::more, event, personal, counting, view, context)
}

/// Refuses a day on which somebody cannot have been given a dose: one that is to come, one before they were born, or one
/// that is not after the dose before and before the next.
pub(super) fn possible_day(
    day: Date,
    dose: Dose,
    person: &Person,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let in_order = |taken: &DoseTaken| taken.dose.cmp(&dose) == taken.date.cmp(&day);
    let mut others = person.doses.iter().filter(|taken| taken.dose != dose);
    let alive = day.year() >= person.birth_year && day <= context.today();
    if alive && others.all(in_order) { Ok(()) } else { Err(Refusal::ImpossibleDay) }
}

/// The rows of an event, which is counted and draws a dose out of the stock of its centre if it was given there.
///
/// # Errors
/// As [`stock::use_dose`].
pub(super) fn given(
    event: &Event,
    personal: &Personal,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let mut writes = rows(event);
    let mut counting = Counting::default();
    count(Change::more, event, personal, &mut counting, view, context)?;
    writes.extend(counting.rows(view, context)?);
    if let Some(batch) = event.batch.filter(|_| event.is_own()) {
        let (centre, vaccine, day) = (event.centre, event.vaccine, event.key.date);
        writes.extend(stock::use_dose(centre, vaccine, &batch, day, view, context)?);
    }
    Ok(writes)
}

/// The event and its entry among those of its batch.
fn rows(event: &Event) -> Vec<Write> {
    let recipient = recipient(event).map(|key| (key, Some(Row::Recipient(event.centre))));
    let row = (Key::Event(event.key), Some(Row::Event(Box::new(event.clone()))));
    std::iter::once(row).chain(recipient).collect()
}

/// Where it is found by its batch, if that is known.
pub(crate) fn recipient(event: &Event) -> Option<Key> {
    event.batch.map(|batch| Key::Recipient(event.vaccine, batch, event.key))
}

/// Counts the dose of an event once more or once less, on the day on which it was given.
///
/// # Errors
/// Rows are missing or damaged.
fn count(
    change: fn(What) -> Change,
    event: &Event,
    personal: &Personal,
    counting: &mut Counting,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let district = figures::district_of(Some(event.centre), view)?;
    let given = counted(event, personal, context);
    counting.add(change(What::Dose(given)), district, event.key.date, context);
    Ok(())
}

/// What is counted of a dose. Its hour is that at which it was first recorded.
pub(crate) fn counted(event: &Event, personal: &Personal, context: &Context<'_>) -> DoseGiven {
    let hour = event.recorded.civil(&context.rules.zone).time();
    DoseGiven {
        dose: event.dose,
        vaccine: event.vaccine,
        birth_year: personal.birth_year,
        gender: personal.gender,
        at: event.key.date.to_datetime(hour),
    }
}
