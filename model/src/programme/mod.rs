//! A believable national programme, made up from a seed: the content of sandboxes and load tests.
//!
//! Centres are apportioned to districts by population and stand in their postal areas; each holds a few sessions a day.
//! What is drawn, and how often, is the pack's [`Blueprint`](crate::pack::Blueprint). The same seed gives the same
//! programme on every machine and in every version (see `draw`), and each part has its own stream of choices, so a day
//! can be made without the days before it, and a programme of a smaller scale has the same first centres in each
//! district as the full one.

mod apportion;
mod day;
mod draw;
mod ground;
mod site;
#[cfg(test)]
mod tests;

use crate::{Centre, CentreId, Date, Pack, Session};
use apportion::apportion;
use draw::Draw;
use ground::Ground;
use jiff::ToSpan;
use site::Site;
use std::sync::Arc;

/// How many days are on sale at a time, today included.
pub const HORIZON_DAYS: u8 = 10;

/// Ten times the real India: more is a slip of the pen. It also keeps centre ids within 32 bits in packs of up to 14,000
/// districts.
const MOST_CENTRES: f64 = 300_000.0;

/// What to make up.
#[derive(Clone, Copy, Debug)]
pub struct ProgrammeOptions {
    /// Where all choices come from.
    pub seed: u64,
    /// 1.0 for the whole country; the number of centres is in proportion, from one to 300,000.
    pub scale: f64,
    /// The first day with sessions.
    pub first_day: Date,
}

/// A made-up programme. Its centres are kept in compact form; sessions are made when asked for.
#[derive(Debug)]
pub struct Programme {
    pack: Arc<Pack>,
    options: ProgrammeOptions,
    /// Sorted by district, pincode and id.
    sites: Vec<Site>,
}

/// What a stream of choices is for.
#[derive(Clone, Copy)]
enum Purpose {
    Areas = 1,
    Site = 2,
    Day = 3,
}

impl Programme {
    /// Makes up the programme of `pack`.
    pub fn new(pack: Arc<Pack>, options: ProgrammeOptions) -> Self {
        let people: Vec<u32> = pack.districts().iter().map(|each| each.population).collect();
        let shares = apportion(centre_count(&pack, options.scale), &people);
        let mut sites = Vec::new();
        for (ground, share) in ground::survey(&pack).into_iter().zip(shares) {
            sites.extend(district_sites(&pack, options.seed, ground, share));
        }
        sites.sort_unstable_by_key(|site| (site.district, site.area, site.id));
        Self { pack, options, sites }
    }

    /// Its centres, sorted by district, pincode and id.
    pub fn centres(&self) -> Vec<Centre> {
        self.sites.iter().map(|site| site.centre(&self.pack)).collect()
    }

    /// The sessions of `day`, sorted by district, pincode and centre; none before the first day.
    pub fn sessions_on(&self, day: Date) -> impl Iterator<Item = Session> + '_ {
        let open = day >= self.options.first_day;
        let sites = if open { self.sites.as_slice() } else { &[] };
        sites.iter().flat_map(move |site| {
            let draw = draw(self.options.seed, Purpose::Day, [site.id.0.into(), number(day)]);
            day::sessions(&self.pack, site, day, draw)
        })
    }
}

/// The days on sale on `today`: [`HORIZON_DAYS`] from today on.
pub fn days_on_sale(today: Date) -> impl Iterator<Item = Date> {
    today.series(1.day()).take(HORIZON_DAYS.into())
}

/// How many centres there are at `scale`; one if that is not a number.
fn centre_count(pack: &Pack, scale: f64) -> u32 {
    let centres = f64::from(pack.blueprint().centres) * scale;
    if centres > 1.0 { centres.round().min(MOST_CENTRES) as u32 } else { 1 }
}

/// The first `count` centres of a district, spread over its postal areas in an order of the seed's.
fn district_sites(
    pack: &Pack,
    seed: u64,
    mut ground: Ground,
    count: u32,
) -> impl Iterator<Item = Site> {
    let district = ground.district as u64;
    draw(seed, Purpose::Areas, [district, 0]).shuffle(&mut ground.areas);
    let districts = pack.districts().len() as u32;
    (0..count).map(move |turn| {
        let draw = draw(seed, Purpose::Site, [district, turn.into()]);
        let id = centre_id(turn * districts + district as u32);
        Site::new(draw, pack, id, &ground, turn as usize)
    })
}

/// Distinct ids for distinct numbers: of six digits and scattered, like real ones, for the first 900,000. (The factor
/// shares no divisor with 900,000, so multiplying by it only changes the order.)
fn centre_id(number: u32) -> CentreId {
    let scattered = (u64::from(number) * 611_953 % 900_000) as u32;
    CentreId(100_000 + if number < 900_000 { scattered } else { number })
}

fn draw(seed: u64, purpose: Purpose, [of, part]: [u64; 2]) -> Draw {
    Draw::new(&[seed, purpose as u64, of, part])
}

/// A number of its own for each day.
fn number(day: Date) -> u64 {
    let (year, month, day) = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
    (year * 10_000 + month * 100 + day) as u64
}
