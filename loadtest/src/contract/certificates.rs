//! What the staff of a facility is answered about certificates.

use serde::Deserialize;
use uuid::Uuid;

/// The certificates of people.
#[derive(Debug, Deserialize)]
pub struct CertificateLists {
    /// The people.
    pub beneficiaries: Vec<CertificateList>,
}

/// The certificates of somebody.
#[derive(Debug, Deserialize)]
pub struct CertificateList {
    /// Those that there are, and those that are on their way.
    pub certificates: Vec<Listed>,
}

/// A certificate in a list.
#[derive(Debug, Deserialize)]
pub struct Listed {
    dose: u8,
    form: String,
    #[serde(flatten)]
    state: State,
}

/// How it stands with a certificate. Only one that is signed has an id.
#[derive(Debug, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum State {
    Pending,
    Valid {
        #[serde(rename = "certificate_id")]
        _id: Uuid,
    },
    Superseded {
        #[serde(rename = "certificate_id")]
        _id: Uuid,
    },
    Revoked {
        #[serde(rename = "certificate_id")]
        _id: Uuid,
    },
}

impl CertificateLists {
    /// Whether there is one for a dose that holds, for use at home: what everybody is given without asking for it.
    pub fn hold_one_for(&self, dose: u8) -> bool {
        let mut all = self.beneficiaries.iter().flat_map(|person| &person.certificates);
        all.any(|one| {
            one.dose == dose && one.form == "domestic" && matches!(one.state, State::Valid { .. })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(dose: u8, form: &str, state: &str) -> String {
        let id = Uuid::from_u128(7);
        format!(
            r#"{{"beneficiaries":[{{"beneficiary_reference_id":"12345678901234","name":"Asha","certificates":[
                {{"certificate_id":"{id}","dose":{dose},"date":"17-09-2021","form":"{form}","state":"{state}","version":1}}]}}]}}"#
        )
    }

    fn holds(body: &str) -> Option<bool> {
        serde_json::from_str::<CertificateLists>(body).ok().map(|lists| lists.hold_one_for(1))
    }

    #[test]
    fn a_certificate_is_there_once_one_of_that_dose_for_use_at_home_holds() {
        assert_eq!(holds(&list(1, "domestic", "valid")), Some(true));
        for state in ["pending", "superseded", "revoked"] {
            assert_eq!(holds(&list(1, "domestic", state)), Some(false), "{state}");
        }
        assert_eq!(holds(&list(2, "domestic", "valid")), Some(false));
        assert_eq!(holds(&list(1, "international", "valid")), Some(false));
        assert_eq!(holds(r#"{"beneficiaries":[]}"#), Some(false));
    }

    #[test]
    fn one_that_waits_has_no_id_yet_and_one_that_holds_must_have_one() {
        let without = |state| list(1, "domestic", state).replace("certificate_id", "other");
        assert_eq!(holds(&without("pending")), Some(false));
        assert_eq!(holds(&without("valid")), None);
        assert_eq!(holds(&list(1, "domestic", "lost")), None);
    }
}
