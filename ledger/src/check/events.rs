//! Events: each is that of a dose that its person has, or was corrected by one that is; each dose has the event that it
//! names ([`people`](super::people)), so that of each dose exactly one event holds. Batches know the events that hold, and
//! no others.

use super::certified::Dose;
use super::snapshot::{CHUNK, Check, Chunk};
use super::{Violation, certified};
use crate::commands::recipient;
use crate::keys::{Key, Kind};
use crate::records::{DoseTaken, Event, EventKey, Person, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::BeneficiaryRef;
use std::collections::HashMap;

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Event));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let events: Vec<_> = rows.into_iter().filter_map(into_event).collect();
        check.report.events += events.len() as u64;
        verify_events(check, &events).await?;
        rest = next;
    }
    verify_recipients(check).await
}

async fn verify_events(check: &mut Check<'_>, events: &[Event]) -> Result<(), ReadError> {
    let people = people(check, events).await?;
    let recipients = check.get(events.iter().filter_map(recipient).collect()).await?;
    let mut certified = Vec::with_capacity(events.len());
    for event in events {
        let doses = people.get(&event.person).map_or(&[][..], |person| &person.doses);
        let holds = doses.iter().any(|taken| taken.event_key() == event.key);
        let known = people.get(&event.person).is_some_and(|person| person.account.is_some());
        certified.push(Dose { event, holds, known });
        if !holds && !is_corrected(check, event.key, doses).await? {
            check.report(Violation::EventAstray(event.key));
        }
        let Some(key) = recipient(event) else { continue };
        let found = match recipients.row(&key) {
            Known::Present(Row::Recipient(centre)) => Some(*centre),
            _ => None,
        };
        if found != holds.then_some(event.centre) {
            check.report(Violation::RecipientDiffers(key));
        }
    }
    certified::verify(check, &certified).await
}

/// Whoever the events are of, by the reference under which they were recorded.
async fn people(
    check: &mut Check<'_>,
    events: &[Event],
) -> Result<HashMap<BeneficiaryRef, Person>, ReadError> {
    let mut led: Vec<_> = events.iter().map(|event| (event.person, event.person)).collect();
    let mut people = HashMap::new();
    while !led.is_empty() {
        let rows = check.get(led.iter().map(|(_, to)| Key::Person(*to)).collect()).await?;
        let mut further = Vec::new();
        for (from, to) in led {
            let Known::Present(Row::Person(person)) = rows.row(&Key::Person(to)) else { continue };
            match person.leads_to {
                Some(next) => further.push((from, next)),
                None => drop(people.insert(from, person.clone())),
            }
        }
        led = further;
    }
    Ok(people)
}

/// Whether an event is among those that were corrected by the ones that hold for these doses.
async fn is_corrected(
    check: &mut Check<'_>,
    event: EventKey,
    doses: &[DoseTaken],
) -> Result<bool, ReadError> {
    let mut correctors: Vec<_> = doses.iter().map(|taken| Key::Event(taken.event_key())).collect();
    while !correctors.is_empty() {
        let rows = check.get(correctors.clone()).await?;
        let corrected = correctors.iter().filter_map(|key| match rows.row(key) {
            Known::Present(Row::Event(correcting)) => correcting.corrects.map(Key::Event),
            _ => None,
        });
        correctors = corrected.collect();
        if correctors.contains(&Key::Event(event)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a batch knows is an event of that batch.
async fn verify_recipients(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Recipient));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let event_of = |key: &Key| match key {
            Key::Recipient(_, _, event) => Some(Key::Event(*event)),
            _ => None,
        };
        let events = check.get(rows.iter().filter_map(|(key, _)| event_of(key)).collect()).await?;
        for (key, _) in rows {
            let event = event_of(&key).map(|event| events.row(&event));
            let theirs = matches!(event, Some(Known::Present(Row::Event(event))) if recipient(event) == Some(key));
            if !theirs {
                check.report(Violation::RecipientDiffers(key));
            }
        }
        rest = next;
    }
    Ok(())
}

fn into_event((_, row): (Key, Row)) -> Option<Event> {
    if let Row::Event(event) = row { Some(*event) } else { None }
}
