//! Reading and verifying who had access to whose data: of a stopped directory, or of a cluster next to running gateways.

mod export;
mod tail;

use super::ledger::{require_data, vault};
use super::{Ended, Serve};
use clap::Subcommand;
use opencowin::config::Config;
use opencowin::engine::{Engine, Patience};
use opencowin::identity::digest::{hex, parse_digest};
use opencowin_ledger::audit::{AuditError, Auditor, Pin};
use opencowin_model::Date;
use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// What can be done with the audit.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Verifies all chains and heads and exits with 0 if nothing was removed, altered, moved or cut off
    Verify {
        /// A head that was written down earlier: it must still be there
        #[arg(long, value_name = "NUMBER:HASH", value_parser = pin)]
        pin: Option<Pin>,
        #[command(flatten)]
        serve: Serve,
    },
    /// Prints entries and heads as lines of JSON that can be verified without this program; see docs/audit.md
    Export {
        /// The first day [default: from the beginning]
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The last day [default: to the end]
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
        #[command(flatten)]
        serve: Serve,
    },
    /// Prints the last entries, for people to read
    Tail {
        /// How many
        #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 20)]
        entries: u32,
        /// Go on with what is added, until interrupted; on a cluster only
        #[arg(long)]
        follow: bool,
        #[command(flatten)]
        serve: Serve,
    },
    /// Prints the public key of the heads, for auditors to write down
    Key {
        #[command(flatten)]
        serve: Serve,
    },
}

impl Audit {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        let mut out = BufWriter::new(io::stdout().lock());
        let done = self.print(&mut out).and_then(|code| Ok(out.flush().map(|()| code)?));
        match done {
            Err(error) if nobody_reads(&*error) => Ok(ExitCode::SUCCESS),
            done => done,
        }
    }

    fn print(self, out: &mut impl Write) -> Ended {
        match self {
            Self::Verify { pin, serve } => verify(&serve.config()?, pin, out),
            Self::Export { from, to, serve } => export::run(&serve.config()?, (from, to), out),
            Self::Tail { entries, follow, serve } => {
                tail::run(&serve.config()?, entries, follow, out)
            }
            Self::Key { serve } => {
                writeln!(out, "{}", auditor(&serve.config()?)?.public_key())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn verify(config: &Config, pin: Option<Pin>, out: &mut impl Write) -> Ended {
    let mut faults = Vec::new();
    let found = auditor(config)?.verify(pin, |fault| faults.push(fault))?;
    for fault in faults {
        writeln!(out, "{fault}")?;
    }
    writeln!(
        out,
        "{} faults in {} entries of {} batches in {} chains under {} heads; {} batches under no head yet",
        found.faults, found.entries, found.batches, found.chains, found.heads, found.uncovered
    )?;
    if let Some(Pin { number, hash }) = found.newest {
        writeln!(out, "newest head {number}:{}", hex(&hash))?;
    }
    Ok(if found.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The audit of the configured ledger.
fn auditor(config: &Config) -> Result<Auditor, Box<dyn Error>> {
    require_data(config)?;
    let vault = vault(config)?;
    let engine = Engine::open(config, Patience::Short)?;
    Ok(Auditor::open(engine.store, Arc::new(vault), config.mode.environment())?)
}

/// Whoever reads what is printed has seen enough.
fn nobody_reads(error: &(dyn Error + 'static)) -> bool {
    let error = match error.downcast_ref() {
        Some(AuditError::Untold(error)) => Some(error),
        _ => error.downcast_ref::<io::Error>(),
    };
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn pin(text: &str) -> Result<Pin, String> {
    let parse = || {
        let (number, hash) = text.split_once(':')?;
        Some(Pin { number: number.parse().ok()?, hash: parse_digest(hash)? })
    };
    parse().ok_or_else(|| "it must be NUMBER:HASH, as `audit verify` prints it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_written_down_as_it_was_printed() {
        let hash = [0xA5; 32];
        assert_eq!(pin(&format!("7:{}", hex(&hash))), Ok(Pin { number: 7, hash }));
        for wrong in ["", "7", "7:", "7:a5", ":a5", &format!("x:{}", hex(&hash))] {
            assert!(pin(wrong).is_err(), "{wrong}");
        }
    }
}
