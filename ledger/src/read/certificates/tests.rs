//! What is told of certificates, from the first to the last of a dose.

use super::*;
use crate::commands::{
    Certify, Command, CorrectHolder, Fresh, HolderAuthority, Outcome, Parcel, Receive, Revoke,
    ShareStatus, TakeStatus, Vaccinate,
};
use crate::fixture::certificates::{KEY, fresh};
use crate::fixture::counter::{self, BATCH, STAFF, batch};
use crate::fixture::*;
use crate::records::STATUS_ENTRIES;
use crate::store::block_on::block_on;
use opencowin_model::{Date, DistrictId, Dose, Doses, GenderId, RevocationReason};

const ME: u64 = 9_000_000_001;

/// A ledger with a session of today and a batch in stock.
fn rig() -> Rig {
    let mut rig = Rig::with_sessions(store(), vec![session(1, TODAY, 10)]);
    let parcel = Parcel {
        vaccine: TWO_DOSES,
        batch: batch(BATCH),
        doses: Doses::new(10).unwrap(),
        by: STAFF,
    };
    let expiry = Date::constant(2021, 12, 31);
    rig.run(Command::Receive(Receive { centre: CENTRE, parcel, expiry })).unwrap();
    rig
}

/// Somebody who was given the first dose, and the event that says so.
fn vaccinated(rig: &mut Rig, mobile: u64) -> (BeneficiaryRef, EventKey) {
    let who = rig.register(mobile, 1);
    let booked = rig.run(rig.booking(mobile, Story::today(), &[who]));
    let Ok(Outcome::Booked { appointment, .. }) = booked else { panic!("{booked:?}") };
    let visit = block_on(rig.reader().visit(rig.account(mobile), appointment)).unwrap();
    let code = visit.appointment.security_code(rig.engine.codec.vault().hasher());
    let proof = Some(counter::proof(&registration(mobile, 1), code));
    let dose = Vaccinate { proof, ..counter::dose(who) };
    match rig.run(Command::Vaccinate(Box::new(dose))) {
        Ok(Outcome::DoseRecorded(event)) => (who, event),
        other => panic!("{other:?}"),
    }
}

fn certifiable(rig: &Rig, event: EventKey) -> Certifiable {
    let wanted = [(event, Form::Domestic)];
    block_on(rig.reader().certifiable(&wanted)).unwrap().remove(0).unwrap()
}

/// Stores the `number`th certificate as somebody signs it who was told what it is made from.
fn certified(rig: &mut Rig, number: u128, event: EventKey) -> CertificateId {
    let Certifiable { event, version, previous, key, .. } = certifiable(rig, event);
    let fresh = Fresh { version, previous, ..fresh(number, &event, Form::Domestic, &key) };
    let id = fresh.id;
    let answer = rig.run(Command::Certify(Certify { certificates: vec![fresh] }));
    assert_eq!(answer, Ok(Outcome::Certified { stored: 1 }));
    id
}

#[test]
fn what_waits_is_told_from_the_first_on() {
    let mut rig = rig();
    let events: Vec<_> = (0..3).map(|n| vaccinated(&mut rig, ME + n).1).collect();
    let jobs = |after, most| block_on(rig.reader().certificate_jobs(after, most)).unwrap();
    let all = jobs(None, 10);
    let mut waiting: Vec<_> = all.iter().map(|(_, job)| job.event).collect();
    waiting.sort();
    let mut expected = events;
    expected.sort();
    assert_eq!(waiting, expected);
    assert_eq!(jobs(None, 2), all[..2]);
    assert_eq!(jobs(Some(all[1].0), 10), all[2..]);
}

#[test]
fn versions_count_up_and_each_certificate_knows_the_one_before() {
    let mut rig = rig();
    let (who, first) = vaccinated(&mut rig, ME);
    let told = certifiable(&rig, first);
    assert_eq!((told.version, told.previous, told.event.person), (1, None, who));
    assert_eq!(told.holder.name, "Person 1");
    let old = certified(&mut rig, 1, first);
    let correct = CorrectHolder {
        authority: HolderAuthority::District(DistrictId(3)),
        person: who,
        name: "Asha Rao".to_owned(),
        birth_year: 1980,
        gender: GenderId(2),
        by: STAFF,
    };
    rig.run(Command::CorrectHolder(Box::new(correct))).unwrap();
    let next = block_on(rig.reader().events(who)).unwrap()[0].key;
    let told = certifiable(&rig, next);
    assert_eq!((told.version, told.previous), (2, Some(old)));
    let new = certified(&mut rig, 2, next);
    let all = block_on(rig.reader().certificates_of(who)).unwrap().remove(0);
    assert_eq!(all.event.key, next);
    let listed: Vec<_> = all.certificates.iter().map(|(id, c)| (*id, c.is_valid())).collect();
    assert_eq!(listed, [(new, true), (old, false)]);
    let kept = block_on(rig.reader().certificate(new)).unwrap().unwrap();
    assert_eq!(kept.signed.as_deref(), Some(&b"certificate 2"[..]));
    assert_eq!((kept.certificate.version, kept.certificate.previous), (2, Some(old)));
    let holder = |event| block_on(rig.reader().holder(event)).unwrap().unwrap().name;
    assert_eq!((holder(first), holder(next)), ("Person 1".to_owned(), "Asha Rao".to_owned()));
}

#[test]
fn a_status_list_changes_with_what_is_revoked() {
    let mut rig = rig();
    let ids: Vec<_> = (1..=3)
        .map(|number| {
            let (_, event) = vaccinated(&mut rig, ME + number as u64);
            certified(&mut rig, number, event)
        })
        .collect();
    let empty = block_on(rig.reader().status(0)).unwrap();
    assert_eq!((empty.bits.len() * 8, empty.revoked), (STATUS_ENTRIES as usize, 0));
    let certificates = vec![ids[0], ids[2]];
    let revoke = Revoke { certificates, reason: RevocationReason::Mistaken, by: STAFF };
    rig.run(Command::Revoke(revoke)).unwrap();
    let list = block_on(rig.reader().status(0)).unwrap();
    assert_eq!((list.bits[0], list.revoked), (0b0101_0000, 2));
    assert_eq!(block_on(rig.reader().status(1)).unwrap(), empty);
    rig.run(Command::TakeStatus(TakeStatus { entries: 7 })).unwrap();
    assert_eq!(block_on(rig.reader().status_taken()), Ok(7));
}

#[test]
fn what_a_key_signed_and_still_holds_is_found_page_by_page() {
    let mut rig = rig();
    let ids: Vec<_> = (1..=5)
        .map(|number| {
            let (_, event) = vaccinated(&mut rig, ME + number as u64);
            certified(&mut rig, number, event)
        })
        .collect();
    let revoke = Revoke { certificates: vec![ids[1]], reason: RevocationReason::Fraud, by: STAFF };
    rig.run(Command::Revoke(revoke)).unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = block_on(rig.reader().certificates_under(KEY, after, 2)).unwrap();
        found.extend(page.found);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [ids[0], ids[2], ids[3], ids[4]]);
    let other = KeyId(*b"not-this");
    let page = block_on(rig.reader().certificates_under(other, None, 100)).unwrap();
    assert_eq!((page.found, page.next), (vec![], None));
}

#[test]
fn of_what_there_is_none_nothing_is_told() {
    let mut rig = rig();
    let who = rig.register(ME, 1);
    let abroad = Command::RecordElsewhere(Box::new(counter::first_abroad(who)));
    let Ok(Outcome::DoseRecorded(event)) = rig.run(abroad) else { panic!() };
    let wanted = [(event, Form::Domestic)];
    assert!(block_on(rig.reader().certifiable(&wanted)).unwrap()[0].is_none());
    assert_eq!(block_on(rig.reader().holder(event)), Ok(None));
    let told = block_on(rig.reader().certificates_of(who)).unwrap();
    assert_eq!((told[0].event.dose, told[0].certificates.len()), (Dose::First, 0));
    let unknown = CertificateId(Uuid::nil());
    assert!(block_on(rig.reader().certificate(unknown)).unwrap().is_none());
}

#[test]
fn a_shared_link_leads_to_its_person_until_it_is_over() {
    let mut rig = rig();
    let (person, account) = (rig.register(ME, 1), rig.account(ME));
    let share = |number| ShareHash::from_bytes([number; 16]);
    let now = rig.engine.clock.now();
    for (number, until) in [(1, None), (2, Some(now.plus_ms(1))), (3, Some(now))] {
        let command = ShareStatus { person, account, share: share(number), until };
        rig.run(Command::ShareStatus(command)).unwrap();
    }
    let shown = [1, 2, 3, 4].map(|n| block_on(rig.reader().shared(share(n))).unwrap());
    assert_eq!(shown, [Some(person), Some(person), None, None]);
    let shares = block_on(rig.reader().shares_of(person)).unwrap();
    let hashes: Vec<_> = shares.iter().map(|(hash, _)| *hash).collect();
    assert_eq!(hashes, [share(1), share(2)]);
}
