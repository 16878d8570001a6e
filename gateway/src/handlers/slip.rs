//! The appointment slip.

use super::people;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use opencowin_certificates::{Slip, SlipCentre, SlipPerson, render};
use opencowin_ledger::audit::Record;
use opencowin_ledger::read::{Beneficiary, Visit};
use opencowin_model::{AppointmentId, Dose, Pack, SecurityCode, date};

/// The slip of one of the caller's live appointments, as PDF.
///
/// # Errors
/// USRRES0001 without an id, APPOIN0050 if the account has no such live appointment.
pub async fn download(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let id = query.required("appointment_id")?;
    let id = AppointmentId::parse(id.trim()).ok_or(error::APPOINTMENT_UNKNOWN)?;
    let people = app.ledger().read().people(visitor.person()?.account).await?;
    let going: Vec<&Beneficiary> =
        people.iter().filter(|person| visit(person, id).is_some()).collect();
    let shown = going.iter().map(|person| Record::Person(person.id)).collect();
    trail::look(app, visitor, purpose::SLIP, Record::Appointment(id), shown).await?;
    let visit = going.first().and_then(|person| visit(person, id));
    let visit = visit.ok_or(error::APPOINTMENT_UNKNOWN)?;
    let slip = slip(app, visit, &going);
    Ok(reply::pdf(render(&slip), &format!("appointment-{id}.pdf")))
}

fn visit(person: &Beneficiary, id: AppointmentId) -> Option<&Visit> {
    person.appointments.iter().find(|visit| visit.appointment.id == id)
}

fn slip(app: &App, visit: &Visit, going: &[&Beneficiary]) -> Slip {
    let Visit { appointment, session, .. } = visit;
    let pack = app.pack();
    let code = appointment.security_code(app.ledger().hasher());
    Slip {
        programme: format!("OpenCoWIN, {}", pack.country()),
        confirmation_number: appointment.id.to_string(),
        date: date::to_wire_string(session.date),
        slot: appointment.slot.slot_label(),
        centre: centre(pack, visit),
        vaccine: pack
            .vaccine(session.vaccine)
            .map_or_else(String::new, |vaccine| vaccine.name.clone()),
        dose: match appointment.dose {
            Dose::First => "Dose 1".to_owned(),
            Dose::Second => "Dose 2".to_owned(),
            Dose::Precaution => "Precaution dose".to_owned(),
        },
        fee: if session.fee == 0 { "Free".to_owned() } else { format!("Rs. {}", session.fee) },
        people: going.iter().map(|person| slip_person(pack, person, code)).collect(),
    }
}

fn centre(pack: &Pack, visit: &Visit) -> SlipCentre {
    let centre = &visit.centre;
    let district = pack.district(centre.district);
    let state = district.and_then(|district| pack.state(district.state));
    SlipCentre {
        name: centre.name.clone(),
        address: centre.address.clone(),
        district: district.map_or_else(String::new, |district| district.name.default.clone()),
        state: state.map_or_else(String::new, |state| state.name.default.clone()),
        pincode: centre.pincode.to_string(),
    }
}

fn slip_person(pack: &Pack, person: &Beneficiary, code: SecurityCode) -> SlipPerson {
    let personal = &person.personal;
    SlipPerson {
        name: personal.name.clone(),
        reference_id: person.id.to_string(),
        gender: pack
            .gender(personal.gender)
            .map_or_else(String::new, |gender| gender.name.default.clone()),
        birth_year: personal.birth_year,
        id_type: pack
            .id_type(personal.id_type)
            .map_or_else(String::new, |kind| kind.name.default.clone()),
        id_number: people::masked(&personal.id_last4),
        security_code: code.number(),
    }
}
