//! Looking after a ledger that nobody serves from: checking it, and moving it to another store.

use super::meter::Meter;
use super::{Ended, Serve};
use clap::Subcommand;
use opencowin::config::{Config, LedgerPlace};
use opencowin::engine::{Engine, EngineError, Patience};
use opencowin::{keys, startup};
use opencowin_ledger::members;
use opencowin_ledger::transfer::{AtRest, ExportFile, ExportOptions, Stillness};
use opencowin_ledger::vault::Vault;
use opencowin_model::Clock;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

/// What can be done with a stopped ledger.
#[derive(Subcommand)]
pub(crate) enum Ledger {
    /// Checks every invariant of a stopped ledger and exits with 0 if all hold
    Check {
        #[command(flatten)]
        serve: Serve,
    },
    /// Writes a stopped ledger to a file; repeated after an interruption, it goes on
    Export {
        /// The file to write; FILE.part until it is whole
        #[arg(value_name = "FILE")]
        to: PathBuf,
        /// Read the ledger twice, where its store cannot prove that nothing was written meanwhile
        #[arg(long)]
        verify: bool,
        #[command(flatten)]
        serve: Serve,
    },
    /// Brings an exported ledger into an empty store; repeated after an interruption, it goes on
    Import {
        /// The file that `ledger export` wrote
        #[arg(value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        serve: Serve,
    },
    /// To be called after a backup was restored: dismisses the gateways that it knew, so that all start anew
    Restored {
        #[command(flatten)]
        serve: Serve,
    },
    /// Counts the rows of a stopped ledger and makes their checksum; two ledgers that hold the same have the same
    Checksum {
        #[command(flatten)]
        serve: Serve,
    },
}

impl Ledger {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        match self {
            Self::Check { serve } => check(&serve.config()?),
            Self::Export { to, verify, serve } => export(&serve.config()?, &to, verify),
            Self::Import { from, serve } => import(&serve.config()?, &from),
            Self::Restored { serve } => restored(&serve.config()?),
            Self::Checksum { serve } => checksum(&serve.config()?),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the report is what this command is for")]
fn check(config: &Config) -> Ended {
    let report = startup::check(config, |violation| println!("{violation}"))?;
    println!("{report}");
    Ok(if report.violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn export(config: &Config, to: &Path, verify: bool) -> Ended {
    require_data(config)?;
    let (vault, rows, mut meter) = (vault(config)?, at_rest(config)?, Meter::start());
    let options = ExportOptions { id: Uuid::new_v4(), now: Clock::system(0).now(), verify };
    let done = rows.export(&vault, to, options, &mut |progress| meter.show(progress))?;
    if done.resumed > 0 {
        eprintln!("went on after {} rows of an interrupted export", done.resumed);
    }
    if done.stillness == Stillness::Assumed {
        eprintln!(
            "this store cannot prove that nothing was written meanwhile; --verify reads it a second time"
        );
    }
    meter.summarise("exported", &done.checksum);
    Ok(ExitCode::SUCCESS)
}

/// Nothing is made before it is known that the file fits: neither keys nor a store.
fn import(config: &Config, from: &Path) -> Ended {
    let mut file = ExportFile::open(from)?;
    let vault = vault(config)?;
    file.fits(config.mode.environment(), &vault)?;
    let (rows, mut meter) = (at_rest(config)?, Meter::start());
    let run = Uuid::new_v4();
    let held = rows.import(&vault, &mut file, run, &mut |progress| meter.show(progress))?;
    meter.summarise("imported", &held);
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "it says what it did")]
fn restored(config: &Config) -> Ended {
    require_data(config)?;
    let engine = Engine::open(config, Patience::Short)?;
    let generation = Uuid::new_v4();
    members::restored(&*engine.store, config.mode.environment(), generation)?;
    println!("the ledger is of generation {generation}; gateways can be started");
    Ok(ExitCode::SUCCESS)
}

fn checksum(config: &Config) -> Ended {
    require_data(config)?;
    let (rows, mut meter) = (at_rest(config)?, Meter::start());
    let held = rows.checksum(&mut |progress| meter.show(progress))?;
    meter.summarise("read", &held);
    Ok(ExitCode::SUCCESS)
}

fn at_rest(config: &Config) -> Result<AtRest, EngineError> {
    let engine = Engine::open(config, Patience::Short)?;
    Ok(AtRest::new(engine.store, config.mode.environment()))
}

/// Opening a directory that is not there would make it.
pub(super) fn require_data(config: &Config) -> Result<(), String> {
    if config.ledger != LedgerPlace::Embedded || config.data.exists() {
        return Ok(());
    }
    Err(format!("there is no ledger in {}", config.data.display()))
}

/// The keys of a ledger that exists somewhere; none are made.
pub(super) fn vault(config: &Config) -> Result<Vault, Box<dyn Error>> {
    if !config.keys.exists() {
        let file = config.keys.display();
        return Err(
            format!("there is no key file {file}: the rows are of no use without theirs").into()
        );
    }
    Ok(keys::vault(config)?)
}
