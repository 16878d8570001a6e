//! Verifying a certificate without asking anybody: keys, lists and proofs are files that somebody has fetched before.

mod transparency;
mod words;

use super::Ended;
use clap::Args;
use opencowin::verification::Presented;
use opencowin_certificates::{Issuer, Moment};
use opencowin_model::Clock;
use opencowin_verify::{Outcome, Trust, Verdict};
use serde::Serialize;
use std::error::Error;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The largest file that is looked at, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Exit codes beside 0: what was presented is not valid; it cannot be read, or the call is wrong.
const NOT_VALID: u8 = 1;
const UNREADABLE: u8 = 2;

/// What is verified, and whom to believe.
#[derive(Args)]
pub(crate) struct Verify {
    /// The certificate: JSON, PDF, PNG, or the text of its QR code; - is the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// DID document of an issuer to believe, as it serves it at /.well-known/did.json; can be repeated
    #[arg(long, value_name = "FILE", required_unless_present = "jwks")]
    did: Vec<PathBuf>,
    /// Key set of an issuer to believe, as it serves it at /.well-known/jwks.json; can be repeated
    #[arg(long, value_name = "FILE", requires = "issuer")]
    jwks: Vec<PathBuf>,
    /// Whose key set that is, such as cowin.example; one for each
    #[arg(long, value_name = "HOST", requires = "jwks")]
    issuer: Vec<String>,
    /// Status list of an issuer; can be repeated. Without the right one it cannot be told whether a certificate was revoked
    #[arg(long, value_name = "FILE")]
    status: Vec<PathBuf>,
    /// As of when, such as 2021-06-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Moment>,
    /// Signed head of the issuer's transparency log [default: the one in the proof]
    #[arg(long, value_name = "FILE", requires = "proof")]
    head: Option<PathBuf>,
    /// Proof that the transparency log holds the certificate, as the log serves it
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

/// What is found out.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    verdict: Verdict,
    /// Whether the transparency log holds the certificate, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    logged: Option<bool>,
}

impl Report {
    fn is_valid(&self) -> bool {
        self.verdict.outcome == Outcome::Valid && self.logged != Some(false)
    }
}

impl Verify {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        let report = match self.report() {
            Ok(report) => report,
            Err(error) => {
                eprintln!("opencowin: {error}");
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        if self.json {
            print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
        } else {
            print(&words::of(&report));
        }
        Ok(ExitCode::from(if report.is_valid() { 0 } else { NOT_VALID }))
    }

    fn report(&self) -> Result<Report, Box<dyn Error>> {
        let trust = self.trust()?;
        let at = self.at.unwrap_or_else(|| Clock::system(0).now().into());
        let verdict = Presented::read(presented(&self.file)?)?.verify(&trust, at)?;
        let logged = match &self.proof {
            None => None,
            Some(proof) => {
                let head = self.head.as_deref().map(text).transpose()?;
                transparency::holds(&verdict, head, &read(proof)?, &trust)?
            }
        };
        Ok(Report { verdict, logged })
    }

    fn trust(&self) -> Result<Trust, Box<dyn Error>> {
        let mut trust = Trust::default();
        for file in &self.did {
            trust.pin_did(&read(file)?).map_err(|error| named(file, &error))?;
        }
        if self.jwks.len() != self.issuer.len() {
            return Err("each --jwks needs an --issuer".into());
        }
        for (file, host) in self.jwks.iter().zip(&self.issuer) {
            let issuer = Issuer::new(host);
            let issuer = issuer.ok_or_else(|| format!("{host} is not a host in lower case"))?;
            trust.pin_jwks(&issuer, &read(file)?).map_err(|error| named(file, &error))?;
        }
        for file in &self.status {
            trust.take_list(&read(file)?).map_err(|error| named(file, &error))?;
        }
        Ok(trust)
    }
}

fn presented(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    if file != Path::new("-") {
        return read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().take(LARGEST + 1).read_to_end(&mut bytes)?;
    limited(bytes, file)
}

fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let opened = fs::File::open(file).map_err(|error| named(file, &error))?;
    let mut bytes = Vec::new();
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| named(file, &error))?;
    limited(bytes, file)
}

fn limited(bytes: Vec<u8>, file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    if bytes.len() as u64 > LARGEST {
        return Err(named(file, &"it is too large").into());
    }
    Ok(bytes)
}

fn text(file: &Path) -> Result<String, Box<dyn Error>> {
    Ok(String::from_utf8(read(file)?).map_err(|_| named(file, &"it is not text"))?)
}

fn named(file: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", file.display())
}

#[expect(clippy::print_stdout, reason = "the verdict is what was asked for")]
fn print(text: &str) {
    print!("{text}");
}
