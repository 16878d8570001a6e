//! Where a generator ran: what somebody else needs to judge its numbers.

use serde::{Deserialize, Serialize};
use std::fs;

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor, as the system names it.
    pub processor: String,
    /// Processors that this process may use.
    pub processors: usize,
    /// Memory in mebibytes.
    pub memory_mib: u64,
    /// The kernel.
    pub kernel: String,
    /// The load average of the last minute when the run began.
    pub load_before: f64,
    /// Processor seconds that the generator used.
    pub generator_cpu_s: f64,
    /// The largest resident memory of the generator, in mebibytes.
    pub generator_peak_mib: u64,
    /// The share of the machine's processor time that the host gave to others during the run.
    pub steal_share: f64,
}

impl Machine {
    /// This machine, before a run.
    pub fn here() -> Self {
        let uname = rustix::system::uname();
        Self {
            processor: line("/proc/cpuinfo", "model name")
                .unwrap_or_else(|| uname.machine().to_string_lossy().into_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: kibibytes("/proc/meminfo", "MemTotal") / 1024,
            kernel: format!(
                "{} {}",
                uname.sysname().to_string_lossy(),
                uname.release().to_string_lossy()
            ),
            load_before: load_average(),
            ..Self::default()
        }
    }

    /// Fills in what only the end of a run knows. `before` is [`Usage::now`] from its beginning.
    pub fn after(&mut self, before: Usage) {
        let now = Usage::now();
        self.generator_cpu_s = now.own_s - before.own_s;
        self.generator_peak_mib = kibibytes("/proc/self/status", "VmHWM") / 1024;
        let all = now.all_ticks - before.all_ticks;
        self.steal_share =
            if all > 0.0 { (now.stolen_ticks - before.stolen_ticks) / all } else { 0.0 };
    }
}

/// Processor time up to a moment.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    own_s: f64,
    all_ticks: f64,
    stolen_ticks: f64,
}

impl Usage {
    /// Up to now. Counts that the system does not offer are 0.
    pub fn now() -> Self {
        let own = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let first = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> =
            first.split_whitespace().skip(1).filter_map(|tick| tick.parse().ok()).collect();
        Self {
            own_s: own.tv_sec as f64 + own.tv_nsec as f64 / 1e9,
            all_ticks: ticks.iter().take(8).sum(),
            stolen_ticks: ticks.get(7).copied().unwrap_or_default(),
        }
    }

    /// Processor seconds of this process.
    pub fn own_s(&self) -> f64 {
        self.own_s
    }
}

fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

fn line(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kibibytes(file: &str, key: &str) -> u64 {
    let value = line(file, key).unwrap_or_default();
    value.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}
