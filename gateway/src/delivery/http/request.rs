//! Requests, made from the templates of the settings.

use super::Identity;
use super::signature::Signer;
use crate::delivery::pattern::Pattern;
use crate::delivery::sender::{Failure, Submission};
use crate::delivery::settings::{self, HttpSettings, SettingError};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use opencowin_model::{Clock, Mobile};
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What a template can say of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `{mobile}`: the number without country code.
    Mobile,
    /// `{text}`: what is said.
    Text,
    /// `{template_id}`: the DLT id of the text.
    TemplateId,
    /// `{sender_id}`: the DLT header.
    SenderId,
    /// `{entity_id}`: the DLT id of the principal entity.
    EntityId,
    /// `{message_id}`: our id of the message, the same at every attempt.
    MessageId,
    /// `{valid_s}`: for how many seconds it is still worth delivering.
    ValidSeconds,
    /// `{secret}`: what is in the sender's `secret-file`.
    Secret,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "mobile" => Self::Mobile,
            "text" => Self::Text,
            "template_id" => Self::TemplateId,
            "sender_id" => Self::SenderId,
            "entity_id" => Self::EntityId,
            "message_id" => Self::MessageId,
            "valid_s" => Self::ValidSeconds,
            "secret" => Self::Secret,
            _ => return None,
        })
    }
}

/// How a value is written so that it stays one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    /// Inside a JSON string.
    Json,
    /// In a URL's path or query, or in a form.
    Percent,
    /// In a header, which takes what is plain text.
    None,
}

impl Escape {
    /// How values stand in a body of this type.
    fn of_body(content_type: &str) -> Option<Self> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Percent),
            _ => None,
        }
    }

    fn write(self, value: &str, into: &mut String) {
        match self {
            Self::None => into.push_str(value),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                into.push_str(&quoted[1..quoted.len() - 1]);
            }
            // A form writes a space as `+`, which a path does not know; `%20` is right in both.
            Self::Percent => into.extend(
                form_urlencoded::byte_serialize(value.as_bytes())
                    .map(|part| if part == "+" { "%20" } else { part }),
            ),
        }
    }
}

/// The request of one provider, but for what differs between messages.
pub(super) struct Template {
    method: Method,
    host: HeaderValue,
    path: Pattern<Field>,
    headers: Vec<(HeaderName, Pattern<Field>)>,
    body: Pattern<Field>,
    escape: Escape,
    signer: Option<Signer>,
    sender_id: String,
    entity_id: String,
    secret: String,
    clock: Arc<Clock>,
}

impl Template {
    /// The templates of these settings.
    ///
    /// # Errors
    /// What is wrong with a setting, or with a file that it names.
    pub(super) fn new(
        settings: &HttpSettings,
        from: &Identity<'_>,
        clock: Arc<Clock>,
    ) -> Result<Self, SettingError> {
        let at = |setting: &str| settings::of(&settings.name, setting);
        let pattern = |setting: &str, text| {
            let known = |name: &str| Field::named(name).filter(|field| allowed(settings, *field));
            Pattern::parse(text, known).map_err(|error| SettingError::new(&at(setting), error))
        };
        let wrong_url = || SettingError::new(&at("url"), "it is no URL");
        let (origin, path) = split(&settings.url).ok_or_else(wrong_url)?;
        let (_, host) = origin.split_once("://").ok_or_else(wrong_url)?;
        let method = settings.method.as_deref().unwrap_or("POST").parse();
        let secret = settings.secret_file.as_deref();
        let template = Self {
            method: method.map_err(|error| SettingError::new(&at("method"), error))?,
            host: HeaderValue::try_from(host).map_err(|_| wrong_url())?,
            path: pattern("url", path)?,
            headers: headers(settings)?,
            body: pattern("body", &settings.body)?,
            escape: escape(settings)?,
            signer: Signer::new(settings)?,
            sender_id: from.sender_id.to_owned(),
            entity_id: from.entity_id.to_owned(),
            secret: secret
                .map(|file| settings::secret(&at("secret-file"), file))
                .transpose()?
                .unwrap_or_default(),
            clock,
        };
        template.try_out(settings)?;
        Ok(template)
    }

    /// The request that hands a message over.
    ///
    /// # Errors
    /// [`Failure::Rejected`] if a value does not fit where it is to stand.
    pub(super) fn request(
        &self,
        submission: &Submission<'_>,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        self.build(submission).map_err(|_| Failure::Rejected)
    }

    fn build(&self, submission: &Submission<'_>) -> http::Result<Request<Full<Bytes>>> {
        let body = self.body(submission);
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(self.fill(&self.path, Escape::Percent, submission))
            .header(HOST, self.host.clone());
        for (name, value) in &self.headers {
            request = request.header(name, self.fill(value, Escape::None, submission));
        }
        for (name, value) in self.signer.iter().flat_map(|s| s.sign(self.clock.now(), &body)) {
            request = request.header(name, value);
        }
        request.body(Full::new(body.into()))
    }

    fn body(&self, submission: &Submission<'_>) -> String {
        self.fill(&self.body, self.escape, submission)
    }

    fn fill(&self, pattern: &Pattern<Field>, escape: Escape, of: &Submission<'_>) -> String {
        pattern.fill(|field, text| match field {
            Field::Mobile => add(text, of.to.0),
            Field::MessageId => add(text, of.id),
            Field::ValidSeconds => add(text, of.left.as_secs()),
            Field::Text => escape.write(of.text, text),
            Field::TemplateId => escape.write(of.template_id, text),
            Field::SenderId => escape.write(&self.sender_id, text),
            Field::EntityId => escape.write(&self.entity_id, text),
            Field::Secret => escape.write(&self.secret, text),
        })
    }

    /// Whoever starts the server is told of a template that never works, not the first person who waits for a password.
    fn try_out(&self, settings: &HttpSettings) -> Result<(), SettingError> {
        let sample = Submission {
            id: Uuid::nil(),
            to: Mobile(9_876_543_210),
            text: "a \"text\"\nin two lines & with signs",
            template_id: "1107",
            left: Duration::from_secs(180),
        };
        let at = |setting: &str| settings::of(&settings.name, setting);
        self.build(&sample).map_err(|error| SettingError::new(&at("url or headers"), error))?;
        let body = self.body(&sample);
        if self.escape == Escape::Json && !settings.body.is_empty() {
            serde_json::from_str::<serde::de::IgnoredAny>(&body)
                .map_err(|error| SettingError::new(&at("body"), error))?;
        }
        Ok(())
    }
}

/// Numbers and ids need no escape anywhere.
fn add(text: &mut String, value: impl fmt::Display) {
    write!(text, "{value}").expect("invariant: writing to a string does not fail");
}

/// A field without a value is a mistake; `{secret}` has one only with its file.
fn allowed(settings: &HttpSettings, field: Field) -> bool {
    field != Field::Secret || settings.secret_file.is_some()
}

fn headers(settings: &HttpSettings) -> Result<Vec<(HeaderName, Pattern<Field>)>, SettingError> {
    // A text may have lines and letters that a header cannot have.
    let known = |name: &str| {
        Field::named(name).filter(|field| allowed(settings, *field) && *field != Field::Text)
    };
    let header = |(name, value): (&String, &String)| {
        let wrong = |error: String| {
            SettingError::new(&settings::of(&settings.name, &format!("headers.{name}")), error)
        };
        let value = Pattern::parse(value, known).map_err(|error| wrong(error.to_string()))?;
        Ok((HeaderName::try_from(name).map_err(|error| wrong(error.to_string()))?, value))
    };
    settings.headers.iter().map(header).collect()
}

fn escape(settings: &HttpSettings) -> Result<Escape, SettingError> {
    let is_type = |(name, _): &(&String, &String)| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str());
    let content_type = settings.headers.iter().find(is_type).map(|(_, value)| value.as_str());
    if settings.body.is_empty() {
        return Ok(Escape::None);
    }
    content_type.and_then(Escape::of_body).ok_or_else(|| {
        let setting = settings::of(&settings.name, "headers.Content-Type");
        let problem = "it must be application/json or application/x-www-form-urlencoded";
        SettingError::new(&setting, problem)
    })
}

/// Scheme, host and port of a URL; and the rest of it, which begins with `/`.
pub(super) fn split(url: &str) -> Option<(&str, &str)> {
    let host = url.find("://")? + 3;
    let end = url[host..].find('/').map(|at| host + at);
    Some(end.map_or((url, "/"), |end| url.split_at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use opencowin_ledger::store::block_on::block_on;

    const FROM: Identity<'_> = Identity { sender_id: "OCOWIN", entity_id: "1101" };

    fn settings(url: &str, content_type: &str, body: &str) -> HttpSettings {
        let content_type = ("Content-Type".to_owned(), content_type.to_owned());
        HttpSettings {
            name: "a".to_owned(),
            url: url.to_owned(),
            headers: [content_type].into(),
            body: body.to_owned(),
            ..HttpSettings::default()
        }
    }

    fn template(settings: &HttpSettings) -> Result<Template, SettingError> {
        Template::new(settings, &FROM, Arc::new(Clock::system(0)))
    }

    fn made(settings: &HttpSettings, text: &str) -> (String, String) {
        let submission = Submission {
            id: Uuid::nil(),
            to: Mobile(9_876_543_210),
            text,
            template_id: "1107",
            left: Duration::from_secs(179),
        };
        let request = template(settings).unwrap().request(&submission).unwrap();
        let uri = request.uri().to_string();
        let body = block_on(request.into_body().collect()).unwrap().to_bytes();
        (uri, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn a_text_stays_one_value_whatever_is_in_it() {
        let text = "a \"b\"\n\\ & c=d+é";
        let json = r#"{"to":"91{mobile}","text":"{text}","dlt":["{entity_id}","{template_id}"],"s":{valid_s}}"#;
        let (_, body) = made(&settings("http://x/", "application/json", json), text);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["text"], text);
        assert_eq!(body["to"], "919876543210");
        assert_eq!((&body["dlt"][0], &body["s"]), (&"1101".into(), &179.into()));

        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let url = "http://x:1/send/{message_id}?text={text}&from={sender_id}";
        let (uri, body) = made(&settings(url, form, "text={text}&mobile={mobile}"), text);
        let fields: Vec<_> = form_urlencoded::parse(body.as_bytes()).collect();
        assert_eq!(fields[0], ("text".into(), text.into()));
        assert_eq!(fields[1], ("mobile".into(), "9876543210".into()));
        let (path, query) = uri.split_once('?').unwrap();
        assert_eq!(path, format!("/send/{}", Uuid::nil()));
        assert_eq!(form_urlencoded::parse(query.as_bytes()).next().unwrap().1, text);
    }

    #[test]
    fn a_template_that_never_works_is_named_at_once() {
        let json = "application/json";
        for (wrong, why) in [
            (settings("http://x/", "text/plain", "{text}"), "senders.a.headers.Content-Type: it"),
            (settings("http://x/", json, "{\"t\":{text}}"), "senders.a.body: expected"),
            (
                settings("http://x/", json, "{\"t\":\"{txt}\"}"),
                "senders.a.body: there is no field {txt}",
            ),
            (
                settings("http://x/", json, "\"{secret}\""),
                "senders.a.body: there is no field {secret}",
            ),
            (settings("http://x/{mobil}", json, ""), "senders.a.url: there is no field {mobil}"),
            (settings("x", json, ""), "senders.a.url: it is no URL"),
        ] {
            let error = template(&wrong).err().expect(why).to_string();
            assert!(error.starts_with(&format!("messages.{why}")), "{error}");
        }
    }
}
