//! Search answers, the list of people, and lists of places.

use super::answer::{self, Answer, Refusal};
use super::offer::{SLOTS, Session, VACCINE, parse_date, wire_date};
use super::wire::Request;
use super::world::{Person, World};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Which sessions a search is about: those of the centres that it finds, on some days.
pub struct Search {
    centres: Vec<usize>,
    from: Date,
    days: i32,
}

impl Search {
    /// Reads the last segment of the path and the query.
    pub fn of(request: &Request, world: &World) -> Result<Self, Refusal> {
        let number = |name: &str| request.query.get(name).map(|text| text.parse::<u64>());
        let date = request.query.get("date").ok_or(answer::PARAMETER_MISSING)?;
        let from = parse_date(date).ok_or(answer::PARAMETER_INVALID)?;
        let centres = if request.path.ends_with("ByPin") {
            let pincode = number("pincode").ok_or(answer::PARAMETER_MISSING)?;
            let known = world.catalogue.districts.iter().flat_map(|one| &one.pincodes);
            let pincode = known.into_iter().find(|known| pincode.as_ref() == Ok(known));
            let pincode = pincode.ok_or(answer::PINCODE_INVALID)?;
            find(world, |centre| centre.pincode == *pincode)
        } else {
            let id = number("district_id").ok_or(answer::PARAMETER_MISSING)?;
            let id = id.map_err(|_| answer::PARAMETER_INVALID)?;
            find(world, |centre| world.catalogue.districts[centre.district].id == id)
        };
        let days = if request.path.contains("/calendar") { 7 } else { 1 };
        Ok(Self { centres, from, days })
    }

    fn sessions<'a>(
        &'a self,
        world: &'a World,
        centre: usize,
    ) -> impl Iterator<Item = (usize, &'a Session)> {
        world.sessions.iter().enumerate().filter(move |(_, session)| {
            let day = self.from.until(session.date).map_or(-1, |span| span.get_days());
            session.is_shown && session.centre == centre && (0..self.days).contains(&day)
        })
    }

    /// Whether other numbers of seats would give another answer.
    pub fn would_differ(&self, world: &World, seats: &[i64]) -> bool {
        let mut all = self.centres.iter().flat_map(|centre| self.sessions(world, *centre));
        all.any(|(at, session)| seats[at].max(0) != session.left.max(0))
    }

    /// The answer with these seats left in every session, in the shape that the path asks for.
    pub fn body(&self, world: &World, seats: &[i64]) -> Value {
        let sale = |(at, session): (usize, &Session)| sale(session, seats[at]);
        if self.days == 1 {
            let flat = self.centres.iter().flat_map(|centre| {
                self.sessions(world, *centre).map(move |one| {
                    let mut session = place(world, *centre);
                    session["fee"] = if world.centres[*centre].paid { "780" } else { "0" }.into();
                    merge(&mut session, sale(one));
                    session
                })
            });
            return json!({ "sessions": flat.collect::<Vec<_>>() });
        }
        let centres = self.centres.iter().filter_map(|centre| {
            let sessions: Vec<_> = self.sessions(world, *centre).map(sale).collect();
            let mut item = place(world, *centre);
            if world.centres[*centre].paid {
                item["vaccine_fees"] = json!([{ "vaccine": VACCINE, "fee": "780" }]);
            }
            let any = !sessions.is_empty();
            item["sessions"] = sessions.into();
            any.then_some(item)
        });
        json!({ "centers": centres.collect::<Vec<_>>() })
    }
}

/// Whether there is anything in a search that [`malform`] could take away.
pub fn is_malleable(body: &Value) -> bool {
    ["centers", "sessions"].iter().any(|list| body[list][0].is_object())
}

/// Takes away what the contract requires of the first item of a search.
pub fn malform(body: &mut Value) {
    let required = [("centers", "sessions"), ("sessions", "session_id")];
    for (list, member) in required {
        if let Some(first) = body.get_mut(list).and_then(|list| list.get_mut(0)) {
            first.as_object_mut().expect("an item is an object").remove(member);
        }
    }
}

fn find(world: &World, wanted: impl Fn(&super::offer::Centre) -> bool) -> Vec<usize> {
    let all = world.centres.iter().enumerate();
    all.filter(|(_, centre)| wanted(centre)).map(|(at, _)| at).collect()
}

fn place(world: &World, centre: usize) -> Value {
    let centre = &world.centres[centre];
    let district = &world.catalogue.districts[centre.district];
    json!({
        "center_id": centre.id, "name": format!("Centre {}", centre.id), "address": "1, Main Road",
        "state_name": district.state.1, "district_name": district.name, "block_name": "Not Applicable",
        "pincode": centre.pincode, "lat": 12, "long": 77, "from": "09:00:00", "to": "13:00:00",
        "fee_type": if centre.paid { "Paid" } else { "Free" },
    })
}

fn sale(session: &Session, left: i64) -> Value {
    let left = left.max(0);
    let mut sale = json!({
        "session_id": session.id, "date": wire_date(session.date),
        "available_capacity": left + session.second_dose_seats,
        "available_capacity_dose1": left, "available_capacity_dose2": session.second_dose_seats,
        "min_age_limit": session.min_age, "vaccine": VACCINE, "slots": SLOTS,
    });
    if session.min_age == 18 {
        sale["allow_all_age"] = true.into();
    }
    sale
}

fn merge(into: &mut Value, from: Value) {
    let (Value::Object(into), Value::Object(from)) = (into, from) else { return };
    into.extend(from);
}

const GENDERS: [&str; 3] = ["Male", "Female", "Others"];

/// The people of an account with their live appointments.
pub fn beneficiaries(world: &World, mobile: &str) -> Result<Answer, Refusal> {
    let people = world.accounts.get(mobile).filter(|people| !people.is_empty());
    let people = people.ok_or(answer::NO_BENEFICIARY)?;
    let items: Vec<_> = people.iter().map(|person| beneficiary(world, mobile, person)).collect();
    Ok(Answer::json(&json!({ "beneficiaries": items })))
}

fn beneficiary(world: &World, mobile: &str, person: &Person) -> Value {
    let appointments = world.appointments_of(person.reference).map(|one| {
        let session = &world.sessions[one.session];
        let mut item = place(world, session.centre);
        merge(
            &mut item,
            json!({
                "appointment_id": one.id, "dose": one.dose, "session_id": session.id,
                "date": wire_date(session.date), "slot": one.slot, "from": "09:00", "to": "13:00",
                "security_code": super::counter::code(&one.id),
            }),
        );
        item
    });
    json!({
        "beneficiary_reference_id": person.reference.to_string(), "name": person.name,
        "birth_year": person.birth_year.to_string(),
        "gender": GENDERS[person.gender as usize - 1],
        "mobile_number": &mobile[mobile.len() - 4..], "photo_id_type": "Aadhaar Card",
        "photo_id_number": format!("XXXXXXXX{}", &person.document[person.document.len() - 4..]),
        "comorbidity_ind": "N", "vaccination_status": "Not Vaccinated", "vaccine": "",
        "dose1_date": "", "dose2_date": "", "appointments": appointments.collect::<Vec<_>>(),
    })
}

/// The states that have a district on sale.
pub fn states(world: &World) -> Answer {
    let mut states: Vec<_> = world.catalogue.districts.iter().map(|one| one.state).collect();
    states.sort_unstable();
    states.dedup();
    let items = states.iter().map(|(id, name)| json!({ "state_id": id, "state_name": name }));
    Answer::json(&json!({ "states": items.collect::<Vec<_>>(), "ttl": 24 }))
}

/// The districts of a state.
pub fn districts(world: &World, state: &str) -> Result<Answer, Refusal> {
    let state: u64 = state.parse().map_err(|_| answer::PARAMETER_INVALID)?;
    let of_state = world.catalogue.districts.iter().filter(|one| one.state.0 == state);
    let items = of_state
        .map(|one| json!({ "state_id": state, "district_id": one.id, "district_name": one.name }));
    Ok(Answer::json(&json!({ "districts": items.collect::<Vec<_>>(), "ttl": 24 })))
}
