//! A few centres and sessions, and short ways to ask for them.

use flate2::read::GzDecoder;
use jiff::civil::date;
use opencowin_inventory::*;
use opencowin_model::*;
use serde_json::Value;
use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The first day of all samples.
pub(crate) const DAY: Date = date(2021, 5, 1);
/// A pincode of [`DISTRICT`].
pub(crate) const PINCODE: Pincode = Pincode(110_002);
/// Central Delhi.
pub(crate) const DISTRICT: DistrictId = DistrictId(141);

pub(crate) fn pack() -> Arc<Pack> {
    static PACK: OnceLock<Arc<Pack>> = OnceLock::new();
    Arc::clone(PACK.get_or_init(|| Arc::new(Pack::india().unwrap())))
}

pub(crate) fn inventory() -> Inventory {
    Inventory::new(pack(), Budgets::default())
}

/// An inventory with this on sale.
pub(crate) fn with(centres: Vec<Centre>, sessions: Vec<OnSale>) -> Inventory {
    let inventory = inventory();
    inventory.publish(Publication { centres, sessions }).unwrap();
    inventory
}

pub(crate) fn day(offset: i64) -> Date {
    DAY.saturating_add(jiff::Span::new().days(offset))
}

fn hours(from: u16, to: u16) -> Hours {
    Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
}

/// A free centre.
pub(crate) fn centre(id: u32, pincode: Pincode) -> Centre {
    let area = pack().postal_area(pincode).unwrap().clone();
    Centre {
        id: CentreId(id),
        name: format!("Centre {id}"),
        address: "1 Main Road".into(),
        block: "Not Applicable".into(),
        district: area.district,
        pincode,
        position: area.position,
        hours: hours(9, 18),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    }
}

/// A session for 18 and above with these online seats, all free; its id is made of `id`.
pub(crate) fn session(id: u128, centre: u32, date: Date, online: [u16; 3]) -> OnSale {
    let capacity = Capacity::new(Seats(online), Seats([5, 5, 0]), Seats([2, 0, 0]));
    let session = Session {
        id: session_id(id),
        centre: CentreId(centre),
        date,
        hours: hours(9, 17),
        vaccine: pack().vaccine_named("COVISHIELD").unwrap().id,
        age: AgeBand { min: 18, max: None },
        fee: 0,
        slots: vec![hours(9, 11), hours(11, 13), hours(13, 17)],
        capacity,
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    };
    OnSale { session, free: capacity }
}

pub(crate) fn session_id(id: u128) -> SessionId {
    SessionId::from_random(id.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).to_be_bytes())
}

pub(crate) fn find(place: Place) -> Search<'static> {
    search(place, Shape::Find { date: DAY })
}

pub(crate) fn calendar(place: Place) -> Search<'static> {
    search(place, Shape::Calendar { from: DAY })
}

fn search(place: Place, shape: Shape) -> Search<'static> {
    Search { place, shape, version: Version::V2, filter: Filter::default(), language: None }
}

/// The plain answer, parsed.
pub(crate) fn ask(inventory: &Inventory, search: &Search<'_>) -> Value {
    let found = inventory.search(search, Codings::default());
    assert_eq!(found.coding, Coding::Identity);
    serde_json::from_slice(&found.body).unwrap()
}

/// The answer to one who accepts gzip, whatever its coding, as text.
pub(crate) fn ask_gzip(inventory: &Inventory, search: &Search<'_>) -> (Coding, Vec<u8>) {
    let found = inventory.search(search, Codings { gzip: true });
    match found.coding {
        Coding::Identity => (Coding::Identity, found.body.to_vec()),
        Coding::Gzip => {
            let mut plain = Vec::new();
            GzDecoder::new(&found.body[..]).read_to_end(&mut plain).unwrap();
            (Coding::Gzip, plain)
        }
    }
}

/// Asks until the stream for this search is there.
pub(crate) fn await_gzip(inventory: &Inventory, search: &Search<'_>) {
    let start = Instant::now();
    while ask_gzip(inventory, search).0 == Coding::Identity {
        assert!(start.elapsed() < Duration::from_secs(5), "no stream was built");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Seats of the first dose that a find shows, session by session.
pub(crate) fn first_doses(answer: &Value) -> Vec<u64> {
    let sessions = answer["sessions"].as_array().unwrap();
    sessions.iter().map(|session| session["available_capacity_dose1"].as_u64().unwrap()).collect()
}

/// The keys of an object, sorted.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}
