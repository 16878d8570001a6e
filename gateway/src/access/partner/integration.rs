//! The integration test: calls that a partner's application has to make correctly in the sandbox, recorded by the server.
//!
//! Nobody fills in a form about it. Whenever a sandbox key of the partner gets one of the answers in [`CHECKLIST`], the
//! server notes the moment of the first one in the partner's record. An official sees the list and signs it off
//! ([`rulings`](super::rulings)). Production is opened for no API without a row here.
//!
//! Looking costs next to nothing: each key has a word of bits, one for each call ([`Seen`]). A request whose route has
//! nothing new to tell pays for one load.

use crate::http::catalogue::{self as error, Entry};
use crate::routes::ROUTES;
use opencowin_admission::Api;
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// One call that has to be seen.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Its name in records and answers.
    pub name: &'static str,
    /// The API whose test it belongs to.
    pub api: Api,
    /// What the application has to do.
    pub text: &'static str,
    /// Any of these routes.
    routes: &'static [&'static str],
    /// The answer that counts.
    answer: Expected,
}

#[derive(Clone, Copy, Debug)]
enum Expected {
    /// Done.
    Done,
    /// Refused for this reason, which the application shows that it can live with.
    Refused(Entry),
}

use Expected::{Done, Refused};

const fn call(
    name: &'static str,
    api: Api,
    routes: &'static [&'static str],
    answer: Expected,
    text: &'static str,
) -> Call {
    Call { name, api, text, routes, answer }
}

const SESSIONS: &[&str] = &[
    "publicFindByPin",
    "publicFindByDistrict",
    "publicFindByLatLong",
    "findByPin",
    "findByDistrict",
    "searchSessions",
];
const CALENDARS: &[&str] = &[
    "publicCalendarByPin",
    "publicCalendarByDistrict",
    "publicCalendarByCenter",
    "calendarByPin",
    "calendarByDistrict",
    "calendarByCenter",
    "calendarByPinV4",
    "calendarByDistrictV4",
];
const PEOPLE: &[&str] = &["beneficiaries", "beneficiariesV4"];
const COUNTER: &[&str] = &["counterByMobile", "counterByReference"];
const AEFI: &[&str] = &["reportAefi", "reportOwnAefi"];
const CERTIFICATES: &[&str] = &["certificates", "publicCertificates", "counterCertificates"];
const DOWNLOADS: &[&str] =
    &["downloadCertificate", "publicDownloadCertificate", "counterDownloadCertificate"];
const SCHEDULE: &[&str] = &["schedule", "scheduleV4"];

/// All calls of all tests.
#[rustfmt::skip]
pub const CHECKLIST: &[Call] = &[
    call("search/sessions", Api::Search, SESSIONS, Done, "Find the sessions of a day."),
    call("search/calendar", Api::Search, CALENDARS, Done, "Read seven days of centres."),

    call("authentication/ask", Api::Authentication, &["askPassword"], Done, "Ask for a one-time password."),
    call("authentication/confirm", Api::Authentication, &["confirmPassword"], Done, "Exchange it for a token."),
    call("authentication/wrong", Api::Authentication, &["confirmPassword"], Refused(error::OTP_INVALID),
        "Confirm a wrong password and be refused."),

    call("registration/register", Api::Registration, &["register"], Done, "Register a person."),
    call("registration/list", Api::Registration, PEOPLE, Done, "List the people of an account."),
    call("registration/twice", Api::Registration, &["register"], Refused(error::ID_ALREADY_USED),
        "Register the same identity document again and be refused."),

    call("appointments/schedule", Api::Appointments, SCHEDULE, Done, "Book an appointment."),
    call("appointments/list", Api::Appointments, PEOPLE, Done, "Read it in the list of people."),
    call("appointments/slip", Api::Appointments, &["slip", "slipV4"], Done, "Download its slip."),
    call("appointments/reschedule", Api::Appointments, &["reschedule"], Done, "Move it."),
    call("appointments/twice", Api::Appointments, SCHEDULE, Refused(error::ALREADY_BOOKED),
        "Book the same person again and be refused."),
    call("appointments/sold-out", Api::Appointments, &["schedule", "scheduleV4", "reschedule"], Refused(error::SOLD_OUT),
        "Try a session without a seat left and be refused."),
    call("appointments/cancel", Api::Appointments, &["cancel", "cancelV4"], Done, "Cancel it."),

    call("vaccination/find", Api::Vaccination, COUNTER, Done, "Find a person at the counter."),
    call("vaccination/stranger", Api::Vaccination, COUNTER, Refused(error::NO_BENEFICIARY),
        "Ask for somebody who has nothing to do with the facility and be told of nobody."),

    call("certificates/list", Api::Certificates, CERTIFICATES, Done, "List somebody's certificates."),
    call("certificates/download", Api::Certificates, DOWNLOADS, Done, "Download one of them."),
    call("certificates/stranger", Api::Certificates, DOWNLOADS, Refused(error::NO_BENEFICIARY),
        "Ask for the certificate of somebody else and be told of nobody."),

    call("aefi/report", Api::Aefi, AEFI, Done, "Report an adverse event after a dose."),
    call("aefi/stranger", Api::Aefi, AEFI, Refused(error::NO_DOSE_HERE),
        "Report one after a dose that nobody was given, and be refused."),

    call("status/ask", Api::Status, &["askStatusPassword"], Done, "Ask for a password for a person's status."),
    call("status/confirm", Api::Status, &["confirmStatusPassword"], Done, "Exchange it for a token."),
    call("status/wrong", Api::Status, &["confirmStatusPassword"], Refused(error::OTP_INVALID),
        "Confirm a wrong password and be refused."),
    call("status/read", Api::Status, &["vaccinationStatus"], Done, "Read the status."),

    call("lookup/find", Api::Lookup, &["lookup"], Done, "Look up somebody's doses."),
];

/// The calls of one API's test.
pub fn checklist(api: Api) -> impl Iterator<Item = &'static Call> {
    CHECKLIST.iter().filter(move |call| call.api == api)
}

/// What was seen of a partner's application, as its record keeps it: when each call was first made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Progress(BTreeMap<String, Timestamp>);

impl Progress {
    /// When a call was first made.
    pub fn of(&self, call: &Call) -> Option<Timestamp> {
        self.0.get(call.name).copied()
    }

    /// Whether all calls of an API's test were made. Where there are none, there is no test to pass.
    pub fn is_complete(&self, api: Api) -> bool {
        checklist(api).next().is_some() && checklist(api).all(|call| self.of(call).is_some())
    }

    /// With calls that were made at `now`; those known already keep their moment.
    pub fn with(mut self, calls: Calls, now: Timestamp) -> Self {
        for call in calls.iter() {
            self.0.entry(call.name.to_owned()).or_insert(now);
        }
        self
    }

    /// Forgets everything, for a test to be made anew.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn calls(&self) -> Calls {
        let known = CHECKLIST.iter().enumerate().filter(|(_, call)| self.of(call).is_some());
        Calls(known.fold(0, |bits, (at, _)| bits | 1 << at))
    }
}

/// Some calls of the checklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls(u64);

impl Calls {
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn iter(self) -> impl Iterator<Item = &'static Call> {
        CHECKLIST.iter().enumerate().filter(move |(at, _)| self.0 & 1 << at != 0).map(|(_, c)| c)
    }
}

/// How a request was answered, as far as a test is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered<'a> {
    /// It was done.
    Done,
    /// It was refused with this `errorCode`.
    Refused(&'a str),
}

/// What was seen of a partner's application, in memory.
///
/// A bit is set by whoever sees a call first, and whoever set it writes the record. The bits guard no other data, so that
/// relaxed order is enough.
#[derive(Debug, Default)]
pub struct Seen(AtomicU64);

impl Seen {
    /// Makes it what the record says. A call that is on its way there is perhaps told once more, which does no harm.
    pub fn set(&self, progress: &Progress) {
        self.0.store(progress.calls().0, Ordering::Relaxed);
    }

    /// Notes an answer of the route at this position in the table. What is new is told to one caller alone, who has to
    /// write it down.
    pub fn observe(&self, route: usize, answered: Answered<'_>) -> Calls {
        let watched = &WATCHED[route];
        let unseen = watched.all() & !self.0.load(Ordering::Relaxed);
        if unseen == 0 {
            return Calls::default();
        }
        let shown = unseen & watched.shown_by(answered);
        if shown == 0 {
            return Calls::default();
        }
        Calls(shown & !self.0.fetch_or(shown, Ordering::Relaxed))
    }

    /// Takes back what could not be written down, so that it is seen again.
    pub fn forget(&self, calls: Calls) {
        self.0.fetch_and(!calls.0, Ordering::Relaxed);
    }
}

/// The calls that answers of one route show.
#[derive(Default)]
struct Watched {
    done: u64,
    refused: Vec<(&'static str, u64)>,
}

impl Watched {
    fn of(route: &str) -> Self {
        let mut watched = Self::default();
        for (at, call) in CHECKLIST.iter().enumerate().filter(|(_, c)| c.routes.contains(&route)) {
            match call.answer {
                Done => watched.done |= 1 << at,
                Refused(entry) => watched.refused.push((entry.code, 1 << at)),
            }
        }
        watched
    }

    fn all(&self) -> u64 {
        self.refused.iter().fold(self.done, |bits, (_, bit)| bits | bit)
    }

    fn shown_by(&self, answered: Answered<'_>) -> u64 {
        match answered {
            Answered::Done => self.done,
            Answered::Refused(code) => {
                let by_code = self.refused.iter().filter(|(refused, _)| *refused == code);
                by_code.fold(0, |bits, (_, bit)| bits | bit)
            }
        }
    }
}

/// By the position of routes in the table.
static WATCHED: LazyLock<Vec<Watched>> =
    LazyLock::new(|| ROUTES.iter().map(|route| Watched::of(route.name)).collect());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi;

    fn route(name: &str) -> usize {
        ROUTES.iter().position(|route| route.name == name).unwrap()
    }

    fn names(calls: Calls) -> Vec<&'static str> {
        calls.iter().map(|call| call.name).collect()
    }

    #[test]
    fn the_checklist_names_routes_that_exist_and_errors_that_they_answer() {
        assert!(CHECKLIST.len() <= 64, "one bit each");
        for call in CHECKLIST {
            assert!(call.name.starts_with(call.api.name()), "{}", call.name);
            for name in call.routes {
                let route = &ROUTES[route(name)];
                if let Refused(entry) = call.answer {
                    assert!(openapi::errors_of(route).contains(&entry), "{name} {}", entry.code);
                }
            }
        }
        let mut names: Vec<_> = CHECKLIST.iter().map(|call| call.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKLIST.len());
    }

    #[test]
    fn an_answer_that_counts_is_told_once() {
        let seen = Seen::default();
        let register = route("register");
        assert_eq!(names(seen.observe(register, Answered::Done)), ["registration/register"]);
        assert!(seen.observe(register, Answered::Done).is_empty());
        let twice = Answered::Refused(error::ID_ALREADY_USED.code);
        assert_eq!(names(seen.observe(register, twice)), ["registration/twice"]);
        let other = Answered::Refused(error::PARAMETER_INVALID.code);
        assert!(seen.observe(register, other).is_empty());
        assert!(seen.observe(route("metrics"), Answered::Done).is_empty());
    }

    #[test]
    fn one_call_can_count_for_two_tests() {
        let listed = Seen::default().observe(route("beneficiaries"), Answered::Done);
        assert_eq!(names(listed), ["registration/list", "appointments/list"]);
    }

    #[test]
    fn what_could_not_be_written_down_is_seen_again() {
        let seen = Seen::default();
        let calls = seen.observe(route("slip"), Answered::Done);
        seen.forget(calls);
        assert_eq!(seen.observe(route("slip"), Answered::Done), calls);
    }

    #[test]
    fn a_test_is_complete_when_each_of_its_calls_was_made() {
        let mut progress = Progress::default();
        for (n, call) in checklist(Api::Authentication).enumerate() {
            assert!(!progress.is_complete(Api::Authentication));
            let answered = match call.answer {
                Done => Answered::Done,
                Refused(entry) => Answered::Refused(entry.code),
            };
            let seen = Seen::default();
            seen.set(&progress);
            let calls = seen.observe(route(call.routes[0]), answered);
            progress = progress.with(calls, Timestamp(n as i64)).with(calls, Timestamp(99));
            assert_eq!(progress.of(call), Some(Timestamp(n as i64)), "the first time is kept");
        }
        assert!(progress.is_complete(Api::Authentication));
        assert!(!progress.is_complete(Api::Registration));
    }

    #[test]
    fn every_api_has_a_test_that_nobody_passes_by_doing_nothing() {
        for api in Api::ALL {
            assert!(checklist(api).next().is_some(), "{}", api.name());
            assert!(!Progress::default().is_complete(api), "{}", api.name());
        }
    }

    #[test]
    fn a_restart_forgets_nothing_that_was_written_down() {
        let calls = Seen::default().observe(route("cancel"), Answered::Done);
        let text = serde_json::to_string(&Progress::default().with(calls, Timestamp(1))).unwrap();
        let progress: Progress = serde_json::from_str(&text).unwrap();
        let seen = Seen::default();
        seen.set(&progress);
        assert!(seen.observe(route("cancelV4"), Answered::Done).is_empty());
    }
}
