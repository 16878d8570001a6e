//! What can be done to a server in HTTP/2 that no client library does, frame by frame.

use crate::support::frames::*;
use crate::support::{BareServer, eventually};
use std::time::Duration;

/// The setting that says how much of an answer may be sent unasked.
const INITIAL_WINDOW: u16 = 4;

/// Sends `bytes` again and again until the server has had enough; whether that was within 64 MB.
fn flood(frames: &mut Frames, bytes: &[u8]) -> bool {
    let bytes = bytes.repeat(64 * 1024 / bytes.len() + 1);
    (0..1_000).any(|_| !frames.send(&bytes))
}

#[test]
fn requests_that_are_reset_at_once_end_the_connection() {
    let server = BareServer::start();
    let mut frames = Frames::open(server.address(), &[]);
    let head = request(Method::Get, "/");
    let pairs = (0..5_000_u32).map(|number| 2 * number + 1).flat_map(|stream| {
        let begun = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
        [begun, frame(RESET, 0, stream, &8_u32.to_be_bytes())].concat()
    });
    frames.send(pairs.collect::<Vec<_>>());
    server.still_answers();
    assert_eq!(frames.read_to_end(), Some(ENHANCE_YOUR_CALM));
    server.is_left_alone();
}

#[test]
fn a_head_without_an_end_is_not_collected() {
    let server = BareServer::start();
    // Fields that are kept, and those that are not, since the block is never complete.
    for piece in [&b""[..], &[0x40, 1, b'a', 1, b'b'][..]] {
        let mut frames = Frames::open(server.address(), &[]);
        frames.send(frame(HEADERS, END_STREAM, 1, &request(Method::Get, "/")));
        assert!(flood(&mut frames, &frame(CONTINUATION, 0, 1, piece)), "{piece:?}");
        server.still_answers();
    }
    server.is_left_alone();
}

#[test]
fn a_head_that_is_never_finished_is_not_waited_for() {
    let server = BareServer::start();
    let mut frames = Frames::open(server.address(), &[]);
    frames.send(frame(HEADERS, END_STREAM, 1, &request(Method::Get, "/")));
    server.still_answers();
    server.is_left_alone();
}

#[test]
fn a_head_that_unpacks_to_much_is_refused() {
    let server = BareServer::start();
    let mut frames = Frames::open(server.address(), &[]);
    // One field of 3,000 bytes enters the table; every further byte repeats it (the HPACK bomb, CVE-2016-6581).
    let mut block = request(Method::Get, "/");
    block.extend([0x40, 1, b'a', 0x7f, 0xb9, 0x16]);
    block.extend([b'b'; 3_000]);
    block.extend([0xbe; 5_000]);
    frames.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block));
    let refused = |seen: &Frame| match seen.kind {
        // `:status` 431 is a literal with the name of entry 8.
        HEADERS => seen.payload.windows(3).any(|bytes| bytes == b"431"),
        kind => kind == RESET || seen.goodbye().is_some(),
    };
    let seen =
        std::iter::from_fn(|| frames.read()).find(|seen| seen.kind == HEADERS || refused(seen));
    assert!(seen.as_ref().is_none_or(refused), "{seen:?}");
    server.still_answers();
}

#[test]
fn pings_and_settings_whose_answers_nobody_reads_end_the_connection() {
    let server = BareServer::start();
    for bytes in [frame(PING, 0, 0, &[7; 8]), frame(SETTINGS, 0, 0, &[])] {
        let mut frames = Frames::open(server.address(), &[]);
        assert!(flood(&mut frames, &bytes));
        server.still_answers();
    }
    server.is_left_alone();
}

#[test]
fn bodies_in_crumbs_are_refused() {
    let server = BareServer::start();
    for crumb in [&b""[..], b" "] {
        let mut frames = Frames::open(server.address(), &[]);
        frames.send(frame(HEADERS, END_HEADERS, 1, &request(Method::Post, "/read")));
        assert!(flood(&mut frames, &frame(DATA, 0, 1, crumb)), "{crumb:?}");
        server.still_answers();
    }
    server.is_left_alone();
}

#[test]
fn one_that_asks_and_opens_no_window_for_the_answer_is_cut_off_however_alive() {
    let server = BareServer::start();
    let mut frames = Frames::open(server.address(), &[(INITIAL_WINDOW, 0)]);
    for stream in [1, 3, 5] {
        let head = request(Method::Get, "/big");
        frames.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, &head));
    }
    frames.read_to_end();
    server.still_answers();
    server.is_left_alone();
}

#[test]
fn a_connection_that_only_pings_is_closed_and_one_that_asks_is_not() {
    let server = BareServer::start();
    let mut frames = Frames::open(server.address(), &[]);
    // Longer than twice the idle time, so that the requests alone keep it open.
    for number in 0..8 {
        let head = request(Method::Get, "/");
        assert!(frames.send(frame(HEADERS, END_HEADERS | END_STREAM, 2 * number + 1, &head)));
        eventually("an answer", || (frames.read()?.kind == DATA).then_some(()));
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(server.places.open(), 1);
    assert_eq!(frames.read_to_end(), Some(0), "a farewell without reproach");
    server.is_left_alone();
}
