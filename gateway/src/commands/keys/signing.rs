//! The keys that sign certificates, status lists, answers about a status, and heads of the log. Running servers follow the file.

use super::println;
use crate::commands::{Ended, Serve};
use clap::{Subcommand, ValueEnum};
use opencowin::certification::RingFile;
use opencowin::keys;
use opencowin_certificates::keys::{KeyState, SigningKey};
use opencowin_certificates::{KeyRing, Moment, Purpose};
use opencowin_model::Clock;
use std::error::Error;
use std::process::ExitCode;

/// The shortest time for which a key has to be known before it signs, in hours: verifiers keep what they know for one.
const SHORTEST_OVERLAP_HOURS: u32 = 2;

/// The longest, in hours: a month.
const LONGEST_OVERLAP_HOURS: u32 = 31 * 24;

/// What can be done with the keys that sign.
#[derive(Subcommand)]
pub(crate) enum Signing {
    /// Makes a key for each purpose, in the file of the settings; never over one that is there
    New {
        #[command(flatten)]
        serve: Serve,
    },
    /// Shows all keys and how it stands with them, no secrets
    List {
        #[command(flatten)]
        serve: Serve,
    },
    /// Announces the next key of a purpose, which signs once everybody can know it
    Rotate {
        /// What the key signs
        purpose: Of,
        /// After how many hours it signs
        #[arg(long, value_name = "HOURS", default_value_t = 24,
              value_parser = clap::value_parser!(u32).range(i64::from(SHORTEST_OVERLAP_HOURS)..=i64::from(LONGEST_OVERLAP_HOURS)))]
        overlap: u32,
        #[command(flatten)]
        serve: Serve,
    },
    /// Revokes a key that others may have; another takes its place at once
    Revoke {
        /// The key's id, as the list shows it
        #[arg(value_name = "KEY-ID")]
        key: String,
        #[command(flatten)]
        serve: Serve,
    },
}

/// What a key signs, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Of {
    /// Certificates
    Certificates,
    /// Status lists
    Status,
    /// Answers about somebody's status
    Kyc,
    /// Heads of the transparency log
    Log,
}

impl From<Of> for Purpose {
    fn from(of: Of) -> Self {
        match of {
            Of::Certificates => Self::Certificates,
            Of::Status => Self::Status,
            Of::Kyc => Self::Kyc,
            Of::Log => Self::Log,
        }
    }
}

impl Signing {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        match self {
            Self::New { serve } => new(&file(serve)?),
            Self::List { serve } => list(&file(serve)?),
            Self::Rotate { purpose, overlap, serve } => {
                rotate(&file(serve)?, purpose.into(), overlap)
            }
            Self::Revoke { key, serve } => revoke(&file(serve)?, &key),
        }
    }
}

fn file(serve: Serve) -> Result<RingFile, Box<dyn Error>> {
    let config = serve.config()?;
    let vault = keys::vault(&config)?;
    Ok(RingFile::of(&config, &vault)?)
}

fn now() -> Moment {
    Clock::system(0).now().into()
}

fn new(file: &RingFile) -> Ended {
    file.create(&KeyRing::generate(now(), &mut rand::rng()))?;
    println(&file.path().display().to_string());
    Ok(ExitCode::SUCCESS)
}

fn list(file: &RingFile) -> Ended {
    let ring = file.read()?;
    println(&format!(
        "{:<44} {:<13} {:<10} {:<21} {:<21}",
        "KEY", "PURPOSE", "STATE", "SIGNS FROM", "UNTIL"
    ));
    ring.keys().iter().for_each(|key| println(&row(key, now())));
    Ok(ExitCode::SUCCESS)
}

fn row(key: &SigningKey, now: Moment) -> String {
    let life = key.life();
    let until = life.revoked.or(life.signs_until).map_or("-".to_owned(), |at| at.to_string());
    format!(
        "{:<44} {:<13} {:<10} {:<21} {until}",
        key.public().id(),
        purpose(key.purpose()),
        state(life.state(now)),
        life.signs_from.to_string(),
    )
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Certificates => "certificates",
        Purpose::Status => "status",
        Purpose::Kyc => "kyc",
        Purpose::Log => "log",
    }
}

fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Announced => "announced",
        KeyState::Signing => "signing",
        KeyState::Retired => "retired",
        KeyState::Revoked => "revoked",
    }
}

fn rotate(file: &RingFile, purpose: Purpose, overlap_hours: u32) -> Ended {
    let mut ring = file.read()?;
    let id = ring.rotate(purpose, now(), overlap_hours * 3_600, &mut rand::rng())?;
    file.replace(&ring)?;
    println(&format!(
        "{id} signs in {overlap_hours} hours; what the key before it signed goes on to hold"
    ));
    Ok(ExitCode::SUCCESS)
}

fn revoke(file: &RingFile, key: &str) -> Ended {
    let mut ring = file.read()?;
    ring.revoke(key, now(), &mut rand::rng())?;
    file.replace(&ring)?;
    println(&format!("{key} is revoked; running servers follow within seconds"));
    let revoked = ring.keys().iter().find(|known| known.public().id() == key);
    println(match revoked.map(SigningKey::purpose) {
        Some(Purpose::Certificates) => {
            "Certificates that it signed hold no longer. Issue them again:"
        }
        Some(Purpose::Status) => {
            "Status lists are signed again as they are asked for; nothing else is to be done."
        }
        Some(Purpose::Kyc) => {
            "Answers that it signed are refused by whoever has the new keys; nothing else is to be done."
        }
        _ => {
            "The next head of the log is signed by the key that took its place; nothing else is to be done."
        }
    });
    if revoked.is_some_and(|known| known.purpose() == Purpose::Certificates) {
        println(&format!("  opencowin admin certificates reissue --key {key}"));
    }
    Ok(ExitCode::SUCCESS)
}
