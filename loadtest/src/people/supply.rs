//! Which seats people want: sessions put in play before the clock starts.

use super::desk::{Desk, Said};
use crate::contract::{Offer, SearchShape};
use crate::measure::Operation;
use crate::scenario;
use crate::wire::{Call, Want};
use rand::{Rng, RngExt};
use std::collections::HashSet;
use std::time::Instant;
use thiserror::Error;
use uuid::Uuid;

/// Sessions in play, with how likely each is to be somebody's wish.
#[derive(Clone, Debug, PartialEq)]
pub struct Supply {
    offers: Vec<Offer>,
    /// The weight of each and those before it.
    weights: Vec<f64>,
    sessions: HashSet<Uuid>,
}

/// Why there is nothing to want.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SupplyError {
    /// Nothing is on sale.
    #[error("the target has no session with seats for a first dose on {0}")]
    Nothing(String),
}

impl Supply {
    /// Looks for sessions: as many seats as `wishes` people need by the scenario's ratio, or as many sessions as it
    /// says. `zipf` is how much people prefer the same ones.
    ///
    /// # Errors
    /// If nothing is on sale.
    pub async fn scout(
        desk: &Desk,
        wanted: &scenario::Supply,
        wishes: f64,
        zipf: f64,
    ) -> Result<Self, SupplyError> {
        let places = desk.places.borrow().clone();
        let day = places.days.first().cloned().unwrap_or_default();
        let mut found: Vec<Offer> = Vec::new();
        for district in places.by_size() {
            found.extend(look(desk, district.id, &day).await);
            if enough(&found, wanted, wishes) {
                break;
            }
        }
        let chosen = choose(found, wanted, wishes);
        if chosen.is_empty() {
            return Err(SupplyError::Nothing(day));
        }
        for offer in &chosen {
            desk.truth().seats.seen(offer.session, offer.seats);
        }
        Ok(Self::of(chosen, zipf))
    }

    fn of(offers: Vec<Offer>, zipf: f64) -> Self {
        let weights = (0..offers.len()).scan(0.0, |sum, place| {
            *sum += (place as f64 + 1.0).powf(-zipf);
            Some(*sum)
        });
        Self {
            weights: weights.collect(),
            sessions: offers.iter().map(|offer| offer.session).collect(),
            offers,
        }
    }

    /// Somebody's wish.
    pub fn pick(&self, random: &mut impl Rng) -> &Offer {
        let all = self.weights.last().copied().unwrap_or_default();
        let chosen = random.random::<f64>() * all;
        let place = self.weights.partition_point(|before| *before <= chosen);
        &self.offers[place.min(self.offers.len() - 1)]
    }

    /// Whether a session is in play.
    pub fn has(&self, session: Uuid) -> bool {
        self.sessions.contains(&session)
    }

    /// The sessions in play.
    pub fn sessions(&self) -> Vec<Uuid> {
        self.offers.iter().map(|offer| offer.session).collect()
    }

    /// Seats in play.
    pub fn seats(&self) -> u64 {
        self.offers.iter().map(|offer| u64::from(offer.seats)).sum()
    }
}

/// What is on sale in a district.
async fn look(desk: &Desk, district: u16, day: &str) -> Vec<Offer> {
    let path = format!(
        "/api/v2/appointment/sessions/public/findByDistrict?district_id={district}&date={day}"
    );
    let call = Call { gzip: true, ..Call::get(Operation::Prepare, &path, desk.errand_address()) };
    let said = desk.ask(0, Instant::now(), &call, Want::Body, &[], |answer| {
        SearchShape::Sessions.offers(&answer.plain()?)
    });
    let Said::Yes(offers) = said.await else { return Vec::new() };
    offers
        .into_iter()
        .filter(|offer| offer.seats > 0 && offer.youngest >= 18 && !offer.slot.is_empty())
        .collect()
}

fn needed(wanted: &scenario::Supply, wishes: f64) -> u64 {
    wanted.people_per_seat.map_or(0, |ratio| (wishes / ratio).ceil() as u64)
}

fn enough(found: &[Offer], wanted: &scenario::Supply, wishes: f64) -> bool {
    match (wanted.sessions, wanted.seats) {
        (Some(sessions), Some(seats)) => {
            found.iter().filter(|offer| offer.seats == seats).count() >= sessions
        }
        (Some(sessions), None) => found.len() >= sessions,
        (None, _) => {
            found.iter().map(|offer| u64::from(offer.seats)).sum::<u64>() >= needed(wanted, wishes)
        }
    }
}

fn choose(mut found: Vec<Offer>, wanted: &scenario::Supply, wishes: f64) -> Vec<Offer> {
    if let Some(seats) = wanted.seats {
        found.sort_by_key(|offer| (offer.seats.abs_diff(seats), offer.session));
    }
    if let Some(sessions) = wanted.sessions {
        found.truncate(sessions);
        return found;
    }
    let mut left = needed(wanted, wishes);
    found.retain(|offer| {
        let kept = left > 0;
        left = left.saturating_sub(u64::from(offer.seats));
        kept
    });
    found
}
