//! People: both their rows are there, their account and their identity documents know them, they have a seat in what they
//! list, and an event for each dose. Accounts and documents: they know nobody else.

use super::Violation;
use super::snapshot::{CHUNK, Check, Chunk};
use crate::engine::Fetched;
use crate::keys::{Key, Kind};
use crate::records::{Event, Listed, Person, Personal, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::BeneficiaryRef;
use std::collections::BTreeMap;

/// Both rows of a person, as far as they are there.
type Halves = (Option<Person>, Option<Personal>);

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut after = None;
    loop {
        check.refresh().await?;
        let range = check.layout().by_person(Kind::Person, after, None);
        let Chunk { rows, rest, last } = check.chunk(range, CHUNK).await?;
        let last = rest.and(last).as_ref().and_then(person_key);
        let range = check.layout().by_person(Kind::Personal, after, last);
        let personal = check.all(range).await?;
        let mut people: BTreeMap<BeneficiaryRef, Halves> = BTreeMap::new();
        for (key, row) in rows.into_iter().chain(personal) {
            let Some(id) = person_key(&key) else { continue };
            match row {
                Row::Person(person) => people.entry(id).or_default().0 = Some(person),
                Row::Personal(personal) => people.entry(id).or_default().1 = Some(*personal),
                _ => {}
            }
        }
        verify_people(check, people).await?;
        match last {
            Some(_) => after = last,
            None => return Ok(()),
        }
    }
}

async fn verify_people(
    check: &mut Check<'_>,
    people: BTreeMap<BeneficiaryRef, Halves>,
) -> Result<(), ReadError> {
    let mut keys = Vec::new();
    for (person, personal) in people.values() {
        keys.extend(personal.iter().flat_map(Personal::documents).map(Key::IdDocument));
        if let Some(person) = person {
            keys.extend(person.account.map(Key::Account));
            keys.extend(person.appointments.iter().map(appointment_key));
            keys.extend(person.doses.iter().map(|taken| Key::Event(taken.event_key())));
        }
    }
    let others = check.get(keys).await?;
    check.report.people += people.len() as u64;
    for (id, halves) in &people {
        if let Some(person) = &halves.0 {
            verify_doses(check, *id, person, &others);
        }
        match halves {
            (Some(person), Some(personal)) => {
                verify_person(check, *id, person, personal, &others);
            }
            (Some(person), None) if is_nobody(person) => {}
            _ => check.report(Violation::HalfAPerson(*id)),
        }
    }
    Ok(())
}

/// Whether nobody is known by this row any more: they were erased, or go on under another reference with all their doses.
fn is_nobody(person: &Person) -> bool {
    let doses_went_along = person.leads_to.is_none() || person.doses.is_empty();
    person.account.is_none() && person.appointments.is_empty() && doses_went_along
}

/// Each dose is what its event says.
fn verify_doses(check: &mut Check<'_>, id: BeneficiaryRef, person: &Person, others: &Fetched) {
    for taken in &person.doses {
        let says_so = |event: &Event| {
            (event.dose, event.vaccine, event.centre) == (taken.dose, taken.vaccine, taken.centre)
        };
        let event = others.row(&Key::Event(taken.event_key()));
        if !matches!(event, Known::Present(Row::Event(event)) if says_so(event)) {
            check.report(Violation::DoseWithoutEvent { person: id, dose: taken.dose });
        }
    }
}

fn verify_person(
    check: &mut Check<'_>,
    id: BeneficiaryRef,
    person: &Person,
    personal: &Personal,
    others: &Fetched,
) {
    for document in personal.documents() {
        let document = others.row(&Key::IdDocument(document));
        if !matches!(document, Known::Present(Row::IdDocument(owner)) if *owner == id) {
            check.report(Violation::DocumentNotTheirs { person: id });
        }
    }
    let account = person.account.map(|account| others.row(&Key::Account(account)));
    let account = account.unwrap_or(Known::Absent);
    if !matches!(account, Known::Present(Row::Account(account)) if account.people.contains(&id)) {
        check.report(Violation::NotInAccount { person: id });
    }
    for (at, listed) in person.appointments.iter().enumerate() {
        if person.appointments[..at].iter().any(|other| other.dose == listed.dose) {
            check.report(Violation::TwoForOneDose { person: id, dose: listed.dose });
        }
        if !has_seat(id, listed, others) {
            check.report(Violation::NoSeat { person: id, appointment: listed.appointment });
        }
    }
}

fn has_seat(id: BeneficiaryRef, listed: &Listed, others: &Fetched) -> bool {
    match others.row(&appointment_key(listed)) {
        Known::Present(Row::Appointment(appointment)) => {
            appointment.dose == listed.dose && appointment.seated().any(|person| person == id)
        }
        _ => false,
    }
}

pub(super) async fn verify_accounts(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Account));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let mut members = Vec::new();
        for (key, row) in rows {
            if let (Key::Account(id), Row::Account(account)) = (key, row) {
                check.report.accounts += 1;
                members.extend(account.people.into_iter().map(|person| (id, person)));
            }
        }
        let keys = members.iter().map(|(_, person)| Key::Person(*person)).collect();
        let people = check.get(keys).await?;
        for (account, person) in members {
            let state = people.row(&Key::Person(person));
            if !matches!(state, Known::Present(Row::Person(state)) if state.account == Some(account))
            {
                check.report(Violation::NotOfAccount { account, person });
            }
        }
        rest = next;
    }
    Ok(())
}

pub(super) async fn verify_documents(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::IdDocument));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        check.report.id_documents += rows.len() as u64;
        let owners = rows.into_iter().filter_map(|(key, row)| match (key, row) {
            (Key::IdDocument(document), Row::IdDocument(owner)) => Some((document, owner)),
            _ => None,
        });
        let owners: Vec<_> = owners.collect();
        let people = check.get(owners.iter().map(|(_, id)| Key::Personal(*id)).collect()).await?;
        for (document, person) in owners {
            let personal = people.row(&Key::Personal(person));
            let theirs = |personal: &Personal| personal.documents().any(|own| own == document);
            if !matches!(personal, Known::Present(Row::Personal(own)) if theirs(own)) {
                check.report(Violation::DocumentAstray { document, person });
            }
        }
        rest = next;
    }
    Ok(())
}

/// Links that somebody has shared are there.
pub(super) async fn verify_shares(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Shares));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let shares = rows.iter().filter_map(|(key, row)| match (key, row) {
            (Key::Shares(person), Row::Shares(shares)) => Some((*person, shares)),
            _ => None,
        });
        let shares: Vec<_> = shares.collect();
        let keys = shares.iter().flat_map(|(_, shares)| shares.iter().copied().map(Key::Share));
        let links = check.get(keys.collect()).await?;
        for (person, shares) in shares {
            let is_there = |hash| matches!(links.row(&Key::Share(hash)), Known::Present(_));
            if !shares.iter().copied().all(is_there) {
                check.report(Violation::ShareAstray { person });
            }
        }
        rest = next;
    }
    Ok(())
}

fn person_key(key: &Key) -> Option<BeneficiaryRef> {
    match key {
        Key::Person(id) | Key::Personal(id) => Some(*id),
        _ => None,
    }
}

fn appointment_key(listed: &Listed) -> Key {
    Key::Appointment(listed.session, listed.appointment)
}
