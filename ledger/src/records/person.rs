//! People: what they told about themselves, and where they stand in the programme. The two are kept apart because the
//! first is written once and the second changes with every booking.

use super::NO_DISTRICT;
use super::event::EventKey;
use super::wire::{Fields, Malformed, Value, Writer};
use super::{read_session_key, write_session_key};
use crate::vault::{AccountId, IdHash};
use opencowin_model::{
    AppointmentId, BeneficiaryRef, CentreId, Date, DistrictId, Dose, EventId, GenderId, IdTypeId,
    Mobile, SessionKey, Timestamp, VaccineId,
};
use uuid::Uuid;

/// The people of one mobile number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Who they are, in the order in which they registered.
    pub people: Vec<BeneficiaryRef>,
}

/// What a person told about themselves when they registered.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal {
    /// Their name.
    pub name: String,
    /// The year of their birth; more is not kept.
    pub birth_year: i16,
    /// Their gender.
    pub gender: GenderId,
    /// The kind of photo id that they named.
    pub id_type: IdTypeId,
    /// Its last four characters; the number itself is not kept (R19).
    pub id_last4: String,
    /// Its keyed hash, by which it is found to be taken.
    pub id_hash: IdHash,
    /// Those of other documents, under which they had registered a second time: see [`Merge`](crate::commands::Merge).
    pub other_documents: Vec<IdHash>,
    /// The mobile number that they registered with.
    pub mobile: Mobile,
    /// Whether they named a comorbidity; `None` if they were not asked.
    pub comorbidity: Option<bool>,
    /// The version of the text that they consented to.
    pub consent_version: String,
    /// What their data was collected for; not recorded before schema 3.
    pub purpose: Option<String>,
    /// The last day on which it may be kept, if they agreed to a period.
    pub kept_until: Option<Date>,
    /// When they registered.
    pub registered: Timestamp,
    /// The district among whose registrations they are counted: that of the facility that registered them;
    /// [`NO_DISTRICT`] if they did so themselves.
    pub registered_in: DistrictId,
    /// How often they have corrected it themselves.
    pub corrections: u8,
}

impl Personal {
    /// All documents that are registered as theirs.
    pub fn documents(&self) -> impl Iterator<Item = IdHash> {
        std::iter::once(self.id_hash).chain(self.other_documents.iter().copied())
    }

    /// Whether the period is over for which it may be kept.
    pub fn has_expired(&self, today: Date) -> bool {
        self.kept_until.is_some_and(|last| last < today)
    }
}

/// Hides everything.
impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(****)")
    }
}

/// Where a person stands in the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account that they belong to; `None` if they were [erased](crate::commands::Erase) or
    /// [merged](crate::commands::Merge) with another reference.
    pub account: Option<AccountId>,
    /// The year of their birth, for age bands.
    pub birth_year: i16,
    /// The doses they were given, in order.
    pub doses: Vec<DoseTaken>,
    /// Their appointments, at most one for each dose. One whose session was cancelled or whose day is over is no longer
    /// live; it stays listed until the next booking for that dose.
    pub appointments: Vec<Listed>,
    /// The facility that registered them, if they did not do so themselves.
    pub registered_at: Option<CentreId>,
    /// The reference under which the same person goes on, if they had two.
    pub leads_to: Option<BeneficiaryRef>,
}

impl Person {
    /// This dose as it was given, if it was.
    pub fn taken(&self, dose: Dose) -> Option<&DoseTaken> {
        self.doses.iter().find(|taken| taken.dose == dose)
    }

    /// The appointment listed for a dose, live or not.
    pub fn listed(&self, dose: Dose) -> Option<&Listed> {
        self.appointments.iter().find(|listed| listed.dose == dose)
    }

    /// With this dose, in place of what was known of it.
    pub fn with_dose(mut self, taken: DoseTaken) -> Self {
        self.doses.retain(|other| other.dose != taken.dose);
        self.doses.push(taken);
        self.doses.sort_by_key(|taken| taken.dose);
        self
    }

    /// With this appointment as the one for its dose.
    pub fn with_appointment(mut self, listed: Listed) -> Self {
        self.appointments.retain(|other| other.dose != listed.dose);
        self.appointments.push(listed);
        self
    }

    /// Without this appointment.
    pub fn without_appointment(mut self, id: AppointmentId) -> Self {
        self.appointments.retain(|listed| listed.appointment != id);
        self
    }
}

/// A dose that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoseTaken {
    /// Which.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// On which day.
    pub date: Date,
    /// Where it was given, or recorded if it was given elsewhere.
    pub centre: CentreId,
    /// The event that holds for it.
    pub event: EventId,
}

impl DoseTaken {
    /// Where its event lies.
    pub fn event_key(&self) -> EventKey {
        EventKey { date: self.date, id: self.event }
    }
}

/// An appointment as the person's own row lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub appointment: AppointmentId,
    /// Its session, under which its row lies.
    pub session: SessionKey,
    /// The dose that it is for.
    pub dose: Dose,
}

impl Account {
    pub(super) fn write(&self, writer: &mut Writer) {
        for person in &self.people {
            writer.number(1, person.get());
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut people = Vec::new();
        for field in fields {
            if let (1, value) = field? {
                people.push(reference(value)?);
            }
        }
        Ok(Self { people })
    }
}

impl Personal {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, self.name.as_bytes());
        writer.signed(2, self.birth_year.into());
        writer.number(3, self.gender.0);
        writer.number(4, self.id_type.0);
        writer.bytes(5, self.id_last4.as_bytes());
        writer.bytes(6, self.id_hash.as_bytes());
        writer.number(7, self.mobile.0);
        if let Some(comorbidity) = self.comorbidity {
            writer.number(8, comorbidity);
        }
        writer.bytes(9, self.consent_version.as_bytes());
        writer.signed(10, self.registered.0);
        if let Some(purpose) = &self.purpose {
            writer.bytes(11, purpose.as_bytes());
        }
        if let Some(last) = self.kept_until {
            writer.date(12, last);
        }
        if self.registered_in != NO_DISTRICT {
            writer.number(13, self.registered_in.0);
        }
        writer.number_unless_zero(14, self.corrections);
        for document in &self.other_documents {
            writer.bytes(20, document.as_bytes());
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut name, mut id_last4, mut consent_version) = (None, None, None);
        let (mut birth_year, mut gender, mut id_type, mut id_hash) = (None, None, None, None);
        let (mut mobile, mut comorbidity, mut registered) = (None, None, None);
        let (mut purpose, mut kept_until, mut other_documents) = (None, None, Vec::new());
        let (mut registered_in, mut corrections) = (NO_DISTRICT, 0);
        for field in fields {
            match field? {
                (1, value) => name = Some(value.text()?),
                (2, value) => birth_year = Some(year(value)?),
                (3, value) => gender = Some(GenderId(value.number()?)),
                (4, value) => id_type = Some(IdTypeId(value.number()?)),
                (5, value) => id_last4 = Some(value.text()?),
                (6, value) => id_hash = Some(IdHash::from_bytes(value.array()?)),
                (7, value) => mobile = Some(Mobile(value.number()?)),
                (8, value) => comorbidity = Some(value.number::<u64>()? != 0),
                (9, value) => consent_version = Some(value.text()?),
                (10, value) => registered = Some(Timestamp(value.signed()?)),
                (11, value) => purpose = Some(value.text()?),
                (12, value) => kept_until = Some(value.date()?),
                (13, value) => registered_in = DistrictId(value.number()?),
                (14, value) => corrections = value.number()?,
                (20, value) => other_documents.push(IdHash::from_bytes(value.array()?)),
                _ => {}
            }
        }
        Ok(Self {
            name: name.ok_or(Malformed)?,
            birth_year: birth_year.ok_or(Malformed)?,
            gender: gender.ok_or(Malformed)?,
            id_type: id_type.ok_or(Malformed)?,
            id_last4: id_last4.ok_or(Malformed)?,
            id_hash: id_hash.ok_or(Malformed)?,
            other_documents,
            mobile: mobile.ok_or(Malformed)?,
            comorbidity,
            consent_version: consent_version.ok_or(Malformed)?,
            purpose,
            kept_until,
            registered: registered.ok_or(Malformed)?,
            registered_in,
            corrections,
        })
    }
}

/// The account of those who were erased, where one has to be written.
const NOBODY: AccountId = AccountId::from_bytes([0; 16]);

impl Person {
    pub(super) fn write(&self, writer: &mut Writer) {
        // Older programs want an account; this one is nobody's.
        writer.bytes(1, self.account.unwrap_or(NOBODY).as_bytes());
        if self.account.is_none() {
            writer.number(5, true);
        }
        writer.signed(2, self.birth_year.into());
        for taken in &self.doses {
            writer.nested(3, |inner| taken.write(inner));
        }
        for listed in &self.appointments {
            writer.nested(4, |inner| listed.write(inner));
        }
        if let Some(centre) = self.registered_at {
            writer.number(9, centre.0);
        }
        if let Some(other) = self.leads_to {
            writer.number(10, other.get());
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut account, mut birth_year, mut erased) = (None, None, false);
        let (mut doses, mut appointments) = (Vec::new(), Vec::new());
        let (mut registered_at, mut leads_to) = (None, None);
        for field in fields {
            match field? {
                (1, value) => account = Some(AccountId::from_bytes(value.array()?)),
                (2, value) => birth_year = Some(year(value)?),
                (3, value) => doses.push(DoseTaken::read(value.fields()?)?),
                (4, value) => appointments.push(Listed::read(value.fields()?)?),
                (5, value) => erased = value.number::<u64>()? != 0,
                (9, value) => registered_at = Some(CentreId(value.number()?)),
                (10, value) => leads_to = Some(reference(value)?),
                _ => {}
            }
        }
        let (account, birth_year) = account.zip(birth_year).ok_or(Malformed)?;
        let account = (!erased).then_some(account);
        Ok(Self { account, birth_year, doses, appointments, registered_at, leads_to })
    }
}

impl DoseTaken {
    fn write(&self, writer: &mut Writer) {
        writer.number(1, self.dose.number());
        writer.number(2, self.vaccine.0);
        writer.date(3, self.date);
        writer.number(4, self.centre.0);
        writer.bytes(5, self.event.0.as_bytes());
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut dose, mut vaccine, mut date, mut centre) = (None, None, None, None);
        let mut event = None;
        for field in fields {
            match field? {
                (1, value) => dose = Some(value.dose()?),
                (2, value) => vaccine = Some(VaccineId(value.number()?)),
                (3, value) => date = Some(value.date()?),
                (4, value) => centre = Some(CentreId(value.number()?)),
                (5, value) => event = Some(EventId(Uuid::from_bytes(value.array()?))),
                _ => {}
            }
        }
        Ok(Self {
            dose: dose.ok_or(Malformed)?,
            vaccine: vaccine.ok_or(Malformed)?,
            date: date.ok_or(Malformed)?,
            centre: centre.ok_or(Malformed)?,
            event: event.ok_or(Malformed)?,
        })
    }
}

impl Listed {
    fn write(&self, writer: &mut Writer) {
        writer.bytes(1, self.appointment.0.as_bytes());
        writer.nested(2, |inner| write_session_key(self.session, inner));
        writer.number(3, self.dose.number());
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut appointment, mut session, mut dose) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => appointment = Some(AppointmentId(Uuid::from_bytes(value.array()?))),
                (2, value) => session = Some(read_session_key(value)?),
                (3, value) => dose = Some(value.dose()?),
                _ => {}
            }
        }
        Ok(Self {
            appointment: appointment.ok_or(Malformed)?,
            session: session.ok_or(Malformed)?,
            dose: dose.ok_or(Malformed)?,
        })
    }
}

pub(super) fn reference(value: Value<'_>) -> Result<BeneficiaryRef, Malformed> {
    BeneficiaryRef::new(value.number()?).ok_or(Malformed)
}

fn year(value: Value<'_>) -> Result<i16, Malformed> {
    i16::try_from(value.signed()?).map_err(|_| Malformed)
}
