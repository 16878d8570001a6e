//! Search as third-party apps know it: names, types, quirks (wire contract 1.2 and 1.4), and what this product adds to
//! it: filters.

use crate::support::{Offer, Sale, TestServer, pack, shape};
use opencowin_model::{AgeBand, FeeType};
use serde_json::{Value, json};

const PUBLIC: &str = "/api/v2/appointment/sessions/public";
const PERSONAL: &str = "/api/v2/appointment/sessions";
const V4: &str = "/api/v4/appointment/sessions";

/// A session of a find, which is flat (wire contract 1.4).
const FLAT: &str = "address:string available_capacity:integer available_capacity_dose1:integer \
     available_capacity_dose2:integer block_name:string center_id:integer date:string \
     district_name:string fee:string fee_type:string from:string lat:integer long:integer \
     min_age_limit:integer name:string pincode:integer session_id:string slots:array \
     state_name:string to:string vaccine:string";

/// A centre of a calendar that asks no fee.
const CENTRE: &str = "address:string block_name:string center_id:integer district_name:string \
     fee_type:string from:string lat:integer long:integer name:string pincode:integer \
     sessions:array state_name:string to:string";

/// A session within a calendar's centre.
const NESTED: &str = "available_capacity:integer available_capacity_dose1:integer \
     available_capacity_dose2:integer date:string min_age_limit:integer session_id:string \
     slots:array vaccine:string";

/// A session for people of 45 and above, whose band has neither of the optional members.
fn senior() -> Offer {
    Offer { age: AgeBand { min: 45, max: None }, ..Offer::default() }
}

fn ids(answer: &Value) -> Vec<&str> {
    let sessions = answer["sessions"].as_array().expect("sessions");
    sessions.iter().map(|session| session["session_id"].as_str().unwrap()).collect()
}

#[test]
fn finds_are_flat_lists_with_the_recorded_names_and_types() {
    let server = TestServer::shared();
    let sale = server.sell(senior());
    let account = server.account();
    let public = |path: String| server.get(format!("{PUBLIC}/{path}")).send().ok();
    let personal = |path: String| account.get(format!("{PERSONAL}/{path}")).send().ok();
    for answer in [
        public(format!("findByPin?{}", sale.by_pin())),
        public(format!("findByDistrict?{}", sale.by_district())),
        public(format!("findByLatLong?{}", sale.nearby())),
        personal(format!("findByPin?{}", sale.by_pin())),
        personal(format!("findByDistrict?{}", sale.by_district())),
        personal(format!("search?{}", sale.by_district())),
    ] {
        assert_eq!(shape(&answer), "sessions:array");
        let session = sale.within(&answer);
        assert_eq!(shape(session), FLAT);
        assert_eq!((&session["from"], &session["to"]), (&json!("09:00:00"), &json!("17:00:00")));
        assert_eq!((&session["fee"], &session["fee_type"]), (&json!("0"), &json!("Free")));
        assert_eq!(session["slots"][1], "11:00AM-01:00PM");
        assert_eq!(session["date"], sale.date());
        let seats =
            ["", "_dose1", "_dose2"].map(|dose| &session[format!("available_capacity{dose}")]);
        assert_eq!(seats, [15, 10, 5], "both doses together, then each");
    }
}

#[test]
fn calendars_nest_sessions_in_centres() {
    let server = TestServer::shared();
    let sale = server.sell(senior());
    let account = server.account();
    let public = |path: String| server.get(format!("{PUBLIC}/{path}")).send().ok();
    let personal = |path: String| account.get(format!("{PERSONAL}/{path}")).send().ok();
    for answer in [
        public(format!("calendarByPin?{}", sale.by_pin())),
        public(format!("calendarByDistrict?{}", sale.by_district())),
        personal(format!("calendarByPin?{}", sale.by_pin())),
        personal(format!("calendarByDistrict?{}", sale.by_district())),
    ] {
        assert_eq!(shape(&answer), "centers:array");
        let centre = &answer["centers"][0];
        assert_eq!(shape(centre), CENTRE);
        assert_eq!(centre["center_id"], sale.centre.id.0);
        assert_eq!(shape(&centre["sessions"][0]), NESTED);
    }
}

#[test]
fn the_calendar_of_one_centre_is_an_object_and_empty_when_nothing_is_on_sale() {
    let server = TestServer::shared();
    let sale = server.sell(senior());
    let account = server.account();
    let public = |query: String| server.get(format!("{PUBLIC}/calendarByCenter?{query}"));
    let personal = |query: String| account.get(format!("{PERSONAL}/calendarByCenter?{query}"));
    for answer in [public(sale.by_centre()).send().ok(), personal(sale.by_centre()).send().ok()] {
        assert_eq!(shape(&answer), "centers:object");
        assert_eq!(shape(&answer["centers"]), CENTRE);
        assert_eq!(shape(&answer["centers"]["sessions"][0]), NESTED);
    }
    for query in [
        format!("center_id={}&date=01-01-2031", sale.centre.id),
        format!("center_id=4000000000&date={}", sale.date()),
        format!("center_id=99999999999999&date={}", sale.date()),
    ] {
        assert_eq!(public(query).send().ok(), json!({ "centers": {} }));
    }
}

#[test]
fn a_calendar_shows_seven_days_from_its_date() {
    let server = TestServer::shared();
    let on = |days_ahead| Offer { days_ahead, ..Offer::default() };
    let sales = server.sell_together(&[on(1), on(2), on(7), on(8)]);
    let answer =
        server.get(format!("{PUBLIC}/calendarByCenter?{}", sales[0].by_centre())).send().ok();
    let dates: Vec<_> = answer["centers"]["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["date"].clone())
        .collect();
    assert_eq!(dates, sales[..3].iter().map(|sale| json!(sale.date())).collect::<Vec<_>>());
    let answer = server.get(format!("{PUBLIC}/findByPin?{}", sales[1].by_pin())).send().ok();
    assert_eq!(ids(&answer), [sales[1].id()], "a find shows one day");
}

#[test]
fn age_bands_are_told_by_the_members_that_july_2021_brought() {
    let server = TestServer::shared();
    let band = |min, max| Offer { age: AgeBand { min, max }, ..Offer::default() };
    let sales = server.sell_together(&[
        band(45, None),
        band(18, Some(44)),
        band(18, None),
        band(12, Some(14)),
    ]);
    let told = sales.iter().map(|sale| {
        let shown = server.shown(sale);
        [&shown["min_age_limit"], &shown["max_age_limit"], &shown["allow_all_age"]]
            .map(Value::to_string)
    });
    let expected = [
        ["45", "null", "null"],
        ["18", "44", "null"],
        ["18", "null", "true"],
        ["12", "14", "null"],
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn only_paid_centres_list_fees_and_fees_are_text() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { fee: 780, ..senior() });
    let answer = server.get(format!("{PUBLIC}/calendarByPin?{}", sale.by_pin())).send().ok();
    let centre = &answer["centers"][0];
    assert_eq!(shape(centre), format!("{CENTRE} vaccine_fees:array"));
    assert_eq!(centre["vaccine_fees"], json!([{ "vaccine": "COVAXIN", "fee": "780" }]));
    assert_eq!(centre["fee_type"], "Paid");
    let answer = server.get(format!("{PUBLIC}/findByPin?{}", sale.by_pin())).send().ok();
    assert_eq!(sale.within(&answer)["fee"], "780");
}

#[test]
fn version_4_adds_the_precaution_dose() {
    let server = TestServer::shared();
    let with = server.sell(senior());
    let without = server.sell_beside(&with, &[Offer { seats: [10, 5, 0], ..senior() }]).remove(0);
    let account = server.account();
    for path in ["calendarByPin", "calendarByDistrict"] {
        let query = if path.ends_with("Pin") { with.by_pin() } else { with.by_district() };
        let answer = account.get(format!("{V4}/{path}?{query}&precaution_flag=true")).send().ok();
        let members = "precaution_dose:integer precaution_online_dose_one_available:integer";
        let mut expected: Vec<_> = NESTED.split(' ').chain(members.split(' ')).collect();
        expected.sort_unstable();
        assert_eq!(shape(with.within(&answer)), expected.join(" "));
        let told = |sale: &Sale| {
            let session = sale.within(&answer);
            (
                session["precaution_dose"].clone(),
                session["precaution_online_dose_one_available"].clone(),
            )
        };
        assert_eq!((told(&with), told(&without)), ((json!(1), json!(2)), (json!(0), json!(0))));
    }
}

#[test]
fn the_nearest_centres_come_first_with_positions_as_text() {
    let server = TestServer::shared();
    let sale = server.sell(senior());
    let account = server.account();
    let path = "centers/public/findByLatLong";
    for answer in [
        server.get(format!("/api/v2/appointment/{path}?{}", sale.nearby())).send().ok(),
        account
            .get(format!("/api/v2/appointment/centers/findByLatLong?{}", sale.nearby()))
            .send()
            .ok(),
    ] {
        assert_eq!(shape(&answer), "centers:array ttl:integer");
        let nearest = &answer["centers"][0];
        let expected = "block_name:string center_id:integer district_name:string lat:string \
             location:string long:string name:string pincode:string state_name:string";
        assert_eq!(shape(nearest), expected);
        assert_eq!(nearest["center_id"], sale.centre.id.0);
        assert_eq!(nearest["lat"], format!("{:.8}", sale.centre.position.lat()));
    }
}

#[test]
fn a_search_by_position_without_a_date_means_today() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { days_ahead: 0, ..Offer::default() });
    let at = sale.centre.position;
    let query = format!("lat={}&long={}", at.lat(), at.long());
    let answer = server.get(format!("{PUBLIC}/findByLatLong?{query}")).send().ok();
    sale.within(&answer);
    for wrong in ["lat=91&long=0", "lat=NaN&long=0", "lat=north&long=0"] {
        server.get(format!("{PUBLIC}/findByLatLong?{wrong}")).send().refused(400, "USRRES0002");
    }
    server.get(format!("{PUBLIC}/findByLatLong?lat=1")).send().refused(400, "USRRES0001");
}

#[test]
fn lists_of_places_and_documents_have_their_recorded_members() {
    let server = TestServer::shared();
    let states = server.get("/api/v2/admin/location/states").send().ok();
    assert_eq!(shape(&states), "states:array ttl:integer");
    assert_eq!(shape(&states["states"][0]), "state_id:integer state_name:string");
    assert_eq!(
        (&states["ttl"], states["states"].as_array().unwrap().len()),
        (&json!(24), pack().states().len())
    );
    let delhi = states["states"]
        .as_array()
        .unwrap()
        .iter()
        .find(|state| state["state_name"] == "Delhi")
        .unwrap();
    let path = format!("/api/v2/admin/location/districts/{}", delhi["state_id"]);
    let districts = server.get(&path).send().ok();
    assert_eq!(
        shape(&districts["districts"][0]),
        "district_id:integer district_name:string state_id:integer"
    );
    assert_eq!(
        server.get("/api/v2/admin/location/districts/999").send().ok()["districts"],
        json!([])
    );
    server.get("/api/v2/admin/location/districts/Delhi").send().refused(400, "USRRES0002");

    let kinds = server.get("/api/v2/registration/beneficiary/idTypes").send().ok();
    assert_eq!(shape(&kinds["types"][0]), "doc_type:string flag:string id:integer type:string");
    let ids: Vec<_> =
        kinds["types"].as_array().unwrap().iter().map(|kind| kind["id"].clone()).collect();
    assert_eq!(ids, [1, 2, 6, 8, 9, 11, 12], "the seven with which people register themselves");
    let genders = server.get("/api/v2/registration/beneficiary/genders").send().ok();
    assert_eq!(genders["genders"][1], json!({ "id": 2, "gender": "Female" }));
}

#[test]
fn filters_compose() {
    let server = TestServer::shared();
    let free = [
        Offer::default(),
        Offer { vaccine: "COVISHIELD", ..Offer::default() },
        Offer { age: AgeBand { min: 45, max: None }, ..Offer::default() },
        Offer { seats: [0, 0, 0], ..Offer::default() },
        Offer { seats: [0, 5, 0], vaccine: "COVISHIELD", ..Offer::default() },
    ];
    let paid =
        [Offer { fee: 900, ..Offer::default() }, Offer { fee: 780, seats: [3, 0, 0], ..senior() }];
    let mut sales = server.sell_together(&free);
    sales.extend(server.sell_beside(&sales[0], &paid));
    let (vaccines, fees) = (["", "&vaccine=covaxin"], ["", "&fee_type=Paid", "&fee_type=free"]);
    let (ages, doses) = (["", "&min_age_limit=45"], ["", "&dose=1", "&dose=2.0"]);
    for at in 0..vaccines.len() * fees.len() * ages.len() * doses.len() * 2 {
        let (vaccine, rest) = (vaccines[at % 2], at / 2);
        let (fee, rest) = (fees[rest % 3], rest / 3);
        let (age, rest) = (ages[rest % 2], rest / 2);
        let (dose, available) = (doses[rest % 3], ["", "&available=true"][rest / 3]);
        let filter = format!("{vaccine}{fee}{age}{dose}{available}");
        let path = format!("{PUBLIC}/findByDistrict?{}{filter}", sales[0].by_district());
        let answer = server.get(path).send().ok();
        let mut found = ids(&answer);
        let wanted = sales.iter().filter(|sale| is_wanted(sale, &filter)).map(Sale::id);
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted, "{filter}");
    }
}

/// What the filters mean, said once more.
fn is_wanted(sale: &Sale, filter: &str) -> bool {
    let has = |text| filter.contains(text);
    let seats = sale.session.capacity.of(opencowin_model::Channel::Online).0;
    let seats = [&seats[..], &seats[..1], &seats[1..2]]
        [usize::from(has("dose=1")) + 2 * usize::from(has("dose=2"))];
    let seats = seats.iter().any(|&seats| seats > 0);
    !(has("covaxin") && pack().vaccine(sale.session.vaccine).unwrap().name != "COVAXIN"
        || has("Paid") && sale.centre.fee_type != FeeType::Paid
        || has("free") && sale.centre.fee_type != FeeType::Free
        || has("limit=45") && sale.session.age.min != 45
        || (has("dose") || has("available")) && !seats)
}

#[test]
fn a_filter_that_means_nothing_is_named() {
    let server = TestServer::shared();
    for wrong in
        ["vaccine=water", "fee_type=Cheap", "min_age_limit=old", "dose=4", "available=perhaps"]
    {
        let path = format!("{PUBLIC}/findByDistrict?district_id=1&date=01-05-2031&{wrong}");
        let text = server.get(path).send().refused(400, "USRRES0002");
        assert!(text.contains(wrong.split('=').next().unwrap()), "{text}");
    }
}

#[test]
fn junk_parameters_and_sloppy_dates_change_nothing() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { days_ahead: 40, ..Offer::default() });
    let pincode = sale.centre.pincode;
    let clean = server.get(format!("{PUBLIC}/findByPin?{}", sale.by_pin())).send();
    sale.within(&clean.ok());
    let date = sale.session.date;
    let (day, month, year) = (date.day(), date.month(), date.year());
    for query in [
        format!("random=0.17&pincode={pincode}&precaution_flag=true&date={}&&=&x", sale.date()),
        format!("date={}&pincode={pincode}&pincode=1", sale.date()),
        format!("pincode={pincode}&date={day}-{month}-{year}"),
        format!("pincode={pincode}&date={day:02}-{month:02}-{:02}", year % 100),
        format!("pincode=%20{pincode}&date={day}-{month}-{:02}", year % 100),
    ] {
        let answer = server.get(format!("{PUBLIC}/findByPin?{query}")).send();
        assert_eq!(answer.body, clean.body, "{query}");
    }
}

#[test]
fn what_is_missing_and_what_is_wrong_have_codes_of_their_own() {
    let server = TestServer::shared();
    let refused =
        |query: &str, code| server.get(format!("{PUBLIC}/{query}")).send().refused(400, code);
    for query in [
        "findByPin",
        "findByPin?pincode=110001",
        "findByPin?date=01-05-2021",
        "calendarByPin?pincode=&date=01-05-2021",
        "findByDistrict?date=01-05-2021",
        "calendarByDistrict?district_id=1",
        "calendarByCenter?date=01-05-2021",
    ] {
        assert_eq!(refused(query, "USRRES0001"), "Input parameter missing");
    }
    for pincode in ["11000", "1100011", "011001", "abcdef", "999999", "-10001"] {
        let query = format!("findByPin?pincode={pincode}&date=01-05-2021");
        assert_eq!(refused(&query, "APPOIN0018"), "Invalid Pincode");
    }
    for date in ["31-02-2021", "2021-05-01", "00-00-0000", "tomorrow", "1/5/2021", "01-05-2021-1"] {
        refused(&format!("findByPin?pincode=110001&date={date}"), "USRRES0002");
    }
    refused("findByDistrict?district_id=delhi&date=01-05-2021", "USRRES0002");
    refused("findByDistrict?district_id=-1&date=01-05-2021", "USRRES0002");
}

#[test]
fn an_unknown_district_and_a_day_without_sessions_are_empty() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    for district in ["65535", "65536", "18446744073709551615"] {
        let query = format!("district_id={district}&date={}", sale.date());
        let find = server.get(format!("{PUBLIC}/findByDistrict?{query}")).send().ok();
        assert_eq!(find, json!({ "sessions": [] }));
        let calendar = server.get(format!("{PUBLIC}/calendarByDistrict?{query}")).send().ok();
        assert_eq!(calendar, json!({ "centers": [] }));
    }
    for date in ["01-05-2021", "31-12-9999", "01-01-0001"] {
        let query = format!("pincode={}&date={date}", sale.centre.pincode);
        let find = server.get(format!("{PUBLIC}/findByPin?{query}")).send().ok();
        assert_eq!(find, json!({ "sessions": [] }), "{date}");
    }
}

#[test]
fn other_languages_add_companions_and_english_omits_them() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let path = format!("{PUBLIC}/findByPin?{}", sale.by_pin());
    let ask =
        |path: &str, language: &str| server.get(path).header("Accept-Language", language).send();
    let plain = server.get(&path).send();
    for language in ["en_US", "en-GB,hi;q=0.5", "xx", "", "*"] {
        assert_eq!(ask(&path, language).body, plain.body, "{language}");
    }
    for language in ["hi_IN", "hi-IN", "hi", "xx, HI_in;q=0.3"] {
        let answer = ask(&path, language).ok();
        let names = shape(sale.within(&answer));
        for member in ["name_l", "address_l", "state_name_l", "district_name_l", "block_name_l"] {
            assert!(names.contains(&format!("{member}:string")), "{language}: {names}");
        }
    }
    let vary = plain.header("vary").unwrap().to_owned();
    assert!(vary.contains("accept-language") && vary.contains("accept-encoding"), "{vary}");
    for (path, list, member) in [
        ("/api/v2/admin/location/states", "states", "state_name_l"),
        ("/api/v2/admin/location/districts/9", "districts", "district_name_l"),
        ("/api/v2/registration/beneficiary/idTypes", "types", "type_l"),
        ("/api/v2/registration/beneficiary/genders", "genders", "gender_l"),
    ] {
        assert!(ask(path, "hi_IN").ok()[list][0][member].is_string(), "{path}");
        assert!(ask(path, "en_US").ok()[list][0][member].is_null(), "{path}");
    }
    let genders = ask("/api/v2/registration/beneficiary/genders", "hi_IN").ok();
    assert_ne!(genders["genders"][0]["gender_l"], genders["genders"][0]["gender"], "translated");
}

#[test]
fn protected_searches_need_a_token() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    for path in [
        format!("{PERSONAL}/findByPin?{}", sale.by_pin()),
        format!("{PERSONAL}/findByDistrict?{}", sale.by_district()),
        format!("{PERSONAL}/calendarByPin?{}", sale.by_pin()),
        format!("{PERSONAL}/calendarByDistrict?{}", sale.by_district()),
        format!("{PERSONAL}/calendarByCenter?{}", sale.by_centre()),
        format!("{PERSONAL}/search?{}", sale.by_district()),
        format!("{V4}/calendarByPin?{}", sale.by_pin()),
        format!("{V4}/calendarByDistrict?{}", sale.by_district()),
        format!("/api/v2/appointment/centers/findByLatLong?{}", sale.nearby()),
    ] {
        server.get(&path).send().unauthenticated();
        server.get(&path).token("nonsense").send().unauthenticated();
        server.account().get(&path).send().ok();
    }
}

#[test]
fn head_answers_the_headers_of_get_alone() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let path = format!("{PUBLIC}/findByPin?{}", sale.by_pin());
    let get = server.get(&path).send();
    let mut wire = server.wire();
    wire.send(server.call("HEAD", &path).to_bytes());
    wire.send(server.get("/healthz").to_bytes());
    let head = wire.read(true).unwrap();
    assert_eq!((head.status, head.header("content-length")), (200, get.header("content-length")));
    assert_eq!(head.header("content-type"), get.header("content-type"));
    assert_eq!(wire.read(false).unwrap().text(), "alive", "nothing stands between the two answers");
}

#[test]
fn browsers_can_read_every_answer_and_every_refusal() {
    let server = TestServer::shared();
    let path = format!("{PUBLIC}/findByPin");
    let schedule = "/api/v2/appointment/schedule";
    for (answer, status) in [
        (server.get("/api/v2/admin/location/states").send(), 200),
        (server.get(&path).send(), 400),
        (server.get("/api/v2/appointment/beneficiaries").send(), 401),
        (server.post("/api/v2/auth/generateOTP").json(&json!({})).send(), 403),
        (server.get("/api/v2/nothing").send(), 404),
        (server.post(&path).send(), 405),
        (server.call("OPTIONS", schedule).send(), 204),
    ] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{status}");
    }
    let preflight = server
        .call("OPTIONS", schedule)
        .header("Origin", "https://example.org")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization, content-type, idempotency-key")
        .send();
    preflight.done();
    let allowed = preflight.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
    for name in ["authorization", "content-type", "x-api-key", "idempotency-key", "accept-language"]
    {
        assert!(allowed.split(", ").any(|header| header == name), "{name}");
    }
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("POST"));
}

#[test]
fn unknown_paths_and_methods_are_typed_refusals() {
    let server = TestServer::shared();
    for path in [
        "/",
        "/api",
        "/api/v2/appointment/sessions/public/findByPin/",
        "/API/v2/admin/location/states",
    ] {
        server.get(path).send().refused(404, "USRRES0004");
    }
    for method in ["PUT", "DELETE", "PATCH", "BREW"] {
        let answer = server.call(method, &format!("{PUBLIC}/findByPin")).send();
        answer.refused(405, "USRRES0005");
        assert_eq!(answer.header("allow"), Some("GET, OPTIONS"), "{method}");
    }
}
