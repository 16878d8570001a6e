//! What searches and reservations cost on a whole country: `cargo bench -p opencowin-inventory --bench inventory`.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use opencowin_inventory::{
    Budgets, Coding, Codings, Filter, Inventory, OnSale, Place, Publication, Search, Shape, Version,
};
use opencowin_model::programme::{Programme, ProgrammeOptions, days_on_sale};
use opencowin_model::{Channel, Date, Dose, Pack, SessionId};
use std::hint::black_box;
use std::sync::Arc;

const FIRST_DAY: Date = Date::constant(2021, 5, 1);
const PLAIN: Codings = Codings { gzip: false };
const GZIP: Codings = Codings { gzip: true };

struct India {
    pack: Arc<Pack>,
    inventory: Inventory,
}

impl India {
    fn new() -> Self {
        let pack = Arc::new(Pack::india().expect("the pack is complete"));
        let options = ProgrammeOptions { seed: 1, scale: 1.0, first_day: FIRST_DAY };
        let programme = Programme::new(Arc::clone(&pack), options);
        let sessions = days_on_sale(FIRST_DAY)
            .flat_map(|day| programme.sessions_on(day))
            .map(|session| OnSale { free: session.capacity, session })
            .collect();
        let inventory = Inventory::new(Arc::clone(&pack), Budgets::default());
        let publication = Publication { centres: programme.centres(), sessions };
        inventory.publish(publication).expect("the programme is publishable");
        Self { pack, inventory }
    }

    fn size(&self, place: Place) -> usize {
        self.inventory.search(&calendar(place), PLAIN).body.len()
    }

    /// The place whose week is largest, and the one in the middle.
    fn extremes(&self, places: impl Iterator<Item = Place>) -> (Place, Place) {
        let mut sized: Vec<_> = places.map(|place| (self.size(place), place)).collect();
        sized.retain(|(size, _)| *size > 100);
        sized.sort_unstable_by_key(|(size, _)| *size);
        (sized[sized.len() - 1].1, sized[sized.len() / 2].1)
    }

    /// A session of this place with online seats for a first dose.
    fn session(&self, place: Place) -> SessionId {
        let filter = Filter { dose: Some(Dose::First), available: true, ..Filter::default() };
        let body = self.inventory.search(&Search { filter, ..calendar(place) }, PLAIN).body;
        let text = String::from_utf8_lossy(&body);
        let (_, rest) = text.split_once("\"session_id\":\"").expect("there are sessions");
        SessionId::parse(&rest[..36]).expect("a session id")
    }

    fn await_gzip(&self, place: Place) {
        while self.inventory.search(&calendar(place), GZIP).coding != Coding::Gzip {
            std::thread::yield_now();
        }
    }
}

fn calendar(place: Place) -> Search<'static> {
    let (shape, filter) = (Shape::Calendar { from: FIRST_DAY }, Filter::default());
    Search { place, shape, version: Version::V2, filter, language: None }
}

fn searches(c: &mut Criterion, india: &India) {
    let pincodes = india.pack.postal_areas().iter().map(|area| Place::Pincode(area.pincode));
    let districts = india.pack.districts().iter().map(|district| Place::District(district.id));
    let (_, pincode) = india.extremes(pincodes);
    let (largest, median) = india.extremes(districts);
    let mut group = c.benchmark_group("search");
    for (name, place) in [("pincode", pincode), ("district", median), ("largest", largest)] {
        group.throughput(Throughput::Bytes(india.size(place) as u64));
        let search = calendar(place);
        group.bench_function(BenchmarkId::new("plain", name), |b| {
            b.iter(|| india.inventory.search(black_box(&search), PLAIN));
        });
        india.await_gzip(place);
        group.bench_function(BenchmarkId::new("gzip", name), |b| {
            b.iter(|| india.inventory.search(black_box(&search), GZIP));
        });
        let seats = india.inventory.session(india.session(place)).expect("it is on sale");
        for (coding, codings) in [("plain, changed", PLAIN), ("gzip, changed", GZIP)] {
            group.bench_function(BenchmarkId::new(coding, name), |b| {
                b.iter_batched(
                    || change(&seats),
                    |()| india.inventory.search(black_box(&search), codings),
                    BatchSize::PerIteration,
                );
            });
        }
    }
    let filter = Filter { available: true, ..Filter::default() };
    let filtered = Search { filter, ..calendar(median) };
    group.bench_function("filtered district", |b| {
        b.iter(|| india.inventory.search(black_box(&filtered), PLAIN));
    });
    let here = india.pack.postal_areas()[5].position;
    group.bench_function("100 nearest centres", |b| {
        b.iter(|| india.inventory.centres_near(black_box(here)));
    });
}

/// Takes a seat and gives it back every other time, so that each answer differs from the last.
fn change(session: &opencowin_inventory::SessionOnSale) {
    let seats = session.seats();
    match seats.reserve(Channel::Online, Dose::First, 1) {
        Ok(held) => held.confirm(),
        Err(_) => {
            let all = session.definition().capacity.seats(Channel::Online, Dose::First);
            seats.credit(Channel::Online, Dose::First, all).expect("all seats were taken");
        }
    }
}

fn seats(c: &mut Criterion, india: &India) {
    let place = Place::District(india.pack.districts()[100].id);
    let id = india.session(place);
    let session = india.inventory.session(id).expect("it is on sale");
    c.bench_function("session by id", |b| b.iter(|| india.inventory.session(black_box(id))));
    c.bench_function("reserve and release", |b| {
        b.iter(|| {
            session.seats().reserve(Channel::Online, Dose::First, 1).map(|held| held.release())
        });
    });
}

fn all(c: &mut Criterion) {
    let india = India::new();
    searches(c, &india);
    seats(c, &india);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_millis(1000));
    targets = all
}
criterion_main!(benches);
