//! Whether a file is another than it was.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// What changes when a file is written or replaced; `None` while it is not there.
pub(crate) type Stamp = Option<(SystemTime, u64, u64)>;

/// That of a file as it is now.
pub(crate) fn of(file: &Path) -> Stamp {
    let found = file.metadata().ok()?;
    Some((found.modified().ok()?, found.len(), found.ino()))
}
