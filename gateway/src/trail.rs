//! The audit trail: who had access to whose data, and what for. Every entry is made here.
//!
//! A command carries its entry, and the ledger puts in what came of it. A look is made durable before anything is shown.

use crate::admit::{Visitor, Who};
use crate::app::App;
use crate::http::problem::Problem;
use crate::identity::Door;
use crate::identity::digest::digest;
use opencowin_ledger::audit::{Ending, Entry, Record, Who as By, Word};
use opencowin_ledger::commands::Refusal;
use opencowin_ledger::vault::AccountId;
use uuid::Uuid;

/// What people's data is accessed for.
pub mod purpose {
    use opencowin_ledger::audit::Word;

    /// Proving a number.
    pub const LOG_IN: Word = Word::new("log-in");
    /// Registering a person.
    pub const REGISTER: Word = Word::new("register");
    /// Removing a person.
    pub const DELETE: Word = Word::new("delete");
    /// Erasing a person.
    pub const ERASE: Word = Word::new("erase");
    /// Reading the list of one's people.
    pub const LIST: Word = Word::new("list");
    /// Booking.
    pub const BOOK: Word = Word::new("book");
    /// Moving an appointment.
    pub const RESCHEDULE: Word = Word::new("reschedule");
    /// Cancelling an appointment.
    pub const CANCEL: Word = Word::new("cancel");
    /// Printing an appointment.
    pub const SLIP: Word = Word::new("slip");
    /// Looking somebody up at a facility's counter.
    pub const COUNTER: Word = Word::new("counter");
    /// Reading who is expected at a facility.
    pub const ROSTER: Word = Word::new("roster");
    /// Checking somebody in, or letting them try again.
    pub const CHECK_IN: Word = Word::new("check-in");
    /// Recording a dose and what came of it, or that none was given.
    pub const VACCINATE: Word = Word::new("vaccinate");
    /// Correcting what is recorded of a dose.
    pub const CORRECT: Word = Word::new("correct");
    /// Making two references one, or moving somebody to another number.
    pub const UNITE: Word = Word::new("unite");
    /// Finding whoever was given a dose of a batch.
    pub const RECALL: Word = Word::new("recall");
    /// Reading certificates, or having them made.
    pub const CERTIFICATE: Word = Word::new("certificate");
    /// Correcting what is known of a person, and with it their certificates.
    pub const CORRECT_PERSON: Word = Word::new("correct-person");
    /// Revoking certificates.
    pub const REVOKE: Word = Word::new("revoke");
    /// The consent that a look of a trusted partner rests on.
    pub const CONSENT: Word = Word::new("consent");
    /// Appointing an official.
    pub const APPOINT: Word = Word::new("appoint");
    /// Dismissing an official.
    pub const DISMISS: Word = Word::new("dismiss");
    /// Applying for a facility, changing it, and deciding about it: its contact is somebody.
    pub const FACILITY: Word = Word::new("facility");
    /// Reading facilities with their contacts.
    pub const FACILITIES: Word = Word::new("facilities");
    /// Telling those who have booked that their session was cancelled.
    pub const SESSION_CANCELLED: Word = Word::new("session-cancelled");
    /// Telling those who have booked that their session was moved.
    pub const SESSION_MOVED: Word = Word::new("session-moved");
    /// Reading or changing what a partner has told, which names its people.
    pub const PARTNER: Word = Word::new("partner");
    /// Reading who is appointed.
    pub const OFFICIALS: Word = Word::new("officials");

    /// Telling somebody's vaccination status.
    pub const STATUS: Word = Word::new("status");
    /// Sharing one's status by a link, and ending such links.
    pub const SHARE: Word = Word::new("share-status");
    /// Following such a link.
    pub const SHARED: Word = Word::new("shared-status");

    /// That a person agrees by handing over a password whose message named who asks.
    const CONSENT_BY_MESSAGE: Word = Word::new("consent-by-message");

    /// The texts to which people agree on the page that tells a status, by version, as the audit trail names them.
    const CONSENTS: [(&str, Word); 1] = [("2026-11", Word::new("consent-2026-11"))];

    /// What is recorded of a consent to a text of this version; nothing if there is none. Without a text, it is to the message.
    pub fn of_consent(version: Option<&str>) -> Option<Word> {
        let Some(version) = version else { return Some(CONSENT_BY_MESSAGE) };
        CONSENTS.into_iter().find(|(known, _)| *known == version).map(|(_, word)| word)
    }

    /// Moving a facility's stock.
    pub const STOCK: Word = Word::new("stock");
    /// Reporting an adverse event, following one up, or reading such reports.
    pub const ADVERSE_EVENT: Word = Word::new("adverse-event");

    /// What trusted partners may look people up for.
    pub const OF_TRUST: [&str; 4] = [
        "outbreak-investigation",
        "adverse-event-follow-up",
        "vaccine-effectiveness",
        "duplicate-dose-check",
    ];

    /// One of these, by its name.
    pub fn of_trust(name: &str) -> Option<Word> {
        OF_TRUST.into_iter().find(|purpose| *purpose == name).map(Word::new)
    }
}

const BENEFICIARY: Word = Word::new("beneficiary");
const ADMINISTRATOR: Word = Word::new("administrator");
const STAFF: Word = Word::new("staff");
const APPLICATION: Word = Word::new("application");
const OPERATOR: Word = Word::new("operator");
const ANYONE: Word = Word::new("anyone");

/// That a visitor has access to something, as yet to nothing in particular.
pub fn of(app: &App, visitor: &Visitor, purpose: Word) -> Entry {
    let (by, role) = match &visitor.who {
        Who::Person(caller) => (By::Account(caller.account), BENEFICIARY),
        Who::Inquirer(proven) => (By::Account(app.account_of(proven.mobile())), BENEFICIARY),
        Who::Administrator(caller) => (By::Account(caller.account), ADMINISTRATOR),
        Who::Official(_, official) => (By::Official(official.account), official.role.word()),
        Who::Operator => (By::System, OPERATOR),
        Who::Application | Who::Anyone => match visitor.key_id() {
            Some(key) => (By::Key(key), APPLICATION),
            None => (By::System, ANYONE),
        },
    };
    Entry::new(by, role, purpose, app.clock().now()).through(visitor.key_id())
}

/// That somebody proves the number of an account at a door.
pub fn of_log_in(app: &App, visitor: &Visitor, door: Door, account: AccountId) -> Entry {
    let role = match door {
        Door::Public | Door::Protected | Door::Portal | Door::Status => BENEFICIARY,
        Door::Partner => ADMINISTRATOR,
        Door::Staff => {
            let official = app.admission().registry().official(account);
            official.map_or(STAFF, |official| official.role.word())
        }
    };
    let entry = Entry::new(By::Account(account), role, purpose::LOG_IN, app.clock().now());
    entry.about(Record::Account(account)).through(visitor.key_id())
}

/// Whether a refusal tells something about a person, and is an access to their data therefore. Such as say nothing but
/// that a session is sold out are none: they would be most of the trail when an opening is rushed at.
pub fn tells(refusal: Refusal) -> bool {
    use Refusal::*;
    matches!(
        refusal,
        HasAppointment(_)
            | HasDose(_)
            | WrongAge { .. }
            | DoseGiven { .. }
            | DoseBeforeMissing { .. }
            | OtherVaccine { .. }
            | TooEarly { .. }
            | AlreadyBooked { .. }
            | NotInAppointment(_)
            | NoAppointmentHere(_)
            | NotCheckedIn(_)
            | IsCheckedIn(_)
            | ProofVoid(_)
            | StillExpected(_)
            | NoDoseHere { .. }
            | NotOnePerson
            | CorrectionSpent(_)
            | DosesContradict(_)
    )
}

/// Has a look at some records made durable: nothing of it may be shown before this has answered. What was looked for in
/// vain is named by `sought`.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub async fn look(
    app: &App,
    visitor: &Visitor,
    purpose: Word,
    sought: Record,
    shown: Vec<Record>,
) -> Result<(), Problem> {
    let entries = entries(of(app, visitor, purpose), sought, shown);
    Ok(app.ledger().note(entries).await?)
}

/// Why somebody may look who could not without the person's consent.
#[derive(Debug)]
pub struct Consented<'a> {
    /// What for.
    pub purpose: Word,
    /// By what they say that the consent can be found.
    pub reference: &'a str,
}

/// Has a look made durable as [`look`] does, and beside it which consent it was said to rest on, by the first half of the
/// SHA-256 of its reference: enough to hold a reference against it, and nothing that says who somebody is.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub async fn look_with_consent(
    app: &App,
    visitor: &Visitor,
    consented: Consented<'_>,
    sought: Record,
    shown: Vec<Record>,
) -> Result<(), Problem> {
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest(consented.reference.as_bytes())[..16]);
    let consent = Record::Other(Uuid::from_bytes(hash));
    let mut entries = entries(of(app, visitor, consented.purpose), sought, shown);
    entries.push(of(app, visitor, purpose::CONSENT).about(consent));
    Ok(app.ledger().note(entries).await?)
}

/// A status that is about to be told.
#[derive(Debug)]
pub struct StatusTold<'a> {
    /// The partner that is told, if any.
    pub to: Option<Uuid>,
    /// The version of the text to which the person agreed, if it was one.
    pub consent: Option<&'a str>,
    /// Who was looked for.
    pub sought: Record,
    /// Whoever was found.
    pub shown: Vec<Record>,
}

/// Has it made durable that a status is told, as [`look`] does, and beside it to whom, and to which text the person agreed.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub async fn tell_status(
    app: &App,
    visitor: &Visitor,
    told: StatusTold<'_>,
) -> Result<(), Problem> {
    let mut entries = entries(of(app, visitor, purpose::STATUS), told.sought, told.shown);
    let party = Record::Other(told.to.unwrap_or_default());
    let consent = purpose::of_consent(told.consent);
    entries.extend(consent.map(|consent| of(app, visitor, consent).about(party)));
    Ok(app.ledger().note(entries).await?)
}

/// An entry for each record that is shown, or one for what was looked for.
fn entries(entry: Entry, sought: Record, shown: Vec<Record>) -> Vec<Entry> {
    if shown.is_empty() {
        return vec![entry.about(sought).ended(Ending::Nothing)];
    }
    shown.into_iter().map(|record| entry.clone().about(record)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::{BeneficiaryRef, Timestamp};

    #[test]
    fn a_look_names_everybody_who_was_shown_and_what_was_looked_for_in_vain() {
        let entry = Entry::new(By::System, OPERATOR, purpose::LIST, Timestamp(0));
        let [one, two, sought] = [1, 2, 3].map(|id| Record::Other(Uuid::from_u128(id)));
        let shown = entries(entry.clone(), sought, vec![one, two]);
        assert_eq!(shown, [entry.clone().about(one), entry.clone().about(two)]);
        let vain = entries(entry.clone(), sought, Vec::new());
        assert_eq!(vain, [entry.about(sought).ended(Ending::Nothing)]);
    }

    #[test]
    fn a_refusal_is_an_access_if_it_tells_something_about_a_person() {
        assert!(tells(Refusal::NotInAppointment(BeneficiaryRef::new(12_345_678_901_234).unwrap())));
        for refusal in [Refusal::SoldOut, Refusal::NoSuchSession, Refusal::NoSuchAppointment] {
            assert!(!tells(refusal), "{refusal}");
        }
    }
}
