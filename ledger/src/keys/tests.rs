//! Every key reads back, in order, and ranges hold what they say.

use super::*;
use proptest::prelude::*;

fn day() -> impl Strategy<Value = Date> {
    (2020i16..2100, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(Uuid::from_bytes)
}

fn session_key() -> impl Strategy<Value = SessionKey> {
    (day(), uuid()).prop_map(|(date, id)| SessionKey { date, id: SessionId(id) })
}

fn event_key() -> impl Strategy<Value = EventKey> {
    (day(), uuid()).prop_map(|(date, id)| EventKey { date, id: EventId(id) })
}

fn person() -> impl Strategy<Value = BeneficiaryRef> {
    BeneficiaryRef::RANGE.prop_map(|number| BeneficiaryRef::new(number).unwrap())
}

const KINDS: [Kind; 42] = [
    Kind::Meta,
    Kind::Centre,
    Kind::Session,
    Kind::Counters,
    Kind::Account,
    Kind::Personal,
    Kind::Person,
    Kind::IdDocument,
    Kind::Appointment,
    Kind::Command,
    Kind::Member,
    Kind::Heartbeat,
    Kind::Lease,
    Kind::Trace,
    Kind::Feed,
    Kind::Document,
    Kind::Usage,
    Kind::Attempts,
    Kind::AuditBatch,
    Kind::AuditHead,
    Kind::Event,
    Kind::Recipient,
    Kind::Stock,
    Kind::Movement,
    Kind::Figures,
    Kind::AllFigures,
    Kind::Aefi,
    Kind::Outbox,
    Kind::Sites,
    Kind::Signals,
    Kind::PersonKey,
    Kind::Holder,
    Kind::Certificate,
    Kind::Signed,
    Kind::Issued,
    Kind::StatusBits,
    Kind::LogPending,
    Kind::LogLeaf,
    Kind::LogHead,
    Kind::Share,
    Kind::Shares,
    Kind::LogTile,
];

fn a_batch() -> impl Strategy<Value = Batch> {
    "[A-Z0-9/-]{1,20}".prop_map(|text| Batch::parse(&text).unwrap())
}

fn of_stock_and_figures() -> impl Strategy<Value = Key> {
    let numbers = (any::<(u32, u16, u8, u8)>(), 0..=i64::MAX);
    (numbers, day(), a_batch(), uuid(), uuid(), 0..8u8).prop_map(
        |(((centre, district, vaccine, shard), at), day, batch, one, two, kind)| {
            let (centre, district) = (CentreId(centre), DistrictId(district));
            match kind {
                0 => Key::Stock(centre, VaccineId(vaccine), batch),
                1 => Key::Movement(centre, Timestamp(at), one),
                2 => Key::Figures(day, district, shard),
                3 => Key::AllFigures(district, shard),
                4 => {
                    let event = EventKey { date: day, id: EventId(one) };
                    Key::Aefi(AefiKey { centre, event, id: AefiId(two) })
                }
                5 => Key::Outbox(Queue::Safety, one),
                6 => Key::Sites(day, district, shard),
                _ => Key::Signals(VaccineId(vaccine), batch, shard),
            }
        },
    )
}

fn of_certificates() -> impl Strategy<Value = Key> {
    let numbers = (any::<(u32, u16)>(), 0..=i64::MAX as u64);
    (numbers, event_key(), person(), uuid(), 0..13u8).prop_map(
        |(((list, part), place), event, person, id, kind)| match kind {
            0 => Key::PersonKey(person),
            1 => Key::Holder(event),
            2 => Key::Certificate(CertificateId(id)),
            3 => Key::Signed(CertificateId(id)),
            4 => Key::Issued(event, Form::ALL[usize::from(part % 2)]),
            5 => Key::StatusBits(list, part),
            6 => Key::LogPending(id),
            7 => Key::LogLeaf(place),
            8 => Key::LogHead(place),
            9 => Key::Share(ShareHash::from_uuid(id)),
            10 => Key::Shares(person),
            11 => Key::LogTile(list as u8, place),
            _ => Key::Outbox(Queue::Certificates, id),
        },
    )
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        (0usize..Meta::ALL.len()).prop_map(|at| Key::Meta(Meta::ALL[at])),
        any::<u32>().prop_map(|id| Key::Centre(CentreId(id))),
        session_key().prop_map(Key::Session),
        session_key().prop_map(Key::Counters),
        uuid().prop_map(|id| Key::Account(AccountId::from_uuid(id))),
        person().prop_map(Key::Personal),
        person().prop_map(Key::Person),
        uuid().prop_map(|id| Key::IdDocument(IdHash::from_uuid(id))),
        (session_key(), uuid()).prop_map(|(key, id)| Key::Appointment(key, AppointmentId(id))),
        (day(), uuid(), uuid()).prop_map(|(day, account, hash)| {
            Key::Command(day, AccountId::from_uuid(account), CommandHash::from_uuid(hash))
        }),
        uuid().prop_map(Key::Member),
        uuid().prop_map(Key::Heartbeat),
        (uuid(), session_key()).prop_map(|(holder, key)| Key::Lease(holder, key)),
        uuid().prop_map(Key::Trace),
        (uuid(), 0..=i64::MAX as u64, any::<u16>())
            .prop_map(|(lane, group, part)| Key::Feed(lane, group, part)),
        (0usize..Shelf::ALL.len(), uuid()).prop_map(|(at, id)| Key::Document(Shelf::ALL[at], id)),
        (day(), uuid(), uuid()).prop_map(|(day, key, gateway)| Key::Usage(day, key, gateway)),
        (day(), uuid()).prop_map(|(day, id)| Key::Attempts(day, id)),
        (uuid(), 0..=i64::MAX as u64).prop_map(|(chain, number)| Key::AuditBatch(chain, number)),
        (0..=i64::MAX as u64).prop_map(Key::AuditHead),
        event_key().prop_map(Key::Event),
        (any::<u8>(), a_batch(), event_key()).prop_map(|(vaccine, batch, key)| Key::Recipient(
            VaccineId(vaccine),
            batch,
            key
        )),
        of_stock_and_figures(),
        of_certificates(),
    ]
}

proptest! {
    #[test]
    fn what_is_encoded_reads_back_and_keeps_its_order(one in any_key(), two in any_key()) {
        let layout = Layout::new(Environment::Sandbox);
        let (a, b) = (layout.encode(&one), layout.encode(&two));
        prop_assert_eq!(layout.decode(&a), Some(one));
        prop_assert_eq!(a.cmp(&b), one.cmp(&two), "scans go in the order of the types");
        prop_assert!(layout.everything().contains(&a));
        let same_kind = std::mem::discriminant(&one) == std::mem::discriminant(&two);
        let holding = KINDS.into_iter().filter(|kind| layout.all(*kind).contains(&a));
        let holding: Vec<_> = holding.collect();
        prop_assert_eq!(holding.len(), 1, "a row is of one kind");
        prop_assert_eq!(layout.all(holding[0]).contains(&b), same_kind);
    }

    #[test]
    fn bytes_of_anything_else_are_no_key(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let layout = Layout::new(Environment::Production);
        prop_assert_eq!(layout.decode(&bytes), None);
        let mut bytes = [&layout.prefix[..], &bytes].concat();
        bytes.truncate(80);
        let _ = layout.decode(&bytes);
    }
}

#[test]
fn the_environments_share_no_key() {
    let production = Layout::new(Environment::Production);
    let sandbox = Layout::new(Environment::Sandbox);
    let key = sandbox.encode(&Key::Centre(CentreId(1)));
    assert_eq!(production.decode(&key), None);
    assert!(!production.everything().contains(&key));
}

#[test]
fn a_days_sessions_and_a_sessions_appointments_lie_together() {
    let layout = Layout::new(Environment::Sandbox);
    let (early, late) = (Date::constant(2021, 4, 30), Date::constant(2021, 5, 1));
    let key = |date| SessionKey { date, id: SessionId(Uuid::max()) };
    let from_late = layout.sessions_from(late);
    assert!(!from_late.contains(&layout.encode(&Key::Session(key(early)))));
    assert!(from_late.contains(&layout.encode(&Key::Session(key(late)))));
    assert!(!from_late.contains(&layout.encode(&Key::Counters(key(late)))));
    let id = AppointmentId(Uuid::max());
    let appointment = |date| layout.encode(&Key::Appointment(key(date), id));
    let of_early = layout.by_session(Kind::Appointment, None, Some(key(early)));
    let of_others = layout.by_session(Kind::Appointment, Some(key(early)), None);
    assert!(of_early.contains(&appointment(early)) && !of_early.contains(&appointment(late)));
    assert!(of_others.contains(&appointment(late)) && !of_others.contains(&appointment(early)));
}

#[test]
fn what_belongs_to_one_lane_or_member_lies_together() {
    let layout = Layout::new(Environment::Sandbox);
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let feed = layout.feed_of(one, 3..5);
    let entries = [(one, 3), (one, 4), (one, 2), (one, 5), (two, 3)];
    let held =
        entries.map(|(lane, group)| feed.contains(&layout.encode(&Key::Feed(lane, group, 1))));
    assert_eq!(held, [true, true, false, false, false]);
    let key = SessionKey { date: Date::constant(2021, 5, 1), id: SessionId(Uuid::max()) };
    let lease = |holder| layout.encode(&Key::Lease(holder, key));
    assert!(layout.leases_of(one).contains(&lease(one)));
    assert!(!layout.leases_of(one).contains(&lease(two)));
    for key in [Key::Member(Uuid::max()), Key::Heartbeat(Uuid::nil())] {
        assert!(layout.membership().contains(&layout.encode(&key)));
    }
    assert!(!layout.membership().contains(&lease(one)));
}

#[test]
fn old_buckets_end_where_the_day_begins() {
    let layout = Layout::new(Environment::Sandbox);
    let day = Date::constant(2021, 5, 1);
    let record = |day| {
        let (account, hash) = (AccountId::from_uuid(Uuid::nil()), Uuid::nil());
        layout.encode(&Key::Command(day, account, CommandHash::from_uuid(hash)))
    };
    assert!(layout.commands_before(day).contains(&record(Date::constant(2021, 4, 30))));
    assert!(!layout.commands_before(day).contains(&record(day)));
}
