//! What is made of results: the rate that a target holds, comparisons and plans. And a command that knows passwords.

use crate::support::scenarios::{BOOKING, SEARCHING};
use crate::support::{Fault, Harness, StandIn, When};
use opencowin_loadtest::result::RunResult;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Evenly spaced searches over four connections.
fn even() -> String {
    SEARCHING
        .replace("connections = 8", "connections = 4")
        .replace("rate = 100", "rate = 100, spacing = \"even\"")
}

/// A directory with this file.
fn filed(name: &str, text: &str) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(name);
    std::fs::write(&file, text).unwrap();
    (home, file)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_limit_of_a_target_is_found() {
    let standin = StandIn::default();
    // Four connections with an answer every 20 ms each, or a little later: 200 a second at most.
    let slow = Fault::Slow(Duration::from_millis(20));
    standin.switch_on(slow, When::Always, "/calendarBy");
    let (home, scenario) = filed("even.toml", &even());
    let kept = home.path().join("runs.json");
    let run = Harness::with(&["capacity", text(&scenario), "--target", &standin.url()])
        .set("--duration", "1s")
        .set("--rate", "140")
        .set("--slo", "p99<100ms,errors<0.1%")
        .set("--within", "0.2")
        .set("--confirm", "1")
        .set("--json", text(&kept));
    let ended = run.end();
    ended.ended(0, &["are held"]);
    let runs = std::fs::read_to_string(kept).unwrap();
    let runs: Vec<RunResult> =
        runs.lines().map(|line| serde_json::from_str(line).expect("a result")).collect();
    let met = runs.iter().filter(|run| run.slo.iter().all(|threshold| threshold.met));
    let held = met.map(|run| run.rate_target).fold(0.0, f64::max);
    assert!((150.0..=225.0).contains(&held), "{held}: {}", ended.said);
    assert!(ended.said.contains(&format!("{held:.0}/s are held")), "{}", ended.said);
}

#[test]
fn a_search_that_could_never_end_is_refused() {
    let standin = StandIn::default();
    for within in ["0", "-1", "2", "NaN"] {
        let within = format!("--within={within}");
        let ended =
            Harness::with(&["capacity", "smoke", "--target", &standin.url(), &within]).end();
        ended.ended(64, &["--within"]);
    }
    assert_eq!(standin.served("/"), 0);
}

#[test]
fn a_result_is_compared_with_itself_and_planned_from() {
    let standin = StandIn::default();
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    ended.ended(0, &[]);
    let (_home, file) = filed("short.json", &ended.json);
    // Two seconds show no noise; the verdict says so instead of guessing.
    let short = Harness::with(&["compare", text(&file), text(&file)]).end();
    short.ended(0, &["not comparable", "too few"]);

    let mut long = ended.result().clone();
    let first = long.intervals[0].clone();
    long.intervals = (0..20)
        .map(|second| opencowin_loadtest::measure::Interval {
            at_s: f64::from(second),
            ..first.clone()
        })
        .collect();
    let (_home, long) = filed("long.json", &serde_json::to_string(&long).unwrap());
    Harness::with(&["compare", text(&long), text(&long)]).end().ended(0, &["no difference"]);
    let json = Harness::with(&["compare", text(&long), text(&long), "--json"]).end();
    json.ended(0, &[]);
    serde_json::from_str::<serde_json::Value>(&json.said).expect("a document");

    let plan = Harness::with(&["plan", text(&file), "--server-cores", "2"]).end();
    plan.ended(0, &["short.json", "machines"]);
    Harness::with(&["plan", text(&file)]).end().ended(64, &["cores"]);
}

#[test]
fn what_is_no_result_is_refused() {
    let (_home, other) = filed("other.json", "{\"name\": \"something else\"}");
    Harness::with(&["compare", text(&other), text(&other)]).end().ended(64, &["other.json"]);
    Harness::with(&["compare", "/nowhere.json", text(&other)]).end().ended(64, &["/nowhere.json"]);
    let plan = Harness::with(&["plan", text(&other), "--server-cores", "2"]).end();
    plan.ended(64, &["other.json"]);
}

#[test]
fn passwords_can_come_from_a_command() {
    let standin = StandIn::default();
    let (_home, script) = filed(
        "password.sh",
        &format!(
            "exec 3<>/dev/tcp/127.0.0.1/{}\n\
             printf 'GET /sandbox/outbox?mobile=%s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' \"$1\" >&3\n\
             IFS= read -r -d '}}' -t 5 answer <&3\n\
             echo \"sent to $1: ${{answer#*OpenCoWIN is }}\"\n",
            standin.address().port()
        ),
    );
    let command = format!("bash '{}' {{mobile}}", script.display());
    let scenario = BOOKING.replace("rate = 150", "rate = 80").replace("\"2s\"", "\"1s\"");
    let ended = Harness::run(&standin.url(), &scenario).set("--otp-command", &command).end();
    ended.ended(0, &[]);
    let result = ended.result();
    assert!(result.bookings.confirmed > 2, "{}", ended.told());
    assert!(!result.operations.contains_key("outbox"), "{}", ended.told());
}
