//! Whatever happens to the bytes of an export, it is refused before the first row is written, and the place is named.

use super::super::format::{FrameKind, frame_header};
use super::*;
use crate::store::block_on::block_on;

/// Why an export of these bytes is refused. Nothing of it was written.
fn refusal(home: &Path, bytes: &[u8]) -> String {
    let path = home.join("damaged");
    fs::write(&path, bytes).unwrap();
    let target = Arc::new(Memory::default());
    let error = import(target.clone(), &path, FIRST_RUN).expect_err("it is damaged");
    assert!(is_empty(&*target), "{error}");
    error.to_string().replace(&*path.to_string_lossy(), "FILE")
}

/// A ledger without anybody, which makes a small file.
fn small() -> Vec<u8> {
    let store = Arc::new(Memory::default());
    let ledger = open(store.clone(), fixture::vault(), 1).unwrap();
    let sessions = vec![fixture::session(1, fixture::TODAY, 10)];
    block_on(ledger.publish(vec![fixture::centre()], sessions, None)).unwrap();
    drop(ledger);
    let (_home, path, _) = exported(store);
    fs::read(path).unwrap()
}

/// Where the frames of an export begin, and where the last one ends.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut at = Header::decode(bytes).unwrap().1;
    let mut starts = vec![at];
    while at < bytes.len() {
        let length = u32::from_le_bytes(bytes[at + 1..at + 5].try_into().unwrap());
        at += 9 + length as usize;
        starts.push(at);
    }
    starts
}

#[test]
fn every_flipped_bit_is_found() {
    let (home, bytes) = (tempfile::tempdir().unwrap(), small());
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        refusal(home.path(), &damaged);
    }
}

#[test]
fn every_cut_is_found_and_so_is_what_was_added() {
    let (home, bytes) = (tempfile::tempdir().unwrap(), small());
    for length in 0..bytes.len() {
        refusal(home.path(), &bytes[..length]);
    }
    let more = refusal(home.path(), &[&bytes[..], &[0]].concat());
    assert_eq!(more, "FILE is damaged: the footer is not the end");
}

#[test]
fn the_place_of_the_damage_is_named() {
    let home = tempfile::tempdir().unwrap();
    let (_export, path, _) = exported(filled());
    let bytes = fs::read(path).unwrap();
    let frames = frames(&bytes);
    let flipped = |at: usize| {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        refusal(home.path(), &damaged)
    };
    let chunk = "FILE is damaged: chunk 3 has another checksum than it says";
    assert_eq!(flipped(frames[2] + 100), chunk);
    assert_eq!(flipped(0), "FILE is not an export of a ledger");
    assert_eq!(flipped(8), "FILE has format 0, this program reads 1");
    assert_eq!(flipped(20), "FILE is damaged: the header is not whole");
    let cut = refusal(home.path(), &bytes[..frames[3] + 50]);
    assert_eq!(cut, "FILE is damaged: chunk 4 is cut off");
    let footer = flipped(bytes.len() - 1);
    assert_eq!(footer, "FILE is damaged: the footer has another checksum than it says");
}

#[test]
fn chunks_that_are_missing_or_changed_places_are_found() {
    let home = tempfile::tempdir().unwrap();
    let (_export, path, _) = exported(filled());
    let bytes = fs::read(path).unwrap();
    let at = frames(&bytes);
    let without = [&bytes[..at[1]], &bytes[at[2]..]].concat();
    assert!(refusal(home.path(), &without).contains("chunk 2"));
    let swapped =
        [&bytes[..at[1]], &bytes[at[2]..at[3]], &bytes[at[1]..at[2]], &bytes[at[3]..]].concat();
    assert!(refusal(home.path(), &swapped).contains("chunk 2"));
}

#[test]
fn a_file_that_checks_and_holds_what_no_export_holds_is_refused() {
    let (home, bytes) = (tempfile::tempdir().unwrap(), small());
    let (header, length) = Header::decode(&bytes).unwrap();
    let frame = |kind, number, payload: &[u8]| {
        [&frame_header(kind, header.id, number, payload)[..], payload].concat()
    };
    let forged = |payload: &[u8]| {
        let chunk = frame(FrameKind::Chunk, 0, payload);
        let footer = frame(FrameKind::Footer, 1, &[7; 60]);
        refusal(home.path(), &[&bytes[..length], &chunk, &footer].concat())
    };
    let layout = Layout::new(ENVIRONMENT);
    let row = |key: &[u8], value: &[u8]| {
        let mut payload = Vec::new();
        format::Pair { kind: Kind::Meta, key, value }.push_to(&mut payload);
        payload
    };
    let centre = |id| layout.encode(&Key::Centre(opencowin_model::CentreId(id)));
    let wrong = [row(&centre(2), b""), row(&centre(1), b"")].concat();
    assert!(forged(&wrong).contains("chunk 1 has rows out of order"));
    assert!(forged(&row(&centre(1), &[0; 100_001])).contains("too long"));
    let astray = "chunk 1 has a row that does not belong there";
    assert!(forged(&row(b"anything", b"")).contains(astray));
    let trace = layout.encode(&Key::Trace(Uuid::nil()));
    assert!(forged(&row(&trace, b"")).contains(astray));
    let progress = layout.encode(&Key::Meta(Meta::Import));
    assert!(forged(&row(&progress, b"")).contains(astray));
    assert!(forged(&row(&centre(1), b"")[..]).contains("the footer does not agree"));
    assert!(forged(b"odd").contains("chunk 1 is malformed"));
}
