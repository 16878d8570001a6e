//! The safety system, as far as it is known: a URL to which reports are posted.

use super::Refused;
use crate::delivery::http::pool::Pool;
use crate::link::Link;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Uri};
use http_body_util::Full;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where reports are posted to.
pub struct Receiver {
    host: HeaderValue,
    path: Uri,
    /// What is sent in `Authorization`, if anything.
    secret: Option<HeaderValue>,
    pool: Pool,
    patience: Duration,
}

impl Receiver {
    /// The one at a URL, which is shown the secret of a file if there is one.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the URL or the file.
    pub fn new(url: &str, secret: Option<&Path>) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| "it is no URL".to_owned())?;
        let link = Link::of(&uri, None)?;
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            host: HeaderValue::from_str(host).map_err(|error| error.to_string())?,
            path: path.parse().map_err(|_| "it has no path".to_owned())?,
            secret: secret.map(bearer).transpose()?,
            pool: Pool::new(link),
            patience: PATIENCE,
        })
    }

    /// The same with less patience, for tests.
    #[cfg(test)]
    pub(super) fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Posts a report under a key by which a repetition is known.
    ///
    /// # Errors
    /// [`Refused`] unless it is answered with 2xx in time.
    pub(super) async fn tell(&self, key: &str, body: Vec<u8>) -> Result<(), Refused> {
        let request = self.request(key, body).map_err(|_| Refused::Answered)?;
        let answer = timeout(self.patience, self.pool.exchange(request)).await;
        match answer {
            Ok(Ok((status, _))) if status.is_success() => Ok(()),
            Ok(Ok(_)) => Err(Refused::Answered),
            Ok(Err(_)) | Err(_) => Err(Refused::Unanswered),
        }
    }

    fn request(&self, key: &str, body: Vec<u8>) -> http::Result<Request<Full<Bytes>>> {
        let mut request = Request::post(self.path.clone())
            .header(HOST, self.host.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        if let Some(secret) = &self.secret {
            request = request.header(AUTHORIZATION, secret.clone());
        }
        request.body(Full::new(body.into()))
    }
}

/// `Bearer` and the first line of a file.
fn bearer(file: &Path) -> Result<HeaderValue, String> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    let secret = text.lines().next().map(str::trim).filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| format!("{} is empty", file.display()))?;
    let mut value = HeaderValue::from_str(&format!("Bearer {secret}"))
        .map_err(|_| format!("{} is no key", file.display()))?;
    value.set_sensitive(true);
    Ok(value)
}
