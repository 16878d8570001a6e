//! Seats by session: what was there, what is sold, and since when.

use dashmap::DashMap;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Seats by session, shared by the threads of a machine. Only sessions that somebody looked at in order to book are in it.
#[derive(Debug, Default)]
pub struct SeatBook(DashMap<Uuid, Seats>);

/// More sales than this are told by the interval, not one by one.
const MOST_MOMENTS: usize = 5000;

#[derive(Debug, Default)]
struct Seats {
    /// What the first search showed, before anything was booked here.
    start: u32,
    /// When each seat was acknowledged, in order.
    sold: Vec<Instant>,
    /// When each cancellation was sent, by seat, in order.
    given_back: Vec<Instant>,
    /// When the last seat went, if every seat did.
    sold_out: Option<Instant>,
}

/// What a machine sold of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionSales {
    /// The session.
    pub session: Uuid,
    /// Seats that there were.
    pub start: u32,
    /// Seats acknowledged.
    pub sold: u64,
    /// Seats that cancellations were sent for.
    pub given_back: u64,
    /// When the last seat was acknowledged, in seconds from the start of the run.
    pub last_sold_s: Option<f64>,
}

impl SeatBook {
    /// A search showed so many seats. The first counts as what there was.
    pub fn seen(&self, session: Uuid, seats: u32) {
        self.0.entry(session).or_insert_with(|| Seats { start: seats, ..Seats::default() });
    }

    /// A seat was acknowledged now. Says how many more are sold than there were, if so.
    pub fn sold(&self, session: Uuid) -> Option<u64> {
        let mut seats = self.0.entry(session).or_default();
        // The moment is taken under the lock, so that moments are in order.
        let now = Instant::now();
        seats.sold.push(now);
        let held = seats.sold.len().saturating_sub(seats.given_back.len()) as u64;
        if held >= u64::from(seats.start) && seats.sold_out.is_none() {
            seats.sold_out = Some(now);
        }
        held.checked_sub(u64::from(seats.start)).filter(|more| *more > 0)
    }

    /// A cancellation of a seat is about to be sent.
    pub fn giving_back(&self, session: Uuid) {
        let mut seats = self.0.entry(session).or_default();
        seats.given_back.push(Instant::now());
    }

    /// How old a search was that was asked for and answered at these moments and showed so many seats: the time since
    /// the oldest acknowledged seat that it did not reflect, or zero. `None` if nothing is known of the session.
    pub fn age(
        &self,
        session: Uuid,
        shown: u32,
        asked: Instant,
        answered: Instant,
    ) -> Option<Duration> {
        let seats = self.0.get(&session)?;
        let by = |moments: &[Instant], at| moments.partition_point(|moment| *moment <= at) as u64;
        let back = by(&seats.given_back, answered);
        let sold = by(&seats.sold, asked);
        // What the answer reflects if every cancellation under way had been done. A search cannot show less than nothing,
        // so seats sold beyond those that there were are not missing from it.
        let most = u64::from(seats.start) + back;
        let (sold, reflected) = (sold.min(most), most.saturating_sub(u64::from(shown)));
        if reflected >= sold {
            return Some(Duration::ZERO);
        }
        let first_missing = seats.sold.get(reflected as usize)?;
        Some(asked.saturating_duration_since(*first_missing).max(Duration::from_micros(1)))
    }

    /// Every seat that was acknowledged (1) or may have been given back (-1), in seconds from the start, in order; `None` if there are more than can be
    /// drawn.
    pub fn moments(&self, start: Instant) -> Option<Vec<(f64, i64)>> {
        let since = |at: &Instant| at.saturating_duration_since(start).as_secs_f64();
        let mut moments = Vec::new();
        for entry in &self.0 {
            moments.extend(entry.sold.iter().map(|at| (since(at), 1)));
            moments.extend(entry.given_back.iter().map(|at| (since(at), -1)));
            if moments.len() > MOST_MOMENTS {
                return None;
            }
        }
        moments.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(moments)
    }

    /// All sales, for the result.
    pub fn sales(&self, start: Instant) -> Vec<SessionSales> {
        let sold = self.0.iter().filter(|entry| !entry.sold.is_empty());
        sold.map(|entry| SessionSales {
            session: *entry.key(),
            start: entry.start,
            sold: entry.sold.len() as u64,
            given_back: entry.given_back.len() as u64,
            last_sold_s: entry
                .sold
                .last()
                .map(|last| last.saturating_duration_since(start).as_secs_f64()),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session() -> Uuid {
        Uuid::from_u128(7)
    }

    #[test]
    fn an_answer_that_misses_a_seat_is_as_old_as_that_seat() {
        let book = SeatBook::default();
        book.seen(session(), 10);
        let before = Instant::now();
        book.sold(session());
        std::thread::sleep(Duration::from_millis(2));
        let after = Instant::now();
        assert_eq!(book.age(session(), 9, after, after), Some(Duration::ZERO));
        assert!(book.age(session(), 10, after, after).unwrap() >= Duration::from_millis(2));
        // Asked for before the seat was acknowledged, it may show either.
        assert_eq!(book.age(session(), 10, before, after), Some(Duration::ZERO));
        assert_eq!(book.age(Uuid::from_u128(8), 10, after, after), None);
    }

    #[test]
    fn a_cancellation_under_way_excuses_a_seat_more() {
        let book = SeatBook::default();
        book.seen(session(), 10);
        book.sold(session());
        let asked = Instant::now();
        book.giving_back(session());
        assert_eq!(book.age(session(), 10, asked, Instant::now()), Some(Duration::ZERO));
    }

    #[test]
    fn a_search_that_shows_nothing_left_is_fresh_though_too_many_were_sold() {
        let book = SeatBook::default();
        book.seen(session(), 1);
        book.sold(session());
        book.sold(session());
        let now = Instant::now();
        assert_eq!(book.age(session(), 0, now, now), Some(Duration::ZERO));
        assert_ne!(book.age(session(), 1, now, now), Some(Duration::ZERO));
    }

    #[test]
    fn the_seat_beyond_the_last_is_noticed_when_it_is_acknowledged() {
        let book = SeatBook::default();
        book.seen(session(), 2);
        assert_eq!(
            (book.sold(session()), book.sold(session()), book.sold(session())),
            (None, None, Some(1))
        );
    }

    proptest! {
        #[test]
        fn what_a_right_target_shows_is_never_called_stale(start in 0u32..20, steps in proptest::collection::vec(any::<bool>(), 0..40)) {
            let book = SeatBook::default();
            book.seen(session(), start);
            let mut free = start;
            for sell in steps {
                if sell && free > 0 {
                    free -= 1;
                    prop_assert_eq!(book.sold(session()), None);
                } else if free < start {
                    book.giving_back(session());
                    free += 1;
                }
                let now = Instant::now();
                prop_assert_eq!(book.age(session(), free, now, now), Some(Duration::ZERO));
                if book.sales(now).first().is_some_and(|sales| sales.sold > sales.given_back) {
                    prop_assert_ne!(book.age(session(), free + 1, now, now), Some(Duration::ZERO));
                }
            }
        }
    }
}
