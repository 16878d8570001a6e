//! The key file: read, or made on a sandbox's first start.

use crate::config::{Config, Mode};
use crate::startup::StartError;
use opencowin_ledger::vault::Vault;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The vault of the configured key file.
///
/// # Errors
/// If the file cannot be read or is not a key file; or, where no new one may be made, if there is none. A new one is
/// made only in a sandbox whose data directory does not exist yet: data whose keys are lost must not be given others.
pub fn vault(config: &Config) -> Result<Vault, StartError> {
    let path = &config.keys;
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if config.mode == Mode::Production || config.data.exists() {
                return Err(StartError::NoKeys(path.clone()));
            }
            make(path)
        }
        Err(error) => Err(StartError::File(path.clone(), error)),
    }
}

/// Makes a new key file, and never in the place of one that is there.
///
/// # Errors
/// If the file is there or cannot be written.
pub fn make(path: &Path) -> Result<Vault, StartError> {
    let text = Vault::generate(&mut rand::rng());
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| StartError::File(path.to_owned(), error))?;
    tracing::info!(file = %path.display(), "made the keys that seal personal rows; keep this file apart from the data");
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Vault, StartError> {
    Vault::parse(text).map_err(|error| StartError::Keys(path.to_owned(), error))
}
