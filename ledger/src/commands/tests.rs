//! The rules of the commands, one test each, named by what it protects.

use super::*;
use crate::fixture::*;
use crate::records::Counters;
use jiff::civil::date;
use opencowin_model::{
    AgeBand, BeneficiaryRef, Capacity, CentreId, Channel, Dose, Seats, Session, SessionKey,
    SessionState,
};

const ME: u64 = 9_000_000_001;
const YOU: u64 = 9_000_000_002;

fn of_dose(story: &Story, dose: Dose, session: SessionKey, who: BeneficiaryRef) -> Command {
    Command::Book(Book { dose, ..booking(story.account(ME), session, &[who]) })
}

#[test]
fn a_booking_takes_one_seat_for_each_person() {
    let mut story = Story::new();
    let people = [story.register(ME, 1), story.register(ME, 2)];
    let answer = story.book(ME, Story::today(), &people);
    let Ok(Outcome::Booked { taken, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!((taken.session, taken.seats), (Story::today(), 2));
    assert_eq!(story.seats(Story::today(), Dose::First), (8, 2));
    assert_eq!(story.seats(Story::today(), Dose::Second), (10, 0), "doses have seats of their own");
}

#[test]
fn an_appointment_is_for_one_to_four_different_people() {
    let mut story = Story::new();
    let people: Vec<_> = (1..=4).map(|number| story.register(ME, number)).collect();
    let five = [&people[..], &people[..1]].concat();
    assert_eq!(refused(story.book(ME, Story::today(), &[])), Refusal::NotOneToFour);
    assert_eq!(refused(story.book(ME, Story::today(), &five)), Refusal::NotOneToFour);
    let twice = [people[0], people[1], people[0]];
    assert_eq!(refused(story.book(ME, Story::today(), &twice)), Refusal::NamedTwice(people[0]));
    story.booked(ME, Story::today(), &people);
}

#[test]
fn only_a_published_session_that_is_not_over_is_booked() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let nowhere = session(99, TODAY, 1).key();
    assert_eq!(refused(story.book(ME, nowhere, &[who])), Refusal::NoSuchSession);

    story.publish(Session { state: SessionState::Cancelled, ..session(3, TODAY, 5) });
    let cancelled = session(3, TODAY, 5).key();
    assert_eq!(refused(story.book(ME, cancelled, &[who])), Refusal::SessionCancelled);

    story.now = at(TODAY.at(17, 0, 0, 0));
    assert_eq!(refused(story.book(ME, Story::today(), &[who])), Refusal::SessionOver, "closed");
    story.now = at(TODAY.at(16, 59, 59, 0));
    story.booked(ME, Story::today(), &[who]);
}

#[test]
fn a_session_of_yesterday_is_over() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    story.now = morning(TODAY.tomorrow().unwrap());
    assert_eq!(refused(story.book(ME, Story::today(), &[who])), Refusal::SessionOver);
}

#[test]
fn a_slot_has_to_be_one_of_the_sessions() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let book = booking(story.account(ME), Story::today(), &[who]);
    let wrong = Book { slot: "10:00AM-11:00AM".into(), ..book };
    assert_eq!(refused(story.run(Command::Book(wrong))), Refusal::NoSuchSlot);
}

#[test]
fn nobody_books_for_the_people_of_another_account() {
    let mut story = Story::new();
    let (mine, yours) = (story.register(ME, 1), story.register(YOU, 1));
    let answer = story.book(ME, Story::today(), &[mine, yours]);
    assert_eq!(refused(answer), Refusal::NoSuchPerson(yours));
    let unknown = BeneficiaryRef::new(*BeneficiaryRef::RANGE.end()).unwrap();
    assert_eq!(refused(story.book(ME, Story::today(), &[unknown])), Refusal::NoSuchPerson(unknown));
}

#[test]
fn the_age_band_is_kept_in_calendar_years_of_today() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let band = AgeBand { min: 18, max: Some(40) };
    story.publish(Session { age: band, ..session(3, TODAY, 5) });
    let answer = story.book(ME, session(3, TODAY, 5).key(), &[who]);
    assert_eq!(refused(answer), Refusal::WrongAge { person: who, band }, "born 1980, 41 in 2021");
}

#[test]
fn a_dose_is_given_once_and_in_order() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let early = of_dose(&story, Dose::Second, Story::today(), who);
    assert_eq!(refused(story.run(early)), Refusal::DoseBeforeMissing { person: who });
    story.vaccinated(who, Dose::First, TWO_DOSES, date(2021, 1, 1));
    let again = Refusal::DoseGiven { person: who, dose: Dose::First };
    assert_eq!(refused(story.book(ME, Story::today(), &[who])), again);
    let precaution = of_dose(&story, Dose::Precaution, Story::today(), who);
    assert_eq!(refused(story.run(precaution)), Refusal::DoseBeforeMissing { person: who });
    let second = of_dose(&story, Dose::Second, Story::today(), who);
    assert!(story.run(second).is_ok());
}

#[test]
fn a_second_dose_is_of_the_vaccine_of_the_first() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    story.vaccinated(who, Dose::First, ONE_DOSE, date(2021, 1, 1));
    let second = of_dose(&story, Dose::Second, Story::today(), who);
    let other = Refusal::OtherVaccine { person: who, given: ONE_DOSE };
    assert_eq!(refused(story.run(second)), other);
}

#[test]
fn a_vaccine_is_given_only_as_doses_of_its_schedule() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    story.publish(Session { vaccine: ONE_DOSE, ..session(3, TODAY, 5) });
    let second = of_dose(&story, Dose::Second, session(3, TODAY, 5).key(), who);
    assert_eq!(refused(story.run(second)), Refusal::NotInSchedule);
}

#[test]
fn the_interval_is_measured_at_the_sessions_date() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    story.vaccinated(who, Dose::First, TWO_DOSES, date(2021, 4, 4));
    let from = date(2021, 5, 2);
    let today = of_dose(&story, Dose::Second, Story::today(), who);
    assert_eq!(refused(story.run(today)), Refusal::TooEarly { person: who, from }, "27 days");
    let tomorrow = of_dose(&story, Dose::Second, Story::tomorrow(), who);
    assert!(story.run(tomorrow).is_ok(), "28 days");
}

#[test]
fn a_precaution_dose_follows_the_last_dose_of_the_schedule_that_was_had() {
    let mut story = Story::new();
    let (two, one) = (story.register(ME, 1), story.register(ME, 2));
    story.vaccinated(two, Dose::First, TWO_DOSES, date(2020, 1, 1));
    story.vaccinated(two, Dose::Second, TWO_DOSES, date(2021, 4, 1));
    story.vaccinated(one, Dose::First, ONE_DOSE, date(2020, 1, 1));
    let early = of_dose(&story, Dose::Precaution, Story::today(), two);
    let from = date(2021, 9, 28);
    assert_eq!(refused(story.run(early)), Refusal::TooEarly { person: two, from });
    let after_one = of_dose(&story, Dose::Precaution, Story::today(), one);
    assert!(story.run(after_one).is_ok());
}

#[test]
fn one_person_has_one_live_appointment_for_a_dose() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let again = story.book(ME, Story::tomorrow(), &[who]);
    assert_eq!(refused(again), Refusal::AlreadyBooked { person: who, appointment });
    story.cancel(ME, appointment, &[]).unwrap();
    story.booked(ME, Story::tomorrow(), &[who]);
}

#[test]
fn an_appointment_ends_with_its_day_and_not_with_closing_time() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    story.now = at(TODAY.at(23, 59, 0, 0));
    let evening = story.book(ME, Story::tomorrow(), &[who]);
    assert_eq!(refused(evening), Refusal::AlreadyBooked { person: who, appointment });
    story.now = morning(TODAY.tomorrow().unwrap());
    story.booked(ME, Story::tomorrow(), &[who]);
}

#[test]
fn an_appointment_ends_with_the_cancellation_of_its_session() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let cancelled = Session { state: SessionState::Cancelled, version: 2, ..session(1, TODAY, 10) };
    publish(&mut story, cancelled).unwrap();
    assert_eq!(refused(story.cancel(ME, appointment, &[])), Refusal::AppointmentOver);
    story.booked(ME, Story::tomorrow(), &[who]);
}

#[test]
fn nothing_is_sold_that_is_not_there_and_nobody_gets_half() {
    let mut story = Story::new();
    story.publish(session(3, TODAY, 2));
    let key = session(3, TODAY, 2).key();
    let people: Vec<_> = (1..=4).map(|number| story.register(ME, number)).collect();
    assert_eq!(refused(story.book(ME, key, &people[..3])), Refusal::SoldOut);
    story.booked(ME, key, &people[..2]);
    assert_eq!(refused(story.book(ME, key, &people[2..3])), Refusal::SoldOut);
    assert_eq!(story.seats(key, Dose::First), (0, 2));
}

#[test]
fn seats_of_one_channel_are_not_sold_through_another() {
    let mut story = Story::new();
    let people: Vec<_> = (1..=2).map(|number| story.register(ME, number)).collect();
    let on_spot = |who| Book {
        channel: Channel::OnSpot,
        ..booking(story.account(ME), Story::today(), &[who])
    };
    let (first, second) = (on_spot(people[0]), on_spot(people[1]));
    assert!(story.run(Command::Book(first)).is_ok());
    assert_eq!(refused(story.run(Command::Book(second))), Refusal::SoldOut);
}

fn on_spot(session: SessionKey, at: CentreId, people: &[BeneficiaryRef]) -> Command {
    let place = Place { session, slot: SLOT.into(), channel: Channel::Online, dose: Dose::First };
    Command::Book(place.for_people(at, people.to_vec()))
}

#[test]
fn a_facility_books_people_of_any_account_into_its_own_sessions() {
    let mut story = Story::new();
    let (mine, yours) = (story.register(ME, 1), story.register(YOU, 1));
    let elsewhere = on_spot(Story::today(), CentreId(8), &[mine, yours]);
    assert_eq!(refused(story.run(elsewhere)), Refusal::NoSuchSession);
    let answer = story.run(on_spot(Story::today(), CENTRE, &[mine, yours]));
    let Ok(Outcome::Booked { appointment, taken }) = answer else { panic!("{answer:?}") };
    assert_eq!(taken.seats, 2);

    let to = story.reschedule(ME, appointment, Story::today(), Story::tomorrow(), SLOT);
    assert_eq!(refused(to), Refusal::NoSuchAppointment, "nobody moves others along");
    let strangers = story.cancel(ME, appointment, &[yours]);
    assert_eq!(refused(strangers), Refusal::NotInAppointment(yours));
    story.cancel(ME, appointment, &[]).unwrap();
    assert!(story.person(mine).appointments.is_empty());
    assert_eq!(story.person(yours).appointments.len(), 1, "nobody cancels for others");
    story.cancel(YOU, appointment, &[]).unwrap();
}

#[test]
fn rules_are_checked_in_the_documented_order() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let band = AgeBand { min: 60, max: None };
    let full = Capacity::new(Seats::default(), Seats::default(), Seats::default());
    story.publish(Session { age: band, capacity: full, ..session(3, TODAY, 0) });
    let key = session(3, TODAY, 0).key();
    let wrong_age = Refusal::WrongAge { person: who, band };
    assert_eq!(refused(story.book(ME, key, &[who])), wrong_age, "people before seats");
    let book = Book { slot: "never".into(), ..booking(story.account(ME), key, &[who]) };
    assert_eq!(refused(story.run(Command::Book(book))), Refusal::NoSuchSlot, "session first");
}

#[test]
fn a_partial_cancellation_frees_exactly_the_seats_named() {
    let mut story = Story::new();
    let people: Vec<_> = (1..=3).map(|number| story.register(ME, number)).collect();
    let appointment = story.booked(ME, Story::today(), &people);
    let answer = story.cancel(ME, appointment, &people[1..2]);
    let Ok(Outcome::Cancelled { freed }) = answer else { panic!("{answer:?}") };
    assert_eq!((freed.session, freed.dose, freed.seats), (Story::today(), Dose::First, 1));
    assert_eq!(story.seats(Story::today(), Dose::First), (8, 2));
    let again = story.cancel(ME, appointment, &people[1..2]);
    assert_eq!(refused(again), Refusal::NotInAppointment(people[1]));
    let rest = story.cancel(ME, appointment, &[]);
    assert!(matches!(rest, Ok(Outcome::Cancelled { freed }) if freed.seats == 2));
    assert_eq!(story.seats(Story::today(), Dose::First), (10, 0));
    assert_eq!(refused(story.cancel(ME, appointment, &[])), Refusal::NoSuchAppointment);
}

#[test]
fn nobody_cancels_or_moves_the_appointment_of_another_account() {
    let mut story = Story::new();
    let (mine, _yours) = (story.register(ME, 1), story.register(YOU, 1));
    let appointment = story.booked(ME, Story::today(), &[mine]);
    assert_eq!(refused(story.cancel(YOU, appointment, &[])), Refusal::NoSuchAppointment);
    let moved = story.reschedule(YOU, appointment, Story::today(), Story::tomorrow(), SLOT);
    assert_eq!(refused(moved), Refusal::NoSuchAppointment);
}

#[test]
fn rescheduling_moves_those_who_remain_and_keeps_the_id() {
    let mut story = Story::new();
    let people: Vec<_> = (1..=3).map(|number| story.register(ME, number)).collect();
    let appointment = story.booked(ME, Story::today(), &people);
    story.cancel(ME, appointment, &people[..1]).unwrap();
    let answer = story.reschedule(ME, appointment, Story::today(), Story::tomorrow(), SLOT);
    let Ok(Outcome::Rescheduled { freed: Some(freed), taken: Some(taken) }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((freed.session, freed.seats), (Story::today(), 2));
    assert_eq!((taken.session, taken.seats), (Story::tomorrow(), 2));
    assert_eq!(story.seats(Story::today(), Dose::First), (10, 0));
    assert_eq!(story.seats(Story::tomorrow(), Dose::First), (8, 2));
    assert!(!story.rows.contains_key(&Key::Appointment(Story::today(), appointment)));
    story.cancel(ME, appointment, &people[1..]).unwrap();
    assert_eq!(story.seats(Story::tomorrow(), Dose::First), (10, 0));
}

#[test]
fn another_slot_of_the_same_session_takes_no_seat() {
    let mut story = Story::new();
    story.publish(session(3, TODAY, 1));
    let key = session(3, TODAY, 1).key();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, key, &[who]);
    let answer = story.reschedule(ME, appointment, key, key, OTHER_SLOT);
    assert_eq!(answer, Ok(Outcome::Rescheduled { freed: None, taken: None }));
    assert_eq!(story.seats(key, Dose::First), (0, 1));
    assert_eq!(refused(story.reschedule(ME, appointment, key, key, OTHER_SLOT)), Refusal::SameSlot);
}

#[test]
fn rescheduling_asks_the_same_of_people_as_booking() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let band = AgeBand { min: 60, max: None };
    story.publish(Session { age: band, ..session(3, TODAY, 5) });
    let senior = session(3, TODAY, 5).key();
    let answer = story.reschedule(ME, appointment, Story::today(), senior, SLOT);
    assert_eq!(refused(answer), Refusal::WrongAge { person: who, band });
    story.publish(session(4, TODAY, 0));
    let full = session(4, TODAY, 0).key();
    let answer = story.reschedule(ME, appointment, Story::today(), full, SLOT);
    assert_eq!(refused(answer), Refusal::SoldOut);
    assert_eq!(story.seats(Story::today(), Dose::First), (9, 1), "the seat is kept");
}

#[test]
fn an_appointment_that_moved_meanwhile_has_to_be_looked_at_again() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    story.reschedule(ME, appointment, Story::today(), Story::tomorrow(), SLOT).unwrap();
    let late = story.reschedule(ME, appointment, Story::today(), Story::today(), OTHER_SLOT);
    assert_eq!(refused(late), Refusal::AppointmentMoved);
    assert!(!Refusal::AppointmentMoved.is_recorded());
}

#[test]
fn an_account_has_a_limited_number_of_people() {
    let mut story = Story::new();
    let first = story.register(ME, 1);
    (2..=4).for_each(|number| _ = story.register(ME, number));
    let fifth = story.run(Command::Register(Box::new(registration(ME, 5))));
    assert_eq!(refused(fifth), Refusal::AccountFull { limit: 4 });
    story.delete(ME, first).unwrap();
    story.register(ME, 5);
}

#[test]
fn an_identity_document_belongs_to_one_person() {
    let mut story = Story::new();
    let first = story.register(ME, 1);
    let mut same = registration(YOU, 1);
    same.id_number = registration(ME, 1).id_number;
    let taken = story.run(Command::Register(Box::new(same.clone())));
    assert_eq!(refused(taken), Refusal::IdDocumentTaken);
    story.delete(ME, first).unwrap();
    assert!(story.run(Command::Register(Box::new(same))).is_ok(), "it is free again");
}

#[test]
fn a_reference_is_never_given_twice() {
    let mut story = Story::new();
    let first = story.register(ME, 1);
    let decide = |story: &Story| {
        let context = crate::rules::Context { draw: first.get().into(), ..story.context() };
        let mut other = registration(YOU, 1);
        other.name = "Other".to_owned();
        Command::Register(Box::new(other)).decide(&mut View::new(story), &context).unwrap().outcome
    };
    let Outcome::Registered(other) = decide(&story) else { panic!() };
    assert_ne!(other, first);
    story.delete(ME, first).unwrap();
}

#[test]
fn only_who_has_neither_appointment_nor_dose_is_deleted() {
    let mut story = Story::new();
    let (who, other) = (story.register(ME, 1), story.register(ME, 2));
    let appointment = story.booked(ME, Story::today(), &[who]);
    assert_eq!(refused(story.delete(ME, who)), Refusal::HasAppointment(who));
    assert_eq!(refused(story.delete(YOU, who)), Refusal::NoSuchPerson(who));
    story.cancel(ME, appointment, &[]).unwrap();
    assert_eq!(story.delete(ME, who), Ok(Outcome::Deleted));
    assert_eq!(refused(story.delete(ME, who)), Refusal::NoSuchPerson(who));
    story.vaccinated(other, Dose::First, TWO_DOSES, TODAY);
    assert_eq!(refused(story.delete(ME, other)), Refusal::HasDose(other));
}

#[test]
fn the_last_person_takes_the_account_along() {
    let mut story = Story::new();
    let before = story.rows.clone();
    let who = story.register(ME, 1);
    assert_eq!(story.uncounted().len(), before.len() + 4);
    story.delete(ME, who).unwrap();
    assert_eq!(story.uncounted(), before, "nothing of them is left");
}

fn publish(story: &mut Story, session: Session) -> Answer {
    let sessions = vec![session];
    story.run(Command::PublishSessions(PublishSessions { sessions, through: None }))
}

#[test]
fn a_publication_can_be_repeated() {
    let mut story = Story::new();
    let new = session(3, TODAY, 5);
    assert_eq!(publish(&mut story, new.clone()), Ok(Outcome::SessionsPublished { written: 1 }));
    assert_eq!(publish(&mut story, new.clone()), Ok(Outcome::SessionsPublished { written: 0 }));
    let older = Session { version: 0, fee: 9, ..new.clone() };
    assert_eq!(publish(&mut story, older), Ok(Outcome::SessionsPublished { written: 0 }));
    assert_eq!(story.rows.get(&Key::Session(new.key())), Some(&Row::Session(Box::new(new))));
}

#[test]
fn the_last_published_day_never_goes_back() {
    let mut story = Story::new();
    let through = |day| {
        Command::PublishSessions(PublishSessions { sessions: Vec::new(), through: Some(day) })
    };
    story.run(through(date(2021, 6, 2))).unwrap();
    story.run(through(date(2021, 6, 1))).unwrap();
    let key = Key::Meta(crate::keys::Meta::PublishedThrough);
    assert_eq!(story.rows.get(&key), Some(&Row::PublishedThrough(date(2021, 6, 2))));
}

#[test]
fn a_session_is_held_at_a_known_centre() {
    let mut story = Story::new();
    let astray = Session { centre: CentreId(8), ..session(3, TODAY, 5) };
    assert_eq!(refused(publish(&mut story, astray)), Refusal::NoSuchCentre(CentreId(8)));
}

#[test]
fn a_changed_capacity_keeps_what_is_booked() {
    let mut story = Story::new();
    let people: Vec<_> = (1..=4).map(|number| story.register(ME, number)).collect();
    story.booked(ME, Story::today(), &people);
    let version = |version, seats| Session { version, ..session(1, TODAY, seats) };
    let id = Story::today().id;
    assert_eq!(refused(publish(&mut story, version(2, 3))), Refusal::CapacityTaken(id));
    assert_eq!(story.seats(Story::today(), Dose::First), (6, 4), "a refusal changes nothing");
    publish(&mut story, version(2, 5)).unwrap();
    assert_eq!(story.seats(Story::today(), Dose::First), (1, 4));
    publish(&mut story, version(3, 20)).unwrap();
    assert_eq!(story.seats(Story::today(), Dose::First), (16, 4));
}

#[test]
fn vaccine_and_centre_of_a_booked_session_stay() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let other = Session { version: 2, vaccine: ONE_DOSE, ..session(1, TODAY, 10) };
    let in_use = Refusal::SessionInUse(Story::today().id);
    assert_eq!(refused(publish(&mut story, other.clone())), in_use);
    story.cancel(ME, appointment, &[]).unwrap();
    publish(&mut story, other).unwrap();
}

#[test]
fn a_cancelled_session_stays_cancelled() {
    let mut story = Story::new();
    let state = SessionState::Cancelled;
    publish(&mut story, Session { state, version: 2, ..session(1, TODAY, 10) }).unwrap();
    let revived = Session { version: 3, ..session(1, TODAY, 10) };
    assert_eq!(refused(publish(&mut story, revived)), Refusal::SessionCancelled);
}

#[test]
fn centres_are_written_when_they_are_new_or_different() {
    let mut story = Story::new();
    let mut renamed = centre();
    renamed.name = "Clinic".to_owned();
    let publish = |centre| Command::PublishCentres(PublishCentres { centres: vec![centre] });
    let decide = |story: &Story, command: Command| {
        command.decide(&mut View::new(story), &story.context()).unwrap().writes.len()
    };
    assert_eq!(decide(&story, publish(centre())), 0);
    assert_eq!(decide(&story, publish(renamed.clone())), 1);
    story.run(publish(renamed.clone())).unwrap();
    assert_eq!(decide(&story, publish(renamed)), 0);
}

#[test]
fn the_clocks_advances_add_up() {
    let mut story = Story::new();
    let advance = || Command::AdvanceClock(AdvanceClock { by_seconds: 60 });
    assert_eq!(story.run(advance()), Ok(Outcome::ClockAdvanced { ahead_ms: 60_000 }));
    assert_eq!(story.run(advance()), Ok(Outcome::ClockAdvanced { ahead_ms: 120_000 }));
}

#[test]
fn a_booking_writes_at_most_three_rows_for_each_person_and_one_for_the_session() {
    for count in 1..=4 {
        let mut story = Story::new();
        let people: Vec<_> = (1..=count).map(|number| story.register(ME, number)).collect();
        let book = Command::Book(booking(story.account(ME), Story::today(), &people));
        let once = once(story.account(ME), "key", 1);
        let decided =
            once::decide(&book, Some(&once), &mut View::new(&story), &story.context()).unwrap();
        let counters = |key: &Key| matches!(key, Key::Counters(_));
        let (shared, own): (Vec<_>, Vec<_>) =
            decided.writes.iter().partition(|(key, _)| counters(key));
        assert_eq!(shared.len(), 1);
        assert_eq!(own.len(), people.len() + 2, "states, appointment, command record");
        assert!(own.len() <= 3 * people.len());
    }
}

#[test]
fn a_repeated_request_is_answered_from_its_record_and_another_is_refused() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let book = Command::Book(booking(story.account(ME), Story::today(), &[who]));
    let decide = |story: &Story, digest| {
        let once = once(story.account(ME), "key", digest);
        once::decide(&book, Some(&once), &mut View::new(story), &story.context()).unwrap()
    };
    let first = decide(&story, 1);
    assert!(first.effective);
    story.apply(first.writes.clone());
    story.now = story.now.plus_ms(23 * 3600 * 1000);
    let again = decide(&story, 1);
    assert_eq!((again.answer, again.effective), (first.answer, false));
    assert!(again.writes.is_empty());
    let other = decide(&story, 2);
    assert_eq!((other.answer, other.effective), (Err(Refusal::KeyReused), false));
    assert!(other.writes.is_empty(), "the first request keeps its record");
}

#[test]
fn a_refusal_is_recorded_too() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    story.publish(session(3, TODAY, 0));
    let book = Command::Book(booking(story.account(ME), session(3, TODAY, 0).key(), &[who]));
    let once = once(story.account(ME), "key", 1);
    let decide = |story: &Story| {
        once::decide(&book, Some(&once), &mut View::new(story), &story.context()).unwrap()
    };
    let refused = decide(&story);
    assert_eq!(refused.writes.len(), 1);
    story.apply(refused.writes);
    story.publish(Session { version: 2, ..session(3, TODAY, 5) });
    let again = decide(&story);
    assert_eq!(again.answer, Err(Refusal::SoldOut), "the answer to this request stands");
}

#[test]
fn an_idempotency_key_is_short_and_visible() {
    assert!(IdempotencyKey::parse(&"k".repeat(64)).is_some());
    for wrong in ["", "a b", "é", "a\n", &"k".repeat(65)] {
        assert!(IdempotencyKey::parse(wrong).is_none(), "{wrong:?}");
    }
}

#[test]
fn a_decision_names_the_rows_that_it_lacks_and_then_needs_no_others() {
    /// Shows nothing until it has been fetched.
    struct Partly<'a>(&'a Story, Vec<Key>);
    impl crate::view::Rows for Partly<'_> {
        fn row(&self, key: &Key) -> crate::view::Known<'_> {
            if self.1.contains(key) { self.0.row(key) } else { crate::view::Known::Unread }
        }
    }
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let cancel = Cancel { account: story.account(ME), appointment, people: Vec::new() };
    let book = booking(story.account(ME), Story::tomorrow(), &[who]);
    for (command, most) in [(Command::Cancel(cancel), 4), (Command::Book(book), 2)] {
        let mut partly = Partly(&story, Vec::new());
        let mut rounds = 0;
        loop {
            let mut view = View::new(&partly);
            let decision = command.decide(&mut view, &story.context());
            let missing = view.into_asked().missing;
            if decision != Err(Stop::Need) {
                break assert_eq!(
                    decision,
                    command.decide(&mut View::new(&story), &story.context())
                );
            }
            assert!(!missing.is_empty());
            partly.1.extend(missing);
            rounds += 1;
        }
        assert!(rounds <= most, "{rounds} rounds");
    }
}

#[test]
fn counters_out_of_step_are_damage_and_not_a_refusal() {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let appointment = story.booked(ME, Story::today(), &[who]);
    let counters = Counters::unsold(&session(1, TODAY, 10).capacity);
    story.put(Key::Counters(Story::today()), Row::Counters(counters));
    let cancel = Cancel { account: story.account(ME), appointment, people: Vec::new() };
    let decision = Command::Cancel(cancel).decide(&mut View::new(&story), &story.context());
    assert_eq!(decision, Err(Stop::Damaged(Key::Counters(Story::today()))));
}
