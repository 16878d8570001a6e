//! What those who hold sessions are answered.

use serde::Deserialize;
use uuid::Uuid;

/// The answer to a session that was drawn up.
#[derive(Debug, Deserialize)]
pub struct Drafted {
    /// The draft, whose id the session will have.
    pub draft_id: Uuid,
}

/// The sessions of a facility.
#[derive(Debug, Deserialize)]
pub struct OwnSessions {
    /// Those from today on.
    pub sessions: Vec<OwnSession>,
}

/// A session as its facility is shown it.
#[derive(Debug, Deserialize)]
pub struct OwnSession {
    /// The session.
    pub session_id: Uuid,
    seats: Channels,
}

#[derive(Debug, Deserialize)]
struct Channels {
    online: Channel,
}

/// The seats of one channel, for the first, the second and the precaution dose.
#[derive(Debug, Deserialize)]
struct Channel {
    capacity: [u32; 3],
}

impl OwnSession {
    /// Seats for a first dose that there are online, whether free or taken.
    pub fn seats(&self) -> u32 {
        self.seats.online.capacity[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facility_is_shown_the_seats_that_there_are_and_not_only_those_that_are_free() {
        let session = format!(
            r#"{{"session_id":"{}","state":"published","seats":{{
                "online":{{"capacity":[10,5,0],"free":[7,5,0],"taken":[3,0,0]}}}}}}"#,
            Uuid::from_u128(7)
        );
        let own: OwnSession = serde_json::from_str(&session).unwrap();
        assert_eq!((own.session_id.as_u128(), own.seats()), (7, 10));
        let without = session.replace("online", "reserved");
        assert!(serde_json::from_str::<OwnSession>(&without).is_err());
    }
}
