//! An appointment of one to four people.

use super::person::reference;
use super::wire::{Fields, Malformed, Value, Writer};
use crate::vault::AccountId;
use opencowin_model::{
    AppointmentId, BeneficiaryRef, CentreId, Channel, Dose, Hours, SessionKey, Timestamp,
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
    /// When it was booked.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// How it stands with one person of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Has a seat.
    Booked,
    /// Had one, and gave it back.
    Cancelled,
}

impl Appointment {
    /// Those who have a seat.
    pub fn booked(&self) -> impl Iterator<Item = BeneficiaryRef> {
        self.people.iter().filter(|(_, standing)| *standing == Standing::Booked).map(|(p, _)| *p)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, self.account.as_bytes());
        writer.number(2, self.centre.0);
        writer.number(3, self.channel.index() as u64 + 1);
        writer.number(4, self.dose.number());
        writer.hours(5, self.slot);
        for (person, standing) in &self.people {
            writer.number(6 + *standing as u32, person.get());
        }
        writer.signed(8, self.created.0);
        writer.signed(9, self.changed.0);
    }

    /// Who is booked is field 6, who has cancelled field 7; their order is that of the fields.
    pub(super) fn read(
        session: SessionKey,
        id: AppointmentId,
        fields: Fields<'_>,
    ) -> Result<Self, Malformed> {
        let (mut account, mut centre, mut channel, mut dose) = (None, None, None, None);
        let (mut slot, mut created, mut changed, mut people) = (None, None, None, Vec::new());
        for field in fields {
            match field? {
                (1, value) => account = Some(AccountId::from_bytes(value.array()?)),
                (2, value) => centre = Some(CentreId(value.number()?)),
                (3, value) => channel = Some(read_channel(value)?),
                (4, value) => dose = Some(value.dose()?),
                (5, value) => slot = Some(value.hours()?),
                (6, value) => people.push((reference(value)?, Standing::Booked)),
                (7, value) => people.push((reference(value)?, Standing::Cancelled)),
                (8, value) => created = Some(Timestamp(value.signed()?)),
                (9, value) => changed = Some(Timestamp(value.signed()?)),
                _ => {}
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
            created: created.ok_or(Malformed)?,
            changed: changed.ok_or(Malformed)?,
        })
    }
}

pub(super) fn read_channel(value: Value<'_>) -> Result<Channel, Malformed> {
    let number: usize = value.number()?;
    Channel::ALL.into_iter().find(|channel| channel.index() + 1 == number).ok_or(Malformed)
}
