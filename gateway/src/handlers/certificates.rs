//! Certificates of people: listing and downloading them, at the door of whoever comes; having them made, corrected, revoked and
//! made again.
//!
//! - [`whose`]: whose certificates somebody may see.
//! - [`choice`]: which certificate is meant, signed now if it waits.
//! - [`copy`]: a certificate as PDF, JSON or QR code; [`shown`]: the list.
//! - [`own`]: what people do about theirs; [`office`]: what officials do about those of others; [`correction`]: what both do.

mod choice;
mod copy;
mod correction;
mod office;
mod own;
mod shown;
mod whose;

use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::MessageKind;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::notices;
use crate::routes::Certificates;
use crate::trail::{self, purpose};
use choice::Wanted;
use copy::Kind;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::read::Sought;
use opencowin_model::BeneficiaryRef;
use serde_json::json;

/// Serves a route of certificates.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn serve(
    app: &App,
    which: Certificates,
    visitor: &Visitor,
    query: &Query<'_>,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    match which {
        Certificates::Download => download(app, visitor, query).await,
        Certificates::List => list(app, visitor, query).await,
        Certificates::ForTravel => own::for_travel(app, visitor, body).await,
        Certificates::Regenerate => own::regenerate(app, visitor, body).await,
        Certificates::Correct => own::correct(app, visitor, parts, body).await,
        Certificates::CorrectAsDistrict => office::correct(app, visitor, parts, body).await,
        Certificates::Revoke => office::revoke(app, visitor, parts, body).await,
        Certificates::Reissue => office::reissue(app, visitor, body).await,
    }
}

/// One certificate of somebody: the one that is named, or that of the last dose. One that waits to be signed is signed now.
///
/// # Errors
/// Those of the route's row in the table.
async fn download(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let who = reference(query)?;
    let (wanted, kind) = (Wanted::of(query)?, Kind::of(query)?);
    let found = whose::one(app, visitor, purpose::CERTIFICATE, who).await?;
    let issued = choice::chosen(app, found.id, wanted).await?;
    let reply = kind.reply(app, &issued.json, &found.person)?;
    let record = Record::Person(found.id);
    trail::look(app, visitor, purpose::CERTIFICATE, record, vec![record]).await?;
    Ok(reply)
}

/// The certificates of somebody, or of all people of the number that was proven. Nothing is signed for it.
///
/// # Errors
/// Those of the route's row in the table.
async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let of_account = visitor.person().ok().filter(|_| query.get(REFERENCE).is_none());
    let (found, sought) = match of_account {
        Some(caller) => {
            let people = app.ledger().read().matches(Sought::Account(caller.account)).await?;
            (people, Record::Account(caller.account))
        }
        None => {
            let who = reference(query)?;
            let found = whose::one(app, visitor, purpose::CERTIFICATE, who).await?;
            (vec![found], Record::Person(who))
        }
    };
    let records = found.iter().map(|found| Record::Person(found.id)).collect();
    trail::look(app, visitor, purpose::CERTIFICATE, sought, records).await?;
    if found.is_empty() {
        return Err(error::NO_BENEFICIARY.into());
    }
    let mut items = Vec::with_capacity(found.len());
    for found in &found {
        items.push(shown::person(app, found).await?);
    }
    Ok(reply::personal(&json!({ "beneficiaries": items })))
}

/// Tells somebody what has become of their certificates, unless nobody knows any more who they are.
///
/// # Errors
/// USRRES0008 if the ledger cannot be reached.
pub(super) async fn tell(
    app: &App,
    visitor: &Visitor,
    person: BeneficiaryRef,
    kind: MessageKind,
) -> Result<(), Problem> {
    for found in app.ledger().read().matches(Sought::Person(person)).await? {
        notices::of_certificates(app, visitor, found.personal.mobile, kind);
    }
    Ok(())
}

const REFERENCE: &str = "beneficiary_reference_id";

fn reference(query: &Query<'_>) -> Result<BeneficiaryRef, Problem> {
    BeneficiaryRef::new(query.whole(REFERENCE)?).ok_or_else(|| error::NO_BENEFICIARY.into())
}
