//! What follows a correction of a person, and who may ask for one.

use super::*;
use crate::commands::{Command, Correct, Vaccinate};
use crate::fixture::counter::{LAST, STAFF, batch, dose, first_abroad};
use crate::fixture::*;
use crate::records::{AgeGroup, Figure, Figures, Form, NO_DISTRICT, State};
use crate::view::{Known, Rows};
use opencowin_model::{Dose, GenderGroup};

const ME: u64 = 9_000_000_001;

fn asha(story: &Story, person: BeneficiaryRef) -> CorrectHolder {
    let account = story.account(ME);
    CorrectHolder {
        authority: HolderAuthority::Own(account),
        person,
        name: "Asha Rao".to_owned(),
        birth_year: 2000,
        gender: GenderId(2),
        by: Who::Account(account),
    }
}

fn by_district(district: u16, correct: CorrectHolder) -> CorrectHolder {
    let authority = HolderAuthority::District(DistrictId(district));
    CorrectHolder { authority, by: STAFF, ..correct }
}

fn correct(story: &mut Story, correct: CorrectHolder) -> crate::commands::Answer {
    story.run(Command::CorrectHolder(Box::new(correct)))
}

fn figures(story: &Story, district: DistrictId) -> Figures {
    match story.row(&Key::Figures(TODAY, district, 0)) {
        Known::Present(Row::Figures(figures)) => figures.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_dose_of_the_programme_has_another_event_and_its_certificate_ends() {
    let mut story = Story::stocked();
    let (who, first) = story.certifiable(ME);
    let id = story.certified(1, first);
    let command = asha(&story, who);
    assert_eq!(correct(&mut story, command), Ok(Outcome::HolderCorrected));
    let next = story.person(who).doses[0].event_key();
    let event = story.event(next);
    assert_eq!((event.corrects, event.at), (Some(first), story.now));
    let holder = story.holder(next);
    assert_eq!((holder.name.as_str(), holder.gender.as_str()), ("Asha Rao", "Female"));
    assert_eq!(event.commitment, Some(holder.commitment(&story.key_of(who).salt(next.id))));
    assert_eq!(story.holder(first).name, "Person 1", "what was said stays");
    assert_eq!(story.certificate(id).state, State::Superseded { by: next, at: story.now });
    assert!(story.is_revoked(id));
    assert_eq!(story.jobs(), [(next, Form::Domestic)]);
    assert_eq!(story.person(who).birth_year, 2000);
}

#[test]
fn doses_given_elsewhere_stay_and_the_figures_of_all_follow() {
    let mut story = Story::stocked();
    let who = story.register(ME, 1);
    let abroad = Command::RecordElsewhere(Box::new(first_abroad(who)));
    let Ok(Outcome::DoseRecorded(elsewhere)) = story.run(abroad) else { panic!() };
    let book = crate::commands::Book {
        dose: Dose::Second,
        ..booking(story.account(ME), Story::today(), &[who])
    };
    let Ok(Outcome::Booked { appointment, .. }) = story.run(Command::Book(book)) else { panic!() };
    story.check_in((ME, 1), who, appointment).unwrap();
    story.vaccinate(Vaccinate { dose: Dose::Second, ..dose(who) }).unwrap();
    let command = asha(&story, who);
    correct(&mut story, command).unwrap();
    let doses = story.person(who).doses;
    assert_eq!(doses[0].event_key(), elsewhere);
    assert_eq!(story.jobs(), [(doses[1].event_key(), Form::Domestic)]);
    let given = figures(&story, centre().district);
    let by = |gender| given.get(Figure::DosesByGender(gender));
    assert_eq!((by(GenderGroup::Male), by(GenderGroup::Female)), (0, 1));
    let registered = figures(&story, NO_DISTRICT);
    let by = |age| registered.get(Figure::RegisteredByAge(8, age));
    let ages = AgeGroup::ALL.map(by);
    assert_eq!(ages.iter().sum::<i64>(), 1);
    assert_eq!(by(AgeGroup::of(2000, TODAY)), 1);
}

#[test]
fn people_correct_themselves_once_and_their_district_again() {
    let mut story = Story::stocked();
    let (who, _) = story.certifiable(ME);
    let command = asha(&story, who);
    correct(&mut story, command.clone()).unwrap();
    let rows = story.rows.clone();
    assert_eq!(correct(&mut story, command.clone()), Ok(Outcome::HolderCorrected), "the same");
    assert_eq!(story.rows, rows);
    let other = CorrectHolder { name: "Asha Rai".to_owned(), ..command };
    assert_eq!(refused(correct(&mut story, other.clone())), Refusal::CorrectionSpent(who));
    let elsewhere = by_district(4, other.clone());
    assert_eq!(refused(correct(&mut story, elsewhere)), Refusal::NoSuchPerson(who));
    correct(&mut story, by_district(3, other.clone())).unwrap();
    let again = CorrectHolder { name: "Asha Roy".to_owned(), ..other };
    correct(&mut story, by_district(3, again.clone())).unwrap();
    let own = CorrectHolder { name: "Asha".to_owned(), ..again };
    assert_eq!(refused(correct(&mut story, own)), Refusal::CorrectionSpent(who));
    assert_eq!(story.jobs().len(), 1, "of all the events only the last is certified");
}

#[test]
fn nobody_is_corrected_by_another_account_or_born_after_their_first_dose() {
    let mut story = Story::stocked();
    let (who, _) = story.certifiable(ME);
    let stranger = HolderAuthority::Own(story.account(ME + 1));
    let strange = CorrectHolder { authority: stranger, ..asha(&story, who) };
    assert_eq!(refused(correct(&mut story, strange)), Refusal::NoSuchPerson(who));
    let unborn = CorrectHolder { birth_year: 2022, ..asha(&story, who) };
    assert_eq!(refused(correct(&mut story, unborn)), Refusal::ImpossibleDay);
}

#[test]
fn a_later_correction_of_the_dose_says_the_new_name() {
    let mut story = Story::stocked();
    let (who, _) = story.certifiable(ME);
    let command = asha(&story, who);
    correct(&mut story, command).unwrap();
    let other_batch = Correct {
        authority: crate::commands::Authority::Facility(CENTRE),
        person: who,
        dose: Dose::First,
        batch: Some(batch(LAST)),
        date: None,
        by: STAFF,
    };
    let Ok(Outcome::DoseRecorded(next)) = story.run(Command::Correct(other_batch)) else {
        panic!()
    };
    assert_eq!(story.holder(next).name, "Asha Rao");
    assert_eq!(story.jobs(), [(next, Form::Domestic)]);
}
