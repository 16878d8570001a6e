//! What an import writes, and how it goes on.

use super::super::landing::Landing;
use super::frail::Frail;
use super::*;
use crate::store::embedded::{Embedded, EmbeddedOptions};
use crate::store::memory::{Faults, MemoryOptions};
use crate::store::{Commit, Mutation, ReadError};

#[test]
fn a_ledger_moves_from_memory_to_memory() {
    let (_home, path, held) = exported(filled());
    let target = Arc::new(Memory::default());
    assert_eq!(import(target.clone(), &path, FIRST_RUN).unwrap(), held);
    assert_whole(target, &held);
}

#[test]
fn what_has_moved_is_of_another_generation() {
    let source = filled();
    let (_home, path, _) = exported(source.clone());
    let target = Arc::new(Memory::default());
    import(target.clone(), &path, SECOND_RUN).unwrap();
    let generation = |store| {
        let rows = at_rest(store);
        rows.get(rows.version().unwrap(), Key::Meta(Meta::Generation)).unwrap()
    };
    assert_eq!(generation(target), Some(Row::Generation(SECOND_RUN).encode()));
    assert_ne!(generation(source), Some(Row::Generation(SECOND_RUN).encode()));
}

#[test]
fn a_ledger_moves_from_one_directory_to_another_and_back_into_memory() {
    let home = tempfile::tempdir().unwrap();
    let embedded = |name: &str| -> Arc<dyn Store> {
        Arc::new(Embedded::open(&home.path().join(name), EmbeddedOptions::default()).unwrap())
    };
    let source = embedded("one");
    fill(source.clone());
    let (_one, path, held) = exported(source);
    let target = embedded("two");
    assert_eq!(import(target.clone(), &path, FIRST_RUN).unwrap(), held);
    let (_two, back, again) = exported(target.clone());
    assert_eq!(again, held);
    assert_whole(target, &held);
    let memory = Arc::new(Memory::default());
    import(memory.clone(), &back, FIRST_RUN).unwrap();
    assert_whole(memory, &held);
}

#[test]
fn progress_is_told_from_the_first_row_to_the_last() {
    let (_home, path, held) = exported(filled());
    let mut told = Vec::new();
    let mut file = ExportFile::open(&path).unwrap();
    at_rest(Arc::new(Memory::default()))
        .import(&fixture::vault(), &mut file, FIRST_RUN, &mut |progress| told.push(progress))
        .unwrap();
    for stage in [Stage::CheckingFile, Stage::Writing, Stage::ReadingBack] {
        let last = told.iter().rfind(|progress| progress.stage == stage).unwrap();
        assert_eq!((last.pairs, last.bytes), (held.pairs, held.bytes), "{stage}");
    }
}

#[test]
fn an_import_interrupted_at_any_commit_or_read_goes_on_and_nobody_serves_from_it_meanwhile() {
    let (_home, path, held) = exported(filled());
    for (scans, commits) in [(0, 1), (1, 0)] {
        for number in 0.. {
            let target = Arc::new(Memory::default());
            let amount = |limited| if limited == 1 { number } else { u64::MAX };
            let frail = Frail::new(target.clone(), amount(scans), amount(commits));
            if import(frail, &path, FIRST_RUN).is_ok() {
                assert!(number > 4, "{number} interruptions");
                break;
            }
            if !is_empty(&*target) {
                let error = open(target.clone(), fixture::vault(), 3).err().unwrap();
                assert!(matches!(error, OpenError::ImportUnfinished), "{error}");
                let error = at_rest(target.clone())
                    .export(&fixture::vault(), &path.with_extension("2"), options(), &mut |_| {})
                    .unwrap_err();
                assert!(matches!(error, TransferError::InUse), "{error}");
            }
            assert_eq!(import(target.clone(), &path, SECOND_RUN).unwrap(), held);
            assert_whole(target, &held);
        }
    }
}

#[test]
fn an_import_survives_conflicts_old_versions_and_unknown_outcomes() {
    let (_home, path, held) = exported(filled());
    for seed in 0..40 {
        let mut faults = Faults::seeded(seed);
        (faults.conflict, faults.too_old) = (0.1, 0.1);
        (faults.unknown_kept, faults.unknown_lost) = (0.1, 0.1);
        let options = MemoryOptions { faults: Some(faults), ..MemoryOptions::default() };
        let target = Arc::new(Memory::new(options));
        import(target.clone(), &path, FIRST_RUN).unwrap();
        target.set_faults(None);
        assert_whole(target, &held);
    }
}

#[test]
fn a_store_that_takes_no_commit_is_given_up() {
    let (_home, path, _) = exported(filled());
    let mut faults = Faults::seeded(1);
    faults.conflict = 1.0;
    let options = MemoryOptions { faults: Some(faults), ..MemoryOptions::default() };
    let error = import(Arc::new(Memory::new(options)), &path, FIRST_RUN).unwrap_err();
    assert!(matches!(error, TransferError::GaveUp), "{error}");
}

#[test]
fn an_import_that_was_taken_over_writes_no_more() {
    let rows = at_rest(Arc::new(Memory::default()));
    let export = Uuid::from_u128(9);
    let payload = |value: u8| {
        let key = rows.layout.encode(&Key::Meta(Meta::ClockAhead));
        let mut payload = Vec::new();
        let pair = format::Pair { kind: Kind::Meta, key: &key, value: &[value] };
        pair.push_to(&mut payload);
        payload
    };
    let mut first = Landing::claim(&rows, export, FIRST_RUN).unwrap();
    first.land(&[payload(1)], || Ok(())).unwrap();
    let mut second = Landing::claim(&rows, export, SECOND_RUN).unwrap();
    assert_eq!(second.chunks(), 1);
    let error = first.land(&[payload(2)], || Ok(())).unwrap_err();
    assert!(matches!(error, TransferError::Overtaken), "{error}");
    let version = rows.version().unwrap();
    assert_eq!(rows.get(version, Key::Meta(Meta::ClockAhead)).unwrap(), Some(vec![1]));
    assert!(matches!(first.finish().unwrap_err(), TransferError::Overtaken));
    second.land(&[payload(3)], || Ok(())).unwrap();
    second.finish().unwrap();
    let error = Landing::claim(&rows, export, FIRST_RUN).err().unwrap();
    assert!(matches!(error, TransferError::NotEmpty(_)), "{error}");
}

#[test]
fn an_import_into_anything_but_an_empty_environment_is_refused() {
    let (_home, path, _) = exported(filled());
    let target = filled();
    let before = checksum(target.clone());
    let error = import(target.clone(), &path, FIRST_RUN).unwrap_err();
    assert!(matches!(error, TransferError::NotEmpty(ENVIRONMENT)), "{error}");
    assert_eq!(checksum(target), before);

    let target = Arc::new(Memory::default());
    Landing::claim(&at_rest(target.clone()), Uuid::from_u128(8), FIRST_RUN).unwrap();
    let error = import(target, &path, FIRST_RUN).unwrap_err();
    assert!(matches!(error, TransferError::OtherImport), "{error}");
}

#[test]
fn the_other_environment_is_no_obstacle_and_no_destination() {
    let (_home, path, held) = exported(filled());
    let mut file = ExportFile::open(&path).unwrap();
    let error = AtRest::new(Arc::new(Memory::default()), Environment::Production)
        .import(&fixture::vault(), &mut file, FIRST_RUN, &mut |_| {})
        .unwrap_err();
    let sentence = "the export is of the sandbox environment, and it is to go into production";
    assert_eq!(error.to_string(), sentence);

    let target = Arc::new(Memory::default());
    let elsewhere = AtRest::new(target.clone(), Environment::Production);
    Landing::claim(&elsewhere, Uuid::from_u128(8), FIRST_RUN).unwrap();
    assert_eq!(import(target, &path, FIRST_RUN).unwrap(), held);
}

#[test]
fn another_key_file_is_refused_before_anything_is_written() {
    let (_home, path, _) = exported(filled());
    let target = Arc::new(Memory::default());
    let mut file = ExportFile::open(&path).unwrap();
    let error = at_rest(target.clone())
        .import(&other_vault(), &mut file, FIRST_RUN, &mut |_| {})
        .unwrap_err();
    assert!(matches!(error, TransferError::WrongKeys), "{error}");
    assert!(is_empty(&*target));
}

#[test]
fn what_comes_back_other_than_it_was_written_keeps_the_ledger_closed() {
    let (_home, path, _) = exported(filled());
    let target = Arc::new(Memory::default());
    let stray = at_rest(target.clone());
    let key = stray.layout.encode(&Key::Meta(Meta::ClockAhead));
    let mut written = false;
    let mut file = ExportFile::open(&path).unwrap();
    let error = at_rest(target.clone())
        .import(&fixture::vault(), &mut file, FIRST_RUN, &mut |progress| {
            if progress.stage == Stage::Writing && !std::mem::replace(&mut written, true) {
                let mutations = vec![Mutation::Set { key: key.clone(), value: vec![1] }];
                let commit = Commit { mutations, ..Commit::default() };
                target.commit(commit, Box::new(drop));
            }
        })
        .unwrap_err();
    assert!(matches!(error, TransferError::Differs { .. }), "{error}");
    let error = open(target, fixture::vault(), 3).err().unwrap();
    assert!(matches!(error, OpenError::ImportUnfinished), "{error}");
}

#[test]
fn a_store_that_does_not_answer_is_reported_as_that() {
    let (_home, path, _) = exported(filled());
    let mut frail = Frail::new(Arc::new(Memory::default()), 0, 0);
    Arc::get_mut(&mut frail).unwrap().failure = ReadError::Unavailable("asleep".to_owned());
    let error = import(frail, &path, FIRST_RUN).unwrap_err();
    assert!(error.to_string().contains("asleep"), "{error}");
}
