//! Whatever the rows of certificates can hold.

use super::vaccination::who;
use super::*;
use crate::keys::Queue;
use crate::vault::{PersonKey, ShareHash};
use opencowin_model::{CertificateId, RevocationReason};

fn id() -> impl Strategy<Value = CertificateId> {
    uuid().prop_map(CertificateId)
}

fn form() -> impl Strategy<Value = Form> {
    select(&Form::ALL[..])
}

fn moment() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn state() -> impl Strategy<Value = State> {
    let reason = select(RevocationReason::ALL);
    prop_oneof![
        Just(State::Valid),
        (event_key(), moment()).prop_map(|(by, at)| State::Superseded { by, at }),
        (reason, who(), moment()).prop_map(|(reason, by, at)| State::Revoked { reason, by, at }),
    ]
}

fn certificate() -> impl Strategy<Value = (Key, Row)> {
    let status = (any::<u32>(), 0..STATUS_ENTRIES);
    let status = status.prop_map(|(list, index)| StatusEntry::new(list, index).unwrap());
    let what = (event_key(), reference(), any::<u32>(), form());
    (id(), what, option::of(id()), status, any::<([u8; 8], i64)>(), state()).prop_map(
        |(id, (event, person, version, form), previous, status, (key, issued), state)| {
            let certificate = Certificate {
                event,
                person,
                version,
                form,
                previous,
                status,
                key: KeyId(key),
                issued: Timestamp(issued),
                state,
            };
            (Key::Certificate(id), Row::Certificate(Box::new(certificate)))
        },
    )
}

fn about_people() -> impl Strategy<Value = (Key, Row)> {
    let bytes = || vec(any::<u8>(), 0..300);
    let share = (reference(), moment(), option::of(moment()));
    prop_oneof![
        (reference(), any::<[u8; 32]>())
            .prop_map(|(who, key)| (Key::PersonKey(who), Row::PersonKey(PersonKey::new(key)))),
        (event_key(), bytes()).prop_map(|(key, sealed)| (Key::Holder(key), Row::Holder(sealed))),
        (id(), bytes()).prop_map(|(id, sealed)| (Key::Signed(id), Row::Signed(sealed))),
        (any::<[u8; 16]>(), share).prop_map(|(hash, (person, since, until))| {
            let share = Share { person, since, until };
            (Key::Share(ShareHash::from_bytes(hash)), Row::Share(share))
        }),
        (reference(), vec(any::<[u8; 16]>(), 0..5)).prop_map(|(who, shares)| {
            let shares = shares.into_iter().map(ShareHash::from_bytes).collect();
            (Key::Shares(who), Row::Shares(shares))
        }),
    ]
}

fn published() -> impl Strategy<Value = (Key, Row)> {
    let line = || {
        (select(&LogKind::ALL[..]), any::<[u8; 32]>(), moment())
            .prop_map(|(kind, certificate, at)| Logged { kind, certificate, at })
    };
    prop_oneof![
        (any::<(u32, u16)>(), vec(any::<u8>(), 128)).prop_map(|((list, part), bits)| {
            (Key::StatusBits(list, part), Row::StatusBits(bits.try_into().unwrap()))
        }),
        (0..1000u64, line()).prop_map(|(place, line)| (Key::LogLeaf(place), Row::Logged(line))),
        (uuid(), vec(line(), 0..4))
            .prop_map(|(id, lines)| { (Key::LogPending(id), Row::Unplaced(Unplaced(lines))) }),
        (any::<u64>(), vec(any::<u8>(), 0..100))
            .prop_map(|(size, body)| (Key::LogHead(0), Row::LogHead(LogHead { size, body }))),
        any::<u64>().prop_map(|count| (Key::Meta(Meta::LogSize), Row::Count(count))),
    ]
}

pub(super) fn rows() -> impl Strategy<Value = (Key, Row)> {
    let issued = (event_key(), form(), vec(id(), 0..4))
        .prop_map(|(key, form, issued)| (Key::Issued(key, form), Row::Issued(Issued(issued))));
    let job = (uuid(), event_key(), reference(), form(), moment(), option::of(id())).prop_map(
        |(id, event, person, form, since, last)| {
            let job = CertificateJob { event, person, form, since, last };
            (Key::Outbox(Queue::Certificates, id), Row::CertificateJob(job))
        },
    );
    prop_oneof![certificate(), about_people(), published(), issued, job]
}
