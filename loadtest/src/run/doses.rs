//! Reading the facilities back, when the traffic is over: what was recorded has to be there, once.

use super::audit::{AT_ONCE, Reader, SETTLING};
use super::control::Event;
use super::figures::Figures;
use super::several::several;
use crate::contract::Expecting;
use crate::people::{Desk, Facility};
use crate::result::ViolationKind;
use crate::truth::{Found, SettledDoses};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// What reading facilities back showed, as sums that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoseAudit {
    /// Facilities read.
    pub read: u64,
    /// Facilities that could not be read.
    pub unread: u64,
    /// Outcomes that were unknown when traffic ended.
    pub unknown: u64,
    /// Those that could not be read, or were read twice and differently.
    pub unsettled: u64,
    /// What was found.
    pub settled: SettledDoses,
    /// Certificates of which nobody knows whether they came.
    pub certificates_untold: u64,
    /// Doses by district.
    pub districts: BTreeMap<u16, DistrictDoses>,
}

/// Doses of a district.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictDoses {
    /// Doses that are on the lists of its facilities.
    pub there: u64,
    /// What the public report counted before.
    pub before: Option<u64>,
    /// What it counted afterwards.
    pub after: Option<u64>,
}

impl DoseAudit {
    /// Adds that of another thread or machine.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.unread += other.unread;
        self.unknown += other.unknown;
        self.unsettled += other.unsettled;
        self.settled.add(&other.settled);
        self.certificates_untold += other.certificates_untold;
        for (district, theirs) in &other.districts {
            self.districts.entry(*district).or_default().add(theirs);
        }
    }

    /// What the public report counted before and afterwards, of every district in which a facility took part.
    pub(super) fn count(&mut self, before: &Figures, after: &Figures) {
        for district in before.keys().chain(after.keys()) {
            let doses = self.districts.entry(*district).or_default();
            doses.before = before.get(district).copied();
            doses.after = after.get(district).copied();
        }
    }
}

impl DistrictDoses {
    /// Machines look at different moments: the first to look has seen least, the last most.
    fn add(&mut self, other: &Self) {
        self.there += other.there;
        self.before = [self.before, other.before].into_iter().flatten().min();
        self.after = self.after.max(other.after);
    }

    /// By how much the report has grown; `None` if it could not be read.
    pub fn growth(&self) -> Option<u64> {
        self.after?.checked_sub(self.before?)
    }
}

/// Reads every facility of this thread. Those with unknown outcomes are read twice.
pub(super) async fn read_back(reader: &Rc<Reader>, events: &Sender<Event>) -> DoseAudit {
    let office = reader.desk.office.borrow().clone();
    let (Some(office), Some((group, _))) = (office, reader.desk.setting.scenario.counter()) else {
        return DoseAudit::default();
    };
    let _ = events.send(Event::ToReadBack(office.facilities().len()));
    let tasks = office.facilities().iter().cloned().map(|facility| {
        let reader = reader.clone();
        async move { settle(&reader, group, &facility).await }
    });
    let mut total = DoseAudit::default();
    several(AT_ONCE, tasks, |settled| {
        total.add(&settled);
        let _ = events.send(Event::ReadBack);
    })
    .await;
    total
}

async fn settle(reader: &Reader, group: usize, facility: &Facility) -> DoseAudit {
    let (book, desk) = (facility.book(), &reader.desk);
    let unknown = book.unknown();
    if unknown > 0 {
        reader.pause(SETTLING).await;
    }
    let Some(found) = find(reader, group, facility).await else {
        return DoseAudit { unread: 1, unknown, unsettled: unknown, ..DoseAudit::default() };
    };
    let settled = book.compare(&found, &desk.truth().violations);
    let stays = unknown == 0 || stays_so(reader, group, facility, &found).await;
    let there = DistrictDoses { there: settled.there, ..DistrictDoses::default() };
    DoseAudit {
        read: 1,
        unread: 0,
        unknown,
        unsettled: if stays { 0 } else { unknown },
        settled,
        certificates_untold: 0,
        districts: BTreeMap::from([(book.district, there)]),
    }
}

/// What is at a facility, asked for until the target answers.
async fn find(reader: &Reader, group: usize, facility: &Facility) -> Option<Found> {
    let desk: &Rc<Desk> = &reader.desk;
    let used = reader.insist(async || facility.used(desk, group).await).await?;
    Some(Found::of(&lists(reader, group, facility).await?, used))
}

/// The lists of a facility's sessions to their ends.
async fn lists(reader: &Reader, group: usize, facility: &Facility) -> Option<Vec<Expecting>> {
    let desk: &Rc<Desk> = &reader.desk;
    let today = reader.insist(async || facility.today(desk, group).await).await?;
    let mut lists = today.sessions;
    let mut at = 0;
    while let Some(list) = lists.get(at) {
        if list.next.is_some() {
            let rest = reader.insist(async || facility.rest(desk, group, list).await).await?;
            lists.extend(rest.sessions);
        }
        at += 1;
    }
    Some(lists)
}

/// Whether a facility that is read a second time shows the same.
async fn stays_so(reader: &Reader, group: usize, facility: &Facility, first: &Found) -> bool {
    reader.pause(SETTLING).await;
    let Some(second) = find(reader, group, facility).await else { return false };
    let same = *first == second;
    if !same {
        let told = || "a facility with an unknown dose showed others a second later".to_owned();
        reader.desk.truth().violations.add(ViolationKind::UnsettledOutcome, told);
    }
    same
}
