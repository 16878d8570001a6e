//! The file that an export writes until it is whole: the export's name with `.part`.
//!
//! Whatever interrupts the export, the file begins with whole chunks. The next run cuts off what follows them and goes on
//! after the last row that they hold.

use super::checksum::Tally;
use super::file::{ExportFile, Frame};
use super::format::{self, FrameKind, Header, Pair};
use super::{Checksum, Stage, TransferError, Watch};
use crate::keys::Layout;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// An export that is being written.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    header: Header,
    tally: Tally,
    /// The last key that is in a chunk or on its way into one; empty before the first.
    last: Vec<u8>,
    chunks: u64,
    /// Rows on their way into the next chunk.
    payload: Vec<u8>,
    chunk_bytes: usize,
}

impl Part {
    /// Takes the part of an export to `to` for this process, and goes on with what is there, if that is of the same ledger.
    pub(super) fn open(
        to: &Path,
        header: Header,
        chunk_bytes: usize,
        watch: Watch<'_>,
    ) -> Result<Self, TransferError> {
        let path = beside(to);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(TransferError::file(&path))?;
        lock(&file, &path)?;
        let mut part = Self {
            path,
            file,
            header,
            tally: Tally::default(),
            last: Vec::new(),
            chunks: 0,
            payload: Vec::with_capacity(chunk_bytes),
            chunk_bytes,
        };
        match part.existing()? {
            Some(existing) => part.resume(existing, watch)?,
            None => part.begin()?,
        }
        Ok(part)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The last key that it has; `None` before the first.
    pub(super) fn last(&self) -> Option<&[u8]> {
        (!self.last.is_empty()).then_some(&self.last)
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Appends a row.
    pub(super) fn push(&mut self, pair: Pair<'_>) -> Result<(), TransferError> {
        pair.push_to(&mut self.payload);
        self.tally.add(pair);
        self.last.clear();
        self.last.extend_from_slice(pair.key);
        if self.payload.len() >= self.chunk_bytes { self.close_chunk() } else { Ok(()) }
    }

    /// Appends the footer and brings everything to disk; answers what the export holds.
    pub(super) fn close(&mut self) -> Result<Checksum, TransferError> {
        if !self.payload.is_empty() {
            self.close_chunk()?;
        }
        let sum = self.tally.checksum();
        self.append(FrameKind::Footer, &format::footer(self.chunks, &sum))?;
        self.file.sync_all().map_err(TransferError::file(&self.path))?;
        Ok(sum)
    }

    /// Gives the closed file its name, so that a crash does not undo it.
    pub(super) fn publish(self, to: &Path) -> Result<(), TransferError> {
        fs::rename(&self.path, to).map_err(TransferError::file(to))?;
        let above = to.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        File::open(above).and_then(|dir| dir.sync_all()).map_err(TransferError::file(above))
    }

    /// What an interrupted run has left, if its header is whole.
    fn existing(&self) -> Result<Option<ExportFile>, TransferError> {
        let bytes = self.file.metadata().map_err(TransferError::file(&self.path))?.len();
        if bytes < self.header.encode().len() as u64 {
            return Ok(None);
        }
        let file = self.file.try_clone().map_err(TransferError::file(&self.path))?;
        match ExportFile::of(&self.path, file) {
            Ok(existing) => Ok(Some(existing)),
            Err(TransferError::Damaged { .. }) => Ok(None),
            Err(TransferError::NoExport(path)) => Err(TransferError::OtherPart(path)),
            Err(error) => Err(error),
        }
    }

    fn begin(&mut self) -> Result<(), TransferError> {
        self.cut_at(0)?;
        self.file.write_all(&self.header.encode()).map_err(TransferError::file(&self.path))
    }

    /// Counts the whole chunks, and cuts off what follows.
    fn resume(&mut self, mut existing: ExportFile, watch: Watch<'_>) -> Result<(), TransferError> {
        let theirs = existing.header();
        let same = (theirs.schema, theirs.environment, &theirs.proof);
        if same != (self.header.schema, self.header.environment, &self.header.proof) {
            return Err(TransferError::OtherPart(self.path.clone()));
        }
        self.header = theirs.clone();
        let layout = Layout::new(self.header.environment);
        let (_, mut end) = existing.position();
        loop {
            match existing.next() {
                Ok(Frame::Chunk(payload)) => {
                    existing.count(&layout, &payload, &mut self.last, &mut self.tally)?;
                    (self.chunks, end) = existing.position();
                    watch(self.tally.progress(Stage::Resuming));
                }
                // A footer is written anew: the file was whole, and had not got its name.
                Ok(Frame::Footer(_)) | Err(TransferError::Damaged { .. }) => {
                    return self.cut_at(end);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn cut_at(&mut self, end: u64) -> Result<(), TransferError> {
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map(drop).map_err(TransferError::file(&self.path))
    }

    fn close_chunk(&mut self) -> Result<(), TransferError> {
        let payload = std::mem::take(&mut self.payload);
        self.append(FrameKind::Chunk, &payload)?;
        self.chunks += 1;
        self.payload = payload;
        self.payload.clear();
        Ok(())
    }

    fn append(&mut self, kind: FrameKind, payload: &[u8]) -> Result<(), TransferError> {
        let header = format::frame_header(kind, self.header.id, self.chunks, payload);
        let written = self.file.write_all(&header).and_then(|()| self.file.write_all(payload));
        written.map_err(TransferError::file(&self.path))
    }
}

/// The name of the part of an export.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn lock(file: &File, path: &Path) -> Result<(), TransferError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(TransferError::PartInUse(path.to_owned())),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(TransferError::File(path.to_owned(), error)),
    }
}
