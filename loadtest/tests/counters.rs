//! Staff at counters: a right target passes, and each way to lose a dose or to record it twice is called by its name.

use crate::support::scenarios::COUNTER;
use crate::support::{Catalogue, Ended, Fault, Harness, StandIn, When};
use opencowin_loadtest::result::{Doses, ViolationKind};
use std::time::Duration;

/// Facilities with seats for everybody, on each of the next days.
fn standin() -> StandIn {
    StandIn::new(Catalogue { seats: 400, some_from_45: false, ..Catalogue::default() })
}

/// What a run of staff makes of a stand-in with one fault. Nobody waits for certificates, which a lost dose has none of.
#[track_caller]
fn with(fault: Fault, when: When, path: &str) -> (Ended, StandIn) {
    let standin = standin();
    standin.switch_on(fault, when, path);
    let scenario = COUNTER.replace("certificates = 1", "certificates = 0");
    let run = Harness::run(&standin.url(), &scenario).set("--duration", "1s");
    (run.end(), standin)
}

#[track_caller]
fn doses(ended: &Ended) -> &Doses {
    ended.result().doses.as_ref().unwrap_or_else(|| panic!("no doses: {}", ended.told()))
}

#[test]
fn staff_registers_books_checks_in_and_gives_doses_that_all_are_there() {
    let standin = standin();
    let ended = Harness::run(&standin.url(), COUNTER).set("--threads", "2").end();
    ended.ended(0, &["doses recorded", "3 facilities read back"]);
    let result = ended.result();
    assert!(result.valid && result.violations.is_empty(), "{}", ended.told());
    for operation in
        ["enrol", "onspot", "checkIn", "vaccinate", "observe", "certificate", "certificatePdf"]
    {
        let count = result.operations.get(operation).map_or(0, |one| one.count);
        assert!(count > 10, "{operation}: {}", ended.told());
    }
    let doses = doses(&ended);
    assert_eq!((doses.recorded, doses.facilities), (standin.doses(), 3), "{doses:?}");
    assert!(doses.districts > 0 && doses.unknown_outcomes == 0, "{doses:?}");
    assert_eq!(result.error_share, 0.0, "{}", ended.told());
}

#[test]
fn a_dose_whose_answer_is_lost_is_asked_for_again_and_recorded_once() {
    let (ended, standin) = with(Fault::ResetAfterCommit, When::Share(0.3), "/vaccinator/");
    ended.ended(0, &[]);
    assert!(standin.fired() > 10, "{}", standin.fired());
    let doses = doses(&ended);
    assert!(ended.result().violations.is_empty(), "{}", ended.told());
    assert_eq!(doses.recorded + doses.unknown_found_done, standin.doses(), "{doses:?}");
    assert!(doses.unknown_outcomes < 10, "{doses:?}");
}

#[test]
fn a_target_that_is_gone_for_a_while_is_asked_until_it_is_back() {
    let standin = standin();
    let running = Harness::run(&standin.url(), COUNTER).set("--duration", "3s").start();
    while standin.doses() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    standin.go_down();
    let before = standin.doses();
    std::thread::sleep(Duration::from_millis(500));
    standin.come_back();
    let ended = running.end();
    assert!(ended.result().violations.is_empty(), "{}", ended.told());
    let doses = doses(&ended);
    assert!(standin.doses() > before + 10, "{before}: {doses:?}");
    assert_eq!(doses.recorded + doses.unknown_found_done, standin.doses(), "{doses:?}");
}

#[test]
fn each_way_to_record_a_dose_wrongly_has_its_name() {
    let cases = [
        (Fault::LoseDose, ViolationKind::LostDose),
        (Fault::DrawTwice, ViolationKind::DoubledDose),
        (Fault::GhostDose, ViolationKind::GhostDose),
        (Fault::MiscountDose, ViolationKind::WrongFigures),
    ];
    for (fault, kind) in cases {
        let (ended, _) = with(fault, When::Nth(5), "");
        assert_eq!(ended.broke(kind), 1, "{}", ended.told());
    }
}

/// Staff that waits for each certificate for a second.
fn waiting() -> String {
    COUNTER.replace("downloads = 0.5", "downloads = 0.5\n    certificate_patience = \"1s\"")
}

/// What a run of staff that waits for certificates makes of a stand-in that has them late or never.
fn waiting_for(fault: Fault, when: When, slo: &str) -> Ended {
    let standin = standin();
    standin.switch_on(fault, when, "");
    let run = Harness::run(&standin.url(), &waiting()).set("--duration", "1s");
    run.set("--slo", slo).end()
}

#[test]
fn the_time_from_a_dose_to_its_certificate_is_measured_to_a_quarter_of_a_second() {
    let late = Fault::LateCertificate(Duration::from_millis(400));
    let ended = waiting_for(late, When::Always, "p99<5s,certificate.p99<350ms");
    ended
        .ended(1, &["MISSED certificate.p99<350ms for certificate", "met    p99<5s for vaccinate"]);
    let result = ended.result();
    let (certificate, dose) = (&result.operations["certificate"], &result.operations["vaccinate"]);
    assert_eq!(certificate.count, dose.count, "{}", ended.told());
    assert!(certificate.latency_ms.p50 >= 400.0 && certificate.latency_ms.p50 < 900.0);
    assert!(
        !result
            .slo
            .iter()
            .any(|one| one.rule == "p99<5s" && one.operation.as_deref() == Some("certificate"))
    );
    let looks = &result.operations["certificateList"];
    assert!(looks.count > certificate.count && !looks.traffic, "{}", ended.told());
    let traffic: u64 = result.traffic().map(|(_, one)| one.count).sum();
    let asked: u64 = result.fairness.groups.iter().map(|group| group.requests).sum();
    assert_eq!(traffic, asked, "a wait or a look counts as traffic: {}", ended.told());
}

#[test]
fn a_certificate_that_comes_too_late_is_an_error_and_one_that_never_comes_a_violation() {
    let late = Fault::LateCertificate(Duration::from_millis(1500));
    let ended = waiting_for(late, When::Nth(5), "");
    ended.ended(0, &["not in time 1"]);
    assert_eq!(ended.result().error_share, 0.0, "{}", ended.told());
    let ended = waiting_for(Fault::NoCertificate, When::Nth(5), "");
    ended.ended(3, &["not in time 1"]);
    assert_eq!(ended.broke(ViolationKind::MissingCertificate), 1, "{}", ended.told());
    assert!(ended.result().operations["certificate"].latency_ms.max >= 1000.0);
}

#[test]
fn a_certificate_that_is_no_document_does_not_pass_for_one() {
    let ended = waiting_for(Fault::NotPdf, When::Nth(2), "");
    assert_eq!(ended.broke(ViolationKind::MalformedBody), 1, "{}", ended.told());
}

#[test]
fn a_target_that_shows_no_certificates_is_not_said_to_have_none() {
    let standin = standin();
    standin.switch_on(Fault::ServerError, When::Always, "/certificate/list");
    let ended = Harness::run(&standin.url(), &waiting()).set("--duration", "1s").end();
    ended.ended(2, &["nobody would say whether they came"]);
    assert!(ended.result().violations.is_empty(), "{}", ended.told());
}

#[test]
fn answers_that_make_no_sense_are_called_so_and_end_no_run_early() {
    for fault in [Fault::WrongJson, Fault::ServerError, Fault::NotHttp, Fault::UntypedRefusal] {
        let (ended, standin) = with(fault, When::Share(0.2), "/api/v2/vaccinator/beneficiaries");
        assert!(standin.fired() > 3 && ended.result.is_some(), "{fault:?}: {}", ended.told());
        assert!(!ended.said.contains("panicked"), "{}", ended.said);
    }
}

#[test]
fn a_target_that_is_no_sandbox_is_told_so_before_anybody_comes() {
    let standin = standin();
    standin.switch_on(Fault::UntypedRefusal, When::Always, "/sandbox/clock");
    let ended = Harness::run(&standin.url(), COUNTER).end();
    ended.ended(2, &["clock", "sandbox"]);
}

#[test]
fn nothing_that_is_left_of_a_run_of_staff_names_anybody() {
    let standin = standin();
    standin.switch(Fault::LoseDose, When::Share(0.2));
    // Numbers of people are counted up from the seed, which is no secret; a small one looks like none of them.
    let ended = Harness::run(&standin.url(), &waiting()).set("--seed", "7").end();
    ended.ended(3, &[]);
    let left = format!("{}{}", ended.said, ended.json);
    assert_eq!(standin.people().iter().find(|person| left.contains(*person)), None);
    assert!(!left.contains("eyJ") && !left.contains("sesame-4711"), "a token or a key");
}
