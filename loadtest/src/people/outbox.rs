//! Where one-time passwords come from.

use super::desk::Said;
use super::visit::Visit;
use crate::contract::Outbox;
use crate::measure::Operation;
use crate::wire::{Call, Want};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Where one-time passwords come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtpSource {
    /// From the sandbox's outbox, over HTTP.
    #[default]
    Outbox,
    /// From a command of the user's: `{mobile}` in it is replaced, and the first six digits that stand alone in what it prints are the password.
    Command(String),
}

impl OtpSource {
    /// The password last sent to whose visit it is; `None` if there is none to be had. What was asked for with a partner's key
    /// is read with it.
    pub(super) async fn password(&self, visit: &Visit, key: Option<&str>) -> Option<String> {
        let mobile = visit.person.mobile();
        match self {
            Self::Outbox => {
                let path = format!("/sandbox/outbox?mobile={mobile}");
                let call = Call { api_key: key, ..visit.get(Operation::Outbox, &path) };
                let read = |answer: crate::wire::Answer| {
                    serde_json::from_slice::<Outbox>(&answer.plain()?).ok()
                };
                let asked =
                    visit.desk.ask(visit.group, Instant::now(), &call, Want::Body, &[], read);
                let Said::Yes(outbox) = asked.await else { return None };
                outbox.messages.iter().rev().find_map(|message| six_digits(&message.text))
            }
            Self::Command(command) => {
                let command = command.replace("{mobile}", &mobile.to_string());
                let run = tokio::process::Command::new("sh")
                    .arg("-c")
                    .arg(command)
                    .kill_on_drop(true)
                    .output();
                six_digits(&String::from_utf8_lossy(&run.await.ok()?.stdout))
            }
        }
    }
}

/// The first run of exactly six digits.
fn six_digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_six_digits_that_stand_alone() {
        assert_eq!(six_digits("Your OTP is 123456. Valid 3 minutes.").as_deref(), Some("123456"));
        assert_eq!(six_digits("9876543210 says 000042\n").as_deref(), Some("000042"));
        assert_eq!(six_digits("12345 1234567"), None);
    }
}
