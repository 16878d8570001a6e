//! Whatever a row can hold reads back, and whatever else lies there ends in an error.

mod certificates;
mod supply;
mod vaccination;

use super::*;
use crate::audit::Tip;
use crate::commands::{Outcome, Refusal, SeatCount};
use crate::keys::Shelf;
use crate::vault::{AccountId, CommandHash, IdHash};
use opencowin_model::{
    AgeBand, AppointmentId, Capacity, CentreId, Channel, DistrictId, Dose, FeeType, GenderId,
    Hours, IdTypeId, Mobile, Pincode, Position, Seats, SecurityCode, SessionState, TimeOfDay,
    Timestamp, VaccineId,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use vaccination::{event_key, standing};

fn day() -> impl Strategy<Value = Date> {
    (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(Uuid::from_bytes)
}

fn reference() -> impl Strategy<Value = BeneficiaryRef> {
    BeneficiaryRef::RANGE.prop_map(|number| BeneficiaryRef::new(number).unwrap())
}

fn hours() -> impl Strategy<Value = Hours> {
    (0u16..1439).prop_flat_map(|from| (Just(from), from + 1..1440)).prop_map(|(from, to)| {
        let time = |minutes| TimeOfDay::from_minutes(minutes).unwrap();
        Hours::new(time(from), time(to)).unwrap()
    })
}

fn dose() -> impl Strategy<Value = Dose> {
    select(&Dose::ALL[..])
}

fn channel() -> impl Strategy<Value = Channel> {
    select(&Channel::ALL[..])
}

fn seats() -> impl Strategy<Value = Seats> {
    any::<[u16; 3]>().prop_map(Seats)
}

fn capacity() -> impl Strategy<Value = Capacity> {
    (seats(), seats(), seats()).prop_map(|(a, b, c)| Capacity::new(a, b, c))
}

fn age() -> impl Strategy<Value = AgeBand> {
    any::<(u8, Option<u8>)>().prop_map(|(min, max)| AgeBand { min, max })
}

fn session_key() -> impl Strategy<Value = SessionKey> {
    (day(), uuid()).prop_map(|(date, id)| SessionKey { date, id: SessionId(id) })
}

fn state() -> impl Strategy<Value = SessionState> {
    prop_oneof![
        Just(SessionState::Published),
        Just(SessionState::Cancelled),
        Just(SessionState::Closed),
        day().prop_map(|to| SessionState::Moved { to }),
    ]
}

fn session() -> impl Strategy<Value = (Key, Row)> {
    let numbers = any::<(u32, u8, u32, u32)>();
    let walk_in =
        proptest::option::of((0..1440_u16).prop_map(|m| TimeOfDay::from_minutes(m).unwrap()));
    let standing = (state(), proptest::option::of(day()), walk_in);
    (session_key(), hours(), vec(hours(), 0..5), age(), capacity(), numbers, standing).prop_map(
        |(key, hours, slots, age, capacity, (centre, vaccine, fee, version), standing)| {
            let (state, unsettled, walk_in_from) = standing;
            let session = Session {
                id: key.id,
                centre: CentreId(centre),
                date: key.date,
                hours,
                vaccine: VaccineId(vaccine),
                age,
                fee,
                slots,
                capacity,
                walk_in_from,
                state,
                unsettled,
                version,
            };
            (Key::Session(key), Row::Session(Box::new(session)))
        },
    )
}

fn centre() -> impl Strategy<Value = (Key, Row)> {
    let texts = any::<(String, String, String)>();
    let numbers = any::<(u32, u16, u32, bool)>();
    let fees = vec(any::<(u8, u32)>(), 0..4);
    (texts, numbers, -90.0..90.0, -180.0..180.0, hours(), fees).prop_map(
        |((name, address, block), (id, district, pincode, paid), lat, long, hours, fees)| {
            let id = CentreId(id);
            let centre = Centre {
                id,
                name,
                address,
                block,
                district: DistrictId(district),
                pincode: Pincode(pincode),
                position: Position::new(lat, long).unwrap(),
                hours,
                fee_type: if paid { FeeType::Paid } else { FeeType::Free },
                fees: fees.into_iter().map(|(vaccine, fee)| (VaccineId(vaccine), fee)).collect(),
            };
            (Key::Centre(id), Row::Centre(Box::new(centre)))
        },
    )
}

fn counters() -> impl Strategy<Value = (Key, Row)> {
    let sale = (channel(), dose(), any::<u16>());
    (session_key(), capacity(), vec(sale, 0..5)).prop_map(|(key, capacity, sales)| {
        let start = Counters::unsold(&capacity);
        let sell = |counters: Counters, (channel, dose, seats): (Channel, Dose, u16)| {
            let sold = counters.book(channel, dose, seats);
            let leased = sold.or_else(|| counters.recall().lease(channel, dose, seats / 2));
            let counters = leased.unwrap_or(counters);
            counters.free_again(channel, dose, seats / 4).unwrap_or(counters)
        };
        (Key::Counters(key), Row::Counters(sales.into_iter().fold(start, sell)))
    })
}

fn person() -> impl Strategy<Value = (Key, Row)> {
    let taken =
        (dose(), any::<u8>(), event_key(), any::<u32>()).prop_map(|(dose, vaccine, event, at)| {
            let (vaccine, centre) = (VaccineId(vaccine), CentreId(at));
            DoseTaken { dose, vaccine, date: event.date, centre, event: event.id }
        });
    let listed = (uuid(), session_key(), dose()).prop_map(|(id, session, dose)| Listed {
        appointment: AppointmentId(id),
        session,
        dose,
    });
    let plain = any::<(Option<[u8; 16]>, i16, Option<u32>)>();
    let others = (plain, option::of(reference()));
    (reference(), others, vec(taken, 0..4), vec(listed, 0..4)).prop_map(
        |(id, ((account, birth_year, centre), leads_to), doses, appointments)| {
            let (account, registered_at) =
                (account.map(AccountId::from_bytes), centre.map(CentreId));
            let person =
                Person { account, birth_year, doses, appointments, registered_at, leads_to };
            (Key::Person(id), Row::Person(person))
        },
    )
}

fn personal() -> impl Strategy<Value = (Key, Row)> {
    let texts = any::<(String, String, String, Option<String>)>();
    let numbers = any::<(i16, u8, u8, u64, Option<bool>, i64, (u16, u8))>();
    let documents = (any::<[u8; 16]>(), vec(any::<[u8; 16]>(), 0..3));
    (reference(), texts, numbers, documents, option::of(day())).prop_map(
        |(id, (name, id_last4, consent_version, purpose), numbers, (hash, others), kept_until)| {
            let (birth_year, gender, id_type, mobile, comorbidity, registered, last) = numbers;
            let (district, corrections) = last;
            let personal = Personal {
                name,
                birth_year,
                gender: GenderId(gender),
                id_type: IdTypeId(id_type),
                id_last4,
                id_hash: IdHash::from_bytes(hash),
                other_documents: others.into_iter().map(IdHash::from_bytes).collect(),
                mobile: Mobile(mobile),
                comorbidity,
                consent_version,
                purpose,
                kept_until,
                registered: Timestamp(registered),
                registered_in: DistrictId(district),
                corrections,
            };
            (Key::Personal(id), Row::Personal(Box::new(personal)))
        },
    )
}

fn appointment() -> impl Strategy<Value = (Key, Row)> {
    let people = vec((reference(), standing()), 0..5);
    let proofs = (option::of(0..10_000u64), vec((reference(), any::<u8>()), 0..3));
    let numbers = any::<([u8; 16], u32, i64, i64)>();
    ((session_key(), uuid()), channel(), dose(), hours(), (people, proofs), numbers).prop_map(
        |((session, id), channel, dose, slot, (people, (code, wrong_proofs)), numbers)| {
            let id = AppointmentId(id);
            let (account, centre, created, changed) = numbers;
            let appointment = Appointment {
                id,
                session,
                account: AccountId::from_bytes(account),
                centre: CentreId(centre),
                channel,
                dose,
                slot,
                people,
                code: code.and_then(SecurityCode::from_number),
                wrong_proofs,
                created: Timestamp(created),
                changed: Timestamp(changed),
            };
            (Key::Appointment(session, id), Row::Appointment(appointment))
        },
    )
}

fn seat_count() -> impl Strategy<Value = SeatCount> {
    (session_key(), channel(), dose(), any::<u16>())
        .prop_map(|(session, channel, dose, seats)| SeatCount { session, channel, dose, seats })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::CentresPublished),
        any::<u32>().prop_map(|written| Outcome::SessionsPublished { written }),
        reference().prop_map(Outcome::Registered),
        (reference(), uuid(), seat_count()).prop_map(|(person, id, taken)| Outcome::Enrolled {
            person,
            appointment: AppointmentId(id),
            taken
        }),
        Just(Outcome::Deleted),
        Just(Outcome::Erased),
        (uuid(), seat_count())
            .prop_map(|(id, taken)| { Outcome::Booked { appointment: AppointmentId(id), taken } }),
        (option::of(seat_count()), option::of(seat_count()))
            .prop_map(|(freed, taken)| Outcome::Rescheduled { freed, taken }),
        seat_count().prop_map(|freed| Outcome::Cancelled { freed }),
        any::<i64>().prop_map(|ahead_ms| Outcome::ClockAdvanced { ahead_ms }),
        Just(Outcome::Passed),
        Just(Outcome::PasswordRight),
        Just(Outcome::PasswordWrong),
        vaccination::outcome(),
        supply::outcome(),
    ]
}

fn refusal() -> impl Strategy<Value = Refusal> {
    let plain = select(vec![
        Refusal::KeyReused,
        Refusal::TooLarge,
        Refusal::IdDocumentTaken,
        Refusal::NotOneToFour,
        Refusal::NoSuchSession,
        Refusal::SessionCancelled,
        Refusal::SessionOver,
        Refusal::NoSuchSlot,
        Refusal::NotInSchedule,
        Refusal::SoldOut,
        Refusal::NoSuchAppointment,
        Refusal::AppointmentOver,
        Refusal::AppointmentMoved,
        Refusal::SameSlot,
    ]);
    let about = (reference(), age(), dose(), day(), uuid(), any::<u8>()).prop_flat_map(
        |(person, band, dose, from, id, given)| {
            select(vec![
                Refusal::NoSuchPerson(person),
                Refusal::HasAppointment(person),
                Refusal::HasDose(person),
                Refusal::StillKept(person),
                Refusal::NamedTwice(person),
                Refusal::WrongAge { person, band },
                Refusal::DoseGiven { person, dose },
                Refusal::DoseBeforeMissing { person },
                Refusal::OtherVaccine { person, given: VaccineId(given) },
                Refusal::TooEarly { person, from },
                Refusal::AlreadyBooked { person, appointment: AppointmentId(id) },
                Refusal::NotInAppointment(person),
            ])
        },
    );
    prop_oneof![
        plain,
        about,
        any::<u8>().prop_map(|limit| Refusal::AccountFull { limit }),
        any::<u32>().prop_map(|id| Refusal::NoSuchCentre(CentreId(id))),
        uuid().prop_map(|id| Refusal::SessionInUse(SessionId(id))),
        uuid().prop_map(|id| Refusal::CapacityTaken(SessionId(id))),
        session_key().prop_map(Refusal::SeatsElsewhere),
        Just(Refusal::StillMember),
        Just(Refusal::Amended),
        Just(Refusal::PasswordVoid),
        vaccination::refusal(),
        supply::refusal(),
    ]
}

fn command() -> impl Strategy<Value = (Key, Row)> {
    let answer = prop_oneof![outcome().prop_map(Ok), refusal().prop_map(Err)];
    (day(), any::<([u8; 16], [u8; 16], [u8; 32])>(), answer).prop_map(
        |(day, (account, hash, digest), answer)| {
            let (account, hash) = (AccountId::from_bytes(account), CommandHash::from_bytes(hash));
            (Key::Command(day, account, hash), Row::Command(CommandRecord { digest, answer }))
        },
    )
}

fn small() -> impl Strategy<Value = (Key, Row)> {
    let account = (any::<[u8; 16]>(), vec(reference(), 0..8)).prop_map(|(id, people)| {
        (Key::Account(AccountId::from_bytes(id)), Row::Account(Account { people }))
    });
    prop_oneof![
        any::<u32>().prop_map(|v| (Key::Meta(Meta::SchemaVersion), Row::SchemaVersion(v))),
        any::<[u8; 16]>().prop_map(|v| (Key::Meta(Meta::KeyCheck), Row::KeyCheck(v))),
        any::<i64>().prop_map(|v| (Key::Meta(Meta::ClockAhead), Row::ClockAhead(v))),
        day().prop_map(|v| (Key::Meta(Meta::PublishedThrough), Row::PublishedThrough(v))),
        (uuid(), uuid(), any::<u64>()).prop_map(|(export, run, chunks)| {
            (Key::Meta(Meta::Import), Row::Import(Import { export, run, chunks }))
        }),
        account,
        (any::<[u8; 16]>(), reference())
            .prop_map(|(id, who)| (Key::IdDocument(IdHash::from_bytes(id)), Row::IdDocument(who))),
        uuid().prop_map(|id| (Key::Meta(Meta::Generation), Row::Generation(id))),
    ]
}

/// What members write about themselves and for one another.
fn of_members() -> impl Strategy<Value = (Key, Row)> {
    let member = (uuid(), any::<u32>(), day())
        .prop_map(|(id, speaks, since)| (Key::Member(id), Row::Member(Member { speaks, since })));
    let trace = (uuid(), any::<(u64, u64)>(), tip()).prop_map(|(id, (group, trimmed), audited)| {
        (Key::Trace(id), Row::Trace(Trace { group, trimmed, audited }))
    });
    prop_oneof![
        member,
        trace,
        (uuid(), any::<u64>()).prop_map(|(id, n)| (Key::Heartbeat(id), Row::Heartbeat(n))),
        lease(),
        head(),
        (uuid(), 0..=i64::MAX as u64, changes())
            .prop_map(|(id, group, changes)| (Key::Feed(id, group, 0), Row::Feed(changes))),
    ]
}

fn about_callers() -> impl Strategy<Value = (Key, Row)> {
    let document =
        (uuid(), 1..u64::MAX, vec(any::<u8>(), 0..100)).prop_map(|(id, version, body)| {
            (Key::Document(Shelf::Partners, id), Row::Document(Document { version, body }))
        });
    let one =
        any::<(u8, u64, u64)>().prop_map(|(api, admitted, refused)| Use { api, admitted, refused });
    let usage = (day(), uuid(), uuid(), vec(one, 0..5)).prop_map(|(day, key, gateway, uses)| {
        let last = Timestamp(i64::from(uses.len() as u32) - 2);
        (Key::Usage(day, key, gateway), Row::Usage(Usage { last, uses }))
    });
    let attempts = (day(), uuid(), any::<(u8, bool)>()).prop_map(|(day, id, (wrong, spent))| {
        (Key::Attempts(day, id), Row::Attempts(Attempts { wrong, spent }))
    });
    prop_oneof![document, usage, attempts]
}

fn tip() -> impl Strategy<Value = Tip> {
    let tip = (1u64.., any::<[u8; 32]>()).prop_map(|(number, hash)| Tip { number, hash });
    prop_oneof![Just(Tip::default()), tip]
}

fn head() -> impl Strategy<Value = (Key, Row)> {
    let chains = vec((uuid(), tip()), 0..4);
    let parts = (1..=i64::MAX as u64, any::<i64>(), chains, any::<([u8; 32], [[u8; 32]; 2])>());
    parts.prop_map(|(number, at, chains, (previous, signature))| {
        let signature = signature.concat().try_into().unwrap();
        let head = Head { number, previous, at: Timestamp(at), chains, signature };
        (Key::AuditHead(number), Row::AuditHead(Box::new(head)))
    })
}

fn lease() -> impl Strategy<Value = (Key, Row)> {
    let step = (channel(), dose(), any::<(u16, bool)>());
    (uuid(), session_key(), vec(step, 0..6)).prop_map(|(holder, key, steps)| {
        let change = |lease: Lease, (channel, dose, (seats, granted))| {
            let changed = if granted {
                lease.grant(channel, dose, seats)
            } else {
                lease.take(channel, dose, seats)
            };
            changed.unwrap_or(lease)
        };
        (Key::Lease(holder, key), Row::Lease(steps.into_iter().fold(Lease::default(), change)))
    })
}

fn changes() -> impl Strategy<Value = Vec<Changed>> {
    (vec(any::<u32>(), 0..4), vec(session_key(), 0..4), vec(session_key(), 0..4)).prop_map(
        |(centres, sessions, seats)| {
            let centres = centres.into_iter().map(|id| Changed::Centre(CentreId(id)));
            let meta = [Changed::Meta(Meta::ClockAhead)];
            let sessions = sessions.into_iter().map(Changed::Session);
            let seats = seats.into_iter().map(Changed::Seats);
            let document = [Changed::Document(Shelf::Blocks, Uuid::from_u128(1))];
            let places = meta.into_iter().chain(centres).chain(sessions);
            places.chain(seats).chain(document).collect()
        },
    )
}

fn any_row() -> impl Strategy<Value = (Key, Row)> {
    prop_oneof![
        session(),
        centre(),
        counters(),
        person(),
        personal(),
        appointment(),
        command(),
        small(),
        of_members(),
        about_callers(),
        vaccination::event(),
        vaccination::recipient(),
        supply::rows(),
        certificates::rows(),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_back((key, row) in any_row()) {
        prop_assert_eq!(Row::decode(&key, &row.encode()), Ok(row));
    }

    #[test]
    fn fields_of_a_later_version_are_passed_over(
        (key, row) in any_row(), field in 1000u32.., number: u64, bytes: Vec<u8>
    ) {
        let mut later = Writer::record();
        later.number(field, number);
        later.bytes(field, &bytes);
        let longer = [row.encode(), later.finish()[1..].to_vec()].concat();
        prop_assert_eq!(Row::decode(&key, &longer), Ok(row));
    }

    #[test]
    fn arbitrary_bytes_end_in_an_error_at_worst((key, row) in any_row(), bytes: Vec<u8>, at: usize) {
        let _ = Row::decode(&key, &bytes);
        let mut damaged = row.encode();
        let at = at % damaged.len();
        damaged.splice(at..at + 1, bytes);
        let _ = Row::decode(&key, &damaged);
        let _ = Row::decode(&key, &row.encode()[..at]);
    }
}
