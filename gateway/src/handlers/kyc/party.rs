//! Who asks for somebody's status.

use crate::access::partner::Partner;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::identity::inquiry::Inquiry;
use opencowin_admission::Api;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The longest nonce, in bytes.
const NONCE: usize = 128;

/// How a sandbox's key that everybody knows is called.
const ANYBODY: &str = "whoever tries the sandbox";

/// Whoever is to be told, and what they recognise the answer by.
#[derive(Debug)]
pub struct Asking {
    /// The partner; nobody if the person asks for themself.
    pub party: Option<Party>,
    /// What it gave along; empty if nothing.
    pub nonce: String,
}

/// A partner that asks.
#[derive(Debug)]
pub struct Party {
    /// Its id, for which answers are signed.
    pub id: Uuid,
    /// The name by which people know it.
    pub name: String,
}

impl Asking {
    /// Whoever asks: the application whose key came along, or else the partner that the query names, in whose site the page
    /// is embedded.
    ///
    /// # Errors
    /// 403 if that partner may not ask, or not there; USRRES0001 or 0002 for the query.
    pub fn of(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Self, Problem> {
        let party = match visitor.key.as_ref().map(|key| key.record.partner) {
            Some(partner) => Some(of_key(app, partner)),
            None => embedding(app, query)?,
        };
        let is_embedded = party.is_some() && visitor.key.is_none();
        let nonce = match query.get("nonce") {
            None if is_embedded => return Err(Problem::missing()),
            nonce => nonce.unwrap_or_default(),
        };
        if nonce.len() > NONCE || !nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::invalid("nonce"));
        }
        Ok(Self { party, nonce: nonce.to_owned() })
    }

    /// Whether they asked this. An application need not give its nonce with each step.
    ///
    /// # Errors
    /// 403 if somebody else did, or they asked something else.
    pub fn must_have_asked(&self, inquiry: &Inquiry) -> Result<(), Problem> {
        let same_party = self.party.as_ref().map(|party| party.id) == inquiry.party;
        let same_nonce = self.nonce.is_empty() || self.nonce == inquiry.nonce;
        if same_party && same_nonce { Ok(()) } else { Err(Problem::Forbidden) }
    }
}

fn of_key(app: &App, id: Uuid) -> Party {
    let partner = app.admission().partners().get::<Partner>(id);
    let name = partner.map_or(ANYBODY.to_owned(), |partner| name(&partner));
    Party { id, name }
}

fn embedding(app: &App, query: &Query<'_>) -> Result<Option<Party>, Problem> {
    let Some(id) = query.get("partner") else { return Ok(None) };
    let origin = query.required("origin")?;
    let partner = asking(app, id).ok_or(Problem::Forbidden)?;
    let mut origins = partner.embeds_in(app.admission().environment());
    if origins.any(|own| own.as_str() == origin) {
        Ok(Some(Party { id: partner.id, name: name(&partner) }))
    } else {
        Err(Problem::Forbidden)
    }
}

/// The partner of this id, if it may ask for people's status here and now.
pub fn asking(app: &App, id: &str) -> Option<Arc<Partner>> {
    let (registry, environment) = (app.admission().partners(), app.admission().environment());
    let now = registry.now();
    let partner = registry.get::<Partner>(Uuid::try_parse(id).ok()?)?;
    let is_blocked = registry.shut_out().partner(partner.id, now).is_some();
    (!is_blocked && partner.opens(Api::Status, environment, now)).then_some(partner)
}

fn name(partner: &Partner) -> String {
    partner.application.organisation.name.clone()
}

/// The name of whoever asks, for the consent to say.
///
/// # Errors
/// USRRES0001 if the query names nobody; otherwise those of [`Asking::of`].
pub fn show(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let party = Asking::of(app, visitor, query)?.party.ok_or_else(Problem::missing)?;
    Ok(reply::personal(&json!({ "name": party.name })))
}
