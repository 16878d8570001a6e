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
        let vaccine = session.vaccine.to_string();
        Self { centre: session.center_id, vaccine, offer: session.offer() }
    }
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

/// Who was expected at the sessions of a facility on a day, and how it stands with them.
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
    /// Its people.
    pub beneficiaries: Vec<Expected>,
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
