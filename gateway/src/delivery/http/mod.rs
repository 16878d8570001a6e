//! The way to a provider that takes messages by HTTP.

mod answer;
pub(crate) mod pool;
mod request;
mod signature;

pub use request::Field;

use super::sender::{Accepted, Failure, Sender, Submission, Submitting};
use super::settings::{self, HttpSettings, SettingError};
use crate::link::Link;
use answer::Rule;
use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use http_body_util::Full;
use opencowin_model::Clock;
use pool::Pool;
use request::Template;
use std::sync::Arc;
use std::time::Duration;

/// A provider that takes messages by HTTP.
pub struct HttpSender {
    name: String,
    timeout: Duration,
    template: Template,
    rule: Rule,
    pool: Pool,
}

/// Who the messages are from, as every provider is told.
pub struct Identity<'a> {
    /// The DLT header.
    pub sender_id: &'a str,
    /// The DLT id of the principal entity; empty where there is none.
    pub entity_id: &'a str,
}

impl HttpSender {
    /// A sender with these settings. Needs a runtime only once it sends.
    ///
    /// # Errors
    /// What is wrong with a setting, or with a file that it names.
    pub fn new(
        settings: &HttpSettings,
        from: &Identity<'_>,
        clock: Arc<Clock>,
    ) -> Result<Self, SettingError> {
        Ok(Self {
            name: settings.name.clone(),
            timeout: settings::timeout(&settings.name, settings.timeout_ms)?,
            template: Template::new(settings, from, clock)?,
            rule: Rule::new(settings)?,
            pool: Pool::new(link(settings)?),
        })
    }

    async fn post(&self, submission: &Submission<'_>) -> Result<Accepted, Failure> {
        let request: Request<Full<Bytes>> = self.template.request(submission)?;
        let (status, body) = self.pool.exchange(request).await?;
        match status {
            _ if status.is_success() => self.rule.accepted(submission.id, &body),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::Throttled),
            StatusCode::REQUEST_TIMEOUT => Err(Failure::Timeout),
            _ if status.is_client_error() => Err(Failure::Rejected),
            _ => Err(Failure::Broken),
        }
    }
}

impl Sender for HttpSender {
    fn name(&self) -> &str {
        &self.name
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn submit<'a>(&'a self, submission: Submission<'a>) -> Submitting<'a> {
        Box::pin(async move { self.post(&submission).await })
    }
}

/// Where the URL leads: scheme, host and port may have no fields.
fn link(settings: &HttpSettings) -> Result<Link, SettingError> {
    let setting = settings::of(&settings.name, "url");
    let wrong = || SettingError::new(&setting, "it must be http:// or https:// and name a host");
    let (origin, _) = request::split(&settings.url).ok_or_else(wrong)?;
    let uri: Uri = origin.parse().map_err(|_| wrong())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    match uri.scheme_str() {
        Some("http") => Ok(Link::plain(host, uri.port_u16().unwrap_or(80))),
        Some("https") => {
            let (port, file) = (uri.port_u16().unwrap_or(443), settings.ca_file.as_deref());
            let setting = settings::of(&settings.name, "ca-file");
            let link = Link::tls(host, port, file);
            link.map_err(|problem| SettingError::new(&setting, problem))
        }
        _ => Err(wrong()),
    }
}
