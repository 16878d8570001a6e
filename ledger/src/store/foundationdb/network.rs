//! The client library's network: one thread of its own that all of a process shares, started once and stopped at the
//! process's end.
//!
//! This is the only file of the workspace that allows `unsafe`, for one call: starting the network.

#![allow(unsafe_code, reason = "see `boot`")]

use foundationdb::api::{self, FdbApiBuilder, NetworkAutoStop};
use foundationdb::options::NetworkOption;
use foundationdb::{FdbError, FdbResult};
use std::ffi::c_int;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// The version of the client's interface that this program is written for: that of FoundationDB 7.3.
const API_VERSION: i32 = 730;

/// Why the network does not run; it is not tried again in this process.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The library is older than 7.3. Install the client package of the cluster's version.
    #[error(
        "the FoundationDB client library is too old: it speaks API version {found}, this program needs {API_VERSION} (7.3)"
    )]
    OldClient {
        /// The newest interface that it has.
        found: i32,
    },
    /// The library refused to start.
    #[error("the FoundationDB client cannot start: {0}")]
    Refused(String),
    /// The traces' directory cannot be made.
    #[error("the directory of the FoundationDB client's traces cannot be made: {0}")]
    Traces(String),
}

impl From<FdbError> for NetworkError {
    fn from(error: FdbError) -> Self {
        Self::Refused(error.message().to_owned())
    }
}

/// The running network, until the process ends.
static STOP: Mutex<Option<NetworkAutoStop>> = Mutex::new(None);

/// Starts the network unless it runs. The first caller says where the client's traces go, if anywhere.
pub(super) fn start(traces: Option<&Path>) -> Result<(), NetworkError> {
    static STARTED: OnceLock<Result<(), NetworkError>> = OnceLock::new();
    STARTED.get_or_init(|| boot(traces)).clone()
}

fn boot(traces: Option<&Path>) -> Result<(), NetworkError> {
    let found = api::get_max_api_version();
    if found < API_VERSION {
        return Err(NetworkError::OldClient { found });
    }
    let mut network = FdbApiBuilder::default().set_runtime_version(API_VERSION).build()?;
    if let Some(dir) = traces {
        let path = dir.to_str().ok_or_else(|| NetworkError::Traces("not UTF-8".to_owned()))?;
        std::fs::create_dir_all(dir).map_err(|error| NetworkError::Traces(error.to_string()))?;
        network = network.set_option(NetworkOption::TraceEnable(path.to_owned()))?;
        network = network.set_option(NetworkOption::TraceFormat("json".to_owned()))?;
    }
    run(network)
}

/// # Safety of the call
/// What `boot` returns must be dropped before the process exits, or the network's thread would run on while the
/// library's static data is taken down. It is kept in [`STOP`], out of which [`stop`] drops it: the C library calls that
/// on every exit that is none by signal or abort, and before it takes down the data of libraries that were loaded earlier,
/// as this one was: handlers run in the reverse order of their registration. If the handler cannot be registered the network
/// is stopped here.
fn run(network: api::NetworkBuilder) -> Result<(), NetworkError> {
    unsafe extern "C" {
        safe fn atexit(callback: extern "C" fn()) -> c_int;
    }
    // SAFETY: above.
    let running: FdbResult<NetworkAutoStop> = unsafe { network.boot() };
    let running = running?;
    if atexit(stop) != 0 {
        return Err(NetworkError::Refused("no room for a handler at exit".to_owned()));
    }
    *STOP.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    Ok(())
}

/// Stops the network and waits for its thread. Stores are closed by then; a thread that still asks gets no answer.
extern "C" fn stop() {
    let running = STOP.lock().unwrap_or_else(PoisonError::into_inner).take();
    // On a thread of its own: the library's variables of the thread that exits are gone already.
    if let Ok(stopping) = thread::Builder::new().spawn(move || drop(running)) {
        let _ = stopping.join();
    }
}
