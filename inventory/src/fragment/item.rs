//! The members of an answer that describe a session.

use super::json;
use opencowin_model::{AgeBand, Channel, Dose, Pack, Session, date};

/// A session's members, without the braces around them:
/// `"session_id":"…","date":"…","min_age_limit":18,"allow_all_age":true,"vaccine":"…","slots":["…"]`.
#[derive(Debug)]
pub(crate) struct Item(Box<[u8]>);

impl Item {
    /// Renders `session`; the vaccine's name comes from `pack`.
    pub(crate) fn new(pack: &Pack, session: &Session) -> Self {
        let mut out = Vec::with_capacity(256);
        json::plain(&mut out, "\"session_id\":", session.id);
        json::plain(&mut out, ",\"date\":", date::to_wire_string(session.date));
        write_age(&mut out, session.age);
        let vaccine = pack.vaccine(session.vaccine).map_or("", |vaccine| &vaccine.name);
        json::text(&mut out, ",\"vaccine\":", vaccine);
        json::list(&mut out, ",\"slots\":", &session.slots, |out, slot| {
            json::plain(out, "", slot.slot_label());
        });
        Self(out.into())
    }

    /// The members.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Appends what a flat answer adds: the session's own hours and its price as text.
    pub(crate) fn write_flat(out: &mut Vec<u8>, session: &Session) {
        json::time(out, ",\"from\":", session.hours.from);
        json::time(out, ",\"to\":", session.hours.to);
        json::number(out, ",\"fee\":\"", session.fee);
        out.push(b'"');
    }

    /// Appends what version 4 adds besides its seat number: 1 where precaution doses are given, else 0 (clients of the
    /// time select on 1).
    pub(crate) fn write_precaution(out: &mut Vec<u8>, session: &Session) {
        let given = session.capacity.seats(Channel::Online, Dose::Precaution) > 0;
        json::number(out, ",\"precaution_dose\":", u8::from(given));
    }
}

/// 18 and above is the one band that `allow_all_age` marks: before July 2021 a plain 18 meant 18 to 44 (source: wire
/// contract 1.4).
fn write_age(out: &mut Vec<u8>, age: AgeBand) {
    json::number(out, ",\"min_age_limit\":", age.min);
    match age.max {
        Some(max) => json::number(out, ",\"max_age_limit\":", max),
        None if age.min == 18 => out.extend_from_slice(b",\"allow_all_age\":true"),
        None => {}
    }
}
