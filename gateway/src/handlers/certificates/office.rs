//! What officials do about the certificates of others: correct what they say, revoke them, have them issued again.

use super::{choice, correction};
use crate::access::decision;
use crate::access::official::Scope;
use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::MessageKind;
use crate::handlers::appointments::unexpected;
use crate::handlers::errand::Errand;
use crate::handlers::fields;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, HolderAuthority, Outcome, REVOKED_AT_ONCE, Revoke};
use opencowin_ledger::read::{CertificatesOfDose, Sought};
use opencowin_ledger::records::KeyId;
use opencowin_model::{BeneficiaryRef, CentreId, CertificateId, RevocationReason};
use serde::Deserialize;
use serde_json::json;

/// Certificates that one request for issuing them again looks at.
const LOOKED_AT: usize = 1000;

/// Corrects somebody who registered in the officer's district, or was given a dose there.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn correct(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let Scope::District(district) = visitor.official()?.scope else {
        return Err(error::NOT_YOURS.into());
    };
    let purpose = purpose::CORRECT_PERSON;
    let errand = Errand::of(app, visitor, parts, "correct-person", purpose.clone(), &body)?;
    let body = correction::read(body)?;
    let who = fields::reference(&body.beneficiary_reference_id)?.ok_or(error::NO_BENEFICIARY)?;
    let found = app.ledger().read().matches(Sought::Person(who)).await?.pop();
    let Some(found) = found else {
        trail::look(app, visitor, purpose, Record::Person(who), Vec::new()).await?;
        return Err(error::NO_BENEFICIARY.into());
    };
    let authority = HolderAuthority::District(district);
    correction::carry_out(app, visitor, errand, authority, &found, &body).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RevokeBody {
    certificate_id: Field,
    reason: Field,
}

/// Revokes a certificate along with the other of the same dose, since the reasons are about the dose.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn revoke(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "revoke", purpose::REVOKE, &body)?;
    let body: RevokeBody = body::parse(body)?;
    let id = CertificateId(fields::uuid(&body.certificate_id, "certificate_id")?);
    let reason = fields::word(&body.reason, "reason", |word| {
        RevocationReason::from_word(word).filter(|r| *r != RevocationReason::KeyCompromised)
    })?;
    let (person, dose) = certified(app, id).await?;
    let errand = errand.about(Record::Person(person));
    in_their_area(app, visitor, dose.event.centre).await?;
    let outcome = match errand.recorded().await? {
        Some(outcome) => outcome,
        None => {
            let certificates = holding(&dose);
            if !certificates.contains(&id) {
                return Err(error::CERTIFICATE_OVER.into());
            }
            let command = Revoke { certificates, reason, by: errand.by() };
            let revoked = errand.run(Command::Revoke(command)).await;
            let outcome = revoked.map_err(|failure| app.problem_of(failure))?;
            super::tell(app, visitor, person, MessageKind::CertificateRevoked).await?;
            outcome
        }
    };
    match outcome {
        Outcome::CertificatesRevoked { revoked } => {
            Ok(reply::personal(&json!({ "revoked": revoked })))
        }
        other => Err(unexpected(other)),
    }
}

/// Whose certificate it is, by the reference under which the dose was recorded, and what else certifies that.
async fn certified(
    app: &App,
    id: CertificateId,
) -> Result<(BeneficiaryRef, CertificatesOfDose), Problem> {
    let known = app.ledger().read().certificate(id).await?.ok_or(error::CERTIFICATE_UNKNOWN)?;
    let dose = app.ledger().read().certificates_of_event(known.certificate.event).await?;
    Ok((known.certificate.person, dose.ok_or(error::CERTIFICATE_UNKNOWN)?))
}

/// The certificates of a dose that hold.
fn holding(dose: &CertificatesOfDose) -> Vec<CertificateId> {
    let of_event = choice::of_event(dose).filter(|(_, known)| known.is_valid());
    of_event.map(|(id, _)| *id).collect()
}

/// Refuses what lies outside of the area of whoever asks.
async fn in_their_area(app: &App, visitor: &Visitor, centre: CentreId) -> Result<(), Problem> {
    let scope = visitor.official()?.scope;
    let known = match app.inventory().centre(centre) {
        Some(centre) => Some(centre),
        None => app.ledger().read().centre(centre).await?.map(std::sync::Arc::new),
    };
    let theirs = known.is_some_and(|centre| decision::holds_centre(scope, &centre, app.pack()));
    if theirs { Ok(()) } else { Err(error::NOT_YOURS.into()) }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReissueBody {
    key_id: Field,
    after: Field,
}

/// Revokes some of the certificates that a revoked key signed, each of which is signed again by the key that signs now, and
/// says where to go on.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn reissue(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: ReissueBody = body::parse(body)?;
    let key = revoked_key(app, &body::text(&body.key_id, "key_id")?)?;
    let after = fields::if_there(&body.after, |after| fields::uuid(after, "after"))?;
    let audit = trail::of(app, visitor, purpose::REVOKE);
    let by = audit.who;
    app.ledger().note(vec![audit]).await?;
    let page = app.ledger().read().certificates_under(key, after.map(CertificateId), LOOKED_AT);
    let page = page.await.map_err(|_| error::TRY_AGAIN)?;
    let mut revoked = 0;
    for certificates in page.found.chunks(REVOKED_AT_ONCE) {
        let certificates = certificates.to_vec();
        let reason = RevocationReason::KeyCompromised;
        let outcome = app.ledger().run(Command::Revoke(Revoke { certificates, reason, by })).await;
        match outcome.map_err(|failure| app.problem_of(failure))? {
            Outcome::CertificatesRevoked { revoked: more } => revoked += more,
            other => return Err(unexpected(other)),
        }
    }
    Ok(reply::json_of(&json!({ "revoked": revoked, "next": page.next.map(|id| id.0) })))
}

/// A key of the ring that was revoked. Any other would sign what it has signed again.
fn revoked_key(app: &App, id: &str) -> Result<KeyId, Problem> {
    let keys = app.certification().keys();
    let key = keys.ring().keys().iter().find(|key| key.public().id() == id);
    let key = key.filter(|key| key.life().revoked.is_some()).ok_or(error::KEY_NOT_REVOKED)?;
    Ok(KeyId(key.public().short_id()))
}
