//! Links by which people show others whether they are vaccinated.

use super::person::reference;
use super::wire::{Fields, Malformed, Writer};
use crate::vault::ShareHash;
use opencowin_model::{BeneficiaryRef, Timestamp};

/// A link that somebody has shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Whose vaccination it shows.
    pub person: BeneficiaryRef,
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it does not last until they end it.
    pub until: Option<Timestamp>,
}

impl Share {
    /// Whether it has ended by itself.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.person.get());
        writer.signed(2, self.since.0);
        if let Some(until) = self.until {
            writer.signed(3, until.0);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut person, mut since, mut until) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => person = Some(reference(value)?),
                (2, value) => since = Some(Timestamp(value.signed()?)),
                (3, value) => until = Some(Timestamp(value.signed()?)),
                _ => {}
            }
        }
        Ok(Self { person: person.ok_or(Malformed)?, since: since.ok_or(Malformed)?, until })
    }
}

/// Field 1 is a link of the person and is repeated.
pub(super) fn write_shares(shares: &[ShareHash], writer: &mut Writer) {
    shares.iter().for_each(|share| writer.bytes(1, share.as_bytes()));
}

pub(super) fn read_shares(fields: Fields<'_>) -> Result<Vec<ShareHash>, Malformed> {
    let mut shares = Vec::new();
    for field in fields {
        if let (1, value) = field? {
            shares.push(ShareHash::from_bytes(value.array()?));
        }
    }
    Ok(shares)
}
