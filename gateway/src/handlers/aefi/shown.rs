//! Reports of adverse events as the wire shows them.

use opencowin_ledger::audit::Who;
use opencowin_ledger::records::{Aefi, FollowUp};
use opencowin_model::{Pack, date};
use serde_json::{Value, json};

/// A report with what was learnt later.
pub(super) fn report(pack: &Pack, report: &Aefi) -> Value {
    let symptoms: Vec<_> = report.symptoms.iter().map(|symptom| symptom.word()).collect();
    json!({
        "report_id": report.key.id.0,
        "beneficiary_reference_id": report.person.to_string(),
        "center_id": report.key.centre,
        "dose": report.dose.number(),
        "vaccination_date": date::to_wire_string(report.key.event.date),
        "vaccine": pack.vaccine(report.vaccine).map_or("", |vaccine| &vaccine.name),
        "batch": report.batch.map(|batch| batch.to_string()),
        "severity": report.severity.word(),
        "symptoms": symptoms,
        "onset": date::to_wire_string(report.onset),
        "outcome": report.recovery.word(),
        "investigation": report.investigation.word(),
        "reported_at": report.at,
        "reported_by": side(report.by),
        "follow_ups": report.follow_ups.iter().map(follow_up).collect::<Vec<_>>(),
    })
}

fn follow_up(later: &FollowUp) -> Value {
    json!({
        "at": later.at,
        "severity": later.severity.word(),
        "outcome": later.recovery.word(),
        "investigation": later.investigation.word(),
    })
}

fn side(by: Who) -> &'static str {
    match by {
        Who::Account(_) => "beneficiary",
        Who::Official(_) | Who::Key(_) | Who::System => "facility",
    }
}
