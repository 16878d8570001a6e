//! CPU time of processes.

use std::fs;
use std::time::{Duration, Instant};

/// In which the system tells it: `USER_HZ`, which is 100 on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds that a process has had, in user and system together.
pub(crate) fn of(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in brackets, may have anything in it. After it, user and system time are fields 14 and 15 of proc(5).
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks / TICKS_PER_SECOND
}

/// A server, and the part of a CPU that it takes while nobody asks it for anything.
pub(crate) struct Server {
    process: u32,
    idle: f64,
}

impl Server {
    /// Watches a server that is left alone. It may have work from before, so the quietest two seconds of ten count.
    pub(crate) fn new(process: u32) -> Self {
        let window = Duration::from_secs(2);
        let watched = (0..5).map(|_| {
            let before = of(process);
            std::thread::sleep(window);
            (of(process) - before) / window.as_secs_f64()
        });
        let idle = watched.fold(f64::INFINITY, f64::min);
        Self { process, idle }
    }

    pub(crate) fn idle(&self) -> f64 {
        self.idle
    }

    /// What comes of some work, and what that costs the server, in CPU seconds, up to a while after its end.
    pub(crate) fn cost<T>(
        server: Option<&Self>,
        pause: Duration,
        work: impl FnOnce() -> T,
    ) -> (T, Option<f64>) {
        let (start, before) = (Instant::now(), server.map(|server| of(server.process)));
        let result = work();
        std::thread::sleep(pause);
        let spent = server.zip(before).map(|(server, before)| {
            let idle = server.idle * start.elapsed().as_secs_f64();
            (of(server.process) - before - idle).max(0.0)
        });
        (result, spent)
    }
}
