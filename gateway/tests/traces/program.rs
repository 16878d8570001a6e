//! The program as it is installed, on a directory of its own, with everything that it writes in files.

use crate::support::{Answer, eventually, exchange};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Everything that our own crates ever log.
const LOG: &str = "info,opencowin=trace,opencowin_admission=trace,opencowin_certificates=trace,\
                   opencowin_inventory=trace,opencowin_ledger=trace,opencowin_model=trace";

/// A server that runs.
pub(super) struct Program {
    child: Child,
    address: SocketAddr,
}

/// What is shown at the door.
pub(super) type Headers<'a> = &'a [(&'a str, &'a str)];

impl Program {
    /// Starts it; its log goes to a file of this name.
    pub(super) fn start(home: &Path, log: &str) -> Self {
        let log = home.join(log);
        let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
        command.args(["--listen", "127.0.0.1:0", "--scale", "0.005", "--threads", "2"]);
        command.arg("--data").arg(home.join("data")).env("RUST_LOG", LOG);
        let child = command.stderr(File::create(&log).unwrap()).stdout(Stdio::null()).spawn();
        let child = child.unwrap();
        let address = eventually("the server is ready", || listening(&fs::read(&log).unwrap()));
        Self { child, address }
    }

    /// Ends it as a power cut does, and starts it again.
    pub(super) fn crash(&mut self, home: &Path, log: &str) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        *self = Self::start(home, log);
    }

    /// Ends it in order.
    pub(super) fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    pub(super) fn get(&self, path: impl AsRef<str>, headers: Headers<'_>) -> Answer {
        served(|| exchange(self.address, "GET", path.as_ref(), headers, &[]))
    }

    pub(super) fn post(&self, path: impl AsRef<str>, headers: Headers<'_>, body: &Value) -> Answer {
        self.send(path, headers, &body.to_string())
    }

    /// Sends a body that need not be JSON.
    pub(super) fn send(&self, path: impl AsRef<str>, headers: Headers<'_>, body: &str) -> Answer {
        served(|| exchange(self.address, "POST", path.as_ref(), headers, body.as_bytes()))
    }
}

/// A test that fails leaves nobody running.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer of a server that is not busy. While it is, which it can be beside other tests, nothing is changed by asking.
fn served(ask: impl Fn() -> Answer) -> Answer {
    eventually("the server is not busy", || Some(ask()).filter(|answer| answer.status != 503))
}

/// Where it says that it listens.
fn listening(log: &[u8]) -> Option<SocketAddr> {
    let text = String::from_utf8_lossy(log);
    let (_, rest) = text.split_once("on http://")?;
    rest.split_once(',')?.0.parse().ok()
}
