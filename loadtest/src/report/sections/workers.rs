//! The machines that offered the traffic.

use crate::number::{count, ms, share};
use crate::report::markup::Html;
use crate::report::table::Table;
use crate::result::{RunResult, WorkerFacts};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    if result.workers.is_empty() {
        return;
    }
    html.leaf("h3", &[], "Generator machines");
    let columns = [
        "Address",
        "State",
        "#Requests",
        "Processor",
        "#Processors",
        "#Processor time used",
        "#Stolen by the host",
    ];
    let mut table = Table::new(&columns);
    for worker in &result.workers {
        let class = if finished(worker) { "" } else { "bad" };
        table.marked_row(class, cells(worker));
    }
    table.write(html);
}

/// Whether a machine brought home all that it did.
pub(super) fn finished(worker: &WorkerFacts) -> bool {
    worker.state == "finished"
}

fn cells(worker: &WorkerFacts) -> [String; 7] {
    let state =
        if finished(worker) { worker.state.clone() } else { format!("✗ {}", worker.state) };
    [
        worker.address.clone(),
        state,
        count(worker.requests),
        worker.machine.processor.clone(),
        worker.machine.processors.to_string(),
        ms(worker.machine.generator_cpu_s * 1e3),
        share(worker.machine.steal_share),
    ]
}
