//! The load generator `opencowin-loadtest`. See the library for what it is made of.

use clap::Parser;
use opencowin_loadtest::cli::Cli;
use opencowin_loadtest::commands;
use std::io::Write;
use std::process::ExitCode;

/// A visit is a task of about a kilobyte. The system's allocator keeps blocks of that size at the top of each thread's arena and gives them back to the kernel as soon as they are free: three system calls for each request, measured with `strace -c`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a command line that cannot be understood ends with (source: `EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => {
            // Help and the version are answers, not errors.
            let status = if said.use_stderr() { USAGE } else { 0 };
            let _ = said.print();
            return ExitCode::from(status);
        }
    };
    let mut out = std::io::stdout().lock();
    match commands::execute(&cli.command, &mut out) {
        Ok(status) => ExitCode::from(status),
        Err(failed) => {
            let _ = writeln!(std::io::stderr(), "opencowin-loadtest: {failed}");
            ExitCode::from(failed.exit_code())
        }
    }
}
