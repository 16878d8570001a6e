//! One access to personal data.

use super::Word;
use crate::commands::{Answer, Command, Outcome};
use crate::records::Malformed;
use crate::records::wire::{Fields, Value, Writer};
use crate::vault::AccountId;
use opencowin_model::{AppointmentId, BeneficiaryRef, Timestamp};
use uuid::Uuid;

/// How it is said that a one-time password was wrong, which for the ledger is an outcome like another.
const PASSWORD_WRONG: Word = Word::new("password-wrong");

/// The same of a security code or a document.
const PROOF_WRONG: Word = Word::new("proof-wrong");

/// An access to personal data: who, as what, why, to what, when, and what came of it. It holds no mobile number, name or
/// document number; whoever has the key file can find the account of a number, and nobody the number of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who had access.
    pub who: Who,
    /// As what, such as `beneficiary` or `vaccinator`.
    pub role: Word,
    /// The API key through which they came, if any.
    pub key: Option<Uuid>,
    /// What for, such as `book` or `slip`.
    pub purpose: Word,
    /// To what; `None` if that is not known yet, as of somebody who registers. The ledger fills in what a command made.
    pub record: Option<Record>,
    /// When they asked.
    pub at: Timestamp,
    /// What came of it. For an entry of a command the ledger puts in what really did.
    pub ending: Ending,
}

/// Who had access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The program itself.
    System,
    /// Somebody who proved a mobile number, by its keyed hash.
    Account(AccountId),
    /// An official.
    Official(Uuid),
    /// Nobody but a partner, by their API key.
    Key(Uuid),
}

/// What was accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// A person.
    Person(BeneficiaryRef),
    /// All people of an account.
    Account(AccountId),
    /// An appointment.
    Appointment(AppointmentId),
    /// Something else with an id, such as a certificate.
    Other(Uuid),
}

/// What came of an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was done, or shown.
    Done,
    /// It was refused, by the rule of this name: one of [`Refusal::name`](crate::commands::Refusal::name), or one of the
    /// caller's.
    Refused(Word),
    /// It was answered from the record of an earlier attempt, which has an entry of its own.
    Repeated,
    /// There was nothing of the kind.
    Nothing,
}

impl Entry {
    /// Most bytes of an entry, and of what it takes besides in a batch.
    pub(crate) const MOST_BYTES: usize = 256;

    /// An access that is done, to nothing in particular.
    pub fn new(who: Who, role: Word, purpose: Word, at: Timestamp) -> Self {
        Self { who, role, key: None, purpose, record: None, at, ending: Ending::Done }
    }

    /// With what was accessed.
    pub fn about(self, record: Record) -> Self {
        Self { record: Some(record), ..self }
    }

    /// With the API key through which they came.
    pub fn through(self, key: Option<Uuid>) -> Self {
        Self { key, ..self }
    }

    /// With what came of it.
    pub fn ended(self, ending: Ending) -> Self {
        Self { ending, ..self }
    }

    /// With what came of its command. What waits at a barrier is a read, which says itself what came of it.
    pub(crate) fn concluded(&self, command: &Command, answer: &Answer, effective: bool) -> Self {
        let ending = match answer {
            Ok(_) if matches!(command, Command::Barrier) => return self.clone(),
            Ok(Outcome::PasswordWrong) => Ending::Refused(PASSWORD_WRONG),
            Ok(Outcome::ProofWrong { .. }) => Ending::Refused(PROOF_WRONG),
            Ok(_) if effective => Ending::Done,
            Ok(_) => Ending::Repeated,
            Err(refusal) => Ending::Refused(refusal.name()),
        };
        let record = self.record.or(made_by(answer));
        Self { record, ending, ..self.clone() }
    }

    /// Writes the fields: 1 kind of who, 2 their id, 3 role, 4 key, 5 purpose, 6 kind of record, 7 its number or id, 8
    /// milliseconds since 1970, 9 kind of ending, 10 rule.
    pub(super) fn write(&self, writer: &mut Writer) {
        self.who.write(writer);
        writer.bytes(3, self.role.as_str().as_bytes());
        if let Some(key) = self.key {
            writer.bytes(4, key.as_bytes());
        }
        writer.bytes(5, self.purpose.as_str().as_bytes());
        if let Some(record) = self.record {
            record.write(writer);
        }
        writer.signed(8, self.at.0);
        self.ending.write(writer);
    }

    /// Reads the fields of an entry.
    ///
    /// # Errors
    /// [`Malformed`] if a field is missing, or is of a kind that only a newer program knows.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut parts = Parts::default();
        for field in Fields::of_record(bytes)? {
            parts.take(field?)?;
        }
        parts.entry()
    }
}

/// The person, appointment or event that a command made or found.
fn made_by(answer: &Answer) -> Option<Record> {
    match answer {
        Ok(Outcome::Registered(person) | Outcome::Enrolled { person, .. }) => {
            Some(Record::Person(*person))
        }
        Ok(Outcome::Booked { appointment, .. } | Outcome::CheckedIn { appointment, .. }) => {
            Some(Record::Appointment(*appointment))
        }
        Ok(Outcome::DoseRecorded(event)) => Some(Record::Other(event.id.0)),
        Ok(Outcome::Merged(person)) => Some(Record::Person(*person)),
        _ => None,
    }
}

impl Who {
    /// Writes the fields 1 and 2: the kind and the id.
    pub(crate) fn write(self, writer: &mut Writer) {
        let (kind, id) = match &self {
            Self::System => (0_u8, None),
            Self::Account(account) => (1, Some(account.as_bytes())),
            Self::Official(id) => (2, Some(id.as_bytes())),
            Self::Key(id) => (3, Some(id.as_bytes())),
        };
        writer.number_unless_zero(1, kind);
        if let Some(id) = id {
            writer.bytes(2, id);
        }
    }

    /// Reads fields of which it alone are.
    pub(crate) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut parts = (0, None);
        for field in fields {
            match field? {
                (1, value) => parts.0 = value.number()?,
                (2, value) => parts.1 = Some(uuid(value)?),
                _ => {}
            }
        }
        Self::of(parts)
    }

    fn of(parts: (u64, Option<Uuid>)) -> Result<Self, Malformed> {
        match parts {
            (0, None) => Ok(Self::System),
            (1, Some(id)) => Ok(Self::Account(AccountId::from_uuid(id))),
            (2, Some(id)) => Ok(Self::Official(id)),
            (3, Some(id)) => Ok(Self::Key(id)),
            _ => Err(Malformed),
        }
    }
}

impl Record {
    fn write(self, writer: &mut Writer) {
        let (kind, id) = match &self {
            Self::Person(person) => {
                writer.number(6, 1_u8);
                return writer.number(7, person.get());
            }
            Self::Account(account) => (2_u8, account.as_bytes()),
            Self::Appointment(appointment) => (3, appointment.0.as_bytes()),
            Self::Other(id) => (4, id.as_bytes()),
        };
        writer.number(6, kind);
        writer.bytes(7, id);
    }
}

impl Ending {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Done => {}
            Self::Refused(rule) => {
                writer.number(9, 1_u8);
                writer.bytes(10, rule.as_str().as_bytes());
            }
            Self::Repeated => writer.number(9, 2_u8),
            Self::Nothing => writer.number(9, 3_u8),
        }
    }
}

/// The fields of an entry as they come.
#[derive(Default)]
struct Parts<'a> {
    who: (u64, Option<Uuid>),
    role: Option<Word>,
    key: Option<Uuid>,
    purpose: Option<Word>,
    record: (u64, Option<Value<'a>>),
    at: Option<Timestamp>,
    ending: (u64, Option<Word>),
}

impl<'a> Parts<'a> {
    fn take(&mut self, (field, value): (u32, Value<'a>)) -> Result<(), Malformed> {
        match field {
            1 => self.who.0 = value.number()?,
            2 => self.who.1 = Some(uuid(value)?),
            3 => self.role = Some(Word::read(value.text()?)?),
            4 => self.key = Some(uuid(value)?),
            5 => self.purpose = Some(Word::read(value.text()?)?),
            6 => self.record.0 = value.number()?,
            7 => self.record.1 = Some(value),
            8 => self.at = Some(Timestamp(value.signed()?)),
            9 => self.ending.0 = value.number()?,
            10 => self.ending.1 = Some(Word::read(value.text()?)?),
            _ => {}
        }
        Ok(())
    }

    fn entry(self) -> Result<Entry, Malformed> {
        let (role, purpose) = self.role.zip(self.purpose).ok_or(Malformed)?;
        let who = Who::of(self.who)?;
        let ending = match self.ending {
            (0, None) => Ending::Done,
            (1, Some(rule)) => Ending::Refused(rule),
            (2, None) => Ending::Repeated,
            (3, None) => Ending::Nothing,
            _ => return Err(Malformed),
        };
        let at = self.at.ok_or(Malformed)?;
        Ok(Entry { who, role, key: self.key, purpose, record: record(self.record)?, at, ending })
    }
}

fn record(parts: (u64, Option<Value<'_>>)) -> Result<Option<Record>, Malformed> {
    Ok(Some(match parts {
        (0, None) => return Ok(None),
        (1, Some(person)) => {
            Record::Person(BeneficiaryRef::new(person.number()?).ok_or(Malformed)?)
        }
        (2, Some(id)) => Record::Account(AccountId::from_uuid(uuid(id)?)),
        (3, Some(id)) => Record::Appointment(AppointmentId(uuid(id)?)),
        (4, Some(id)) => Record::Other(uuid(id)?),
        _ => return Err(Malformed),
    }))
}

fn uuid(value: Value<'_>) -> Result<Uuid, Malformed> {
    value.array().map(Uuid::from_bytes)
}
