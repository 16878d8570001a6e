//! The command line.

use crate::live::Choice;
use crate::plan;
use crate::run::{ChaosPlan, Slo};
use crate::scenario::Span;
use crate::wire::Target;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// National traffic for any server that speaks the Co-WIN API.
///
/// Exit status: 0 all is well, 1 a threshold was missed, 2 the run is invalid or could not be made, 3 an invariant was
/// violated, 64 the command line or a scenario cannot be understood.
#[derive(Debug, Parser)]
#[command(name = "opencowin-loadtest", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a scenario and judge it
    Run(Box<Run>),
    /// Find the highest rate at which a scenario meets its thresholds
    Capacity(Box<Capacity>),
    /// Turn measured figures into machines, storage and network for a population
    Plan(Box<plan::Arguments>),
    /// Compare two results
    Compare(Compare),
    /// Offer traffic for a run that another machine leads
    Worker(Worker),
    /// List the scenarios inside the program and what they do
    Scenarios(Scenarios),
}

/// What a run takes.
#[derive(Clone, Debug, Args)]
pub struct Run {
    /// A scenario inside the program (see `scenarios`), or a TOML file
    #[arg(value_name = "NAME|FILE")]
    pub scenario: String,
    /// What to change, and where to send it
    #[command(flatten)]
    pub common: Common,
    /// Machines that run `worker` and offer the traffic instead of this one
    #[arg(long, value_name = "HOST:PORT,…", value_delimiter = ',')]
    pub workers: Vec<String>,
    /// The secret of the workers
    #[arg(long, value_name = "SECRET", env = "OPENCOWIN_WORKER_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// Do something to the target at a moment, such as 'kill -9 1234@20s'; can be given more than once
    #[arg(long, value_name = "COMMAND@TIME")]
    pub chaos: Vec<ChaosPlan>,
    /// Write everything as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a report as a web page; default: opencowin-loadtest.html, `-` for none
    #[arg(long, value_name = "FILE", default_value = "opencowin-loadtest.html")]
    pub report: PathBuf,
}

/// What `run` and `capacity` have in common.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Where the traffic goes
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080",
        env = "OPENCOWIN_TARGET"
    )]
    pub target: Target,
    /// Requests per second; of shapes that change, the highest
    #[arg(long, value_name = "PER_SECOND")]
    pub rate: Option<f64>,
    /// How long traffic is offered
    #[arg(long, value_name = "60s")]
    pub duration: Option<Span>,
    /// Connections held open
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// Threads of the generator; default: half the processors if the target is on this machine, else all
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// What every random choice is made from; default: a new one each time. With the same seed the same people come,
    /// whom a target that has kept its data has seen before
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Thresholds, such as 'p99<10ms,errors<0.1%'; in place of the scenario's
    #[arg(long, value_name = "RULES")]
    pub slo: Option<Slo>,
    /// A command that prints the one-time password last sent to {mobile}; default: the sandbox's outbox
    #[arg(long, value_name = "COMMAND")]
    pub otp_command: Option<String>,
    /// The API key with which people come through the protected door
    #[arg(long, value_name = "KEY", env = "OPENCOWIN_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
    /// Further certificates to trust, in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_roots: Option<PathBuf>,
    /// How to show what goes on
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub show: Choice,
}

/// What a search for the capacity takes.
#[derive(Clone, Debug, Args)]
pub struct Capacity {
    /// A scenario inside the program, or a TOML file; its shape is made constant
    #[arg(value_name = "NAME|FILE")]
    pub scenario: String,
    /// What to change, and where to send it. `--rate` is where the search begins, `--duration` how long each run takes
    #[command(flatten)]
    pub common: Common,
    /// How close the answer has to be, as a share of it
    #[arg(long, value_name = "SHARE", default_value_t = 0.03)]
    pub within: f64,
    /// Runs that have to confirm the answer
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub confirm: usize,
    /// Write every run's result as JSON, one a line
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// What a comparison takes.
#[derive(Clone, Debug, Args)]
pub struct Compare {
    /// The first result, as `run --json` wrote it
    #[arg(value_name = "A.json")]
    pub a: PathBuf,
    /// The second
    #[arg(value_name = "B.json")]
    pub b: PathBuf,
    /// Write it as JSON
    #[arg(long)]
    pub json: bool,
}

/// What a worker takes.
#[derive(Clone, Debug, Args)]
pub struct Worker {
    /// Where to listen for the machine that leads. Whoever reaches it can order traffic to any target: keep it off open
    /// networks
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7700")]
    pub listen: std::net::SocketAddr,
    /// A secret that the leading machine has to know; needed to listen beyond this machine
    #[arg(long, value_name = "SECRET", env = "OPENCOWIN_WORKER_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// Further certificates to trust, in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_roots: Option<PathBuf>,
}

/// What the list of scenarios takes.
#[derive(Clone, Debug, Args)]
pub struct Scenarios {
    /// Show the text of one
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}
