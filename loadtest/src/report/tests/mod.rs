//! What the page promises, whatever a result holds.

mod markup;
mod sample;

use super::{Outcome, html, verdict};
use crate::result::{OperationResult, Quantiles, RunResult, Sessions, Violation, ViolationKind};
use sample::{sample, with_violations};

/// Pages of every kind.
fn pages() -> Vec<String> {
    let results = [sample(), with_violations(), hostile(), without_numbers(), RunResult::default()];
    results.iter().map(html).collect()
}

/// Everything that comes from outside, as somebody would write it who wants to take the page over.
fn hostile() -> RunResult {
    const EVIL: &str = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let mut result = with_violations();
    result.scenario.name = EVIL.into();
    result.scenario.about = EVIL.into();
    result.scenario.target = EVIL.into();
    result.scenario.toml = format!("name = \"{EVIL}\"</code></pre>");
    result.version = EVIL.into();
    result.started_at = EVIL.into();
    result.remarks = vec![EVIL.into()];
    result.machine.processor = EVIL.into();
    result.chaos[0].command = EVIL.into();
    result.fairness.groups[0].name = EVIL.into();
    result.slo[0].rule = format!("p99<10{EVIL}");
    result.violations[0].examples = vec![EVIL.into()];
    for row in &mut result.intervals {
        row.refused.insert(EVIL.into(), 7);
        row.errors.insert(EVIL.into(), 7);
    }
    let operation = result.operations.values_mut().next().unwrap();
    operation.refused.insert(EVIL.into(), 9);
    operation.errors.insert(EVIL.into(), 9);
    result
}

/// A result in which every number is none.
fn without_numbers() -> RunResult {
    let mut result = sample();
    result.duration_s = f64::NAN;
    result.rate_achieved = f64::INFINITY;
    result.error_share = f64::NAN;
    result.bytes_per_s = f64::NEG_INFINITY;
    result.send_lag_ms.p99 = f64::NAN;
    result.bookings.time_to_sell_out_s = Some(f64::NAN);
    result.bookings.attempts_per_booking = f64::NAN;
    result.bookings.seats_left.push((f64::NAN, 3));
    result.stalls.list.push((f64::NAN, f64::INFINITY));
    result.stalls.period_s = Some(f64::INFINITY);
    result.fairness.jain_groups = Some(f64::NAN);
    result.slo[0].measured = f64::NAN;
    for row in &mut result.intervals[10..20] {
        row.target = f64::NAN;
        row.generator_busy = f64::INFINITY;
    }
    result.intervals[5].length_s = 0.0;
    result.intervals[6].length_s = f64::NAN;
    result.intervals[7].at_s = f64::INFINITY;
    result
}

#[test]
fn every_page_is_well_formed_and_its_ids_are_unique() {
    for page in pages() {
        let ids = markup::checked_ids(&page);
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
    }
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    for page in pages() {
        let tags = markup::tags(&page);
        assert!(
            !tags.iter().any(|tag| ["img", "link", "iframe", "object"].contains(&tag.as_str()))
        );
        assert_eq!(tags.iter().filter(|tag| *tag == "script").count(), 1);
        assert!(!page.contains("@import") && !page.contains("src=\""));
    }
}

#[test]
fn hostile_strings_come_out_as_text() {
    let page = html(&hostile());
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "escaped everywhere");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn what_is_not_a_number_is_never_printed() {
    for page in pages() {
        let body = &page[page.find("<body>").unwrap()..page.find("<script>").unwrap()];
        for word in ["NaN", "inf", "Infinity"] {
            let found = body.match_indices(word).find(|(at, _)| is_a_word(body, *at, word.len()));
            assert_eq!(found, None, "{word}");
        }
    }
}

fn is_a_word(text: &str, at: usize, length: usize) -> bool {
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let bytes = text.as_bytes();
    !letter(bytes.get(at.wrapping_sub(1))) && !letter(bytes.get(at + length))
}

#[test]
fn the_empty_result_says_that_nothing_was_measured() {
    let page = html(&RunResult::default());
    assert!(page.contains("INVALID:</strong> nothing was measured."));
}

#[test]
fn the_verdict_names_the_gravest_thing() {
    let good = verdict(&sample());
    assert_eq!((good.outcome, good.word), (Outcome::Valid, "Valid run."));
    assert!(good.sentence.contains("requests/s held against 55,000 asked for, p99"), "{good:?}");

    let mut slow = sample();
    slow.slo[0].met = false;
    assert_eq!(verdict(&slow).outcome, Outcome::Missed);
    slow.valid = false;
    slow.invalid_because = vec!["the generator fell behind.".into()];
    assert_eq!(verdict(&slow).sentence, "the generator fell behind.");
    let kind = ViolationKind::LostBooking;
    slow.violations = vec![Violation { kind, count: 1, examples: Vec::new() }];
    assert_eq!(verdict(&slow).sentence, "1 booking lost; the run is invalid besides.");
}

#[test]
fn violations_stand_before_every_number_with_their_meaning_and_examples() {
    let result = with_violations();
    let page = html(&result);
    let headlines = page.find("id=\"headlines\"").unwrap();
    for violation in &result.violations {
        let meaning = &violation.kind.meaning()[1..];
        assert!(page.find(meaning).unwrap() < headlines, "{meaning}");
        assert!(violation.examples.iter().all(|example| page.contains(example)));
    }
}

#[test]
fn sessions_that_were_published_stand_among_the_checks_and_what_was_hidden_in_red() {
    let mut result = sample();
    assert!(!html(&result).contains("No published session lost"), "nobody published");
    let checked = Sessions { published: 300, searches: 298, facilities: 20, ..Sessions::default() };
    result.sessions = Some(Sessions { hidden: 2, ..checked });
    let page = html(&result);
    let row = page.find("Every search shows a session published before it").unwrap();
    assert!(page[..row].ends_with("<tr class=\"bad\"><th scope=\"row\" class=\"words\">"));
    assert!(page[row..].contains("298 searches") && page.contains("20 facilities read back"));
    assert!(verdict(&result).sentence.contains("300 sessions published"));
}

#[test]
fn what_is_waited_for_stands_among_the_operations_as_no_request_and_what_never_came_in_red() {
    let mut result = sample();
    let latency_ms = Quantiles { p99: 1234.0, ..Quantiles::default() };
    let waits =
        OperationResult { awaited: true, count: 840, latency_ms, ..OperationResult::default() };
    result.operations.insert("certificate".to_owned(), waits);
    let (page, asked) = (html(&result), html(&sample()));
    assert!(page.contains("certificate (wait)") && page.contains("1.23 s"));
    assert!(page.contains("840 certificates waited for") && !asked.contains("waited for"));
    let red = "<tr class=\"bad\"><th scope=\"row\" class=\"words\">Every acknowledged dose has";
    assert!(!page.contains(red));
    let kind = ViolationKind::MissingCertificate;
    result.violations = vec![Violation { kind, count: 1, examples: Vec::new() }];
    assert!(html(&result).contains(red));
    assert!(verdict(&result).sentence.contains("1 certificate that never came"));
}

#[test]
fn every_fresh_answer_is_said_to_be_so() {
    assert!(html(&sample()).contains("Every one of 33,104 answers fresh"));
}

#[test]
fn a_machine_that_died_stands_at_the_top_and_in_red() {
    let page = html(&with_violations());
    assert!(
        page.find("10.0.0.13:7400: connection lost").unwrap() < page.find("headlines").unwrap()
    );
    assert!(page.contains("<tr class=\"bad\"><th scope=\"row\" class=\"words\">10.0.0.13:7400"));
}

/// Writes the pages into a folder, to be looked at: `REPORT_SAMPLES=/tmp cargo test -p opencowin-loadtest samples`.
#[test]
fn samples_are_written_where_somebody_asks_for_them() {
    let Some(folder) = std::env::var_os("REPORT_SAMPLES").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::write(folder.join("report-sample.html"), html(&sample())).unwrap();
    std::fs::write(folder.join("report-failed.html"), html(&with_violations())).unwrap();
    std::fs::write(folder.join("report-empty.html"), html(&RunResult::default())).unwrap();
}

#[test]
fn the_page_shows_honest_people_beside_bots_and_whom_limits_stopped() {
    let page = html(&sample());
    for text in ["beside bots", "2.25 ms", "shed 1,000", "address 41,000, challenge 12", "bots 3"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(html(&RunResult::default()).contains("No limit stopped anybody."));
}
