//! What each thread of this process has worked.

use std::collections::BTreeMap;
use std::fs;

/// CPU seconds of every thread of this process, by name.
pub(crate) fn threads() -> BTreeMap<String, f64> {
    let mut spent = BTreeMap::new();
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let Ok(name) = fs::read_to_string(path.join("comm")) else { continue };
        let Ok(stat) = fs::read_to_string(path.join("schedstat")) else { continue };
        let nanoseconds: f64 = stat.split(' ').next().unwrap().parse().unwrap();
        *spent.entry(name.trim().to_owned()).or_default() += nanoseconds / 1e9;
    }
    spent
}
