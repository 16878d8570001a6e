//! On-spot scheduling: staff gives seats that are kept for walk-ins and invited cohorts.

use super::desk;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::appointments::{book, unexpected};
use crate::handlers::errand::Errand;
use crate::handlers::fields;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::notices::{self, News};
use crate::trail::purpose;
use http::request::Parts;
use opencowin_ledger::commands::{Outcome, Place};
use opencowin_ledger::read::Match;
use opencowin_model::{AppointmentId, CentreId, Channel, SessionId};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct OnSpotBody {
    dose: Field,
    is_precaution: Field,
    session_id: Field,
    slot: Field,
    beneficiaries: Field,
    channel: Field,
}

/// Books one to four people, of whatever accounts, into a session of the facility: all or none. They have to do with the
/// facility or have proven their number there.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn schedule(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "on-spot", purpose::BOOK, &body)?;
    let body: OnSpotBody = body::parse(body)?;
    if names_nobody(&body.beneficiaries) {
        return Err(error::NAME_REQUIRED.into());
    }
    let session = fields::session(&body.session_id)?;
    let at = held_at(app, visitor, session)?;
    let place = Place {
        session: app.session_key(session),
        slot: body::text(&body.slot, "slot")?.into(),
        channel: channel(&body.channel)?,
        dose: fields::dose(&body.dose, &body.is_precaution)?,
    };
    let people = fields::people(&body.beneficiaries, "beneficiaries")?;
    let found = desk::seen(app, visitor, purpose::BOOK, &people).await?;
    let tell = || tell(app, visitor, &place, &found);
    match book(app, place.for_people(at, people), &errand, tell).await? {
        Outcome::Booked { appointment, .. } => Ok(reply::personal(&json!({
            "appointment_confirmation_no": appointment.0,
            "appointment_id": appointment.0,
            "security_code": code(app, &found, appointment).await,
        }))),
        other => Err(unexpected(other)),
    }
}

/// What is shown at check-in: whoever stands at the counter may have no phone with them, and is handed a slip. `None` once the
/// appointment is over, which a repeated request may find.
async fn code(app: &App, found: &[Match], appointment: AppointmentId) -> Option<String> {
    let account = found.first()?.person.account?;
    let visit = app.ledger().read().visit(account, appointment).await.ok()?;
    Some(visit.appointment.security_code(app.ledger().hasher()).to_string())
}

fn names_nobody(people: &Field) -> bool {
    let nobody = |people: &Loose| matches!(people, Loose::List(list) if list.is_empty());
    body::required(people).map_or(true, nobody)
}

/// The facility that holds a session, if it is the visitor's.
///
/// # Errors
/// APPOIN0015: a session elsewhere is as unknown as one that is not on sale.
pub(in crate::handlers) fn held_at(
    app: &App,
    visitor: &Visitor,
    session: SessionId,
) -> Result<CentreId, Problem> {
    let on_sale = app.inventory().session(session).ok_or(error::SLOT_INVALID)?;
    let centre = on_sale.centre().id;
    if visitor.facilities().contains(&centre) {
        Ok(centre)
    } else {
        Err(error::SLOT_INVALID.into())
    }
}

/// Out of which seats: those for walk-ins, unless those of a cohort are named.
///
/// # Errors
/// USRRES0002.
pub(in crate::handlers) fn channel(field: &Field) -> Result<Channel, Problem> {
    if body::required(field).is_err() {
        return Ok(Channel::OnSpot);
    }
    fields::word(field, "channel", |word| {
        [Channel::OnSpot, Channel::Reserved].into_iter().find(|channel| channel.name() == word)
    })
}

/// Tells each number once: whose number was named without their knowledge hears of it.
fn tell(app: &App, visitor: &Visitor, place: &Place, found: &[Match]) {
    for (at, Match { personal, .. }) in found.iter().enumerate() {
        let told = found[..at].iter().any(|earlier| earlier.personal.mobile == personal.mobile);
        if !told {
            let news = News::Booked(&place.slot);
            notices::send(app, visitor.key_id(), personal.mobile, place.session.id, news);
        }
    }
}
