//! Figures by day and district as CSV, for spreadsheets.

use super::report::doses;
use super::{Area, Sums};
use opencowin_ledger::records::{AgeGroup, Figure, Figures, HOURS, Sector};
use opencowin_model::{Date, DistrictId, Dose, GenderGroup, Pack, SessionState, Severity};
use std::sync::Arc;

/// The name of a column and what it counts.
type Column = (&'static str, fn(&Figures) -> i64);

/// The columns after those that name the row.
const COLUMNS: [Column; 16] = [
    ("sessions", |f| sessions(f, SessionState::Published)),
    ("sessions_cancelled", |f| sessions(f, SessionState::Cancelled)),
    ("dose_one", |f| doses(f, Dose::First)),
    ("dose_two", |f| doses(f, Dose::Second)),
    ("precaution_dose", |f| doses(f, Dose::Precaution)),
    ("totally_vaccinated", |f| f.get(Figure::Completed)),
    ("male", |f| f.get(Figure::DosesByGender(GenderGroup::Male))),
    ("female", |f| f.get(Figure::DosesByGender(GenderGroup::Female))),
    ("others", |f| f.get(Figure::DosesByGender(GenderGroup::Others))),
    ("vac_below_18", |f| of_age(f, AgeGroup::Below18)),
    ("vac_18_45", |f| of_age(f, AgeGroup::From18)),
    ("vac_45_60", |f| of_age(f, AgeGroup::From45)),
    ("above_60", |f| of_age(f, AgeGroup::From60)),
    ("aefi_minor", |f| f.get(Figure::AdverseEvents(Severity::Minor))),
    ("aefi_severe", |f| f.get(Figure::AdverseEvents(Severity::Severe))),
    ("aefi_serious", |f| f.get(Figure::AdverseEvents(Severity::Serious))),
];

/// A row for each day and district of a part of the country in which anything was counted. What belongs to no district,
/// which is registrations alone, is in no row.
pub fn csv(days: &[(Date, Arc<Sums>)], area: Area, pack: &Pack) -> String {
    let mut text = "date,state_id,state_name,district_id,district_name".to_owned();
    COLUMNS.iter().for_each(|(name, _)| {
        text.push(',');
        text.push_str(name);
    });
    text.push_str("\r\n");
    for (day, sums) in days {
        for (district, figures) in sums.districts().filter(|(id, _)| area.has(*id, pack)) {
            if let Some(place) = place(district, pack) {
                let numbers = COLUMNS.map(|(_, count)| count(figures).to_string()).join(",");
                text.push_str(&format!("{day},{place},{numbers}\r\n"));
            }
        }
    }
    text
}

/// Ids and names of a district and its state.
fn place(id: DistrictId, pack: &Pack) -> Option<String> {
    let district = pack.district(id)?;
    let state = pack.state(district.state)?;
    let names = [&state.name.default, &district.name.default].map(|name| quoted(name));
    Some(format!("{},{},{id},{}", state.id, names[0], names[1]))
}

/// A text as a cell (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn sessions(figures: &Figures, state: SessionState) -> i64 {
    figures.sum(Sector::ALL.map(|sector| Figure::Sessions(sector, state)))
}

fn of_age(figures: &Figures, age: AgeGroup) -> i64 {
    figures.sum(HOURS.map(|hour| Figure::DosesByAge(hour, age)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_district_has_a_row_for_each_day_on_which_anything_was_counted() {
        let pack = Pack::india().unwrap();
        let district = &pack.districts()[0];
        let mut figures = Figures::default();
        figures.count(Figure::Doses(9, Dose::First), 3);
        figures.count(Figure::Doses(10, Dose::First), 1);
        let day = Date::constant(2021, 5, 1);
        let by_district =
            BTreeMap::from([(DistrictId(0), figures.clone()), (district.id, figures)]);
        let of = |by_district| Arc::new(Sums::new(by_district, &pack));
        let tomorrow = (day.tomorrow().unwrap(), of(BTreeMap::new()));
        let days = [(day, of(by_district)), tomorrow];
        let text = csv(&days, Area::Country, &pack);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0].split(',').count(), 5 + COLUMNS.len());
        let start = format!("2021-05-01,{},", district.state);
        assert!(lines[1].starts_with(&start) && lines[1].contains(",0,0,4,0,0,"), "{text}");
        assert_eq!(
            csv(&days, Area::State(opencowin_model::StateId(999)), &pack).lines().count(),
            1
        );
    }

    #[test]
    fn a_name_with_a_comma_is_one_cell() {
        assert_eq!(quoted("Dadra, \"Nagar\""), "\"Dadra, \"\"Nagar\"\"\"");
        assert_eq!(quoted("Mumbai"), "Mumbai");
    }
}
