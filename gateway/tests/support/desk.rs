//! The counter of a facility: its staff, and those who come there.

use super::{Call, Officer, Sale, TestServer, person};
use opencowin::access::official::{Role, Scope};
use serde_json::{Value, json};

impl TestServer {
    /// A vaccinator of the facility, logged in.
    #[track_caller]
    pub fn vaccinator(&self, sale: &Sale) -> Officer<'_> {
        self.officer(Role::Vaccinator, Scope::Facility(sale.centre.id))
    }
}

impl<'a> Officer<'a> {
    /// With an application's key, as the counter asks for.
    pub fn at_the_counter(&self, path: &str, body: &Value) -> Call<'a> {
        self.post(path, body).key()
    }

    /// Assisted registration.
    pub fn enrolling(&self, person: &Value) -> Call<'a> {
        self.at_the_counter("/api/v2/vaccinator/beneficiaries/new", person)
    }

    /// Registers somebody; answers the reference.
    #[track_caller]
    pub fn enrol(&self, person: &Value) -> String {
        let answer = self.enrolling(person).send().ok();
        answer["beneficiary_reference_id"].as_str().expect("a reference").to_owned()
    }

    pub fn scheduling(&self, body: &Value) -> Call<'a> {
        self.at_the_counter("/api/v2/vaccinator/onspots/schedule", body)
    }

    /// Looks somebody up by their reference.
    pub fn looking_for(&self, person: &str) -> Call<'a> {
        let path = "/api/v2/vaccinator/beneficiaries/findByReferenceId";
        self.get(format!("{path}?beneficiary_reference_id={person}")).key()
    }
}

/// What registers somebody under a number, with a passport of their own.
pub fn walk_in(mobile: &str) -> Value {
    let mut walk_in = person();
    let number = walk_in["photo_id_number"].as_str().expect("a number");
    // Numbers that end in 0000 or 0001 have a meaning of their own in a sandbox.
    walk_in["photo_id_number"] = format!("P{}X", &number[3..]).into();
    walk_in["photo_id_type"] = 8.into();
    walk_in["mobile_number"] = mobile.into();
    walk_in
}

/// The body of an on-spot booking of first doses in the session's first slot.
pub fn on_spot(sale: &Sale, people: &[&str]) -> Value {
    json!({ "dose": 1, "session_id": sale.id(), "slot": sale.slot(0), "beneficiaries": people })
}
