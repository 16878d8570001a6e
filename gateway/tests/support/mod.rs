//! What the tests share: a server of their own on a free port, a client that speaks plain HTTP/1.1 and checks every
//! answer against the server's own OpenAPI description, and the people and sessions that requests are about.

#![allow(unreachable_pub, reason = "nothing of a test program can be reached from outside")]

mod answer;
mod bare;
mod call;
mod certificates;
mod clinic;
mod country;
mod described;
mod desk;
mod documents;
mod encryption;
pub mod frames;
mod front;
mod holding;
mod ministry;
mod offer;
mod office;
mod people;
pub mod providers;
mod server;
mod trail;
mod wire;

pub use answer::{Answer, shape};
pub use bare::BareServer;
pub use call::{Call, exchange};
pub use certificates::{Carried, of, taken};
pub use clinic::{Clinic, Patient};
pub use country::Country;
pub use desk::{on_spot, walk_in};
pub use encryption::{Encryption, Identity, TlsWire, VERSIONS};
pub use front::Front;
pub use holding::{Holding, area, facility, plan};
pub use ministry::{Applicant, MINISTER, application};
pub use offer::{Offer, Sale, draft, pack};
pub use office::Officer;
pub use people::{Account, booking, hashed, mobile, password_in, person};
pub use server::{TestServer, in_production, settings};
pub use trail::Audited;
pub use wire::Wire;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest that anything may take that happens on another thread.
const PATIENCE: Duration = Duration::from_secs(8);

/// Waits until `done` answers something.
pub fn eventually<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = done() {
            return value;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Does `job` for all items at once, each on a thread of its own; answers in their order.
pub fn at_once<I: Sync, T: Send>(items: &[I], job: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let job = &job;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(move || job(item))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// All files in a directory and those below it.
pub fn files_under(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_under(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// Copies a directory as it is at this moment.
pub fn copy_directory(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_directory(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
