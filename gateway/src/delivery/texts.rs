//! The texts of messages, and the ids under which they were registered.

use super::message::MessageKind;
use super::pattern::Pattern;
use super::settings::{SettingError, TemplateSettings, TextSettings};

/// The text of each kind of message and its DLT template id.
#[derive(Clone, Debug)]
pub struct Texts {
    templates: Vec<Template>,
}

/// In the order of [`MessageKind::ALL`].
#[derive(Clone, Debug)]
struct Template {
    id: String,
    text: Pattern<&'static str>,
}

impl Texts {
    /// The texts of the settings, and our own where they are silent.
    ///
    /// # Errors
    /// If a text has a field that its kind does not have, or a password is not in its text.
    pub fn new(settings: &TemplateSettings) -> Result<Self, SettingError> {
        let template = |kind| template(kind, settings.of(kind));
        let templates = MessageKind::ALL.into_iter().map(template).collect::<Result<_, _>>()?;
        Ok(Self { templates })
    }

    /// The text of a message of this kind; `values` are those of [`fields`].
    pub fn text(&self, kind: MessageKind, values: &[(&str, &str)]) -> String {
        self.of(kind).text.fill(|field, text| {
            let value = values.iter().find(|(name, _)| *name == field);
            text.push_str(value.map_or("", |(_, value)| value));
        })
    }

    /// The id under which the text was registered; empty where there is none.
    pub fn template_id(&self, kind: MessageKind) -> &str {
        &self.of(kind).id
    }

    fn of(&self, kind: MessageKind) -> &Template {
        &self.templates[kind as usize]
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new(&TemplateSettings::default()).expect("invariant: our own texts are right")
    }
}

fn template(kind: MessageKind, settings: &TextSettings) -> Result<Template, SettingError> {
    let known = |name: &str| fields(kind).iter().copied().find(|field| *field == name);
    let setting = format!("templates.{}.text", kind.label());
    let text = settings.text.as_deref().unwrap_or(own(kind));
    let text = Pattern::parse(text, known).map_err(|error| SettingError::new(&setting, error))?;
    for needed in needed(kind) {
        if !text.fields().any(|field| field == *needed) {
            return Err(SettingError::new(&setting, format!("it does not contain {{{needed}}}")));
        }
    }
    Ok(Template { id: settings.id.clone().unwrap_or_default(), text })
}

/// What the text of a kind can say.
pub fn fields(kind: MessageKind) -> &'static [&'static str] {
    match kind {
        MessageKind::Otp => &["otp"],
        MessageKind::StatusOtp => &["otp", "party"],
        MessageKind::BookingConfirmed | MessageKind::AppointmentMoved => {
            &["centre", "date", "slot"]
        }
        MessageKind::AppointmentCancelled => &["centre", "date"],
        MessageKind::CertificateCorrected | MessageKind::CertificateRevoked => &[],
    }
}

/// What the text of a kind has to say.
fn needed(kind: MessageKind) -> &'static [&'static str] {
    match kind {
        MessageKind::Otp | MessageKind::StatusOtp => fields(kind),
        _ => &[],
    }
}

/// The text where none was registered. The password's is that of the real service (source: wire contract 1.5).
fn own(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Otp => {
            "Your OTP to register/access OpenCoWIN is {otp}. It is valid for 3 minutes. \
             Do not share it with anyone."
        }
        MessageKind::StatusOtp => {
            "Your OTP to let {party} know your vaccination status is {otp}. \
             It is valid for 3 minutes. Do not share it with anyone else."
        }
        MessageKind::BookingConfirmed => {
            "Your OpenCoWIN appointment is on {date}, {slot}, at {centre}. \
             Please bring the photo id that you registered with."
        }
        MessageKind::AppointmentMoved => {
            "Your OpenCoWIN appointment has been moved to {date}, {slot}, at {centre}."
        }
        MessageKind::AppointmentCancelled => {
            "Your OpenCoWIN appointment on {date} at {centre} has been cancelled."
        }
        MessageKind::CertificateCorrected => {
            "The vaccination record of a person registered with your number was corrected in \
             OpenCoWIN. Earlier certificates do not hold any more: please download them again."
        }
        MessageKind::CertificateRevoked => {
            "An OpenCoWIN vaccination certificate of a person registered with your number was \
             revoked. If you do not know why, please ask your district immunisation officer."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(otp: &str) -> TemplateSettings {
        let otp = TextSettings { id: Some("1107".to_owned()), text: Some(otp.to_owned()) };
        TemplateSettings { otp, ..TemplateSettings::default() }
    }

    #[test]
    fn every_kind_has_a_text_that_says_all_its_values() {
        let texts = Texts::default();
        for kind in MessageKind::ALL {
            let values: Vec<_> = fields(kind).iter().map(|name| (*name, "value")).collect();
            let text = texts.text(kind, &values);
            assert_eq!(text.matches("value").count(), values.len(), "{text}");
            assert!(!text.contains(['{', '}']) && texts.template_id(kind).is_empty());
        }
    }

    #[test]
    fn a_registered_text_replaces_ours_and_cannot_leave_the_password_out() {
        let texts = Texts::new(&settings("{otp} is it")).unwrap();
        assert_eq!(texts.text(MessageKind::Otp, &[("otp", "123456")]), "123456 is it");
        assert_eq!(texts.template_id(MessageKind::Otp), "1107");
        for (wrong, why) in [
            ("{name} {otp}", "messages.templates.otp.text: there is no field {name}"),
            ("none", "messages.templates.otp.text: it does not contain {otp}"),
        ] {
            assert_eq!(Texts::new(&settings(wrong)).unwrap_err().to_string(), why);
        }
    }
}
