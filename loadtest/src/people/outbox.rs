//! Where one-time passwords come from.

use super::desk::{Desk, Said};
use super::person::Person;
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
    /// The password last sent to a person; `None` if there is none to be had.
    pub async fn password(&self, desk: &Desk, group: usize, person: Person) -> Option<String> {
        match self {
            Self::Outbox => {
                let path = format!("/sandbox/outbox?mobile={}", person.mobile());
                let call = Call::get(Operation::Outbox, &path, person.address());
                let read = |answer: crate::wire::Answer| {
                    serde_json::from_slice::<Outbox>(&answer.plain()?).ok()
                };
                let Said::Yes(outbox) =
                    desk.ask(group, Instant::now(), &call, Want::Body, &[], read).await
                else {
                    return None;
                };
                outbox.messages.iter().rev().find_map(|message| six_digits(&message.text))
            }
            Self::Command(command) => {
                let command = command.replace("{mobile}", &person.mobile().to_string());
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
