//! `opencowin`: the server and its tools.

use clap::{Parser, Subcommand};
use opencowin::config::{Config, ConfigError, Settings};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// An open, high-throughput implementation of the Co-WIN vaccination platform's API.
#[derive(Parser)]
#[command(name = "opencowin", version, args_conflicts_with_subcommands = true)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server; this is what happens without a command
    Serve(Serve),
    /// Reads a stopped ledger
    #[command(subcommand)]
    Ledger(Ledger),
}

#[derive(clap::Args)]
struct Serve {
    /// File with settings (TOML, the names of the flags); flags and environment win over it
    #[arg(long, env = "OPENCOWIN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Ledger {
    /// Checks every invariant of a stopped ledger and exits with 0 if all hold
    Check {
        #[command(flatten)]
        serve: Serve,
    },
}

fn main() -> ExitCode {
    let done = match Line::parse() {
        Line { command: None, serve } => run(serve),
        Line { command: Some(Command::Serve(serve)), .. } => run(serve),
        Line { command: Some(Command::Ledger(Ledger::Check { serve })), .. } => check(serve),
    };
    done.unwrap_or_else(|error| {
        eprintln!("opencowin: {error}");
        ExitCode::FAILURE
    })
}

fn run(serve: Serve) -> Result<ExitCode, Box<dyn Error>> {
    opencowin::logging::start();
    let running = opencowin::startup::start(config(serve)?)?;
    opencowin::shutdown::wait_for_signal()?;
    Ok(if running.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "the report is what this command is for")]
fn check(serve: Serve) -> Result<ExitCode, Box<dyn Error>> {
    let report = opencowin::startup::check(&config(serve)?, |violation| println!("{violation}"))?;
    println!("{report}");
    Ok(if report.violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn config(serve: Serve) -> Result<Config, ConfigError> {
    let file = serve.config.as_deref().map(Settings::read).transpose()?;
    Config::new(serve.settings.over(file.unwrap_or_default()))
}
