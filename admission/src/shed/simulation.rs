//! A server with one queue, simulated call by call, under overload: who is served, how long they wait, how soon it is over.

use super::{Class, Shedder};
use crate::limits::Limits;

/// What serving a call takes: the server's capacity is a thousand calls a second.
const SERVICE_NS: u64 = 1_000_000;
/// What refusing one takes.
const REFUSAL_NS: u64 = 20_000;
const SECOND_NS: u64 = 1_000_000_000;
/// Calls of each class among a thousand, the most important first: mostly people who look.
const MIX: [u64; 5] = [5, 15, 20, 160, 800];

/// What happened to the calls of one class in one second.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    served: u64,
    shed: u64,
    longest_wait_ns: u64,
}

/// Per second and class.
type Log = Vec<[Seen; 5]>;

/// Serves `rates` calls a second, one second after another, first come first served.
fn serve(rates: &[u64]) -> Log {
    let shedder = Shedder::new(&Limits::default().shedding);
    let mut log = vec![[Seen::default(); 5]; rates.len()];
    let (mut free_ns, mut sequence) = (0, 0u64);
    for (second, rate) in rates.iter().enumerate() {
        for n in 0..*rate {
            let arrived_ns = second as u64 * SECOND_NS + n * SECOND_NS / rate;
            let now_ns = free_ns.max(arrived_ns);
            let wait_ns = now_ns - arrived_ns;
            let class = class_of(sequence);
            sequence += 1;
            shedder.observe(wait_ns, now_ns);
            let seen = &mut log[second][class as usize];
            if shedder.admits(class, now_ns) {
                free_ns = now_ns + SERVICE_NS;
                seen.served += 1;
                seen.longest_wait_ns = seen.longest_wait_ns.max(wait_ns);
            } else {
                free_ns = now_ns + REFUSAL_NS;
                seen.shed += 1;
            }
        }
    }
    log
}

/// Calls of all classes in a fixed, well mixed order (619 and 1000 have no common factor).
fn class_of(sequence: u64) -> Class {
    let mut place = sequence * 619 % 1000;
    let found = Class::ALL.into_iter().zip(MIX).find(|(_, share)| {
        let here = place < *share;
        place = place.saturating_sub(*share);
        here
    });
    found.map_or(Class::PublicSearch, |(class, _)| class)
}

fn served(second: &[Seen; 5]) -> u64 {
    second.iter().map(|seen| seen.served).sum()
}

fn shed(second: &[Seen; 5]) -> u64 {
    second.iter().map(|seen| seen.shed).sum()
}

/// A quiet second, ten of overload, ten quiet ones.
fn overload(rate: u64) -> Log {
    let mut rates = vec![600; 2];
    rates.extend([rate; 10]);
    rates.extend([600; 10]);
    serve(&rates)
}

/// What the server could have served beside refusing what it refused.
fn capacity(second: &[Seen; 5]) -> f64 {
    1.0 - (shed(second) * REFUSAL_NS) as f64 / SECOND_NS as f64
}

#[test]
fn nothing_is_shed_while_there_is_room() {
    assert!(overload(950).iter().all(|second| shed(second) == 0));
}

#[test]
fn at_twice_and_ten_times_the_capacity_it_is_used_and_important_calls_do_not_notice() {
    for rate in [1_100, 2_000, 10_000] {
        for second in &overload(rate)[4..12] {
            let goodput = served(second) as f64 / 1_000.0 / capacity(second);
            assert!(goodput > 0.97, "{rate} calls: {goodput} of the capacity");
            for class in [Class::Staff, Class::Booking, Class::Registration] {
                let seen = second[class as usize];
                assert_eq!(seen.shed, 0, "{rate} calls: {class:?}");
                assert!(seen.longest_wait_ns < 30_000_000, "{rate} calls: {class:?} {seen:?}");
            }
        }
    }
}

#[test]
fn the_first_second_of_overload_sheds_no_staff_and_no_booking() {
    for rate in [1_100, 2_000, 10_000] {
        let first = overload(rate)[2];
        assert_eq!(first[Class::Staff as usize].shed + first[Class::Booking as usize].shed, 0);
    }
}

#[test]
fn searches_with_a_key_outlast_those_without() {
    let second = overload(2_000)[8];
    let [keyed, public] = [Class::KeyedSearch, Class::PublicSearch].map(|c| second[c as usize]);
    assert!(keyed.shed == 0 && public.shed > 0, "{second:?}");
}

#[test]
fn once_it_is_over_everybody_is_served_again_within_two_seconds() {
    for rate in [1_100, 2_000, 10_000, 20_000] {
        let after = &overload(rate)[12..];
        let last = after.iter().rposition(|second| shed(second) > 0).unwrap_or(0);
        assert!(last < 2, "{rate} calls: shed for {} s more", last + 1);
    }
}
