//! What a 2xx answer of a provider means.

use crate::delivery::sender::{Accepted, Failure};
use crate::delivery::settings::{self, AcceptedSettings, HttpSettings, SettingError};
use serde_json::Value;
use uuid::Uuid;

/// What an answer must say, and where it names the message.
pub(super) struct Rule {
    accepted: Option<AcceptedSettings>,
    id_pointer: Option<String>,
}

impl Rule {
    /// The rule of these settings.
    ///
    /// # Errors
    /// If a pointer is none.
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, SettingError> {
        let accepted = settings.accepted.as_ref().map(|accepted| &accepted.pointer);
        let pointers =
            [("accepted.pointer", accepted), ("id-pointer", settings.id_pointer.as_ref())];
        for (setting, pointer) in pointers {
            if pointer.is_some_and(|pointer| !pointer.starts_with('/')) {
                let setting = settings::of(&settings.name, setting);
                return Err(SettingError::new(&setting, "a JSON pointer begins with /"));
            }
        }
        let (accepted, id_pointer) = (settings.accepted.clone(), settings.id_pointer.clone());
        Ok(Self { accepted, id_pointer })
    }

    /// Whether `body`, of a 2xx answer to the message `id`, accepts it.
    ///
    /// # Errors
    /// [`Failure::Rejected`] if it says something else, [`Failure::Garbled`] if it is not JSON where JSON is looked at.
    pub(super) fn accepted(&self, id: Uuid, body: &[u8]) -> Result<Accepted, Failure> {
        if self.accepted.is_none() && self.id_pointer.is_none() {
            return Ok(Accepted { receipt_id: id.to_string() });
        }
        let body: Value = serde_json::from_slice(body).map_err(|_| Failure::Garbled)?;
        if let Some(accepted) = &self.accepted
            && body.pointer(&accepted.pointer) != Some(&accepted.equals)
        {
            return Err(Failure::Rejected);
        }
        let named = self.id_pointer.as_ref().and_then(|pointer| body.pointer(pointer));
        // An accepted message without a name is accepted all the same; it will have no receipt.
        Ok(Accepted { receipt_id: named.and_then(text).unwrap_or_else(|| id.to_string()) })
    }
}

/// An id, which may be written as a number.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        Rule {
            accepted: Some(AcceptedSettings { pointer: "/status".to_owned(), equals: "ok".into() }),
            id_pointer: Some("/data/0/id".to_owned()),
        }
    }

    #[test]
    fn an_answer_that_accepts_names_the_message() {
        for (body, id) in [
            (r#"{"status":"ok","data":[{"id":"x1"}]}"#, "x1".to_owned()),
            (r#"{"status":"ok","data":[{"id":17}]}"#, "17".to_owned()),
            (r#"{"status":"ok"}"#, Uuid::nil().to_string()),
        ] {
            let accepted = rule().accepted(Uuid::nil(), body.as_bytes());
            assert_eq!(accepted, Ok(Accepted { receipt_id: id }));
        }
    }

    #[test]
    fn a_2xx_that_says_no_is_no() {
        let no = rule().accepted(Uuid::nil(), br#"{"status":"error"}"#);
        assert_eq!(no, Err(Failure::Rejected));
        assert_eq!(rule().accepted(Uuid::nil(), b"<html>"), Err(Failure::Garbled));
    }

    #[test]
    fn without_a_rule_any_2xx_accepts() {
        let rule = Rule::new(&HttpSettings::default()).unwrap();
        assert!(rule.accepted(Uuid::nil(), b"<html>").is_ok());
    }
}
