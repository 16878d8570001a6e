//! Public figures: sums of what the ledger counted while it happened, read at most once a second by one reader for
//! everybody. Nothing is ever counted for a request.

mod area;
mod body;
pub mod dump;
pub mod report;
mod sums;
pub mod table;

pub use area::Area;
pub use body::Body;
pub use sums::Sums;

use jiff::ToSpan;
use moka::sync::Cache;
use opencowin_ledger::records::Sector;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Date, DistrictId, Pack};
use report::Material;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// For how long figures are good that change all the time: those of all days, and of today and yesterday.
const LIVE: Duration = Duration::from_secs(1);

/// For how long those of other days are, which change when something is corrected.
const SETTLED: Duration = Duration::from_secs(60);

/// Most days kept; with more, all are forgotten. Some 300 kB each.
const MOST_DAYS: usize = 200;

/// Reports kept.
const MOST_REPORTS: u64 = 500;

/// How many centres of either sector hold sessions on a day, by district.
pub type SitesByDistrict = BTreeMap<DistrictId, BTreeMap<Sector, i64>>;

/// Reads figures for everybody.
pub struct Statistics {
    ledger: Arc<Ledger>,
    pack: Arc<Pack>,
    /// Whoever finds something too old reads it while the others wait here.
    held: Mutex<Held>,
    /// Whoever asks for the same report within a second is answered the same.
    reports: Cache<(Area, Date), Body>,
}

#[derive(Default)]
struct Held {
    all: Option<Read<Sums>>,
    days: HashMap<Date, Read<Sums>>,
    sites: HashMap<Date, Read<SitesByDistrict>>,
}

/// Something that was read, and when.
#[derive(Clone)]
struct Read<T> {
    what: Arc<T>,
    at: Instant,
}

impl<T> Read<T> {
    fn new(what: T, at: Instant) -> Self {
        Self { what: Arc::new(what), at }
    }

    fn is_good(&self, life: Duration) -> bool {
        self.at.elapsed() < life
    }
}

impl Statistics {
    /// Of what this ledger has counted.
    pub fn new(ledger: Arc<Ledger>, pack: Arc<Pack>) -> Self {
        let reports = Cache::builder().max_capacity(MOST_REPORTS).time_to_live(LIVE).build();
        Self { ledger, pack, held: Mutex::default(), reports }
    }

    /// The public report of a part of the country, of a day.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn report(&self, area: Area, day: Date) -> Result<Body, Failure> {
        if let Some(body) = self.reports.get(&(area, day)) {
            return Ok(body);
        }
        let material = Material::gather(self, day).await?;
        let now = self.ledger.clock().now();
        let today = now.civil(self.pack.zone()).date();
        let body = report::body(&material, area, today, now, &self.pack);
        let body = Body::new(body.to_string().into());
        self.reports.insert((area, day), body.clone());
        Ok(body)
    }

    /// Figures of all days together.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn all(&self) -> Result<Arc<Sums>, Failure> {
        let mut held = self.held.lock().await;
        if let Some(all) = held.all.as_ref().filter(|all| all.is_good(LIVE)) {
            return Ok(all.what.clone());
        }
        let at = Instant::now();
        let all = self.ledger.read().all_figures().await?;
        let all = Read::new(Sums::new(all, &self.pack), at);
        Ok(held.all.insert(all).what.clone())
    }

    /// Figures of the days from one to another, both included, in order.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn days(&self, from: Date, to: Date) -> Result<Vec<Arc<Sums>>, Failure> {
        let days: Vec<_> = from.series(1.day()).take_while(|day| *day <= to).collect();
        let mut held = self.held.lock().await;
        if held.days.len() > MOST_DAYS {
            held.days.clear();
        }
        let is_good =
            |day: &Date| held.days.get(day).is_some_and(|read| read.is_good(self.life(*day)));
        let stale: Vec<_> = days.iter().copied().filter(|day| !is_good(day)).collect();
        if let (Some(first), Some(last)) = (stale.first(), stale.last()) {
            let at = Instant::now();
            let mut read: BTreeMap<Date, BTreeMap<_, _>> = BTreeMap::new();
            for ((day, district), figures) in self.ledger.read().figures(*first, *last).await? {
                read.entry(day).or_default().insert(district, figures);
            }
            for day in days.iter().filter(|day| (first..=last).contains(day)) {
                let sums = Sums::new(read.remove(day).unwrap_or_default(), &self.pack);
                held.days.insert(*day, Read::new(sums, at));
            }
        }
        Ok(days.iter().filter_map(|day| held.days.get(day)).map(|read| read.what.clone()).collect())
    }

    /// Where sessions are held on a day.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn sites(&self, day: Date) -> Result<Arc<SitesByDistrict>, Failure> {
        let mut held = self.held.lock().await;
        if let Some(sites) = held.sites.get(&day).filter(|sites| sites.is_good(self.life(day))) {
            return Ok(sites.what.clone());
        }
        let at = Instant::now();
        let mut counted = SitesByDistrict::new();
        for (district, sites) in self.ledger.read().sites(day).await? {
            let by_sector = counted.entry(district).or_default();
            for (_, sector, _) in sites.iter().filter(|(_, _, sessions)| *sessions > 0) {
                *by_sector.entry(sector).or_default() += 1;
            }
        }
        let read = Read::new(counted, at);
        if held.sites.len() > MOST_DAYS {
            held.sites.clear();
        }
        held.sites.insert(day, read.clone());
        Ok(read.what)
    }

    fn life(&self, day: Date) -> Duration {
        let today = self.ledger.clock().now().civil(self.pack.zone()).date();
        if day.tomorrow().is_ok_and(|after| after < today) { SETTLED } else { LIVE }
    }
}
