//! The last entries as lines for people, in the order of their times.

use super::auditor;
use super::export::Access;
use crate::commands::Ended;
use opencowin::config::{Config, LedgerPlace};
use opencowin_ledger::audit::{AuditError, Auditor, Entry, Positions};
use opencowin_model::Timestamp;
use std::io::Write;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// How often it is looked for new entries.
const PAUSE: Duration = Duration::from_secs(1);

/// Prints the last entries, and goes on where others write meanwhile.
pub(super) fn run(config: &Config, entries: u32, follow: bool, out: &mut impl Write) -> Ended {
    if follow && config.ledger == LedgerPlace::Embedded {
        return Err("nobody adds to a stopped directory: --follow is for a cluster".into());
    }
    let auditor = auditor(config)?;
    // A batch holds an entry at least.
    let (from, to) = auditor.last(entries.into())?;
    let mut lines = read(&auditor, &from, &to)?;
    let surplus = lines.len().saturating_sub(entries as usize);
    print(lines.drain(..).skip(surplus), out)?;
    if follow { go_on(&auditor, to, out) } else { Ok(ExitCode::SUCCESS) }
}

/// Prints what is added, until it cannot.
fn go_on(auditor: &Auditor, mut to: Positions, out: &mut impl Write) -> Ended {
    loop {
        thread::sleep(PAUSE);
        let now = auditor.positions()?;
        print(read(auditor, &to, &now)?.into_iter(), out)?;
        to = now;
    }
}

type Line = (Timestamp, String);

fn read(auditor: &Auditor, from: &Positions, to: &Positions) -> Result<Vec<Line>, AuditError> {
    let mut lines = Vec::new();
    auditor.between(from, to, |link| {
        lines.extend(link.batch.entries().filter_map(|bytes| Entry::read(bytes).ok()).map(line));
        Ok(())
    })?;
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines)
}

fn print(lines: impl Iterator<Item = Line>, out: &mut impl Write) -> Result<(), AuditError> {
    for (_, line) in lines {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn line(entry: Entry) -> Line {
    let Access { who, who_id, role, key, purpose, record, record_id, at, outcome, rule } =
        Access::of(&entry);
    let id = |text: Option<String>| text.map_or(String::new(), |text| format!(" {text}"));
    let key = key.map_or(String::new(), |key| format!(" through {key}"));
    let (who_id, rule) = (id(who_id), id(rule));
    let record = id(record.map(str::to_owned)) + &id(record_id);
    let line = format!("{at} {who}{who_id} as {role}{key}: {purpose}{record}: {outcome}{rule}");
    (entry.at, line)
}
