//! Notices: what people are told about their appointments. Nobody waits for them, and nothing depends on them: a notice that
//! cannot be sent is counted and forgotten, since the list of appointments says the same.

use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::{Message, MessageKind};
use opencowin_model::{Mobile, SessionId, date};
use uuid::Uuid;

/// How long a notice is worth sending, in milliseconds: half a day.
const WORTH_MS: i64 = 12 * 3_600_000;

/// What has become of an appointment.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// It was booked for this slot.
    Booked(&'a str),
    /// It was moved to this slot.
    Moved(&'a str),
    /// It was cancelled.
    Cancelled,
}

/// Tells whoever has logged in about an appointment of theirs in a session.
pub fn tell(app: &App, visitor: &Visitor, session: SessionId, news: News<'_>) {
    if let Ok(caller) = visitor.person() {
        send(app, visitor.key_id(), caller.mobile, session, news);
    }
}

/// Tells a number about an appointment that somebody with this key has made for it, in a session.
pub fn send(app: &App, key: Option<Uuid>, mobile: Mobile, session: SessionId, news: News<'_>) {
    let inventory = app.inventory();
    let Some(on_sale) = inventory.session(session) else { return };
    let session = on_sale.definition();
    let day = date::to_wire_string(session.date);
    let (kind, slot) = match news {
        News::Booked(slot) => (MessageKind::BookingConfirmed, slot),
        News::Moved(slot) => (MessageKind::AppointmentMoved, slot),
        News::Cancelled => (MessageKind::AppointmentCancelled, ""),
    };
    let values = [("centre", &*on_sale.centre().name), ("date", &day), ("slot", slot)];
    let (text, created) = (app.messenger().texts().text(kind, &values), app.clock().now());
    let expires = created.plus_ms(WORTH_MS);
    // A refusal is counted where messages are.
    let _ = app.messenger().send(mobile, Message { kind, text, created, expires, key });
}
