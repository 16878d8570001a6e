//! A facility on the day of its session: staff, and people who have come to their appointments.

use super::{Account, Answer, Offer, Officer, Sale, TestServer, person};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use opencowin_model::date;
use serde_json::{Value, json};

/// A batch that expires in two years.
const BATCH: &str = "4120Z001";

pub struct Clinic<'a> {
    pub server: &'a TestServer,
    pub sale: Sale,
    pub manager: Officer<'a>,
    pub vaccinator: Officer<'a>,
    pub patients: Vec<Patient>,
    /// The mobile number of all patients.
    mobile: String,
}

/// Somebody with an appointment for today.
#[derive(Clone)]
pub struct Patient {
    pub reference: String,
    document: String,
    code: String,
}

impl<'a> Clinic<'a> {
    /// One with so many patients, up to four, at ten in the morning. The server's clock is moved, so it is the test's own.
    pub fn open(server: &'a TestServer, patients: usize) -> Self {
        let sale = server.sell(Offer::default());
        let account = server.account();
        let people: Vec<_> = (0..patients).map(|_| person()).collect();
        let references: Vec<_> = people.iter().map(|person| account.register(person)).collect();
        account.book(&sale, &references);
        let patient = |(person, reference): (&Value, &String)| {
            let code = account.appointments(reference)[0]["security_code"].clone();
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let document = text(&person["photo_id_number"]);
            Patient { reference: reference.clone(), document, code: text(&code) }
        };
        let patients = people.iter().zip(&references).map(patient).collect();
        let morning = sale.session.date.at(10, 0, 0, 0);
        let morning = morning.to_zoned(TimeZone::get("Asia/Kolkata").unwrap()).unwrap();
        let now = server.advance(0);
        server.advance(morning.timestamp().as_second() - now.as_second());
        let of = |role| server.officer(role, Scope::Facility(sale.centre.id));
        let (manager, vaccinator) = (of(Role::FacilityManager), of(Role::Vaccinator));
        Self { server, sale, manager, vaccinator, patients, mobile: account.mobile }
    }

    /// The patients' own account, logged in anew: the clock has been moved.
    pub fn family(&self) -> Account<'a> {
        self.server.log_in(Door::Portal, &self.mobile)
    }

    /// Takes doses into stock.
    #[track_caller]
    pub fn receive(&self, doses: u32) -> Answer {
        let body = self.parcel(doses, json!({ "expiry": self.expiry() }));
        self.manager.at_the_counter("/api/v2/vaccinator/stock/receive", &body).send()
    }

    /// What names doses of the batch, with more fields.
    pub fn parcel(&self, doses: u32, more: Value) -> Value {
        let mut body = json!({ "vaccine": "COVAXIN", "batch": BATCH, "doses": doses });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    pub fn expiry(&self) -> String {
        date::to_wire_string(self.sale.session.date.saturating_add(2.years()))
    }

    /// Gives a patient their first dose out of the batch.
    #[track_caller]
    pub fn vaccinate(&self, patient: &Patient) {
        let dose = json!({
            "beneficiary_reference_id": patient.reference, "center_id": self.sale.centre.id,
            "vaccine": "COVAXIN", "vaccine_batch": BATCH, "dose": 1, "vaccinator_name": "Sister Mary",
            "photo_id_type": 1, "photo_id_number": patient.document, "security_code": patient.code,
        });
        let path = "/api/v2/vaccinator/beneficiaries/vaccinate";
        self.vaccinator.at_the_counter(path, &dose).send().ok();
    }
}
