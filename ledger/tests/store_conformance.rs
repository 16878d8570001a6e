//! The contract of the store, on every engine of this crate.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic and speak")]

use opencowin_ledger::store::Store;
use opencowin_ledger::store::conformance;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions, Logs};
use opencowin_ledger::store::memory::Memory;
use std::sync::Arc;

#[test]
fn the_memory_store_keeps_the_contract() {
    for case in conformance::cases() {
        println!("{}", case.name);
        case.run(Arc::new(Memory::default()), b"");
    }
}

#[test]
fn the_embedded_engine_keeps_the_contract() {
    embedded(&EmbeddedOptions::default());
}

#[test]
fn the_embedded_engine_keeps_the_contract_with_two_logs() {
    embedded(&EmbeddedOptions { logs: Logs::Two, ..EmbeddedOptions::default() });
}

#[test]
fn the_embedded_engine_keeps_the_contract_with_a_log_that_gathers() {
    embedded(&EmbeddedOptions { gather: true, ..EmbeddedOptions::default() });
}

#[test]
fn the_embedded_engine_keeps_the_contract_while_it_flushes_all_the_time() {
    embedded(&EmbeddedOptions { memtable_bytes: 1000, ..EmbeddedOptions::default() });
}

fn embedded(options: &EmbeddedOptions) {
    // Small segments, so that even a case fills some.
    let options = EmbeddedOptions { segment_bytes: 1 << 16, ..options.clone() };
    for case in conformance::cases() {
        println!("{}", case.name);
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(Embedded::open(dir.path(), options.clone()).unwrap());
        case.run(store, b"");
    }
}
