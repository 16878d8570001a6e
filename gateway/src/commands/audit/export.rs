//! Lines of JSON: one for each entry, and one for each head. docs/audit.md says how they are verified.

use super::auditor;
use crate::commands::Ended;
use opencowin::config::Config;
use opencowin::identity::digest::hex;
use opencowin_ledger::audit::{Ending, Entry, Head, Link, PublicKey, Record, Tip, Who};
use opencowin_model::{Date, Pack, Timestamp};
use serde::Serialize;
use std::error::Error;
use std::io::{self, Write};
use std::ops::Range;
use std::process::ExitCode;
use uuid::Uuid;

/// Prints what was written on the days from one to another.
pub(super) fn run(
    config: &Config,
    days: (Option<Date>, Option<Date>),
    out: &mut impl Write,
) -> Ended {
    let (auditor, written) = (auditor(config)?, moments(days)?);
    auditor.batches(|link| {
        if written.contains(&link.batch.at) { print_batch(&link, out) } else { Ok(()) }
    })?;
    let key = auditor.public_key();
    auditor.heads(|head| {
        if written.contains(&head.at) { print(&HeadLine::of(&head, &key), out) } else { Ok(()) }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The moments of these days, where the programme is run.
fn moments((from, to): (Option<Date>, Option<Date>)) -> Result<Range<Timestamp>, Box<dyn Error>> {
    let pack = Pack::india()?;
    let start_of = |day: Date| -> Result<Timestamp, Box<dyn Error>> {
        let start = day.to_zoned(pack.zone().clone())?.timestamp();
        Ok(Timestamp(start.as_millisecond()))
    };
    let from = from.map_or(Ok(Timestamp(i64::MIN)), start_of)?;
    let to = to.map_or(Ok(Timestamp(i64::MAX)), |day| start_of(day.tomorrow()?))?;
    Ok(from..to)
}

fn print_batch(link: &Link, out: &mut impl Write) -> io::Result<()> {
    let (hash, of) = (link.hash(), link.batch.entries().count());
    for (entry, bytes) in link.batch.entries().enumerate() {
        let line = EntryLine {
            chain: link.chain,
            batch: link.number,
            previous: hex(&link.batch.previous),
            hash: hex(&hash),
            written_ms: link.batch.at.0,
            entry,
            of,
            bytes: hex(bytes),
            access: Entry::read(bytes).ok().as_ref().map(Access::of),
        };
        print(&line, out)?;
    }
    Ok(())
}

fn print(line: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    writeln!(out)
}

/// An entry in its batch.
#[derive(Serialize)]
struct EntryLine {
    chain: Uuid,
    batch: u64,
    previous: String,
    hash: String,
    written_ms: i64,
    /// Its place in the batch, from 0.
    entry: usize,
    of: usize,
    /// What is hashed.
    bytes: String,
    /// What the bytes say; nothing if only a newer program can read them.
    #[serde(flatten)]
    access: Option<Access>,
}

/// What an entry says, in words.
#[derive(Serialize)]
pub(super) struct Access {
    pub(super) who: &'static str,
    pub(super) who_id: Option<String>,
    pub(super) role: String,
    pub(super) key: Option<Uuid>,
    pub(super) purpose: String,
    pub(super) record: Option<&'static str>,
    pub(super) record_id: Option<String>,
    pub(super) at: String,
    pub(super) outcome: &'static str,
    pub(super) rule: Option<String>,
}

impl Access {
    pub(super) fn of(entry: &Entry) -> Self {
        let (who, who_id) = match entry.who {
            Who::System => ("system", None),
            Who::Account(account) => ("account", Some(hex(account.as_bytes()))),
            Who::Official(id) => ("official", Some(id.to_string())),
            Who::Key(id) => ("key", Some(id.to_string())),
        };
        let (record, record_id) = entry.record.map(named).unzip();
        let (outcome, rule) = match &entry.ending {
            Ending::Done => ("done", None),
            Ending::Refused(rule) => ("refused", Some(rule.to_string())),
            Ending::Repeated => ("repeated", None),
            Ending::Nothing => ("nothing", None),
        };
        let (role, purpose) = (entry.role.to_string(), entry.purpose.to_string());
        let at = entry.at.to_string();
        let key = entry.key;
        Self { who, who_id, role, key, purpose, record, record_id, at, outcome, rule }
    }
}

fn named(record: Record) -> (&'static str, String) {
    match record {
        Record::Person(person) => ("person", person.to_string()),
        Record::Account(account) => ("account", hex(account.as_bytes())),
        Record::Appointment(appointment) => ("appointment", appointment.0.to_string()),
        Record::Other(id) => ("other", id.to_string()),
    }
}

#[derive(Serialize)]
struct HeadLine {
    head: u64,
    previous: String,
    hash: String,
    at_ms: i64,
    chains: Vec<ChainLine>,
    signature: String,
    public_key: String,
}

/// Where a chain stood.
#[derive(Serialize)]
struct ChainLine {
    chain: Uuid,
    batch: u64,
    hash: String,
}

impl HeadLine {
    fn of(head: &Head, key: &PublicKey) -> Self {
        let chain = |(chain, tip): &(Uuid, Tip)| ChainLine {
            chain: *chain,
            batch: tip.number,
            hash: hex(&tip.hash),
        };
        Self {
            head: head.number,
            previous: hex(&head.previous),
            hash: hex(&head.hash()),
            at_ms: head.at.0,
            chains: head.chains.iter().map(chain).collect(),
            signature: hex(&head.signature),
            public_key: key.to_string(),
        }
    }
}
