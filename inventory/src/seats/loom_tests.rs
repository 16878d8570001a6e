//! Every interleaving of the steps on one word, tried by loom's model checker:
//! `RUSTFLAGS="--cfg loom" cargo test -p opencowin-inventory --release --lib loom`.

use super::block::Block;
use super::{Refused, SessionSeats};
use loom::thread;
use opencowin_model::{Capacity, Channel, Dose, Seats};
use std::sync::Arc;

fn seats(first: u16) -> SessionSeats {
    let free = Capacity::new(Seats([first, 1, 0]), Seats::default(), Seats::default());
    SessionSeats::new(Arc::new(Block::new(&[free], Arc::default())), 0)
}

/// Reserves `n` first doses and keeps or gives them back; how many were sold.
fn buy(seats: &SessionSeats, n: u16, keep: bool) -> u16 {
    match seats.reserve(Channel::Online, Dose::First, n) {
        Ok(held) if keep => {
            held.confirm();
            n
        }
        Ok(held) => {
            held.release();
            0
        }
        Err(_) => 0,
    }
}

fn first(seats: &SessionSeats) -> u16 {
    seats.free(Channel::Online).of(Dose::First)
}

#[test]
fn the_last_seat_is_sold_once() {
    loom::model(|| {
        let seats = seats(1);
        let other = seats.clone();
        let thread = thread::spawn(move || buy(&other, 1, true));
        let sold = buy(&seats, 1, true) + thread.join().unwrap();
        assert_eq!((sold, first(&seats), seats.pending(Channel::Online)), (1, 0, 0));
    });
}

#[test]
fn no_seat_is_lost_between_release_confirm_and_credit() {
    loom::model(|| {
        let seats = seats(3);
        let (a, b) = (seats.clone(), seats.clone());
        let buyer = thread::spawn(move || buy(&a, 2, true));
        let undecided = thread::spawn(move || buy(&b, 1, false));
        seats.credit(Channel::Online, Dose::First, 1).unwrap();
        let sold = buyer.join().unwrap() + undecided.join().unwrap();
        assert_eq!(sold + first(&seats), 4);
        assert_eq!(seats.free(Channel::Online).of(Dose::Second), 1, "the neighbour is untouched");
        assert_eq!(seats.pending(Channel::Online), 0);
    });
}

#[test]
fn sold_out_is_final_only_when_nothing_is_pending() {
    loom::model(|| {
        let seats = seats(1);
        let other = seats.clone();
        let thread = thread::spawn(move || buy(&other, 1, false));
        let mine = seats.reserve(Channel::Online, Dose::First, 1);
        thread.join().unwrap();
        match mine {
            Ok(held) => held.confirm(),
            Err(refused) => assert_eq!(refused, Refused::SoldOut { pending: true }),
        }
    });
}

#[test]
fn closing_stops_sales_and_loses_nothing() {
    loom::model(|| {
        let seats = seats(2);
        let other = seats.clone();
        let thread = thread::spawn(move || buy(&other, 1, false) + buy(&other, 1, true));
        seats.close();
        assert!(seats.reserve(Channel::Online, Dose::First, 1).is_err());
        let sold = thread.join().unwrap();
        assert_eq!(sold + first(&seats), 2);
        assert!(seats.is_closed(Channel::Online));
    });
}

#[test]
fn one_load_is_a_consistent_triple() {
    loom::model(|| {
        let seats = seats(1);
        let other = seats.clone();
        let thread = thread::spawn(move || {
            buy(&other, 1, true);
            other.debit(Channel::Online, Dose::Second, 1).unwrap();
        });
        let seen = seats.shown(Channel::Online);
        assert!(seen.0[0] <= seen.0[1], "the second dose went after the first");
        thread.join().unwrap();
    });
}
