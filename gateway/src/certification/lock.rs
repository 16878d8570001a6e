//! What keeps the key ring locked at rest: a passphrase, a key management service, or, in a sandbox, the key file that is
//! there anyway.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use opencowin_certificates::keys::{DataKey, KeyFileError, Passphrase, Wrap, WrappingKey};
use opencowin_ledger::vault::Vault;
use rand::Rng;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// How the key ring is locked, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Under the key file of the ledger: no better kept than that, which does where nothing is real.
    KeyFile,
    /// Under the passphrase that is the first line of a file.
    Passphrase(PathBuf),
    /// By a program that speaks to a key management service. It is called with `wrap` or `unwrap`, reads a line of base64 and
    /// answers one: the key that seals the ring, which it never sees, and that key in the form that is kept.
    Program(PathBuf),
}

impl Lock {
    /// What locks and unlocks so.
    ///
    /// # Errors
    /// If the file of the passphrase cannot be read, or its first line is empty.
    pub fn opener(&self, vault: &Vault) -> io::Result<Opener> {
        Ok(match self {
            Self::KeyFile => Opener::Key(WrappingKey::new(vault.derive("signing key ring"))),
            Self::Passphrase(file) => Opener::Passphrase(Passphrase::new(first_line(file)?)),
            Self::Program(program) => Opener::Program(program.clone()),
        })
    }
}

fn first_line(file: &Path) -> io::Result<String> {
    let text = Zeroizing::new(std::fs::read_to_string(file)?);
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "its first line is empty")),
    }
}

/// Locks and unlocks a key ring.
pub enum Opener {
    /// With a key.
    Key(WrappingKey),
    /// With a passphrase.
    Passphrase(Passphrase),
    /// With a program.
    Program(PathBuf),
}

impl Wrap for Opener {
    fn wrap(&self, key: &DataKey, random: &mut dyn Rng) -> Result<Vec<u8>, KeyFileError> {
        match self {
            Self::Key(by) => by.wrap(key, random),
            Self::Passphrase(by) => by.wrap(key, random),
            Self::Program(program) => ask(program, "wrap", &**key).map(|answer| answer.to_vec()),
        }
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyFileError> {
        match self {
            Self::Key(by) => by.unwrap(wrapped),
            Self::Passphrase(by) => by.unwrap(wrapped),
            Self::Program(program) => {
                let answer = ask(program, "unwrap", wrapped)?;
                let key = answer.as_slice().try_into().map(DataKey::new);
                key.map_err(|_| refused(program, "its answer is no key of 32 bytes"))
            }
        }
    }
}

/// What a program answers.
fn ask(program: &Path, verb: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let output = run(program, verb, bytes).map_err(|error| refused(program, &error.to_string()))?;
    if !output.status.success() {
        return Err(refused(program, &output.status.to_string()));
    }
    let line = Zeroizing::new(output.stdout);
    let answer = STANDARD.decode(line.trim_ascii()).map(Zeroizing::new);
    answer.map_err(|_| refused(program, "its answer is no base64"))
}

fn run(program: &Path, verb: &str, bytes: &[u8]) -> io::Result<std::process::Output> {
    let mut child = Command::new(program)
        .arg(verb)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    if let Some(mut to) = child.stdin.take() {
        let mut line = Zeroizing::new(STANDARD.encode(bytes));
        line.push('\n');
        to.write_all(line.as_bytes())?;
    }
    child.wait_with_output()
}

fn refused(program: &Path, why: &str) -> KeyFileError {
    KeyFileError::Wrap(format!("{}: {why}", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_certificates::{KeyRing, Moment};
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use std::os::unix::fs::PermissionsExt;

    fn program(home: &Path, script: &str) -> Opener {
        let path = home.join("kms");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        Opener::Program(path)
    }

    fn ring(random: &mut StdRng) -> KeyRing {
        KeyRing::generate(Moment::from_seconds(1_619_605_800).unwrap(), random)
    }

    #[test]
    fn a_program_keeps_the_key_of_the_ring() {
        let home = tempfile::tempdir().unwrap();
        let mut random = StdRng::seed_from_u64(1);
        let script = "if [ $1 = wrap ]; then base64 -w0; else base64 -d; fi";
        let service = program(home.path(), script);
        let text = ring(&mut random).seal(&service, &mut random).unwrap();
        assert_eq!(KeyRing::open(&text, &service).unwrap().keys().len(), 4);
    }

    #[test]
    fn a_program_that_fails_or_talks_nonsense_unlocks_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mut random = StdRng::seed_from_u64(1);
        let text = ring(&mut random).seal(&program(home.path(), "cat"), &mut random).unwrap();
        for script in ["exit 3", "cat > /dev/null; echo '!'", "cat > /dev/null; echo AAAA"] {
            let opened = KeyRing::open(&text, &program(home.path(), script));
            assert!(matches!(opened, Err(KeyFileError::Wrap(_))), "{script}");
        }
        let missing = Opener::Program(home.path().join("nobody"));
        assert!(KeyRing::open(&text, &missing).is_err());
    }
}
