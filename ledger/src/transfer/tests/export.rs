//! What an export writes, and how it goes on.

use super::frail::Frail;
use super::*;
use crate::store::{Commit, Mutation, ReadError};

fn part(path: &Path) -> PathBuf {
    path.with_extension("part")
}

fn run(store: Arc<dyn Store>, path: &Path, verify: bool) -> Result<Exported, TransferError> {
    let options = ExportOptions { verify, ..options() };
    at_rest(store).export(&fixture::vault(), path, options, &mut |_| {})
}

#[test]
fn an_export_holds_every_kind_of_row_but_those_of_processes() {
    let store = filled();
    let (_home, path, held) = exported(store.clone());
    let kinds: Vec<_> = held.kinds.keys().map(|kind| *kind as u16).collect();
    assert_eq!(kinds, (1..=10).chain(20..=43).collect::<Vec<_>>());
    assert_eq!(checksum(store), held);
    assert!(fs::read(&path).unwrap().len() as u64 > held.bytes);
    assert!(!part(&path).exists());
    let header = ExportFile::open(&path).unwrap().header().clone();
    assert_eq!((header.environment, header.id), (ENVIRONMENT, options().id));
    assert!(
        held.to_string().contains("6 appointments, 6 command records, 6 audit batches, "),
        "{held}"
    );
}

#[test]
fn an_export_interrupted_at_any_read_goes_on_to_the_same_file() {
    let store = filled();
    let (_home, whole, _) = exported(store.clone());
    let home = tempfile::tempdir().unwrap();
    let mut resumed = 0;
    for scans in 0.. {
        let path = home.path().join(scans.to_string());
        let interrupted = run(Frail::new(store.clone(), scans, 0), &path, false);
        if interrupted.is_ok() {
            assert!(scans > 5 && resumed > 0, "{scans} interruptions, {resumed} rows resumed");
            return;
        }
        assert!(!path.exists());
        resumed += run(store.clone(), &path, false).unwrap().resumed;
        assert!(fs::read(&path).unwrap() == fs::read(&whole).unwrap(), "after {scans} reads");
    }
}

#[test]
fn an_export_cut_off_or_torn_anywhere_goes_on_to_the_same_file() {
    let store = filled();
    let (home, whole, _) = exported(store.clone());
    let bytes = fs::read(&whole).unwrap();
    let path = home.path().join("again");
    for length in (0..bytes.len()).step_by(11) {
        fs::write(part(&path), &bytes[..length]).unwrap();
        if length > 200 {
            // The tail of what was not synced may be anything.
            fs::write(part(&path), [&bytes[..length - 50], &[7; 50]].concat()).unwrap();
        }
        run(store.clone(), &path, false).unwrap();
        assert!(fs::read(&path).unwrap() == bytes, "{length} bytes");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn an_export_does_not_go_on_with_what_is_no_longer_so() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    run(Frail::new(store.clone(), 6, 0), &path, false).unwrap_err();
    book(&open(store.clone(), fixture::vault(), 3).unwrap(), 999);
    let error = run(store.clone(), &path, false).unwrap_err();
    assert!(matches!(error, TransferError::Changed(_)), "{error}");
    fs::remove_file(part(&path)).unwrap();
    run(store.clone(), &path, false).unwrap();

    let other = home.path().join("other");
    run(Frail::new(store.clone(), 6, 0), &other, false).unwrap_err();
    let founded = Arc::new(Memory::default());
    drop(open(founded.clone(), fixture::vault(), 4).unwrap());
    let error = run(founded, &other, false).unwrap_err();
    assert!(matches!(error, TransferError::OtherPart(_)), "{error}");
    fs::write(part(&other), [7; 1000]).unwrap();
    let error = run(store, &other, false).unwrap_err();
    assert!(matches!(error, TransferError::OtherPart(_)), "{error}");
}

#[test]
fn an_export_goes_on_where_versions_rise_by_themselves() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    run(Frail::new(store.clone(), 6, 0), &path, false).unwrap_err();
    let elsewhere = crate::keys::Layout::new(Environment::Production);
    let key = elsewhere.encode(&Key::Meta(Meta::ClockAhead));
    let mutations = vec![Mutation::Set { key, value: vec![1] }];
    let commit = Commit { mutations, ..Commit::default() };
    store.commit(commit, Box::new(drop));
    assert!(run(store, &path, false).unwrap().resumed > 0);
}

#[test]
fn what_is_written_during_an_export_is_found_out_if_asked() {
    let home = tempfile::tempdir().unwrap();
    for verify in [false, true] {
        let store = filled();
        let path = home.path().join(verify.to_string());
        let mut written = false;
        let done = at_rest(store.clone()).export(
            &fixture::vault(),
            &path,
            ExportOptions { verify, ..options() },
            &mut |progress| {
                if progress.pairs > 20 && !written {
                    written = true;
                    book(&open(store.clone(), fixture::vault(), 3).unwrap(), 999);
                }
            },
        );
        match done {
            Ok(done) => assert_eq!((verify, done.stillness), (false, Stillness::Assumed)),
            Err(error) => assert!(verify && matches!(error, TransferError::Changed(_)), "{error}"),
        }
    }
}

#[test]
fn a_second_reading_proves_that_nothing_changed() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let mut written = false;
    let done = at_rest(store.clone()).export(
        &fixture::vault(),
        &home.path().join("export"),
        ExportOptions { verify: true, ..options() },
        &mut |_| {
            if !std::mem::replace(&mut written, true) {
                store.commit(Commit::default(), Box::new(drop));
            }
        },
    );
    assert_eq!(done.unwrap().stillness, Stillness::ReadTwice);
}

#[test]
fn an_export_is_refused_where_it_would_be_of_no_use() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    let store = filled();
    let error =
        at_rest(store.clone()).export(&other_vault(), &path, options(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, TransferError::WrongKeys), "{error}");
    let error = run(Arc::new(Memory::default()), &path, false).unwrap_err();
    assert!(matches!(error, TransferError::NoLedger(ENVIRONMENT)), "{error}");
    assert!(!part(&path).exists());
    fs::write(&path, b"precious").unwrap();
    let error = run(store, &path, false).unwrap_err();
    assert!(matches!(error, TransferError::Exists(_)), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}

#[test]
fn an_export_waits_for_the_last_gateway_to_leave() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let rows = at_rest(store.clone());
    let key = rows.layout.encode(&Key::Member(Uuid::from_u128(1)));
    let change = |mutation| {
        let commit = Commit { mutations: vec![mutation], ..Commit::default() };
        store.commit(commit, Box::new(drop));
    };
    change(Mutation::Set { key: key.clone(), value: Vec::new() });
    let error = run(store.clone(), &home.path().join("export"), false).unwrap_err();
    assert!(matches!(error, TransferError::InUse), "{error}");
    change(Mutation::Clear { key });
    run(store, &home.path().join("export"), false).unwrap();
}

#[test]
fn an_older_ledger_has_to_be_served_once() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let rows = at_rest(store.clone());
    let key = rows.layout.encode(&Key::Meta(Meta::SchemaVersion));
    let value = crate::records::Row::SchemaVersion(1).encode();
    let commit = Commit { mutations: vec![Mutation::Set { key, value }], ..Commit::default() };
    store.commit(commit, Box::new(drop));
    let error = run(store.clone(), &home.path().join("export"), false).unwrap_err();
    assert!(matches!(error, TransferError::OtherSchema { found: 1 }), "{error}");
    drop(open(store.clone(), fixture::vault(), 3).unwrap());
    run(store, &home.path().join("export"), false).unwrap();
}

#[test]
fn two_exports_to_one_file_do_not_mix() {
    let store = filled();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    let mut second = None;
    let first = at_rest(store.clone()).export(&fixture::vault(), &path, options(), &mut |_| {
        second.get_or_insert_with(|| run(store.clone(), &path, false).unwrap_err().to_string());
    });
    first.unwrap();
    assert!(second.unwrap().starts_with("another export is writing"));
}

#[test]
fn a_store_that_stays_silent_is_asked_again_and_then_given_up() {
    let mut frail = Frail::new(filled(), 3, 0);
    let silent = ReadError::Unavailable("asleep".to_owned());
    Arc::get_mut(&mut frail).unwrap().failure = silent.clone();
    let error = at_rest(frail).checksum(&mut |_| {}).unwrap_err();
    assert!(matches!(error, TransferError::Unreadable(found) if found == silent));
}
