//! Everything that was counted of one day, as open data.

use super::Sums;
use super::report::doses;
use opencowin_ledger::records::{AgeGroup, Figure, Figures, HOURS, Sector};
use opencowin_model::{Date, Dose, GenderGroup, Pack, SessionState, Severity};
use serde_json::{Map, Value, json};

/// The figures of a day, by district; those of district 0 belong to none.
pub fn body(day: Date, sums: &Sums, pack: &Pack) -> Value {
    let districts = sums.districts().map(|(id, figures)| {
        let district = pack.district(id);
        json!({
            "district_id": id,
            "district_name": district.map_or("", |district| &district.name.default),
            "state_id": district.map(|district| district.state),
            "sessions": sessions(figures),
            "registrations": HOURS.map(|hour| registrations(figures, hour)).collect::<Vec<_>>(),
            "doses": HOURS.map(|hour| given(figures, hour)).collect::<Vec<_>>(),
            "doses_by_gender": by_gender(figures),
            "doses_by_vaccine": by_vaccine(figures, pack),
            "totals": {
                "dose_one": doses(figures, Dose::First), "dose_two": doses(figures, Dose::Second),
                "precaution_dose": doses(figures, Dose::Precaution),
                "totally_vaccinated": figures.get(Figure::Completed),
            },
            "adverse_events": adverse_events(figures),
        })
    });
    json!({ "date": day.to_string(), "districts": districts.collect::<Vec<_>>() })
}

fn sessions(figures: &Figures) -> Value {
    let of = |state| Sector::ALL.map(|sector| figures.get(Figure::Sessions(sector, state)));
    let [government, private] = of(SessionState::Published);
    let [government_cancelled, private_cancelled] = of(SessionState::Cancelled);
    json!({
        "govt": government, "pvt": private,
        "govt_cancelled": government_cancelled, "pvt_cancelled": private_cancelled,
    })
}

/// Of one hour: by age from the youngest, then by gender.
fn registrations(figures: &Figures, hour: u8) -> Value {
    let ages = AgeGroup::ALL.map(|age| figures.get(Figure::RegisteredByAge(hour, age)));
    let genders =
        GenderGroup::ALL.map(|gender| figures.get(Figure::RegisteredByGender(hour, gender)));
    json!({ "by_age": ages, "by_gender": genders })
}

/// Of one hour: by number of the dose, then by age from the youngest.
fn given(figures: &Figures, hour: u8) -> Value {
    let numbers = Dose::ALL.map(|dose| figures.get(Figure::Doses(hour, dose)));
    let ages = AgeGroup::ALL.map(|age| figures.get(Figure::DosesByAge(hour, age)));
    json!({ "by_dose": numbers, "by_age": ages })
}

fn by_gender(figures: &Figures) -> Value {
    let [male, female, others] =
        GenderGroup::ALL.map(|gender| figures.get(Figure::DosesByGender(gender)));
    json!({ "male": male, "female": female, "others": others })
}

fn by_vaccine(figures: &Figures, pack: &Pack) -> Map<String, Value> {
    let given = pack.vaccines().iter().map(|vaccine| {
        (vaccine.name.clone(), figures.get(Figure::DosesByVaccine(vaccine.id)).into())
    });
    given.collect()
}

fn adverse_events(figures: &Figures) -> Map<String, Value> {
    let reported = Severity::ALL.iter().map(|severity| {
        (severity.word().to_owned(), figures.get(Figure::AdverseEvents(*severity)).into())
    });
    reported.collect()
}
