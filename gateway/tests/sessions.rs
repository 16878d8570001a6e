//! The life of a session: drawn up, published, resized, closed, moved and cancelled, and how everybody learns of it.

use crate::support::{
    Account, Country, Holding, Offer, Sale, TestServer, draft, eventually, mobile, on_spot, plan,
    walk_in,
};
use opencowin_model::{Capacity, Hours, Seats, TimeOfDay, date};
use serde_json::{Value, json};

fn available(session: &Value) -> u64 {
    session["available_capacity_dose1"].as_u64().expect("a number")
}

/// What was said to a number last.
fn told(account: &Account<'_>) -> String {
    let outbox = account.server.get(format!("/sandbox/outbox?mobile={}", account.mobile));
    let outbox = outbox.send().ok();
    let last = outbox["messages"].as_array().and_then(|messages| messages.last().cloned());
    last.map_or_else(String::new, |message| message["text"].as_str().unwrap().to_owned())
}

/// The same person at another gateway: a token is good at all of them.
fn at<'a>(server: &'a TestServer, account: &Account<'_>) -> Account<'a> {
    Account { server, mobile: account.mobile.clone(), token: account.token.clone() }
}

/// Waits until everybody who has booked was seen to.
fn settled(here: &Holding<'_>) {
    let done = || here.held().iter().all(|session| session["settled"] == true).then_some(());
    eventually("everybody was seen to", done);
}

#[test]
fn a_draft_is_nobodys_business_until_it_is_published_and_then_everybodys_at_once() {
    let server = TestServer::start();
    let here = server.holding();
    let draft = here.draft(plan(10), 1);
    assert_eq!(
        (&draft["obstacle"], &draft["slots"]),
        (&Value::Null, &json!(["09:00AM-11:00AM", "11:00AM-01:00PM"]))
    );
    assert!(here.shown().is_empty());
    let publish = json!({ "draft_id": draft["draft_id"] });
    let published = here.manager.does("publish", &publish).ok();
    assert_eq!(
        published["seats"]["online"],
        json!({ "capacity": [10, 0, 0], "free": [10, 0, 0], "taken": [0, 0, 0] })
    );
    let shown = here.shown();
    assert_eq!((shown.len(), &shown[0]["session_id"]), (1, &draft["draft_id"]));
    assert_eq!(here.manager.does("publish", &publish).ok(), published, "asked again");
    assert_eq!((here.shown().len(), here.drafts().len()), (1, 0));
    let (account, people) = server.family(2);
    account.books(&shown[0], &people).ok();
    assert_eq!(here.held()[0]["seats"]["online"]["taken"], json!([2, 0, 0]));
}

#[test]
fn a_draft_is_drawn_up_anew_or_thrown_away() {
    let server = TestServer::start();
    let here = server.holding();
    let draft = here.draft(plan(10), 1);
    let mut anew = plan(30);
    anew["draft_id"] = draft["draft_id"].clone();
    let anew = here.draft(anew, 3);
    assert_eq!((&anew["draft_id"], &anew["online"]), (&draft["draft_id"], &json!([30, 0, 0])));
    assert_eq!(here.drafts(), [anew]);
    let id = json!({ "draft_id": draft["draft_id"] });
    let elsewhere = server.holding();
    elsewhere.manager.does("discard", &id).refused(403, "USRRES0011");
    elsewhere.manager.does("publish", &id).refused(403, "USRRES0011");
    here.manager.does("discard", &id).done();
    here.manager.does("publish", &id).refused(404, "USRRES0012");
    assert!(here.drafts().is_empty());
}

#[test]
fn what_a_facility_does_not_offer_is_not_drawn_up() {
    let server = TestServer::start();
    let here = server.holding();
    let wrong = |name: &str, value: Value| {
        let mut plan = plan(10);
        plan["date"] = date::to_wire_string(here.day(1)).into();
        plan[name] = value;
        here.manager.does("draft", &plan)
    };
    wrong("vaccine", json!("SPUTNIK V")).refused(409, "SESSIO0003");
    wrong("from", json!("07:00")).refused(409, "SESSIO0003");
    wrong("online", json!([0, 0, 0])).ok();
    wrong("online", json!([-1, 0, 0])).refused(400, "USRRES0002");
    wrong("online", json!([9999, 0, 0])).refused(400, "USRRES0002");
    wrong("date", json!(date::to_wire_string(here.day(-1)))).refused(400, "USRRES0002");
    wrong("slots", json!(["09:00AM-02:00PM"])).refused(400, "USRRES0002");
    wrong("center_id", json!(999_999)).refused(404, "USRRES0012");
}

#[test]
fn a_draft_is_published_by_itself_when_its_time_has_come_once_on_all_gateways() {
    let country = Country::start(2);
    let mut here = country[0].holding();
    let mut timed = plan(10);
    let at = country[0].advance(0) + jiff::SignedDuration::from_mins(30);
    timed["publish_at"] = at.to_string().into();
    let draft = here.draft(timed, 1);
    assert!(draft["publish_at"].is_string());
    country[0].advance(29 * 60);
    here.open_again();
    assert_eq!((here.drafts().len(), here.shown().len()), (1, 0));
    country[0].advance(61);
    for server in country.running() {
        let shown = || server.week(here.centre, here.day(0));
        let shown = eventually("published", || Some(shown()).filter(|shown| !shown.is_empty()));
        assert_eq!((shown.len(), &shown[0]["session_id"]), (1, &draft["draft_id"]));
    }
    eventually("it is a draft no more", || here.drafts().is_empty().then_some(()));
}

#[test]
fn a_template_makes_a_draft_for_each_of_its_days_ahead_and_past_ones_are_cleared_away() {
    let server = TestServer::start();
    let mut here = server.holding();
    let mut template = plan(10);
    template["weekdays"] = json!(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    template["days_ahead"] = 3.into();
    template["starts"] = date::to_wire_string(here.day(1)).into();
    let template = here.manager.does("template", &template).ok();
    let drafts = |here: &Holding<'_>| -> Vec<Value> {
        here.drafts().into_iter().filter(|draft| draft["date"].is_string()).collect()
    };
    assert_eq!(drafts(&here).len(), 3);
    assert!(drafts(&here).iter().all(|draft| draft["template_id"] == template["draft_id"]));
    server.advance(86_400);
    here.open_again();
    eventually("a day further", || (drafts(&here).len() == 4).then_some(()));
    let discard = json!({ "draft_id": template["draft_id"] });
    here.manager.does("discard", &discard).done();
    assert_eq!(drafts(&here).len(), 4, "what was made stays");
    server.advance(5 * 86_400);
    here.open_again();
    eventually("past ones are cleared away", || drafts(&here).is_empty().then_some(()));
}

#[test]
fn a_session_grows_and_shrinks_but_never_below_what_is_sold() {
    let country = Country::start(2);
    let here = country[0].holding();
    let session = here.publish(plan(10), 1);
    let shown = |server: &TestServer| available(&server.week(here.centre, here.day(0))[0]);
    assert_eq!((shown(&country[0]), shown(&country[1])), (10, 10));
    let (account, people) = country[1].family(4);
    account.books(&session, &people).ok();
    let resize = |seats: u16| here.change("resize", &session, json!({ "online": [seats, 0, 0] }));
    resize(3).refused(409, "SESSIO0002");
    for seats in [4, 12, 7] {
        let resized = resize(seats).ok();
        assert_eq!(resized["seats"]["online"]["capacity"], json!([seats, 0, 0]));
        let free = u64::from(seats) - 4;
        assert_eq!((shown(&country[0]), shown(&country[1])), (free, free));
    }
    assert_eq!(here.held()[0]["seats"]["online"]["taken"], json!([4, 0, 0]));
    here.change("resize", &session, json!({})).refused(400, "USRRES0001");
    here.change("resize", &session, json!({ "online": [0, 0, 0], "on_spot": [0, 0, 0] }))
        .refused(400, "USRRES0002");
}

#[test]
fn seats_are_taken_away_while_others_book_and_none_is_sold_twice() {
    let server = TestServer::start();
    let here = server.holding();
    let session = here.publish(plan(60), 1);
    let families: Vec<_> = (0..8).map(|_| server.family(4)).collect();
    let (booked, refused) = std::thread::scope(|scope| {
        let buyers: Vec<_> = families
            .iter()
            .map(|(account, people)| {
                let book = |person| account.books(&session, std::slice::from_ref(person)).status;
                scope.spawn(move || people.iter().map(book).filter(|status| *status == 200).count())
            })
            .collect();
        let refused = (0..40).rev().find(|seats| {
            let body = json!({ "online": [seats, 0, 0] });
            here.change("resize", &session, body).status == 409
        });
        let booked: usize = buyers.into_iter().map(|buyer| buyer.join().unwrap()).sum();
        (booked, refused)
    });
    let seats = &here.held()[0]["seats"]["online"];
    assert_eq!(seats["taken"][0], json!(booked), "{refused:?}");
    assert_eq!(seats["capacity"][0], json!(booked as u64 + seats["free"][0].as_u64().unwrap()));
}

#[test]
fn a_closed_session_keeps_its_appointments_and_sells_nothing_until_it_is_opened() {
    let country = Country::start(2);
    let here = country[0].holding();
    let session = here.publish(plan(10), 1);
    let (account, people) = country[1].family(2);
    let shown = |server: &TestServer| available(&server.week(here.centre, here.day(0))[0]);
    assert_eq!(shown(&country[1]), 10);
    account.books(&session, &people[..1]).ok();
    assert_eq!(here.change("close", &session, json!({})).ok()["state"], "closed");
    assert_eq!((shown(&country[0]), shown(&country[1])), (0, 0));
    account.books(&session, &people[1..]).refused(400, "APPOIN0015");
    assert_eq!(account.appointments(&people[0]).len(), 1);
    here.change("resize", &session, json!({ "online": [20, 0, 0] })).refused(409, "SESSIO0001");
    assert_eq!(here.change("reopen", &session, json!({})).ok()["state"], "published");
    assert_eq!((shown(&country[0]), shown(&country[1])), (9, 9));
    account.books(&session, &people[1..]).ok();
}

#[test]
fn a_cancelled_session_is_gone_everywhere_at_once_and_everybody_is_told() {
    let country = Country::start(2);
    let here = country[0].holding();
    let (session, other) = (here.publish(plan(300), 1), here.publish(plan(10), 1));
    let families: Vec<_> = (0..60).map(|_| country[0].family(1)).collect();
    for (account, people) in &families {
        account.books(&session, people).ok();
    }
    assert_eq!(here.change("cancel", &session, json!({})).ok()["state"], "cancelled");
    for server in country.running() {
        let shown = server.week(here.centre, here.day(0));
        assert_eq!((shown.len(), &shown[0]["session_id"]), (1, &other["session_id"]));
    }
    let (account, people) = &families[59];
    assert!(account.appointments(&people[0]).is_empty(), "from the commit on it is not live");
    at(&country[1], account).books(&session, people).refused(400, "APPOIN0015");
    at(&country[1], account).books(&other, people).ok();
    settled(&here);
    for (account, _) in &families[..59] {
        assert!(told(account).contains("has been cancelled"), "{}", told(account));
    }
    here.change("cancel", &session, json!({})).ok();
    here.change("reopen", &session, json!({})).refused(409, "SESSIO0001");
}

#[test]
fn a_session_moves_to_another_day_with_its_appointments_and_everybody_is_told() {
    let country = Country::start(2);
    let here = country[0].holding();
    let session = here.publish(plan(100), 1);
    let families: Vec<_> = (0..60).map(|_| country[0].family(1)).collect();
    for (account, people) in &families {
        account.books(&session, people).ok();
    }
    let day = date::to_wire_string(here.day(3));
    let to = json!({ "date": day, "from": "14:00", "to": "18:00" });
    let moved = here.change("move", &session, to).ok();
    assert_eq!((&moved["session_id"], &moved["date"]), (&session["session_id"], &json!(day)));
    for server in country.running() {
        let shown = server.week(here.centre, here.day(0));
        assert_eq!((shown.len(), &shown[0]["date"], available(&shown[0])), (1, &json!(day), 40));
    }
    let (account, people) = &families[0];
    assert_eq!(
        account.appointments(&people[0])[0]["date"],
        json!(day),
        "for whoever looks before it was brought there"
    );
    settled(&here);
    for (account, people) in &families {
        let appointment = &account.appointments(&people[0])[0];
        assert_eq!(
            (&appointment["date"], &appointment["slot"]),
            (&json!(day), &json!("02:00PM-04:00PM"))
        );
        assert!(
            told(account).contains("has been moved to") && told(account).contains(&day),
            "{}",
            told(account)
        );
    }
    let id = account.appointments(&people[0])[0]["appointment_id"].as_str().unwrap().to_owned();
    at(&country[1], account).cancelling(&id, &[]).send().done();
    eventually("the seat is free there", || {
        (available(&country[0].week(here.centre, here.day(0))[0]) == 41).then_some(())
    });
    let back = date::to_wire_string(here.day(1));
    here.change("move", &session, json!({ "date": back })).ok();
    settled(&here);
    let (account, people) = &families[1];
    assert_eq!(account.appointments(&people[0])[0]["date"], json!(back));
}

#[test]
fn a_session_that_is_cancelled_on_its_way_to_another_day_forgets_nobody() {
    let server = TestServer::start();
    let here = server.holding();
    let session = here.publish(plan(100), 1);
    let families: Vec<_> = (0..4).map(|_| server.family(4)).collect();
    for (account, people) in &families {
        for person in people {
            account.books(&session, std::slice::from_ref(person)).ok();
        }
    }
    let day = date::to_wire_string(here.day(2));
    here.change("move", &session, json!({ "date": day })).ok();
    let (late, people) = server.family(1);
    late.books(&session, &people).ok();
    here.change("cancel", &session, json!({})).ok();
    settled(&here);
    for account in families.iter().map(|(account, _)| account).chain([&late]) {
        assert!(told(account).contains("has been cancelled"), "{}", told(account));
        assert!(account.people().iter().all(|person| person["appointments"] == json!([])));
    }
}

#[test]
fn other_hours_of_the_same_day_give_people_the_nearest_slot() {
    let server = TestServer::start();
    let here = server.holding();
    let session = here.publish(plan(10), 1);
    let [(early, one), (late, two)] = [server.family(1), server.family(1)];
    early.books(&session, &one).ok();
    let second = json!({ "dose": 1, "session_id": session["session_id"], "slot": "11:00AM-01:00PM", "beneficiaries": two });
    late.schedule(&second).send().ok();
    let said_before = told(&late);
    let hours = json!({ "from": "11:00", "to": "15:00" });
    here.change("move", &session, hours).ok();
    settled(&here);
    assert_eq!(early.appointments(&one[0])[0]["slot"], "11:00AM-01:00PM");
    assert_eq!(late.appointments(&two[0])[0]["slot"], "11:00AM-01:00PM");
    assert!(told(&early).contains("has been moved"));
    assert_eq!(told(&late), said_before, "nothing has changed for them");
    here.change("move", &session, json!({ "date": date::to_wire_string(here.day(-1)) }))
        .refused(400, "USRRES0002");
}

#[test]
fn an_officer_stops_any_session_of_the_district_and_none_elsewhere() {
    let server = TestServer::start();
    let (here, there) = (server.holding(), server.holding());
    let session = here.publish(plan(10), 1);
    let body = json!({ "session_id": session["session_id"] });
    there.officer.does("cancel", &body).refused(403, "USRRES0011");
    there.manager.does("cancel", &body).refused(403, "USRRES0011");
    here.officer.does("cancel", &body).ok();
    assert!(here.shown().is_empty());
    here.officer.get("/api/v2/vaccinator/sessions").send().refused(400, "USRRES0001");
    let path = format!("/api/v2/vaccinator/sessions?center_id={}", here.centre);
    let held = here.officer.get(path).send().ok();
    assert_eq!(held["sessions"][0]["state"], "cancelled");
}

#[test]
fn late_on_its_day_those_who_walk_in_get_what_nobody_has_booked_online() {
    let server = TestServer::start();
    let time = |hour, minute| TimeOfDay::new(hour, minute).unwrap();
    let whole_day = Hours::new(time(0, 0), time(23, 59)).unwrap();
    let today = |walk_in_from| {
        let mut sale = draft(Offer { days_ahead: 0, ..Offer::default() }, server.today());
        sale.session.capacity = Capacity::new(Seats([2, 0, 0]), Seats([1, 0, 0]), Seats::default());
        (sale.session.hours, sale.session.slots) = (whole_day, vec![whole_day]);
        sale.session.walk_in_from = walk_in_from;
        server.publish(vec![sale.centre.clone()], vec![sale.session.clone()]);
        sale
    };
    let come = |sale: &Sale| {
        let vaccinator = server.vaccinator(sale);
        let who = vaccinator.enrol(&walk_in(&mobile()));
        vaccinator.scheduling(&on_spot(sale, &[&who])).send()
    };
    let (open, kept) = (today(Some(time(0, 0))), today(None));
    for free_online in [2, 1, 0] {
        come(&open).ok();
        assert_eq!(server.free(&open)[1], free_online);
    }
    come(&open).refused(409, "APPOIN0040");
    come(&kept).ok();
    come(&kept).refused(409, "APPOIN0040");
    assert_eq!(server.free(&kept)[1], 2);
}
