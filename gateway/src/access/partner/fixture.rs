//! A partner that tests lead through its life.

use super::application::{Form, Nomination};
use super::deeds::{Deed, Document};
use super::integration;
use super::life::{Refused, Standing};
use super::rulings::Ruling;
use super::words::Link;
use super::{Declaration, PUBLIC, Partner, Stage, TERMS};
use crate::access::official::{Official, Role, Scope};
use opencowin_admission::{Api, Apis};
use opencowin_ledger::vault::AccountId;
use opencowin_model::{Mobile, Pack, Timestamp};
use serde_json::{Value, json};
use std::sync::OnceLock;
use uuid::Uuid;

pub(crate) const OFFICIAL: &str = "Kavita Rao";
pub(crate) const REASON: &str = "as discussed";
pub(crate) const ADMINISTRATOR_MOBILE: &str = "9876500002";

const NOW: Timestamp = Timestamp(1_619_600_000_000);

/// The body of an application as a client sends it.
pub(crate) fn sent() -> Value {
    json!({
        "organisation_name": "Jeevan Health", "organisation_type": "private",
        "registration_number": "u85110dl2015ptc123456",
        "person_name": "Ravi Kumar", "person_designation": "Director",
        "person_mobile": "9876500001", "person_phone": "+91 11 2345 6789",
        "person_email": "ravi@jeevan.example.in",
        "address_street": "12 Janpath", "address_city": "New Delhi",
        "address_district": "New Delhi", "address_state": "Delhi", "address_pincode": "110001",
        "purpose": "Appointments for our patients.",
        "expected_users": 50_000, "expected_requests_per_day": "200000",
        "api_email": "api@jeevan.example.in", "website": "https://jeevan.example.in",
        "terms_url": "https://jeevan.example.in/terms",
        "privacy_url": "https://jeevan.example.in/privacy",
        "apis": ["search", "authentication", "registration", "appointments"],
        "declaration_version": TERMS, "declaration_name": "ravi kumar",
        "administrator_name": "Meera Nair", "administrator_mobile": ADMINISTRATOR_MOBILE,
    })
}

pub(crate) fn form(body: &Value) -> Form {
    serde_json::from_value(body.clone()).unwrap()
}

pub(crate) fn declaration() -> Declaration {
    Declaration { version: TERMS.to_owned(), name: "Ravi Kumar".to_owned(), at: NOW }
}

/// An administrator's name and number, and the account that it has.
pub(crate) fn nomination(n: u8) -> (Nomination, AccountId) {
    let nomination = Nomination { name: "Meera Nair".to_owned(), mobile: Mobile(9_876_500_002) };
    (nomination, AccountId::from_bytes([n; 16]))
}

/// The first administrator's account.
pub(crate) fn administrator() -> Uuid {
    Uuid::from_bytes([1; 16])
}

pub(crate) fn official() -> Official {
    Official {
        account: Uuid::from_u128(77),
        name: OFFICIAL.to_owned(),
        mobile_last4: 1234,
        role: Role::Ministry,
        scope: Scope::Country,
        since: NOW,
        by: None,
        dismissed: None,
    }
}

/// A partner and the present moment.
pub(crate) struct Story {
    pub(crate) partner: Partner,
    pub(crate) now: Timestamp,
}

impl Story {
    /// It has applied for everything that [`sent`] names.
    pub(crate) fn protected() -> Self {
        static PACK: OnceLock<Pack> = OnceLock::new();
        let pack = PACK.get_or_init(|| Pack::india().unwrap());
        let application = form(&sent()).application(pack).unwrap();
        let (nomination, account) = nomination(1);
        let administrator = (&nomination, account);
        let id = Uuid::from_u128(5);
        let partner = Partner::new(id, application, declaration(), administrator, NOW);
        Self { partner, now: NOW }
    }

    /// It has applied for searching alone.
    pub(crate) fn public_only() -> Self {
        let mut story = Self::protected();
        story.partner.application.apis = PUBLIC;
        story
    }

    /// A partner with this standing.
    pub(crate) fn at(standing: Standing) -> Self {
        let mut story = Self::protected();
        match standing {
            Standing::Applied => {}
            Standing::Proven => story.prove(),
            Standing::Approved => story.approved(),
            Standing::Live | Standing::Suspended => story.partner = story.live(),
            Standing::Declined => story.partner.stage = Stage::Declined,
            Standing::Terminated => story.partner.stage = Stage::Terminated,
        }
        story.partner.suspended = standing == Standing::Suspended;
        story
    }

    pub(crate) fn standing(&self) -> Standing {
        self.partner.standing(self.now)
    }

    /// The first administrator does something.
    pub(crate) fn does(&mut self, deed: Deed) -> Result<(), Refused> {
        self.partner = self.partner.after(deed, administrator(), self.now)?;
        Ok(())
    }

    /// The ministry decides something.
    pub(crate) fn rules(&mut self, ruling: Ruling) -> Result<(), Refused> {
        self.partner = self.partner.ruled(ruling, &official(), REASON, self.now)?;
        Ok(())
    }

    pub(crate) fn prove(&mut self) {
        self.does(Deed::Prove).unwrap();
    }

    /// Lets the ministry approve what was applied for.
    pub(crate) fn approved(&mut self) {
        self.prove();
        self.rules(Ruling::Approve(self.partner.application.apis)).unwrap();
    }

    /// Lets the application make every call of an API's test.
    pub(crate) fn tests(&mut self, api: Api) {
        let mut progress = serde_json::to_value(&self.partner.progress).unwrap();
        for call in integration::checklist(api) {
            progress[call.name] = json!(self.now);
        }
        self.partner.progress = serde_json::from_value(progress).unwrap();
    }

    pub(crate) fn gives_evidence(&mut self) {
        let statement = "An audit by a laboratory that CERT-In lists.".to_owned();
        let url = Link::parse("https://jeevan.example.in/audit.pdf").unwrap();
        self.does(Deed::Show(Document { statement, url, sha256: "0f".repeat(32) })).unwrap();
    }

    /// The partner with everything that it applied for signed off.
    pub(crate) fn live(&mut self) -> Partner {
        if self.partner.stage == Stage::Applied {
            self.approved();
        }
        let apis: Apis = self.partner.granted;
        apis.iter().for_each(|api| self.tests(api));
        self.gives_evidence();
        self.rules(Ruling::SignOff(apis)).unwrap();
        self.partner.clone()
    }
}
