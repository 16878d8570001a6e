//! The key ring of a running server: read from its file, and again whenever that changes.
//!
//! Keys are made and changed by `opencowin keys signing`, never by a server, but for the first ring of a sandbox. All gateways
//! that share a ledger are given the same file.

use super::lock::{Lock, Opener};
use crate::config::{Config, Mode};
use crate::http::document::Document;
use crate::stamp::{self, Stamp};
use crate::startup::StartError;
use arc_swap::ArcSwap;
use opencowin_certificates::keys::{DidDocument, Jwks, KeyFileError, SigningKey};
use opencowin_certificates::{Issuer, KeyRing, Moment, Purpose};
use opencowin_ledger::vault::Vault;
use opencowin_model::Clock;
use opencowin_verify::Trust;
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How long verifiers may keep what is published about keys. A new key is announced for longer before it signs.
const CACHED: &str = "public, max-age=3600";

/// The file of a key ring.
pub struct RingFile {
    path: PathBuf,
    opener: Opener,
}

/// The keys of an issuer; they follow their file.
pub struct Keys {
    file: RingFile,
    issuer: Issuer,
    clock: Arc<Clock>,
    current: ArcSwap<Published>,
    /// How the file was when it was last read, whatever came of it.
    read: Mutex<Stamp>,
}

/// A ring, and what the world is told about it.
pub struct Published {
    ring: KeyRing,
    did: Document,
    jwks: Document,
    trust: Trust,
}

impl RingFile {
    /// The configured file.
    ///
    /// # Errors
    /// If nothing locks it, or that cannot be read.
    pub fn of(config: &Config, vault: &Vault) -> Result<Self, StartError> {
        let lock = config.signing_lock.as_ref().ok_or(StartError::NoSigningLock)?;
        let opener = lock.opener(vault).map_err(|error| match lock {
            Lock::Passphrase(file) => StartError::File(file.clone(), error),
            Lock::KeyFile | Lock::Program(_) => {
                StartError::File(config.signing_keys.clone(), error)
            }
        })?;
        Ok(Self { path: config.signing_keys.clone(), opener })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it.
    ///
    /// # Errors
    /// If it is not there, cannot be unlocked, or is no key ring.
    pub fn read(&self) -> Result<KeyRing, StartError> {
        let text = fs::read_to_string(&self.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => StartError::NoSigningKeys(self.path.clone()),
            _ => StartError::File(self.path.clone(), error),
        })?;
        KeyRing::open(&text, &self.opener).map_err(|error| self.wrong(error))
    }

    /// Writes it where none is yet: whoever looks meanwhile sees none, or all of it.
    ///
    /// # Errors
    /// If one is there, or it cannot be written or locked.
    pub fn create(&self, ring: &KeyRing) -> Result<(), StartError> {
        self.write(ring, |new| fs::hard_link(new, &self.path).and_then(|()| fs::remove_file(new)))
    }

    /// Writes it in place of the one that is there, at once or not at all.
    ///
    /// # Errors
    /// If it cannot be written or locked.
    pub fn replace(&self, ring: &KeyRing) -> Result<(), StartError> {
        self.write(ring, |new| fs::rename(new, &self.path))
    }

    /// Writes it beside its place, into which `put` puts it.
    fn write(
        &self,
        ring: &KeyRing,
        put: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<(), StartError> {
        let text = self.seal(ring)?;
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{}", Uuid::new_v4()));
        let new = PathBuf::from(name);
        let outcome = write(&new, &text).and_then(|()| put(&new));
        if outcome.is_err() {
            // What could not be put there is of no use, and neither is a second complaint.
            let _ = fs::remove_file(&new);
        }
        outcome.map_err(|error| StartError::File(self.path.clone(), error))
    }

    fn seal(&self, ring: &KeyRing) -> Result<String, StartError> {
        ring.seal(&self.opener, &mut rand::rng()).map_err(|error| self.wrong(error))
    }

    fn wrong(&self, error: KeyFileError) -> StartError {
        StartError::SigningKeys(self.path.clone(), error)
    }
}

/// Writes a new file that nobody else can read.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

impl Keys {
    /// Reads the configured ring; a sandbox that has none makes one.
    ///
    /// # Errors
    /// If there is none where one is needed, or it cannot be read.
    pub fn load(config: &Config, vault: &Vault, clock: &Arc<Clock>) -> Result<Self, StartError> {
        let file = RingFile::of(config, vault)?;
        if config.mode == Mode::Sandbox && !file.path().exists() {
            make(&file, clock.now().into())?;
        }
        let read = Mutex::new(stamp::of(file.path()));
        let issuer = config.issuer.clone().ok_or(StartError::NoIssuer)?;
        let published = Published::new(&issuer, file.read()?, clock.now().into());
        let current = ArcSwap::from_pointee(published);
        Ok(Self { file, issuer, clock: clock.clone(), current, read })
    }

    /// Reads the file again if it has changed. One that is wrong is reported, and what was read before stays in force.
    pub fn refresh(&self) {
        let now = stamp::of(self.file.path());
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == now {
            return;
        }
        *read = now;
        match self.file.read() {
            Ok(ring) => {
                tracing::info!(keys = ring.keys().len(), "a new key ring is in force");
                let published = Published::new(&self.issuer, ring, self.clock.now().into());
                self.current.store(Arc::new(published));
            }
            Err(error) => tracing::error!(%error, "the old key ring stays in force"),
        }
    }

    /// Whose they are.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// What is in force now.
    pub fn current(&self) -> Arc<Published> {
        self.current.load_full()
    }
}

impl Published {
    fn new(issuer: &Issuer, ring: KeyRing, now: Moment) -> Self {
        let did = json(&DidDocument::new(issuer, &ring, now));
        let jwks = json(&Jwks::new(&ring, now));
        let mut trust = Trust::default();
        trust.pin_did(did.body()).expect("invariant: what is published can be read");
        Self { ring, did, jwks, trust }
    }

    /// The key that signs for a purpose at a moment; `None` only if the ring was written by hand.
    pub fn signing(&self, purpose: Purpose, at: Moment) -> Option<&SigningKey> {
        self.ring.signing(purpose, at)
    }

    /// The ring.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// `did.json`.
    pub fn did(&self) -> &Document {
        &self.did
    }

    /// `jwks.json`.
    pub fn jwks(&self) -> &Document {
        &self.jwks
    }

    /// These keys, for whoever verifies; it knows no status lists.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }
}

/// Makes the first ring of a sandbox, unless another of its gateways has just done so.
fn make(file: &RingFile, now: Moment) -> Result<(), StartError> {
    match file.create(&KeyRing::generate(now, &mut rand::rng())) {
        Err(StartError::File(_, error)) if error.kind() == ErrorKind::AlreadyExists => {
            return Ok(());
        }
        made => made?,
    }
    tracing::info!(file = %file.path().display(), "made the keys that sign certificates");
    Ok(())
}

fn json(document: &impl Serialize) -> Document {
    let text = serde_json::to_vec(document).expect("invariant: plain data");
    Document::new("application/json", CACHED, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use opencowin_certificates::keys::KeyState;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    struct Home {
        dir: TempDir,
        config: Config,
        vault: Vault,
        clock: Arc<Clock>,
    }

    fn home() -> Home {
        let dir = tempfile::tempdir().unwrap();
        let data = Some(dir.path().join("data"));
        let config = Config::new(Settings { data, ..Settings::default() }).unwrap();
        let vault = Vault::parse(&Vault::generate(&mut rand::rng())).unwrap();
        Home { dir, config, vault, clock: Arc::new(Clock::system(0)) }
    }

    impl Home {
        fn load(&self) -> Keys {
            Keys::load(&self.config, &self.vault, &self.clock).unwrap()
        }

        fn file(&self) -> RingFile {
            RingFile::of(&self.config, &self.vault).unwrap()
        }
    }

    fn ids(ring: &KeyRing) -> Vec<String> {
        ring.keys().iter().map(|key| key.public().id()).collect()
    }

    #[test]
    fn gateways_of_one_sandbox_have_the_keys_of_the_first() {
        let home = home();
        let loaded = [(); 4].map(|()| ids(home.load().current().ring()));
        assert!(loaded.iter().all(|ids| *ids == loaded[0]));
        let names = fs::read_dir(home.dir.path()).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["data.signing.json"], "nothing is left beside it");
        let mode = home.file().path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let another = KeyRing::generate(home.clock.now().into(), &mut rand::rng());
        assert!(home.file().create(&another).is_err(), "one that is there is not lost");
        assert_eq!(ids(&home.file().read().unwrap()), loaded[0]);
    }

    #[test]
    fn a_running_server_follows_its_file_and_keeps_what_it_has_if_that_is_wrong() {
        let home = home();
        let keys = home.load();
        let now = home.clock.now().into();
        let old = keys.current().signing(Purpose::Certificates, now).unwrap().public().id();
        let mut ring = home.file().read().unwrap();
        ring.revoke(&old, now, &mut rand::rng()).unwrap();
        home.file().replace(&ring).unwrap();
        keys.refresh();
        let current = keys.current();
        assert_ne!(current.signing(Purpose::Certificates, now).unwrap().public().id(), old);
        let state = current.ring().keys()[0].life().state(now);
        assert_eq!(state, KeyState::Revoked);
        fs::write(home.file().path(), "no ring").unwrap();
        keys.refresh();
        assert_eq!(keys.current().did().body(), current.did().body());
    }
}
