//! The public report, in the keys of the real one (wire contract 1.3, reports). Its days are written as ISO 8601, which is
//! the exception to the rule.
//!
//! Totals are those of all days; what is called today is the day that the report is of. Nobody says where they live who
//! registers, so registrations are known of the whole country only. A session is planned until its day, under way on it,
//! and completed after it.

use super::{Area, SitesByDistrict, Statistics, Sums};
use jiff::ToSpan;
use opencowin_ledger::Failure;
use opencowin_ledger::records::{AgeGroup, Figure, Figures, HOURS, Sector};
use opencowin_model::{Date, Dose, GenderGroup, Pack, SessionState, Severity, StateId, Timestamp};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Days of adverse events, of registrations, and of sessions that the report tells of.
const DAYS: [usize; 3] = [30, 7, 5];

/// What a report is made of.
pub struct Material {
    /// The day that it is of.
    pub day: Date,
    all: Arc<Sums>,
    /// The days up to it, in order.
    days: Vec<(Date, Arc<Sums>)>,
    sites: Arc<SitesByDistrict>,
}

impl Material {
    /// What a report of a day is made of, as of now.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn gather(statistics: &Statistics, day: Date) -> Result<Self, Failure> {
        let first = day.saturating_sub((DAYS[0] as i64 - 1).days());
        let days = statistics.days(first, day).await?;
        let days = first.series(1.day()).zip(days).collect();
        Ok(Self { day, all: statistics.all().await?, days, sites: statistics.sites(day).await? })
    }
}

/// The report of a part of the country.
pub fn body(of: &Material, area: Area, today: Date, now: Timestamp, pack: &Pack) -> Value {
    let days: Vec<_> = of.days.iter().map(|(day, sums)| (*day, sums.of(area))).collect();
    let nothing = Figures::default();
    let (all, day) = (of.all.of(area), days.last().map_or(&nothing, |(_, figures)| figures));
    let last = |count: usize| &days[days.len().saturating_sub(count)..];
    let [aefi_days, registration_days, session_days] = DAYS.map(last);
    json!({
        "topBlock": {
            "sites": sites(of, area, all, pack),
            "sessions": sessions(all, day),
            "registration": registration(all, day),
            "vaccination": vaccination(all, day, pack),
        },
        "vaccinationDoneByTime": by_hour(of.day, |hour| doses_of_hour(day, hour)),
        "last7DaysRegistration": registration_days.iter().map(registered_on).collect::<Vec<_>>(),
        "last30DaysAefi": aefi_days.iter().map(|(date, figures)| json!({
            "vaccine_date": date.to_string(), "aefi": adverse_events(figures),
        })).collect::<Vec<_>>(),
        "last5daySessionStatus":
            session_days.iter().map(|day| session_status(day, today)).collect::<Vec<_>>(),
        "getBeneficiariesGroupBy": groups(of, area, pack),
        "aefiPercentage": percentage(adverse_events(all), all_doses(all)),
        "vaccinationByAge": by_age(all),
        "timeWiseTodayRegReport": by_hour(of.day, |hour| registered_in_hour(day, hour)),
        "vaccinationDoneByTimeAgeWise": by_hour(of.day, |hour| ages_of_hour(day, hour)),
        "timestamp": now,
    })
}

fn sites(of: &Material, area: Area, all: &Figures, pack: &Pack) -> Value {
    let [government, private] = Sector::ALL.map(|sector| all.get(Figure::Facilities(sector)));
    let held = of.sites.iter().filter(|(district, _)| area.has(**district, pack));
    let today: i64 = held.flat_map(|(_, sites)| sites.values()).sum();
    json!({ "total": government + private, "govt": government, "pvt": private, "today": today })
}

fn sessions(all: &Figures, day: &Figures) -> Value {
    let [government, private] =
        Sector::ALL.map(|sector| all.get(Figure::Sessions(sector, SessionState::Published)));
    json!({
        "total": government + private, "govt": government, "pvt": private, "today": held(day),
    })
}

fn held(figures: &Figures) -> i64 {
    figures.sum(Sector::ALL.map(|sector| Figure::Sessions(sector, SessionState::Published)))
}

fn registration(all: &Figures, day: &Figures) -> Value {
    let of = |figures: &Figures, ages: &[AgeGroup]| -> i64 {
        ages.iter()
            .map(|age| figures.sum(HOURS.map(|hour| Figure::RegisteredByAge(hour, *age))))
            .sum()
    };
    json!({
        "total": of(all, &AgeGroup::ALL),
        "cit_18_45": of(all, &[AgeGroup::From18]),
        "cit_45_above": of(all, &[AgeGroup::From45, AgeGroup::From60]),
        "today": of(day, &AgeGroup::ALL),
    })
}

fn vaccination(all: &Figures, day: &Figures, pack: &Pack) -> Value {
    let genders =
        |figures: &Figures| GenderGroup::ALL.map(|group| figures.get(Figure::DosesByGender(group)));
    let numbers = Dose::ALL.map(|dose| (doses(all, dose), doses(day, dose)));
    let [(first, first_today), (second, second_today), (third, third_today)] = numbers;
    let ([male, female, others], [male_today, female_today, others_today]) =
        (genders(all), genders(day));
    let mut numbers = Map::new();
    for (name, number) in [
        ("total", all_doses(all)),
        ("male", male),
        ("female", female),
        ("others", others),
        ("today", all_doses(day)),
        ("tot_dose_1", first),
        ("tot_dose_2", second),
        ("tot_pd", third),
        ("total_doses", all_doses(all)),
        ("today_dose_one", first_today),
        ("today_dose_two", second_today),
        ("today_pd", third_today),
        ("today_male", male_today),
        ("today_female", female_today),
        ("today_others", others_today),
        ("aefi", adverse_events(all)),
        ("today_aefi", adverse_events(day)),
    ] {
        numbers.insert(name.to_owned(), number.into());
    }
    for vaccine in pack.vaccines() {
        let name = vaccine.name.to_lowercase().replace(' ', "_");
        numbers.insert(name, all.get(Figure::DosesByVaccine(vaccine.id)).into());
    }
    numbers.into()
}

pub(super) fn doses(figures: &Figures, dose: Dose) -> i64 {
    figures.sum(HOURS.map(|hour| Figure::Doses(hour, dose)))
}

fn all_doses(figures: &Figures) -> i64 {
    Dose::ALL.into_iter().map(|dose| doses(figures, dose)).sum()
}

fn adverse_events(figures: &Figures) -> i64 {
    figures.sum(Severity::ALL.iter().map(|severity| Figure::AdverseEvents(*severity)))
}

/// An entry for each hour of the day: when it begins, in words, and what is counted.
fn by_hour(day: Date, counted: impl Fn(u8) -> Value) -> Vec<Value> {
    let entry = |hour: u8| {
        let mut entry = counted(hour);
        entry["ts"] = format!("{hour:02}:00").into();
        entry["timestamps"] = format!("{day}T{hour:02}:00:00").into();
        entry["label"] = format!("{} - {}", clock(hour), clock((hour + 1) % 24)).into();
        entry
    };
    HOURS.map(entry).collect()
}

/// `01 PM`.
fn clock(hour: u8) -> String {
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{:02} {half}", (hour + 11) % 12 + 1)
}

fn doses_of_hour(day: &Figures, hour: u8) -> Value {
    let [first, second, third] = Dose::ALL.map(|dose| day.get(Figure::Doses(hour, dose)));
    json!({
        "count": first + second + third, "dose_one": first, "dose_two": second, "dose_three": third,
    })
}

fn ages_of_hour(day: &Figures, hour: u8) -> Value {
    ages(AgeGroup::ALL.map(|age| day.get(Figure::DosesByAge(hour, age))))
}

fn by_age(all: &Figures) -> Value {
    ages(AgeGroup::ALL.map(|age| all.sum(HOURS.map(|hour| Figure::DosesByAge(hour, age)))))
}

/// `vac_below_18` is ours.
fn ages([below_18, from_18, from_45, from_60]: [i64; 4]) -> Value {
    json!({
        "total": below_18 + from_18 + from_45 + from_60, "vac_below_18": below_18,
        "vac_18_45": from_18, "vac_45_60": from_45, "above_60": from_60,
    })
}

fn registered_in_hour(day: &Figures, hour: u8) -> Value {
    let [below_18, from_18, from_45, from_60] =
        AgeGroup::ALL.map(|age| day.get(Figure::RegisteredByAge(hour, age)));
    json!({
        "total": below_18 + from_18 + from_45 + from_60, "reg_below_18": below_18,
        "reg_18_45": from_18, "reg_45_60": from_45, "above_60": from_60,
    })
}

fn registered_on((day, figures): &(Date, &Figures)) -> Value {
    let of = |group| figures.sum(HOURS.map(|hour| Figure::RegisteredByGender(hour, group)));
    let [male, female, others] = GenderGroup::ALL.map(of);
    json!({
        "reg_date": day.to_string(), "total": male + female + others,
        "male": male, "female": female, "others": others,
    })
}

fn session_status((day, figures): &(Date, &Figures), today: Date) -> Value {
    let total = held(figures);
    let only = |so: bool| if so { total } else { 0 };
    json!({
        "session_date": day.to_string(), "total": total, "planned": only(*day > today),
        "ongoing": only(*day == today), "completed": only(*day < today),
    })
}

/// The states of the country, or the districts of a state; of a district, itself.
fn groups(of: &Material, area: Area, pack: &Pack) -> Vec<Value> {
    let day = of.days.last().map(|(_, figures)| figures);
    let entry = |within: Area, state: StateId, id: u16, title: &str| {
        let figures = of.all.of(within);
        let today = day.map_or(0, |day| all_doses(day.of(within)));
        let name = pack.state(state);
        json!({
            "state_id": state, "id": id, "title": title,
            "state_name": name.map_or("", |state| &state.name.default),
            "total": all_doses(figures),
            "partial_vaccinated": doses(figures, Dose::First),
            "totally_vaccinated": figures.get(Figure::Completed),
            "today": today,
        })
    };
    let district = |district: &opencowin_model::pack::District| {
        let (within, title) = (Area::District(district.id), &district.name.default);
        entry(within, district.state, district.id.0, title)
    };
    match area {
        Area::Country => {
            let of = |state: &opencowin_model::pack::State| {
                entry(Area::State(state.id), state.id, state.id.0, &state.name.default)
            };
            pack.states().iter().map(of).collect()
        }
        Area::State(_) | Area::District(_) => {
            pack.districts().iter().filter(|d| area.has(d.id, pack)).map(district).collect()
        }
    }
}

/// Of each hundred doses, to three places.
fn percentage(events: i64, doses: i64) -> f64 {
    if doses == 0 { 0.0 } else { (events as f64 / doses as f64 * 100_000.0).round() / 1000.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_on_a_clock_of_twelve() {
        assert_eq!([0, 9, 12, 23].map(clock), ["12 AM", "09 AM", "12 PM", "11 PM"]);
    }

    #[test]
    fn a_percentage_is_of_a_hundred_doses_and_of_none_nothing() {
        assert_eq!(
            [percentage(1, 3), percentage(7, 100_000), percentage(1, 0)],
            [33.333, 0.007, 0.0]
        );
    }
}
