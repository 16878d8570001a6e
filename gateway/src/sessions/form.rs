//! How sessions are drawn up and changed: one level of fields, so that each error names its own.

use super::draft::{Day, Occasion, Weekly};
use super::plan::{self, Plan};
use crate::access::partner::words::{self, optional, parsed};
use crate::facility::form::time;
use crate::http::body::{self, Field, Loose};
use crate::http::problem::Problem;
use jiff::ToSpan;
use opencowin_model::{
    AgeBand, Capacity, Channel, Date, Hours, Pack, Seats, Session, Timestamp, date,
};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// The furthest ahead that a session is held, in days.
const FURTHEST: i64 = 90;

/// The most days ahead that a template makes drafts.
const AHEAD: u64 = 30;

/// The days that a template makes drafts ahead if it does not say.
const AHEAD_USUALLY: u8 = 7;

/// The days of the week as they are named, from Monday on.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What a session is to be, and when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct Form {
    pub center_id: Field,
    pub draft_id: Field,
    pub vaccine: Field,
    pub min_age_limit: Field,
    pub max_age_limit: Field,
    pub from: Field,
    pub to: Field,
    pub slots: Field,
    pub online: Field,
    pub on_spot: Field,
    pub reserved: Field,
    pub walk_in_from: Field,
    pub date: Field,
    pub publish_at: Field,
    pub weekdays: Field,
    pub starts: Field,
    pub ends: Field,
    pub days_ahead: Field,
    pub publish_days_before: Field,
    pub publish_time: Field,
}

/// What a session on sale is to be instead.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct ChangeForm {
    pub session_id: Field,
    pub online: Field,
    pub on_spot: Field,
    pub reserved: Field,
    pub date: Field,
    pub from: Field,
    pub to: Field,
    pub slots: Field,
}

impl Form {
    /// What it is to be.
    ///
    /// # Errors
    /// USRRES0001 or 0002 with the field.
    pub fn plan(&self, pack: &Pack) -> Result<Plan, Problem> {
        let hours = hours(&self.from, &self.to, None)?;
        let vaccine = parsed(&self.vaccine, "vaccine", |name| pack.vaccine_named(name))?;
        let some = |field: &Field, name| optional(field, |field| seats(field, name));
        let plan = Plan {
            hours,
            slots: slots(&self.slots)?.unwrap_or_else(|| plan::usual_slots(hours)),
            vaccine: vaccine.id,
            age: self.age()?,
            online: some(&self.online, "online")?.unwrap_or_default(),
            on_spot: some(&self.on_spot, "on_spot")?.unwrap_or_default(),
            reserved: some(&self.reserved, "reserved")?.unwrap_or_default(),
            walk_in_from: optional(&self.walk_in_from, |field| time(field, "walk_in_from"))?,
        };
        plan.check(pack)?;
        Ok(plan)
    }

    /// The one day on which it is held, which some template may have chosen.
    ///
    /// # Errors
    /// USRRES0001 or 0002 with the field.
    pub fn once(&self, today: Date, template: Option<Uuid>) -> Result<Occasion, Problem> {
        let date = Day(day_ahead(&self.date, "date", today)?);
        let publish_at = optional(&self.publish_at, moment)?;
        Ok(Occasion::Once { date, publish_at, template })
    }

    /// The days of every week on which it is held. A template that was changed goes on where it was.
    ///
    /// # Errors
    /// USRRES0001 or 0002 with the field.
    pub fn weekly(&self, today: Date, before: Option<&Weekly>) -> Result<Occasion, Problem> {
        let from = optional(&self.starts, |field| day_ahead(field, "starts", today))?;
        let from = from.or(before.map(|before| before.from.0)).unwrap_or(today);
        let until = optional(&self.ends, |field| day(field, "ends"))?;
        if until.is_some_and(|until| until < from) {
            return Err(Problem::invalid("ends"));
        }
        let ahead = |name| move |field: &Field| small(field, name, AHEAD);
        let days_ahead = optional(&self.days_ahead, ahead("days_ahead"))?;
        let time = optional(&self.publish_time, |field| time(field, "publish_time"))?;
        let days_before = optional(&self.publish_days_before, ahead("publish_days_before"))?;
        Ok(Occasion::Weekly(Weekly {
            weekdays: weekdays(&self.weekdays)?,
            from: Day(from),
            until: until.map(Day),
            days_ahead: days_ahead.unwrap_or(AHEAD_USUALLY),
            publish: time.map(|time| (days_before.unwrap_or(0), time)),
            made_through: before.and_then(|before| before.made_through),
        }))
    }

    fn age(&self) -> Result<AgeBand, Problem> {
        let age = |name| move |field: &Field| small(field, name, u64::from(u8::MAX));
        let min = age("min_age_limit")(&self.min_age_limit)?;
        Ok(AgeBand { min, max: optional(&self.max_age_limit, age("max_age_limit"))? })
    }
}

impl ChangeForm {
    /// The seats of a session with what is said in place of what was so.
    ///
    /// # Errors
    /// USRRES0001 if nothing is said, USRRES0002 with the field.
    pub fn capacity(&self, session: &Session, pack: &Pack) -> Result<Capacity, Problem> {
        let fields =
            [(&self.online, "online"), (&self.on_spot, "on_spot"), (&self.reserved, "reserved")];
        if fields.iter().all(|(field, _)| field.is_none()) {
            return Err(Problem::missing());
        }
        let [online, on_spot, reserved] = Channel::ALL.map(|channel| {
            let (field, name) = fields[channel.index()];
            let said = optional(field, |field| seats(field, name))?;
            Ok::<_, Problem>(said.unwrap_or_else(|| session.capacity.of(channel)))
        });
        let capacity = Capacity::new(online?, on_spot?, reserved?);
        plan::capacity(&capacity, session.vaccine, pack)?;
        Ok(capacity)
    }

    /// The day, hours and slots of a session with what is said in place of what was so. Without slots, those that were are
    /// kept if they fit.
    ///
    /// # Errors
    /// USRRES0001 if nothing is said, USRRES0002 with the field.
    pub fn time(
        &self,
        session: &Session,
        today: Date,
    ) -> Result<(Date, Hours, Vec<Hours>), Problem> {
        let said = [&self.date, &self.from, &self.to, &self.slots];
        if said.iter().all(|field| field.is_none()) {
            return Err(Problem::missing());
        }
        let date = optional(&self.date, |field| day_ahead(field, "date", today))?;
        let hours = hours(&self.from, &self.to, Some(session.hours))?;
        let kept = || Some(session.slots.clone()).filter(|kept| plan::slots(hours, kept).is_ok());
        let slots = slots(&self.slots)?.or_else(kept);
        let slots = slots.unwrap_or_else(|| plan::usual_slots(hours));
        plan::slots(hours, &slots)?;
        Ok((date.unwrap_or(session.date), hours, slots))
    }
}

fn hours(from: &Field, to: &Field, before: Option<Hours>) -> Result<Hours, Problem> {
    let read = |field, name| optional(field, |field| time(field, name));
    let from = read(from, "from")?.or(before.map(|hours| hours.from));
    let to = read(to, "to")?.or(before.map(|hours| hours.to));
    let (from, to) = from.zip(to).ok_or_else(Problem::missing)?;
    Hours::new(from, to).ok_or_else(|| Problem::invalid("to"))
}

/// Labels of slots.
fn slots(field: &Field) -> Result<Option<Vec<Hours>>, Problem> {
    optional(field, |field| {
        let label = |label: &Loose| Hours::from_label(&label.text()?);
        list(field, "slots", label)
    })
}

/// Seats for the first, the second and the precaution dose.
fn seats(field: &Field, name: &str) -> Result<Seats, Problem> {
    let number = |number: &Loose| u16::try_from(number.whole()?).ok();
    let seats: Result<[u16; 3], _> = list(field, name, number)?.try_into();
    seats.map(Seats).map_err(|_| Problem::invalid(name))
}

fn weekdays(field: &Field) -> Result<Vec<i8>, Problem> {
    let day = |day: &Loose| {
        let name = day.text()?.to_ascii_lowercase();
        (1..).zip(WEEKDAYS).find(|(_, known)| *known == name).map(|(number, _)| number)
    };
    let days = list(field, "weekdays", day)?;
    if days.is_empty() { Err(Problem::invalid("weekdays")) } else { Ok(days) }
}

fn list<T>(
    field: &Field,
    name: &str,
    read: impl Fn(&Loose) -> Option<T>,
) -> Result<Vec<T>, Problem> {
    let Loose::List(items) = words::present(field, name)? else {
        return Err(Problem::invalid(name));
    };
    let read: Option<Vec<T>> = items.iter().map(read).collect();
    read.ok_or_else(|| Problem::invalid(name))
}

fn small(field: &Field, name: &str, most: u64) -> Result<u8, Problem> {
    let number = words::whole(field, name)?;
    u8::try_from(number).ok().filter(|_| number <= most).ok_or_else(|| Problem::invalid(name))
}

fn day(field: &Field, name: &str) -> Result<Date, Problem> {
    parsed(field, name, date::parse)
}

/// A day from today on, not too far ahead.
fn day_ahead(field: &Field, name: &str, today: Date) -> Result<Date, Problem> {
    let day = day(field, name)?;
    let reach = today..=today.saturating_add(FURTHEST.days());
    if reach.contains(&day) { Ok(day) } else { Err(Problem::invalid(name)) }
}

fn moment(field: &Field) -> Result<Timestamp, Problem> {
    let text = body::text(field, "publish_at")?;
    let moment = serde_json::from_value(Value::String(text));
    moment.map_err(|_| Problem::invalid("publish_at"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: Value) -> Form {
        serde_json::from_value(json).unwrap()
    }

    fn right() -> Value {
        serde_json::json!({
            "vaccine": "covishield", "min_age_limit": 18, "from": "09:00", "to": "13:00",
            "online": [10, "5", 0.0], "on_spot": [4, 0, 0], "walk_in_from": "12:00",
        })
    }

    fn with(name: &str, value: impl Into<Value>) -> Form {
        let mut json = right();
        json[name] = value.into();
        form(json)
    }

    #[test]
    fn a_plan_is_read_with_its_usual_slots() {
        let pack = Pack::india().unwrap();
        let plan = form(right()).plan(&pack).unwrap();
        assert_eq!((plan.online, plan.reserved), (Seats([10, 5, 0]), Seats::default()));
        let labels: Vec<_> = plan.slots.iter().map(|slot| slot.slot_label()).collect();
        assert_eq!(labels, ["09:00AM-11:00AM", "11:00AM-01:00PM"]);
        let slots = with("slots", vec!["09:00AM-10:30AM"]).plan(&pack).unwrap().slots;
        assert_eq!(slots.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_said_by_name() {
        let pack = Pack::india().unwrap();
        for (name, value) in [
            ("vaccine", Value::from("SNAKE OIL")),
            ("to", "08:00".into()),
            ("online", vec![1, 2].into()),
            ("online", vec![-1, 0, 0].into()),
            ("online", vec![70_000, 0, 0].into()),
            ("slots", vec!["FORENOON"].into()),
            ("slots", "09:00AM-10:30AM".into()),
            ("min_age_limit", 300.into()),
            ("walk_in_from", "14:00".into()),
        ] {
            let told = with(name, value).plan(&pack).unwrap_err();
            assert_eq!(told.status(), http::StatusCode::BAD_REQUEST, "{name}: {told:?}");
        }
    }

    #[test]
    fn days_are_from_today_on_and_not_too_far_ahead() {
        let today = Date::constant(2021, 5, 1);
        for (text, right) in [
            ("01-05-2021", true),
            ("30-04-2021", false),
            ("30-07-2021", true),
            ("31-07-2021", false),
        ] {
            assert_eq!(with("date", text).once(today, None).is_ok(), right, "{text}");
        }
        let Occasion::Weekly(weekly) =
            with("weekdays", vec!["mon", "Sun"]).weekly(today, None).unwrap()
        else {
            panic!("a template")
        };
        assert_eq!((weekly.weekdays, weekly.from), (vec![1, 7], Day(today)));
        assert!(with("weekdays", vec!["someday"]).weekly(today, None).is_err());
    }
}
