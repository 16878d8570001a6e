//! How many bookings a second a ledger on a FoundationDB cluster takes, next to a bare loop of the client library that
//! reads and writes the same rows; and how many gateways sell one session together, next to one.
//!
//! ```sh
//! cargo run --release -p opencowin-ledger --features foundationdb --example cluster_rate -- CLUSTER_FILE --clear \
//!     --server-pid $(pidof fdbserver)
//! ```
//!
//! It needs a database of its own: it starts only on an empty one, or with `--clear`, which **removes all that is there**.
//! By default it compares ([`compare`]) bookings that are spread over 2,000 sessions. Options, each with its default:
//!
//! | option | meaning |
//! |---|---|
//! | `--hot` | one session, and another once its 65,000 seats are sold |
//! | `--gateways 2` | so many processes sell one hot session, next to one process ([`gateways`]); with `--hot` understood |
//! | `--clients 16,64,256,1024` | clients, of all gateways together, each of whom sends the next booking when the last is answered |
//! | `--rounds 3`, `--seconds 5` | rounds of each side, which take turns, and how long each is |
//! | `--pause 6` | seconds of rest after each round: the server writes to its files 5 s after it has acknowledged |
//! | `--seats 65000` | seats of the session that gateways sell |
//! | `--server-pid` | the process of the cluster's one server, on this machine, whose CPU time is to be told |
//!
//! The server's CPU time is that of a round and the pause after it, less what the idle server takes. What the bare loop does
//! is measured on the ledger, in a short run before the rounds; at the end a panic tells if the two sides did not read and
//! write alike.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

mod bare;
mod compare;
mod cpu;
mod gateways;
mod load;
mod member;
mod options;
mod people;
mod programme;
mod table;
mod traffic;

use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::foundationdb::{FoundationDb, Network};
use opencowin_ledger::store::{Commit, Mutation, Outcome, Store};
use options::Options;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == member::COMMAND).is_some() {
        return member::main(arguments);
    }
    let options = Options::parse(arguments);
    let network = Network::start(None).unwrap();
    empty(&*open(&network, &options.cluster_file), options.clear);
    if options.gateways > 1 {
        gateways::run(&network, &options);
    } else {
        compare::run(&network, &options);
    }
}

fn open(network: &Network, cluster_file: &Path) -> Arc<FoundationDb> {
    Arc::new(FoundationDb::open(network, cluster_file).unwrap())
}

/// Sees to it that nothing is there.
fn empty(store: &dyn Store, clear: bool) {
    let all = Vec::new()..vec![0xFF];
    if clear {
        return write(store, vec![Mutation::ClearRange { range: all }]);
    }
    let found = block_on(async { store.scan(store.read_version().await?, all, 1).await }).unwrap();
    assert!(found.is_empty(), "the database is not empty; --clear removes all that is there");
}

/// Writes rows, in as many commits as it takes.
fn write(store: &dyn Store, rows: Vec<Mutation>) {
    for some in rows.chunks(5000) {
        let commit = Commit { mutations: some.to_vec(), ..Commit::default() };
        // What was perhaps written can be written again.
        loop {
            let (send, receive) = mpsc::channel();
            store.commit(commit.clone(), Box::new(move |outcome| send.send(outcome).unwrap()));
            match receive.recv().unwrap() {
                Outcome::Committed(_) => break,
                Outcome::Fatal(reason) => panic!("{reason}"),
                _ => {}
            }
        }
    }
}
