//! The subcommands: what the command line asks for, put together from the other rooms.

mod capacity;
mod compare;
mod limits;
mod local;
mod run;
mod scenarios;
mod summary;
mod worker;

use crate::cli::Command;
use crate::plan;
use std::io::Write;
use thiserror::Error;

/// Why a subcommand came to nothing.
#[derive(Debug, Error)]
pub enum Failed {
    /// What was asked for cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// It was understood and could not be done.
    #[error("{0}")]
    Undone(String),
}

impl Failed {
    /// The exit status: 64 for what cannot be understood, 2 for what could not be done.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 64,
            Self::Undone(_) => 2,
        }
    }
}

/// What could not be written.
pub(crate) fn unwritten(error: impl std::fmt::Display) -> Failed {
    Failed::Undone(format!("what was found could not be written: {error}"))
}

/// Does what was asked for, and says with which status to end.
///
/// # Errors
/// If it could not be done.
pub fn execute(command: &Command, out: &mut impl Write) -> Result<u8, Failed> {
    match command {
        Command::Run(arguments) => run::run(arguments, out),
        Command::Scenarios(arguments) => scenarios::list(arguments, out),
        Command::Capacity(arguments) => capacity::search(arguments, out),
        Command::Compare(arguments) => compare::compare(arguments, out),
        Command::Worker(arguments) => worker::serve(arguments, out),
        Command::Plan(arguments) => plan::answer(arguments, out)
            .map(|()| 0)
            .map_err(|error| Failed::Usage(error.to_string())),
    }
}
