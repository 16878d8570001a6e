//! Answers have the names, types and quirks of the wire contract, section 1.4.

use crate::samples::*;
use opencowin_inventory::*;
use opencowin_model::*;
use serde_json::{Value, json};

fn one_paid_centre() -> Inventory {
    let mut paid = centre(7, PINCODE);
    let vaccine = |name| pack().vaccine_named(name).unwrap().id;
    paid.fee_type = FeeType::Paid;
    paid.fees = vec![(vaccine("COVISHIELD"), 780), (vaccine("SPUTNIK V"), 1145)];
    let mut session = session(1, 7, DAY, [60, 40, 0]);
    session.session.fee = 780;
    with(vec![paid], vec![session])
}

#[test]
fn a_find_is_flat() {
    let answer = ask(&one_paid_centre(), &find(Place::Pincode(PINCODE)));
    let expected = json!({"sessions": [{
        "center_id": 7, "name": "Centre 7", "address": "1 Main Road", "state_name": "Delhi",
        "district_name": "Central Delhi", "block_name": "Not Applicable", "pincode": 110002,
        "lat": 28, "long": 77, "fee_type": "Paid", "session_id": session_id(1).to_string(),
        "date": "01-05-2021", "min_age_limit": 18, "allow_all_age": true, "vaccine": "COVISHIELD",
        "slots": ["09:00AM-11:00AM", "11:00AM-01:00PM", "01:00PM-05:00PM"],
        "from": "09:00:00", "to": "17:00:00", "fee": "780", "available_capacity": 100,
        "available_capacity_dose1": 60, "available_capacity_dose2": 40,
    }]});
    assert_eq!(answer, expected);
}

#[test]
fn a_calendar_nests_sessions_in_centres() {
    let answer = ask(&one_paid_centre(), &calendar(Place::District(DISTRICT)));
    let expected = json!({"centers": [{
        "center_id": 7, "name": "Centre 7", "address": "1 Main Road", "state_name": "Delhi",
        "district_name": "Central Delhi", "block_name": "Not Applicable", "pincode": 110002,
        "lat": 28, "long": 77, "from": "09:00:00", "to": "18:00:00", "fee_type": "Paid",
        "vaccine_fees": [
            {"vaccine": "COVISHIELD", "fee": "780"}, {"vaccine": "SPUTNIK V", "fee": "1145"},
        ],
        "sessions": [{
            "session_id": session_id(1).to_string(), "date": "01-05-2021", "min_age_limit": 18,
            "allow_all_age": true, "vaccine": "COVISHIELD",
            "slots": ["09:00AM-11:00AM", "11:00AM-01:00PM", "01:00PM-05:00PM"],
            "available_capacity": 100, "available_capacity_dose1": 60,
            "available_capacity_dose2": 40,
        }],
    }]});
    assert_eq!(answer, expected);
}

#[test]
fn only_paid_centres_list_fees() {
    let free = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [1, 1, 0])]);
    let answer = ask(&free, &calendar(Place::Pincode(PINCODE)));
    assert!(!keys(&answer["centers"][0]).contains(&"vaccine_fees"));
    assert_eq!(ask(&free, &find(Place::Pincode(PINCODE)))["sessions"][0]["fee"], "0");
}

#[test]
fn the_calendar_of_a_centre_is_an_object() {
    let inventory = one_paid_centre();
    let answer = ask(&inventory, &calendar(Place::Centre(CentreId(7))));
    assert_eq!(answer["centers"]["center_id"], 7);
    assert_eq!(answer["centers"]["sessions"][0]["available_capacity_dose2"], 40);
    let other_week =
        Search { shape: Shape::Calendar { from: day(30) }, ..calendar(Place::Centre(CentreId(7))) };
    assert_eq!(ask(&inventory, &other_week), json!({"centers": {}}));
    assert_eq!(ask(&inventory, &calendar(Place::Centre(CentreId(8)))), json!({"centers": {}}));
}

#[test]
fn nothing_found_is_an_empty_list() {
    let inventory = one_paid_centre();
    let nowhere = [
        Place::District(DistrictId(140)),
        Place::District(DistrictId(9999)),
        Place::Pincode(Pincode(110_001)),
        Place::Pincode(Pincode(999_999)),
    ];
    for place in nowhere {
        assert_eq!(ask(&inventory, &find(place)), json!({"sessions": []}));
        assert_eq!(ask(&inventory, &calendar(place)), json!({"centers": []}));
    }
    for date in [day(-1), day(1), Date::MIN, Date::MAX] {
        let search = Search { shape: Shape::Find { date }, ..find(Place::District(DISTRICT)) };
        assert_eq!(ask(&inventory, &search), json!({"sessions": []}), "{date}");
    }
    let last =
        Search { shape: Shape::Calendar { from: Date::MAX }, ..find(Place::District(DISTRICT)) };
    assert_eq!(ask(&inventory, &last), json!({"centers": []}));
}

#[test]
fn a_calendar_holds_seven_days() {
    let sessions = (-2..12).map(|at| session((at + 100) as u128, 1, day(at), [1, 0, 0])).collect();
    let inventory = with(vec![centre(1, PINCODE)], sessions);
    let answer = ask(&inventory, &calendar(Place::Pincode(PINCODE)));
    let dates: Vec<_> = answer["centers"][0]["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["date"].as_str().unwrap())
        .collect();
    assert_eq!(dates, (1..8).map(|day| format!("0{day}-05-2021")).collect::<Vec<_>>());
}

#[test]
fn age_bands_are_marked_as_in_july_2021() {
    let bands = [(45, None), (18, Some(44)), (18, None), (15, Some(17))];
    let sessions = bands.iter().enumerate().map(|(at, (min, max))| {
        let mut on_sale = session(at as u128, 1, day(at as i64), [1, 0, 0]);
        on_sale.session.age = AgeBand { min: *min, max: *max };
        on_sale
    });
    let inventory = with(vec![centre(1, PINCODE)], sessions.collect());
    let answer = ask(&inventory, &calendar(Place::Pincode(PINCODE)));
    let ages = |at: usize| {
        let session = &answer["centers"][0]["sessions"][at];
        ["min_age_limit", "max_age_limit", "allow_all_age"].map(|key| session[key].clone())
    };
    assert_eq!(ages(0), [json!(45), Value::Null, Value::Null]);
    assert_eq!(ages(1), [json!(18), json!(44), Value::Null]);
    assert_eq!(ages(2), [json!(18), Value::Null, json!(true)]);
    assert_eq!(ages(3), [json!(15), json!(17), Value::Null]);
}

#[test]
fn version_4_adds_precaution_doses() {
    let sessions = vec![session(1, 1, DAY, [9, 8, 7]), session(2, 1, day(1), [9, 8, 0])];
    let inventory = with(vec![centre(1, PINCODE)], sessions);
    let search = Search { version: Version::V4, ..calendar(Place::Pincode(PINCODE)) };
    let answer = ask(&inventory, &search);
    let sessions = &answer["centers"][0]["sessions"];
    assert_eq!(sessions[0]["precaution_dose"], 1);
    assert_eq!(sessions[0]["precaution_online_dose_one_available"], 7);
    assert_eq!(sessions[0]["available_capacity"], 17, "first and second doses");
    assert_eq!(sessions[1]["precaution_dose"], 0);
    assert_eq!(sessions[1]["precaution_online_dose_one_available"], 0);
    let older = ask(&inventory, &calendar(Place::Pincode(PINCODE)));
    assert!(!older.to_string().contains("precaution"));
}

#[test]
fn other_languages_add_companions() {
    let inventory = one_paid_centre();
    let hindi = Search { language: Some("hi"), ..find(Place::Pincode(PINCODE)) };
    let session = &ask(&inventory, &hindi)["sessions"][0];
    assert_eq!(session["name_l"], "Centre 7");
    assert_eq!(session["address_l"], "1 Main Road");
    assert_eq!(session["block_name_l"], "Not Applicable");
    assert_eq!(session["state_name"], "Delhi");
    assert_eq!(session["state_name_l"], "दिल्ली");
    assert!(keys(session).contains(&"district_name_l"));
    let hindi = Search { language: Some("hi"), ..calendar(Place::Pincode(PINCODE)) };
    assert_eq!(ask(&inventory, &hindi)["centers"][0]["state_name_l"], "दिल्ली");
    for language in [None, Some("en"), Some("tlh")] {
        let search = Search { language, ..find(Place::Pincode(PINCODE)) };
        assert!(!ask(&inventory, &search).to_string().contains("_l\""), "{language:?}");
    }
}

#[test]
fn text_from_people_is_escaped() {
    let odd = "\"A\\B\"\n\u{1}</script>\u{2028} अस्पताल \u{10ffff}";
    let mut centre = centre(1, PINCODE);
    (centre.name, centre.address, centre.block) = (odd.into(), odd.into(), odd.into());
    let inventory = with(vec![centre], vec![session(1, 1, DAY, [1, 0, 0])]);
    let hindi = Search { language: Some("hi"), ..find(Place::Pincode(PINCODE)) };
    let session = &ask(&inventory, &hindi)["sessions"][0];
    for key in ["name", "address", "block_name", "name_l", "address_l", "block_name_l"] {
        assert_eq!(session[key], odd, "{key}");
    }
    let near = inventory.centres_near(Position::new(28.6, 77.2).unwrap());
    assert_eq!(serde_json::from_slice::<Value>(&near).unwrap()["centers"][0]["location"], odd);
}

#[test]
fn sessions_are_listed_by_pincode_centre_and_day() {
    let centres = vec![centre(9, PINCODE), centre(3, Pincode(110_005)), centre(4, PINCODE)];
    let sessions = vec![
        session(1, 3, DAY, [1, 0, 0]),
        session(2, 9, day(1), [2, 0, 0]),
        session(3, 9, DAY, [3, 0, 0]),
        session(4, 4, DAY, [4, 0, 0]),
    ];
    let inventory = with(centres, sessions);
    let answer = ask(&inventory, &calendar(Place::District(DISTRICT)));
    let order: Vec<_> = answer["centers"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|centre| centre["sessions"].as_array().unwrap())
        .map(|session| session["available_capacity"].as_u64().unwrap())
        .collect();
    assert_eq!(order, [4, 3, 2, 1]);
}

#[test]
fn centres_near_a_point_come_with_text_coordinates() {
    let areas = pack().postal_areas().iter().take(150).map(|area| area.pincode).collect::<Vec<_>>();
    let centres =
        areas.iter().enumerate().map(|(id, pincode)| centre(id as u32, *pincode)).collect();
    let inventory = with(centres, vec![]);
    let here = centre(0, areas[40]).position;
    let answer: Value = serde_json::from_slice(&inventory.centres_near(here)).unwrap();
    let list = answer["centers"].as_array().unwrap();
    assert_eq!((list.len(), &answer["ttl"]), (100, &json!(24)));
    let first = list[0].as_object().unwrap();
    assert_eq!(first["pincode"], areas[40].to_string());
    assert_eq!(first["lat"], format!("{:.8}", here.lat()));
    assert_eq!(first["long"], format!("{:.8}", here.long()));
    let mut keys: Vec<_> = first.keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "block_name",
            "center_id",
            "district_name",
            "lat",
            "location",
            "long",
            "name",
            "pincode",
            "state_name"
        ]
    );
}

#[test]
fn sessions_near_a_point_come_nearest_first() {
    let pincodes = [PINCODE, Pincode(110_054), Pincode(110_005)];
    let centres = (1..).zip(pincodes).map(|(id, pincode)| centre(id, pincode)).collect();
    let sessions = (1..4).map(|id| session(id.into(), id, DAY, [id as u16, 0, 0])).collect();
    let inventory = with(centres, sessions);
    let here = centre(2, pincodes[1]).position;
    let answer = ask(&inventory, &find(Place::Near(here)));
    assert_eq!(first_doses(&answer)[0], 2);
    assert_eq!(first_doses(&answer).len(), 3);
    assert_eq!(ask(&inventory, &calendar(Place::Near(here)))["centers"][0]["center_id"], 2);
}
