//! Before the counters open: staff comes into office, vaccine into stock, and people are booked.

use super::control::Event;
use super::several::several;
use super::thread::Assignment;
use crate::people::{Desk, Facility, Office, Person, Visit, book};
use crate::scenario::Counter;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Opens the facilities of this thread, and books whoever will come to them with an appointment.
///
/// # Errors
/// If not one of them can be opened.
pub(super) async fn open(
    desk: &Rc<Desk>,
    assignment: &Assignment,
    (group, counter): (usize, Counter),
    next_person: impl Fn() -> Person,
) -> Result<(), String> {
    let office = Rc::new(Office::new(facilities(desk, assignment, group).await?));
    desk.office.replace(Some(office.clone()));
    let guests = (0..guests(assignment, group, counter)).map(|_| {
        let visit = Visit::new(desk.clone(), group, next_person(), Instant::now(), Duration::ZERO);
        let office = office.clone();
        async move { Box::pin(book(&visit, &office)).await }
    });
    several(assignment.connections, guests, |guest| {
        let _ = assignment.events.send(Event::Prepared(guest.is_some()));
        guest.into_iter().for_each(|guest| office.expect(guest));
    })
    .await;
    Ok(())
}

async fn facilities(
    desk: &Rc<Desk>,
    assignment: &Assignment,
    group: usize,
) -> Result<Vec<Facility>, String> {
    let Some(today) = assignment.scouted.places.date() else { return Ok(Vec::new()) };
    let sites = assignment.scouted.sites.iter().skip(assignment.number).step_by(assignment.of);
    let sites: Vec<_> = sites.cloned().collect();
    let tasks = sites.into_iter().map(|site| {
        let desk = desk.clone();
        async move { Box::pin(Facility::open(&desk, group, site, today)).await }
    });
    let (mut facilities, mut closed) = (Vec::new(), 0);
    several(assignment.connections, tasks, |facility| match facility {
        Some(facility) => facilities.push(facility),
        None => closed += 1,
    })
    .await;
    if facilities.is_empty() {
        return Err(format!("none of {closed} facilities let its staff in and took vaccine in"));
    }
    Ok(facilities)
}

/// How many people will come with an appointment to the facilities of this thread.
fn guests(assignment: &Assignment, group: usize, counter: Counter) -> usize {
    let visits = assignment.plans.as_ref().map_or(0.0, |plans| plans.people.count());
    let share = assignment.setting.scenario.visit_weights()[group] * (1.0 - counter.walk_ins);
    (visits * share / assignment.of as f64).ceil() as usize
}
