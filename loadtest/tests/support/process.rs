//! The project's own server in a process of its own, which can be killed.

use super::gateway::{assert_sound, get};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A gateway in a process of its own. It is killed when it is dropped.
pub struct Process {
    child: Child,
    port: u16,
    home: TempDir,
}

/// What tells a test program to be a gateway: the port, a space, and the directory of its data.
pub const BE_A_GATEWAY: &str = "OPENCOWIN_TEST_BE_A_GATEWAY";

/// The test that is one then.
const SERVING: &str = "gateway::serves_until_it_is_killed";

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

impl Process {
    /// Starts one on a free port, and waits until it is ready.
    pub fn start() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound socket").port();
        drop(listener);
        let process = Self { child: spawn(port, &home), port, home };
        process.wait_until_ready();
        process
    }

    /// What `--target` takes.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// What kills it.
    pub fn kill_command(&self) -> String {
        format!("kill -9 {}", self.child.id())
    }

    /// Waits until somebody has killed it, and starts it again on the same port with the same data.
    pub fn start_again(&mut self) {
        self.child.wait().expect("a child");
        self.child = spawn(self.port, &self.home);
        self.wait_until_ready();
    }

    /// That by its own account every invariant of its ledger holds.
    #[track_caller]
    pub fn assert_sound(&self) {
        assert_sound(self.address());
    }

    fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    fn wait_until_ready(&self) {
        let until = Instant::now() + PATIENCE;
        let ready = || get(self.address(), "/readyz").is_ok_and(|said| said.contains(" 200 "));
        while !ready() {
            assert!(Instant::now() < until, "no gateway within {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This test program again, as a gateway.
fn spawn(port: u16, home: &TempDir) -> Child {
    let program = std::env::current_exe().expect("a program");
    let mut command = Command::new(program);
    command.args(["--exact", SERVING, "--ignored", "--nocapture"]);
    command.env(BE_A_GATEWAY, format!("{port} {}", home.path().join("data").display()));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("a process")
}
