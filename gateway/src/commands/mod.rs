//! What the program does when it is called; one file for each kind of command.

mod admin;
mod audit;
mod keys;
mod ledger;
mod meter;
mod verify;

pub(crate) use admin::Admin;
pub(crate) use audit::Audit;
pub(crate) use keys::Keys;
pub(crate) use ledger::Ledger;
pub(crate) use verify::Verify;

use opencowin::config::{Config, ConfigError, Settings};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// What a command ends with: an exit code, or one sentence.
pub(crate) type Ended = Result<ExitCode, Box<dyn Error>>;

/// The settings of a server, and of those who look after its ledger.
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// File with settings (TOML, the names of the flags); flags and environment win over it
    #[arg(long, env = "OPENCOWIN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    /// Serves until a signal comes.
    pub(crate) fn run(self) -> Ended {
        opencowin::logging::start();
        let running = opencowin::startup::start(self.config()?)?;
        opencowin::shutdown::wait_for_signal()?;
        Ok(if running.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn config(self) -> Result<Config, ConfigError> {
        let file = self.config.as_deref().map(Settings::read).transpose()?;
        Config::new(self.settings.over(file.unwrap_or_default()))
    }
}
