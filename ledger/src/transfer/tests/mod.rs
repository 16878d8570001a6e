//! A ledger arrives as it was, whatever happens on the way; and what is wrong is refused and named.

mod damage;
mod export;
mod frail;
mod import;

use super::*;
use crate::audit::{Entry, Who, Word};
use crate::commands::{
    Cancel, Certify, Command, Outcome, Parcel, Receive, ReportAdverseEvent, Reporter, Revoke,
    Sequence, ShareStatus, SignHead, Suspected, TakeStatus, Vaccinate,
};
use crate::fixture::{self, counter};
use crate::keys::Environment;
use crate::records::{Form, LogHead};
use crate::store::Store;
use crate::store::block_on::block_on;
use crate::store::memory::Memory;
use crate::{Ledger, OpenError, Pace, Parts, Request};
use opencowin_model::{
    AppointmentId, BeneficiaryRef, CertificateId, Clock, Dose, Doses, Mobile, Recovery,
    RevocationReason, Severity, Symptom, Timestamp,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const ENVIRONMENT: Environment = Environment::Sandbox;

/// Another run of an import each time.
const FIRST_RUN: Uuid = Uuid::from_u128(1);
const SECOND_RUN: Uuid = Uuid::from_u128(2);

/// Opens it with random bits from `seed`, another each time on one store.
fn open(store: Arc<dyn Store>, vault: Vault, seed: u8) -> Result<Ledger, OpenError> {
    Ledger::open(Parts {
        store,
        vault: Arc::new(vault),
        environment: ENVIRONMENT,
        rules: fixture::rules(),
        clock: Arc::new(Clock::fixed(fixture::morning(fixture::TODAY))),
        seed: [seed; 32],
        pace: Pace::default(),
        queue: 64,
        sharing: None,
    })
}

/// Fills a store with every kind of row there is.
fn fill(store: Arc<dyn Store>) {
    let ledger = open(store, fixture::vault(), 1).unwrap();
    let sessions = (1..=3).map(|id| fixture::session(id, fixture::TODAY, 10)).collect();
    let through = Some(fixture::TODAY);
    block_on(ledger.publish(vec![fixture::centre()], sessions, through)).unwrap();
    for mobile in 1..=6 {
        let (person, appointment) = book(&ledger, mobile);
        if mobile == 1 {
            vaccinate(&ledger, person, appointment);
        }
    }
}

/// Gives the second person of the first number a dose out of the centre's stock, and reports what followed.
fn vaccinate(ledger: &Ledger, person: BeneficiaryRef, appointment: AppointmentId) {
    let (vaccine, batch) = (fixture::TWO_DOSES, counter::batch(counter::BATCH));
    let parcel = Parcel { vaccine, batch, doses: Doses::new(10).unwrap(), by: counter::STAFF };
    let (centre, expiry) = (fixture::CENTRE, fixture::TODAY);
    block_on(ledger.run(Command::Receive(Receive { centre, parcel, expiry }))).unwrap();
    let account = ledger.hasher().account(Mobile(1));
    let visit = block_on(ledger.read().visit(account, appointment)).unwrap();
    let code = visit.appointment.security_code(ledger.hasher());
    let proof = Some(counter::proof(&fixture::registration(1, 2), code));
    let dose = Vaccinate { proof, ..counter::dose(person) };
    block_on(ledger.run(Command::Vaccinate(Box::new(dose)))).unwrap();
    let reporter = Reporter::Facility(centre);
    let report = ReportAdverseEvent {
        after: Suspected { person, dose: Dose::First, reporter, by: counter::STAFF },
        severity: Severity::Minor,
        symptoms: vec![Symptom::Pyrexia],
        onset: fixture::TODAY,
        recovery: Recovery::Recovered,
    };
    block_on(ledger.run(Command::ReportAdverseEvent(Box::new(report)))).unwrap();
    certify(ledger, person);
}

/// Makes two certificates of the first dose of somebody, of which one is revoked and made again, tells the log of the first,
/// and shares a link.
fn certify(ledger: &Ledger, person: BeneficiaryRef) {
    let run = |command| block_on(ledger.run(command)).unwrap();
    let event = block_on(ledger.read().events(person)).unwrap().remove(0);
    let wanted = [(event.key, Form::Domestic)];
    let key = block_on(ledger.read().certifiable(&wanted)).unwrap().remove(0).unwrap().key;
    run(Command::TakeStatus(TakeStatus { entries: 4096 }));
    for (number, form) in (1..).zip(Form::ALL) {
        let fresh = fixture::certificates::fresh(number, &event, form, &key);
        let stored = run(Command::Certify(Certify { certificates: vec![fresh] }));
        assert_eq!(stored, Outcome::Certified { stored: 1 });
    }
    let rows = block_on(ledger.read().log_pending(None, 1)).unwrap();
    run(Command::Sequence(Sequence { rows: rows.iter().map(|(id, _)| *id).collect() }));
    run(Command::SignHead(SignHead {
        head: LogHead { size: 1, body: vec![1] },
        tiles: vec![(1, 0, vec![1])],
    }));
    let certificates = vec![CertificateId(Uuid::from_u128(2))];
    let (reason, by) = (RevocationReason::KeyCompromised, counter::STAFF);
    run(Command::Revoke(Revoke { certificates, reason, by }));
    let account = ledger.hasher().account(Mobile(1));
    let share = ledger.hasher().share(&[1; 16]);
    run(Command::ShareStatus(ShareStatus { person, account, share, until: None }));
}

/// Registers two people, books two seats, and gives one up again for the first, who was given the dose abroad; answers the
/// second and the appointment.
fn book(ledger: &Ledger, mobile: u64) -> (BeneficiaryRef, AppointmentId) {
    let account = ledger.hasher().account(opencowin_model::Mobile(mobile));
    let register = |number| {
        let registration = fixture::registration(mobile, number);
        match block_on(ledger.run(Command::Register(Box::new(registration)))) {
            Ok(Outcome::Registered(person)) => person,
            other => panic!("{other:?}"),
        }
    };
    let people = [register(1), register(2)];
    let session = fixture::session(u128::from(mobile % 3 + 1), fixture::TODAY, 10).key();
    let command = Command::Book(fixture::booking(account, session, &people));
    let once = Some(fixture::once(account, "key", 1));
    let (role, purpose) = (Word::new("beneficiary"), Word::new("book"));
    let audit = vec![Entry::new(Who::Account(account), role, purpose, ledger.clock().now())];
    let Ok(Outcome::Booked { appointment, .. }) =
        block_on(ledger.submit(Request { once, audit, ..Request::of(command) }))
    else {
        panic!("it is not booked")
    };
    let cancel = Cancel { account, appointment, people: people[..1].to_vec() };
    block_on(ledger.run(Command::Cancel(cancel))).unwrap();
    let abroad = fixture::counter::first_abroad(people[0]);
    block_on(ledger.run(Command::RecordElsewhere(Box::new(abroad)))).unwrap();
    (people[1], appointment)
}

fn filled() -> Arc<Memory> {
    let store = Arc::new(Memory::default());
    fill(store.clone());
    store
}

/// At rest, in small pieces, so that little makes many of them, and without patience.
fn at_rest(store: Arc<dyn Store>) -> AtRest {
    let (first_pause, longest_pause) = (Duration::ZERO, Duration::ZERO);
    let patience = Patience { repeats: 30, first_pause, longest_pause };
    let rows = AtRest::new(store, ENVIRONMENT).with_patience(patience);
    AtRest { chunk_bytes: 700, scanned: 7, ..rows }
}

fn options() -> ExportOptions {
    ExportOptions { id: Uuid::from_u128(9), now: Timestamp(1_619_827_200_000), verify: false }
}

/// An export of a store, in a directory of its own.
fn exported(store: Arc<dyn Store>) -> (tempfile::TempDir, PathBuf, Checksum) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    let done = at_rest(store).export(&fixture::vault(), &path, options(), &mut |_| {}).unwrap();
    assert_eq!(done.stillness, Stillness::SameVersion);
    (home, path, done.checksum)
}

fn import(store: Arc<dyn Store>, path: &Path, run: Uuid) -> Result<Checksum, TransferError> {
    let mut file = ExportFile::open(path)?;
    at_rest(store).import(&fixture::vault(), &mut file, run, &mut |_| {})
}

fn checksum(store: Arc<dyn Store>) -> Checksum {
    at_rest(store).checksum(&mut |_| {}).unwrap()
}

fn is_empty(store: &dyn Store) -> bool {
    let everything = crate::keys::Layout::new(ENVIRONMENT).everything();
    let version = block_on(store.read_version()).unwrap();
    block_on(store.scan(version, everything, 1)).unwrap().is_empty()
}

/// That a ledger opens, holds what it should, and can be worked with.
fn assert_whole(store: Arc<dyn Store>, held: &Checksum) {
    assert_eq!(checksum(store.clone()), *held);
    let ledger = open(store, fixture::vault(), 2).unwrap();
    let report = block_on(ledger.check(|violation| panic!("{violation}"))).unwrap();
    assert_eq!((report.people, report.appointments, report.command_records), (12, 6, 6));
    assert_eq!(report.audited, 6);
    book(&ledger, 1000);
    block_on(ledger.check(|violation| panic!("{violation}"))).unwrap();
}

fn other_vault() -> Vault {
    Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(2))).unwrap()
}
