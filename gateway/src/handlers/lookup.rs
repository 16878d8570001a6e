//! The look-up of trusted partners by mobile number or identity document (R28).
//!
//! It is off for every key unless the ministry has granted it, raises an alarm with every call, and says as little as a
//! public health partner can do with: which doses somebody was given, under initials and a year of birth. Whoever was
//! given none is not told apart from whoever is not known.

use super::{fields, people};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::{self, Consented, purpose};
use opencowin_ledger::audit::{Record, Word};
use opencowin_ledger::read::Sought;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// The longest reference of a consent, in characters.
const CONSENT: usize = 64;

#[derive(Default, Deserialize)]
#[serde(default)]
struct LookupBody {
    mobile: Field,
    photo_id_type: Field,
    photo_id_number: Field,
    consent_reference: Field,
    purpose: Field,
}

/// Which doses the people of a number, or the owner of a document, were given.
///
/// # Errors
/// USRRES0001 or 0002 for a field.
pub async fn beneficiary(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    app.metrics().alarm("lookup");
    let wish = Wish::read(app, body).inspect_err(|_| app.metrics().alarm("lookup-refused"))?;
    let mut found = app.ledger().read().matches(wish.sought).await?;
    found.retain(|found| !found.person.doses.is_empty());
    let shown = found.iter().map(|found| Record::Person(found.id)).collect();
    let consented = Consented { purpose: wish.purpose, reference: &wish.consent };
    trail::look_with_consent(app, visitor, consented, record(wish.sought), shown).await?;
    let elements = visitor.elements();
    let items = found.iter().map(|found| people::to_the_trusted(app.pack(), found, elements));
    Ok(reply::personal(&json!({ "beneficiaries": items.collect::<Vec<_>>() })))
}

/// What is asked for.
struct Wish {
    sought: Sought,
    consent: String,
    purpose: Word,
}

impl Wish {
    fn read(app: &App, body: Vec<u8>) -> Result<Self, Problem> {
        let body: LookupBody = body::parse(body)?;
        let purpose = purpose::of_trust(&body::text(&body.purpose, "purpose")?);
        Ok(Self {
            consent: consent(&body.consent_reference)?,
            purpose: purpose.ok_or_else(|| Problem::invalid("purpose"))?,
            sought: sought(app, &body)?,
        })
    }
}

/// By a number or by a document, not by both.
fn sought(app: &App, body: &LookupBody) -> Result<Sought, Problem> {
    let document = body.photo_id_type.is_some() || body.photo_id_number.is_some();
    match (body.mobile.is_some(), document) {
        (true, true) => Err(Problem::invalid("either mobile or photo_id_number")),
        (_, false) => {
            let mobile = fields::mobile(&body.mobile, "mobile", app.pack())?;
            Ok(Sought::Account(app.account_of(mobile)))
        }
        (false, true) => {
            let kind = fields::id_type(&body.photo_id_type, app.pack(), |_| true)?;
            let number = fields::id_number(&body.photo_id_number, kind)?;
            Ok(Sought::Document(app.ledger().hasher().id_document(kind.id, &number)))
        }
    }
}

/// By what the partner finds the consent of the person again.
fn consent(field: &Field) -> Result<String, Problem> {
    let reference = body::text(field, "consent_reference")?;
    let visible = reference.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && reference.len() <= CONSENT {
        Ok(reference)
    } else {
        Err(Problem::invalid("consent_reference"))
    }
}

fn record(sought: Sought) -> Record {
    match sought {
        Sought::Account(account) => Record::Account(account),
        Sought::Person(person) => Record::Person(person),
        Sought::Document(hash) => Record::Other(Uuid::from_bytes(*hash.as_bytes())),
    }
}
