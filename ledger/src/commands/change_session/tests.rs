//! What is promised to those who have booked a session that is changed, one test each.

use super::*;
use crate::commands::{Answer, Command, SettleSession, Settling};
use crate::fixture::*;
use crate::records::{Appointment, Standing};
use crate::view::{Known, Rows};
use opencowin_model::{AppointmentId, BeneficiaryRef, Dose, Seats, TimeOfDay};

const ME: u64 = 9_000_000_001;

fn capacity(seats: u16) -> Capacity {
    Capacity::new(Seats([seats; 3]), Seats([1; 3]), Seats::default())
}

fn in_days(days: i64) -> Date {
    TODAY.saturating_add(jiff::ToSpan::days(days))
}

impl Story {
    fn session(&self, key: SessionKey) -> Session {
        match self.row(&Key::Session(key)) {
            Known::Present(Row::Session(session)) => (**session).clone(),
            other => panic!("{other:?}"),
        }
    }

    fn found(&self, key: SessionKey, id: AppointmentId) -> Option<Appointment> {
        match self.row(&Key::Appointment(key, id)) {
            Known::Present(Row::Appointment(appointment)) => Some(appointment.clone()),
            _ => None,
        }
    }

    fn change(&mut self, session: SessionKey, change: Change) -> Answer {
        let seen = self.session(session).version;
        self.run(Command::ChangeSession(ChangeSession { session, seen, change }))
    }

    fn settle(&mut self, session: SessionKey, from: Date, appointments: &[AppointmentId]) {
        let step = Settling::Appointments { from, appointments: appointments.to_vec() };
        self.run(Command::SettleSession(SettleSession { session, step })).unwrap();
    }

    fn settled(&mut self, session: SessionKey) {
        let step = Settling::Done { seen: self.session(session).version };
        self.run(Command::SettleSession(SettleSession { session, step })).unwrap();
    }
}

fn moved_to(date: Date) -> Change {
    Change::Move { date, hours: hours(10, 14), slots: vec![hours(10, 12), hours(12, 14)] }
}

/// Somebody has booked the session of tomorrow.
fn booked() -> (Story, BeneficiaryRef, AppointmentId, SessionKey) {
    let mut story = Story::new();
    let who = story.register(ME, 1);
    let key = Story::tomorrow();
    let id = story.booked(ME, key, &[who]);
    (story, who, id, key)
}

#[test]
fn a_capacity_is_raised_and_lowered_but_not_below_what_is_sold() {
    let (mut story, _, _, key) = booked();
    assert_eq!(
        refused(story.change(key, Change::Resize(capacity(0)))),
        Refusal::CapacityTaken(key.id)
    );
    assert_eq!(
        story.change(key, Change::Resize(capacity(1))),
        Ok(Outcome::SessionChanged { version: 2 })
    );
    assert_eq!(story.seats(key, Dose::First), (0, 1));
    story.change(key, Change::Resize(capacity(30))).unwrap();
    assert_eq!(story.seats(key, Dose::First), (29, 1));
    assert_eq!(story.session(key).version, 3);
}

#[test]
fn whoever_has_not_seen_the_last_change_changes_nothing() {
    let (mut story, _, _, session) = booked();
    let close = ChangeSession { session, seen: 1, change: Change::Close };
    story.run(Command::ChangeSession(close.clone())).unwrap();
    assert_eq!(refused(story.run(Command::ChangeSession(close))), Refusal::Amended);
}

#[test]
fn a_closed_session_is_not_sold_and_is_held_for_those_who_have_booked() {
    let (mut story, who, id, key) = booked();
    story.change(key, Change::Close).unwrap();
    let other = story.register(ME, 2);
    assert_eq!(refused(story.book(ME, key, &[other])), Refusal::SessionOver);
    let again = story.book(ME, Story::today(), &[who]);
    assert_eq!(refused(again), Refusal::AlreadyBooked { person: who, appointment: id });
    story.cancel(ME, id, &[]).unwrap();
    story.change(key, Change::Reopen).unwrap();
    story.booked(ME, key, &[other]);
}

#[test]
fn a_cancelled_session_has_no_live_appointment_at_once_and_is_settled_in_any_number_of_steps() {
    let (mut story, who, id, key) = booked();
    story.change(key, Change::Cancel).unwrap();
    assert_eq!(refused(story.cancel(ME, id, &[])), Refusal::AppointmentOver);
    let elsewhere = story.booked(ME, Story::today(), &[who]);
    assert_eq!(refused(story.change(key, Change::Cancel)), Refusal::SessionCancelled);
    for _ in 0..2 {
        story.settle(key, key.date, &[id]);
        let appointment = story.appointment(key, id);
        assert_eq!(appointment.people, [(who, Standing::Cancelled)]);
        assert_eq!(story.seats(key, Dose::First), (10, 0));
    }
    story.settled(key);
    assert_eq!(story.session(key).unsettled, None);
    let again = story.book(ME, Story::today(), &[who]);
    assert_eq!(refused(again), Refusal::AlreadyBooked { person: who, appointment: elsewhere });
}

#[test]
fn a_moved_session_keeps_its_id_and_its_seats() {
    let (mut story, _, _, key) = booked();
    let there = SessionKey { date: in_days(3), ..key };
    story.change(key, moved_to(in_days(3))).unwrap();
    assert_eq!(story.session(key).state, SessionState::Moved { to: in_days(3) });
    let moved = story.session(there);
    assert_eq!((moved.id, moved.hours, moved.unsettled), (key.id, hours(10, 14), Some(key.date)));
    assert_eq!(story.seats(there, Dose::First), (9, 1));
    assert!(!story.rows.contains_key(&Key::Counters(key)));
    let other = story.register(ME, 2);
    assert_eq!(refused(story.book(ME, key, &[other])), Refusal::SessionMoved);
    let book = crate::commands::Book {
        slot: "10:00AM-12:00PM".into(),
        ..booking(story.account(ME), there, &[other])
    };
    story.run(Command::Book(book)).unwrap();
}

#[test]
fn an_appointment_counts_until_it_has_followed_its_session_and_after() {
    let (mut story, who, id, key) = booked();
    let there = SessionKey { date: in_days(3), ..key };
    story.change(key, moved_to(in_days(3))).unwrap();
    assert_eq!(refused(story.cancel(ME, id, &[])), Refusal::Unsettled);
    let elsewhere = story.reschedule(ME, id, key, Story::today(), SLOT);
    assert_eq!(refused(elsewhere), Refusal::Unsettled);
    assert_eq!(refused(story.delete(ME, who)), Refusal::HasAppointment(who));
    story.now = morning(in_days(2));
    let third = session(3, in_days(2), 5);
    story.publish(third.clone());
    let again = story.book(ME, third.key(), &[who]);
    let counts = Refusal::AlreadyBooked { person: who, appointment: id };
    assert_eq!(refused(again), counts, "the day that it has left is past");
    for _ in 0..2 {
        story.settle(there, key.date, &[id]);
        assert_eq!(story.found(key, id), None);
        assert_eq!(story.appointment(there, id).slot, hours(10, 12), "nearest to 9");
    }
    story.settled(there);
    assert_eq!(refused(story.book(ME, third.key(), &[who])), counts);
    story.cancel(ME, id, &[]).unwrap();
    assert_eq!(story.seats(there, Dose::First), (10, 0));
}

#[test]
fn a_session_that_is_cancelled_on_the_way_takes_those_along_who_have_not_arrived() {
    let (mut story, who, id, key) = booked();
    let there = SessionKey { date: in_days(3), ..key };
    story.change(key, moved_to(in_days(3))).unwrap();
    assert_eq!(refused(story.change(there, moved_to(in_days(4)))), Refusal::Unsettled);
    story.change(there, Change::Cancel).unwrap();
    story.booked(ME, Story::today(), &[who]);
    assert_eq!(story.session(there).unsettled, Some(key.date));
    story.settle(there, key.date, &[id]);
    assert_eq!(story.appointment(there, id).people, [(who, Standing::Cancelled)]);
    assert_eq!(story.seats(there, Dose::First), (10, 0));
}

#[test]
fn a_session_comes_back_to_a_day_that_it_has_left() {
    let (mut story, _, id, key) = booked();
    let there = SessionKey { date: in_days(3), ..key };
    story.change(key, moved_to(in_days(3))).unwrap();
    story.settle(there, key.date, &[id]);
    story.settled(there);
    story.change(there, moved_to(key.date)).unwrap();
    story.settle(key, there.date, &[id]);
    story.settled(key);
    assert_eq!(story.session(key).state, SessionState::Published);
    assert!(story.found(key, id).is_some());
    assert_eq!(story.seats(key, Dose::First), (9, 1));
}

#[test]
fn other_hours_of_the_same_day_give_those_another_slot_whose_slot_is_gone() {
    let (mut story, _, id, key) = booked();
    story.change(key, moved_to(key.date)).unwrap();
    let walk_ins = Session { walk_in_from: TimeOfDay::new(15, 0), ..story.session(key) };
    story.settle(key, key.date, &[id]);
    assert_eq!(story.appointment(key, id).slot, hours(10, 12));
    story.settled(key);
    story.publish(Session { unsettled: None, ..walk_ins });
    let seen = story.session(key).version;
    let change = ChangeSession { session: key, seen, change: moved_to(key.date) };
    story.run(Command::ChangeSession(change)).unwrap();
    assert_eq!(story.session(key).walk_in_from, None, "it has closed by then");
}

#[test]
fn a_session_is_not_moved_into_the_past_and_not_once_it_is_over() {
    let (mut story, _, _, key) = booked();
    let yesterday = TODAY.yesterday().unwrap();
    assert_eq!(refused(story.change(key, moved_to(yesterday))), Refusal::SessionOver);
    story.now = at(key.date.at(17, 0, 0, 0));
    for change in [moved_to(in_days(3)), Change::Cancel, Change::Close] {
        assert_eq!(refused(story.change(key, change)), Refusal::SessionOver);
    }
}

#[test]
fn a_session_is_neither_moved_nor_made_too_small_while_its_seats_are_leased() {
    let (mut story, _, _, key) = booked();
    let Some(Row::Counters(counters)) = story.rows.get_mut(&Key::Counters(key)) else { panic!() };
    *counters = counters.lease(opencowin_model::Channel::Online, Dose::First, 5).unwrap();
    let elsewhere = Refusal::SeatsElsewhere(key);
    assert_eq!(refused(story.change(key, moved_to(in_days(3)))), elsewhere);
    assert_eq!(refused(story.change(key, Change::Resize(capacity(2)))), elsewhere);
    story.change(key, Change::Resize(capacity(20))).unwrap();
    story.change(key, Change::Cancel).unwrap();
}
