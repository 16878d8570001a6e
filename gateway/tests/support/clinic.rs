//! A facility on the day of its session: staff, an application of theirs, and people who have come to their appointments.

use super::{Account, Answer, Call, Offer, Officer, Sale, TestServer, pack, person};
use jiff::tz::TimeZone;
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use opencowin_ledger::audit::Who;
use opencowin_ledger::commands::{Command, Outcome, Proof, Vaccinate};
use opencowin_ledger::records::EventKey;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::vault::IdNumber;
use opencowin_model::{Batch, BeneficiaryRef, Dose, IdTypeId, SecurityCode};
use serde_json::{Value, json};

/// A batch that expires in two years.
pub const BATCH: &str = "4120Z001";

pub struct Clinic<'a> {
    pub server: &'a TestServer,
    pub sale: Sale,
    pub manager: Officer<'a>,
    pub vaccinator: Officer<'a>,
    pub patients: Vec<Patient>,
    /// The mobile number of all patients.
    pub mobile: String,
    key: String,
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
        let mobile = account.mobile;
        let morning = sale.session.date.at(10, 0, 0, 0);
        let morning = morning.to_zoned(TimeZone::get("Asia/Kolkata").unwrap()).unwrap();
        let now = server.advance(0);
        server.advance(morning.timestamp().as_second() - now.as_second());
        let of = |role| server.officer(role, Scope::Facility(sale.centre.id));
        let (manager, vaccinator) = (of(Role::FacilityManager), of(Role::Vaccinator));
        let (_, key) = server.api_key(|_| {});
        Self { server, sale, manager, vaccinator, patients, mobile, key }
    }

    /// The patients' own account, logged in anew: the clock has been moved.
    pub fn family(&self) -> Account<'a> {
        self.server.log_in(Door::Portal, &self.mobile)
    }

    pub fn get(&self, by: &Officer<'a>, path: impl Into<String>) -> Call<'a> {
        by.get(path).header("x-api-key", &*self.key)
    }

    pub fn post(&self, by: &Officer<'a>, path: &str, body: &Value) -> Call<'a> {
        by.post(path, body).header("x-api-key", &*self.key)
    }

    /// Takes doses of [`BATCH`] into stock.
    #[track_caller]
    pub fn receive(&self, doses: u32) -> Answer {
        let body = self.parcel(doses, json!({ "expiry": self.expiry() }));
        self.post(&self.manager, "/api/v2/vaccinator/stock/receive", &body).send()
    }

    /// What names doses of [`BATCH`], with more fields.
    pub fn parcel(&self, doses: u32, more: Value) -> Value {
        let mut body = json!({ "vaccine": "COVAXIN", "batch": BATCH, "doses": doses });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    pub fn expiry(&self) -> String {
        let expiry = self.sale.session.date.saturating_add(jiff::ToSpan::years(2));
        opencowin_model::date::to_wire_string(expiry)
    }

    /// Gives a patient their first dose out of [`BATCH`].
    #[track_caller]
    pub fn vaccinate(&self, patient: &Patient) -> EventKey {
        let reference: u64 = patient.reference.parse().unwrap();
        let dose = Vaccinate {
            centre: self.sale.centre.id,
            person: BeneficiaryRef::new(reference).unwrap(),
            dose: Dose::First,
            vaccine: pack().vaccine_named("COVAXIN").unwrap().id,
            batch: Batch::parse(BATCH).unwrap(),
            by: Who::Official(self.vaccinator.id),
            vaccinator: "Sister Mary".to_owned(),
            proof: Some(Proof {
                id_type: IdTypeId(1),
                id_number: IdNumber::parse(&patient.document).unwrap(),
                code: SecurityCode::parse(&patient.code).unwrap(),
            }),
            overriding: None,
        };
        match block_on(self.server.app().ledger().run(Command::Vaccinate(Box::new(dose)))) {
            Ok(Outcome::DoseRecorded(event)) => event,
            other => panic!("{other:?}"),
        }
    }
}
