//! `compare`: two results beside each other.

use super::{Failed, unwritten};
use crate::cli::Compare;
use crate::compare::{Options, compare as compared};
use crate::result::{self, RunResult};
use std::io::Write;
use std::path::Path;

/// Compares; the status is 1 if the second is worse.
pub(super) fn compare(arguments: &Compare, out: &mut impl Write) -> Result<u8, Failed> {
    let comparison = compared(&read(&arguments.a)?, &read(&arguments.b)?, &Options::default());
    if arguments.json {
        serde_json::to_writer(&mut *out, &comparison).map_err(unwritten)?;
        writeln!(out).map_err(unwritten)?;
    } else {
        write!(out, "{comparison}").map_err(unwritten)?;
    }
    Ok(u8::from(comparison.lines.iter().any(|line| line.verdict.is_worse())))
}

fn read(file: &Path) -> Result<RunResult, Failed> {
    result::read(file).map_err(|error| Failed::Usage(error.to_string()))
}
