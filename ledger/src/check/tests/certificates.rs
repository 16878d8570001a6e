//! Each violation about certificates is found.

use super::*;
use crate::commands::{Certify, Erase, Reason, Revoke, Sequence, ShareStatus};
use crate::fixture::certificates::fresh;
use crate::keys::{Meta, Queue};
use crate::records::{
    Certificate, CertificateJob, Form, Holder, Issued, LogKind, Logged, State, StatusEntry,
    Unplaced,
};
use crate::vault::{PersonKey, ShareHash};
use opencowin_model::{RevocationReason, Timestamp};
use uuid::Uuid;

/// Somebody was given a dose, which waits for its certificate.
fn waiting() -> (Scene, EventKey) {
    let scene = counter_scene();
    let event = scene.person(0).doses[0].event_key();
    (scene, event)
}

/// It has its certificate.
fn certified() -> (Scene, EventKey, CertificateId) {
    let (mut scene, event) = waiting();
    let fresh = fresh(1, &scene.event(), Form::Domestic, &scene.key(event));
    let id = fresh.id;
    let answer = scene.rig.run(Command::Certify(Certify { certificates: vec![fresh] }));
    assert_eq!(answer, Ok(Done::Certified { stored: 1 }));
    assert_eq!(scene.rig.violations(), []);
    (scene, event, id)
}

impl Scene {
    fn key(&self, event: EventKey) -> PersonKey {
        let wanted = [(event, Form::Domestic)];
        let mut found = block_on(self.rig.reader().certifiable(&wanted)).unwrap();
        found.remove(0).unwrap().key
    }

    fn certificate(&self, id: CertificateId) -> Certificate {
        block_on(self.rig.reader().certificate(id)).unwrap().unwrap().certificate
    }

    fn event(&self) -> Event {
        block_on(self.rig.reader().events(self.people[0])).unwrap().remove(0)
    }

    fn pending(&self) -> Vec<Uuid> {
        let rows = block_on(self.rig.reader().log_pending(None, 100)).unwrap();
        rows.iter().map(|(id, _)| *id).collect()
    }
}

fn job_of(event: &Event) -> Key {
    Key::Outbox(Queue::Certificates, CertificateJob::id(event.key.id, event.at, Form::Domestic))
}

#[test]
fn certificates_that_hold_and_that_do_not_are_counted() {
    let (mut scene, _, id) = certified();
    let revoke = Revoke {
        certificates: vec![id],
        reason: RevocationReason::KeyCompromised,
        by: counter::STAFF,
    };
    scene.rig.run(Command::Revoke(revoke)).unwrap();
    let rows = scene.pending();
    scene.rig.run(Command::Sequence(Sequence { rows: rows[..1].to_vec() })).unwrap();
    let report = block_on(run(&scene.rig.engine, |violation| panic!("{violation}"))).unwrap();
    assert_eq!(report.certificates, 1);
}

#[test]
fn a_dose_that_does_not_wait_for_its_certificate_or_waits_in_vain_is_found() {
    let (scene, event) = waiting();
    let job = job_of(&scene.event());
    scene.clear(job);
    let differs = [Violation::CertificationDiffers(event)];
    assert_eq!(scene.rig.violations(), differs);
    let (scene, event, _) = certified();
    let Event { person, at: since, .. } = scene.event();
    let job = CertificateJob { event, person, form: Form::Domestic, since, last: None };
    scene.put(job_of(&scene.event()), &Row::CertificateJob(job));
    assert_eq!(scene.rig.violations(), [Violation::CertificationDiffers(event)]);
    let (scene, event) = waiting();
    let (person, last) = (scene.people[0], Some(CertificateId(Uuid::nil())));
    let after_another = CertificateJob { event, person, last, ..job };
    scene.put(job_of(&scene.event()), &Row::CertificateJob(after_another));
    assert_eq!(scene.rig.violations(), [Violation::CertificationDiffers(event)]);
    let others = CertificateJob { person: BeneficiaryRef::new(10_000_000_000_000).unwrap(), ..job };
    scene.put(job_of(&scene.event()), &Row::CertificateJob(CertificateJob { event, ..others }));
    assert_eq!(scene.rig.violations(), [Violation::CertificationDiffers(event)]);
}

#[test]
fn an_event_that_says_something_else_of_its_person_than_it_is_committed_to_is_found() {
    let (scene, event) = waiting();
    let holder = block_on(scene.rig.reader().holder(event)).unwrap().unwrap();
    let other = Holder { name: "Somebody Else".to_owned(), ..holder };
    let differs = [Violation::CommitmentDiffers(event)];
    scene.put(Key::Holder(event), &Row::Holder(other.seal(event.id, &scene.key(event))));
    assert_eq!(scene.rig.violations(), differs);
    scene.put(Key::Holder(event), &Row::Holder(b"nonsense".to_vec()));
    assert_eq!(scene.rig.violations(), differs);
    scene.clear(Key::Holder(event));
    assert_eq!(scene.rig.violations(), differs);
}

#[test]
fn what_is_left_behind_of_somebody_who_was_erased_is_found() {
    let (mut scene, event, id) = certified();
    let (who, key) = (scene.people[0], scene.key(event));
    let erase = Erase { person: who, reason: Reason::Ordered };
    scene.rig.run(Command::Erase(erase)).unwrap();
    assert_eq!(scene.rig.violations(), []);
    scene.put(Key::Signed(id), &Row::Signed(b"sealed".to_vec()));
    assert_eq!(scene.rig.violations(), [Violation::TextDiffers(id)]);
    scene.clear(Key::Signed(id));
    scene.put(Key::Holder(event), &Row::Holder(b"sealed".to_vec()));
    assert_eq!(scene.rig.violations(), [Violation::CommitmentDiffers(event)]);
    scene.clear(Key::Holder(event));
    scene.put(Key::PersonKey(who), &Row::PersonKey(key));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::CommitmentDiffers(event)), "{found:?}");
}

#[test]
fn a_text_that_is_missing_or_is_another_is_found() {
    let (scene, event, id) = certified();
    scene.clear(Key::Signed(id));
    assert_eq!(scene.rig.violations(), [Violation::TextDiffers(id)]);
    let other = fresh(2, &scene.event(), Form::Domestic, &scene.key(event));
    scene.put(Key::Signed(id), &Row::Signed(other.sealed));
    assert_eq!(scene.rig.violations(), [Violation::TextDiffers(id)]);
}

#[test]
fn a_bit_that_is_not_what_its_certificate_says_is_found() {
    let (scene, event, id) = certified();
    let entry = StatusEntry::new(0, 1).unwrap();
    let mut bits = [0; 128];
    entry.set(&mut bits);
    scene.put(Key::StatusBits(0, 0), &Row::StatusBits(bits));
    assert_eq!(scene.rig.violations(), [Violation::StatusDiffers(id)]);
    scene.clear(Key::StatusBits(0, 0));
    let state = State::Superseded { by: event, at: Timestamp(0) };
    let ended = Certificate { state, ..scene.certificate(id) };
    scene.put(Key::Certificate(id), &Row::Certificate(Box::new(ended)));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::StatusDiffers(id)), "{found:?}");
    assert!(found.contains(&Violation::CertificationDiffers(event)), "{found:?}");
    let unlogged = Violation::LogDiffers { kind: LogKind::Revoked, logged: 0, known: 1 };
    assert!(found.contains(&unlogged), "{found:?}");
}

#[test]
fn two_certificates_of_one_form_that_hold_are_found() {
    let (scene, event, first) = certified();
    let second = fresh(2, &scene.event(), Form::Domestic, &scene.key(event));
    let known = Certificate { status: second.status, ..scene.certificate(first) };
    scene.put(Key::Certificate(second.id), &Row::Certificate(Box::new(known)));
    scene.put(Key::Signed(second.id), &Row::Signed(second.sealed));
    let both = [first, second.id];
    scene.put(Key::Issued(event, Form::Domestic), &Row::Issued(Issued(both.to_vec())));
    let unlogged = Violation::LogDiffers { kind: LogKind::Issued, logged: 1, known: 2 };
    assert_eq!(scene.rig.violations(), [Violation::CertificateAstray(first), unlogged]);
}

#[test]
fn events_and_certificates_that_do_not_know_each_other_are_found() {
    let (scene, event, id) = certified();
    scene.clear(Key::Issued(event, Form::Domestic));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::CertificateAstray(id)), "{found:?}");
    let nobodys = CertificateId(Uuid::nil());
    scene.put(Key::Issued(event, Form::Domestic), &Row::Issued(Issued(vec![id])));
    assert_eq!(scene.rig.violations(), []);
    scene.put(Key::Issued(event, Form::International), &Row::Issued(Issued(vec![nobodys])));
    assert_eq!(scene.rig.violations(), [Violation::IssuedDiffers(event)]);
}

#[test]
fn a_line_that_is_missing_or_tells_of_nothing_is_found() {
    let (scene, _, id) = certified();
    let rows = scene.pending();
    let put = |id, lines: &[Logged]| {
        scene.put(Key::LogPending(id), &Row::Unplaced(Unplaced(lines.to_vec())));
    };
    let other = Logged::new(LogKind::Issued, CertificateId(Uuid::nil()), Timestamp(0));
    let differs = |logged| Violation::LogDiffers { kind: LogKind::Issued, logged, known: 1 };
    scene.clear(Key::LogPending(rows[0]));
    assert_eq!(scene.rig.violations(), [differs(0)]);
    put(Uuid::nil(), &[other]);
    assert_eq!(scene.rig.violations(), [differs(1)], "of another certificate");
    let own = Logged::new(LogKind::Issued, id, Timestamp(0));
    put(Uuid::nil(), &[own, other]);
    assert_eq!(scene.rig.violations(), [differs(2)]);
}

#[test]
fn a_log_with_a_gap_or_with_lines_beyond_its_end_is_found() {
    let (mut scene, _, _) = certified();
    let rows = scene.pending();
    scene.rig.run(Command::Sequence(Sequence { rows })).unwrap();
    assert_eq!(scene.rig.violations(), []);
    let broken = |size| Violation::LogBroken { size };
    scene.put(Key::Meta(Meta::LogSize), &Row::Count(2));
    assert!(scene.rig.violations().contains(&broken(2)));
    scene.put(Key::Meta(Meta::LogSize), &Row::Count(0));
    assert!(scene.rig.violations().contains(&broken(0)));
}

#[test]
fn a_shared_link_that_is_not_there_is_found() {
    let (mut scene, _) = waiting();
    let (person, share) = (scene.people[0], ShareHash::from_bytes([1; 16]));
    let account = scene.rig.account(ME);
    let command = ShareStatus { person, account, share, until: None };
    scene.rig.run(Command::ShareStatus(command)).unwrap();
    assert_eq!(scene.rig.violations(), []);
    scene.clear(Key::Share(share));
    assert_eq!(scene.rig.violations(), [Violation::ShareAstray { person }]);
}
