//! `opencowin`: the server and its tools.

mod commands;

use clap::{Parser, Subcommand};
use commands::{Admin, Audit, Keys, Ledger, Serve, Verify};
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
    /// Looks after a stopped ledger
    #[command(subcommand)]
    Ledger(Ledger),
    /// Makes the key file
    #[command(subcommand)]
    Keys(Keys),
    /// Reads and verifies the log of who had access to whose data
    #[command(subcommand)]
    Audit(Audit),
    /// Verifies a certificate offline; exits with 0 if it is valid, 1 if not, 2 if it cannot be read
    Verify(Box<Verify>),
    /// Administers a running server, as an official
    Admin(Box<Admin>),
}

fn main() -> ExitCode {
    let done = match Line::parse() {
        Line { command: None, serve } => serve.run(),
        Line { command: Some(Command::Serve(serve)), .. } => serve.run(),
        Line { command: Some(Command::Ledger(ledger)), .. } => ledger.run(),
        Line { command: Some(Command::Keys(keys)), .. } => keys.run(),
        Line { command: Some(Command::Audit(audit)), .. } => audit.run(),
        Line { command: Some(Command::Verify(verify)), .. } => verify.run(),
        Line { command: Some(Command::Admin(admin)), .. } => admin.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("opencowin: {error}");
        ExitCode::FAILURE
    })
}
