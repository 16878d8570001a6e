//! Limits that are kept: what they do to bots, and what honest people make of them.

use crate::support::{Ended, Gateway, Harness};
use opencowin_loadtest::limit::Limit;
use opencowin_loadtest::result::GroupResult;

/// What became of a group.
#[track_caller]
fn group<'a>(ended: &'a Ended, name: &str) -> &'a GroupResult {
    let found = ended.result().fairness.groups.iter().find(|group| group.name == name);
    found.unwrap_or_else(|| panic!("no group {name}: {}", ended.told()))
}

/// That a group was stopped by exactly these limits.
#[track_caller]
fn stopped(ended: &Ended, name: &str, limits: &[Limit]) {
    let found: Vec<Limit> = group(ended, name).limited.keys().copied().collect();
    assert_eq!(found, limits, "{name}: {}", ended.told());
}

/// A scenario of these people with these addresses, that puts up with a busy machine.
fn scenario(duration: &str, rate: u32, addresses: &str, people: &str) -> String {
    format!(
        "name = \"limits\"\nabout = \"Limits.\"\nduration = \"{duration}\"\nconnections = 16\n\
         send_lag_limit = \"5s\"\narrivals = {{ rate = {rate} }}\naddresses = {{ {addresses} }}\n\
         [[people]]\nname = \"people\"\nshare = 1\n{people}\n"
    )
}

#[test]
fn each_kind_of_bot_gets_what_the_contract_says_and_honest_people_are_served() {
    let gateway = Gateway::start(0.2);
    let shipped = Harness::with(&["scenarios", "bot-swarm"]).end().ended(0, &[]).said.clone();
    let changes = [
        ("\nconnections =", "\nsend_lag_limit = \"5s\"\nconnections ="),
        ("times = 3.0", "times = 6.0"),
        ("people = 5\n", "people = 2\n"),
        ("addresses = 3", "addresses = 1"),
        ("share = 10\n", "share = 20\n"),
        ("think = \"100ms\"", "think = \"10ms\""),
        ("searches = 12", "searches = 18"),
    ];
    let text = changes.into_iter().fold(shipped, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let run = Harness::run(&gateway.url(), &text).set("--api-key", &gateway.key("public"));
    let ended = run.set("--rate", "150").set("--duration", "4s").set("--seed", "11").end();
    ended.ended(0, &["beside bots"]);
    stopped(&ended, "pollers", &[Limit::Address]);
    assert_eq!(group(&ended, "pollers").admitted, 200, "a hundred for each address");
    stopped(&ended, "rotators", &[]);
    stopped(&ended, "shared accounts", &[Limit::LoggedOut, Limit::TokenEnded, Limit::Password]);
    assert!(group(&ended, "password farmers").limited[&Limit::Challenge] > 0, "{}", ended.told());
    stopped(&ended, "leaked key", &[Limit::Key]);
    stopped(&ended, "booking scripts", &[Limit::Challenge]);
    assert_eq!(group(&ended, "booking scripts").bookings, 0);
    let swarm = ended.result().swarm.as_ref().expect("a swarm");
    assert!(swarm.with.success >= 0.99 && swarm.without.success >= 0.99, "{swarm:?}");
    assert!(swarm.without.asked > 200 && swarm.with.asked > 200, "{swarm:?}");
    assert!(swarm.honest_seats > 0 && swarm.bot_seats == 0, "{swarm:?}");
    gateway.assert_sound();
}

#[test]
fn an_app_that_was_stopped_waits_as_it_was_told() {
    let gateway = Gateway::start(0.0);
    let app = "flow = \"poller\"\nsearch = \"find_by_district\"\npeople = 1";
    let ended = Harness::run(&gateway.url(), &scenario("2s", 150, "", app)).end();
    ended.ended(0, &["left out while told to wait"]);
    stopped(&ended, "people", &[Limit::Address]);
    let group = group(&ended, "people");
    assert_eq!((group.admitted, group.bots), (100, false));
    // Those that were under way when the first refusal came are refused too.
    assert!(group.limited[&Limit::Address] < 20 && group.left_out > 100, "{}", ended.told());
}

#[test]
fn an_office_behind_one_address_solves_challenges_and_gets_in() {
    let gateway = Gateway::start(0.0);
    // Numbers are told apart to about a tenth, so that 15 are reached long before 30.
    gateway.limit(|limits| limits.0.anomaly.numbers_per_address = 15);
    let people = "flow = \"citizen\"\npeople = 30\nbook = 0";
    let addresses = "shared = 1, people = 30";
    let ended = Harness::run(&gateway.url(), &scenario("6s", 200, addresses, people)).end();
    stopped(&ended, "people", &[Limit::Challenge]);
    let of = |operation: &str| ended.result().operations[operation].count;
    assert!(of("challenge") > 0, "{}", ended.told());
    assert_eq!(of("register"), 30, "{}", ended.told());
}

#[test]
fn somebody_who_was_logged_out_comes_back_and_goes_on() {
    let gateway = Gateway::start(0.0);
    gateway.limit(|limits| limits.0.user.otp_resend_s = 1);
    let people =
        "flow = \"citizen\"\npeople = 3\nsearches = 25\nbook = 1\nreturns_after = \"1200ms\"";
    let ended = Harness::run(&gateway.url(), &scenario("5s", 20, "", people)).end();
    stopped(&ended, "people", &[Limit::LoggedOut]);
    let count = |operation: &str| ended.result().operations[operation].count;
    assert_eq!((count("confirmOTP"), count("calendarByPin")), (6, 3 * 25), "{}", ended.told());
    assert_eq!(ended.result().error_share, 0.0, "{}", ended.told());
}

#[test]
fn people_come_through_an_app_with_its_key() {
    let gateway = Gateway::start(0.2);
    let shipped = Harness::with(&["scenarios", "partner-app"]).end().ended(0, &[]).said.clone();
    let text = shipped.replacen("\nconnections", "\nsend_lag_limit = \"5s\"\nconnections", 1);
    let text = text.replacen("think = \"500ms\"", "think = \"10ms\"", 1);
    let key = gateway.key("high");
    let run = Harness::run(&gateway.url(), &text).set("--api-key", &key);
    let ended = run.set("--rate", "200").set("--duration", "3s").end();
    ended.ended(0, &[]);
    assert!(!ended.json.contains(&key), "results are sent around");
    stopped(&ended, "searches of the app", &[]);
    stopped(&ended, "citizens", &[]);
    assert!(ended.result().bookings.confirmed > 0, "{}", ended.told());
    assert_eq!(ended.result().error_share, 0.0, "{}", ended.told());
    gateway.assert_sound();
}

#[test]
fn a_scenario_that_needs_a_key_is_refused_without_one() {
    let people = "flow = \"citizen\"\ndoor = \"protected\"";
    let ended = Harness::run("http://127.0.0.1:1", &scenario("1s", 10, "", people)).end();
    ended.ended(64, &["api_key"]);
}
