//! Targets with which something is wrong from the beginning, and those that go wrong on the way: a sentence that says
//! what, and the right exit status.

use crate::support::scenarios::{BOOKING, SEARCHING};
use crate::support::{Ended, Fault, Harness, StandIn, When};
use opencowin_loadtest::result::ViolationKind;
use std::time::Duration;

/// What becomes of a run against a stand-in that is wrong in this way from the beginning.
#[track_caller]
fn from_the_beginning(fault: Fault) -> Ended {
    let standin = StandIn::default();
    standin.switch(fault, When::Always);
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    ended.ended(2, &["the target cannot be used", "states"]);
    ended
}

/// What becomes of a run against a stand-in whose searches go wrong now and then, in this way.
#[track_caller]
fn on_the_way(fault: Fault) -> Ended {
    let standin = StandIn::default();
    standin.switch_on(fault, When::Share(0.05), "/calendarBy");
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    let result = ended.result();
    assert!(
        result.valid && result.operations["calendarByDistrict"].count > 100,
        "{}",
        ended.told()
    );
    ended
}

#[test]
fn a_target_that_is_down_is_named() {
    let standin = StandIn::default();
    standin.go_down();
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    ended.ended(2, &[&standin.url(), "nobody answers"]);
}

#[test]
fn a_name_that_leads_nowhere_is_named() {
    let ended = Harness::run("http://nobody.invalid", SEARCHING).end();
    ended.ended(2, &["nobody.invalid"]);
}

#[test]
fn a_target_that_resets_every_connection_is_named() {
    from_the_beginning(Fault::Reset).ended(2, &["reset"]);
}

#[test]
fn a_target_that_never_answers_is_named() {
    from_the_beginning(Fault::Slow(Duration::from_secs(20))).ended(2, &["timeout"]);
}

#[test]
fn a_target_that_sends_half_of_its_bodies_is_named() {
    from_the_beginning(Fault::HalfBody).ended(2, &["truncated"]);
}

#[test]
fn a_target_that_sends_wrong_json_is_named() {
    from_the_beginning(Fault::WrongJson).ended(2, &["malformed"]);
}

#[test]
fn a_target_that_sends_everybody_elsewhere_is_named() {
    from_the_beginning(Fault::Redirect).ended(2, &["redirect"]);
}

#[test]
fn another_product_is_named() {
    from_the_beginning(Fault::AnotherProduct).ended(2, &["malformed"]);
}

#[test]
fn what_is_not_http_is_named() {
    from_the_beginning(Fault::NotHttp).ended(2, &["not http"]);
}

#[test]
fn a_target_that_fails_always_is_named() {
    from_the_beginning(Fault::ServerError).ended(2, &["500"]);
}

#[test]
fn errors_on_the_way_are_counted_by_their_kind_and_break_no_rule() {
    let cases = [
        (Fault::HalfBody, "truncated"),
        (Fault::Redirect, "redirect"),
        (Fault::ServerError, "status 500"),
        (Fault::NotHttp, "not HTTP"),
        (Fault::Reset, "reset"),
        (Fault::Slow(Duration::from_millis(1500)), "timeout"),
    ];
    let runs = cases.map(|(fault, kind)| (kind, std::thread::spawn(move || on_the_way(fault))));
    for (kind, run) in runs {
        let ended = run.join().expect("no panic");
        ended.ended(0, &[]);
        assert!((5..=20).contains(&ended.errors(kind)), "{kind}: {}", ended.told());
        assert!(ended.result().error_share > 0.02, "{kind}");
    }
}

#[test]
fn bodies_that_go_wrong_on_the_way_break_a_rule() {
    for fault in [Fault::WrongJson, Fault::AnotherProduct] {
        assert!(on_the_way(fault).broke(ViolationKind::MalformedBody) >= 5);
    }
}

#[test]
fn errors_miss_a_threshold_that_allows_none() {
    let standin = StandIn::default();
    standin.switch_on(Fault::ServerError, When::Share(0.05), "/calendarBy");
    let ended = Harness::run(&standin.url(), SEARCHING).set("--slo", "errors<1%").end();
    ended.ended(1, &["errors<1%"]);
}

#[test]
fn a_target_that_gives_no_passwords_is_told_from_one_that_sells_nothing() {
    let standin = StandIn::default();
    standin.switch_on(Fault::ServerError, When::Always, "/auth/");
    let ended = Harness::run(&standin.url(), BOOKING).end();
    assert!(ended.errors("status 500") > 0, "{}", ended.told());
    assert_eq!(ended.result().bookings.confirmed, 0);
}
