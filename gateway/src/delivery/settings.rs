//! The section `[messages]` of the settings file.

use super::message::MessageKind;
use crate::config::Mode;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How messages reach people.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MessageSettings {
    /// Whom messages say they are from: the DLT header, six letters in India.
    pub sender_id: String,
    /// The DLT id of the principal entity; with it, every kind of message needs a template id.
    pub entity_id: Option<String>,
    /// Messages that may wait.
    pub capacity: Option<usize>,
    /// Messages that are with providers at the same time.
    pub at_once: Option<usize>,
    /// The texts, as they were registered.
    pub templates: TemplateSettings,
    /// The providers, in the order in which they are tried.
    pub senders: Vec<SenderSettings>,
}

/// Texts by kind of message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[allow(missing_docs, reason = "the fields are the kinds of messages, which are described there")]
pub struct TemplateSettings {
    pub otp: TextSettings,
    pub status_otp: TextSettings,
    pub booking_confirmed: TextSettings,
    pub appointment_moved: TextSettings,
    pub appointment_cancelled: TextSettings,
    pub certificate_corrected: TextSettings,
    pub certificate_revoked: TextSettings,
}

impl TemplateSettings {
    /// Those of one kind.
    pub fn of(&self, kind: MessageKind) -> &TextSettings {
        match kind {
            MessageKind::Otp => &self.otp,
            MessageKind::StatusOtp => &self.status_otp,
            MessageKind::BookingConfirmed => &self.booking_confirmed,
            MessageKind::AppointmentMoved => &self.appointment_moved,
            MessageKind::AppointmentCancelled => &self.appointment_cancelled,
            MessageKind::CertificateCorrected => &self.certificate_corrected,
            MessageKind::CertificateRevoked => &self.certificate_revoked,
        }
    }
}

/// The text of one kind.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextSettings {
    /// The DLT template id.
    pub id: Option<String>,
    /// The text, with fields such as `{otp}`.
    pub text: Option<String>,
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SenderSettings {
    /// One that takes messages by HTTP.
    Http(HttpSettings),
    /// One that takes messages by SMPP 3.4.
    Smpp(SmppSettings),
}

impl SenderSettings {
    /// Its name in metrics and the log.
    pub fn name(&self) -> &str {
        match self {
            Self::Http(http) => &http.name,
            Self::Smpp(smpp) => &smpp.name,
        }
    }
}

/// A provider that takes messages by HTTP. URL, headers and body may have the fields of
/// [`Field`](super::http::Field).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HttpSettings {
    /// Its name in metrics and the log.
    pub name: String,
    /// Where requests go, `http://` or `https://`.
    pub url: String,
    /// `POST` where nothing is said.
    pub method: Option<String>,
    /// Headers of the request. `Content-Type` says how values in the body are escaped.
    pub headers: BTreeMap<String, String>,
    /// The body of the request.
    pub body: String,
    /// File of the secret that `{secret}` stands for.
    pub secret_file: Option<PathBuf>,
    /// How requests are signed.
    pub signature: Option<SignatureSettings>,
    /// What a 2xx answer must say to mean that the message was accepted.
    pub accepted: Option<AcceptedSettings>,
    /// JSON pointer to the provider's id of the message in the answer; without it, receipts name `{message_id}`.
    pub id_pointer: Option<String>,
    /// File of the secret that the path of this provider's receipts ends with.
    pub receipt_secret_file: Option<PathBuf>,
    /// File of certificates (PEM) to trust besides the usual authorities.
    pub ca_file: Option<PathBuf>,
    /// How long a request may take, in milliseconds.
    pub timeout_ms: Option<u64>,
}

/// A signature over time and body.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignatureSettings {
    /// The header that carries it.
    pub header: String,
    /// The header that carries the time, in seconds since 1970.
    pub timestamp_header: String,
    /// File of the shared secret.
    pub secret_file: PathBuf,
}

/// What an answer says of a message that was accepted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AcceptedSettings {
    /// Where in the answer: a JSON pointer.
    pub pointer: String,
    /// What stands there.
    pub equals: serde_json::Value,
}

/// A provider that takes messages by SMPP 3.4.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SmppSettings {
    /// Its name in metrics and the log.
    pub name: String,
    /// `host:port`.
    pub address: String,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// File of certificates (PEM) to trust besides the usual authorities.
    pub ca_file: Option<PathBuf>,
    /// Who we are to the provider: 15 characters at most.
    pub system_id: String,
    /// File of the password: 8 characters at most.
    pub password_file: PathBuf,
    /// What the provider calls our kind of system: 12 characters at most.
    pub system_type: String,
    /// What stands before a number: the country code.
    pub country_code: String,
    /// Messages that may be unanswered at the same time.
    pub window: Option<usize>,
    /// After what silence a connection is asked whether it lives, in milliseconds.
    pub enquire_link_ms: Option<u64>,
    /// How long an answer may take, in milliseconds.
    pub timeout_ms: Option<u64>,
}

/// What is wrong with a setting of `[messages]`; one sentence that names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("messages.{setting}: {problem}")]
pub struct SettingError {
    setting: String,
    problem: String,
}

impl SettingError {
    /// `problem` with the setting at this path below `messages`.
    pub fn new(setting: &str, problem: impl fmt::Display) -> Self {
        Self { setting: setting.to_owned(), problem: problem.to_string() }
    }
}

/// The most that may wait, unless the settings say otherwise: some minutes of a provider's outage.
const CAPACITY: usize = 50_000;

/// Messages with providers at the same time, unless the settings say otherwise: 640 a second at 100 ms each.
const AT_ONCE: usize = 64;

impl MessageSettings {
    /// Checks what can be checked without the files that the settings name.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn check(&self, mode: Mode) -> Result<(), SettingError> {
        if mode == Mode::Sandbox && !self.senders.is_empty() {
            let problem = "a sandbox sends nothing to real phones, so it has none";
            return Err(SettingError::new("senders", problem));
        }
        let mut names = HashSet::new();
        for sender in &self.senders {
            if sender.name().is_empty() || !names.insert(sender.name()) {
                return Err(SettingError::new("senders", "each needs a name of its own"));
            }
        }
        within("capacity", self.capacity(), 1, 1_000_000)?;
        within("at-once", self.at_once(), 2, 1_024)?;
        self.check_registration()
    }

    /// Messages that may wait.
    pub fn capacity(&self) -> usize {
        self.capacity.unwrap_or(CAPACITY)
    }

    /// Messages that are with providers at the same time.
    pub fn at_once(&self) -> usize {
        self.at_once.unwrap_or(AT_ONCE)
    }

    /// India's operators drop what carries an entity and no template, without a word.
    fn check_registration(&self) -> Result<(), SettingError> {
        let registered = |kind: &MessageKind| self.templates.of(*kind).id.is_some();
        match MessageKind::ALL.iter().find(|kind| !registered(kind)) {
            Some(kind) if self.entity_id.is_some() => {
                let setting = format!("templates.{}.id", kind.label());
                Err(SettingError::new(&setting, "it is needed where there is an entity-id"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses a number outside its limits.
pub(super) fn within(
    setting: &str,
    value: usize,
    least: usize,
    most: usize,
) -> Result<usize, SettingError> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(SettingError::new(setting, format!("it must lie between {least} and {most}")))
}

/// The time limit of a sender: 100 ms to a minute, 5 s where nothing is said.
pub(super) fn timeout(name: &str, ms: Option<u64>) -> Result<Duration, SettingError> {
    duration(&of(name, "timeout-ms"), ms.unwrap_or(5_000), 60_000)
}

/// A time of 100 to `most` milliseconds.
pub(super) fn duration(setting: &str, ms: u64, most: usize) -> Result<Duration, SettingError> {
    within(setting, usize::try_from(ms).unwrap_or(usize::MAX), 100, most)?;
    Ok(Duration::from_millis(ms))
}

/// The path of a sender's setting.
pub(super) fn of(sender: &str, setting: &str) -> String {
    format!("senders.{sender}.{setting}")
}

/// The secret in a file, without the white space around it.
pub(super) fn secret(setting: &str, file: &Path) -> Result<String, SettingError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| SettingError::new(setting, format!("{}: {error}", file.display())))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(SettingError::new(setting, format!("{} is empty", file.display())));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<MessageSettings, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    const TWO: &str = r#"
        sender-id = "OCOWIN"
        senders = [
            { kind = "http", name = "a", url = "https://a/", body = "{text}" },
            { kind = "smpp", name = "b", address = "b:2775", system-id = "us" },
        ]"#;

    #[test]
    fn a_wrong_field_is_named() {
        for (text, named) in [
            ("colour = 1", "unknown field `colour`"),
            ("senders = [{ kind = 'http', uri = 'x' }]", "unknown field `uri`"),
            ("senders = [{ kind = 'smpp', adress = 'x' }]", "unknown field `adress`"),
            ("senders = [{ kind = 'fax' }]", "unknown variant `fax`"),
            ("templates = { otpp = {} }", "unknown field `otpp`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn a_sandbox_has_no_senders() {
        let settings = read(TWO).unwrap();
        assert_eq!(settings.check(Mode::Production), Ok(()));
        let error = settings.check(Mode::Sandbox).unwrap_err().to_string();
        assert!(error.starts_with("messages.senders: a sandbox sends nothing"), "{error}");
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let two = read(TWO).unwrap();
        let same = MessageSettings { senders: vec![two.senders[0].clone(); 2], ..two.clone() };
        let many = MessageSettings { capacity: Some(0), ..two.clone() };
        let unregistered = MessageSettings { entity_id: Some("1101".to_owned()), ..two };
        for (wrong, setting) in [
            (same, "messages.senders:"),
            (many, "messages.capacity:"),
            (unregistered, "messages.templates.otp.id:"),
        ] {
            let error = wrong.check(Mode::Production).unwrap_err().to_string();
            assert!(error.starts_with(setting), "{error}");
        }
    }
}
