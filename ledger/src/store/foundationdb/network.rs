//! The client library's network: one thread of its own, which all engines of a process share.
//!
//! It runs from the first [`Network::start`] until the last copy of the handle is dropped, and cannot be started again in the
//! same process: that is the library's rule.
//!
//! This is the only file of the workspace that allows `unsafe`, for one call: starting the network.

#![allow(unsafe_code, reason = "see `boot`")]

use foundationdb::FdbError;
use foundationdb::api::{self, FdbApiBuilder, NetworkAutoStop};
use foundationdb::options::NetworkOption;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The version of the client's interface that this program is written for: that of FoundationDB 7.3.
const API_VERSION: i32 = 730;

/// The running network. Every engine has a copy; whoever opens engines one after another keeps one meanwhile.
///
/// A process drops all copies before it ends. One that ends with the network running may crash while it does so, since the
/// library's static data goes before its thread. Nothing is lost by that, as nothing is kept in this process.
#[derive(Clone)]
pub struct Network(#[expect(dead_code, reason = "it runs until this is dropped")] Arc<Running>);

type Running = NetworkAutoStop;

/// Why the network does not run. It cannot be tried again in this process.
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
    #[error("the directory of the FoundationDB client's traces cannot be used: {0}")]
    Traces(String),
    /// It was stopped, or failed to start, earlier in this process.
    #[error("the FoundationDB client has ended in this process and cannot start again")]
    Ended,
}

impl From<FdbError> for NetworkError {
    fn from(error: FdbError) -> Self {
        Self::Refused(error.message().to_owned())
    }
}

impl Network {
    /// Starts the network, or joins those who use it already. The first says where the client's traces go, if anywhere;
    /// the directory is made if it is missing.
    ///
    /// # Errors
    /// [`NetworkError`].
    pub fn start(traces: Option<&Path>) -> Result<Self, NetworkError> {
        /// Of the one network that this process can have; none before it was first tried.
        static STARTED: Mutex<Option<Weak<Running>>> = Mutex::new(None);
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*started {
            return running.upgrade().map(Self).ok_or(NetworkError::Ended);
        }
        *started = Some(Weak::new());
        let running = Arc::new(boot(traces)?);
        *started = Some(Arc::downgrade(&running));
        Ok(Self(running))
    }
}

fn boot(traces: Option<&Path>) -> Result<Running, NetworkError> {
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
    // SAFETY: `boot` asks that what it returns be dropped before the process exits. It lives in the copies of `Network`, of
    // which none is kept in a static or forgotten: an engine drops its own after its transactions and its database, and
    // the program returns from `main` after it has closed its engines. The drop stops the network's thread and joins it.
    Ok(unsafe { network.boot() }?)
}
