//! A second machine, played by a process of the program under test.

use super::Harness;
use super::harness::Running;
use std::time::{Duration, Instant};

/// A worker that listens on a free port of the loopback. It ends when it is dropped.
pub struct Worker {
    running: Option<Running>,
    address: String,
}

impl Worker {
    /// Starts one without a secret.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts one with more arguments.
    pub fn with(more: &[&str]) -> Self {
        let args = [&["worker", "--listen", "127.0.0.1:0"], more].concat();
        let running = Harness::with(&args).start();
        let started = Instant::now();
        let address = loop {
            let said = running.said();
            let told = said.lines().find_map(|line| line.strip_prefix("listening on "));
            if let Some(address) = told.filter(|_| said.ends_with('\n')) {
                break address.to_owned();
            }
            assert!(started.elapsed() < Duration::from_secs(10), "it never listens: {said}");
            std::thread::sleep(Duration::from_millis(5));
        };
        Self { running: Some(running), address }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Presses Ctrl-C on its machine.
    pub fn interrupt(&self) {
        self.running.as_ref().expect("it runs until it is killed").interrupt();
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}
