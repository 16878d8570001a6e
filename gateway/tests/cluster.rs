//! Several gateways on one ledger: they sell the same seats, and none of them twice.

use crate::support::{Account, Clinic, Country, Offer, Sale, TestServer, at_once, eventually};
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::{BeneficiaryRef, Session, SessionState};
use std::time::{Duration, Instant};

/// The same person at another gateway: a token is good at all of them.
fn at<'a>(server: &'a TestServer, account: &Account<'_>) -> Account<'a> {
    Account { server, mobile: account.mobile.clone(), token: account.token.clone() }
}

/// What a search that must not be a moment old shows of the first dose.
fn exactly(server: &TestServer, sale: &Sale) -> u64 {
    let path = format!("/api/v2/appointment/sessions/public/findByPin?{}", sale.by_pin());
    let answer = server.get(path).header("Cache-Control", "no-cache").send().ok();
    let sessions = answer["sessions"].as_array().expect("sessions");
    let session = sessions.iter().find(|session| session["session_id"] == sale.id());
    session.map_or(0, |session| session["available_capacity_dose1"].as_u64().expect("a number"))
}

#[test]
fn three_gateways_sell_one_session_exactly_once() {
    let country = Country::start(3);
    let sale = country[0].sell(Offer { seats: [150, 0, 0], ..Offer::default() });
    let servers: Vec<_> = country.running().collect();
    eventually("all have it", || {
        servers.iter().all(|server| exactly(server, &sale) == 150).then_some(())
    });
    let clients = at_once(&[0, 1, 2].repeat(16), |gateway| (*gateway, country[*gateway].family(4)));
    let answers = at_once(&clients, |(gateway, (account, people))| {
        let book = |(round, person)| {
            let server = &country[(gateway + round) % 3];
            at(server, account).booking(&sale, std::slice::from_ref(person)).send()
        };
        people.iter().enumerate().map(book).collect::<Vec<_>>()
    });
    let (booked, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().flatten().partition(|answer| answer.status == 200);
    assert_eq!((booked.len(), refused.len()), (150, 42));
    for answer in refused {
        answer.refused(409, "APPOIN0040");
    }
    for server in servers {
        assert_eq!(exactly(server, &sale), 0);
        server.assert_sound();
    }
}

#[test]
fn a_booking_at_one_gateway_shows_at_the_others_at_once_or_soon() {
    let country = Country::start(2);
    let sale = country[0].sell(Offer::default());
    assert_eq!(exactly(&country[1], &sale), 10, "published there");
    let (account, people) = country[0].family(3);
    for (at, person) in people.iter().enumerate() {
        account.booking(&sale, std::slice::from_ref(person)).send().ok();
        assert_eq!(exactly(&country[1], &sale), 9 - at as u64);
    }
    // Without a wish it is bounded by the feed, and shows it is somebody's to give back.
    let id = account.people()[0]["appointments"][0]["appointment_id"].clone();
    let elsewhere = self::at(&country[1], &account);
    elsewhere.cancelling(id.as_str().expect("an id"), &[]).send().done();
    let asked = Instant::now();
    eventually("the seat is free again", || (country[0].free(&sale)[1] == 8).then_some(()));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[test]
fn what_one_gateway_cancels_no_other_sells() {
    let country = Country::start(2);
    let sale = country[0].sell(Offer::default());
    assert_eq!(exactly(&country[1], &sale), 10);
    let cancelled = Session { state: SessionState::Cancelled, version: 2, ..sale.session.clone() };
    country[0].publish(Vec::new(), vec![cancelled]);
    let (account, people) = country[1].family(1);
    account.booking(&sale, &people).send().refused(400, "APPOIN0015");
    assert_eq!(exactly(&country[1], &sale), 0);
}

#[test]
fn a_gateway_that_stops_leaves_no_seat_behind() {
    let mut country = Country::start(3);
    let sale = country[0].sell(Offer { seats: [60, 0, 0], ..Offer::default() });
    assert_eq!((exactly(&country[1], &sale), exactly(&country[2], &sale)), (60, 60));
    let book = |servers: &[usize], rounds: usize| -> usize {
        let booked = at_once(&servers.repeat(rounds), |gateway| {
            let (account, people) = country[*gateway].family(2);
            account.booking(&sale, &people).send().status
        });
        booked.into_iter().filter(|status| *status == 200).count()
    };
    let first = book(&[0, 1, 2], 4);
    assert_eq!(first, 12);
    country.stop(1);
    let newcomer = country.add();
    let second = at_once(&[0, 2, newcomer].repeat(8), |gateway| {
        let (account, people) = country[*gateway].family(2);
        account.booking(&sale, &people).send().status
    });
    assert_eq!(second.into_iter().filter(|status| *status == 200).count(), 18);
    for server in country.running() {
        assert_eq!(exactly(server, &sale), 0);
    }
}

#[test]
fn a_gateway_out_of_touch_answers_nothing_from_memory_and_comes_back_by_itself() {
    let country = Country::start(2);
    let sale = country[0].sell(Offer::default());
    assert_eq!(exactly(&country[1], &sale), 10);
    let search = format!("/api/v2/appointment/sessions/public/findByPin?{}", sale.by_pin());
    country.front(1).cut();
    eventually("not ready", || (country[1].get("/readyz").send().status == 503).then_some(()));
    country[1].get(search).send().refused(503, "USRRES0008");
    let (account, people) = country[0].family(1);
    account.booking(&sale, &people).send().ok();
    // Longer than its term: the other takes it for dead.
    eventually("dismissed", || {
        let metrics = country[0].get("/metrics").send().text();
        metrics.contains("opencowin_gateways_dismissed 1").then_some(())
    });
    country.front(1).mend();
    eventually("ready", || (country[1].get("/readyz").send().status == 200).then_some(()));
    assert_eq!(country[1].free(&sale)[1], 9, "up to date before it answers again");
    let (account, people) = country[1].family(1);
    account.booking(&sale, &people).send().ok();
    assert_eq!(exactly(&country[0], &sale), 8);
}

#[test]
fn a_day_that_passes_at_one_gateway_passes_at_all() {
    let country = Country::start(2);
    let sale = country[0].sell(Offer { days_ahead: 1, ..Offer::default() });
    assert_eq!(exactly(&country[1], &sale), 10);
    let (account, people) = country[1].family(1);
    let there = country[0].advance(2 * 86_400);
    eventually("the same time", || (country[1].advance(0) >= there).then_some(()));
    account.booking(&sale, &people).send();
    eventually("over", || (exactly(&country[1], &sale) == 0).then_some(()));
}

/// What a gateway's metrics say.
fn gauge(server: &TestServer, name: &str) -> u64 {
    let text = server.get("/metrics").key().send().text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.expect("a figure").parse().expect("a number")
}

#[test]
fn gateways_share_the_signing_and_certify_each_dose_once() {
    let country = Country::start(2);
    // Each has its own day, to whose morning the clock is moved.
    let clinics: Vec<_> = (0..8)
        .map(|_| {
            let clinic = Clinic::open(&country[0], 4);
            clinic.receive(4).ok();
            clinic.patients.iter().for_each(|patient| clinic.vaccinate(patient));
            clinic
        })
        .collect();
    let stored = || [0, 1].map(|at| gauge(&country[at], "opencowin_certificates_stored"));
    eventually("all are certified", || (stored().iter().sum::<u64>() >= 32).then_some(()));
    let [one, other] = stored();
    assert!(one + other == 32 && one > 0 && other > 0, "{one} and {other}");
    for patient in clinics.iter().flat_map(|clinic| &clinic.patients) {
        let who = BeneficiaryRef::new(patient.reference.parse().unwrap()).unwrap();
        let doses = block_on(country[1].app().ledger().read().certificates_of(who)).unwrap();
        assert_eq!(doses.iter().map(|dose| dose.certificates.len()).collect::<Vec<_>>(), [1]);
    }
    country.running().for_each(TestServer::assert_sound);
}
