//! An appointment of one to four people.

use super::person::reference;
use super::standing::{self, Standing};
use super::wire::{Fields, Malformed, Value, Writer};
use crate::vault::{AccountId, Hasher};
use opencowin_model::{
    AppointmentId, BeneficiaryRef, CentreId, Channel, Dose, Hours, SecurityCode, SessionKey,
    Timestamp,
};

/// One to four people going together, of one account unless a facility booked it. Its row lies under its session and is never removed, only moved
/// to another session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Its id, which it keeps when it is rescheduled.
    pub id: AppointmentId,
    /// Its session.
    pub session: SessionKey,
    /// Who booked it; for a facility's booking, the account of the first.
    pub account: AccountId,
    /// Where it is.
    pub centre: CentreId,
    /// Out of whose seats.
    pub channel: Channel,
    /// For which dose.
    pub dose: Dose,
    /// The hours they were told to come; a hint against crowding.
    pub slot: Hours,
    /// Who goes, and who no longer does, in the order booked.
    pub people: Vec<(BeneficiaryRef, Standing)>,
    /// The code that was drawn for it; none was before schema 4. See [`security_code`](Self::security_code).
    pub code: Option<SecurityCode>,
    /// How often somebody was named with a wrong code or document.
    pub wrong_proofs: Vec<(BeneficiaryRef, u8)>,
    /// When it was booked.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl Appointment {
    /// Those who have a seat and have not come yet.
    pub fn booked(&self) -> impl Iterator<Item = BeneficiaryRef> {
        self.people.iter().filter(|(_, standing)| *standing == Standing::Booked).map(|(p, _)| *p)
    }

    /// Those whose seat counts as booked: who is expected, and who is there and has not been given the dose.
    pub fn seated(&self) -> impl Iterator<Item = BeneficiaryRef> {
        self.people.iter().filter(|(_, standing)| standing.holds_seat()).map(|(p, _)| *p)
    }

    /// Those whose seat counts as used.
    pub fn done(&self) -> impl Iterator<Item = BeneficiaryRef> {
        let done = |standing: &Standing| matches!(standing, Standing::Done(_));
        self.people.iter().filter(move |(_, standing)| done(standing)).map(|(p, _)| *p)
    }

    /// How it stands with somebody, if they are or were in it.
    pub fn standing(&self, who: BeneficiaryRef) -> Option<Standing> {
        self.people.iter().find(|(person, _)| *person == who).map(|(_, standing)| *standing)
    }

    /// With another standing of somebody who is in it.
    pub fn with_standing(mut self, who: BeneficiaryRef, standing: Standing, at: Timestamp) -> Self {
        self.people.iter_mut().filter(|(person, _)| *person == who).for_each(|p| p.1 = standing);
        self.changed = at;
        self
    }

    /// The code that its people show at the counter. One that was booked when codes were not drawn yet has one that only
    /// the keys tell.
    pub fn security_code(&self, hasher: &Hasher) -> SecurityCode {
        self.code.unwrap_or_else(|| hasher.security_code(self.id.0.as_bytes()))
    }

    /// How often somebody was named with a wrong code or document.
    pub fn wrong_proofs(&self, who: BeneficiaryRef) -> u8 {
        self.wrong_proofs.iter().find(|(person, _)| *person == who).map_or(0, |(_, wrong)| *wrong)
    }

    /// With so many wrong codes or documents of somebody.
    pub fn with_wrong_proofs(mut self, who: BeneficiaryRef, wrong: u8) -> Self {
        self.wrong_proofs.retain(|(person, _)| *person != who);
        if wrong > 0 {
            self.wrong_proofs.push((who, wrong));
        }
        self
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, self.account.as_bytes());
        writer.number(2, self.centre.0);
        writer.number(3, self.channel.index() as u64 + 1);
        writer.number(4, self.dose.number());
        writer.hours(5, self.slot);
        for (person, standing) in &self.people {
            standing.write(*person, writer);
        }
        writer.signed(8, self.created.0);
        writer.signed(9, self.changed.0);
        if let Some(code) = self.code {
            writer.number(11, code.number());
        }
        for (person, wrong) in &self.wrong_proofs {
            writer.nested(12, |inner| {
                inner.number(1, person.get());
                inner.number(2, *wrong);
            });
        }
    }

    /// People are in fields of several numbers, by their standing; their order is that of the fields.
    pub(super) fn read(
        session: SessionKey,
        id: AppointmentId,
        fields: Fields<'_>,
    ) -> Result<Self, Malformed> {
        let (mut account, mut centre, mut channel, mut dose) = (None, None, None, None);
        let (mut slot, mut created, mut changed, mut code) = (None, None, None, None);
        let (mut people, mut wrong_proofs) = (Vec::new(), Vec::new());
        for field in fields {
            match field? {
                (1, value) => account = Some(AccountId::from_bytes(value.array()?)),
                (2, value) => centre = Some(CentreId(value.number()?)),
                (3, value) => channel = Some(read_channel(value)?),
                (4, value) => dose = Some(value.dose()?),
                (5, value) => slot = Some(value.hours()?),
                (8, value) => created = Some(Timestamp(value.signed()?)),
                (9, value) => changed = Some(Timestamp(value.signed()?)),
                (11, value) => {
                    code = Some(SecurityCode::from_number(value.number()?).ok_or(Malformed)?);
                }
                (12, value) => wrong_proofs.push(read_wrong_proofs(value)?),
                (field, value) => people.extend(standing::read(field, value)?),
            }
        }
        Ok(Self {
            id,
            session,
            account: account.ok_or(Malformed)?,
            centre: centre.ok_or(Malformed)?,
            channel: channel.ok_or(Malformed)?,
            dose: dose.ok_or(Malformed)?,
            slot: slot.ok_or(Malformed)?,
            people,
            code,
            wrong_proofs,
            created: created.ok_or(Malformed)?,
            changed: changed.ok_or(Malformed)?,
        })
    }
}

fn read_wrong_proofs(value: Value<'_>) -> Result<(BeneficiaryRef, u8), Malformed> {
    let (mut person, mut wrong) = (None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => person = Some(reference(value)?),
            (2, value) => wrong = Some(value.number()?),
            _ => {}
        }
    }
    person.zip(wrong).ok_or(Malformed)
}

pub(super) fn read_channel(value: Value<'_>) -> Result<Channel, Malformed> {
    let number: usize = value.number()?;
    Channel::ALL.into_iter().find(|channel| channel.index() + 1 == number).ok_or(Malformed)
}
