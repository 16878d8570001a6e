//! What answers look like: the contract as types.
//!
//! A body that does not fit these types does not fit the contract. Fields that the contract does not know are let
//! through: targets may say more. The harness never asks a target for its own description, because a target that is
//! wrong would be wrong there too.

mod certificates;
mod counter;
mod holding;

pub use certificates::CertificateLists;
pub use counter::{Expected, Expecting, Held, Moment, OnSpot, Report, Something, Stocks, Today};
pub use holding::{Drafted, OwnSession, OwnSessions};

use crate::limit;
use opencowin_model::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use uuid::Uuid;

/// Structures that begin with the fields of a place. `serde(flatten)` would do, at three times the cost of reading.
macro_rules! placed {
    ($($(#[$doc:meta])* $name:ident { $($rest:tt)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        pub struct $name<'a> {
            /// The centre's number.
            pub center_id: u64,
            /// Its name.
            #[serde(borrow)]
            pub name: Cow<'a, str>,
            /// Its address.
            #[serde(borrow)]
            pub address: Cow<'a, str>,
            /// Its state.
            #[serde(borrow)]
            pub state_name: Cow<'a, str>,
            /// Its district.
            #[serde(borrow)]
            pub district_name: Cow<'a, str>,
            /// Its block.
            #[serde(borrow)]
            pub block_name: Cow<'a, str>,
            /// Its postal code.
            pub pincode: u32,
            /// Latitude.
            pub lat: f64,
            /// Longitude.
            pub long: f64,
            /// When it opens.
            #[serde(borrow)]
            pub from: Cow<'a, str>,
            /// When it closes.
            #[serde(borrow)]
            pub to: Cow<'a, str>,
            /// Whether a dose costs anything.
            pub fee_type: FeeType,
            $($rest)*
        }
    )*};
}

placed! {
    /// A centre of a calendar.
    Centre {
        /// What is on sale there.
        #[serde(borrow)]
        pub sessions: Vec<Sale<'a>>,
    }

    /// A session of a day, with its centre.
    Session {
        /// The session.
        pub session_id: Uuid,
        /// Its day.
        #[serde(deserialize_with = "day")]
        pub date: Date,
        /// Seats for a first or second dose.
        pub available_capacity: u32,
        /// Seats for a first dose.
        pub available_capacity_dose1: u32,
        /// Seats for a second dose.
        pub available_capacity_dose2: u32,
        /// The youngest who are admitted.
        pub min_age_limit: u32,
        /// The oldest who are admitted.
        pub max_age_limit: Option<u32>,
        /// The vaccine.
        #[serde(borrow)]
        pub vaccine: Cow<'a, str>,
        /// The slots.
        #[serde(borrow)]
        pub slots: Vec<Cow<'a, str>>,
        /// The price as text.
        #[serde(borrow)]
        pub fee: Cow<'a, str>,
    }
}

/// A session of a calendar.
#[derive(Debug, Deserialize)]
pub struct Sale<'a> {
    /// The session.
    pub session_id: Uuid,
    /// Its day.
    #[serde(deserialize_with = "day")]
    pub date: Date,
    /// Seats for a first or second dose.
    pub available_capacity: u32,
    /// Seats for a first dose.
    pub available_capacity_dose1: u32,
    /// Seats for a second dose.
    pub available_capacity_dose2: u32,
    /// The youngest who are admitted.
    pub min_age_limit: u32,
    /// The oldest who are admitted.
    pub max_age_limit: Option<u32>,
    /// The vaccine.
    #[serde(borrow)]
    pub vaccine: Cow<'a, str>,
    /// The slots.
    #[serde(borrow)]
    pub slots: Vec<Cow<'a, str>>,
}

/// Whether a dose costs anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum FeeType {
    /// Nothing.
    Free,
    /// Something.
    Paid,
}

/// Sessions by centre: what calendars answer.
#[derive(Debug, Deserialize)]
pub struct Calendar<'a> {
    /// The centres.
    #[serde(borrow)]
    pub centers: Vec<Centre<'a>>,
}

/// Sessions of a day: what the other searches answer.
#[derive(Debug, Deserialize)]
pub struct Sessions<'a> {
    /// The sessions.
    #[serde(borrow)]
    pub sessions: Vec<Session<'a>>,
}

/// A session that somebody could book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The session.
    pub session: Uuid,
    /// Its day.
    pub date: Date,
    /// Where it is.
    pub pincode: u32,
    /// Seats for a first dose.
    pub seats: u32,
    /// The youngest who are admitted.
    pub youngest: u32,
    /// The oldest who are admitted.
    pub oldest: Option<u32>,
    /// Its first slot.
    pub slot: String,
}

/// What a search shows: sessions and their seats for a first dose.
pub type Shown = Vec<(Uuid, u32)>;

/// Which of the two shapes a search answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchShape {
    /// [`Calendar`].
    Calendar,
    /// [`Sessions`].
    Sessions,
}

impl SearchShape {
    /// The offers of a body; `None` if it does not fit the contract.
    pub fn offers(self, body: &[u8]) -> Option<Vec<Offer>> {
        let offers = match self {
            Self::Calendar => {
                let calendar: Calendar<'_> = serde_json::from_slice(body).ok()?;
                calendar.centers.iter().flat_map(Centre::offers).collect()
            }
            Self::Sessions => {
                let sessions: Sessions<'_> = serde_json::from_slice(body).ok()?;
                sessions.sessions.iter().map(Session::offer).collect()
            }
        };
        Some(offers)
    }

    /// What a body shows, without what only somebody who books needs; `None` if it does not fit the contract.
    pub fn shown(self, body: &[u8]) -> Option<Shown> {
        match self {
            Self::Calendar => {
                let calendar: Calendar<'_> = serde_json::from_slice(body).ok()?;
                let sales = calendar.centers.iter().flat_map(|centre| &centre.sessions);
                Some(sales.map(|sale| (sale.session_id, sale.available_capacity_dose1)).collect())
            }
            Self::Sessions => {
                let sessions: Sessions<'_> = serde_json::from_slice(body).ok()?;
                let sessions = sessions.sessions.iter();
                Some(
                    sessions
                        .map(|session| (session.session_id, session.available_capacity_dose1))
                        .collect(),
                )
            }
        }
    }
}

impl Centre<'_> {
    fn offers(&self) -> impl Iterator<Item = Offer> + '_ {
        self.sessions.iter().map(|sale| Offer {
            session: sale.session_id,
            date: sale.date,
            pincode: self.pincode,
            seats: sale.available_capacity_dose1,
            youngest: sale.min_age_limit,
            oldest: sale.max_age_limit,
            slot: first(&sale.slots),
        })
    }
}

impl Session<'_> {
    fn offer(&self) -> Offer {
        Offer {
            session: self.session_id,
            date: self.date,
            pincode: self.pincode,
            seats: self.available_capacity_dose1,
            youngest: self.min_age_limit,
            oldest: self.max_age_limit,
            slot: first(&self.slots),
        }
    }
}

fn first(slots: &[Cow<'_, str>]) -> String {
    slots.first().map(|slot| slot.to_string()).unwrap_or_default()
}

/// The list of states.
#[derive(Debug, Deserialize)]
pub struct States {
    /// The states.
    pub states: Vec<State>,
}

/// A state.
#[derive(Debug, Deserialize)]
pub struct State {
    /// Its number.
    pub state_id: u16,
    /// Its name.
    pub state_name: String,
}

/// The districts of a state.
#[derive(Debug, Deserialize)]
pub struct Districts {
    /// The districts.
    pub districts: Vec<District>,
}

/// A district.
#[derive(Debug, Deserialize)]
pub struct District {
    /// Its number.
    pub district_id: u16,
    /// Its name.
    pub district_name: String,
}

/// The answer to asking for a one-time password.
#[derive(Debug, Deserialize)]
pub struct Transaction {
    /// What the password belongs to.
    #[serde(rename = "txnId")]
    pub txn_id: Uuid,
}

/// A proof of work that has to be done before somebody suspicious goes on.
#[derive(Debug, Deserialize)]
pub struct Work {
    /// What is handed in with the solution.
    pub challenge: String,
    /// What a solution is.
    pub algorithm: String,
    /// Leading zero bits of a solution's hash.
    pub difficulty: u32,
}

/// The answer to a right password.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// What later requests carry.
    pub token: String,
}

/// The answer to a registration.
#[derive(Debug, Deserialize)]
pub struct Registered {
    /// The person's reference id.
    #[serde(deserialize_with = "digits")]
    pub beneficiary_reference_id: String,
}

/// The people of an account.
#[derive(Debug, Deserialize)]
pub struct Beneficiaries {
    /// The people.
    pub beneficiaries: Vec<Beneficiary>,
}

/// A person.
#[derive(Debug, Deserialize)]
pub struct Beneficiary {
    /// The reference id.
    #[serde(deserialize_with = "digits")]
    pub beneficiary_reference_id: String,
    /// Live appointments.
    pub appointments: Vec<Appointment>,
}

/// An appointment.
#[derive(Debug, Deserialize)]
pub struct Appointment {
    /// Its id.
    pub appointment_id: Uuid,
    /// Its session.
    pub session_id: Uuid,
    /// Which dose it is for.
    pub dose: u8,
    /// What is shown at the counter, where the target draws one.
    pub security_code: Option<String>,
}

/// The answer to a booking. The id has two names: one is in the description, the other was observed.
#[derive(Debug, Deserialize)]
pub struct Scheduled {
    /// As it was observed.
    pub appointment_confirmation_no: Option<Uuid>,
    /// As it was described.
    pub appointment_id: Option<Uuid>,
}

/// Messages that a sandbox did not send.
#[derive(Debug, Deserialize)]
pub struct Outbox {
    /// The messages, the oldest first.
    pub messages: Vec<Message>,
}

/// A message.
#[derive(Debug, Deserialize)]
pub struct Message {
    /// Its text.
    pub text: String,
}

/// The code of a refusal, if its body is one that the contract knows (wire contract 1.9); else `None`. A body without a code
/// has its status in its place, with a word to it where bodies of one status mean different things.
pub fn refusal(status: u16, body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Application {
        #[serde(rename = "errorCode")]
        code: String,
        #[serde(rename = "error")]
        _text: String,
    }
    #[derive(Deserialize)]
    struct Infrastructure {
        message: String,
    }
    if let Ok(application) = serde_json::from_slice::<Application>(body) {
        let plain = application.code.len() <= 32
            && application.code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return plain.then_some(application.code);
    }
    let code = match status {
        401 if body.trim_ascii() == b"Unauthenticated access!" => "401",
        403 if contains(body, FIREWALL) => limit::ADDRESS,
        403 => {
            let message = serde_json::from_slice::<Infrastructure>(body).ok()?.message;
            if message.contains(EXPLICIT_DENY) { limit::DENIED } else { "403" }
        }
        429 if body.is_empty() => "429",
        429 => match serde_json::from_slice::<Infrastructure>(body) {
            Ok(told) if told.message == TOO_MANY_REQUESTS => limit::KEY,
            Ok(told) if told.message.contains(TOO_MANY_SEARCHES) => limit::LOGGED_OUT,
            _ => serde_json::from_slice::<serde_json::Value>(body).ok().map(|_| "429")?,
        },
        _ => return None,
    };
    Some(code.to_owned())
}

/// What clients of 2021 looked for in the firewall's page.
const FIREWALL: &[u8] = b"The request could not be satisfied";
const EXPLICIT_DENY: &str = "explicit deny";
const TOO_MANY_REQUESTS: &str = "Too Many Requests";
const TOO_MANY_SEARCHES: &str = "Too many search requests";

fn contains(body: &[u8], words: &[u8]) -> bool {
    body.windows(words.len()).any(|window| window == words)
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = <Cow<'_, str>>::deserialize(from)?;
    opencowin_model::date::parse(&text).ok_or_else(|| D::Error::custom("not a date"))
}

/// Fourteen digits, which came as a number or as a text, depending on the door.
fn digits<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    let text = match Either::deserialize(from)? {
        Either::Number(number) => number.to_string(),
        Either::Text(text) => text,
    };
    let right = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { Ok(text) } else { Err(D::Error::custom("not a reference id")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALENDAR: &str = r#"{"centers":[{"center_id":1,"name":"A \"B\"","address":"C","state_name":"D","district_name":"E","block_name":"F",
        "pincode":560001,"lat":12,"long":77,"from":"09:00:00","to":"18:00:00","fee_type":"Free","sessions":[{"session_id":"6b0b8b9e-0d2b-4b1e-9b59-000000000001",
        "date":"28-04-2021","available_capacity":7,"min_age_limit":18,"max_age_limit":44,"vaccine":"COVAXIN","slots":["09:00AM-11:00AM"],
        "available_capacity_dose1":5,"available_capacity_dose2":2}]}]}"#;

    #[test]
    fn a_calendar_is_read_and_one_that_lacks_a_field_is_not() {
        let offers = SearchShape::Calendar.offers(CALENDAR.as_bytes()).unwrap();
        assert_eq!((offers[0].seats, offers[0].youngest, offers[0].oldest), (5, 18, Some(44)));
        assert_eq!(offers[0].slot, "09:00AM-11:00AM");
        assert_eq!(
            SearchShape::Calendar.shown(CALENDAR.as_bytes()).unwrap(),
            [(offers[0].session, 5)]
        );
        for field in ["pincode", "available_capacity_dose1", "slots", "centers", "date", "vaccine"]
        {
            let without = CALENDAR.replacen(field, "other", 1);
            assert!(SearchShape::Calendar.shown(without.as_bytes()).is_none(), "{field}");
        }
        for (right, wrong) in [
            ("28-04-2021", "2021-04-28"),
            (":5,", ":-5,"),
            (":5,", ":\"5\","),
            ("\"Free\"", "\"free\""),
        ] {
            assert!(
                SearchShape::Calendar
                    .shown(CALENDAR.replacen(right, wrong, 1).as_bytes())
                    .is_none(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn refusals_have_the_bodies_of_the_contract_or_are_none() {
        assert_eq!(
            refusal(409, br#"{"errorCode":"APPOIN0040","error":"full"}"#).as_deref(),
            Some("APPOIN0040")
        );
        assert_eq!(refusal(401, b"Unauthenticated access!").as_deref(), Some("401"));
        assert_eq!(refusal(403, br#"{"message":"Forbidden"}"#).as_deref(), Some("403"));
        assert_eq!(refusal(429, b"").as_deref(), Some("429"));
        let page = b"<html><h2>The request could not be satisfied.</h2></html>";
        assert_eq!(refusal(403, page).as_deref(), Some(limit::ADDRESS));
        let deny = br#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
        assert_eq!(refusal(403, deny).as_deref(), Some(limit::DENIED));
        let key = br#"{"message":"Too Many Requests"}"#;
        assert_eq!(refusal(429, key).as_deref(), Some(limit::KEY));
        let searches = br#"{"message":"Too many search requests, please try after sometime!"}"#;
        assert_eq!(refusal(429, searches).as_deref(), Some(limit::LOGGED_OUT));
        assert_eq!(refusal(429, b"{}").as_deref(), Some("429"));
        assert_eq!(refusal(429, b"<html>"), None);
        assert_eq!(refusal(403, b"<html>"), None);
        assert_eq!(refusal(400, br#"{"message":"Forbidden"}"#), None);
        assert_eq!(refusal(400, br#"{"errorCode":"<script>","error":""}"#), None);
    }

    #[test]
    fn reference_ids_come_as_numbers_and_as_texts() {
        for id in ["12345678901234", "\"12345678901234\""] {
            let body = format!(r#"{{"beneficiary_reference_id":{id}}}"#);
            let registered: Registered = serde_json::from_str(&body).unwrap();
            assert_eq!(registered.beneficiary_reference_id, "12345678901234");
        }
        assert!(serde_json::from_str::<Registered>(r#"{"beneficiary_reference_id":"1"}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body: Vec<u8>) {
            let _ = (SearchShape::Calendar.shown(&body), SearchShape::Sessions.offers(&body), refusal(400, &body));
        }
    }
}
