//! Reports from both sides, what is learnt later, and the jobs and numbers that go with them.

use super::*;
use crate::commands::{Answer, Command};
use crate::fixture::counter::{BATCH, STAFF, batch};
use crate::fixture::*;
use crate::records::Figure;

const ME: u64 = 9_000_000_001;

/// Somebody who was given a first dose today.
fn vaccinated() -> (Story, BeneficiaryRef) {
    let mut story = Story::stocked();
    let (who, _) = story.arrived(ME, 1);
    story.first_dose(who);
    (story, who)
}

fn after(person: BeneficiaryRef) -> Suspected {
    Suspected { person, dose: Dose::First, reporter: Reporter::Facility(CENTRE), by: STAFF }
}

fn fever(person: BeneficiaryRef) -> ReportAdverseEvent {
    ReportAdverseEvent {
        after: after(person),
        severity: Severity::Minor,
        symptoms: vec![Symptom::Pyrexia],
        onset: TODAY,
        recovery: Recovery::Recovering,
    }
}

fn report(story: &mut Story, report: ReportAdverseEvent) -> Answer {
    story.run(Command::ReportAdverseEvent(Box::new(report)))
}

fn reported(answer: Answer) -> AefiId {
    match answer {
        Ok(Outcome::AefiReported(id)) => id,
        other => panic!("{other:?}"),
    }
}

fn follow_up(person: BeneficiaryRef, report: AefiId) -> FollowUpAdverseEvent {
    FollowUpAdverseEvent {
        after: after(person),
        report,
        severity: Severity::Serious,
        recovery: Recovery::NotRecovered,
        investigation: Investigation::UnderWay,
    }
}

fn jobs(story: &Story) -> Vec<(u32, AefiId)> {
    let job = |(key, row): (&Key, &Row)| match (key, row) {
        (Key::Outbox(Queue::Safety, _), Row::Job(job)) => Some((job.follow_ups, job.about.id)),
        _ => None,
    };
    story.rows.iter().filter_map(job).collect()
}

/// Minor, severe and serious ones, as figures of the day and as signals of the batch have them.
fn counted(story: &Story) -> ([i64; 3], [i64; 3]) {
    let Some(Row::Figures(figures)) = story.rows.get(&Key::Figures(TODAY, centre().district, 0))
    else {
        panic!("nothing is counted")
    };
    let Some(Row::Signals(signals)) = story.rows.get(&Key::Signals(TWO_DOSES, batch(BATCH), 0))
    else {
        panic!("nothing is counted")
    };
    let of = |severity| figures.get(Figure::AdverseEvents(severity));
    ([Severity::Minor, Severity::Severe, Severity::Serious].map(of), signals.reported)
}

#[test]
fn a_report_is_counted_for_its_day_and_batch_and_told_once() {
    let (mut story, who) = vaccinated();
    let id = reported(report(&mut story, fever(who)));
    assert_eq!(counted(&story), ([1, 0, 0], [1, 0, 0]));
    assert_eq!(jobs(&story), [(0, id)]);
    let rows = story.rows.clone();
    assert_eq!(reported(report(&mut story, fever(who))), id, "the same again");
    assert_eq!(story.rows, rows);
    let other = ReportAdverseEvent { symptoms: vec![Symptom::Chills], ..fever(who) };
    assert_eq!(refused(report(&mut story, other)), Refusal::ReportedAlready(id));
}

#[test]
fn people_report_their_own_events_beside_the_facility_and_nobody_elses() {
    let (mut story, who) = vaccinated();
    let side = |reporter| Suspected { reporter, ..after(who) };
    let own = Reporter::Account(story.account(ME));
    let of_facility = reported(report(&mut story, fever(who)));
    let own = reported(report(&mut story, ReportAdverseEvent { after: side(own), ..fever(who) }));
    assert_ne!(own, of_facility);
    let stranger = side(Reporter::Account(story.account(ME + 1)));
    let stranger = report(&mut story, ReportAdverseEvent { after: stranger, ..fever(who) });
    assert_eq!(refused(stranger), Refusal::NoSuchPerson(who));
    let elsewhere = side(Reporter::Facility(CentreId(8)));
    let elsewhere = report(&mut story, ReportAdverseEvent { after: elsewhere, ..fever(who) });
    let unknown = Refusal::NoDoseHere { person: who, dose: Dose::First };
    assert_eq!(refused(elsewhere), unknown);
}

#[test]
fn an_onset_before_the_dose_or_to_come_and_a_harmless_death_are_refused() {
    let (mut story, who) = vaccinated();
    for onset in [TODAY.yesterday().unwrap(), TODAY.tomorrow().unwrap()] {
        let impossible = report(&mut story, ReportAdverseEvent { onset, ..fever(who) });
        assert_eq!(refused(impossible), Refusal::ImpossibleOnset);
    }
    let death = ReportAdverseEvent { recovery: Recovery::Died, ..fever(who) };
    assert_eq!(refused(report(&mut story, death)), Refusal::DeathIsSerious);
    assert!(jobs(&story).is_empty());
}

#[test]
fn what_is_learnt_later_moves_the_numbers_and_is_told_as_well() {
    let (mut story, who) = vaccinated();
    let id = reported(report(&mut story, fever(who)));
    story.now.0 += 1000;
    let answer = story.run(Command::FollowUpAdverseEvent(Box::new(follow_up(who, id))));
    assert_eq!(reported(answer), id);
    assert_eq!(counted(&story), ([0, 0, 1], [0, 0, 1]));
    assert_eq!(jobs(&story), [(0, id), (1, id)], "in the order in which they happened");
    let idle =
        FollowUpAdverseEvent { investigation: Investigation::NotNeeded, ..follow_up(who, id) };
    let idle = story.run(Command::FollowUpAdverseEvent(Box::new(idle)));
    assert_eq!(refused(idle), Refusal::InvestigationNeeded);
    let astray = follow_up(who, AefiId::from_random([9; 16]));
    let astray = story.run(Command::FollowUpAdverseEvent(Box::new(astray)));
    assert_eq!(refused(astray), Refusal::NoSuchReport);
}

#[test]
fn a_report_can_be_followed_up_so_many_times() {
    let (mut story, who) = vaccinated();
    let id = reported(report(&mut story, fever(who)));
    let mut again = || story.run(Command::FollowUpAdverseEvent(Box::new(follow_up(who, id))));
    for _ in 0..MOST_FOLLOW_UPS {
        again().unwrap();
    }
    assert_eq!(refused(again()), Refusal::ReportFull { most: MOST_FOLLOW_UPS });
}

#[test]
fn a_job_that_is_done_goes_and_going_twice_is_nothing() {
    let (mut story, who) = vaccinated();
    report(&mut story, fever(who)).unwrap();
    let find = |key: &&Key| matches!(key, Key::Outbox(..));
    let Some(Key::Outbox(queue, job)) = story.rows.keys().find(find).copied() else {
        panic!("a job waits")
    };
    for _ in 0..2 {
        let done = story.run(Command::HandOver(HandOver { queue, job }));
        assert_eq!(done, Ok(Outcome::Passed));
        assert!(jobs(&story).is_empty());
    }
}
