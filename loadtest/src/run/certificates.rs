//! Looking once more for certificates that did not come in time, when the traffic is over: late is slow, never is a fault.

use super::audit::{AT_ONCE, Reader};
use super::control::Event;
use super::several::several;
use crate::measure::Operation;
use crate::people::{Facility, Said};
use crate::result::ViolationKind;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// How often it is looked whether anybody still waits.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long is waited between two looks at one certificate.
const PAUSE: Duration = Duration::from_millis(500);

/// Somebody whose certificate did not come in time.
struct Waiting {
    facility: Rc<Facility>,
    reference: String,
}

/// Lets everybody wait to the end who waits for a certificate when the traffic is over, before anything is read back.
pub(super) async fn until_none_is_waited_for(reader: &Reader) {
    while reader.desk.has_waits() && !reader.is_abandoned() {
        reader.pause(LOOK_EVERY).await;
    }
}

/// Looks for every certificate that did not come in time, for as long as was waited for it in the run. Says of how many
/// nobody knows whether they are there.
pub(super) async fn read_back(reader: &Rc<Reader>, events: &Sender<Event>) -> u64 {
    let Some((group, counter)) = reader.desk.setting.scenario.counter() else { return 0 };
    let waiting = waiting(reader);
    let _ = events.send(Event::ToReadBack(waiting.len()));
    let until = Instant::now() + counter.certificate_patience.0;
    let tasks = waiting.into_iter().map(|one| {
        let reader = reader.clone();
        async move { comes(&reader, group, &one, until).await }
    });
    let mut untold = 0;
    several(AT_ONCE, tasks, |came| {
        match came {
            Some(true) => {}
            Some(false) => {
                let told = || "a dose was acknowledged, and there is no certificate".to_owned();
                reader.desk.truth().violations.add(ViolationKind::MissingCertificate, told);
            }
            None => untold += 1,
        }
        let _ = events.send(Event::ReadBack);
    })
    .await;
    untold
}

/// Everybody at this thread's facilities who waits.
fn waiting(reader: &Reader) -> Vec<Waiting> {
    let office = reader.desk.office.borrow().clone();
    let facilities = office.iter().flat_map(|office| office.facilities());
    let of_facility = |facility: &Rc<Facility>| {
        let facility = facility.clone();
        let all = facility.take_lacking().into_iter();
        all.map(move |reference| Waiting { facility: facility.clone(), reference })
    };
    facilities.flat_map(of_facility).collect()
}

/// Whether a certificate comes until then; `None` if the target would not say.
async fn comes(reader: &Reader, group: usize, one: &Waiting, until: Instant) -> Option<bool> {
    let (desk, who) = (&reader.desk, &one.reference);
    loop {
        let said = one.facility.has_certificate(desk, group, who, Operation::ReadBack).await;
        reader.heard(&said);
        if matches!(said, Said::Yes(true)) {
            return Some(true);
        }
        if Instant::now() >= until || reader.gives_up() {
            return matches!(said, Said::Yes(false)).then_some(false);
        }
        reader.pause(PAUSE).await;
    }
}
