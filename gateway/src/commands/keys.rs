//! Making the key file, without which production does not start, and looking after the keys that sign.

mod signing;

use super::{Ended, Serve};
use clap::Subcommand;
use signing::Signing;
use std::process::ExitCode;

/// What can be done with keys.
#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Makes the keys that seal personal rows and sign tokens, in a file that nobody else can read; never over one that is
    /// there
    New {
        #[command(flatten)]
        serve: Serve,
    },
    /// The keys that sign certificates
    #[command(subcommand)]
    Signing(Signing),
}

impl Keys {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        let serve = match self {
            Self::New { serve } => serve,
            Self::Signing(signing) => return signing.run(),
        };
        let path = serve.config()?.keys;
        opencowin::keys::make(&path)?;
        println(&path.display().to_string());
        Ok(ExitCode::SUCCESS)
    }
}

/// The name of the file is what the command is for.
#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn println(text: &str) {
    println!("{text}");
}
