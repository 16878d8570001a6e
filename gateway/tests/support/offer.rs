//! Centres and sessions for tests to sell, each at a place of its own so that tests do not meet.

use super::TestServer;
use jiff::ToSpan;
use opencowin_model::pack::PostalArea;
use opencowin_model::{
    AgeBand, Capacity, Centre, CentreId, Date, FeeType, Hours, Pack, Seats, Session, SessionId,
    SessionState, TimeOfDay, VaccineId, date,
};
use serde_json::Value;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The pack that the server runs with.
pub fn pack() -> &'static Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::india().unwrap());
    &PACK
}

/// A session to be sold. The default: 10, 5 and 2 seats, tomorrow, COVAXIN, 18 and above, free.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Seats sold online for the first, second and precaution dose.
    pub seats: [u16; 3],
    pub days_ahead: i64,
    pub vaccine: &'static str,
    pub age: AgeBand,
    pub fee: u32,
}

impl Default for Offer {
    fn default() -> Self {
        let age = AgeBand { min: 18, max: None };
        Self { seats: [10, 5, 2], days_ahead: 1, vaccine: "COVAXIN", age, fee: 0 }
    }
}

/// A session on sale and where it is held.
#[derive(Clone, Debug)]
pub struct Sale {
    pub centre: Centre,
    pub session: Session,
}

impl Sale {
    pub fn id(&self) -> String {
        self.session.id.to_string()
    }

    pub fn date(&self) -> String {
        date::to_wire_string(self.session.date)
    }

    /// The label of its slot at this position.
    pub fn slot(&self, at: usize) -> String {
        self.session.slots[at].slot_label()
    }

    /// The query that finds it by its pincode and day.
    pub fn by_pin(&self) -> String {
        format!("pincode={}&date={}", self.centre.pincode, self.date())
    }

    pub fn by_district(&self) -> String {
        format!("district_id={}&date={}", self.centre.district, self.date())
    }

    pub fn by_centre(&self) -> String {
        format!("center_id={}&date={}", self.centre.id, self.date())
    }

    /// The query that finds it by where it is held.
    pub fn nearby(&self) -> String {
        let at = self.centre.position;
        format!("lat={}&long={}&date={}", at.lat(), at.long(), self.date())
    }

    /// The session in an answer, wherever it stands in it.
    #[track_caller]
    pub fn within<'a>(&self, answer: &'a Value) -> &'a Value {
        let centres = answer["centers"].as_array().into_iter().flatten();
        let nested = centres.chain(answer["centers"].is_object().then_some(&answer["centers"]));
        let nested = nested.filter_map(|centre| centre["sessions"].as_array()).flatten();
        let mut all = nested.chain(answer["sessions"].as_array().into_iter().flatten());
        let found = all.find(|session| session["session_id"] == self.id());
        found.unwrap_or_else(|| panic!("no session {} in {answer}", self.id()))
    }
}

impl TestServer {
    /// Puts one session on sale at a new centre.
    pub fn sell(&self, offer: Offer) -> Sale {
        self.sell_together(&[offer]).remove(0)
    }

    /// Puts sessions on sale at one new centre, which is paid if any of them is.
    pub fn sell_together(&self, offers: &[Offer]) -> Vec<Sale> {
        self.open_centre(next_centre(), offers)
    }

    /// Puts sessions on sale at a new centre with the pincode of another.
    pub fn sell_beside(&self, other: &Sale, offers: &[Offer]) -> Vec<Sale> {
        let centre = Centre { id: next_centre().id, ..other.centre.clone() };
        self.open_centre(centre, offers)
    }

    fn open_centre(&self, centre: Centre, offers: &[Offer]) -> Vec<Sale> {
        let sales = drawn_up(centre, offers, self.today());
        let sessions = sales.iter().map(|sale| sale.session.clone()).collect();
        self.publish(vec![sales[0].centre.clone()], sessions);
        sales
    }

    /// What the search by centre shows of a session.
    #[track_caller]
    pub fn shown(&self, sale: &Sale) -> Value {
        let path = "/api/v2/appointment/sessions/public/calendarByCenter";
        let answer = self.get(format!("{path}?{}", sale.by_centre())).send().ok();
        sale.within(&answer).clone()
    }

    /// The seats that search shows: both doses, first, second.
    #[track_caller]
    pub fn free(&self, sale: &Sale) -> [u64; 3] {
        let shown = self.shown(sale);
        ["available_capacity", "available_capacity_dose1", "available_capacity_dose2"]
            .map(|name| shown[name].as_u64().expect("a number"))
    }
}

/// A session at a new centre, for whoever puts it on sale.
pub fn draft(offer: Offer, today: Date) -> Sale {
    drawn_up(next_centre(), &[offer], today).remove(0)
}

fn drawn_up(mut centre: Centre, offers: &[Offer], today: Date) -> Vec<Sale> {
    centre.fees = offers.iter().filter(|o| o.fee > 0).map(|o| (vaccine(o), o.fee)).collect();
    centre.fee_type = if centre.fees.is_empty() { FeeType::Free } else { FeeType::Paid };
    let sessions = offers.iter().map(|offer| session(&centre, offer, today));
    sessions.map(|session| Sale { centre: centre.clone(), session }).collect()
}

fn session(centre: &Centre, offer: &Offer, today: Date) -> Session {
    let online = Seats(offer.seats);
    Session {
        id: SessionId::from_random(rand::random()),
        centre: centre.id,
        date: today.saturating_add(offer.days_ahead.days()),
        hours: hours(9, 17),
        vaccine: vaccine(offer),
        age: offer.age,
        fee: offer.fee,
        slots: vec![hours(9, 11), hours(11, 13), hours(13, 15), hours(15, 17)],
        capacity: Capacity::new(online, Seats([20, 0, 0]), Seats::default()),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    }
}

/// A centre in a district in which, on most servers, there is no other.
fn next_centre() -> Centre {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let area = place(id as usize);
    Centre {
        id: CentreId(id),
        name: format!("Primary Health Centre {id}"),
        address: format!("{}, Main Road", area.place),
        block: "Not Applicable".to_owned(),
        district: area.district,
        pincode: area.pincode,
        position: area.position,
        hours: hours(9, 17),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    }
}

fn vaccine(offer: &Offer) -> VaccineId {
    pack().vaccine_named(offer.vaccine).unwrap().id
}

/// One postal area in each district, in turn.
fn place(number: usize) -> &'static PostalArea {
    let district = &pack().districts()[number % pack().districts().len()];
    pack().postal_areas().iter().find(|area| area.district == district.id).unwrap()
}

fn hours(from: u16, to: u16) -> Hours {
    let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
    Hours::new(hour(from), hour(to)).unwrap()
}
