//! Search answers made up for tests: like real ones in their repetitions, their random ids and
//! their seat counts.

use std::{fmt::Write, ops::Range};

use proptest::prelude::{Strategy, prop, prop_oneof};

const PLACES: [&str; 8] = [
    "Rampur",
    "Chandpur",
    "Bansgaon",
    "Khajni",
    "Gola",
    "Pipraich",
    "Campierganj",
    "Jungle Kauria",
];
const KINDS: [&str; 6] =
    ["PHC", "CHC", "UPHC", "Sub Centre", "District Hospital", "Panchayat Bhawan"];
const VACCINES: [&str; 3] = ["COVISHIELD", "COVAXIN", "SPUTNIK V"];
const SLOTS: &str = r#"["09:00AM-11:00AM","11:00AM-01:00PM","01:00PM-03:00PM","03:00PM-06:00PM"]"#;

/// A text and its fields.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) plain: Vec<u8>,
    pub(super) fields: Vec<Range<u32>>,
}

/// An answer of at least `bytes` bytes.
pub(super) fn answer(bytes: usize) -> Sample {
    let mut writer =
        Writer { text: r#"{"centers":["#.into(), fields: Vec::new(), random: Random(42) };
    while writer.text.len() < bytes {
        writer.centre();
    }
    writer.text.push_str("]}");
    Sample { plain: writer.text.into_bytes(), fields: writer.fields }
}

/// Marsaglia's xorshift: the same sequence in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) as usize) % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

struct Writer {
    text: String,
    fields: Vec<Range<u32>>,
    random: Random,
}

impl Writer {
    fn put(&mut self, arguments: std::fmt::Arguments) {
        self.text.write_fmt(arguments).unwrap();
    }

    fn centre(&mut self) {
        let (kind, place) = (self.random.pick(&KINDS), self.random.pick(&PLACES));
        let (id, number) = (500_000 + self.random.below(200_000), self.random.below(90) + 1);
        let (block, pincode) = (self.random.pick(&PLACES), 273_001 + self.random.below(20));
        self.put(format_args!(
            r#"{{"center_id":{id},"name":"{kind} {place}-{number}","address":"Ward {number}","#
        ));
        self.put(format_args!(
            r#""state_name":"Uttar Pradesh","district_name":"Gorakhpur","block_name":"{block}","#
        ));
        self.put(format_args!(r#""pincode":{pincode},"lat":26,"long":83,"from":"09:00:00","#));
        self.put(format_args!(r#""to":"17:00:00","fee_type":"Free","sessions":["#));
        let vaccine = self.random.pick(&VACCINES);
        for day in 0..1 + self.random.below(7) {
            if day > 0 {
                self.text.push(',');
            }
            self.session(28 - day, vaccine);
        }
        self.text.push_str("]},");
    }

    fn session(&mut self, day: usize, vaccine: &str) {
        let noise = std::array::from_fn(|_| self.random.below(256) as u8);
        let id = uuid::Builder::from_random_bytes(noise).into_uuid();
        let age = [18, 45][self.random.below(2)];
        self.put(format_args!(r#"{{"session_id":"{id}","#));
        self.put(format_args!(
            r#""date":"{day:02}-04-2021","min_age_limit":{age},"allow_all_age":{},"#,
            age == 18
        ));
        self.put(format_args!(r#""vaccine":"{vaccine}","slots":{SLOTS}"#));
        let (first, second) = (self.random.below(120), self.random.below(120));
        self.field("", first + second);
        self.field("_dose1", first);
        self.field("_dose2", second);
        self.text.push('}');
    }

    fn field(&mut self, suffix: &str, seats: usize) {
        self.put(format_args!(r#","available_capacity{suffix}":"#));
        let start = self.text.len() as u32;
        self.put(format_args!("{seats:>3}"));
        self.fields.push(start..start + 3);
    }
}

/// Short texts of all kinds: words that repeat, runs, noise, and fields between and beside them.
pub(super) fn any() -> impl Strategy<Value = Sample> {
    let words = vec![&b"available_capacity"[..], b"\":", b",", b"12", b"2021-04-28", b"    "];
    let text = prop_oneof![
        4 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => (any_byte(), 1..600_usize).prop_map(|(byte, count)| vec![byte; count]),
        1 => prop::collection::vec(any_byte(), 0..80),
    ];
    let number = prop::collection::vec(prop::sample::select(b"0123456789 ".to_vec()), 1..=8);
    let piece = prop_oneof![
        2 => text.prop_map(|text| (text, false)),
        1 => number.prop_map(|number| (number, true)),
    ];
    prop::collection::vec(piece, 0..60).prop_map(assemble)
}

fn any_byte() -> impl Strategy<Value = u8> {
    proptest::num::u8::ANY
}

/// Joins pieces of text, some of which are fields.
fn assemble(pieces: Vec<(Vec<u8>, bool)>) -> Sample {
    let mut sample = Sample { plain: Vec::new(), fields: Vec::new() };
    for (piece, is_field) in pieces {
        let start = sample.plain.len() as u32;
        sample.plain.extend(piece);
        if is_field {
            sample.fields.push(start..sample.plain.len() as u32);
        }
    }
    sample
}
