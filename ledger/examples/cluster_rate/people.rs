//! Who books: one person an account, whose rows are written directly, since registering them is not what is measured.

use crate::programme::clock;
use crate::write;
use opencowin_ledger::codec::Codec;
use opencowin_ledger::keys::Key;
use opencowin_ledger::records::{Account, NO_DISTRICT, Person, Personal, Row};
use opencowin_ledger::store::{Mutation, Store};
use opencowin_ledger::vault::{AccountId, IdHash};
use opencowin_model::{BeneficiaryRef, GenderId, IdTypeId, Mobile};
use rand::RngExt;
use rand::rngs::StdRng;
use std::fs;
use std::path::Path;
use uuid::Uuid;

/// Somebody and their account.
pub(crate) type Who = (AccountId, BeneficiaryRef);

/// So many people, whom nobody has met before.
pub(crate) fn draw(count: usize) -> Vec<Who> {
    let mut random = rand::make_rng::<StdRng>();
    let mut person = || {
        let account = AccountId::from_bytes(random.random());
        (account, BeneficiaryRef::new(random.random_range(BeneficiaryRef::RANGE)).unwrap())
    };
    (0..count).map(|_| person()).collect()
}

/// Notes them down for another process.
pub(crate) fn note(file: &Path, people: &[Who]) {
    let line = |(account, person): &Who| {
        format!("{} {person}\n", Uuid::from_bytes(*account.as_bytes()).simple())
    };
    fs::write(file, people.iter().map(line).collect::<String>()).unwrap();
}

/// Those whom another process has noted down.
pub(crate) fn noted(file: &Path) -> Vec<Who> {
    let person = |line: &str| {
        let (account, person) = line.split_once(' ')?;
        let account = AccountId::from_bytes(Uuid::parse_str(account).ok()?.into_bytes());
        Some((account, BeneficiaryRef::new(person.parse().ok()?)?))
    };
    fs::read_to_string(file).unwrap().lines().map(|line| person(line).unwrap()).collect()
}

/// Writes their state rows, which is all of them that a booking looks at.
pub(crate) fn write_states(store: &dyn Store, codec: &Codec, people: &[Who]) {
    let rows = people.iter().map(|who| state(*who));
    write_rows(store, codec, rows);
}

/// Writes all of their rows, so that a check finds nothing missing.
pub(crate) fn write_whole(store: &dyn Store, codec: &Codec, people: &[Who]) {
    let rows = people.iter().flat_map(|&(account, id)| {
        let document = IdHash::from_bytes(*account.as_bytes());
        [
            state((account, id)),
            (Key::Account(account), Row::Account(Account { people: vec![id] })),
            (Key::IdDocument(document), Row::IdDocument(id)),
            (Key::Personal(id), Row::Personal(Box::new(personal(document)))),
        ]
    });
    write_rows(store, codec, rows);
}

fn state((account, id): Who) -> (Key, Row) {
    let (doses, appointments) = (Vec::new(), Vec::new());
    (
        Key::Person(id),
        Row::Person(Person {
            account: Some(account),
            birth_year: 1980,
            doses,
            appointments,
            registered_at: None,
            leads_to: None,
        }),
    )
}

fn personal(id_hash: IdHash) -> Personal {
    Personal {
        name: "Somebody".to_owned(),
        birth_year: 1980,
        gender: GenderId(1),
        id_type: IdTypeId(1),
        id_last4: "1234".to_owned(),
        id_hash,
        mobile: Mobile(9_000_000_000),
        comorbidity: None,
        consent_version: "1".to_owned(),
        purpose: None,
        kept_until: None,
        registered: clock().now(),
        registered_in: NO_DISTRICT,
        corrections: 0,
        other_documents: Vec::new(),
    }
}

fn write_rows(store: &dyn Store, codec: &Codec, rows: impl Iterator<Item = (Key, Row)>) {
    let mut random = rand::make_rng::<StdRng>();
    let rows = rows.map(|(name, row)| {
        let key = codec.layout().encode(&name);
        let value = codec.seal(&name, &key, &row, &mut random);
        Mutation::Set { key, value }
    });
    write(store, rows.collect());
}
