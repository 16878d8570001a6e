//! Before the counters open: staff comes into office, vaccine into stock, and people are booked. Managers who are to publish come
//! into office as well.

use super::control::Event;
use super::several::several;
use super::thread::Assignment;
use crate::people::{Desk, Facility, Office, Person, Publishing, Site, Visit, book};
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
    let open = |site: Site| {
        let desk = desk.clone();
        async move { Box::pin(Facility::open(&desk, group, site, today)).await }
    };
    let opened = opened(assignment, &assignment.scouted.sites, open).await;
    opened.map_err(|of| format!("none of {of} facilities let its staff in and took vaccine in"))
}

/// Brings the managers of this thread's facilities into office who are to publish sessions.
///
/// # Errors
/// If not one of them comes into office.
pub(super) async fn managers(
    desk: &Rc<Desk>,
    assignment: &Assignment,
    group: usize,
) -> Result<(), String> {
    let open = |site: Site| {
        let desk = desk.clone();
        async move { Box::pin(Publishing::open(&desk, group, site)).await.map(Rc::new) }
    };
    let opened = opened(assignment, &assignment.scouted.publishing, open).await;
    let told = |of| format!("none of {of} facilities let its manager in, which a sandbox does");
    desk.publishing.replace(opened.map_err(told)?);
    Ok(())
}

/// What comes of the sites of this thread, those left out that did not open; if none did, how many there are.
async fn opened<T: 'static, F: Future<Output = Option<T>> + 'static>(
    assignment: &Assignment,
    sites: &[Site],
    open: impl Fn(Site) -> F,
) -> Result<Vec<T>, usize> {
    let mine = sites.iter().skip(assignment.number).step_by(assignment.of);
    let (mut all, mut closed) = (Vec::new(), 0);
    several(assignment.connections, mine.cloned().map(open), |one| match one {
        Some(one) => all.push(one),
        None => closed += 1,
    })
    .await;
    if all.is_empty() { Err(closed) } else { Ok(all) }
}

/// How many people will come with an appointment to the facilities of this thread.
fn guests(assignment: &Assignment, group: usize, counter: Counter) -> usize {
    let visits = assignment.plans.as_ref().map_or(0.0, |plans| plans.people.count());
    let share = assignment.setting.scenario.visit_weights()[group] * (1.0 - counter.walk_ins);
    (visits * share / assignment.of as f64).ceil() as usize
}
