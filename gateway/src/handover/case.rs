//! A report as the safety system is told of it: what happened, and of the person no more than their age and gender.

use opencowin_ledger::audit::Who;
use opencowin_ledger::read::Case;
use opencowin_model::Pack;
use serde_json::{Value, json};

/// The report as it stands, with the number of the follow-up that is told. Days are ISO 8601.
pub(super) fn body(pack: &Pack, case: &Case, follow_up: u32) -> Value {
    let Case { report, birth_year, gender } = case;
    let vaccine = pack.vaccine(report.vaccine);
    let district = pack.district(report.district);
    let symptoms: Vec<_> = report.symptoms.iter().map(|symptom| symptom.word()).collect();
    let later = report.follow_ups.iter().map(|later| {
        json!({
            "at": later.at, "severity": later.severity.word(), "outcome": later.recovery.word(),
            "investigation": later.investigation.word(),
        })
    });
    json!({
        "report_id": report.key.id.0,
        "follow_up": follow_up,
        "event_id": report.key.event.id.0,
        "vaccination_date": report.key.event.date.to_string(),
        "dose": report.dose.number(),
        "vaccine": vaccine.map_or("", |vaccine| &vaccine.name),
        "manufacturer": vaccine.map_or("", |vaccine| &vaccine.manufacturer),
        "batch": report.batch.map(|batch| batch.to_string()),
        "center_id": report.key.centre,
        "district_id": report.district,
        "state_id": district.map(|district| district.state),
        "birth_year": birth_year,
        "gender": gender.and_then(|id| pack.gender(id)).map(|gender| &gender.name.default),
        "severity": report.severity.word(),
        "symptoms": symptoms,
        "onset": report.onset.to_string(),
        "outcome": report.recovery.word(),
        "investigation": report.investigation.word(),
        "reported_at": report.at,
        "reported_by": if matches!(report.by, Who::Account(_)) { "beneficiary" } else { "facility" },
        "follow_ups": later.collect::<Vec<_>>(),
    })
}
