//! What the log asks of a disk, so that tests can tear it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A directory of log files. Names become durable with [`sync`](LogDir::sync), contents with the file's own.
pub(super) trait LogDir: Send + Sync {
    /// The names of all files.
    fn list(&self) -> io::Result<Vec<String>>;

    /// A new file of `bytes` zeros that are on disk; what had this name is gone.
    fn create(&self, name: &str, bytes: usize) -> io::Result<Box<dyn LogFile>>;

    /// A file that is there.
    fn open(&self, name: &str) -> io::Result<Box<dyn LogFile>>;

    /// Gives a file another name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes every creation, renaming and removal so far durable.
    fn sync(&self) -> io::Result<()>;
}

/// A file of a fixed length.
pub(super) trait LogFile: Send {
    /// All of its bytes.
    fn read(&self) -> io::Result<Vec<u8>>;

    /// Its length in bytes.
    fn bytes(&self) -> io::Result<usize>;

    /// Overwrites the bytes from `offset` on.
    fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything written so far durable.
    fn sync(&self) -> io::Result<()>;
}

/// Makes the directory `path`, and those above it, so that a crash does not unmake them.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    make_dir(above)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => File::open(above)?.sync_all(),
    }
}

/// A directory of the operating system's.
pub(super) struct RealDir {
    path: PathBuf,
    fsync: bool,
}

struct RealFile {
    file: File,
    fsync: bool,
}

impl RealDir {
    /// The directory `path`, made if it was missing. Without `fsync` nothing is ever durable: for measurements.
    pub(super) fn new(path: PathBuf, fsync: bool) -> io::Result<Self> {
        make_dir(&path)?;
        Ok(Self { path, fsync })
    }

    fn file(&self, file: File) -> Box<dyn LogFile> {
        Box::new(RealFile { file, fsync: self.fsync })
    }
}

impl LogDir for RealDir {
    fn list(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?.map(|entry| {
            let name = entry?.file_name().into_string();
            name.map_err(|name| io::Error::other(format!("a stray file: {}", name.display())))
        });
        names.collect()
    }

    fn create(&self, name: &str, bytes: usize) -> io::Result<Box<dyn LogFile>> {
        static BLOCK: [u8; 1 << 16] = [0; 1 << 16];
        let path = self.path.join(name);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).clone();
        let file = options.open(path)?;
        for offset in (0..bytes).step_by(BLOCK.len()) {
            let length = BLOCK.len().min(bytes - offset);
            file.write_all_at(&BLOCK[..length], offset as u64)?;
        }
        if self.fsync {
            file.sync_all()?;
        }
        Ok(self.file(file))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn LogFile>> {
        let file = OpenOptions::new().read(true).write(true).open(self.path.join(name))?;
        Ok(self.file(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        if self.fsync { File::open(&self.path)?.sync_all() } else { Ok(()) }
    }
}

impl LogFile for RealFile {
    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.bytes()?];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    fn bytes(&self) -> io::Result<usize> {
        Ok(self.file.metadata()?.len() as usize)
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset as u64)
    }

    fn sync(&self) -> io::Result<()> {
        if self.fsync { self.file.sync_data() } else { Ok(()) }
    }
}
