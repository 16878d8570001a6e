//! Bringing everybody into the position that their kind is about.

use super::cast::{Headers, OPERATOR, Who};
use crate::support::{
    Account, Offer, Officer, Sale, TestServer, application, booking, hashed, mobile, pack,
    password_in,
};
use opencowin::access::Environment;
use opencowin::access::key::{ApiKey, End, Ending, LookupGrant};
use opencowin::access::key_text::{KeyText, SANDBOX_KEY};
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use opencowin_admission::{Api, Apis};
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::Timestamp;
use serde_json::{Value, json};

/// Where everything happens: two facilities, a family that goes to one of them, a ministry, and partners.
pub(super) struct Stage<'a> {
    server: &'a TestServer,
    here: Sale,
    there: Sale,
    family: (Account<'a>, String),
    other: (Account<'a>, String),
    appointment: String,
    minister: Officer<'a>,
    manager: Officer<'a>,
    partner: (String, Officer<'a>),
}

impl<'a> Stage<'a> {
    pub(super) fn set(server: &'a TestServer) -> Self {
        let [here, there] = [(); 2].map(|()| server.sell(Offer::default()));
        assert_ne!(here.centre.district, there.centre.district);
        let family = || {
            let (account, mut people) = server.family(1);
            (account, people.remove(0))
        };
        let (one, other) = (family(), family());
        let minister = server.officer(Role::Ministry, Scope::Country);
        Self {
            server,
            appointment: one.0.book(&here, std::slice::from_ref(&one.1)),
            manager: server.officer(Role::FacilityManager, Scope::Facility(here.centre.id)),
            partner: approved(server, &minister),
            minister,
            family: one,
            other,
            here,
            there,
        }
    }

    /// What stands between braces in requests.
    pub(super) fn scene(&self) -> Vec<(&'static str, String)> {
        let booking = booking(&self.here, std::slice::from_ref(&self.family.1));
        vec![
            ("booking", booking.to_string()),
            ("session", self.here.id()),
            ("slot", self.here.slot(0)),
            ("appointment", self.appointment.clone()),
            ("person", self.family.1.clone()),
            ("other", self.other.1.clone()),
            ("mobile", self.family.0.mobile.clone()),
            ("manager", self.manager.mobile.clone()),
            ("minister", self.minister.id.to_string()),
            ("centre", self.here.centre.id.to_string()),
            ("partner_id", self.partner.0.clone()),
        ]
    }

    /// Everybody, and what they show at the door.
    pub(super) fn everybody(&self) -> Vec<(Who, Headers)> {
        self.block("network", BLOCKED);
        let others = vec![
            (Who::Nobody, Vec::new()),
            (Who::BlockedAddress, vec![("X-Forwarded-For", BLOCKED.to_owned())]),
            (Who::Operator, key(OPERATOR)),
        ];
        let (people, officials) = (self.people(), self.officials());
        [people, officials, self.staff_with_keys(), self.keys(), self.partners(), others].concat()
    }

    /// Those who come for themselves.
    fn people(&self) -> Vec<(Who, Headers)> {
        let (server, number) = (self.server, &self.family.0.mobile);
        let public = server.prove(Door::Public, number).ok()["token"].clone();
        let blocked = server.account();
        self.block("mobile", &blocked.mobile);
        let through = |key: &str| token(&self.log_in_through(key, number));
        let (unsubscribed, text) = self.key(|key| key.apis = BOOKING);
        let of_unsubscribed = through(&text);
        self.spoil(&unsubscribed, |key| key.apis = Apis::NONE);
        let (ended, text) = self.key(|_| {});
        let of_ended = through(&text);
        self.spoil(&ended, end);
        let (partner, _) = approved(server, &self.minister);
        let of_suspended = through(&self.key_of(&partner));
        self.decides(&partner, "suspend");
        vec![
            (Who::PublicToken, token(public.as_str().unwrap())),
            (Who::StatusToken, token(&self.server.inquirer(number))),
            (Who::PortalToken, token(&self.family.0.token)),
            (Who::AnothersPortalToken, token(&self.other.0.token)),
            (Who::BlockedNumbersToken, token(&blocked.token)),
            (Who::ApplicationsToken, through(&self.key(|_| {}).1)),
            (
                Who::RegisteringApplicationsToken,
                through(&self.key(|key| key.apis = REGISTRATION).1),
            ),
            (Who::BookingApplicationsToken, through(&self.key(|key| key.apis = BOOKING).1)),
            (Who::UnsubscribedApplicationsToken, of_unsubscribed),
            (Who::EndedApplicationsToken, of_ended),
            (Who::SuspendedPartnersToken, of_suspended),
        ]
    }

    fn officials(&self) -> Vec<(Who, Headers)> {
        let (here, there) = (&self.here.centre, &self.there.centre);
        let state = pack().district(here.district).unwrap().state;
        let appointed = |role, scope| on_duty(&self.server.officer(role, scope));
        let vaccinator = self.vaccinator(&self.here);
        let dismissed = self.vaccinator(&self.here);
        let body = json!({ "id": dismissed.id, "reason": "moved away" });
        self.manager.post("/api/v2/officials/dismiss", &body).send().ok();
        vec![
            (Who::Vaccinator, on_duty(&vaccinator)),
            (Who::VaccinatorElsewhere, on_duty(&self.vaccinator(&self.there))),
            (Who::VaccinatorOnAnotherDevice, token(&vaccinator.token)),
            (Who::Verifier, appointed(Role::Verifier, Scope::Facility(here.id))),
            (Who::Manager, on_duty(&self.manager)),
            (
                Who::DistrictOfficer,
                appointed(Role::DistrictOfficer, Scope::District(here.district)),
            ),
            (
                Who::OfficerOfAnotherDistrict,
                appointed(Role::DistrictOfficer, Scope::District(there.district)),
            ),
            (Who::StateOfficer, appointed(Role::StateOfficer, Scope::State(state))),
            (Who::Ministry, on_duty(&self.minister)),
            (Who::Auditor, appointed(Role::Auditor, Scope::Country)),
            (Who::Dismissed, on_duty(&dismissed)),
        ]
    }

    /// Officials who use an application whose key is subscribed to vaccination and what belongs to it.
    fn staff_with_keys(&self) -> Vec<(Who, Headers)> {
        let here = &self.here.centre;
        let state = pack().district(here.district).unwrap().state;
        let with = |apis: Apis, officer: &Officer<'_>| {
            let text = self.key(|key| key.apis = apis).1;
            [on_duty(officer), key(&text)].concat()
        };
        let counter = |officer: Officer<'_>| with(VACCINATION, &officer);
        let appointed = |role, scope| counter(self.server.officer(role, scope));
        vec![
            (Who::VaccinatorWithKey, counter(self.vaccinator(&self.here))),
            (Who::VaccinatorElsewhereWithKey, counter(self.vaccinator(&self.there))),
            (Who::VerifierWithKey, appointed(Role::Verifier, Scope::Facility(here.id))),
            (Who::ManagerWithKey, appointed(Role::FacilityManager, Scope::Facility(here.id))),
            (Who::StateOfficerWithKey, appointed(Role::StateOfficer, Scope::State(state))),
            (Who::AuditorWithKey, appointed(Role::Auditor, Scope::Country)),
            (Who::VaccinatorWithSearchKey, with(SEARCH, &self.vaccinator(&self.here))),
        ]
    }

    fn keys(&self) -> Vec<(Who, Headers)> {
        let shows = |change: fn(&mut ApiKey)| key(&self.key(change).1);
        let of_facility =
            |sale: &Sale| key(&self.key(|key| key.facilities = vec![sale.centre.id]).1);
        let (blocked, text) = self.key(|_| {});
        self.block("key", &blocked.id.to_string());
        vec![
            (Who::SandboxKey, key(SANDBOX_KEY)),
            (Who::UnknownKey, key(&new_text(Environment::Sandbox))),
            (Who::KeyOfOtherEnvironment, shows(|key| key.environment = Environment::Production)),
            (Who::KeyUnsubscribed, shows(|key| key.apis = Apis::NONE)),
            (Who::KeyToSearch, shows(|key| key.apis = SEARCH)),
            (Who::KeyToBook, shows(|key| key.apis = BOOKING)),
            (Who::KeyToEverything, shows(|_| {})),
            (Who::KeyOfFacility, of_facility(&self.here)),
            (Who::KeyOfFacilityElsewhere, of_facility(&self.there)),
            (Who::KeyExpired, shows(|key| key.expires = Some(Timestamp(1)))),
            (Who::KeyCompromised, shows(end)),
            (Who::KeyBlocked, key(&text)),
            (Who::KeyToLookUp, shows(|key| key.lookup = grant("127.0.0.0/8"))),
            (Who::KeyToLookUpFromElsewhere, shows(|key| key.lookup = grant("203.0.113.0/24"))),
        ]
    }

    /// Administrators, and keys of partners with whom something is wrong.
    fn partners(&self) -> Vec<(Who, Headers)> {
        let partner = || approved(self.server, &self.minister);
        let (_, another) = partner();
        let [suspended, terminated, blocked] = [partner().0, partner().0, partner().0];
        self.decides(&suspended, "suspend");
        self.decides(&terminated, "terminate");
        self.block("partner", &blocked);
        vec![
            (Who::Administrator, on_duty(&self.partner.1)),
            (Who::AnothersAdministrator, on_duty(&another)),
            (Who::KeyOfSuspendedPartner, key(&self.key_of(&suspended))),
            (Who::KeyOfTerminatedPartner, key(&self.key_of(&terminated))),
            (Who::KeyOfBlockedPartner, key(&self.key_of(&blocked))),
        ]
    }

    fn vaccinator(&self, sale: &Sale) -> Officer<'a> {
        self.server.officer(Role::Vaccinator, Scope::Facility(sale.centre.id))
    }

    /// A key of the partner in good standing, subscribed to everything but for `change`.
    fn key(&self, change: impl FnOnce(&mut ApiKey)) -> (ApiKey, String) {
        self.server.api_key(|key| {
            key.partner = self.partner.0.parse().unwrap();
            change(key);
        })
    }

    /// The text of a key of a partner, subscribed to everything.
    fn key_of(&self, partner: &str) -> String {
        self.key(|key| key.partner = partner.parse().unwrap()).1
    }

    fn spoil(&self, key: &ApiKey, change: fn(&mut ApiKey)) {
        let spoilt = |key: &ApiKey| {
            let mut key = key.clone();
            change(&mut key);
            Ok(key)
        };
        block_on(self.server.registry().change(key.id, spoilt)).unwrap();
    }

    /// Logs somebody in who uses the application with this key; answers the token.
    fn log_in_through(&self, key: &str, mobile: &str) -> String {
        let post = |path: &str, body: &Value| {
            self.server.post(path).header("x-api-key", key).json(body).send().ok()
        };
        let asked = post("/api/v2/auth/generateOTP", &json!({ "mobile": mobile }));
        let outbox = self.server.get(format!("/sandbox/outbox?mobile={mobile}"));
        let otp = hashed(&password_in(&outbox.header("x-api-key", key).send().ok()));
        let confirm = json!({ "otp": otp, "txnId": asked["txnId"] });
        let token = post("/api/v2/auth/confirmOTP", &confirm)["token"].clone();
        token.as_str().expect("a token").to_owned()
    }

    fn decides(&self, partner: &str, decision: &str) {
        decide(&self.minister, partner, decision);
    }

    fn block(&self, what: &str, which: &str) {
        let body = json!({ what: which, "reason": "misuse" });
        self.minister.post("/api/v2/ministry/blocks", &body).send().ok();
    }
}

/// A partner whom the ministry has approved for every API: its id, and its administrator, logged in.
fn approved<'a>(server: &'a TestServer, minister: &Officer<'_>) -> (String, Officer<'a>) {
    let (number, apis) = (mobile(), Api::ALL.map(|api| api.to_string()));
    let form = application(&apis.each_ref().map(String::as_str), &number);
    let applied = server.post("/api/v2/partners").json(&form).send().ok();
    let id = applied["partner_id"].as_str().expect("an id").to_owned();
    let administrator = server.log_in_on_a_device(Door::Partner, &number);
    decide(minister, &id, "approve");
    (id, administrator)
}

fn decide(minister: &Officer<'_>, partner: &str, decision: &str) {
    let body = json!({ "decision": decision, "reason": "as discussed" });
    minister.post(format!("/api/v2/ministry/partners/{partner}/decision"), &body).send().ok();
}

/// From where nobody may call.
const BLOCKED: &str = "198.51.100.9";

const SEARCH: Apis = Apis::NONE.with(Api::Search);
const REGISTRATION: Apis = Apis::NONE.with(Api::Registration);
const BOOKING: Apis = Apis::NONE.with(Api::Appointments);
const VACCINATION: Apis =
    Apis::NONE.with(Api::Vaccination).with(Api::Aefi).with(Api::Certificates).with(Api::Status);

fn end(key: &mut ApiKey) {
    key.ended = Some(End { at: Timestamp(1), why: Ending::Compromised, reason: String::new() });
}

fn grant(network: &str) -> Option<LookupGrant> {
    Some(LookupGrant { networks: vec![network.parse().unwrap()], reference: "order 7".to_owned() })
}

/// A key that nobody was ever given.
fn new_text(environment: Environment) -> String {
    KeyText::generate(environment, &mut rand::rng()).as_str().to_owned()
}

fn token(token: &str) -> Headers {
    vec![("Authorization", format!("Bearer {token}"))]
}

fn on_duty(officer: &Officer<'_>) -> Headers {
    let mut headers = token(&officer.token);
    headers.push(("X-Device-Id", officer.device.clone()));
    headers
}

pub(super) fn key(text: &str) -> Headers {
    vec![("x-api-key", text.to_owned())]
}
