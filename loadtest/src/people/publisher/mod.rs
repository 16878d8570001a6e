//! Managers who draw sessions up and publish them while everybody searches.
//!
//! A visit is one session: drawn up, published, and looked for by somebody as the public looks. From the answer on every search
//! has to show it, and what was published has to stay. What became of it is written down at its facility ([`publishing`]), to be
//! read back.

mod publishing;

pub use publishing::Publishing;

use super::desk::Said;
use super::staff::errand::{self, Errand, Told, said};
use super::visit::Visit;
use crate::contract::{Drafted, Held, OwnSession, SearchShape};
use crate::measure::Operation;
use crate::scenario::Publisher;
use crate::truth::{SessionFate, Showing};
use crate::wire::{Answer, Call, Want};
use jiff::ToSpan;
use opencowin_model::{Date, date};
use rand::RngExt;
use std::rc::Rc;
use std::time::Duration;
use uuid::Uuid;

const DRAFT: &str = "/api/v2/vaccinator/sessions/draft";
const PUBLISH: &str = "/api/v2/vaccinator/sessions/publish";

/// A session that is to be.
struct Plan {
    facility: Rc<Publishing>,
    /// One that the facility holds: what it offers, it can offer again.
    like: Held,
    day: String,
    seats: u32,
}

/// One session, from its draft to the search that shows it.
pub(super) async fn visit(visit: &Visit, publisher: &Publisher) {
    let Some(plan) = Plan::any(visit, publisher) else { return };
    let patience = publisher.patience.0;
    if !visit.goes_on().await {
        return;
    }
    let Some(draft) = plan.draw_up(visit, patience).await else { return };
    if !visit.goes_on().await {
        return;
    }
    let Some(place) = plan.publish(visit, draft, patience).await else { return };
    if visit.goes_on().await {
        plan.look(visit, draft, place).await;
    }
}

impl Plan {
    /// A session like one that some facility holds, on some day; `None` if there is no facility.
    fn any(visit: &Visit, publisher: &Publisher) -> Option<Self> {
        let all = visit.desk.publishing.borrow();
        let random = &mut *visit.desk.random.borrow_mut();
        let facility = all.get(random.random_range(0..all.len().max(1)))?.clone();
        let held = &facility.site.sessions;
        let like = held.get(random.random_range(0..held.len().max(1)))?.clone();
        let ahead = random.random_range(1..=publisher.days_ahead);
        let day = day(visit.desk.places.borrow().date()?, ahead);
        Some(Self { facility, like, day, seats: publisher.seats })
    }

    /// What draws it up.
    fn body(&self) -> String {
        let Held { centre, vaccine, opens, closes, offer } = &self.like;
        let oldest =
            offer.oldest.map_or_else(String::new, |oldest| format!(r#""max_age_limit":{oldest},"#));
        format!(
            r#"{{"center_id":{centre},"date":"{}","vaccine":"{vaccine}","min_age_limit":{},{oldest}"from":"{opens}","to":"{closes}","online":[{},0,0]}}"#,
            self.day, offer.youngest, self.seats
        )
    }

    /// Draws it up; the draft. One whose answer never comes is drawn up again, and the other is nobody's business.
    async fn draw_up(&self, visit: &Visit, patience: Duration) -> Option<Uuid> {
        let (by, body) = (&self.facility.manager, self.body());
        let errand = Errand { operation: Operation::Draft, path: DRAFT, body: &body, patience };
        match errand::run(visit, by, &errand, said::<Drafted>).await {
            Told::Done(drafted) => Some(drafted.draft_id),
            Told::Refused(_) | Told::Undone | Told::Unknown => None,
        }
    }

    /// Publishes a draft, and writes down what became of it; where that lies, if it was acknowledged. The session has the
    /// draft's id, so that it is one session however often it is asked for.
    async fn publish(&self, visit: &Visit, draft: Uuid, patience: Duration) -> Option<usize> {
        let body = format!(r#"{{"draft_id":"{draft}"}}"#);
        let read = |answer: Answer| {
            said::<OwnSession>(answer).filter(|session| session.session_id == draft)
        };
        let place = self.facility.begins(draft, self.seats);
        let by = &self.facility.manager;
        let errand = Errand { operation: Operation::Publish, path: PUBLISH, body: &body, patience };
        let fate = match errand::run(visit, by, &errand, read).await {
            Told::Done(_) => SessionFate::Published,
            Told::Refused(_) | Told::Undone => SessionFate::Refused,
            Told::Unknown => SessionFate::Unknown,
        };
        self.facility.ends(place, fate);
        if fate != SessionFate::Published {
            return None;
        }
        visit.desk.truth().seats.seen(draft, self.seats);
        Some(place)
    }

    /// Looks at the sessions of its district and day as everybody can, and writes down what is shown of it.
    async fn look(&self, visit: &Visit, session: Uuid, place: usize) {
        let path = format!(
            "/api/v2/appointment/sessions/public/findByDistrict?district_id={}&date={}",
            self.facility.site.district, self.day
        );
        let get = visit.get(Operation::FindByDistrict, &path);
        let call = Call { gzip: true, exact: true, ..get };
        let truth = visit.desk.truth();
        let said = visit.ask_politely(&call, Want::Body, |answer, asked, answered| {
            let shown = SearchShape::Sessions.shown(&answer.plain()?)?;
            truth.search(&shown, asked, answered);
            Some(shown)
        });
        if let Said::Yes(shown) = said.await {
            let showing = Showing::of(session, self.seats, &shown, &truth.violations);
            self.facility.showed(place, showing);
        }
    }
}

/// A day so many days ahead, as the wire writes it.
fn day(today: Date, ahead: u16) -> String {
    date::to_wire_string(today.saturating_add(i64::from(ahead).days()))
}
