//! Booking, moving and cancelling appointments.

use super::errand::Errand;
use super::{fields, seats};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::notices::{self, News};
use crate::patience;
use crate::trail::purpose;
use http::StatusCode;
use http::request::Parts;
use opencowin_inventory::Reservation;
use opencowin_ledger::Failure;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Book, Booker, Cancel, Command, Outcome, Refusal, Reschedule};
use opencowin_model::{AppointmentId, Channel, SessionId};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ScheduleBody {
    dose: Field,
    session_id: Field,
    center_id: Field,
    slot: Field,
    beneficiaries: Field,
    is_precaution: Field,
    captcha: Field,
}

/// Books one to four people of the account: all or none.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn schedule(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let errand = Errand::of(app, visitor, parts, "schedule", purpose::BOOK, &body)?;
    let body: ScheduleBody = body::parse(body)?;
    let session = fields::session(&body.session_id)?;
    held_at(app, session, &body.center_id)?;
    challenge(app, visitor, parts, &body.captcha)?;
    let wish = Book {
        by: Booker::Account(account),
        dose: fields::dose(&body.dose, &body.is_precaution)?,
        session: app.session_key(session),
        slot: body::text(&body.slot, "slot")?.into(),
        people: fields::people(&body.beneficiaries, "beneficiaries")?,
        channel: Channel::Online,
    };
    let session = wish.session.id;
    let slot = wish.slot.clone();
    let tell = || notices::tell(app, visitor, session, News::Booked(&slot));
    match book(app, wish, &errand, tell).await? {
        Outcome::Booked { appointment, .. } => {
            app.admission().booked(visitor, account);
            Ok(reply::personal(&json!({
                "appointment_confirmation_no": appointment.0,
                "appointment_id": appointment.0,
            })))
        }
        other => Err(unexpected(other)),
    }
}

/// An account that is used like a bot's has to pay before it books.
fn challenge(app: &App, visitor: &Visitor, parts: &Parts, captcha: &Field) -> Result<(), Problem> {
    let (account, now) = (visitor.person()?.account, app.clock().now());
    let captcha = captcha.as_ref().and_then(Loose::text);
    app.admission().challenge_account(visitor, account, &parts.headers, captcha.as_deref(), now)
}

/// Checks on a current read, reserves the seats in memory, and has the ledger book them. Who was not booked before is told.
///
/// # Errors
/// As the ledger refuses it.
pub(super) async fn book(
    app: &App,
    wish: Book,
    errand: &Errand<'_>,
    tell: impl FnOnce(),
) -> Result<Outcome, Problem> {
    if let Some(answer) = errand.recorded().await? {
        return Ok(answer);
    }
    let booked = patience::for_seats(|| attempt(app, &wish, errand)).await;
    let booked = booked.map_err(|failure| app.problem_of(failure))?;
    tell();
    Ok(booked)
}

async fn attempt(app: &App, wish: &Book, errand: &Errand<'_>) -> Result<Outcome, Failure> {
    let mut refused = Failure::Refused(Refusal::SoldOut);
    for channel in channels(app, wish) {
        let wish = Book { channel: *channel, ..wish.clone() };
        match reserve_for(app, &wish).await {
            Ok(reservation) => {
                let session = Some(wish.session.id);
                return errand.run_with_seats(Command::Book(wish), session, reservation).await;
            }
            Err(failure) => refused = failure,
        }
        if refused != Failure::Refused(Refusal::SoldOut) {
            break;
        }
    }
    errand.fail(refused).await
}

/// Out of whose seats a wish can be met, the first ones first: late on its day a session may give to those who walk in
/// what nobody has booked online.
fn channels(app: &App, wish: &Book) -> &'static [Channel] {
    match wish.channel {
        Channel::Online => &[Channel::Online],
        Channel::Reserved => &[Channel::Reserved],
        Channel::OnSpot => {
            let now = app.clock().now().civil(app.pack().zone());
            let on_sale = app.inventory().session(wish.session.id);
            on_sale.map_or(&[Channel::OnSpot], |on_sale| on_sale.definition().walk_in_channels(now))
        }
    }
}

async fn reserve_for(app: &App, wish: &Book) -> Result<Option<Reservation>, Failure> {
    app.ledger().read().check_booking(wish).await?;
    seats::reserve(app, wish.seats()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RescheduleBody {
    appointment_id: Field,
    session_id: Field,
    slot: Field,
    captcha: Field,
}

/// Moves those who remain in an appointment to another session or slot. It keeps its id.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn reschedule(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let errand = Errand::of(app, visitor, parts, "reschedule", purpose::RESCHEDULE, &body)?;
    let body: RescheduleBody = body::parse(body)?;
    let appointment = appointment_id(&body.appointment_id)?;
    let errand = errand.about(Record::Appointment(appointment));
    let to = app.session_key(fields::session(&body.session_id)?);
    let slot = body::text(&body.slot, "slot")?;
    challenge(app, visitor, parts, &body.captcha)?;
    if errand.recorded().await?.is_some() {
        return Ok(reply::empty(StatusCode::NO_CONTENT));
    }
    let moved = match app.ledger().read().visit(account, appointment).await {
        Ok(visit) => {
            let from = visit.appointment.session;
            let slot = slot.as_str().into();
            let wish = Reschedule { account, appointment, from, to, slot };
            patience::for_seats(|| attempt_to_move(app, &wish, &errand)).await
        }
        Err(failure) => errand.fail(failure).await,
    };
    moved.map_err(|failure| app.problem_of(failure))?;
    app.admission().booked(visitor, account);
    notices::tell(app, visitor, to.id, News::Moved(&slot));
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

async fn attempt_to_move(
    app: &App,
    wish: &Reschedule,
    errand: &Errand<'_>,
) -> Result<Outcome, Failure> {
    match reserve_to_move(app, wish).await {
        Ok(reservation) => {
            let command = Command::Reschedule(wish.clone());
            errand.run_with_seats(command, Some(wish.to.id), reservation).await
        }
        Err(failure) => errand.fail(failure).await,
    }
}

/// Another slot of the same session takes no seat.
async fn reserve_to_move(app: &App, wish: &Reschedule) -> Result<Option<Reservation>, Failure> {
    match app.ledger().read().check_rescheduling(wish).await? {
        Some(wanted) => seats::reserve(app, wanted).await,
        None => Ok(None),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CancelBody {
    appointment_id: Field,
    #[serde(rename = "beneficiariesToCancel")]
    people: Field,
}

/// Cancels an appointment for the people named, or for all of it.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn cancel(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let errand = Errand::of(app, visitor, parts, "cancel", purpose::CANCEL, &body)?;
    let body: CancelBody = body::parse(body)?;
    let appointment = appointment_id(&body.appointment_id)?;
    let people = match &body.people {
        None => Vec::new(),
        Some(Loose::List(list)) if list.is_empty() => Vec::new(),
        field => fields::people(field, "beneficiariesToCancel")?,
    };
    let command = Command::Cancel(Cancel { account, appointment, people });
    let cancelled = errand.about(Record::Appointment(appointment)).run(command).await;
    if let Outcome::Cancelled { freed } = cancelled.map_err(|failure| app.problem_of(failure))? {
        notices::tell(app, visitor, freed.session.id, News::Cancelled);
    }
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn unexpected(outcome: Outcome) -> Problem {
    tracing::error!(?outcome, "the ledger answered another command than was asked");
    error::TRY_AGAIN.into()
}

/// Refuses a centre that is not the session's, if one is named: the client means something else than it says.
fn held_at(app: &App, session: SessionId, centre: &Field) -> Result<(), Problem> {
    if body::required(centre).is_err() {
        return Ok(());
    }
    let named = body::whole(centre, "center_id")?;
    let session = app.inventory().session(session).ok_or(error::SLOT_INVALID)?;
    let right = u64::from(session.centre().id.0) == named;
    if right { Ok(()) } else { Err(Problem::invalid("center_id")) }
}

fn appointment_id(field: &Field) -> Result<AppointmentId, Problem> {
    let text = body::text(field, "appointment_id")?;
    AppointmentId::parse(&text).ok_or_else(|| error::APPOINTMENT_UNKNOWN.into())
}
