//! What a certificate says of a person, and the commitment to it that the event keeps for good.
//!
//! For each field there is a commitment, SHA-256 of a salt, the field's number and its value, where the salt is derived from
//! that of the event; the event holds one hash over all of them. That is a quarter of what five hashes would take, and a
//! field can still be shown alone, along with the commitments to the others: whoever can show it has those too, since they
//! are made from what lies in the row of the [`Holder`]. Once the person's key is destroyed nobody can, and the event says
//! nothing about anybody. Fields, salts and hashes are those of the crate `opencowin-certificates`.

use super::Personal;
use super::wire::{Fields, Malformed, Writer};
use crate::codec::Damage;
use crate::rules::Words;
use crate::vault::{PersonKey, Salt, Slot};
use hkdf::Hkdf;
use opencowin_model::{EventId, IdTypeId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a certificate says of a person, as it was when the dose was recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Their name.
    pub name: String,
    /// Their gender, in the country's words.
    pub gender: String,
    /// The year of their birth.
    pub birth_year: i16,
    /// The document by which they were verified, where it is the one that they registered with.
    pub identity: Option<Identity>,
}

/// An identity document, as far as it is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its kind, in the country's words.
    pub kind: String,
    /// The last four characters of its number.
    pub last4: String,
}

impl Holder {
    /// What is known of somebody who was verified by a document of this kind.
    pub fn of(personal: &Personal, verified: Option<IdTypeId>, words: &Words) -> Self {
        let kind = verified.filter(|kind| *kind == personal.id_type);
        Self {
            name: personal.name.clone(),
            gender: words.gender(personal.gender),
            birth_year: personal.birth_year,
            identity: kind.map(|kind| Identity {
                kind: words.id_type(kind),
                last4: personal.id_last4.clone(),
            }),
        }
    }

    /// The commitment to all of it.
    pub fn commitment(&self, salt: &Salt) -> [u8; 32] {
        let birth_year = self.birth_year.to_string();
        let identity = self.identity.as_ref();
        let fields = [
            (1, Some(&self.name)),
            (2, Some(&self.gender)),
            (3, Some(&birth_year)),
            (4, identity.map(|identity| &identity.kind)),
            (5, identity.map(|identity| &identity.last4)),
        ];
        let mut all = Sha256::new().chain_update(b"opencowin commitments 1\n");
        for (field, value) in fields {
            if let Some(value) = value {
                all.update([field]);
                all.update(to_field(field, value, salt));
            }
        }
        all.finalize().into()
    }

    /// Sealed under the key of the person, for the row of an event.
    pub fn seal(&self, event: EventId, key: &PersonKey) -> Vec<u8> {
        let mut writer = Writer::record();
        writer.bytes(1, self.name.as_bytes());
        writer.bytes(2, self.gender.as_bytes());
        writer.signed(3, self.birth_year.into());
        if let Some(identity) = &self.identity {
            writer.bytes(4, identity.kind.as_bytes());
            writer.bytes(5, identity.last4.as_bytes());
        }
        key.seal(Slot::Holder(event), &Zeroizing::new(writer.finish()))
    }

    /// Opens the row of an event.
    ///
    /// # Errors
    /// [`Damage`] if it was not sealed for this event under this key.
    pub fn open(event: EventId, sealed: &[u8], key: &PersonKey) -> Result<Self, Damage> {
        let record = Zeroizing::new(key.open(Slot::Holder(event), sealed)?);
        Ok(Self::read(Fields::of_record(&record)?)?)
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut name, mut gender, mut birth_year) = (None, None, None);
        let (mut kind, mut last4) = (None, None);
        for field in fields {
            match field? {
                (1, value) => name = Some(value.text()?),
                (2, value) => gender = Some(value.text()?),
                (3, value) => {
                    birth_year = Some(i16::try_from(value.signed()?).map_err(|_| Malformed)?);
                }
                (4, value) => kind = Some(value.text()?),
                (5, value) => last4 = Some(value.text()?),
                _ => {}
            }
        }
        Ok(Self {
            name: name.ok_or(Malformed)?,
            gender: gender.ok_or(Malformed)?,
            birth_year: birth_year.ok_or(Malformed)?,
            identity: kind.zip(last4).map(|(kind, last4)| Identity { kind, last4 }),
        })
    }
}

/// The commitment to one field. Each has a salt of its own, so that one can be shown without helping to guess the others.
fn to_field(field: u8, value: &str, salt: &Salt) -> [u8; 32] {
    let mut own = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"opencowin commitment 1"), &**salt)
        .expand(&[field], &mut *own)
        .expect("invariant: 32 bytes are within what HKDF-SHA256 gives");
    Sha256::new().chain_update(*own).chain_update([field]).chain_update(value).finalize().into()
}

/// Hides everything.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(****)")
    }
}

/// Hides everything.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_certificates::commitments::{self, Commitment, Field};
    use opencowin_certificates::record;
    use proptest::option;
    use proptest::prelude::*;
    use uuid::Uuid;

    const EVENT: EventId = EventId(Uuid::from_u128(1));

    fn asha() -> Holder {
        let identity = Identity { kind: "Aadhaar Card".to_owned(), last4: "0001".to_owned() };
        Holder {
            name: "Asha Rao".to_owned(),
            gender: "Female".to_owned(),
            birth_year: 1980,
            identity: Some(identity),
        }
    }

    /// Made with Python's hmac and hashlib.
    #[test]
    fn the_commitment_is_what_others_compute() {
        let hex = |hash: [u8; 32]| hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(hex(to_field(1, "Asha Rao", &Salt::new([1; 16]))), FIELD);
        assert_eq!(hex(asha().commitment(&Salt::new([1; 16]))), ALL);
    }

    /// The gateway shows fields by the commitments that the crate of documents makes.
    #[test]
    fn commitments_are_those_of_the_documents() {
        let (salt, other) = (Salt::new([1; 16]), Salt::new([2; 16]));
        for holder in [asha(), Holder { identity: None, ..asha() }] {
            let identity = holder.identity.as_ref();
            let person = record::Person {
                name: holder.name.clone(),
                gender: holder.gender.clone(),
                birth_year: holder.birth_year,
                identity: identity.map(|Identity { kind, last4 }| record::Identity {
                    kind: kind.clone(),
                    last4: last4.clone(),
                }),
                travel: None,
            };
            let fields = commitments::commit(&person, &salt);
            for Commitment { field, hash } in &fields {
                let value = match field {
                    Field::Name => &person.name,
                    Field::Gender => &person.gender,
                    Field::BirthYear => &person.birth_year.to_string(),
                    Field::IdentityKind => &identity.unwrap().kind,
                    Field::IdentityLast4 => &identity.unwrap().last4,
                };
                assert_eq!(to_field(*field as u8, value, &salt), *hash, "{field:?}");
            }
            let all = commitments::together(&fields);
            assert_eq!(holder.commitment(&salt), all);
            assert_ne!(holder.commitment(&other), all);
        }
    }

    const FIELD: &str = "0a6ee888a403b55bdd97c0e29d7187d38edddccda68c13a1036d3a22e07bc226";
    const ALL: &str = "6d5c5a47337f344201a8b11ae7b712b05072bbd6062ab411ad2347848187d3e9";

    #[test]
    fn a_commitment_is_to_every_field_and_under_one_salt() {
        let salt = Salt::new([1; 16]);
        let identity = |kind: &str, last4: &str| {
            Some(Identity { kind: kind.to_owned(), last4: last4.to_owned() })
        };
        let others = [
            Holder { name: "Asha Rai".to_owned(), ..asha() },
            Holder { gender: "Male".to_owned(), ..asha() },
            Holder { birth_year: 1981, ..asha() },
            Holder { identity: None, ..asha() },
            Holder { identity: identity("Passport", "0001"), ..asha() },
            Holder { identity: identity("Aadhaar Card", "0002"), ..asha() },
        ];
        let commitment = asha().commitment(&salt);
        for other in others {
            assert_ne!(other.commitment(&salt), commitment);
        }
        assert_ne!(asha().commitment(&Salt::new([2; 16])), commitment);
    }

    proptest! {
        #[test]
        fn a_holder_reads_back_for_its_event_alone(
            name: String, gender: String, birth_year: i16, identity in option::of(any::<(String, String)>())
        ) {
            let identity = identity.map(|(kind, last4)| Identity { kind, last4 });
            let holder = Holder { name, gender, birth_year, identity };
            let key = PersonKey::new([1; 32]);
            let sealed = holder.seal(EVENT, &key);
            prop_assert_eq!(Holder::open(EVENT, &sealed, &key), Ok(holder));
            prop_assert!(Holder::open(EventId(Uuid::nil()), &sealed, &key).is_err());
            prop_assert!(Holder::open(EVENT, &sealed, &PersonKey::new([2; 32])).is_err());
        }
    }
}
