//! Each violation is found, and a sound ledger has none.

mod certificates;

use super::*;
use crate::commands::{
    Command, Outcome as Done, Parcel, PublishSessions, Receive, ReportAdverseEvent, Reporter,
    Suspected, Vaccinate,
};
use crate::fixture::*;
use crate::records::{
    Account, AgeGroup, Counters, Event, EventKey, Figure, Listed, NO_DISTRICT, Person, Sector,
    Stock,
};
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome};
use opencowin_model::{Recovery, Session, SessionKey, SessionState, Severity, Symptom};

const ME: u64 = 9_000_000_001;

/// A ledger with two sessions; two people are booked into the first.
struct Scene {
    store: Arc<Slow>,
    rig: Rig,
    session: SessionKey,
    people: [BeneficiaryRef; 2],
}

fn scene() -> Scene {
    let store = Slow::new();
    let sessions = vec![session(1, TODAY, 10), session(2, TODAY, 10)];
    let session = sessions[0].key();
    let mut rig = Rig::with_sessions(store.clone(), sessions);
    let people = [rig.register(ME, 1), rig.register(ME, 2)];
    rig.run(rig.booking(ME, session, &people)).unwrap();
    Scene { store, rig, session, people }
}

impl Scene {
    fn write(&self, mutation: Mutation) {
        let commit = Commit { mutations: vec![mutation], ..Commit::default() };
        let done = |outcome| assert!(matches!(outcome, Outcome::Committed(_)));
        self.store.commit(commit, Box::new(done));
    }

    fn put(&self, key: Key, row: &Row) {
        let codec = &self.rig.engine.codec;
        let stored = codec.layout().encode(&key);
        let mut random: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(9);
        let value = codec.seal(&key, &stored, row, &mut random);
        self.write(Mutation::Set { key: stored, value });
    }

    fn clear(&self, key: Key) {
        self.write(Mutation::Clear { key: self.rig.engine.codec.layout().encode(&key) });
    }

    fn person(&self, at: usize) -> Person {
        block_on(self.rig.reader().person(self.people[at])).unwrap().unwrap()
    }
}

#[test]
fn a_sound_ledger_is_counted_and_has_no_violations() {
    let scene = scene();
    let mut found = Vec::new();
    let report = block_on(run(&scene.rig.engine, |violation| found.push(violation))).unwrap();
    assert_eq!(found, []);
    let expected = Report {
        sessions: 2,
        appointments: 1,
        people: 2,
        events: 0,
        certificates: 0,
        accounts: 1,
        id_documents: 2,
        command_records: 0,
        audited: 0,
        violations: 0,
    };
    assert_eq!(report, expected);
}

#[test]
fn more_sessions_and_people_than_are_looked_at_at_once_are_all_verified() {
    let store = Slow::new();
    let sessions: Vec<_> = (0..200).map(|id| session(id, TODAY, 3)).collect();
    let keys: Vec<_> = sessions.iter().map(Session::key).collect();
    let mut rig = Rig::with_sessions(store, sessions);
    for (number, key) in (0..).zip(&keys) {
        let who = rig.register(ME + number, 1);
        rig.run(rig.booking(ME + number, *key, &[who])).unwrap();
    }
    let report = block_on(run(&rig.engine, |violation| panic!("{violation}"))).unwrap();
    assert_eq!((report.sessions, report.appointments, report.people), (200, 200, 200));
}

#[test]
fn seats_that_do_not_add_up_are_found() {
    let scene = scene();
    let eleven = Counters::unsold(&session(1, TODAY, 11).capacity);
    scene.put(Key::Counters(scene.session), &Row::Counters(eleven));
    let found = scene.rig.violations();
    let adding = found.iter().filter(|v| matches!(v, Violation::SeatsDoNotAddUp { .. })).count();
    assert_eq!(adding, 3, "three doses: {found:?}");
    let held = Violation::BookedDiffers {
        session: scene.session.id,
        channel: Channel::Online,
        dose: Dose::First,
        counted: 0,
        held: 2,
    };
    assert!(found.contains(&held), "{found:?}");
    assert!(held.to_string().contains("0 counted as booked, 2 held"));
}

#[test]
fn rows_of_a_session_that_does_not_exist_are_found_wherever_they_lie() {
    let scene = scene();
    for id in [0, u128::MAX] {
        let stray = session(id, TODAY, 1);
        let counters = Row::Counters(Counters::unsold(&stray.capacity));
        scene.put(Key::Counters(stray.key()), &counters);
    }
    let strays = scene.rig.violations();
    assert_eq!(strays.len(), 2, "{strays:?}");
    assert!(strays.iter().all(|violation| matches!(violation, Violation::NoSession(_))));
}

#[test]
fn a_seat_that_its_person_does_not_list_is_found_while_it_is_live() {
    let mut scene = scene();
    let mut person = scene.person(0);
    person.appointments.clear();
    scene.put(Key::Person(scene.people[0]), &Row::Person(person));
    let found = scene.rig.violations();
    assert!(
        matches!(found[..], [Violation::NotListed { person, .. }] if person == scene.people[0])
    );
    let state = SessionState::Cancelled;
    let sessions = vec![Session { state, version: 2, ..session(1, TODAY, 10) }];
    let cancel = PublishSessions { sessions, through: None };
    scene.rig.run(Command::PublishSessions(cancel)).unwrap();
    assert_eq!(scene.rig.violations(), [], "nobody has to list what is not live");
}

/// The first of the two people was given a dose abroad.
fn vaccinated() -> (Scene, EventKey) {
    let mut scene = scene();
    let who = scene.rig.register(ME + 1, 1);
    let abroad = Command::RecordElsewhere(Box::new(counter::first_abroad(who)));
    let answer = scene.rig.run(abroad);
    let Ok(Done::DoseRecorded(event)) = answer else { panic!("{answer:?}") };
    scene.people[0] = who;
    assert_eq!(scene.rig.violations(), []);
    (scene, event)
}

#[test]
fn a_dose_without_its_event_and_a_batch_without_its_dose_are_found() {
    let (scene, event) = vaccinated();
    let recipient = Key::Recipient(TWO_DOSES, counter::batch(counter::BATCH), event);
    scene.clear(Key::Event(event));
    let found = scene.rig.violations();
    let without = Violation::DoseWithoutEvent { person: scene.people[0], dose: Dose::First };
    assert!(found.contains(&without), "{found:?}");
    assert!(found.contains(&Violation::RecipientDiffers(recipient)), "{found:?}");
}

#[test]
fn a_second_event_of_one_dose_is_found_and_one_that_its_batch_does_not_know() {
    let (scene, event) = vaccinated();
    let recorded = block_on(scene.rig.reader().events(scene.people[0])).unwrap().remove(0);
    let twice = EventKey { id: opencowin_model::EventId(uuid::Uuid::nil()), ..event };
    let second = Event { key: twice, ..recorded };
    scene.put(Key::Event(twice), &Row::Event(Box::new(second)));
    assert_eq!(scene.rig.violations(), [Violation::EventAstray(twice)]);
    scene.clear(Key::Event(twice));
    let recipient = Key::Recipient(TWO_DOSES, counter::batch(counter::BATCH), event);
    scene.clear(recipient);
    assert_eq!(scene.rig.violations(), [Violation::RecipientDiffers(recipient)]);
}

#[test]
fn a_seat_that_counts_as_used_by_nobody_is_found() {
    let scene = scene();
    let key = Key::Counters(scene.session);
    let (channel, dose) = (Channel::Online, Dose::First);
    let counters = Counters::unsold(&session(1, TODAY, 10).capacity).book(channel, dose, 2);
    let used = counters.and_then(|counters| counters.used(channel, dose, 1)).unwrap();
    scene.put(key, &Row::Counters(used));
    let found = scene.rig.violations();
    let session = scene.session.id;
    let differs = Violation::UsedDiffers { session, channel, dose, counted: 1, done: 0 };
    assert!(found.contains(&differs), "{found:?}");
}

#[test]
fn an_appointment_listed_in_vain_or_twice_is_found() {
    let scene = scene();
    let mut person = scene.person(1);
    let nowhere =
        Listed { appointment: AppointmentId(uuid::Uuid::nil()), ..person.appointments[0] };
    person.appointments.push(nowhere);
    let (id, dose) = (scene.people[1], Dose::First);
    scene.put(Key::Person(id), &Row::Person(person));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::TwoForOneDose { person: id, dose }));
    let in_vain = Violation::NoSeat { person: id, appointment: nowhere.appointment };
    assert!(found.contains(&in_vain), "{found:?}");
}

#[test]
fn people_documents_and_accounts_that_do_not_agree_are_found() {
    let scene = scene();
    let [first, second] = scene.people;
    scene.clear(Key::Personal(first));
    let account = scene.rig.account(ME);
    let stranger = BeneficiaryRef::new(*BeneficiaryRef::RANGE.end()).unwrap();
    let people = vec![first, stranger];
    scene.put(Key::Account(account), &Row::Account(Account { people }));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::HalfAPerson(first)));
    assert!(found.contains(&Violation::NotInAccount { person: second }));
    assert!(found.contains(&Violation::NotOfAccount { account, person: stranger }));
    assert!(
        found
            .iter()
            .any(|v| matches!(v, Violation::DocumentAstray { person, .. } if *person == first))
    );
    let uncounted = Violation::FiguresDiffer { day: TODAY, district: NO_DISTRICT };
    assert!(found.contains(&uncounted));
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn of_somebody_erased_nothing_may_be_left_but_doses() {
    let scene = scene();
    let stranger = BeneficiaryRef::new(*BeneficiaryRef::RANGE.end()).unwrap();
    let erased = Person { account: None, appointments: Vec::new(), ..scene.person(0) };
    scene.put(Key::Person(stranger), &Row::Person(erased.clone()));
    assert_eq!(scene.rig.violations(), []);
    let listing = Person { account: None, ..scene.person(0) };
    scene.put(Key::Person(stranger), &Row::Person(listing));
    assert_eq!(scene.rig.violations(), [Violation::HalfAPerson(stranger)]);
    scene.clear(Key::Person(stranger));
    scene.put(Key::Person(scene.people[0]), &Row::Person(erased));
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::NotInAccount { person: scene.people[0] }), "{found:?}");
}

#[test]
fn a_document_that_is_not_registered_is_found() {
    let scene = scene();
    let number = registration(ME, 1).id_number;
    let hash =
        scene.rig.engine.codec.vault().hasher().id_document(registration(ME, 1).id_type, &number);
    scene.clear(Key::IdDocument(hash));
    assert_eq!(scene.rig.violations(), [Violation::DocumentNotTheirs { person: scene.people[0] }]);
}

#[test]
fn rows_that_cannot_be_read_are_found() {
    let scene = scene();
    let day = TODAY.yesterday().unwrap();
    let hash = scene.rig.engine.codec.vault().hasher().command("route", "key");
    let record = Key::Command(day, scene.rig.account(ME), hash);
    let stored = scene.rig.engine.codec.layout().encode(&record);
    scene.write(Mutation::Set { key: stored.clone(), value: b"nonsense".to_vec() });
    let mut longer = stored;
    longer.push(0x14);
    scene.write(Mutation::Set { key: longer, value: Vec::new() });
    let found = scene.rig.violations();
    assert!(found.contains(&Violation::Unreadable(record)));
    assert!(matches!(found[1], Violation::UnknownKey(_)), "{found:?}");
    assert_eq!(found.len(), 2);
}

/// The same with a stock out of which one of the two was given a dose, and a report of what followed.
fn counter_scene() -> Scene {
    let mut scene = scene();
    let who = scene.people[0];
    let (vaccine, batch) = (TWO_DOSES, counter::batch(counter::BATCH));
    let doses = opencowin_model::Doses::new(10).unwrap();
    let parcel = Parcel { vaccine, batch, doses, by: counter::STAFF };
    let expiry = Date::constant(2021, 12, 31);
    scene.rig.run(Command::Receive(Receive { centre: CENTRE, parcel, expiry })).unwrap();
    let listed = scene.person(0).appointments[0];
    let visit = block_on(scene.rig.reader().visit(scene.rig.account(ME), listed.appointment));
    let code = visit.unwrap().appointment.security_code(scene.rig.engine.codec.vault().hasher());
    let proof = Some(counter::proof(&registration(ME, 1), code));
    let dose = Vaccinate { proof, ..counter::dose(who) };
    scene.rig.run(Command::Vaccinate(Box::new(dose))).unwrap();
    let report = ReportAdverseEvent {
        after: Suspected {
            person: who,
            dose: Dose::First,
            reporter: Reporter::Facility(CENTRE),
            by: counter::STAFF,
        },
        severity: Severity::Minor,
        symptoms: vec![Symptom::Pyrexia],
        onset: TODAY,
        recovery: Recovery::Recovered,
    };
    scene.rig.run(Command::ReportAdverseEvent(Box::new(report))).unwrap();
    scene
}

#[test]
fn a_facility_that_gave_doses_and_reported_what_followed_has_no_violations() {
    assert_eq!(counter_scene().rig.violations(), []);
}

#[test]
fn stock_that_is_not_what_moved_or_was_given_is_found() {
    let scene = counter_scene();
    let (vaccine, batch) = (TWO_DOSES, counter::batch(counter::BATCH));
    let key = Key::Stock(CENTRE, vaccine, batch);
    let stock = Stock::empty(Date::constant(2021, 12, 31));
    scene.put(key, &Row::Stock(Stock { received: 11, used: 2, ..stock }));
    let centre = CENTRE;
    let (what, counted, moved) = ("received", 11, 10);
    let differs = Violation::StockDiffers { centre, vaccine, batch, what, counted, moved };
    let unstocked = Violation::DosesUnstocked { centre, vaccine, batch, by: -1 };
    assert_eq!(scene.rig.violations(), [differs, unstocked]);
    scene.put(key, &Row::Stock(Stock { received: 10, used: 1, wasted: 10, ..stock }));
    let below = Violation::StockBelowZero { centre, vaccine, batch };
    assert_eq!(scene.rig.violations()[0], below);
    scene.clear(key);
    assert_eq!(scene.rig.violations().len(), 2, "what moved, and what was given, out of nothing");
}

#[test]
fn figures_that_a_recount_does_not_give_are_found() {
    let scene = counter_scene();
    let district = centre().district;
    let key = Key::Figures(TODAY, district, 0);
    let counted = block_on(scene.rig.reader().figures(TODAY, TODAY)).unwrap();
    let differs = Violation::FiguresDiffer { day: TODAY, district };
    let sum = Violation::SumDiffers { district };
    let wrong = [
        (Figure::Doses(8, Dose::First), 1),
        (Figure::DosesByAge(8, AgeGroup::Below18), -1),
        (Figure::Sessions(Sector::Private, SessionState::Published), 1),
        (Figure::AdverseEvents(Severity::Serious), 1),
    ];
    for (figure, by) in wrong {
        let mut figures = counted[&(TODAY, district)].clone();
        figures.count(figure, by);
        scene.put(key, &Row::Figures(figures));
        assert_eq!(scene.rig.violations(), [differs.clone(), sum.clone()], "{figure:?}");
    }
    scene.clear(key);
    assert_eq!(scene.rig.violations(), [differs, sum], "what was never counted");
}

#[test]
fn signals_of_a_batch_that_a_recount_does_not_give_are_found() {
    let scene = counter_scene();
    let (vaccine, batch) = (TWO_DOSES, counter::batch(counter::BATCH));
    let recounted = Signals { given: 1, reported: [1, 0, 0] };
    for counted in [Signals::default(), Signals { given: 2, ..recounted }] {
        scene.put(Key::Signals(vaccine, batch, 0), &Row::Signals(counted));
        let differ = Violation::SignalsDiffer { vaccine, batch, counted, recounted };
        assert_eq!(scene.rig.violations(), [differ]);
    }
}
