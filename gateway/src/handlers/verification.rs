//! Verifying a certificate that somebody sends. Nothing of it is kept, logged or counted by whose it is.

use crate::app::App;
use crate::http::body;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::verification::{Presented, Unreadable};
use hyper::body::Incoming;
use opencowin_certificates::Moment;
use opencowin_verify::Verdict;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::thread::available_parallelism;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The largest certificate that is taken, in bytes; a PDF of ours has less than a tenth.
const LARGEST: usize = 1 << 20;

/// Certificates that come at the same time, so that what is held of them is limited.
const COMING: usize = 64;

/// How many certificates are looked at at once.
pub struct Verifications {
    coming: Semaphore,
    /// Codes are looked for in no more pictures than leaves half of the processors to others.
    looking: Semaphore,
}

impl Default for Verifications {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self { coming: Semaphore::new(COMING), looking: Semaphore::new(processors.div_ceil(2)) }
    }
}

/// What a certificate is worth: as JSON in the member `certificate` or alone, as PDF, or as a picture.
///
/// # Errors
/// VERIFY0001 if it is none; USRRES0013 if too many come at once.
pub async fn verify(app: &App, body: Option<Incoming>) -> Result<Reply, Problem> {
    let _place = app.verifications().coming.try_acquire().map_err(|_| error::OVERLOADED)?;
    let body = body.ok_or_else(Problem::missing)?;
    let body = body::read_up_to(body, LARGEST, app.config().deadlines.body).await?;
    let presented = look(app, certificate(body)).await?;
    Ok(reply::personal(&verdict(app, &presented).await?))
}

/// A list is only asked for if the issuer said that it is the right one.
async fn verdict(app: &App, presented: &Presented) -> Result<Verdict, Problem> {
    let (certification, now) = (app.certification(), Moment::from(app.clock().now()));
    let verdict = presented.verify(&certification.trusted(None).await, now)?;
    match presented.status_list(certification.issuer()).filter(|_| verdict.facts.is_some()) {
        None => Ok(verdict),
        list => Ok(presented.verify(&certification.trusted(list).await, now)?),
    }
}

/// What was sent as a certificate: the member of that name, an object or a text, or else all of it.
fn certificate(body: Vec<u8>) -> Vec<u8> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        certificate: &'a RawValue,
    }
    let Ok(Envelope { certificate }) = serde_json::from_slice(&body) else { return body };
    let written = certificate.get();
    serde_json::from_str::<String>(written).unwrap_or_else(|_| written.to_owned()).into_bytes()
}

/// Looks for the certificate in what was sent, aside from the thread that serves others.
async fn look(app: &App, file: Vec<u8>) -> Result<Presented, Problem> {
    if !Presented::takes_long(&file) {
        return Ok(Presented::read(file)?);
    }
    let _turn = app.verifications().looking.acquire().await.map_err(|_| error::TRY_AGAIN)?;
    let looked = spawn_blocking(move || Presented::read(file)).await;
    Ok(looked.map_err(|_| error::TRY_AGAIN)??)
}

impl From<Unreadable> for Problem {
    fn from(why: Unreadable) -> Self {
        Self::with_text(error::CERTIFICATE_UNREADABLE, why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(body: &str) -> String {
        String::from_utf8(certificate(body.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn a_certificate_is_the_member_of_that_name_or_all_that_was_sent() {
        assert_eq!(taken(r#"{"certificate": {"a":1.0 } }"#), r#"{"a":1.0 }"#, "to the letter");
        assert_eq!(taken(r#"{"certificate":"OCW1:AB\/C"}"#), "OCW1:AB/C");
        for alone in [r#"{"type":["x"]}"#, "OCW1:ABC", "", "{"] {
            assert_eq!(taken(alone), alone);
        }
    }
}
