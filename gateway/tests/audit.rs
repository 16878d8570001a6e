//! The audit as an auditor meets it: through the program, and through an export alone.

use crate::support::{TestServer, settings};
use ed25519_dalek::{Signature, VerifyingKey};
use opencowin::config::beside;
use opencowin_ledger::audit::{Ending, Entry, Record, Who, Word};
use opencowin_ledger::keys::{Environment, Key};
use opencowin_ledger::store::block_on::{self, block_on};
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::store::{Commit, Mutation};
use opencowin_ledger::vault::Vault;
use opencowin_ledger::{Ledger, Pace, Parts};
use opencowin_model::{Clock, Pack};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use uuid::Uuid;

fn audit(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    command.arg("audit").args(arguments).arg("--data").arg(data).output().unwrap()
}

#[track_caller]
fn done(data: &Path, arguments: &[&str]) -> Vec<String> {
    let output = audit(data, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A stopped ledger in whose audit so many looks of an official stand, a commit each, after two starts.
fn audited(data: &Path, looks: u128) {
    TestServer::open(settings(data)).unwrap().close();
    for part in 0..2 {
        let ledger = open(data);
        for number in (0..looks).filter(|number| number % 2 == part) {
            let (who, role) = (Who::Official(Uuid::from_u128(7)), Word::new("vaccinator"));
            let entry = Entry::new(who, role, Word::new("look"), ledger.clock().now())
                .about(Record::Other(Uuid::from_u128(number)))
                .ended(Ending::Refused(Word::new("not-theirs")));
            block_on(ledger.note(vec![entry.clone(), entry])).unwrap();
        }
    }
}

fn open(data: &Path) -> Ledger {
    let vault = Vault::parse(&fs::read_to_string(beside(data)).unwrap()).unwrap();
    Ledger::open(Parts {
        store: Arc::new(Embedded::open(data, EmbeddedOptions::default()).unwrap()),
        vault: Arc::new(vault),
        environment: Environment::Sandbox,
        rules: (&Pack::india().unwrap()).into(),
        clock: Arc::new(Clock::system(0)),
        seed: *Uuid::new_v4().into_bytes().repeat(2).first_chunk().unwrap(),
        pace: Pace::default(),
        queue: 100,
        sharing: None,
    })
    .unwrap()
}

#[test]
fn what_was_audited_verifies_until_somebody_removes_a_part_of_it() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    audited(&data, 6);
    let lines = done(&data, &["verify"]);
    assert!(
        lines[0].starts_with("0 faults in 12 entries of 6 batches in 2 chains under 2 heads; 0"),
        "{lines:?}"
    );
    let newest = lines[1].strip_prefix("newest head ").unwrap();
    assert_eq!(done(&data, &["verify", "--pin", newest]), lines);
    let other = newest.replace(':', ":0").replace(char::is_alphabetic, "0");
    let unlike = audit(&data, &["verify", "--pin", &other[..newest.len()]]);
    assert!(!unlike.status.success(), "{unlike:?}");

    let first = &parse(&done(&data, &["export"]))[0];
    let chain: Uuid = first["chain"].as_str().unwrap().parse().unwrap();
    let store = Embedded::open(&data, EmbeddedOptions::default()).unwrap();
    let layout = opencowin_ledger::keys::Layout::new(Environment::Sandbox);
    let mutations = vec![Mutation::Clear { key: layout.encode(&Key::AuditBatch(chain, 2)) }];
    block_on::commit(&store, Commit { mutations, ..Commit::default() });
    drop(store);
    let found = audit(&data, &["verify"]);
    assert!(!found.status.success());
    let told = String::from_utf8(found.stdout).unwrap();
    assert!(told.starts_with(&format!("batch 2 of chain {chain} is missing\n1 faults")), "{told}");
}

fn parse(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits: Vec<_> = value.as_str().unwrap().chars().filter(|c| *c != '-').collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn number(value: &Value) -> [u8; 8] {
    value.as_i64().unwrap().to_be_bytes()
}

fn hash_of(batch: &[&Value]) -> Vec<u8> {
    let first = batch[0];
    let mut hash = Sha256::new();
    hash.update(b"opencowin audit batch 1\n");
    hash.update(bytes(&first["chain"]));
    hash.update(number(&first["batch"]));
    hash.update(bytes(&first["previous"]));
    hash.update(number(&first["written_ms"]));
    assert_eq!(batch.len() as u64, first["of"].as_u64().unwrap());
    for entry in batch {
        let entry = bytes(&entry["bytes"]);
        hash.update((entry.len() as u16).to_be_bytes());
        hash.update(entry);
    }
    hash.finalize().to_vec()
}

/// By nothing but what docs/audit.md says.
#[test]
fn an_export_can_be_verified_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    audited(&data, 6);
    let lines = parse(&done(&data, &["export"]));
    let (entries, heads): (Vec<_>, Vec<_>) = lines.iter().partition(|l| l["chain"].is_string());
    assert_eq!((entries.len(), heads.len()), (12, 2));

    let mut hashes: HashMap<(&Value, u64), Vec<u8>> = HashMap::new();
    for batch in entries.chunk_by(|a, b| a["hash"] == b["hash"]) {
        let (chain, at) = (&batch[0]["chain"], batch[0]["batch"].as_u64().unwrap());
        let before = hashes.get(&(chain, at - 1)).cloned().unwrap_or(vec![0; 32]);
        assert_eq!(
            (bytes(&batch[0]["previous"]), hash_of(batch)),
            (before, bytes(&batch[0]["hash"]))
        );
        hashes.insert((chain, at), hash_of(batch));
    }
    let key = done(&data, &["key"])[0].clone();
    let verifying = bytes(&key.clone().into()).try_into().unwrap();
    let verifying = VerifyingKey::from_bytes(&verifying).unwrap();
    let mut previous = vec![0; 32];
    for head in heads {
        assert_eq!(
            (&head["public_key"], bytes(&head["previous"])),
            (&key.clone().into(), previous)
        );
        let mut said = b"opencowin audit head 1\n".to_vec();
        said.extend(number(&head["head"]));
        said.extend(bytes(&head["previous"]));
        said.extend(number(&head["at_ms"]));
        for tip in head["chains"].as_array().unwrap() {
            said.extend(bytes(&tip["chain"]));
            said.extend(number(&tip["batch"]));
            said.extend(bytes(&tip["hash"]));
            assert_eq!(
                hashes[&(&tip["chain"], tip["batch"].as_u64().unwrap())],
                bytes(&tip["hash"])
            );
        }
        let signature = bytes(&head["signature"]).try_into().unwrap();
        verifying.verify_strict(&said, &Signature::from_bytes(&signature)).unwrap();
        previous = Sha256::digest(&said).to_vec();
        assert_eq!(bytes(&head["hash"]), previous);
    }
}

#[test]
fn an_export_says_in_words_what_happened_on_the_days_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    audited(&data, 1);
    let entry = &parse(&done(&data, &["export"]))[0];
    let official = Uuid::from_u128(7).to_string();
    let nobody = Uuid::nil().to_string();
    for (name, value) in [
        ("who", "official"),
        ("who_id", &official),
        ("role", "vaccinator"),
        ("purpose", "look"),
        ("record", "other"),
        ("record_id", &nobody),
        ("outcome", "refused"),
        ("rule", "not-theirs"),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
    assert_eq!(done(&data, &["export", "--to", "2021-05-01"]), [""; 0]);
    assert_eq!(done(&data, &["export", "--from", "2021-05-01"]).len(), 3);
}

#[test]
fn the_last_entries_are_shown_in_the_order_of_their_times() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    audited(&data, 6);
    let lines = done(&data, &["tail", "-n", "3"]);
    let last = Uuid::from_u128(5);
    assert_eq!(lines.len(), 3);
    assert!(lines[2].ends_with(&format!("as vaccinator: look other {last}: refused not-theirs")));
    assert_eq!(done(&data, &["tail"]).len(), 12);
    let follow = audit(&data, &["tail", "--follow"]);
    let told = String::from_utf8(follow.stderr).unwrap();
    assert!(told.contains("--follow is for a cluster"), "{told}");
}
