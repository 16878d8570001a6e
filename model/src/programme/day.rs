//! The sessions of one centre on one day.

use super::{draw::Draw, site::Site};
use crate::{
    AgeBand, Capacity, Date, FeeType, Hours, Pack, Seats, Session, SessionId, SessionState,
    TimeOfDay, pack::blueprint::Offer,
};

/// How often a centre holds 0, 1, 2 or 3 sessions on a day: one on average.
const SESSIONS_PER_DAY: [u32; 4] = [24, 57, 14, 5];

/// How often a session has 1, 2, 3 or 4 slots.
const SLOTS_PER_SESSION: [u32; 4] = [8, 12, 10, 70];

/// The share kept for walk-ins, in percent.
const ON_SPOT_PERCENT: [u16; 6] = [0, 10, 20, 30, 40, 50];

/// Which doses a session gives.
#[derive(Clone, Copy)]
enum Doses {
    Both,
    FirstOnly,
    SecondOnly,
    BothAndPrecaution,
}

/// Which doses a session gives, and how often. That many give a second dose only is what recorded answers show.
const DOSES: [(Doses, u32); 4] = [
    (Doses::Both, 52),
    (Doses::FirstOnly, 22),
    (Doses::SecondOnly, 22),
    (Doses::BothAndPrecaution, 4),
];

/// The sessions that `site` holds on `date`, by choices of `draw`.
pub(super) fn sessions<'a>(
    pack: &'a Pack,
    site: &'a Site,
    date: Date,
    mut draw: Draw,
) -> impl Iterator<Item = Session> + use<'a> {
    let count = draw.weighted(SESSIONS_PER_DAY.into_iter());
    (0..count).map(move |turn| session(pack, site, date, turn, &mut draw))
}

fn session(pack: &Pack, site: &Site, date: Date, turn: usize, draw: &mut Draw) -> Session {
    let offer = offer(pack, site, turn);
    Session {
        id: id(draw),
        centre: site.id,
        date,
        hours: site.hours,
        vaccine: offer.vaccine,
        age: age(draw, pack, site),
        fee: if site.fee_type == FeeType::Paid { offer.price } else { 0 },
        slots: slots(draw, site.hours),
        capacity: capacity(draw, site.kind(pack.blueprint()).seats),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    }
}

fn id(draw: &mut Draw) -> SessionId {
    let bits = (u128::from(draw.bits()) << 64) | u128::from(draw.bits());
    SessionId::from_random(bits.to_be_bytes())
}

/// The usual offer, or for every second session of the day the other one if there is one.
fn offer<'a>(pack: &'a Pack, site: &Site, turn: usize) -> &'a Offer {
    let (usual, other) = site.offers;
    let at = if turn % 2 == 1 { other.unwrap_or(usual) } else { usual };
    &pack.blueprint().vaccines[at]
}

fn age(draw: &mut Draw, pack: &Pack, site: &Site) -> AgeBand {
    let blueprint = pack.blueprint();
    let drawn = draw.weighted(blueprint.age_band_weights.iter().copied());
    pack.age_bands()[site.age_band(blueprint).unwrap_or(drawn)]
}

/// Steps of one or two hours from opening on; the last slot runs until closing.
fn slots(draw: &mut Draw, hours: Hours) -> Vec<Hours> {
    let count = draw.weighted(SLOTS_PER_SESSION.into_iter()) as u16 + 1;
    let (open, close) = (hours.from.minutes(), hours.to.minutes());
    let wide = draw.percent(75) && open + (count - 1) * 120 < close;
    let step = if wide { 120 } else { 60 };
    let start = |turn| if turn < count { open + turn * step } else { close };
    let time = TimeOfDay::from_minutes;
    (0..count).filter_map(|turn| Hours::new(time(start(turn))?, time(start(turn + 1))?)).collect()
}

/// Seats of a session in all: small ones are the most frequent, and numbers are round.
fn capacity(draw: &mut Draw, (least, most): (u16, u16)) -> Capacity {
    let part = u32::from(draw.between(0, 1000));
    let drawn = least + (u32::from(most - least) * part * part / 1_000_000) as u16;
    let round = if drawn >= 50 { 10 } else { 5 };
    let total = (drawn / round * round).max(least);

    let on_spot = percent(total, draw.one(&ON_SPOT_PERCENT));
    let reserved = if draw.percent(12) { percent(total, 10) } else { 0 };
    let (doses, _) = DOSES[draw.weighted(DOSES.iter().map(|(_, weight)| *weight))];
    let first_percent = draw.between(30, 70);
    let divide = |seats| by_dose(seats, doses, first_percent);
    Capacity::new(divide(total - on_spot - reserved), divide(on_spot), divide(reserved))
}

fn by_dose(seats: u16, doses: Doses, first_percent: u16) -> Seats {
    match doses {
        Doses::FirstOnly => Seats([seats, 0, 0]),
        Doses::SecondOnly => Seats([0, seats, 0]),
        Doses::Both => both(seats, 0, first_percent),
        Doses::BothAndPrecaution => both(seats, percent(seats, 15), first_percent),
    }
}

fn both(seats: u16, precaution: u16, first_percent: u16) -> Seats {
    let primary = seats - precaution;
    let first = percent(primary, first_percent);
    Seats([first, primary - first, precaution])
}

/// Rounded down, so that parts never exceed the whole.
fn percent(of: u16, percent: u16) -> u16 {
    (u32::from(of) * u32::from(percent) / 100) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: u16, to: u16) -> Hours {
        Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
    }

    #[test]
    fn slots_cover_the_hours_without_a_gap() {
        for seed in 0..200 {
            for hours in [hours(9, 17), hours(9, 18), hours(10, 16), hours(9, 14)] {
                let slots = slots(&mut Draw::new(&[seed]), hours);
                assert!((1..=4).contains(&slots.len()));
                assert_eq!((slots[0].from, slots[slots.len() - 1].to), (hours.from, hours.to));
                assert!(slots.windows(2).all(|pair| pair[0].to == pair[1].from));
            }
        }
    }

    #[test]
    fn seats_stay_within_the_kind_of_centre() {
        for seed in 0..500 {
            let capacity = capacity(&mut Draw::new(&[seed]), (12, 400));
            let total: u32 = crate::Channel::ALL.iter().map(|c| capacity.of(*c).total()).sum();
            assert!((12..=400).contains(&total), "{total}");
        }
    }

    #[test]
    fn dividing_by_dose_loses_no_seat() {
        for (doses, _) in DOSES {
            assert_eq!(by_dose(97, doses, 43).total(), 97);
        }
    }
}
