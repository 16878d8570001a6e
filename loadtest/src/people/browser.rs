//! People who open a portal: the states, then the districts of theirs.

use super::desk::Said;
use super::visit::Visit;
use crate::contract::{Districts, States};
use crate::measure::Operation;
use crate::wire::{Call, Want};
use rand::RngExt;

/// Opens the portal.
pub(super) async fn browse(visit: &Visit) {
    if !visit.goes_on().await {
        return;
    }
    let states =
        Call { gzip: true, ..visit.get(Operation::States, "/api/v2/admin/location/states") };
    let seen = visit.ask_politely(&states, wanted(visit), |answer, _, _| {
        let plain = answer.plain()?;
        (plain.is_empty() || serde_json::from_slice::<States>(&plain).is_ok()).then_some(())
    });
    if !matches!(seen.await, Said::Yes(())) || !visit.goes_on().await {
        return;
    }
    let state = {
        let places = visit.desk.places.borrow();
        places.states[visit.person.habits().random_range(0..places.states.len())]
    };
    let path = format!("/api/v2/admin/location/districts/{state}");
    let districts = Call { gzip: true, ..visit.get(Operation::Districts, &path) };
    let _ = visit
        .ask_politely(&districts, wanted(visit), |answer, _, _| {
            let plain = answer.plain()?;
            (plain.is_empty() || serde_json::from_slice::<Districts>(&plain).is_ok()).then_some(())
        })
        .await;
}

/// The body of one list of many is read.
fn wanted(visit: &Visit) -> Want {
    if visit.desk.is_sampled() { Want::Body } else { Want::Status }
}
