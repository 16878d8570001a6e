//! What is written, and that nothing of it can be removed, altered, moved or cut off unnoticed.

use super::head::HeadKey;
use super::notary::Notary;
use super::*;
use crate::commands::{Command, Outcome, Refusal};
use crate::fixture::*;
use crate::keys::{Environment, Key, Kind};
use crate::opening;
use crate::records::Row;
use crate::request::{Failure, Request};
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome as Committed, Store};
use opencowin_model::{Clock, Session, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use uuid::Uuid;

const ME: u64 = 9_000_000_001;
const ROLE: Word = Word::new("vaccinator");
const LOOK: Word = Word::new("look");

/// An official looks at something with this number.
fn look(number: u128) -> Entry {
    let who = Who::Official(Uuid::from_u128(7));
    Entry::new(who, ROLE, LOOK, morning(TODAY)).about(Record::Other(Uuid::from_u128(number)))
}

fn note(numbers: impl IntoIterator<Item = u128>) -> Request {
    let audit = numbers.into_iter().map(look).collect();
    Request { audit, ..Request::of(Command::Barrier) }
}

/// A ledger whose audit somebody tampers with.
struct Scene {
    store: Arc<Slow>,
    rig: Rig,
    notary: Notary,
    sessions: Vec<Session>,
}

impl Scene {
    fn new() -> Self {
        let store = Slow::new();
        let sessions = vec![session(1, TODAY, 1)];
        let rig = Rig::with_sessions(store.clone(), sessions.clone());
        let notary = Notary::new(rig.engine.clone());
        Self { store, rig, notary, sessions }
    }

    /// Five batches of an entry each, of which heads cover the first four.
    fn five() -> Self {
        let mut scene = Self::new();
        for number in 1..=5 {
            scene.note([number]);
            if number < 5 {
                scene.notary.attend().unwrap();
            }
        }
        assert_eq!(scene.faults(), []);
        scene
    }

    fn note(&mut self, numbers: impl IntoIterator<Item = u128>) {
        let mut noted = self.rig.ask(note(numbers));
        self.rig.work();
        assert_eq!(noted.answer(), Some(Ok(Outcome::Passed)));
    }

    fn audited(&self) -> Audited {
        block_on(verify(Source::from(&*self.rig.engine), None, &mut drop)).unwrap()
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut found = |fault| faults.push(fault);
        block_on(verify(Source::from(&*self.rig.engine), None, &mut found)).unwrap();
        faults
    }

    /// The only fault, without the id of the chain.
    fn fault(&self) -> (u64, Wrong) {
        match &self.faults()[..] {
            [Fault { place: Place::Batch(_, number) | Place::Head(number), wrong }] => {
                (*number, *wrong)
            }
            other => panic!("{other:?}"),
        }
    }

    fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        let each = |link| {
            links.push(link);
            Ok(())
        };
        self.auditor().batches(each).unwrap();
        links
    }

    fn entries(&self) -> Vec<Entry> {
        let links = self.links();
        links.iter().flat_map(|l| l.batch.entries()).map(|e| Entry::read(e).unwrap()).collect()
    }

    fn auditor(&self) -> Auditor {
        Auditor::open(self.store.clone(), Arc::new(vault()), Environment::Sandbox).unwrap()
    }

    fn chain(&self) -> Uuid {
        self.links()[0].chain
    }

    fn batch(&self, number: u64) -> Key {
        Key::AuditBatch(self.chain(), number)
    }

    fn row(&self, key: Key) -> Row {
        let version = block_on(self.store.read_version()).unwrap();
        let stored = [self.rig.engine.codec.layout().encode(&key)];
        let value = block_on(self.store.get_many(version, &stored)).unwrap().remove(0).unwrap();
        self.rig.engine.codec.open(&key, &stored[0], &value).unwrap()
    }

    /// Writes a row as somebody would who has the keys.
    fn put(&self, key: Key, row: &Row) {
        let codec = &self.rig.engine.codec;
        let stored = codec.layout().encode(&key);
        let value = codec.seal(&key, &stored, row, &mut StdRng::seed_from_u64(9));
        self.write(Mutation::Set { key: stored, value });
    }

    fn clear(&self, key: Key) {
        self.write(Mutation::Clear { key: self.rig.engine.codec.layout().encode(&key) });
    }

    fn write(&self, mutation: Mutation) {
        let commit = Commit { mutations: vec![mutation], ..Commit::default() };
        let done = |outcome| assert!(matches!(outcome, Committed::Committed(_)));
        self.store.commit(commit, Box::new(done));
    }

    /// Takes the trace away, as a start of the embedded engine does.
    fn forget_the_lane(&self) {
        let range = self.rig.engine.codec.layout().all(Kind::Trace);
        self.write(Mutation::ClearRange { range });
    }

    /// Replaces a batch by one with another entry that follows the same one.
    fn alter(&self, number: u64) {
        let Row::AuditBatch(batch) = self.row(self.batch(number)) else { panic!() };
        let before = Tip { number: number - 1, hash: batch.previous };
        let (_, mut rows) = chain(self.chain(), before, batch.at, [look(99)].into_iter());
        let (key, row) = rows.remove(0);
        self.put(key, &row);
    }
}

#[test]
fn a_command_is_audited_with_what_really_came_of_it() {
    let mut scene = Scene::new();
    let who = scene.rig.register(ME, 1);
    let account = scene.rig.account(ME);
    let book = |scene: &Scene| Request {
        audit: vec![Entry::new(Who::Account(account), ROLE, Word::new("book"), morning(TODAY))],
        ..Request::of(scene.rig.booking(ME, scene.sessions[0].key(), &[who]))
    };
    let once = || Some(once(account, "key", 1));
    let mut booked = scene.rig.ask(Request { once: once(), ..book(&scene) });
    scene.rig.work();
    let Some(Ok(Outcome::Booked { appointment, .. })) = booked.answer() else { panic!() };
    scene.rig.ask(Request { once: once(), ..book(&scene) });
    scene.rig.work();
    let mut refused = scene.rig.ask(book(&scene));
    scene.rig.work();
    assert!(matches!(refused.answer(), Some(Err(Failure::Refused(Refusal::AlreadyBooked { .. })))));
    scene.note([3]);
    let endings: Vec<_> = scene.entries().into_iter().map(|e| (e.record, e.ending)).collect();
    let appointment = Some(Record::Appointment(appointment));
    let expected = [
        (appointment, Ending::Done),
        (appointment, Ending::Repeated),
        (None, Ending::Refused(Word::new("already-booked"))),
        (Some(Record::Other(Uuid::from_u128(3))), Ending::Done),
    ];
    assert_eq!(endings, expected);
    assert_eq!(scene.rig.violations(), []);
}

#[test]
fn a_read_says_itself_what_came_of_it() {
    let mut scene = Scene::new();
    let denied = look(1).ended(Ending::Refused(Word::new("not-theirs"))).through(Some(Uuid::nil()));
    let nothing = Entry { who: Who::System, record: None, ..look(2).ended(Ending::Nothing) };
    let key = Entry { who: Who::Key(Uuid::max()), ..look(3) };
    let audit = vec![denied.clone(), nothing.clone(), key.clone()];
    scene.rig.ask(Request { audit, ..Request::of(Command::Barrier) });
    scene.rig.work();
    assert_eq!(scene.entries(), [denied, nothing, key]);
}

#[test]
fn an_entry_keeps_to_its_size_and_unknown_fields_are_passed_over() {
    use crate::records::wire::Writer;
    let word = Word::new("abcdefghijklmnopqrstuvwxyz-12345");
    let (who, record) = (Who::Official(Uuid::max()), Record::Other(Uuid::max()));
    let entry = Entry::new(who, word.clone(), word.clone(), Timestamp(i64::MIN));
    let entry = entry.about(record).through(Some(Uuid::max())).ended(Ending::Refused(word));
    let mut writer = Writer::record();
    entry.write(&mut writer);
    writer.number(77, 1_u8);
    let bytes = writer.finish();
    assert!(bytes.len() + 2 < Entry::MOST_BYTES, "{}", bytes.len());
    assert_eq!(Entry::read(&bytes), Ok(entry));
}

#[test]
fn many_entries_at_once_become_several_batches() {
    let mut scene = Scene::new();
    scene.note(0..4000);
    let links = scene.links();
    assert!(links.len() > 1 && scene.entries().len() == 4000);
    assert_eq!(links.iter().map(|link| link.number).max(), Some(links.len() as u64));
    assert_eq!(scene.faults(), []);
}

#[test]
fn nothing_is_written_where_nothing_is_audited() {
    let mut scene = Scene::new();
    scene.rig.register(ME, 1);
    scene.notary.attend().unwrap();
    scene.notary.pin().unwrap();
    assert_eq!(scene.audited(), Audited::default());
}

#[test]
fn groups_on_top_of_one_another_make_one_chain_whichever_of_them_fails() {
    for fate in [Committed::Conflict, Committed::TooOld, Committed::Unknown] {
        let mut scene = Scene::new();
        scene.note([1]);
        scene.store.hold(true);
        let mut noted = Vec::new();
        for number in 2..5 {
            noted.push(scene.rig.ask(note([number])));
            scene.rig.work();
        }
        assert_eq!(scene.store.held(), 3, "each on top of the one before");
        scene.store.release();
        scene.store.hold(false);
        match fate {
            Committed::Unknown => scene.store.release_unknown(),
            fate => scene.store.lose(fate),
        }
        scene.rig.work();
        assert!(noted.iter_mut().all(|noted| noted.answer().unwrap().is_ok()));
        scene.note([5]);
        let expected: Vec<_> = (1..6).map(look).collect();
        assert_eq!((scene.entries(), scene.faults()), (expected, vec![]));
    }
}

#[test]
fn a_removed_batch_is_found() {
    let scene = Scene::five();
    scene.clear(scene.batch(3));
    assert_eq!(scene.fault(), (3, Wrong::Missing));
    scene.clear(scene.batch(1));
    assert_eq!(scene.fault(), (1, Wrong::Missing));
}

#[test]
fn an_altered_entry_is_found_though_it_was_sealed_with_the_right_key() {
    let scene = Scene::five();
    scene.alter(3);
    assert_eq!(scene.fault(), (3, Wrong::NotOfHead(3)));
    assert_eq!(scene.entries()[2], look(99));
    let scene = Scene::five();
    scene.alter(5);
    assert_eq!(scene.fault(), (5, Wrong::NotOfLane), "no head covers it yet");
}

#[test]
fn an_altered_entry_that_no_head_names_is_found_by_the_one_after_it() {
    let mut scene = Scene::new();
    (1..4).for_each(|number| scene.note([number]));
    scene.alter(1);
    assert_eq!(scene.fault(), (2, Wrong::DoesNotFollow));
}

#[test]
fn a_batch_that_does_not_open_is_found() {
    let scene = Scene::five();
    let key = scene.rig.engine.codec.layout().encode(&scene.batch(2));
    scene.write(Mutation::Set { key, value: vec![0; 90] });
    assert_eq!(scene.fault(), (2, Wrong::Unreadable));
    assert!(matches!(scene.auditor().batches(|_| Ok(())), Err(AuditError::Damaged)));
}

#[test]
fn swapped_batches_are_found() {
    let scene = Scene::five();
    let (two, three) = (scene.row(scene.batch(2)), scene.row(scene.batch(3)));
    scene.put(scene.batch(2), &three);
    scene.put(scene.batch(3), &two);
    assert_eq!(scene.fault(), (2, Wrong::NotOfHead(2)));
}

#[test]
fn a_tail_that_was_cut_off_is_found() {
    let scene = Scene::five();
    scene.clear(scene.batch(5));
    assert_eq!(scene.fault(), (5, Wrong::CutOff(5)), "its lane knows it");
    scene.forget_the_lane();
    assert_eq!(scene.faults(), [], "nobody knew of it");
    scene.clear(scene.batch(4));
    assert_eq!(scene.fault(), (4, Wrong::CutOff(4)), "a head has it");
    (1..4).for_each(|number| scene.clear(Key::AuditBatch(scene.chain(), number)));
    let (number, wrong) = scene.fault();
    assert_eq!((number, wrong), (1, Wrong::CutOff(4)), "nothing is left of the chain");
}

#[test]
fn a_replaced_head_is_found() {
    let scene = Scene::five();
    let Row::AuditHead(head) = scene.row(Key::AuditHead(2)) else { panic!() };
    let other = Head { at: Timestamp(0), ..(*head).clone() };
    scene.put(Key::AuditHead(2), &Row::AuditHead(Box::new(other.clone())));
    assert_eq!(scene.fault(), (2, Wrong::BadSignature));
    // Somebody who has the keys can sign it, but the next head names another.
    let Row::AuditHead(first) = scene.row(Key::AuditHead(1)) else { panic!() };
    let key = HeadKey::of(scene.rig.engine.codec.vault());
    let signed = Head::after(Some(&first), other.at, other.chains, &key);
    scene.put(Key::AuditHead(2), &Row::AuditHead(Box::new(signed)));
    assert_eq!(scene.fault(), (3, Wrong::DoesNotFollow));
    scene.put(Key::AuditHead(2), &scene.row(Key::AuditHead(1)));
    assert_eq!(scene.fault(), (2, Wrong::OtherHead));
}

#[test]
fn a_removed_head_is_found() {
    let scene = Scene::five();
    scene.clear(Key::AuditHead(2));
    assert_eq!(scene.fault(), (2, Wrong::Missing));
    let scene = Scene::five();
    scene.clear(Key::AuditHead(4));
    assert_eq!(scene.fault(), (4, Wrong::CutOff(4)), "the copy knows it");
    scene.clear(Key::AuditHead(0));
    assert_eq!(scene.fault(), (0, Wrong::Missing));
}

#[test]
fn an_audit_cut_back_in_all_its_parts_is_found_by_who_wrote_down_a_head() {
    let scene = Scene::five();
    let pin = scene.audited().newest.unwrap();
    assert_eq!(pin.number, 4);
    scene.forget_the_lane();
    for key in [scene.batch(5), scene.batch(4), Key::AuditHead(4)] {
        scene.clear(key);
    }
    scene.put(Key::AuditHead(0), &scene.row(Key::AuditHead(3)));
    assert_eq!(scene.faults(), [], "it is a true state of the past");
    let mut faults = Vec::new();
    scene.auditor().verify(Some(pin), |fault| faults.push(fault)).unwrap();
    assert_eq!(faults, [Fault { place: Place::Head(4), wrong: Wrong::CutOff(4) }]);
    assert_eq!(faults[0].to_string(), "head 4 is missing, and so are all up to 4");
}

#[test]
fn the_first_fault_of_each_chain_is_told() {
    let scene = Scene::five();
    scene.clear(scene.batch(4));
    scene.alter(2);
    scene.clear(Key::AuditHead(1));
    let stray = scene.rig.engine.codec.layout().encode(&Key::AuditHead(9));
    scene.write(Mutation::Set { key: [&stray[..], &[0x14]].concat(), value: Vec::new() });
    let faults = scene.faults();
    let chain = scene.chain();
    assert_eq!(faults[0], Fault { place: Place::Head(1), wrong: Wrong::Missing });
    assert_eq!(faults[1], Fault { place: Place::Batch(chain, 2), wrong: Wrong::NotOfHead(2) });
    assert!(matches!(faults[2], Fault { place: Place::Row(_), wrong: Wrong::Astray }));
    assert_eq!(faults.len(), 3);
}

#[test]
fn a_chain_whose_process_died_before_a_head_is_covered_by_the_next_start() {
    let mut scene = Scene::new();
    (1..4).for_each(|number| scene.note([number]));
    assert_eq!((scene.audited().heads, scene.audited().uncovered), (0, 3));
    opening::take_over(&scene.rig.engine).unwrap();
    assert_eq!((scene.audited().heads, scene.audited().uncovered), (1, 0));
    let dead = scene.batch(3);
    scene.rig = Rig::open(scene.store.clone(), Arc::new(Clock::fixed(morning(TODAY))), 8);
    scene.note([4]);
    scene.notary.pin().unwrap();
    assert_eq!((scene.audited().chains, scene.faults()), (2, vec![]));
    scene.clear(dead);
    assert_eq!(scene.fault(), (3, Wrong::CutOff(3)));
}

#[test]
fn there_is_one_head_a_second_however_many_gateways_there_are() {
    let mut scene = Scene::new();
    let mut notaries: Vec<_> = (0..3).map(|_| Notary::new(scene.rig.engine.clone())).collect();
    for second in 0..10 {
        scene.note([second]);
        notaries.iter_mut().for_each(|notary| notary.attend().unwrap());
    }
    let audited = scene.audited();
    assert!(audited.heads <= 10 && audited.uncovered <= 1, "{audited:?}");
    drop(notaries.remove(0));
    for second in 0..3 {
        scene.note([second]);
        notaries.iter_mut().for_each(|notary| notary.attend().unwrap());
    }
    assert!(scene.audited().uncovered <= 1, "another goes on");
}

#[test]
fn the_last_batches_are_found_without_reading_all_of_them() {
    let mut scene = Scene::five();
    opening::take_over(&scene.rig.engine).unwrap();
    scene.rig = Rig::open(scene.store.clone(), Arc::new(Clock::fixed(morning(TODAY))), 8);
    scene.note([6]);
    let auditor = scene.auditor();
    let read = |(from, to): (Positions, Positions)| {
        let mut numbers = Vec::new();
        let each = |link: Link| {
            let entry = Entry::read(link.batch.entries().next().unwrap()).unwrap();
            let Some(Record::Other(id)) = entry.record else { panic!() };
            numbers.push(id.as_u128());
            Ok(())
        };
        auditor.between(&from, &to, each).unwrap();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(read(auditor.last(2).unwrap()), [4, 5, 6]);
    assert_eq!(read(auditor.last(100).unwrap()), [1, 2, 3, 4, 5, 6]);
    let before = auditor.positions().unwrap();
    scene.note([7, 8]);
    assert_eq!(read((before, auditor.positions().unwrap())), [7]);
}

#[test]
fn the_wrong_keys_open_no_audit() {
    let scene = Scene::five();
    let text = crate::vault::Vault::generate(&mut StdRng::seed_from_u64(99));
    let other = Arc::new(crate::vault::Vault::parse(&text).unwrap());
    let open = |vault, environment| Auditor::open(scene.store.clone(), vault, environment).err();
    assert!(matches!(open(other.clone(), Environment::Sandbox), Some(AuditError::WrongKeys)));
    assert!(matches!(open(other, Environment::Production), Some(AuditError::NoLedger)));
}
