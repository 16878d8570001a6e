//! Apps that look again and again, and wait when they are told to; and any one path.

use super::desk::Said;
use super::visit::Visit;
use crate::contract::SearchShape;
use crate::measure::Operation;
use crate::scenario::{Get, Poller, Search};
use crate::truth::Sample;
use crate::wire::{Call, Want};
use rand::RngExt;
use std::fmt::Write;
use std::time::Instant;

impl Search {
    /// What it is counted as, and the shape of its answer.
    fn operation(self) -> (Operation, SearchShape) {
        match self {
            Self::CalendarByDistrict => (Operation::CalendarByDistrict, SearchShape::Calendar),
            Self::CalendarByPin => (Operation::CalendarByPin, SearchShape::Calendar),
            Self::FindByDistrict => (Operation::FindByDistrict, SearchShape::Sessions),
            Self::FindByPin => (Operation::FindByPin, SearchShape::Sessions),
        }
    }
}

/// Looks once. One answer of many is checked beside the traffic.
pub(super) async fn poll(visit: &Visit, poller: &Poller) {
    if !visit.goes_on().await {
        return;
    }
    let desk = &visit.desk;
    if desk.resting.borrow_mut().has(visit.person.number, Instant::now()) {
        desk.recorder.borrow_mut().group(visit.group).left_out += 1;
        return;
    }
    let (operation, shape) = poller.search.operation();
    let path = path(visit, poller);
    let sampled = desk.is_sampled();
    let want = if sampled { Want::Body } else { Want::Status };
    let api_key = desk.setting.scenario.api_key.as_deref().filter(|_| poller.keyed);
    let call = Call { gzip: poller.gzip, api_key, ..visit.get(operation, &path) };
    let said = desk.ask_timed(
        visit.group,
        visit.intended(),
        &call,
        want,
        &[],
        |answer, asked, answered| {
            if sampled {
                desk.checker.check(Sample { operation, answer, shape, asked, answered });
            }
            Some(())
        },
    );
    if let Said::Refused { after: Some(wait), .. } = said.await
        && !desk.is_bot(visit.group)
    {
        desk.resting.borrow_mut().told(visit.person.number, Instant::now(), wait);
    }
}

fn path(visit: &Visit, poller: &Poller) -> String {
    let places = visit.desk.places.borrow();
    let (district, pincode) = places.home(visit.person);
    let random = &mut *visit.desk.random.borrow_mut();
    let day = places.day(random);
    let mut path = String::with_capacity(120);
    path.push_str("/api/v2/appointment/sessions/public/");
    path.push_str(poller.search.operation().0.name());
    let place = match poller.search {
        Search::CalendarByDistrict | Search::FindByDistrict => {
            write!(path, "?district_id={}", district.id)
        }
        Search::CalendarByPin | Search::FindByPin => write!(path, "?pincode={pincode}"),
    };
    let busting = if poller.cache_busting {
        write!(path, "&date={day}&random={}", random.random::<u32>())
    } else {
        write!(path, "&date={day}")
    };
    place.and(busting).expect("invariant: writing to a string does not fail");
    path
}

/// Asks for one path.
pub(super) async fn get(visit: &Visit, get: &Get) {
    if visit.goes_on().await {
        let call = Call { gzip: get.gzip, ..visit.get(Operation::Get, &get.path) };
        let desk = &visit.desk;
        desk.ask_timed(visit.group, visit.intended(), &call, Want::Status, &[], |_, _, _| Some(()))
            .await;
    }
}
