//! Drafts: sessions that are not published yet, and weekly templates for such.

use super::plan::Plan;
use crate::access::record::Record;
use crate::identity::digest::digest;
use jiff::ToSpan;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use opencowin_ledger::keys::Shelf;
use opencowin_model::{CentreId, Date, SessionId, TimeOfDay, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A session that a facility has drawn up, or a template for one every week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub centre: CentreId,
    /// What it is to be.
    pub plan: Plan,
    /// When.
    pub occasion: Occasion,
    /// Who drew it up or changed it last: an official's account.
    pub by: Uuid,
    /// When they did.
    pub changed: Timestamp,
}

/// When a session is to be held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Occasion {
    /// On one day.
    Once {
        /// The day.
        date: Day,
        /// When it is published by itself, if it is.
        publish_at: Option<Timestamp>,
        /// The template that it was made by.
        template: Option<Uuid>,
    },
    /// On the same days of every week.
    Weekly(Weekly),
}

/// When sessions of a template are held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weekly {
    /// The days of the week, from 1 for Monday to 7.
    pub weekdays: Vec<i8>,
    /// The first day.
    pub from: Day,
    /// The last day, if there is one.
    pub until: Option<Day>,
    /// How many days ahead drafts are made.
    pub days_ahead: u8,
    /// How many days before its own a draft is published, and when on that day; without it somebody has to.
    pub publish: Option<(u8, TimeOfDay)>,
    /// The last day for which a draft was made, or none was to be made.
    pub made_through: Option<Day>,
}

/// A day, which documents write as `2021-05-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub Date);

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

impl Draft {
    /// The id of the session that it becomes, which is its own: publishing it twice makes one session.
    pub fn session_id(&self) -> SessionId {
        SessionId(self.id)
    }

    /// The one day on which it is held; none of a template.
    pub fn date(&self) -> Option<Date> {
        match &self.occasion {
            Occasion::Once { date, .. } => Some(date.0),
            Occasion::Weekly(_) => None,
        }
    }

    /// Whether it is a template.
    pub fn is_template(&self) -> bool {
        matches!(self.occasion, Occasion::Weekly(_))
    }

    /// Whether it is to be published by itself at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.occasion, Occasion::Once { publish_at: Some(at), .. } if at <= now)
    }

    /// Whether its day is past, so that nothing can come of it.
    pub fn is_past(&self, today: Date) -> bool {
        match &self.occasion {
            Occasion::Once { date, .. } => date.0 < today,
            Occasion::Weekly(weekly) => weekly.until.is_some_and(|until| until.0 < today),
        }
    }

    /// The drafts that a template has to make by `today`, and the template once they are made; `None` if there is nothing
    /// to do. Each has an id that follows from the template's and its day.
    pub fn made_by(&self, today: Date, zone: &TimeZone) -> Option<(Vec<Self>, Self)> {
        let Occasion::Weekly(weekly) = &self.occasion else { return None };
        let through = today.saturating_add(i64::from(weekly.days_ahead).days());
        let through = weekly.until.map_or(through, |until| until.0.min(through));
        let next = weekly.made_through.and_then(|day| day.0.tomorrow().ok());
        let first = next.unwrap_or(weekly.from.0).max(weekly.from.0).max(today);
        if first > through {
            return None;
        }
        let days = first.series(1.day()).take_while(|day| *day <= through);
        let held = days.filter(|day| weekly.is_held_on(day.weekday()));
        let drafts = held.map(|date| self.on(date, weekly, zone)).collect();
        let weekly = Weekly { made_through: Some(Day(through)), ..weekly.clone() };
        Some((drafts, Self { occasion: Occasion::Weekly(weekly), ..self.clone() }))
    }

    fn on(&self, date: Date, weekly: &Weekly, zone: &TimeZone) -> Self {
        let publish_at = weekly.publish.and_then(|(days, time)| {
            let day = date.saturating_sub(i64::from(days).days());
            moment(day, time, zone)
        });
        Self {
            id: SessionId::from_random(derived(self.id, date)).0,
            occasion: Occasion::Once { date: Day(date), publish_at, template: Some(self.id) },
            ..self.clone()
        }
    }
}

impl Weekly {
    fn is_held_on(&self, day: Weekday) -> bool {
        self.weekdays.contains(&day.to_monday_one_offset())
    }
}

impl Record for Draft {
    const SHELF: Shelf = Shelf::Drafts;

    fn id(&self) -> Uuid {
        self.id
    }
}

/// A moment of a day where the programme is run.
fn moment(day: Date, time: TimeOfDay, zone: &TimeZone) -> Option<Timestamp> {
    let (hour, minute) = (time.minutes() / 60, time.minutes() % 60);
    let civil = day.at(hour as i8, minute as i8, 0, 0);
    let moment = zone.to_ambiguous_zoned(civil).compatible().ok()?;
    Some(Timestamp(moment.timestamp().as_millisecond()))
}

/// Bits that look random and follow from an id and a day.
fn derived(id: Uuid, date: Date) -> [u8; 16] {
    let digest = digest(format!("{id} {date}").as_bytes());
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest[..16]);
    bits
}

#[cfg(test)]
mod tests {
    use super::super::plan::usual_slots;
    use super::*;
    use opencowin_model::{AgeBand, Hours, Pack, Seats, VaccineId};

    /// A Saturday.
    const TODAY: Date = Date::constant(2021, 5, 1);

    fn template(weekdays: &[i8]) -> Draft {
        let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
        let hours = Hours::new(hour(9), hour(17)).unwrap();
        let plan = Plan {
            hours,
            slots: usual_slots(hours),
            vaccine: VaccineId(0),
            age: AgeBand { min: 18, max: None },
            online: Seats([10, 0, 0]),
            on_spot: Seats::default(),
            reserved: Seats::default(),
            walk_in_from: None,
        };
        let weekly = Weekly {
            weekdays: weekdays.to_vec(),
            from: Day(TODAY),
            until: None,
            days_ahead: 7,
            publish: Some((2, hour(17))),
            made_through: None,
        };
        Draft {
            id: Uuid::from_u128(1),
            centre: CentreId(7),
            plan,
            occasion: Occasion::Weekly(weekly),
            by: Uuid::nil(),
            changed: Timestamp(0),
        }
    }

    fn dates(drafts: &[Draft]) -> Vec<String> {
        let date = |draft: &Draft| match &draft.occasion {
            Occasion::Once { date, .. } => date.0.to_string(),
            Occasion::Weekly(_) => panic!("no template makes templates"),
        };
        drafts.iter().map(date).collect()
    }

    #[test]
    fn a_template_makes_a_draft_for_each_of_its_days_once() {
        let pack = Pack::india().unwrap();
        let (drafts, made) = template(&[1, 6]).made_by(TODAY, pack.zone()).unwrap();
        assert_eq!(dates(&drafts), ["2021-05-01", "2021-05-03", "2021-05-08"]);
        assert_eq!(made.made_by(TODAY, pack.zone()), None, "all is made");
        let two_days_on = Date::constant(2021, 5, 3);
        let (drafts, _) = made.made_by(two_days_on, pack.zone()).unwrap();
        assert_eq!(dates(&drafts), ["2021-05-10"]);
        let (late, _) = made.made_by(Date::constant(2021, 6, 1), pack.zone()).unwrap();
        assert_eq!(dates(&late), ["2021-06-05", "2021-06-07"], "what was missed is past");
    }

    #[test]
    fn a_draft_of_a_template_is_published_so_many_days_before_its_own() {
        let pack = Pack::india().unwrap();
        let (drafts, _) = template(&[1]).made_by(TODAY, pack.zone()).unwrap();
        let at = moment(TODAY, TimeOfDay::new(17, 0).unwrap(), pack.zone()).unwrap();
        assert_eq!(at.civil(pack.zone()), TODAY.at(17, 0, 0, 0));
        assert!(!drafts[0].is_due(Timestamp(at.0 - 1)) && drafts[0].is_due(at));
        assert!(drafts[0].is_past(Date::constant(2021, 5, 4)) && !drafts[0].is_past(TODAY));
    }

    #[test]
    fn what_is_drawn_up_reads_back_and_becomes_the_same_session_every_time() {
        let pack = Pack::india().unwrap();
        let (drafts, made) = template(&[1, 6]).made_by(TODAY, pack.zone()).unwrap();
        for draft in [&drafts[0], &made] {
            let json = serde_json::to_vec(draft).unwrap();
            assert_eq!(&serde_json::from_slice::<Draft>(&json).unwrap(), draft);
        }
        let (again, _) = template(&[1, 6]).made_by(TODAY, pack.zone()).unwrap();
        assert_eq!(again[0].session_id(), drafts[0].session_id());
        assert_ne!(drafts[0].session_id(), drafts[1].session_id());
    }
}
