//! The first official of all, whom nobody can appoint: put into office once, while no server runs.

use crate::access::official::{Official, Role};
use crate::access::record::{self, Record};
use crate::config::Config;
use crate::engine::{Engine, Patience};
use crate::keys;
use crate::startup::StartError;
use crate::world;
use opencowin_ledger::commands::{Amend, Command};
use opencowin_ledger::members::{Audience, News, OwnSeats, Sharing};
use opencowin_ledger::records::Document;
use opencowin_ledger::store::Version;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::pack::PackError;
use opencowin_model::{Clock, Pack};
use std::sync::Arc;
use uuid::Uuid;

/// Why nobody was put into office; one sentence.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// The ledger cannot be opened.
    #[error(transparent)]
    Start(Box<StartError>),
    /// The embedded country pack is wrong.
    #[error("the country pack: {0}")]
    Pack(#[from] PackError),
    /// The number is not one of this country's.
    #[error("{0} is not a mobile number of this country")]
    Mobile(String),
    /// Somebody can appoint others already.
    #[error(
        "the ministry has an account already; it appoints others (opencowin admin officials appoint)"
    )]
    Founded,
    /// The ledger cannot be read or written.
    #[error("the ledger does not answer")]
    Unavailable,
}

/// Puts the first official of the ministry into office.
///
/// # Errors
/// [`FoundingError`], above all if there is one.
pub fn found(config: &Config, name: &str, mobile: &str) -> Result<(), FoundingError> {
    let pack = Pack::india()?;
    let number = pack.mobile(mobile).ok_or_else(|| FoundingError::Mobile(mobile.to_owned()))?;
    let vault = Arc::new(keys::vault(config)?);
    let engine = Engine::open(config, Patience::Short).map_err(StartError::from)?;
    let sharing = engine.is_shared().then(|| Sharing::new(Box::new(Deaf)));
    let clock = Arc::new(Clock::system(0));
    let ledger = world::ledger(config, &pack, engine.store, vault, clock, sharing);
    let ledger = ledger.map_err(StartError::from)?;
    if block_on(has_ministry(&ledger))? {
        return Err(FoundingError::Founded);
    }
    let account = ledger.hasher().account(number);
    let first = Official::first(account, number, name.to_owned(), ledger.clock().now());
    let command = Command::Amend(Amend { changes: vec![record::written(&first, 0)] });
    block_on(ledger.run(command))?;
    Ok(())
}

/// Whether somebody in office can appoint others of the ministry.
async fn has_ministry(ledger: &Ledger) -> Result<bool, FoundingError> {
    let mut found = false;
    let each = |documents: Vec<(Uuid, Document)>| {
        let officials = documents.iter().filter_map(|(_, one)| record::read::<Official>(one).ok());
        found |= officials
            .map(|one| one.record)
            .any(|one| one.role == Role::Ministry && one.is_in_office());
    };
    let read = ledger.read().load_documents(Official::SHELF, each).await;
    read.map_err(|_| FoundingError::Unavailable)?;
    Ok(found)
}

impl From<StartError> for FoundingError {
    fn from(error: StartError) -> Self {
        Self::Start(Box::new(error))
    }
}

impl From<Failure> for FoundingError {
    fn from(_: Failure) -> Self {
        Self::Unavailable
    }
}

/// Nothing is kept in memory here.
struct Deaf;

impl Audience for Deaf {
    fn committed(&mut self, _: Version, _: &[OwnSeats]) {}
    fn heard(&mut self, _: &News) {}
    fn rejoined(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Mode, Settings};

    #[test]
    fn the_ministry_is_founded_once() {
        let home = tempfile::tempdir().unwrap();
        let data = Some(home.path().join("data"));
        let mode = Some(Mode::Production);
        let config = Config::new(Settings { data, mode, ..Settings::default() }).unwrap();
        let no_keys = found(&config, "Kavita Rao", "9876543210").unwrap_err();
        assert!(no_keys.to_string().contains("keys new"), "{no_keys}");
        keys::make(&config.keys).unwrap();
        let wrong = found(&config, "Kavita Rao", "12345").unwrap_err();
        assert!(matches!(wrong, FoundingError::Mobile(_)));
        found(&config, "Kavita Rao", "9876543210").unwrap();
        let again = found(&config, "Kavita Rao", "9876543211").unwrap_err();
        assert!(matches!(again, FoundingError::Founded), "{again}");
    }
}
