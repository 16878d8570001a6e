//! What the administrators of a partner reach.

use super::{does, keys, named, shown, usage};
use crate::access::partner::Partner;
use crate::access::partner::application::{self, Nomination};
use crate::access::partner::deeds::{Deed, Document};
use crate::access::partner::origins;
use crate::access::partner::words::{self, Link, PARAGRAPH};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::identity::digest::parse_digest;
use crate::routes::Console;
use crate::trail::{self, purpose};
use opencowin_ledger::audit::{Entry, Record};
use opencowin_model::{CentreId, FeeType};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// A partner, and the administrator who asks.
pub(super) struct Own {
    pub(super) partner: Arc<Partner>,
    pub(super) account: Uuid,
    /// What the audit trail says of them, as yet about nothing.
    pub(super) audit: Entry,
}

/// Serves a route of the console.
///
/// # Errors
/// USRRES0012 if the partner is not theirs, or those of the route's row in the table.
pub async fn serve(
    app: &App,
    console: Console,
    visitor: &Visitor,
    segment: Option<&str>,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    if console == Console::Mine {
        return mine(app, visitor).await;
    }
    let own = own(app, visitor, segment)?;
    match console {
        Console::Mine | Console::Read => read(app, visitor, &own.partner).await,
        Console::Nominate => nominate(app, &own, body).await,
        Console::Dismiss => dismiss(app, &own, body).await,
        Console::Serve => serve_facility(app, &own, body).await,
        Console::Leave => keys::leave_facility(app, &own, body).await,
        Console::Embed => embed(app, &own, body).await,
        Console::Show => show(app, &own, body).await,
        Console::Test => Ok(reply::personal(&shown::test(app, &own.partner))),
        Console::GiveNotice => done(app, &own, Deed::GiveNotice).await,
        Console::ConfirmDeletion => done(app, &own, Deed::ConfirmDeletion).await,
        Console::Keys => Ok(reply::personal(&shown::keys(app, &own.partner))),
        Console::MakeKey => keys::make(app, &own, body).await,
        Console::Subscribe => keys::subscribe(app, &own, body).await,
        Console::BindKey => keys::bind(app, &own, body).await,
        Console::RotateKey => keys::rotate(app, &own, body).await,
        Console::RevokeKey => keys::end(app, &own, keys::OWN_WISH, body).await,
        Console::ReportKey => keys::end(app, &own, keys::COMPROMISED, body).await,
        Console::Usage => usage::usage(app, &own.partner, query).await,
    }
}

/// All partners that this account administers.
async fn mine(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    let account = account(visitor)?;
    let mut mine = app.admission().registry().all::<Partner>();
    mine.retain(|partner| partner.is_administered_by(account));
    look(app, visitor, &mine).await?;
    let items: Vec<_> = mine.iter().map(|partner| shown::partner(app, partner)).collect();
    Ok(reply::personal(&json!({ "partners": items })))
}

/// Shows a partner, once it is on record that somebody looked.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub(in crate::handlers) async fn read(
    app: &App,
    visitor: &Visitor,
    partner: &Arc<Partner>,
) -> Result<Reply, Problem> {
    look(app, visitor, std::slice::from_ref(partner)).await?;
    Ok(reply::personal(&shown::partner(app, partner)))
}

async fn look(app: &App, visitor: &Visitor, partners: &[Arc<Partner>]) -> Result<(), Problem> {
    let shown = partners.iter().map(|partner| Record::Other(partner.id)).collect();
    let nobody = Record::Other(Uuid::nil());
    trail::look(app, visitor, purpose::PARTNER, nobody, shown).await
}

/// The partner that the path names. To everybody but its administrators there is none.
fn own(app: &App, visitor: &Visitor, segment: Option<&str>) -> Result<Own, Problem> {
    let account = account(visitor)?;
    let partner = named(app.admission().registry(), segment)?;
    if partner.is_administered_by(account) {
        Ok(Own { partner, account, audit: trail::of(app, visitor, purpose::PARTNER) })
    } else {
        Err(error::NOT_FOUND.into())
    }
}

fn account(visitor: &Visitor) -> Result<Uuid, Problem> {
    Ok(Uuid::from_bytes(*visitor.administrator()?.account.as_bytes()))
}

pub(super) async fn done(app: &App, own: &Own, deed: Deed) -> Result<Reply, Problem> {
    let partner = does(app, own.partner.id, deed, own.account, own.audit.clone()).await?;
    Ok(reply::personal(&shown::partner(app, &partner)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NominateBody {
    name: Field,
    mobile: Field,
}

async fn nominate(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: NominateBody = body::parse(body)?;
    let name = words::line(&body.name, "name")?;
    let mobile = words::mobile(&body.mobile, "mobile", app.pack())?;
    let account = app.account_of(mobile);
    done(app, own, Deed::Nominate(Nomination { name, mobile }, account)).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DismissBody {
    administrator_id: Field,
}

async fn dismiss(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: DismissBody = body::parse(body)?;
    let account = words::uuid(&body.administrator_id, "administrator_id")?;
    done(app, own, Deed::Dismiss(account)).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServeBody {
    center_id: Field,
    declaration_version: Field,
    declaration_name: Field,
}

/// Who asks for money is taken for private, since the register of centres says no more.
async fn serve_facility(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: ServeBody = body::parse(body)?;
    let centre = centre(&body.center_id)?;
    let known = app.inventory().centre(centre).ok_or_else(|| Problem::invalid("center_id"))?;
    let private = known.fee_type == FeeType::Paid;
    let declaration = words::optional(&body.declaration_name, |name| {
        application::declaration(&body.declaration_version, name, app.clock().now())
    })?;
    done(app, own, Deed::Serve { centre, private, declaration }).await
}

/// The id of a centre.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn centre(field: &Field) -> Result<CentreId, Problem> {
    let id = u32::try_from(words::whole(field, "center_id")?);
    id.map(CentreId).map_err(|_| Problem::invalid("center_id"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EmbedBody {
    origins: Field,
}

async fn embed(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: EmbedBody = body::parse(body)?;
    done(app, own, Deed::Embed(origins::read(&body.origins, "origins")?)).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShowBody {
    statement: Field,
    document_url: Field,
    document_sha256: Field,
}

async fn show(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: ShowBody = body::parse(body)?;
    let digest = |text: &str| parse_digest(text).map(|_| text.to_ascii_lowercase());
    let document = Document {
        statement: words::text(&body.statement, "statement", PARAGRAPH)?,
        url: words::parsed(&body.document_url, "document_url", Link::parse)?,
        sha256: words::parsed(&body.document_sha256, "document_sha256", digest)?,
    };
    done(app, own, Deed::Show(document)).await
}
