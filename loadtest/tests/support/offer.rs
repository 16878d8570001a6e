//! What is on sale: districts, centres, sessions and their seats.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

/// How large a stand-in's world is.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub districts: Vec<District>,
    /// Centres in each district.
    pub centres: usize,
    /// Sessions at each centre, one a day from today on.
    pub sessions: usize,
    /// Seats for first doses in each session.
    pub seats: i64,
    /// Seats for second doses in each session. Nobody can take them: nobody has had a first dose.
    pub second_dose_seats: i64,
    /// Whether every other session is for people from 45 years on; the others are for all from 18 on.
    pub some_from_45: bool,
}

/// A district with the number that it has in the pack of India.
#[derive(Clone, Debug)]
pub struct District {
    pub id: u64,
    pub name: &'static str,
    pub state: (u64, &'static str),
    pub pincodes: Vec<u64>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            districts: districts(),
            centres: 4,
            sessions: 2,
            seats: 20,
            second_dose_seats: 3,
            some_from_45: true,
        }
    }
}

impl Catalogue {
    /// One session with this many seats, for everyone from 18 years on.
    pub fn one_session(seats: i64) -> Self {
        let districts = districts().into_iter().filter(|district| district.id == 145).collect();
        Self { districts, centres: 1, sessions: 1, seats, some_from_45: false, ..Self::default() }
    }
}

/// Three districts with all of their postal codes, which are few: people who look at home find something.
fn districts() -> Vec<District> {
    let district = |id, name, state, pincodes: &[u64]| District {
        id,
        name,
        state,
        pincodes: pincodes.to_vec(),
    };
    let delhi = (9, "Delhi");
    vec![
        district(145, "East Delhi", delhi, &[110_091, 110_092, 110_096]),
        district(147, "North East Delhi", delhi, &[110_053, 110_090, 110_093, 110_094]),
        district(137, "Dadra and Nagar Haveli", (8, "Dadra and Nagar Haveli"), &[396_230, 396_240]),
    ]
}

/// A centre.
#[derive(Clone, Debug)]
pub struct Centre {
    pub id: u64,
    pub district: usize,
    pub pincode: u64,
    pub paid: bool,
}

/// A session: its seats as they are shown, and as they really are.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub centre: usize,
    pub date: Date,
    pub min_age: i64,
    /// What search shows for dose 1: below zero when more was sold than there was.
    pub left: i64,
    pub seats: i64,
    pub second_dose_seats: i64,
    /// Whether searches show it.
    pub is_shown: bool,
}

/// The slots of every session.
pub const SLOTS: [&str; 2] = ["09:00AM-11:00AM", "11:00AM-01:00PM"];

/// What every session gives.
pub const VACCINE: &str = "COVISHIELD";

impl Catalogue {
    /// The centres and sessions that it describes. Every fourth centre asks for a fee.
    pub fn open(&self) -> (Vec<Centre>, Vec<Session>) {
        let (mut centres, mut sessions) = (Vec::new(), Vec::new());
        for (place, district) in self.districts.iter().enumerate() {
            for number in 0..self.centres {
                let pincode = district.pincodes[number % district.pincodes.len()];
                let id = district.id * 1000 + number as u64;
                centres.push(Centre { id, district: place, pincode, paid: number % 4 == 3 });
                sessions.extend((0..self.sessions).map(|day| self.session(centres.len() - 1, day)));
            }
        }
        (centres, sessions)
    }

    fn session(&self, centre: usize, day: usize) -> Session {
        let from_45 = self.some_from_45 && (centre + day) % 2 == 1;
        Session {
            id: format!("5e551011-0000-4000-8000-{:012}", centre * 100 + day),
            centre,
            date: today().checked_add(jiff::Span::new().days(day as i64)).expect("a day"),
            min_age: if from_45 { 45 } else { 18 },
            left: self.seats,
            seats: self.seats,
            second_dose_seats: self.second_dose_seats,
            is_shown: true,
        }
    }
}

/// The day that it is in India.
pub fn today() -> Date {
    let india = Offset::from_seconds(19_800).expect("an offset");
    Timestamp::now().to_zoned(TimeZone::fixed(india)).date()
}

/// A date as the contract writes it.
pub fn wire_date(date: Date) -> String {
    format!("{:02}-{:02}-{}", date.day(), date.month(), date.year())
}

/// Reads what [`wire_date`] writes, and what sloppy clients send.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    Date::new(if year < 100 { year + 2000 } else { year }, month as i8, day as i8).ok()
}
