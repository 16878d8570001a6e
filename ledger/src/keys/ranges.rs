//! Which rows lie together: ranges that are read or removed as one.

use super::{Key, Kind, Layout, Queue, Shelf, number};
use crate::records::EventKey;
use foundationdb_tuple::TuplePack;
use opencowin_model::{
    AppointmentId, Batch, BeneficiaryRef, CentreId, CertificateId, Date, SessionKey, Timestamp,
    VaccineId,
};
use std::ops::{Range, RangeInclusive};
use uuid::Uuid;

impl Layout {
    /// All rows of the environment.
    pub fn everything(&self) -> Range<Vec<u8>> {
        below(&self.prefix)
    }

    /// All rows of a kind.
    pub fn all(&self, kind: Kind) -> Range<Vec<u8>> {
        below(&self.pack(kind, &()))
    }

    /// Session definitions from a day on, by date and id.
    pub fn sessions_from(&self, day: Date) -> Range<Vec<u8>> {
        self.pack(Kind::Session, &(number(day),))..self.all(Kind::Session).end
    }

    /// Rows of a kind that lies by session (definitions, counters, appointments): those of the sessions after one up to
    /// and including another; from the first where there is no one before, to the last where there is no end.
    pub fn by_session(
        &self,
        kind: Kind,
        after: Option<SessionKey>,
        upto: Option<SessionKey>,
    ) -> Range<Vec<u8>> {
        let fields = |key: SessionKey| (number(key.date), key.id.0);
        self.span(kind, after.map(fields), upto.map(fields))
    }

    /// The appointments of the sessions of a day, after one of them or from the first.
    pub fn appointments_on(
        &self,
        day: Date,
        after: Option<(SessionKey, AppointmentId)>,
    ) -> Range<Vec<u8>> {
        let all = below(&self.pack(Kind::Appointment, &(number(day),)));
        let after = after.map(|(session, id)| self.single(&Key::Appointment(session, id)).end);
        after.unwrap_or(all.start)..all.end
    }

    /// Appointments that lie under one session, after one of them or from the first.
    pub fn appointments_of(
        &self,
        session: SessionKey,
        after: Option<AppointmentId>,
    ) -> Range<Vec<u8>> {
        let fields = (number(session.date), session.id.0);
        let all = below(&self.pack(Kind::Appointment, &fields));
        let after = after.map(|id| self.single(&Key::Appointment(session, id)).end);
        after.unwrap_or(all.start)..all.end
    }

    /// The doses given out of a batch, after one of them or from the first, by the day on which they were given.
    pub fn recipients(
        &self,
        vaccine: VaccineId,
        batch: Batch,
        after: Option<EventKey>,
    ) -> Range<Vec<u8>> {
        let all = below(&self.pack(Kind::Recipient, &(u16::from(vaccine.0), batch.as_str())));
        let after = after.map(|key| self.single(&Key::Recipient(vaccine, batch, key)).end);
        after.unwrap_or(all.start)..all.end
    }

    /// Rows of a kind that lies by person (personal, state), as in [`by_session`](Self::by_session).
    pub fn by_person(
        &self,
        kind: Kind,
        after: Option<BeneficiaryRef>,
        upto: Option<BeneficiaryRef>,
    ) -> Range<Vec<u8>> {
        self.span(kind, after.map(|person| (person.get(),)), upto.map(|person| (person.get(),)))
    }

    /// Command records of the days before `day`.
    pub fn commands_before(&self, day: Date) -> Range<Vec<u8>> {
        self.all(Kind::Command).start..self.pack(Kind::Command, &(number(day),))
    }

    /// Attempts at passwords that expired before `day`.
    pub fn attempts_before(&self, day: Date) -> Range<Vec<u8>> {
        self.all(Kind::Attempts).start..self.pack(Kind::Attempts, &(number(day),))
    }

    /// The documents of a shelf.
    pub fn shelf(&self, shelf: Shelf) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Document, &(shelf as u16,)))
    }

    /// The use of all keys on the days from one to another, both included.
    pub fn usage(&self, from: Date, to: Date) -> Range<Vec<u8>> {
        self.pack(Kind::Usage, &(number(from),))..below(&self.pack(Kind::Usage, &(number(to),))).end
    }

    /// Leases of one member.
    pub fn leases_of(&self, holder: Uuid) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Lease, &(holder,)))
    }

    /// Feed entries of one lane from one group up to but not including another.
    pub fn feed_of(&self, lane: Uuid, groups: Range<u64>) -> Range<Vec<u8>> {
        self.pack(Kind::Feed, &(lane, groups.start))..self.pack(Kind::Feed, &(lane, groups.end))
    }

    /// Batches of one chain from one number up to and including another.
    pub fn batches_of(&self, chain: Uuid, numbers: RangeInclusive<u64>) -> Range<Vec<u8>> {
        let start = self.pack(Kind::AuditBatch, &(chain, *numbers.start()));
        start..below(&self.pack(Kind::AuditBatch, &(chain, *numbers.end()))).end
    }

    /// Audit heads from this number on.
    pub fn heads_from(&self, number: u64) -> Range<Vec<u8>> {
        self.pack(Kind::AuditHead, &(number,))..self.all(Kind::AuditHead).end
    }

    /// Rows of a kind that lies by centre (definitions, stock, movements), as in [`by_session`](Self::by_session).
    pub fn by_centre(
        &self,
        kind: Kind,
        after: Option<CentreId>,
        upto: Option<CentreId>,
    ) -> Range<Vec<u8>> {
        self.span(kind, after.map(|centre| (centre.0,)), upto.map(|centre| (centre.0,)))
    }

    /// What a centre has in stock.
    pub fn stock_of(&self, centre: CentreId) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Stock, &(centre.0,)))
    }

    /// Movements of a centre's stock from one moment up to but not including another.
    pub fn movements_of(&self, centre: CentreId, moments: Range<Timestamp>) -> Range<Vec<u8>> {
        let key = |at: Timestamp| self.pack(Kind::Movement, &(centre.0, at.0));
        key(moments.start)..key(moments.end)
    }

    /// Rows of a kind that lies by day (figures, sites) of the days from one to another, both included.
    pub fn by_day(&self, kind: Kind, from: Date, to: Date) -> Range<Vec<u8>> {
        self.pack(kind, &(number(from),))..below(&self.pack(kind, &(number(to),))).end
    }

    /// Reports of what followed the doses that a centre gave on the days from one to another, both included.
    pub fn reports_of(&self, centre: CentreId, from: Date, to: Date) -> Range<Vec<u8>> {
        let day = |day| self.pack(Kind::Aefi, &(centre.0, number(day)));
        day(from)..below(&day(to)).end
    }

    /// Reports of what followed one dose.
    pub fn reports_after(&self, centre: CentreId, event: EventKey) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Aefi, &(centre.0, number(event.date), event.id.0)))
    }

    /// Jobs of a queue, by their ids, which rise with time.
    pub fn jobs(&self, queue: Queue) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Outbox, &(queue as u16,)))
    }

    /// The certificates after one of them, or from the first, by id.
    pub fn certificates(&self, after: Option<CertificateId>) -> Range<Vec<u8>> {
        self.span(Kind::Certificate, after.map(|id| (id.0,)), None)
    }

    /// The parts of a status list that have bits set.
    pub fn status_list(&self, list: u32) -> Range<Vec<u8>> {
        below(&self.pack(Kind::StatusBits, &(list,)))
    }

    /// Lines of the transparency log from one place up to but not including another.
    pub fn log_lines(&self, places: Range<u64>) -> Range<Vec<u8>> {
        self.pack(Kind::LogLeaf, &(places.start,))..self.pack(Kind::LogLeaf, &(places.end,))
    }

    /// What was counted of a batch.
    pub fn signals_of(&self, vaccine: VaccineId, batch: Batch) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Signals, &(u16::from(vaccine.0), batch.as_str())))
    }

    /// Members and their heartbeats, which lie side by side.
    pub fn membership(&self) -> Range<Vec<u8>> {
        self.all(Kind::Member).start..self.all(Kind::Heartbeat).end
    }

    /// Where lane traces lay in schema 1.
    pub(crate) fn traces_of_schema_1(&self) -> Range<Vec<u8>> {
        let mut prefix = self.prefix.clone();
        11_u16.pack_into_vec(&mut prefix);
        below(&prefix)
    }

    fn span<T: TuplePack>(&self, kind: Kind, after: Option<T>, upto: Option<T>) -> Range<Vec<u8>> {
        let all = self.all(kind);
        let end_of = |fields: T| below(&self.pack(kind, &fields)).end;
        after.map_or(all.start, end_of)..upto.map_or(all.end, end_of)
    }
}

/// The keys that extend the tuple `bytes`. No element's encoding starts with 0xFF.
fn below(bytes: &[u8]) -> Range<Vec<u8>> {
    let mut end = bytes.to_vec();
    end.push(0xFF);
    bytes.to_vec()..end
}
