//! Administering a running server over HTTP, with the token of an official.
//!
//! - [`client`] speaks to the server, [`session`] logs in and keeps the token, [`table`] prints.
//! - [`partners`], [`keys`], [`officials`], [`certificates`] and [`shutting`] are the commands.

mod certificates;
mod client;
mod keys;
mod officials;
mod partners;
mod session;
mod shutting;
mod table;

use super::{Ended, Serve};
use clap::{Args, Subcommand};
use client::Client;
use opencowin::founding;
use serde_json::Value;
use session::Session;
use std::path::PathBuf;
use std::process::ExitCode;

/// What can be administered.
#[derive(Args)]
pub(crate) struct Admin {
    #[command(flatten)]
    to: To,
    #[command(subcommand)]
    command: Command,
}

/// Which server, and how to speak to it.
#[derive(Args)]
struct To {
    /// URL of the server [default: that of the last login, else http://127.0.0.1:8080]
    #[arg(long, env = "OPENCOWIN_SERVER", value_name = "URL", global = true)]
    server: Option<String>,
    /// File that keeps the token, for nobody else to read [default: opencowin/session.json in the user's configuration]
    #[arg(long, env = "OPENCOWIN_TOKEN_FILE", value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
    /// File of certificates (PEM) of authorities to trust besides the usual ones
    #[arg(long, env = "OPENCOWIN_CA_FILE", value_name = "FILE", global = true)]
    ca_file: Option<PathBuf>,
    /// Print what the server answers, as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Puts the first official of the ministry into office, once, while no server runs
    Init {
        /// Their mobile number
        #[arg(long)]
        mobile: String,
        /// Their name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        serve: Box<Serve>,
    },
    /// Logs an official in: a one-time password is sent to the number, and asked for
    Login {
        /// The official's mobile number
        #[arg(long)]
        mobile: String,
    },
    /// Partners: who applied, what they did, and deciding about them
    #[command(subcommand)]
    Partners(partners::Partners),
    /// Keys of partners
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Officials and staff
    #[command(subcommand)]
    Officials(officials::Officials),
    /// Certificates: revoking them, and having them issued again
    #[command(subcommand)]
    Certificates(certificates::Certificates),
    /// Who is shut out
    #[command(subcommand)]
    Blocks(shutting::Blocks),
    /// The limits in force
    #[command(subcommand)]
    Limits(shutting::Limits),
}

impl Admin {
    /// Does it.
    pub(crate) fn run(self) -> Ended {
        match self.command {
            Command::Init { mobile, name, serve } => init(*serve, &name, &mobile),
            Command::Login { mobile } => session::log_in(&self.to, &mobile),
            Command::Partners(command) => command.run(&self.to.open()?),
            Command::Keys(command) => command.run(&self.to.open()?),
            Command::Officials(command) => command.run(&self.to.open()?),
            Command::Certificates(command) => command.run(&self.to.open()?),
            Command::Blocks(command) => command.run(&self.to.open()?),
            Command::Limits(command) => command.run(&self.to.open()?),
        }
    }
}

#[expect(clippy::print_stdout, reason = "it says what it did")]
fn init(serve: Serve, name: &str, mobile: &str) -> Ended {
    let config = serve.config()?;
    founding::found(&config, name, mobile)?;
    println!(
        "{name} is in office; start the server, then: opencowin admin login --mobile {mobile}"
    );
    Ok(ExitCode::SUCCESS)
}

impl To {
    /// The server of the last login, with its token.
    fn open(&self) -> Result<Desk, Box<dyn std::error::Error>> {
        let session = Session::read(&session::path(self)?)?;
        let url = self.server.as_deref().unwrap_or(&session.server);
        let client = Client::new(url, self.ca_file.as_deref())?.with(&session);
        Ok(Desk { client, json: self.json })
    }
}

/// Where an official works: what is asked for comes as tables or as JSON.
struct Desk {
    client: Client,
    json: bool,
}

impl Desk {
    /// Asks, and prints the answer: as it is, or as `shown` prints it.
    fn get(&self, path: &str, shown: impl FnOnce(&Value)) -> Ended {
        self.show(&self.client.get(path)?, shown)
    }

    /// Does something, and prints the answer.
    fn post(&self, path: &str, body: &Value, shown: impl FnOnce(&Value)) -> Ended {
        self.show(&self.client.post(path, body)?, shown)
    }

    #[expect(clippy::print_stdout, reason = "the answer is what was asked for")]
    fn show(&self, answer: &Value, shown: impl FnOnce(&Value)) -> Ended {
        if self.json {
            println!("{answer:#}");
        } else {
            shown(answer);
        }
        Ok(ExitCode::SUCCESS)
    }
}
