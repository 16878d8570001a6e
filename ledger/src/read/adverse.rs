//! Reports of adverse events, and the jobs that wait for somebody outside.

use super::Reader;
use crate::commands::led_to;
use crate::keys::{Key, Queue};
use crate::records::{Aefi, AefiKey, Event, Job, Row};
use crate::request::Failure;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{CentreId, Date, GenderId};
use std::ops::Range;
use uuid::Uuid;

/// A report with what a safety system may know of the person: no name, no number, no reference.
#[derive(Clone, Debug)]
pub struct Case {
    /// The report.
    pub report: Aefi,
    /// The year of the person's birth; unknown once they are erased.
    pub birth_year: Option<i16>,
    /// Their gender; unknown once they are erased.
    pub gender: Option<GenderId>,
}

impl Reader {
    /// Reports on doses that a centre gave on the days from one to another, both included.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn reports(
        &self,
        centre: CentreId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Aefi>, Failure> {
        self.aefis(self.layout().reports_of(centre, from, to)).await
    }

    /// Reports on doses of the people of an account, whoever made them.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn own_reports(&self, account: AccountId) -> Result<Vec<Aefi>, Failure> {
        let events = self.ask(|view, _| events(account, view)).await?;
        let mut reports = Vec::new();
        for event in events {
            let range = self.layout().reports_after(event.centre, event.key);
            reports.extend(self.aefis(range).await?);
        }
        Ok(reports)
    }

    /// A report as a safety system is told of it; `None` if there is no such report.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn case(&self, key: AefiKey) -> Result<Option<Case>, Failure> {
        self.ask(|view, _| case(key, view)).await
    }

    /// The oldest jobs of a queue, some thousands at most.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn jobs(&self, queue: Queue) -> Result<Vec<(Uuid, Job)>, Failure> {
        let range = self.layout().jobs(queue);
        let (rows, _) = self.newest(range).await.map_err(|error| self.unavailable(&error))?;
        let job = |(key, row)| match (key, row) {
            (Key::Outbox(_, id), Row::Job(job)) => Some((id, job)),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(job).collect())
    }

    async fn aefis(&self, range: Range<Vec<u8>>) -> Result<Vec<Aefi>, Failure> {
        let rows = self.rows(range).await?;
        let report = |(_, row)| if let Row::Aefi(report) = row { Some(*report) } else { None };
        Ok(rows.into_iter().filter_map(report).collect())
    }
}

/// The events that tell of the doses of an account's people, those that were corrected included: a report lies with the
/// one that held when it was made.
fn events(account: AccountId, view: &mut View<'_>) -> Result<Vec<Event>, Stop> {
    let people = view.account(account)?.map_or(&[][..], |account| &account.people);
    view.require(people.iter().copied().map(Key::Person))?;
    let mut keys = Vec::new();
    for person in people {
        let doses = view.person(*person)?.map_or(&[][..], |person| &person.doses);
        keys.extend(doses.iter().map(|taken| taken.event_key()));
    }
    let mut found = Vec::new();
    while !keys.is_empty() {
        view.require(keys.iter().copied().map(Key::Event))?;
        let mut corrected = Vec::new();
        for key in keys {
            let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
            corrected.extend(event.corrects);
            found.push(event.clone());
        }
        keys = corrected;
    }
    Ok(found)
}

fn case(key: AefiKey, view: &mut View<'_>) -> Result<Option<Case>, Stop> {
    let Some(report) = view.aefi(key)?.cloned() else { return Ok(None) };
    let personal = match led_to(report.person, view) {
        Ok((who, _)) => view.personal(who)?,
        Err(Stop::Refused(_)) => None,
        Err(stop) => return Err(stop),
    };
    let birth_year = personal.map(|personal| personal.birth_year);
    Ok(Some(Case { report, birth_year, gender: personal.map(|personal| personal.gender) }))
}
