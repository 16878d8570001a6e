//! A FoundationDB cluster to test on: somebody's, or one server of this test's own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A cluster, which ends with this if it was started for it.
pub(crate) enum Cluster {
    Given(PathBuf),
    Own(Server),
}

impl Cluster {
    /// The one that the environment names, or else one server; none, and why, if there is neither.
    pub(crate) fn any() -> Option<Self> {
        match std::env::var_os("OPENCOWIN_TEST_FDB_CLUSTER") {
            Some(file) => Some(Self::Given(file.into())),
            None => Server::start().map(Self::Own),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Given(file) => file.clone(),
            Self::Own(server) => server.file(),
        }
    }
}

/// One server on a free port of this machine, with a directory of its own.
pub(crate) struct Server {
    bin: PathBuf,
    home: TempDir,
    port: u16,
    process: Child,
}

impl Server {
    /// A new database, ready; none, and why, if nobody said where the programs are.
    pub(crate) fn start() -> Option<Self> {
        let Some(bin) = std::env::var_os("OPENCOWIN_TEST_FDB_BIN").map(PathBuf::from) else {
            println!("skipped: OPENCOWIN_TEST_FDB_BIN does not name a directory with fdbserver");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let line = format!("test:test@127.0.0.1:{port}\n");
        std::fs::write(home.path().join("fdb.cluster"), line).unwrap();
        let process = spawn(&bin, home.path(), port);
        let server = Self { bin, home, port, process };
        // The durable engine: what is acknowledged outlives the process.
        server.cli("configure new single ssd");
        Some(server)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.home.path().join("fdb.cluster")
    }

    /// Has a command of the administrator's done, and repeats it until it is.
    pub(crate) fn cli(&self, command: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let output = Command::new(self.bin.join("fdbcli"))
                .arg("-C")
                .arg(self.file())
                .args(["--timeout", "5", "--exec", command])
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if output.status.success() {
                return text;
            }
            assert!(Instant::now() < deadline, "{command}: {text}");
        }
    }

    /// As a power cut ends it, but for what the system had not written yet.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn restart(&mut self) {
        self.process = spawn(&self.bin, self.home.path(), self.port);
    }

    /// Stops it in its tracks with `STOP`, or lets it go on with `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        let done = Command::new("kill").args(["-s", name, &process]).status().unwrap();
        assert!(done.success());
    }
}

fn spawn(bin: &Path, home: &Path, port: u16) -> Child {
    Command::new(bin.join("fdbserver"))
        .args(["-p", &format!("127.0.0.1:{port}"), "-d"])
        .arg(home.join("data"))
        .arg("-L")
        .arg(home)
        .arg("-C")
        .arg(home.join("fdb.cluster"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
