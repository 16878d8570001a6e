//! People and their appointments as the wire shows them (wire contract 1.6).

use crate::app::App;
use opencowin_ledger::read::{Beneficiary, Visit};
use opencowin_ledger::records::{DoseTaken, Person};
use opencowin_model::{Dose, Pack, date};
use serde_json::{Value, json};

/// An item of the list of beneficiaries. Version 4 adds what the precaution dose brought.
pub(super) fn beneficiary(app: &App, person: &Beneficiary, v4: bool) -> Value {
    let Beneficiary { personal, person: state, .. } = person;
    let pack = app.pack();
    let mut item = json!({
        "beneficiary_reference_id": person.id.to_string(),
        "name": personal.name,
        "birth_year": personal.birth_year.to_string(),
        "gender": pack.gender(personal.gender).map_or("", |gender| &gender.name.default),
        "mobile_number": format!("{:04}", personal.mobile.last4()),
        "photo_id_type": id_type(pack, person),
        "photo_id_number": masked(&personal.id_last4),
        "comorbidity_ind": match personal.comorbidity { Some(true) => "Y", Some(false) => "N", None => "" },
        "vaccination_status": status(pack, state),
        "vaccine": state.doses.last().and_then(|dose| pack.vaccine(dose.vaccine)).map_or("", |v| &v.name),
        "dose1_date": dose_date(state, Dose::First),
        "dose2_date": dose_date(state, Dose::Second),
        "appointments": person.appointments.iter().map(|visit| appointment(pack, visit, v4)).collect::<Vec<_>>(),
    });
    if v4 {
        item["precaution_dose"] = dose_date(state, Dose::Precaution).into();
        item["is_eligible_for_precaution"] = precaution_due(app, state).into();
        item["due_dose"] = due_dose(pack, state).into();
    }
    item
}

/// An appointment within that item.
fn appointment(pack: &Pack, visit: &Visit, v4: bool) -> Value {
    let Visit { appointment, session, centre } = visit;
    let district = pack.district(centre.district);
    let state = district.and_then(|district| pack.state(district.state));
    let mut item = json!({
        "appointment_id": appointment.id.0,
        "center_id": centre.id,
        "name": centre.name,
        "state_name": state.map_or("", |state| &state.name.default),
        "district_name": district.map_or("", |district| &district.name.default),
        "block_name": centre.block,
        "pincode": centre.pincode,
        "lat": centre.position.lat(),
        "long": centre.position.long(),
        "fee_type": centre.fee_type.as_str(),
        "from": session.hours.from.to_string(),
        "to": session.hours.to.to_string(),
        "dose": appointment.dose.number(),
        "session_id": session.id.0,
        "date": date::to_wire_string(session.date),
        "slot": appointment.slot.slot_label(),
    });
    if v4 {
        item["is_precaution"] = (appointment.dose == Dose::Precaution).into();
    }
    item
}

/// All but the last four characters hidden.
pub(super) fn masked(last4: &str) -> String {
    format!("XXXXXXXX{last4}")
}

/// The name of the identity document for people without a dose, its number for the others: the real service did so.
fn id_type(pack: &Pack, person: &Beneficiary) -> Value {
    let id = person.personal.id_type;
    if person.person.doses.is_empty() {
        pack.id_type(id).map_or("", |kind| &kind.name.default).into()
    } else {
        id.0.into()
    }
}

fn status(pack: &Pack, person: &Person) -> &'static str {
    let Some(first) = person.doses.first() else { return "Not Vaccinated" };
    let needed = pack.vaccine(first.vaccine).map_or(2, |vaccine| usize::from(vaccine.doses));
    let given = person.doses.iter().filter(|dose| dose.dose != Dose::Precaution).count();
    if given >= needed { "Vaccinated" } else { "Partially Vaccinated" }
}

fn dose_date(person: &Person, dose: Dose) -> String {
    let taken = person.doses.iter().find(|taken| taken.dose == dose);
    taken.map_or(String::new(), |taken: &DoseTaken| date::to_wire_string(taken.date))
}

/// The number of the dose that comes next, if any does.
fn due_dose(pack: &Pack, person: &Person) -> Option<u8> {
    let next = Dose::ALL.into_iter().find(|dose| person.taken(*dose).is_none())?;
    let vaccine = person.doses.last().and_then(|dose| pack.vaccine(dose.vaccine));
    let given = next == Dose::First || vaccine.is_some_and(|v| v.days_before(next).is_some());
    given.then(|| next.number())
}

/// Whether a precaution dose could be given today.
fn precaution_due(app: &App, person: &Person) -> bool {
    let Some(last) = person.doses.last() else { return false };
    let days = app.pack().vaccine(last.vaccine).and_then(|v| v.days_before(Dose::Precaution));
    let complete = status(app.pack(), person) == "Vaccinated";
    let waited = last.date.until(app.today()).map_or(0, |span| span.get_days());
    complete
        && person.taken(Dose::Precaution).is_none()
        && days.is_some_and(|days| waited >= i32::from(days))
}
