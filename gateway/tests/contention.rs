//! Many clients, few seats, and clients that go away: never one seat too many, never one lost.

use crate::support::{Account, Offer, TestServer, at_once, booking, eventually, person};
use serde_json::json;

#[test]
fn a_hundred_seats_are_sold_exactly_once_among_64_clients() {
    let server = TestServer::start();
    let sale = server.sell(Offer { seats: [100, 0, 0], ..Offer::default() });
    let clients = at_once(&[(); 64], |()| server.family(4));
    let answers = at_once(&clients, |(account, people)| {
        let book = |person| account.booking(&sale, std::slice::from_ref(person)).send();
        people.iter().map(book).collect::<Vec<_>>()
    });
    let (booked, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().flatten().partition(|answer| answer.status == 200);
    assert_eq!((booked.len(), refused.len()), (100, 156));
    for answer in refused {
        answer.refused(409, "APPOIN0040");
    }
    assert_eq!(server.free(&sale), [0, 0, 0]);
    server.assert_sound();
}

#[test]
fn groups_of_all_sizes_leave_no_seat_that_anyone_was_refused_for() {
    let server = TestServer::start();
    let sale = server.sell(Offer { seats: [61, 0, 0], ..Offer::default() });
    let sizes: Vec<usize> = (0..40).map(|at| 1 + at % 4).collect();
    let families = at_once(&sizes, |size| server.family(*size));
    let statuses =
        at_once(&families, |(account, people)| account.booking(&sale, people).send().status);
    let taken = |status| {
        sizes.iter().zip(&statuses).filter(move |(_, got)| **got == status).map(|(size, _)| *size)
    };
    let left = server.free(&sale)[0] as usize;
    assert_eq!(61 - taken(200).sum::<usize>(), left);
    let smallest = taken(409).min().expect("100 people do not fit 61 seats");
    assert!(left < smallest, "{left} seats are free, and a group of {smallest} was refused");
}

#[test]
fn one_family_cannot_book_itself_twice_at_once() {
    let server = TestServer::shared();
    let offers: [_; 6] = std::array::from_fn(|_| Offer::default());
    let sales = server.sell_together(&offers);
    let (account, people) = server.family(2);
    let statuses = at_once(&sales, |sale| account.booking(sale, &people).send().status);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let free: u64 = sales.iter().map(|sale| server.free(sale)[1]).sum();
    assert_eq!(free, 6 * 10 - 2);
    server.assert_sound();
}

#[test]
fn seats_that_are_moved_and_cancelled_meanwhile_are_neither_lost_nor_doubled() {
    let server = TestServer::start();
    let sales = server.sell_together(&[
        Offer { seats: [6, 0, 0], ..Offer::default() },
        Offer { seats: [6, 0, 0], ..Offer::default() },
    ]);
    let families = at_once(&[(); 8], |()| server.family(2));
    at_once(&families, |(account, people)| {
        for round in 0..12 {
            let (here, there) = (&sales[round % 2], &sales[(round + 1) % 2]);
            let answer = account.booking(here, people).send();
            if answer.status == 200 {
                let id = answer.json()["appointment_id"].as_str().unwrap().to_owned();
                let moved = account.rescheduling(&id, there, 1).send().status;
                assert!(moved == 204 || moved == 409, "{moved}");
                account.cancelling(&id, &people[..round % 3]).send().done();
                account.cancelling(&id, &[]).send();
            } else {
                answer.refused(409, "APPOIN0040");
            }
        }
    });
    assert_eq!((server.free(&sales[0]), server.free(&sales[1])), ([6, 6, 0], [6, 6, 0]));
}

/// How many of the people have an appointment.
fn booked(account: &Account<'_>) -> usize {
    account.people().iter().filter(|person| person["appointments"] != json!([])).count()
}

#[test]
fn clients_that_hang_up_at_any_byte_leave_seats_and_ledger_agreeing() {
    let server = TestServer::start();
    let sale = server.sell(Offer { seats: [200, 0, 0], ..Offer::default() });
    let families = at_once(&[(); 16], |()| server.family(4));
    let people = families
        .iter()
        .flat_map(|(account, people)| people.iter().map(move |person| (account, person)));
    let people: Vec<_> = people.collect();
    at_once(&people, |(account, person)| {
        let bytes = account.booking(&sale, std::slice::from_ref(*person)).to_bytes();
        let number: usize = person.parse().unwrap();
        // Every part of the request, and often all of it.
        for stop in [number % bytes.len(), (number / 7) % bytes.len(), bytes.len()] {
            let mut wire = server.wire();
            wire.send(&bytes[..stop]);
            if number.is_multiple_of(2) { wire.reset() } else { drop(wire) }
        }
    });
    eventually("seats that agree with the appointments", || {
        let free = server.free(&sale)[0] as usize;
        let booked: usize = families.iter().map(|(account, _)| booked(account)).sum();
        (free + booked == 200).then_some(())
    });
    server.assert_sound();
    let (account, family) = server.family(1);
    account.book(&sale, &family);
}

#[test]
fn a_client_that_hangs_up_after_sending_is_booked_once_or_not_at_all() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { seats: [8, 0, 0], ..Offer::default() });
    let account = server.account();
    let people: Vec<_> = (0..4).map(|_| account.register(&person())).collect();
    for person in &people {
        let call = account.schedule(&booking(&sale, std::slice::from_ref(person)));
        let bytes = call.header("Idempotency-Key", person.as_str()).to_bytes();
        let mut wire = server.wire();
        wire.send(bytes);
        wire.reset();
    }
    // What a client does that never heard an answer: it asks again, under the same key.
    for person in &people {
        let call = account.schedule(&booking(&sale, std::slice::from_ref(person)));
        call.header("Idempotency-Key", person.as_str()).send().ok();
    }
    assert_eq!((booked(&account), server.free(&sale)), (4, [4, 4, 0]));
    server.assert_sound();
}
