//! The members of an answer that describe a centre.

use super::json;
use opencowin_model::pack::Text;
use opencowin_model::{Centre, FeeType, Pack};

/// A centre's members, rendered in the pack's default language: three texts, one behind the other.
///
/// ```text
/// {"center_id":1, … "fee_type":"Paid"          common to all answers about sessions
/// ,"from":"09:00:00", … "sessions":[           what a calendar adds
/// {"center_id":1, … "long":"77.20000000"}      the centre in a list of centres by distance
/// ```
#[derive(Debug)]
pub(crate) struct Header {
    bytes: Box<[u8]>,
    calendar: usize,
    nearby: usize,
}

impl Header {
    /// Renders `centre`; names come from `pack`.
    pub(crate) fn new(pack: &Pack, centre: &Centre) -> Self {
        let mut out = Vec::with_capacity(1024);
        write_common(&mut out, pack, centre);
        let calendar = out.len();
        write_calendar(&mut out, pack, centre);
        let nearby = out.len();
        write_nearby(&mut out, pack, centre);
        Self { bytes: out.into(), calendar, nearby }
    }

    /// An object's start, its last member without a comma behind it.
    pub(crate) fn common(&self) -> &[u8] {
        &self.bytes[..self.calendar]
    }

    /// What a calendar adds, up to the start of the list of sessions.
    pub(crate) fn calendar(&self) -> &[u8] {
        &self.bytes[self.calendar..self.nearby]
    }

    /// The centre as the search by position lists it, whole.
    pub(crate) fn nearby(&self) -> &[u8] {
        &self.bytes[self.nearby..]
    }

    /// Bytes held.
    pub(crate) fn memory(&self) -> usize {
        self.bytes.len()
    }

    /// Appends the companions (`name_l` …) in `language`; where a text is not translated they repeat it.
    pub(crate) fn write_language(out: &mut Vec<u8>, pack: &Pack, centre: &Centre, language: &str) {
        let places = Places::of(pack, centre, Some(language));
        json::text(out, ",\"name_l\":", &centre.name);
        json::text(out, ",\"address_l\":", &centre.address);
        json::text(out, ",\"state_name_l\":", places.state);
        json::text(out, ",\"district_name_l\":", places.district);
        json::text(out, ",\"block_name_l\":", &centre.block);
    }
}

/// Pincode and degrees are text here.
fn write_nearby(out: &mut Vec<u8>, pack: &Pack, centre: &Centre) {
    let places = Places::of(pack, centre, None);
    json::number(out, "{\"center_id\":", centre.id.0);
    json::text(out, ",\"name\":", &centre.name);
    json::text(out, ",\"district_name\":", places.district);
    json::text(out, ",\"state_name\":", places.state);
    json::text(out, ",\"location\":", &centre.address);
    json::plain(out, ",\"pincode\":", centre.pincode);
    json::text(out, ",\"block_name\":", &centre.block);
    json::plain(out, ",\"lat\":", format_args!("{:.8}", centre.position.lat()));
    json::plain(out, ",\"long\":", format_args!("{:.8}", centre.position.long()));
    out.push(b'}');
}

fn write_common(out: &mut Vec<u8>, pack: &Pack, centre: &Centre) {
    let places = Places::of(pack, centre, None);
    json::number(out, "{\"center_id\":", centre.id.0);
    json::text(out, ",\"name\":", &centre.name);
    json::text(out, ",\"address\":", &centre.address);
    json::text(out, ",\"state_name\":", places.state);
    json::text(out, ",\"district_name\":", places.district);
    json::text(out, ",\"block_name\":", &centre.block);
    json::number(out, ",\"pincode\":", centre.pincode.0);
    json::number(out, ",\"lat\":", whole_degrees(centre.position.lat()));
    json::number(out, ",\"long\":", whole_degrees(centre.position.long()));
    json::plain(out, ",\"fee_type\":", centre.fee_type.as_str());
}

fn write_calendar(out: &mut Vec<u8>, pack: &Pack, centre: &Centre) {
    json::time(out, ",\"from\":", centre.hours.from);
    json::time(out, ",\"to\":", centre.hours.to);
    if centre.fee_type == FeeType::Paid {
        json::list(out, ",\"vaccine_fees\":", &centre.fees, |out, (vaccine, fee)| {
            let name = pack.vaccine(*vaccine).map_or("", |vaccine| &vaccine.name);
            json::text(out, "{\"vaccine\":", name);
            json::plain(out, ",\"fee\":", fee);
            out.push(b'}');
        });
    }
    out.extend_from_slice(b",\"sessions\":[");
}

/// Production truncated degrees to whole ones (source: wire contract 1.4).
fn whole_degrees(degrees: f64) -> i32 {
    degrees.trunc() as i32
}

/// The names of the places that a centre lies in.
struct Places<'a> {
    state: &'a str,
    district: &'a str,
}

impl<'a> Places<'a> {
    fn of(pack: &'a Pack, centre: &Centre, language: Option<&str>) -> Self {
        let name = |text: &'a Text| {
            language.map_or(text.default.as_str(), |language| text.in_language(language))
        };
        let district = pack.district(centre.district);
        let state = district.and_then(|district| pack.state(district.state));
        Self {
            state: state.map_or("", |state| name(&state.name)),
            district: district.map_or("", |district| name(&district.name)),
        }
    }
}
