//! Puts a whole country on sale and says what that takes: `cargo run --release -p opencowin-inventory --example
//! whole_india`.

use opencowin_inventory::{
    Budgets, Codings, Filter, Inventory, OnSale, Place, Publication, Search, Shape, Version,
};
use opencowin_model::programme::{Programme, ProgrammeOptions, days_on_sale};
use opencowin_model::{Date, Pack};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let pack = Arc::new(Pack::india()?);
    let first_day = Date::constant(2021, 5, 1);
    let options = ProgrammeOptions { seed: 1, scale: 1.0, first_day };
    let programme = Programme::new(Arc::clone(&pack), options);
    let sessions: Vec<OnSale> = days_on_sale(first_day)
        .flat_map(|day| programme.sessions_on(day))
        .map(|session| OnSale { free: session.capacity, session })
        .collect();
    let publication = Publication { centres: programme.centres(), sessions };
    report("resident with the publication", resident_mb()?, "MB");

    let inventory = Inventory::new(Arc::clone(&pack), Budgets::default());
    let one_more = publication.sessions[publication.sessions.len() / 2].clone();
    let start = Instant::now();
    inventory.publish(publication)?;
    report("publication of everything", start.elapsed().as_secs_f64(), "s");
    let start = Instant::now();
    inventory.publish(Publication { centres: Vec::new(), sessions: vec![one_more] })?;
    report("publication of one session", start.elapsed().as_secs_f64() * 1e6, "µs");

    let stats = inventory.stats();
    report("centres", stats.centres as f64, "");
    report("sessions", stats.sessions as f64, "");
    report("fragments", stats.fragment_bytes as f64 / 1e6, "MB");
    report("words", stats.block_sessions as f64 * 48.0 / 1e6, "MB");
    report("resident after publication", resident_mb()?, "MB");
    sizes(&inventory, &pack, first_day);
    Ok(())
}

/// The sizes of a week in every district.
fn sizes(inventory: &Inventory, pack: &Pack, from: Date) {
    let mut sizes: Vec<usize> = pack
        .districts()
        .iter()
        .map(|district| {
            let (place, shape) = (Place::District(district.id), Shape::Calendar { from });
            let search = Search {
                place,
                shape,
                version: Version::V2,
                filter: Filter::default(),
                language: None,
            };
            inventory.search(&search, Codings::default()).body.len()
        })
        .collect();
    sizes.sort_unstable();
    report("week of the median district", sizes[sizes.len() / 2] as f64 / 1e3, "kB");
    report("week of the largest district", sizes[sizes.len() - 1] as f64 / 1e3, "kB");
}

#[expect(clippy::print_stdout, reason = "the output is the point")]
fn report(what: &str, value: f64, unit: &str) {
    println!("{what:32} {value:>10.1} {unit}");
}

/// Memory of this process.
fn resident_mb() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1e3)
}
