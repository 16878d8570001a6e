//! More than one generator machine: what is led, what is lost, and who is let in.

use crate::faults::rush;
use crate::support::scenarios::{BOOKING, COUNTER, SEARCHING};
use crate::support::{Catalogue, Fault, Harness, StandIn, When, Worker};
use opencowin_loadtest::result::ViolationKind;
use std::time::{Duration, Instant};

/// A run of this scenario that the workers offer.
fn led(standin: &StandIn, scenario: &str, workers: &[&Worker]) -> Harness {
    let addresses: Vec<_> = workers.iter().map(|worker| worker.address()).collect();
    Harness::run(&standin.url(), scenario).set("--workers", &addresses.join(","))
}

/// A scenario that would go on for a minute.
fn endless(scenario: &str) -> String {
    assert!(scenario.contains("duration = \"2s\""));
    scenario.replace("duration = \"2s\"", "duration = \"60s\"")
}

/// Waits until traffic flows.
#[track_caller]
fn wait_for_traffic(standin: &StandIn) {
    let started = Instant::now();
    while standin.served("/api/v2/appointment/") < 50 {
        assert!(started.elapsed() < Duration::from_secs(10), "no traffic");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// That no request comes any more, at the latest after this long.
#[track_caller]
fn assert_quiet_after(standin: &StandIn, patience: Duration) {
    std::thread::sleep(patience);
    let before = standin.served("/");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(standin.served("/"), before, "traffic goes on");
}

#[test]
fn certificates_that_two_workers_wait_for_are_told_together() {
    let catalogue = Catalogue { seats: 400, some_from_45: false, ..Catalogue::default() };
    let standin = StandIn::new(catalogue);
    let (a, b) = (Worker::start(), Worker::start());
    // Each thread of both machines needs a facility of its own.
    let scenario = COUNTER.replace("facilities = 3", "facilities = 16");
    let ended = led(&standin, &scenario, &[&a, &b]).set("--slo", "certificate.p99<5s").end();
    ended.ended(0, &["met    certificate.p99<5s for certificate"]);
    let waits = &ended.result().operations["certificate"];
    assert!(waits.awaited && waits.count > 20, "{}", ended.told());
    assert_eq!((waits.count, waits.histogram.count()), (standin.doses(), waits.count));
}

#[test]
fn two_workers_share_a_scenario_and_their_counts_add_up() {
    let standin = StandIn::default();
    let (a, b) = (Worker::start(), Worker::start());
    let ended = led(&standin, BOOKING, &[&a, &b]).end();
    ended.ended(0, &[]);
    let result = ended.result();
    let told: Vec<_> = result.workers.iter().map(|one| (&*one.address, &*one.state)).collect();
    assert_eq!(told, [(a.address(), "finished"), (b.address(), "finished")]);
    let counted: u64 = result.operations.values().map(|one| one.count).sum();
    // What is looked up before the start belongs to nobody: states, and the districts of each, on both machines.
    let looked_up = standin.served("/api/v2/admin/location");
    assert_eq!(counted, standin.served("/") - looked_up, "{}", ended.told());
    let requests: Vec<u64> = result.workers.iter().map(|one| one.requests).collect();
    let traffic: u64 = result.traffic().map(|(_, one)| one.count).sum();
    assert_eq!(requests.iter().sum::<u64>(), traffic);
    assert!(requests.iter().all(|one| *one > traffic / 4), "{requests:?}");
    assert_eq!((result.rate_target, result.scenario.connections), (150.0, 16));
    let rows: u64 = result.intervals.iter().map(|row| row.ended).sum();
    assert_eq!(rows, traffic, "{}", ended.told());
    let bookings = &result.bookings;
    assert!(bookings.confirmed > 10, "{bookings:?}");
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
}

#[test]
fn one_session_that_two_workers_sell_is_judged_as_one() {
    let (a, b) = (Worker::start(), Worker::start());
    let standin = StandIn::new(Catalogue::one_session(20));
    let ended = led(&standin, &rush(80), &[&a, &b]).end();
    ended.ended(0, &[]);
    let bookings = &ended.result().bookings;
    let sold = (bookings.confirmed, bookings.sold_out, bookings.sessions, bookings.oversold);
    assert_eq!(sold, (20, 1, 1, 0), "{}", ended.told());
    assert_eq!(standin.seats_sold(), 20, "{}", ended.told());
    assert!(bookings.read_back >= 20, "{bookings:?}");
    let in_play = ended.said.matches("were in play").count();
    assert_eq!(in_play, 1, "said once, not by each: {}", ended.said);
    assert!(bookings.time_to_sell_out_s.is_some(), "{bookings:?}");
    assert_eq!(bookings.seats_left.last().map(|left| left.1), Some(0), "{bookings:?}");
}

#[test]
fn a_seat_too_many_shows_though_neither_worker_sold_too_many() {
    let (a, b) = (Worker::start(), Worker::start());
    let standin = StandIn::new(Catalogue::one_session(20));
    standin.switch_on(Fault::Slow(Duration::from_millis(200)), When::Always, "/calendarByPin");
    standin.switch_on(Fault::OversellOne, When::Nth(3), "/schedule");
    let ended = led(&standin, &rush(80), &[&a, &b]).end();
    assert_eq!(standin.seats_sold(), 21, "{}", ended.told());
    assert_eq!((ended.broke(ViolationKind::Oversold), ended.result().bookings.oversold), (1, 1));
}

#[test]
fn a_worker_that_dies_is_named_and_what_the_other_saw_is_kept() {
    let standin = StandIn::default();
    let (a, mut b) = (Worker::start(), Worker::start());
    let run = led(&standin, SEARCHING, &[&a, &b]).set("--duration", "1200ms");
    let running = run.start();
    wait_for_traffic(&standin);
    b.kill();
    let ended = running.end();
    ended.ended(2, &[b.address(), "died after", "missing"]);
    let result = ended.result();
    let [first, second] = result.workers.as_slice() else { panic!("{}", ended.told()) };
    assert_eq!(first.state, "finished");
    assert!(second.address == b.address() && second.state.starts_with("died after"), "{second:?}");
    assert!(!result.valid && result.violations.is_empty(), "{}", ended.told());
    assert_eq!(result.operations["calendarByDistrict"].count, first.requests);
    // Sixty on average, at random; as few as this is all but impossible.
    assert!(first.requests > 20, "{first:?}");
}

#[test]
fn a_run_of_which_every_worker_dies_still_ends() {
    let standin = StandIn::default();
    let mut worker = Worker::start();
    let running = led(&standin, &endless(SEARCHING), &[&worker]).start();
    wait_for_traffic(&standin);
    worker.kill();
    running.end().ended(2, &[worker.address(), "died after"]);
}

#[test]
fn a_worker_that_somebody_ends_says_so() {
    let standin = StandIn::default();
    let (a, b) = (Worker::start(), Worker::start());
    let running = led(&standin, SEARCHING, &[&a, &b]).start();
    wait_for_traffic(&standin);
    b.interrupt();
    let ended = running.end();
    ended.ended(2, &["ended after"]);
    assert!(ended.result().workers.iter().all(|one| one.requests > 0), "{}", ended.told());
}

#[test]
fn who_does_not_know_the_secret_is_turned_away() {
    let standin = StandIn::default();
    let worker = Worker::with(&["--secret", "open-sesame"]);
    led(&standin, SEARCHING, &[&worker]).end().ended(2, &[worker.address(), "secret"]);
    let ended = led(&standin, SEARCHING, &[&worker]).set("--secret", "wrong-barley").end();
    ended.ended(2, &[worker.address(), "secret"]);
    assert!(!ended.said.contains("sesame") && !ended.said.contains("barley"), "{}", ended.said);
    assert_eq!(standin.served("/"), 0);
    let right = led(&standin, SEARCHING, &[&worker]).set("--secret", "open-sesame");
    let ended = right.set("--duration", "500ms").end();
    ended.ended(0, &[]);
    assert!(!ended.said.contains("sesame") && !ended.json.contains("sesame"));
}

#[test]
fn what_is_no_worker_is_named() {
    let standin = StandIn::default();
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let with =
        |address: &str| Harness::run(&standin.url(), SEARCHING).set("--workers", address).end();
    with(&nobody).ended(2, &[&nobody, "refused"]);
    with("127.0.0.1").ended(2, &["127.0.0.1"]);
    let web = standin.address().to_string();
    with(&web).ended(2, &[&web]);
}

#[test]
fn a_worker_that_is_busy_is_named_and_goes_on() {
    let standin = StandIn::default();
    let worker = Worker::start();
    let first = led(&standin, &endless(SEARCHING), &[&worker]).start();
    wait_for_traffic(&standin);
    led(&standin, SEARCHING, &[&worker]).end().ended(2, &[worker.address(), "busy"]);
    let before = standin.served("/");
    std::thread::sleep(Duration::from_millis(300));
    assert!(standin.served("/") > before, "the first run goes on");
    first.interrupt();
    first.end().ended(2, &["ended after"]);
}

#[test]
fn a_worker_open_to_others_needs_a_secret() {
    let ended = Harness::with(&["worker", "--listen", "0.0.0.0:0"]).end();
    ended.ended(2, &["--secret"]);
    assert!(!ended.said.contains("listening on"), "{}", ended.said);
}

#[test]
fn what_no_worker_can_use_is_told_by_the_leader() {
    let standin = StandIn::default();
    standin.go_down();
    let (a, b) = (Worker::start(), Worker::start());
    led(&standin, SEARCHING, &[&a, &b]).end().ended(2, &["worker", "nobody answers"]);
    // Both are ready for the next.
    standin.come_back();
    led(&standin, SEARCHING, &[&a, &b]).set("--duration", "500ms").end().ended(0, &[]);
}

#[test]
fn ctrl_c_at_the_leader_ends_the_workers_traffic_and_keeps_what_there_is() {
    let standin = StandIn::default();
    let (a, b) = (Worker::start(), Worker::start());
    let running = led(&standin, &endless(BOOKING), &[&a, &b]).start();
    wait_for_traffic(&standin);
    running.interrupt();
    let ended = running.end();
    ended.ended(2, &["ended after"]);
    assert_quiet_after(&standin, Duration::ZERO);
    let result = ended.result();
    assert!(result.duration_s < 5.0 && result.violations.is_empty(), "{}", ended.told());
    assert!(result.workers.iter().all(|one| one.state == "finished" && one.requests > 0));
    let bookings = &result.bookings;
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
}

#[test]
fn a_worker_whose_leader_is_gone_ends_its_traffic_and_serves_the_next() {
    let standin = StandIn::default();
    let worker = Worker::start();
    let running = led(&standin, &endless(SEARCHING), &[&worker]).start();
    wait_for_traffic(&standin);
    running.kill();
    assert_quiet_after(&standin, Duration::from_millis(700));
    let ended = led(&standin, SEARCHING, &[&worker]).set("--duration", "500ms").end();
    ended.ended(0, &[]);
    assert_eq!(ended.result().workers[0].state, "finished");
}
