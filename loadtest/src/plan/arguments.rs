//! The subcommand `plan`.

use super::{Demand, Given, Measured, PlanError, Positive, plan};
use crate::result::RunResult;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What the subcommand `plan` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Results of runs (`run --json`), from which figures are taken
    #[arg(value_name = "RESULT.json")]
    pub results: Vec<PathBuf>,
    /// The cores that the server had in those runs
    #[arg(long, value_name = "N")]
    pub server_cores: Option<Positive>,
    /// Write Markdown instead of text
    #[arg(long)]
    pub markdown: bool,
    /// What is asked for.
    #[command(flatten)]
    pub demand: Demand,
    /// Figures that take the place of measured ones.
    #[command(flatten)]
    pub given: Given,
}

/// Writes the plan to `out`.
///
/// # Errors
/// If a result is unreadable or unfit, a wish absurd, or `out` takes no more.
pub fn answer(arguments: &Arguments, out: &mut impl Write) -> Result<(), PlanError> {
    arguments.demand.check()?;
    let measured = measured(arguments)?.with(&arguments.given);
    let plan = plan(&arguments.demand, &measured);
    let text = if arguments.markdown { plan.markdown() } else { plan.to_string() };
    Ok(out.write_all(text.as_bytes())?)
}

fn measured(arguments: &Arguments) -> Result<Measured, PlanError> {
    if arguments.results.is_empty() {
        return Ok(Measured::default());
    }
    let cores = arguments.server_cores.ok_or(PlanError::NoServerCores)?;
    let read: Result<Vec<_>, _> = arguments.results.iter().map(|file| read(file)).collect();
    let read = read?;
    let named: Vec<_> = read.iter().map(|(file, result)| (file.as_str(), result)).collect();
    Measured::from_results(&named, cores.get())
}

fn read(file: &Path) -> Result<(String, RunResult), PlanError> {
    let name = file.display().to_string();
    let unreadable = |why: String| PlanError::Unreadable { file: name.clone(), why };
    let text = fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let result = serde_json::from_slice(&text)
        .map_err(|error| unreadable(format!("it is no result of this program ({error})")))?;
    Ok((name, result))
}
