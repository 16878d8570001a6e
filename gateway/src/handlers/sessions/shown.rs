//! Sessions, drafts and templates as the wire shows them to those who hold them.

use crate::app::App;
use crate::facility::Facility;
use crate::http::problem::Problem;
use crate::sessions::draft::{Draft, Occasion, Weekly};
use crate::sessions::form::WEEKDAYS;
use opencowin_inventory::SessionOnSale;
use opencowin_model::{Channel, Dose, Hours, SessionState, VaccineId, date};
use serde_json::{Map, Value, json};

/// A session on sale, with what is sold and free of it.
pub(super) fn session(app: &App, on_sale: &SessionOnSale) -> Value {
    let session = on_sale.definition();
    json!({
        "session_id": session.id.0,
        "center_id": session.centre,
        "date": date::to_wire_string(session.date),
        "from": session.hours.from.to_string(),
        "to": session.hours.to.to_string(),
        "slots": labels(&session.slots),
        "vaccine": vaccine(app, session.vaccine),
        "min_age_limit": session.age.min,
        "max_age_limit": session.age.max,
        "fee": session.fee,
        "walk_in_from": session.walk_in_from.map(|from| from.to_string()),
        "state": state(session.state),
        "settled": session.unsettled.is_none(),
        "seats": seats(on_sale),
    })
}

/// By channel, for the three doses: how many there are, how many are free, and how many are taken.
fn seats(on_sale: &SessionOnSale) -> Value {
    let channels = Channel::ALL.map(|channel| {
        let capacity = on_sale.definition().capacity.of(channel);
        let free = on_sale.seats().free(channel).saturating_add(on_sale.seats().others(channel));
        let taken = Dose::ALL.map(|dose| capacity.of(dose).saturating_sub(free.of(dose)));
        let seats = json!({ "capacity": capacity.0, "free": free.0, "taken": taken });
        (name(channel).to_owned(), seats)
    });
    Value::Object(Map::from_iter(channels))
}

/// A draft or a template, and what keeps it from being published.
pub(super) fn draft(app: &App, draft: &Draft, facility: &Facility) -> Value {
    let plan = &draft.plan;
    let obstacle = match app.desk().drawn_up(draft, facility) {
        Err(Problem::Entry(_, text)) if !draft.is_template() => Some(text),
        _ => None,
    };
    let mut shown = json!({
        "draft_id": draft.id,
        "center_id": draft.centre,
        "from": plan.hours.from.to_string(),
        "to": plan.hours.to.to_string(),
        "slots": labels(&plan.slots),
        "vaccine": vaccine(app, plan.vaccine),
        "min_age_limit": plan.age.min,
        "max_age_limit": plan.age.max,
        "online": plan.online.0,
        "on_spot": plan.on_spot.0,
        "reserved": plan.reserved.0,
        "walk_in_from": plan.walk_in_from.map(|from| from.to_string()),
        "obstacle": obstacle,
        "by": draft.by,
        "changed_at": draft.changed,
    });
    match &draft.occasion {
        Occasion::Once { date, publish_at, template } => {
            shown["date"] = date::to_wire_string(date.0).into();
            shown["publish_at"] = json!(publish_at);
            shown["template_id"] = json!(template);
        }
        Occasion::Weekly(weekly) => shown["weekly"] = self::weekly(weekly),
    }
    shown
}

fn weekly(weekly: &Weekly) -> Value {
    let name = |day: &i8| usize::try_from(day - 1).ok().and_then(|at| WEEKDAYS.get(at));
    json!({
        "weekdays": weekly.weekdays.iter().filter_map(name).collect::<Vec<_>>(),
        "starts": date::to_wire_string(weekly.from.0),
        "ends": weekly.until.map(|day| date::to_wire_string(day.0)),
        "days_ahead": weekly.days_ahead,
        "publish_days_before": weekly.publish.map(|(days, _)| days),
        "publish_time": weekly.publish.map(|(_, time)| time.to_string()),
    })
}

fn labels(slots: &[Hours]) -> Vec<String> {
    slots.iter().map(|slot| slot.slot_label()).collect()
}

fn vaccine(app: &App, id: VaccineId) -> Option<&str> {
    app.pack().vaccine(id).map(|vaccine| &*vaccine.name)
}

fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "online",
        Channel::OnSpot => "on_spot",
        Channel::Reserved => "reserved",
    }
}

fn state(state: SessionState) -> &'static str {
    match state {
        SessionState::Published => "published",
        SessionState::Closed => "closed",
        SessionState::Cancelled => "cancelled",
        SessionState::Moved { .. } => "moved",
    }
}
