//! What the routes of stock, adverse events and figures take.

use super::schema::{DATE, DOSE, TEXT, UUID, WHOLE, optional, required};
use super::{Access, Param};
use crate::access::decision::Act;
use crate::http::catalogue as error;
use opencowin_admission::Api;

/// Whoever looks after a facility's stock.
pub(super) const KEEP_STOCK: Access = Access::Counter(Api::Vaccination, Act::KeepStock);
/// Whoever draws doses out of it.
pub(super) const SEE_STOCK: Access = Access::Counter(Api::Vaccination, Act::LookUpPerson);
/// Staff that tells of adverse events.
pub(super) const WATCH: Access = Access::Counter(Api::Aefi, Act::ReportAdverseEvents);
/// Those whom an adverse event befell.
pub(super) const OWN_EVENTS: Access = Access::Person(&[Api::Aefi]);

const DOSES: &str = r#"{"type":"integer","minimum":1,"maximum":100000}"#;
const BATCH_TEXT: &str = r#"{"type":"string","pattern":"^[0-9A-Za-z/-]{1,20}$"}"#;
const REASON: &str =
    r#"{"type":"string","enum":["open-vial","broken","cold-chain","expired","other"]}"#;
const SEVERITY_WORD: &str = r#"{"type":"string","enum":["minor","severe","serious"]}"#;
const OUTCOME_WORD: &str = r#"{"type":"string","enum":["unknown","not-recovered","recovering","recovered","recovered-with-sequelae","died"]}"#;
const INVESTIGATION_WORD: &str = r#"{"type":"string","enum":["not-needed","due","under-way","closed-related","closed-unrelated","closed-undecided"]}"#;
const SYMPTOM_WORDS: &str = r#"{"type":"array","minItems":1,"items":{"type":"string","enum":["injection-site-pain","injection-site-swelling","injection-site-abscess","pyrexia","chills","fatigue","headache","myalgia","arthralgia","nausea","vomiting","diarrhoea","dizziness","syncope","rash","urticaria","pruritus","angioedema","dyspnoea","anaphylactic-reaction","seizure","facial-paralysis","guillain-barre-syndrome","thrombosis","thrombocytopenia","myocarditis","death","other"]}}"#;
const ISO_DATE: &str =
    r#"{"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$","example":"2021-04-28"}"#;

const CENTRE: Param =
    optional("center_id", WHOLE, "The facility; needed where an application is tied to several.");
const VACCINE: Param = required("vaccine", TEXT, "The vaccine, by its name.");
const BATCH: Param = required(
    "batch",
    BATCH_TEXT,
    "The batch, as printed on the vial; letters are taken as capital.",
);
const AMOUNT: Param = required("doses", DOSES, "How many doses.");
const FROM: Param = optional("from", DATE, "The first day; 30 days in all if absent.");
const TO: Param = optional("to", DATE, "The last day; today if absent.");

pub(super) const RECEIVE_BODY: &[Param] = &[
    VACCINE,
    BATCH,
    AMOUNT,
    required("expiry", DATE, "The last day on which the batch may be used."),
    CENTRE,
];
pub(super) const WASTE_BODY: &[Param] =
    &[VACCINE, BATCH, AMOUNT, required("reason", REASON, "How they were lost."), CENTRE];
pub(super) const TRANSFER_BODY: &[Param] = &[
    VACCINE,
    BATCH,
    AMOUNT,
    required("to_center_id", WHOLE, "The facility that has them from now on."),
    CENTRE,
];
pub(super) const STOCK_QUERY: &[Param] = &[CENTRE];
pub(super) const HISTORY_QUERY: &[Param] = &[
    CENTRE,
    optional("vaccine", TEXT, "Only of this vaccine."),
    optional("batch", BATCH_TEXT, "Only of this batch."),
    FROM,
    TO,
];
pub(super) const BATCH_QUERY: &[Param] = &[VACCINE, BATCH];

const PERSON: Param = required(
    "beneficiary_reference_id",
    r#"{"type":"string","pattern":"^[0-9]{14}$"}"#,
    "Who was vaccinated.",
);
const WHICH: Param = required("dose", DOSE, "After which dose; 3 is the precaution dose.");
const SEVERITY: Param = required("severity", SEVERITY_WORD, "How serious it is.");
const OUTCOME: Param = required("outcome", OUTCOME_WORD, "How the person is now.");
const SYMPTOMS: Param = required("symptoms", SYMPTOM_WORDS, "What was observed.");
const ONSET: Param =
    required("onset", DATE, "The day on which it began: not before the dose, nor to come.");

pub(super) const OWN_AEFI_BODY: &[Param] = &[PERSON, WHICH, SEVERITY, SYMPTOMS, ONSET, OUTCOME];
pub(super) const AEFI_BODY: &[Param] = &[PERSON, WHICH, SEVERITY, SYMPTOMS, ONSET, OUTCOME, CENTRE];
pub(super) const FOLLOW_UP_BODY: &[Param] = &[
    PERSON,
    WHICH,
    required("report_id", UUID, "The report."),
    SEVERITY,
    OUTCOME,
    required("investigation", INVESTIGATION_WORD, "How far its investigation has come."),
    CENTRE,
];
pub(super) const AEFI_QUERY: &[Param] = &[
    CENTRE,
    optional("from", DATE, "The first day on which doses were given; 30 days in all if absent."),
    optional("to", DATE, "The last of them; today if absent."),
];

const STATE: Param = optional("state_id", WHOLE, "Only of this state.");
const DISTRICT: Param = optional("district_id", WHOLE, "Only of this district.");
pub(super) const REPORT_QUERY: &[Param] = &[
    STATE,
    DISTRICT,
    optional("date", ISO_DATE, "The day that is called today in the report; today if absent."),
];
pub(super) const TABLE_QUERY: &[Param] = &[
    STATE,
    DISTRICT,
    optional("from", ISO_DATE, "The first day; a week in all if absent, 31 days at most."),
    optional("to", ISO_DATE, "The last day; today if absent."),
];
pub(super) const DUMP_QUERY: &[Param] =
    &[required("date", ISO_DATE, "The day, which is not to come.")];

pub(super) const FIGURES_ERRORS: &[error::Entry] = &[error::PARAMETER_INVALID, error::TRY_AGAIN];
pub(super) const STOCK_ERRORS: &[error::Entry] =
    &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN];
pub(super) const MOVE_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::BATCH_UNUSABLE,
    error::STOCK_TOO_LOW,
    error::OTHER_EXPIRY,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const AEFI_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::NO_DOSE_HERE,
    error::AEFI_REPORTED,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];
pub(super) const FOLLOW_UP_ERRORS: &[error::Entry] = &[
    error::PARAMETER_MISSING,
    error::PARAMETER_INVALID,
    error::NO_BENEFICIARY,
    error::NO_DOSE_HERE,
    error::NOT_FOUND,
    error::AEFI_FULL,
    error::IDEMPOTENCY_KEY_INVALID,
    error::IDEMPOTENCY_KEY_REUSED,
    error::TRY_AGAIN,
];

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::{Investigation, Recovery, Severity, Symptom, WasteReason};
    use serde_json::Value;

    /// The words that a schema lists.
    fn words(schema: &str) -> Vec<String> {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let of = schema.get("items").unwrap_or(&schema);
        let words = of["enum"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_words_that_are_described_are_those_that_are_understood() {
        let all = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(REASON), all(WasteReason::ALL.iter().map(|w| w.word()).collect()));
        assert_eq!(words(SEVERITY_WORD), all(Severity::ALL.iter().map(|w| w.word()).collect()));
        assert_eq!(words(OUTCOME_WORD), all(Recovery::ALL.iter().map(|w| w.word()).collect()));
        assert_eq!(words(SYMPTOM_WORDS), all(Symptom::ALL.iter().map(|w| w.word()).collect()));
        let investigation = Investigation::ALL.iter().map(|w| w.word()).collect();
        assert_eq!(words(INVESTIGATION_WORD), all(investigation));
    }
}
