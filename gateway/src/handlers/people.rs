//! People and their appointments as the wire shows them (wire contract 1.6).

use crate::access::key::Elements;
use crate::app::App;
use opencowin_certificates::kyc::VaccinationStatus;
use opencowin_ledger::read::{Beneficiary, Expected, Match, Recipient, Visit};
use opencowin_ledger::records::{DoseTaken, Person, Standing};
use opencowin_model::{Dose, Pack, date};
use serde_json::{Value, json};

/// An item of the list of beneficiaries. Version 4 adds what the precaution dose brought.
pub(super) fn beneficiary(app: &App, person: &Beneficiary, v4: bool, elements: Elements) -> Value {
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
        "vaccine": vaccine(pack, state),
        "dose1_date": dose_date(state, Dose::First),
        "dose2_date": dose_date(state, Dose::Second),
        "appointments": person.appointments.iter().map(|visit| appointment(app, visit, v4)).collect::<Vec<_>>(),
    });
    if v4 {
        item["precaution_dose"] = dose_date(state, Dose::Precaution).into();
        item["is_eligible_for_precaution"] = precaution_due(app, state).into();
        item["due_dose"] = due_dose(pack, state).into();
    }
    entitled(item, elements)
}

/// What staff sees of a person at the counter.
pub(super) fn at_the_counter(pack: &Pack, found: &Match, elements: Elements) -> Value {
    let Match { id, personal, person, .. } = found;
    let item = json!({
        "beneficiary_reference_id": id.to_string(),
        "name": personal.name,
        "birth_year": personal.birth_year.to_string(),
        "photo_id_number": masked(&personal.id_last4),
        "vaccination_status": status(pack, person),
        "vaccine": vaccine(pack, person),
        "dose1_date": dose_date(person, Dose::First),
        "dose2_date": dose_date(person, Dose::Second),
        "precaution_dose": dose_date(person, Dose::Precaution),
    });
    entitled(item, elements)
}

/// What staff sees of somebody on the list of a session.
pub(super) fn expected(pack: &Pack, one: &Expected, elements: Elements) -> Value {
    let Expected { id, standing, appointment, personal } = one;
    let item = json!({
        "beneficiary_reference_id": id.to_string(),
        "name": personal.as_ref().map_or("", |personal| &personal.name),
        "birth_year": personal.as_ref().map_or(String::new(), |p| p.birth_year.to_string()),
        "photo_id_type": personal.as_ref().and_then(|p| pack.id_type(p.id_type)).map_or("", |kind| &kind.name.default),
        "photo_id_number": personal.as_ref().map_or(String::new(), |p| masked(&p.id_last4)),
        "appointment_id": appointment.id.0,
        "dose": appointment.dose.number(),
        "slot": appointment.slot.slot_label(),
        "channel": appointment.channel.name(),
        "standing": standing_word(*standing),
    });
    entitled(item, elements)
}

/// How it stands with somebody, in a word.
fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Booked => "booked",
        Standing::Cancelled => "cancelled",
        Standing::CheckedIn(_) => "checked-in",
        Standing::Done(_) => "done",
        Standing::NoShow => "no-show",
        Standing::Refused(_) => "refused",
    }
}

/// What is shown of somebody who was given a dose of a batch.
pub(super) fn recipient(one: &Recipient, elements: Elements) -> Value {
    let Recipient { event, id, personal } = one;
    let item = json!({
        "beneficiary_reference_id": id.to_string(),
        "name": personal.as_ref().map_or("", |personal| &personal.name),
        "birth_year": personal.as_ref().map_or(String::new(), |p| p.birth_year.to_string()),
        "mobile_number": personal.as_ref().map_or(String::new(), |p| format!("{:04}", p.mobile.last4())),
        "dose": event.dose.number(),
        "date": date::to_wire_string(event.key.date),
        "center_id": event.centre,
        "event_id": event.key.id.0,
    });
    entitled(item, elements)
}

/// What a trusted partner sees of a person who was given a dose.
pub(super) fn to_the_trusted(pack: &Pack, found: &Match, elements: Elements) -> Value {
    let Match { personal, person, .. } = found;
    let item = json!({
        "initials": initials(&personal.name),
        "birth_year": personal.birth_year.to_string(),
        "vaccination_status": status(pack, person),
        "vaccine": vaccine(pack, person),
        "dose1_date": dose_date(person, Dose::First),
        "dose2_date": dose_date(person, Dose::Second),
        "precaution_dose": dose_date(person, Dose::Precaution),
    });
    entitled(item, elements)
}

/// What of an item somebody is entitled to; the rest is absent (R16).
fn entitled(mut item: Value, elements: Elements) -> Value {
    let Elements { birth_year, gender, photo_id, vaccination, comorbidity } = elements;
    let members: [(bool, &[&str]); 5] = [
        (birth_year, &["birth_year"]),
        (gender, &["gender"]),
        (photo_id, &["photo_id_type", "photo_id_number"]),
        (vaccination, VACCINATION),
        (comorbidity, &["comorbidity_ind"]),
    ];
    let withheld = members.into_iter().filter(|(is_entitled, _)| !is_entitled);
    for name in withheld.flat_map(|(_, names)| names) {
        item.as_object_mut().map(|item| item.remove(*name));
    }
    item
}

/// What tells which doses somebody was given.
const VACCINATION: &[&str] = &[
    "vaccination_status",
    "vaccine",
    "dose1_date",
    "dose2_date",
    "precaution_dose",
    "is_eligible_for_precaution",
    "due_dose",
];

/// The first letter of each word of a name.
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

fn vaccine<'a>(pack: &'a Pack, person: &Person) -> &'a str {
    person.doses.last().and_then(|dose| pack.vaccine(dose.vaccine)).map_or("", |v| &v.name)
}

/// An appointment within that item. The security code is ours: people without the slip find it here.
fn appointment(app: &App, visit: &Visit, v4: bool) -> Value {
    let Visit { appointment, session, centre } = visit;
    let pack = app.pack();
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
        "security_code": appointment.security_code(app.ledger().hasher()).to_string(),
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
    match vaccinated(pack, person) {
        VaccinationStatus::None => "Not Vaccinated",
        VaccinationStatus::Partial => "Partially Vaccinated",
        VaccinationStatus::Full => "Vaccinated",
    }
}

/// How far somebody is vaccinated: by the schedule of the vaccine that they were given first; precaution doses do not count.
pub(super) fn vaccinated(pack: &Pack, person: &Person) -> VaccinationStatus {
    let Some(first) = person.doses.first() else { return VaccinationStatus::None };
    let needed = pack.vaccine(first.vaccine).map_or(2, |vaccine| usize::from(vaccine.doses));
    let given = person.doses.iter().filter(|dose| dose.dose != Dose::Precaution).count();
    if given >= needed { VaccinationStatus::Full } else { VaccinationStatus::Partial }
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

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_ledger::records::{NO_DISTRICT, Personal};
    use opencowin_ledger::vault::IdHash;
    use opencowin_model::{
        BeneficiaryRef, CentreId, Date, EventId, GenderId, IdTypeId, Mobile, Timestamp,
    };

    const NOTHING: Elements = Elements {
        birth_year: false,
        gender: false,
        photo_id: false,
        vaccination: false,
        comorbidity: false,
    };

    /// Somebody who was given a first dose.
    fn found(pack: &Pack) -> Match {
        let personal = Personal {
            name: "Asha Rani Devi".to_owned(),
            birth_year: 1985,
            gender: GenderId(2),
            id_type: IdTypeId(1),
            id_last4: "4321".to_owned(),
            id_hash: IdHash::from_bytes([0; 16]),
            other_documents: Vec::new(),
            mobile: Mobile(9_876_543_210),
            comorbidity: Some(true),
            consent_version: "1".to_owned(),
            registered: Timestamp(0),
            registered_in: NO_DISTRICT,
            corrections: 0,
            purpose: None,
            kept_until: None,
        };
        let (vaccine, centre) = (pack.vaccine_named("COVAXIN").unwrap().id, CentreId(7));
        let (date, event) = (Date::constant(2021, 5, 1), EventId::from_random([1; 16]));
        let doses = vec![DoseTaken { dose: Dose::First, vaccine, date, centre, event }];
        let (account, appointments) = (None, Vec::new());
        let (registered_at, leads_to) = (Some(centre), None);
        let person =
            Person { account, birth_year: 1985, doses, appointments, registered_at, leads_to };
        let id = BeneficiaryRef::new(12_345_678_901_234).unwrap();
        Match { id, personal, person, facilities: vec![centre] }
    }

    #[test]
    fn a_trusted_partner_sees_doses_under_initials_and_a_year() {
        let pack = Pack::india().unwrap();
        let seen = to_the_trusted(&pack, &found(&pack), Elements::ALL);
        let expected = json!({
            "initials": "A. R. D.", "birth_year": "1985", "vaccination_status": "Partially Vaccinated",
            "vaccine": "COVAXIN", "dose1_date": "01-05-2021", "dose2_date": "", "precaution_dose": "",
        });
        assert_eq!(seen, expected);
        let least = to_the_trusted(&pack, &found(&pack), NOTHING);
        assert_eq!(least, json!({ "initials": "A. R. D." }));
    }

    #[test]
    fn the_counter_sees_no_number_no_gender_and_no_comorbidity() {
        let pack = Pack::india().unwrap();
        let seen = at_the_counter(&pack, &found(&pack), Elements::ALL);
        let expected = json!({
            "beneficiary_reference_id": "12345678901234", "name": "Asha Rani Devi", "birth_year": "1985",
            "photo_id_number": "XXXXXXXX4321", "vaccination_status": "Partially Vaccinated",
            "vaccine": "COVAXIN", "dose1_date": "01-05-2021", "dose2_date": "", "precaution_dose": "",
        });
        assert_eq!(seen, expected);
    }
}
