//! What the staff of a facility is answered, and what the public report says.

use super::{Offer, Session, Sessions, digits};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use uuid::Uuid;

/// The moment that it is in a sandbox.
#[derive(Debug, Deserialize)]
pub struct Moment {
    /// ISO 8601 in UTC.
    #[serde(deserialize_with = "moment")]
    pub now: jiff::Timestamp,
}

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<jiff::Timestamp, D::Error> {
    let text = <Cow<'_, str>>::deserialize(from)?;
    text.parse().map_err(|_| D::Error::custom("not a moment"))
}

/// A session of a day, with the facility that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The facility.
    pub centre: u64,
    /// The vaccine.
    pub vaccine: String,
    /// When the facility opens, as hours and minutes.
    pub opens: String,
    /// When it closes.
    pub closes: String,
    /// The session itself.
    pub offer: Offer,
}

impl Held {
    /// The sessions of a search by day; `None` if it does not fit the contract.
    pub fn of(body: &[u8]) -> Option<Vec<Self>> {
        let sessions: Sessions<'_> = serde_json::from_slice(body).ok()?;
        Some(sessions.sessions.iter().map(Self::one).collect())
    }

    fn one(session: &Session<'_>) -> Self {
        Self {
            centre: session.center_id,
            vaccine: session.vaccine.to_string(),
            opens: minute(&session.from),
            closes: minute(&session.to),
            offer: session.offer(),
        }
    }
}

/// A time of day without its seconds.
fn minute(time: &str) -> String {
    time.chars().take("00:00".len()).collect()
}

/// The seats and the code of somebody who was booked on the spot.
#[derive(Debug, Deserialize)]
pub struct OnSpot {
    /// The appointment.
    pub appointment_id: Uuid,
    /// What they show at the counter, where the staff is told.
    pub security_code: Option<String>,
}

/// Any answer that is an object: what is in it is of no interest.
#[derive(Debug, Deserialize)]
pub struct Something {}

/// Who is expected at the sessions of a facility on a day, and how it stands with them.
#[derive(Debug, Deserialize)]
pub struct Today {
    /// The sessions.
    pub sessions: Vec<Expecting>,
}

/// A session of the day.
#[derive(Debug, Deserialize)]
pub struct Expecting {
    /// The session.
    pub session_id: Uuid,
    /// Its people, or as many of them as are answered at once.
    pub people: Vec<Expected>,
    /// After which appointment the list goes on, if it does.
    pub next: Option<Uuid>,
}

/// Somebody on the list of a session.
#[derive(Debug, Deserialize)]
pub struct Expected {
    /// The reference id.
    #[serde(deserialize_with = "digits")]
    pub beneficiary_reference_id: String,
    /// How it stands with them.
    pub standing: String,
}

impl Expected {
    /// Whether they were given the dose.
    pub fn is_done(&self) -> bool {
        self.standing == "done"
    }
}

/// What a facility has.
#[derive(Debug, Deserialize)]
pub struct Stocks<'a> {
    /// Batches that it ever received.
    #[serde(borrow)]
    pub stock: Vec<Stock<'a>>,
}

/// A batch at a facility.
#[derive(Debug, Deserialize)]
pub struct Stock<'a> {
    /// The number of the batch.
    #[serde(borrow)]
    pub batch: Cow<'a, str>,
    /// Doses given out of it.
    pub used: u64,
}

/// The public report, as far as doses go.
#[derive(Debug, Deserialize)]
pub struct Report {
    /// The sums.
    #[serde(rename = "topBlock")]
    pub top: TopBlock,
}

/// The sums of the public report.
#[derive(Debug, Deserialize)]
pub struct TopBlock {
    /// Doses.
    pub vaccination: Vaccination,
}

/// Doses in the public report.
#[derive(Debug, Deserialize)]
pub struct Vaccination {
    /// All that were recorded.
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_say_who_was_given_the_dose_and_where_they_go_on() {
        let id = Uuid::from_u128(7);
        let body = format!(
            r#"{{"date":"17-09-2021","sessions":[{{"session_id":"{id}","vaccine":"COVAXIN","next":"{id}","people":[
                {{"beneficiary_reference_id":"12345678901234","standing":"done","dose":1}},
                {{"beneficiary_reference_id":"12345678901244","standing":"checked-in","dose":1}}]}}]}}"#
        );
        let today: Today = serde_json::from_str(&body).unwrap();
        let people = today.sessions[0].people.iter().map(Expected::is_done);
        assert_eq!(people.collect::<Vec<_>>(), [true, false]);
        assert_eq!(today.sessions[0].next, Some(id));
    }

    #[test]
    fn what_lacks_a_number_or_a_moment_is_no_answer() {
        let stock = br#"{"stock":[{"vaccine":"COVAXIN","batch":"A-1","used":3,"left":7}]}"#;
        let stocks: Stocks<'_> = serde_json::from_slice(stock).unwrap();
        assert_eq!((&*stocks.stock[0].batch, stocks.stock[0].used), ("A-1", 3));
        assert!(serde_json::from_str::<Stocks<'_>>(r#"{"stock":[{"batch":"A-1"}]}"#).is_err());
        let report = r#"{"topBlock":{"vaccination":{"total":5,"today":1}}}"#;
        assert_eq!(serde_json::from_str::<Report>(report).unwrap().top.vaccination.total, 5);
        assert!(serde_json::from_str::<Report>(r#"{"topBlock":{}}"#).is_err());
        assert!(serde_json::from_str::<Moment>(r#"{"now":"2021-09-17T03:30:00Z"}"#).is_ok());
        assert!(serde_json::from_str::<Moment>(r#"{"now":"half past nine"}"#).is_err());
    }

    #[test]
    fn hours_are_shown_with_seconds_and_asked_for_without() {
        assert_eq!((minute("09:00:00").as_str(), minute("17:30").as_str()), ("09:00", "17:30"));
    }
}
