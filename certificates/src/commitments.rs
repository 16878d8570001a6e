//! Salted commitments: what a vaccination's record says of a person without telling it.
//!
//! For each personal field the record holds SHA-256 of a salt, the field's name and its value. Whoever has the value and the
//! record's salt can show that the record means it; whoever has the record alone can try no guesses. When a person is
//! forgotten their salt is, and the record stands as it was. The ledger, which may not know this crate, makes the same
//! commitments; a test there compares.

use crate::record::Person;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The salt of a record: 128 random bits, kept with what is personal.
pub type Salt = Zeroizing<[u8; 16]>;

/// A personal field of a record. Fields keep their numbers for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The name.
    Name = 1,
    /// The gender, in the country's words.
    Gender = 2,
    /// The year of birth, in decimal digits.
    BirthYear = 3,
    /// The kind of identity document by which the person was verified.
    IdentityKind = 4,
    /// The last four characters of its number.
    IdentityLast4 = 5,
}

/// A commitment to the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment {
    /// Which field.
    pub field: Field,
    /// The hash.
    pub hash: [u8; 32],
}

/// The commitments to all that a record knows of a person. What only a delivered certificate holds (date of birth and
/// passport) is not among them.
pub fn commit(person: &Person, salt: &Salt) -> Vec<Commitment> {
    let birth_year = person.birth_year.to_string();
    let identity = person.identity.as_ref();
    let values = [
        (Field::Name, Some(&person.name)),
        (Field::Gender, Some(&person.gender)),
        (Field::BirthYear, Some(&birth_year)),
        (Field::IdentityKind, identity.map(|identity| &identity.kind)),
        (Field::IdentityLast4, identity.map(|identity| &identity.last4)),
    ];
    let known = values.into_iter().filter_map(|(field, value)| Some((field, value?)));
    known.map(|(field, value)| Commitment::to(field, value, salt)).collect()
}

/// One hash over all commitments of a record, in the order of their fields: what an event holds. Whoever shows a field shows
/// the commitments to the others along with it.
pub fn together(commitments: &[Commitment]) -> [u8; 32] {
    let mut all = Sha256::new().chain_update(b"opencowin commitments 1\n");
    for Commitment { field, hash } in commitments {
        all.update([*field as u8]);
        all.update(hash);
    }
    all.finalize().into()
}

impl Commitment {
    fn to(field: Field, value: &str, salt: &Salt) -> Self {
        let name = [field as u8];
        let own = field_salt(&name, salt);
        let hash = Sha256::new().chain_update(*own).chain_update(name).chain_update(value);
        Self { field, hash: hash.finalize().into() }
    }

    /// Whether it was made to this value under this salt.
    pub fn opens(&self, value: &str, salt: &Salt) -> bool {
        *self == Self::to(self.field, value, salt)
    }
}

/// Each field has a salt of its own, so that one field can be shown without helping to guess the others.
fn field_salt(name: &[u8], salt: &Salt) -> Zeroizing<[u8; 32]> {
    let mut own = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"opencowin commitment 1"), &**salt)
        .expand(name, &mut *own)
        .expect("invariant: 32 bytes are less than HKDF's most");
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn a_commitment_opens_with_its_value_field_and_salt_alone() {
        let person = Sample::international(1).person;
        let (salt, other) = (Salt::new([1; 16]), Salt::new([2; 16]));
        let made = commit(&person, &salt);
        assert_eq!(made.len(), 5);
        assert!(made[0].opens(&person.name, &salt));
        assert!(!made[0].opens(&person.name, &other) && !made[0].opens("Somebody Else", &salt));
        let moved = Commitment { field: Field::Gender, ..made[0] };
        assert!(!moved.opens(&person.name, &salt));
        assert_eq!(commit(&person, &salt), made);
    }

    #[test]
    fn two_people_of_one_name_have_different_records() {
        let person = Sample::new(1).person;
        let (one, other) =
            (commit(&person, &Salt::new([1; 16])), commit(&person, &Salt::new([2; 16])));
        assert!(one.iter().zip(&other).all(|(one, other)| one.hash != other.hash));
    }

    #[test]
    fn together_they_tell_of_every_field() {
        let made = commit(&Sample::new(1).person, &Salt::new([1; 16]));
        let all = together(&made);
        for at in 0..made.len() {
            let mut changed = made.clone();
            changed[at].hash[31] ^= 1;
            assert_ne!(together(&changed), all, "{:?}", made[at].field);
        }
    }

    #[test]
    fn a_person_without_a_document_has_no_commitment_to_one() {
        let mut person = Sample::new(1).person;
        person.identity = None;
        assert_eq!(commit(&person, &Salt::new([1; 16])).len(), 3);
    }
}
