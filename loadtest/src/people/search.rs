//! How people find a session: search, look at what is left, choose.

use super::desk::{Desk, Said};
use super::places::Places;
use super::visit::Visit;
use crate::contract::{Offer, SearchShape, Shown};
use crate::limit::Limit;
use crate::measure::Operation;
use crate::scenario::Citizen;
use crate::wire::{Address, Call, Want};
use opencowin_model::date;
use rand::{Rng, RngExt};
use uuid::Uuid;

/// What somebody looks for, and what they have seen.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    age: u32,
    wish: Option<Offer>,
    seen: Vec<Offer>,
    tried: Vec<Uuid>,
    searches: u32,
}

impl Choice {
    /// Nothing seen yet, but for the session that somebody came for, if they know it already.
    pub(super) fn new(age: u32, wish: Option<Offer>, knows_wish: bool) -> Self {
        let seen = wish.iter().filter(|_| knows_wish).cloned().collect();
        Self { age, wish, seen, tried: Vec::new(), searches: 0 }
    }

    /// Sees what a search shows. One that shows nothing makes nobody forget what there was.
    pub(super) fn saw(&mut self, offers: Vec<Offer>) {
        if !offers.is_empty() {
            self.seen = offers;
        }
    }

    /// One of those seen that were not tried: the one wished for, else by preference. Where a scenario says which seats
    /// people want, nobody takes any other.
    pub(super) fn pick(&self, desk: &Desk, citizen: &Citizen) -> Option<Offer> {
        let supply = &*desk.supply.borrow();
        let wanted = |offer: &Offer| supply.as_ref().is_none_or(|supply| supply.has(offer.session));
        self.pick_among(wanted, citizen.zipf, &mut *desk.random.borrow_mut())
    }

    fn pick_among(
        &self,
        wanted: impl Fn(&Offer) -> bool,
        preference: f64,
        random: &mut impl Rng,
    ) -> Option<Offer> {
        let open = |offer: &&Offer| {
            offer.seats > 0
                && self.suits(offer)
                && wanted(offer)
                && !self.tried.contains(&offer.session)
        };
        let mut open: Vec<&Offer> = self.seen.iter().filter(open).collect();
        let wished = self.wish.as_ref().map(|wish| wish.session);
        if let Some(wished) = open.iter().find(|offer| Some(offer.session) == wished) {
            return Some((*wished).clone());
        }
        open.sort_by_key(|offer| offer.session);
        (!open.is_empty()).then(|| open[zipf(open.len(), preference, random)].clone())
    }

    fn suits(&self, offer: &Offer) -> bool {
        !offer.slot.is_empty()
            && self.age >= offer.youngest
            && offer.oldest.is_none_or(|oldest| self.age <= oldest)
    }

    /// A session to move to: any other of those seen.
    pub(super) fn another(
        &mut self,
        visit: &Visit,
        citizen: &Citizen,
        than: Uuid,
    ) -> Option<Offer> {
        self.tried.push(than);
        self.pick(&visit.desk, citizen)
    }
}

/// What came of looking for a session.
pub(super) enum Chosen {
    /// One that suits and has seats.
    Offer(Box<Offer>),
    /// None is within the searches that people make.
    Nothing,
    /// The searches were too many, and ended the log-in.
    LoggedOut,
}

/// Searches until a session is found that suits and has seats.
pub(super) async fn choose(
    visit: &Visit,
    citizen: &Citizen,
    token: &str,
    choice: &mut Choice,
) -> Chosen {
    loop {
        if let Some(offer) = choice.pick(&visit.desk, citizen) {
            choice.tried.push(offer.session);
            return Chosen::Offer(Box::new(offer));
        }
        if choice.searches >= citizen.searches || !visit.goes_on().await {
            return Chosen::Nothing;
        }
        let (pincode, day) = where_to_look(visit, choice);
        match look(visit, token, visit.from, pincode, &day).await {
            Said::Yes(offers) => choice.saw(offers),
            Said::Refused { code, .. } if Limit::of(&code).is_some_and(ends_log_in) => {
                return Chosen::LoggedOut;
            }
            _ => return Chosen::Nothing,
        }
    }
}

fn ends_log_in(limit: Limit) -> bool {
    matches!(limit, Limit::LoggedOut | Limit::TokenEnded)
}

/// Where somebody looks: for the session they came for, then for another of those in play; else at home, then elsewhere
/// in their district.
pub(super) fn where_to_look(visit: &Visit, choice: &mut Choice) -> (u32, String) {
    choice.searches += 1;
    let random = &mut *visit.desk.random.borrow_mut();
    let another = choice.searches > 1 || choice.wish.is_none();
    if let Some(supply) = visit.desk.supply.borrow().as_ref().filter(|_| another) {
        choice.wish = Some(supply.pick(random).clone());
    }
    if let Some(wish) = &choice.wish {
        return (wish.pincode, date::to_wire_string(wish.date));
    }
    let places: &Places = &visit.desk.places.borrow();
    let (district, home) = places.home(visit.person);
    let elsewhere = district.pincodes[random.random_range(0..district.pincodes.len())];
    let pincode = if choice.searches == 1 { home } else { elsewhere };
    (pincode, places.day(random).to_owned())
}

/// Searches a week by pincode, from an address. What is seen counts for freshness, and as what there was.
pub(super) async fn look(
    visit: &Visit,
    token: &str,
    from: Option<Address>,
    pincode: u32,
    day: &str,
) -> Said<Vec<Offer>> {
    let path = format!("/api/v2/appointment/sessions/calendarByPin?pincode={pincode}&date={day}");
    let call =
        Call { token: Some(token), gzip: true, from, ..visit.get(Operation::CalendarByPin, &path) };
    let desk = &visit.desk;
    let said = visit.ask_politely(&call, Want::Body, |answer, asked, answered| {
        let offers = SearchShape::Calendar.offers(&answer.plain()?)?;
        let shown: Shown = offers.iter().map(|offer| (offer.session, offer.seats)).collect();
        desk.truth().search(&shown, asked, answered);
        offers.iter().for_each(|offer| desk.truth().seats.seen(offer.session, offer.seats));
        Some(offers)
    });
    said.await
}

/// Searches once more after a booking: the target has to show it.
pub(super) async fn look_again(visit: &Visit, token: &str, booked: &Offer) {
    look(visit, token, visit.from, booked.pincode, &date::to_wire_string(booked.date)).await;
}

/// A place among `count`, the first the likelier the higher `exponent` is.
pub(super) fn zipf(count: usize, exponent: f64, random: &mut impl Rng) -> usize {
    if exponent == 0.0 {
        return random.random_range(0..count);
    }
    let weight = |place: usize| (place as f64 + 1.0).powf(-exponent);
    let mut left = random.random::<f64>() * (0..count).map(weight).sum::<f64>();
    let chosen = (0..count).find(|place| {
        left -= weight(*place);
        left < 0.0
    });
    chosen.unwrap_or(count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::Date;
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    fn offer(session: u128, seats: u32, youngest: u32) -> Offer {
        let date = Date::new(2021, 4, 28).unwrap();
        let slot = "09:00AM-11:00AM".to_owned();
        Offer {
            session: Uuid::from_u128(session),
            date,
            pincode: 560_001,
            seats,
            youngest,
            oldest: None,
            slot,
        }
    }

    #[test]
    fn people_choose_what_has_seats_suits_them_and_was_not_tried() {
        let mut random = SmallRng::seed_from_u64(1);
        let mut choice = Choice::new(30, None, false);
        choice.seen = vec![offer(1, 0, 18), offer(2, 5, 45), offer(3, 5, 18), offer(4, 5, 18)];
        choice.tried = vec![Uuid::from_u128(3)];
        let mut pick = |choice: &Choice| {
            choice.pick_among(|_| true, 0.0, &mut random).map(|offer| offer.session.as_u128())
        };
        assert_eq!(pick(&choice), Some(4));
        choice.tried.push(Uuid::from_u128(4));
        assert_eq!(pick(&choice), None);
        choice.tried.clear();
        choice.wish = Some(offer(3, 5, 18));
        assert!((0..20).all(|_| pick(&choice) == Some(3)));
        assert_eq!(choice.pick_among(|offer| offer.seats > 9, 0.0, &mut random), None);
    }

    #[test]
    fn whoever_knows_the_session_needs_no_search() {
        let mut random = SmallRng::seed_from_u64(1);
        let choice = Choice::new(30, Some(offer(3, 5, 18)), true);
        assert!(choice.pick_among(|_| true, 0.0, &mut random).is_some());
    }

    #[test]
    fn preferences_are_as_steep_as_the_exponent() {
        let mut random = SmallRng::seed_from_u64(1);
        let mut share_of_first = |exponent: f64| {
            (0..20_000).filter(|_| zipf(10, exponent, &mut random) == 0).count() as f64 / 20_000.0
        };
        assert!((share_of_first(0.0) - 0.1).abs() < 0.01);
        // The tenth harmonic number is 2.929.
        assert!((share_of_first(1.0) - 1.0 / 2.929).abs() < 0.02);
    }
}
