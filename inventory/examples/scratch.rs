//! scratch
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use opencowin_inventory::*;
use opencowin_model::programme::{Programme, ProgrammeOptions, days_on_sale};
use opencowin_model::*;
use std::sync::Arc;
use std::time::Instant;
fn main() {
    let pack = Arc::new(Pack::india().unwrap());
    let first_day = Date::constant(2021, 5, 1);
    let programme = Programme::new(Arc::clone(&pack), ProgrammeOptions { seed: 1, scale: 1.0, first_day });
    let sessions: Vec<OnSale> = days_on_sale(first_day).flat_map(|day| programme.sessions_on(day)).map(|session| OnSale { free: session.capacity, session }).collect();
    let inv = Inventory::new(Arc::clone(&pack), Budgets::default());
    inv.publish(Publication { centres: programme.centres(), sessions }).unwrap();
    let q = |place, find: bool| Search { place, shape: if find { Shape::Find { date: first_day } } else { Shape::Calendar { from: first_day } }, version: Version::V2, filter: Filter::default(), language: None };
    let mut d: Vec<_> = pack.districts().iter().map(|d| Place::District(d.id)).map(|p| (inv.search(&q(p, false), Codings::default()).body.len(), p)).collect();
    d.sort_by_key(|x| x.0);
    let big = d[d.len() - 1].1;
    let mut pins: Vec<_> = pack.postal_areas().iter().map(|d| Place::Pincode(d.pincode)).map(|p| (inv.search(&q(p, false), Codings::default()).body.len(), p)).filter(|p| p.0 > 100).collect();
    pins.sort_by_key(|x| x.0);
    let pin = pins[pins.len() / 2];
    println!("pin {} B", pin.0);
    for (name, place, find, gz) in [("big cal", big, false, false), ("big find", big, true, false), ("big cal gz", big, false, true), ("pin", pin.1, false, false), ("pin find", pin.1, true, false), ("pin gz", pin.1, false, true)] {
        let s = q(place, find);
        let c = Codings { gzip: gz };
        while gz && inv.search(&s, c).coding != Coding::Gzip { std::thread::yield_now(); }
        let body = inv.search(&s, c).body;
        let mut best = f64::MAX;
        for _ in 0..300 {
            let t = Instant::now();
            for _ in 0..100 { std::hint::black_box(inv.search(std::hint::black_box(&s), c)); }
            best = best.min(t.elapsed().as_nanos() as f64 / 100.0);
        }
        println!("{name:12} {best:8.0} ns  {} B", body.len());
    }
    let here = pack.postal_areas()[5].position;
    let mut best = f64::MAX;
    for _ in 0..300 { let t = Instant::now(); for _ in 0..10 { std::hint::black_box(inv.centres_near(std::hint::black_box(here))); } best = best.min(t.elapsed().as_nanos() as f64 / 10.0); }
    println!("near {best} ns");
    let id = { let b = inv.search(&q(big, false), Codings::default()).body; let t = String::from_utf8_lossy(&b).into_owned(); SessionId::parse(&t.split_once("\"session_id\":\"").unwrap().1[..36]).unwrap() };
    let mut best = f64::MAX;
    for _ in 0..300 { let t = Instant::now(); for _ in 0..100 { std::hint::black_box(inv.session(std::hint::black_box(id))); } best = best.min(t.elapsed().as_nanos() as f64 / 100.0); }
    println!("session {best} ns");
    println!("{:?}", inv.stats());
}
