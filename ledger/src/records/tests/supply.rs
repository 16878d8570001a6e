//! Whatever the rows of stock, figures, adverse events and the outbox can hold.

use super::vaccination::{batch, event_key, who};
use super::*;
use crate::keys::Queue;
use opencowin_model::{AefiId, Investigation, Recovery, Severity, Symptom, WasteReason};

fn stock() -> impl Strategy<Value = (Key, Row)> {
    let counts = any::<[u32; 4]>();
    (any::<(u32, u8)>(), batch(), day(), counts).prop_map(
        |((centre, vaccine), batch, expiry, [received, used, wasted, sent])| {
            let stock = Stock { expiry, received, used, wasted, sent };
            (Key::Stock(CentreId(centre), VaccineId(vaccine), batch), Row::Stock(stock))
        },
    )
}

fn movement() -> impl Strategy<Value = (Key, Row)> {
    let what = prop_oneof![
        Just(Moved::Received),
        select(WasteReason::ALL).prop_map(Moved::Wasted),
        any::<u32>().prop_map(|centre| Moved::SentTo(CentreId(centre))),
        any::<u32>().prop_map(|centre| Moved::CameFrom(CentreId(centre))),
    ];
    let key = (any::<(u32, i64)>(), uuid());
    (key, what, any::<(u32, u8)>(), batch(), who()).prop_map(
        |(((centre, at), id), what, (doses, vaccine), batch, by)| {
            let movement = Movement { what, doses, vaccine: VaccineId(vaccine), batch, by };
            (Key::Movement(CentreId(centre), Timestamp(at), id), Row::Movement(movement))
        },
    )
}

fn aefi_key() -> impl Strategy<Value = AefiKey> {
    (any::<u32>(), event_key(), uuid()).prop_map(|(centre, event, id)| AefiKey {
        centre: CentreId(centre),
        event,
        id: AefiId(id),
    })
}

fn state() -> impl Strategy<Value = (Severity, Recovery, Investigation)> {
    (select(Severity::ALL), select(Recovery::ALL), select(Investigation::ALL))
}

fn follow_up() -> impl Strategy<Value = FollowUp> {
    (any::<i64>(), who(), state()).prop_map(|(at, by, (severity, recovery, investigation))| {
        FollowUp { at: Timestamp(at), by, severity, recovery, investigation }
    })
}

fn report() -> impl Strategy<Value = (Key, Row)> {
    let what = (reference(), dose(), option::of(batch()), any::<(u8, u16, i64)>());
    let symptoms = vec(select(Symptom::ALL), 0..4);
    (aefi_key(), what, state(), (symptoms, day()), (vec(follow_up(), 0..3), who())).prop_map(
        |(key, what, state, (symptoms, onset), (follow_ups, by))| {
            let (person, dose, batch, (vaccine, district, at)) = what;
            let (severity, recovery, investigation) = state;
            let report = Aefi {
                key,
                person,
                dose,
                vaccine: VaccineId(vaccine),
                batch,
                district: DistrictId(district),
                severity,
                symptoms,
                onset,
                recovery,
                investigation,
                follow_ups,
                by,
                at: Timestamp(at),
            };
            (Key::Aefi(key), Row::Aefi(Box::new(report)))
        },
    )
}

fn job() -> impl Strategy<Value = (Key, Row)> {
    (uuid(), aefi_key(), any::<(i64, u32)>()).prop_map(|(id, about, (since, follow_ups))| {
        let job = Job { since: Timestamp(since), about, follow_ups };
        (Key::Outbox(Queue::Safety, id), Row::Job(job))
    })
}

fn signals() -> impl Strategy<Value = (Key, Row)> {
    (any::<(u8, u8)>(), batch(), any::<(i64, [i64; 3])>()).prop_map(
        |((vaccine, shard), batch, (given, reported))| {
            let signals = Signals { given, reported };
            (Key::Signals(VaccineId(vaccine), batch, shard), Row::Signals(signals))
        },
    )
}

fn sites() -> impl Strategy<Value = (Key, Row)> {
    let site = any::<(u32, bool, i32)>();
    ((day(), any::<(u16, u8)>()), vec(site, 0..5)).prop_map(|((day, (district, shard)), all)| {
        let mut sites = Sites::default();
        for (centre, paid, sessions) in all {
            let sector = if paid { Sector::Private } else { Sector::Government };
            sites.count(CentreId(centre), sector, i64::from(sessions));
        }
        (Key::Sites(day, DistrictId(district), shard), Row::Sites(sites))
    })
}

pub(super) fn rows() -> impl Strategy<Value = (Key, Row)> {
    prop_oneof![stock(), movement(), report(), job(), signals(), sites()]
}

pub(super) fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (uuid(), any::<u32>()).prop_map(|(movement, left)| Outcome::StockMoved { movement, left }),
        uuid().prop_map(|id| Outcome::AefiReported(AefiId(id))),
    ]
}

pub(super) fn refusal() -> impl Strategy<Value = Refusal> {
    (day(), any::<(u32, u8)>(), uuid()).prop_flat_map(|(expiry, (left, most), id)| {
        select(vec![
            Refusal::NoSuchBatch,
            Refusal::BatchExpired { expiry },
            Refusal::BatchEmpty,
            Refusal::OtherExpiry { expiry },
            Refusal::StockTooLow { left },
            Refusal::SameCentre,
            Refusal::ImpossibleOnset,
            Refusal::DeathIsSerious,
            Refusal::InvestigationNeeded,
            Refusal::ReportedAlready(AefiId(id)),
            Refusal::NoSuchReport,
            Refusal::ReportFull { most },
        ])
    })
}

/// Figures of a later version stay, and are counted on.
#[test]
fn figures_that_only_a_newer_program_knows_are_kept() {
    let key = Key::AllFigures(DistrictId(1), 0);
    let mut figures = Figures::default();
    figures.count(Figure::Completed, 7);
    let mut later = Writer::record();
    later.signed(5000, -3);
    let longer = [Row::Figures(figures.clone()).encode(), later.finish()[1..].to_vec()].concat();
    let Ok(Row::Figures(mut read)) = Row::decode(&key, &longer) else { panic!("it reads") };
    assert_eq!((read.get(Figure::Completed), read == figures), (7, false));
    read.count(Figure::Completed, 1);
    let again = Row::Figures(read.clone()).encode();
    assert_eq!(Row::decode(&key, &again), Ok(Row::Figures(read)));
}
