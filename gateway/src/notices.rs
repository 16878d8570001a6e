//! Notices: what people are told about their appointments and certificates. Nobody waits for them, and nothing depends on them: a notice that
//! cannot be sent is counted and forgotten, since the lists say the same.

use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::{Message, MessageKind, Messenger, Refused};
use opencowin_model::{Centre, Mobile, Session, SessionId, Timestamp, date};
use uuid::Uuid;

/// How long a notice is worth sending, in milliseconds: half a day.
const WORTH_MS: i64 = 12 * 3_600_000;

/// What has become of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// It was booked for this slot.
    Booked(&'a str),
    /// It was moved to this slot.
    Moved(&'a str),
    /// It was cancelled.
    Cancelled,
}

/// To whom something is said, and when.
#[derive(Clone, Copy, Debug)]
pub struct Addressee {
    /// Their number.
    pub mobile: Mobile,
    /// The key of the application that they use, if they do.
    pub key: Option<Uuid>,
    /// The present moment.
    pub now: Timestamp,
}

/// Tells whoever has logged in about an appointment of theirs in a session.
pub fn tell(app: &App, visitor: &Visitor, session: SessionId, news: News<'_>) {
    if let Ok(caller) = visitor.person() {
        send(app, visitor.key_id(), caller.mobile, session, news);
    }
}

/// Tells a number what has become of certificates of its people. The message names nobody.
pub fn of_certificates(app: &App, visitor: &Visitor, mobile: Mobile, kind: MessageKind) {
    let (messenger, created) = (app.messenger(), app.clock().now());
    let (text, expires) = (messenger.texts().text(kind, &[]), created.plus_ms(WORTH_MS));
    // A refusal is counted where messages are.
    let _ = messenger.send(mobile, Message { kind, text, created, expires, key: visitor.key_id() });
}

/// Tells a number about an appointment that somebody with this key has made for it, in a session.
pub fn send(app: &App, key: Option<Uuid>, mobile: Mobile, session: SessionId, news: News<'_>) {
    let Some(on_sale) = app.inventory().session(session) else { return };
    let to = Addressee { mobile, key, now: app.clock().now() };
    // A refusal is counted where messages are.
    let _ = post(app.messenger(), to, (on_sale.centre(), on_sale.definition()), news);
}

/// Hands over what somebody is told about an appointment in a session.
///
/// # Errors
/// [`Refused`] if it will not be sent.
pub fn post(
    messenger: &dyn Messenger,
    to: Addressee,
    (centre, session): (&Centre, &Session),
    news: News<'_>,
) -> Result<(), Refused> {
    let day = date::to_wire_string(session.date);
    let (kind, slot) = match news {
        News::Booked(slot) => (MessageKind::BookingConfirmed, slot),
        News::Moved(slot) => (MessageKind::AppointmentMoved, slot),
        News::Cancelled => (MessageKind::AppointmentCancelled, ""),
    };
    let values = [("centre", &*centre.name), ("date", &day), ("slot", slot)];
    let (text, created) = (messenger.texts().text(kind, &values), to.now);
    let (expires, key) = (created.plus_ms(WORTH_MS), to.key);
    messenger.send(to.mobile, Message { kind, text, created, expires, key })
}
