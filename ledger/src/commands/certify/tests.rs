//! What is certified, how often, and what becomes of it.

use super::*;
use crate::commands::{Authority, Command, Correct, Erase, Merge, Reason, Register, Revoke};
use crate::fixture::certificates::job_of;
use crate::fixture::counter::{BATCH, LAST, STAFF, batch, dose, first_abroad};
use crate::fixture::*;
use crate::records::{Event, LogKind, Logged};
use crate::vault::Slot;
use crate::view::{Known, Rows};
use opencowin_model::{DistrictId, Dose, RevocationReason};

const ME: u64 = 9_000_000_001;

fn corrected(story: &mut Story, person: opencowin_model::BeneficiaryRef) -> EventKey {
    let has = story.event(story.person(person).doses[0].event_key()).batch;
    let other = if has == Some(batch(LAST)) { BATCH } else { LAST };
    let correct = Correct {
        authority: Authority::District(DistrictId(3)),
        person,
        dose: Dose::First,
        batch: Some(batch(other)),
        date: None,
        by: STAFF,
    };
    match story.run(Command::Correct(correct)) {
        Ok(Outcome::DoseRecorded(event)) => event,
        other => panic!("{other:?}"),
    }
}

fn revoked(story: &mut Story, id: CertificateId, reason: RevocationReason) -> Outcome {
    let revoke = Revoke { certificates: vec![id], reason, by: STAFF };
    story.run(Command::Revoke(revoke)).unwrap()
}

fn is_there(story: &Story, key: Key) -> bool {
    matches!(story.row(&key), Known::Present(_))
}

fn kinds(story: &Story) -> Vec<LogKind> {
    let mut kinds: Vec<_> = story.lines().iter().map(|line| line.kind).collect();
    kinds.sort();
    kinds
}

#[test]
fn an_own_dose_commits_to_what_its_certificate_says_and_waits_for_it() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let holder = story.holder(event);
    assert_eq!((holder.name.as_str(), holder.gender.as_str()), ("Person 1", "Male"));
    assert_eq!(holder.identity.as_ref().map(|id| id.kind.as_str()), Some("Aadhaar Card"));
    let salt = story.key_of(who).salt(event.id);
    assert_eq!(story.event(event).commitment, Some(holder.commitment(&salt)));
    assert_eq!(story.jobs(), [(event, Form::Domestic)]);
}

#[test]
fn a_dose_that_was_given_elsewhere_is_not_certified() {
    let mut story = Story::stocked();
    let who = story.register(ME, 1);
    let abroad = Command::RecordElsewhere(Box::new(first_abroad(who)));
    let Ok(Outcome::DoseRecorded(event)) = story.run(abroad) else { panic!() };
    assert_eq!((story.event(event).commitment, story.jobs()), (None, vec![]));
    assert!(!is_there(&story, Key::PersonKey(who)));
    let request = Command::RequestCertificate(RequestCertificate { event });
    assert_eq!(refused(story.run(request)), Refusal::NotCertifiable(event.id));
    let key = crate::vault::PersonKey::new([1; 32]);
    for form in Form::ALL {
        assert_eq!(
            story.certify(vec![crate::fixture::certificates::fresh(
                1,
                &story.event(event),
                form,
                &key
            )]),
            0
        );
    }
}

#[test]
fn every_person_has_one_key_and_no_two_the_same() {
    let mut story = Story::stocked();
    let (who, first) = story.certifiable(ME);
    let (other, _) = story.certifiable(ME + 1);
    assert_ne!(story.key_of(who), story.key_of(other));
    let before = story.key_of(who);
    let next = corrected(&mut story, who);
    assert_eq!(story.key_of(who), before);
    assert_ne!(story.event(first).commitment, story.event(next).commitment, "another salt");
}

#[test]
fn a_certificate_is_stored_once_and_its_job_is_done() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let id = story.certified(1, event);
    assert_eq!(story.jobs(), []);
    assert_eq!(story.issued(event, Form::Domestic), [id]);
    let known = story.certificate(id);
    assert_eq!((known.event, known.person, known.version), (event, who, 1));
    assert!(known.is_valid() && !story.is_revoked(id));
    assert_eq!(story.lines(), [Logged::new(LogKind::Issued, id, story.now)]);
    let Known::Present(Row::Signed(sealed)) = story.row(&Key::Signed(id)) else { panic!() };
    let text = story.key_of(who).open(Slot::Certificate(id), sealed);
    assert_eq!(text.as_deref(), Ok(&b"certificate 1"[..]));
    let rows = story.rows.clone();
    let again = story.fresh(1, event, Form::Domestic);
    assert_eq!(story.certify(vec![again]), 1, "the same again");
    let other = story.fresh(2, event, Form::Domestic);
    assert_eq!(story.certify(vec![other]), 0, "another gateway was first");
    assert_eq!(story.rows, rows);
}

#[test]
fn many_are_stored_at_once_and_of_each_event_one() {
    let mut story = Story::stocked();
    let events: Vec<_> = (0..5).map(|n| story.certifiable(ME + n).1).collect();
    let mut all: Vec<_> =
        (0..).zip(&events).map(|(n, event)| story.fresh(n, *event, Form::Domestic)).collect();
    all.push(story.fresh(9, events[0], Form::Domestic));
    assert_eq!(story.certify(all), 0b01_1111);
    assert_eq!((story.jobs().len(), story.lines().len()), (0, 5));
    let rows = story.unplaced().len();
    assert_eq!(rows, 1, "the log is told of all of them in one row");
}

#[test]
fn a_correction_ends_the_certificate_in_the_same_commit_and_waits_for_another() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let id = story.certified(1, event);
    let next = corrected(&mut story, who);
    let state = State::Superseded { by: next, at: story.now };
    assert_eq!(story.certificate(id).state, state);
    assert!(story.is_revoked(id));
    assert_eq!(story.jobs(), [(next, Form::Domestic)]);
    assert_eq!(kinds(&story), [LogKind::Issued, LogKind::Revoked]);
    assert_eq!(story.holder(next), story.holder(event));
    let second = Fresh { previous: Some(id), version: 2, ..story.fresh(2, next, Form::Domestic) };
    assert_eq!(story.certify(vec![second]), 1);
}

#[test]
fn the_first_certificate_of_an_event_rests_on_its_job_alone() {
    let mut story = Story::stocked();
    let (_, event) = story.certifiable(ME);
    let certificates = vec![story.fresh(1, event, Form::Domestic)];
    let (mut view, command) = (View::new(&story), Certify { certificates });
    command.decide(&mut view, &story.context()).unwrap();
    let read = view.into_asked().read;
    assert!(read.iter().all(|key| *key == job_of(&story, event)), "{read:?}");
}

#[test]
fn what_was_signed_for_an_event_that_was_corrected_meanwhile_is_not_stored() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let late = story.fresh(1, event, Form::Domestic);
    let next = corrected(&mut story, who);
    assert_eq!(story.jobs(), [(next, Form::Domestic)], "the old one is gone");
    let rows = story.rows.clone();
    assert_eq!(story.certify(vec![late]), 0);
    let travel = story.fresh(2, event, Form::International);
    assert_eq!(story.certify(vec![travel]), 0);
    assert_eq!(story.rows, rows);
}

#[test]
fn one_for_travel_is_beside_that_for_use_at_home_and_another_takes_its_place() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let travel = story.fresh(1, event, Form::International);
    let first = travel.id;
    assert_eq!(story.certify(vec![travel]), 1, "nobody has to wait for the other");
    assert_eq!(story.jobs(), [(event, Form::Domestic)]);
    let home = story.certified(2, event);
    let blind = story.fresh(3, event, Form::International);
    assert_eq!(story.certify(vec![blind]), 0, "it does not know the one that there is");
    let next = Fresh { previous: Some(first), ..story.fresh(4, event, Form::International) };
    let second = next.id;
    assert_eq!(story.certify(vec![next]), 1);
    assert!(story.is_revoked(first) && !story.is_revoked(second) && !story.is_revoked(home));
    let corrected = corrected(&mut story, who);
    assert_eq!(story.jobs().len(), 2, "both are made again");
    assert!(story.jobs().contains(&(corrected, Form::International)));
    assert!(story.is_revoked(second) && story.is_revoked(home));
    let again = Fresh { previous: Some(second), ..story.fresh(5, corrected, Form::International) };
    assert_eq!(story.certify(vec![again]), 1);
    assert_eq!(story.jobs(), [(corrected, Form::Domestic)]);
}

#[test]
fn revoked_for_good_is_not_certified_again_but_what_a_lost_key_signed_is() {
    let mut story = Story::stocked();
    let (_, event) = story.certifiable(ME);
    let id = story.certified(1, event);
    let ended = Outcome::CertificatesRevoked { revoked: 1 };
    assert_eq!(revoked(&mut story, id, RevocationReason::KeyCompromised), ended);
    assert!(story.is_revoked(id));
    assert_eq!(story.jobs(), [(event, Form::Domestic)]);
    let next = Fresh { previous: Some(id), ..story.fresh(2, event, Form::Domestic) };
    let second = next.id;
    assert_eq!(story.certify(vec![next]), 1);
    assert_eq!(story.issued(event, Form::Domestic), [id, second]);
    assert_eq!(revoked(&mut story, second, RevocationReason::Fraud), ended);
    assert_eq!((story.jobs(), kinds(&story).len()), (vec![], 4));
    let rows = story.rows.clone();
    let nothing = Outcome::CertificatesRevoked { revoked: 0 };
    assert_eq!(revoked(&mut story, second, RevocationReason::Fraud), nothing, "again");
    assert_eq!(story.rows, rows);
    let request = Command::RequestCertificate(RequestCertificate { event });
    assert_eq!(refused(story.run(request)), Refusal::NotCertifiable(event.id));
    let unknown = CertificateId(uuid::Uuid::nil());
    let revoke =
        Revoke { certificates: vec![unknown], reason: RevocationReason::Mistaken, by: STAFF };
    assert_eq!(refused(story.run(Command::Revoke(revoke))), Refusal::NoSuchCertificate(unknown));
}

#[test]
fn several_that_are_revoked_together_are_all_in_their_list() {
    let mut story = Story::stocked();
    let ids: Vec<_> = (0..4)
        .map(|n| {
            let (_, event) = story.certifiable(ME + n as u64);
            story.certified(1000 + n, event)
        })
        .collect();
    let certificates = [&ids[..3], &ids[..1]].concat();
    let revoke = Revoke { certificates, reason: RevocationReason::Mistaken, by: STAFF };
    let ended = story.run(Command::Revoke(revoke));
    assert_eq!(ended, Ok(Outcome::CertificatesRevoked { revoked: 3 }));
    let set: Vec<_> = ids.iter().map(|id| story.is_revoked(*id)).collect();
    assert_eq!(set, [true, true, true, false]);
}

#[test]
fn who_is_erased_takes_the_key_along_and_the_status_stays() {
    let mut story = Story::stocked();
    let (who, first) = story.certifiable(ME);
    let old = story.certified(1, first);
    let next = corrected(&mut story, who);
    let late = story.fresh(2, next, Form::Domestic);
    let event = story.event(next);
    story.run(Command::Erase(Erase { person: who, reason: Reason::Ordered })).unwrap();
    assert_eq!((story.jobs(), story.event(next)), (vec![], event), "the record stays");
    for gone in [Key::PersonKey(who), Key::Holder(first), Key::Holder(next), Key::Signed(old)] {
        assert!(!is_there(&story, gone), "{gone:?}");
    }
    assert!(story.is_revoked(old));
    assert_eq!(story.certify(vec![late]), 0);
    let request = Command::RequestCertificate(RequestCertificate { event: next });
    assert_eq!(refused(story.run(request)), Refusal::NotCertifiable(next.id));
}

#[test]
fn nothing_of_a_revoked_key_is_made_again_for_somebody_who_was_erased() {
    let mut story = Story::stocked();
    let (who, event) = story.certifiable(ME);
    let id = story.certified(1, event);
    story.run(Command::Erase(Erase { person: who, reason: Reason::Ordered })).unwrap();
    revoked(&mut story, id, RevocationReason::KeyCompromised);
    assert!(story.is_revoked(id));
    assert_eq!(story.jobs(), []);
}

#[test]
fn a_dose_of_a_merged_reference_keeps_its_key_and_goes_with_the_person() {
    let mut story = Story::stocked();
    let same = Register { name: "Person 1".to_owned(), ..registration(ME + 1, 2) };
    let Ok(Outcome::Registered(keep)) = story.run(Command::Register(Box::new(same))) else {
        panic!()
    };
    let (other, event) = story.certifiable(ME);
    let id = story.certified(1, event);
    let abroad = crate::commands::RecordElsewhere { batch: None, ..first_abroad(keep) };
    story.run(Command::RecordElsewhere(Box::new(abroad))).unwrap();
    let (account, other_account) = (story.account(ME + 1), story.account(ME));
    story.run(Command::Merge(Merge { keep, account, other, other_account })).unwrap();
    let second = story.person(keep).doses[1].event_key();
    assert_eq!(story.jobs(), [(second, Form::Domestic)], "it was the second dose");
    assert!(story.is_revoked(id));
    let next = Fresh { previous: Some(id), ..story.fresh(2, second, Form::Domestic) };
    assert_eq!(story.certify(vec![next]), 1);
    story.run(Command::Erase(Erase { person: keep, reason: Reason::Ordered })).unwrap();
    assert!(!is_there(&story, Key::PersonKey(other)));
    assert!(!is_there(&story, Key::Holder(second)));
}

/// As if it had been recorded before there were certificates.
fn old(story: &mut Story) -> (opencowin_model::BeneficiaryRef, EventKey) {
    let (who, event) = story.certifiable(ME);
    let job = crate::fixture::certificates::job_of(story, event);
    let before = Event { commitment: None, ..story.event(event) };
    story.put(Key::Event(event), Row::Event(Box::new(before)));
    for gone in [Key::PersonKey(who), Key::Holder(event), job] {
        story.rows.remove(&gone);
    }
    (who, event)
}

#[test]
fn an_old_dose_is_certified_when_it_is_asked_for() {
    let mut story = Story::stocked();
    let (who, event) = old(&mut story);
    let request = Command::RequestCertificate(RequestCertificate { event });
    assert_eq!(story.run(request.clone()), Ok(Outcome::Passed));
    assert_eq!(story.jobs(), [(event, Form::Domestic)]);
    assert_eq!(story.event(event).commitment, None, "events never change");
    assert_eq!(story.holder(event).name, "Person 1");
    let rows = story.rows.clone();
    story.run(request.clone()).unwrap();
    assert_eq!(story.rows, rows, "it is on its way");
    story.certified(1, event);
    let rows = story.rows.clone();
    story.run(request).unwrap();
    assert_eq!(story.rows, rows, "it is there");
    let next = corrected(&mut story, who);
    assert!(story.event(next).commitment.is_some());
}

#[test]
fn a_correction_of_an_old_dose_is_certified_without_being_asked_for() {
    let mut story = Story::stocked();
    let (who, _) = old(&mut story);
    let next = corrected(&mut story, who);
    assert_eq!(story.jobs(), [(next, Form::Domestic)]);
    assert_eq!(story.holder(next).name, "Person 1");
}

#[test]
fn as_long_as_an_older_program_takes_part_doses_are_recorded_as_it_knows_them() {
    let mut story = Story::stocked();
    let (who, _) = story.arrived(ME, 1);
    let context = Context { certifies: false, ..story.context() };
    let vaccinate = Command::Vaccinate(Box::new(dose(who)));
    let effects = vaccinate.decide(&mut View::new(&story), &context).unwrap();
    let Outcome::DoseRecorded(event) = effects.outcome else { panic!() };
    let of_schema_5 =
        |key: &Key| matches!(key, Key::PersonKey(_) | Key::Holder(_) | Key::Outbox(..));
    assert!(!effects.writes.iter().any(|(key, _)| of_schema_5(key)));
    let request = Command::RequestCertificate(RequestCertificate { event });
    let refusal = request.decide(&mut View::new(&story), &context);
    assert_eq!(refusal, Err(Refusal::OlderProgram.into()));
}
