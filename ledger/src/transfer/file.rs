//! Reading an export, frame by frame.

use super::checksum::Tally;
use super::error::Place;
use super::format::{self, FRAME_HEADER, FrameHeader, FrameKind, Header, NoHeader, Pair};
use super::{Checksum, Stage, TransferError, Watch, is_made_with, kind_of, travels};
use crate::keys::{Environment, Layout};
use crate::records::SCHEMA;
use crate::store::limits;
use crate::vault::Vault;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// An export that is read.
pub struct ExportFile {
    path: PathBuf,
    input: BufReader<File>,
    header: Header,
    /// Where the first frame begins.
    frames_at: u64,
    /// Frames read so far.
    frames: u64,
    /// Where the next frame begins.
    at: u64,
}

/// What stands in a file from one place on.
pub(super) enum Frame {
    /// Rows.
    Chunk(Vec<u8>),
    /// What the file says that it holds.
    Footer(Vec<u8>),
}

impl ExportFile {
    /// Opens an export and reads its header.
    ///
    /// # Errors
    /// If it cannot be read, is none, or has a format that this program does not know.
    pub fn open(path: &Path) -> Result<Self, TransferError> {
        let file = File::open(path).map_err(TransferError::file(path))?;
        Self::of(path, file)
    }

    pub(super) fn of(path: &Path, file: File) -> Result<Self, TransferError> {
        let mut start = Vec::with_capacity(Header::LONGEST);
        let mut input = BufReader::with_capacity(1 << 20, file);
        let read = (&mut input).take(Header::LONGEST as u64).read_to_end(&mut start);
        read.map_err(TransferError::file(path))?;
        let (header, length) = Header::decode(&start).map_err(|error| no_header(path, error))?;
        let at = length as u64;
        let mut file = Self { path: path.to_owned(), input, header, frames_at: at, frames: 0, at };
        file.rewind()?;
        Ok(file)
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// That its rows can go into this environment and be read there with these keys.
    ///
    /// # Errors
    /// If the layout, the environment or the keys are others.
    pub fn fits(&self, environment: Environment, vault: &Vault) -> Result<(), TransferError> {
        let Header { schema, environment: found, proof, .. } = &self.header;
        if *schema != SCHEMA {
            return Err(TransferError::OtherSchema { found: *schema });
        }
        if *found != environment {
            return Err(TransferError::OtherEnvironment { found: *found, wanted: environment });
        }
        let ours = is_made_with(vault, &Layout::new(environment), proof);
        if ours { Ok(()) } else { Err(TransferError::WrongKeys) }
    }

    /// Reads it through from the first row to the last byte; answers its chunks and what it holds.
    pub(super) fn verify(&mut self, watch: Watch<'_>) -> Result<(u64, Checksum), TransferError> {
        self.rewind()?;
        let (layout, mut tally) = (Layout::new(self.header.environment), Tally::default());
        let mut last = Vec::new();
        loop {
            match self.next()? {
                Frame::Chunk(payload) => {
                    self.count(&layout, &payload, &mut last, &mut tally)?;
                    watch(tally.progress(Stage::CheckingFile));
                }
                Frame::Footer(payload) => {
                    let (chunks, sum) = (self.frames - 1, tally.checksum());
                    return if payload == format::footer(chunks, &sum) {
                        Ok((chunks, sum))
                    } else {
                        Err(self.damaged(Place::Footer, "does not agree with the chunks"))
                    };
                }
            }
        }
    }

    /// Counts the rows of the chunk that was just read; `last` is the last key before it, and after it.
    pub(super) fn count(
        &self,
        layout: &Layout,
        payload: &[u8],
        last: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> Result<(), TransferError> {
        let wrong = |fault| self.damaged(Place::Chunk(self.frames), fault);
        for pair in format::pairs(payload) {
            let (key, value) = pair.ok_or_else(|| wrong("is malformed"))?;
            if key <= &last[..] || value.len() > limits::VALUE_BYTES {
                return Err(wrong("has rows out of order or too long"));
            }
            let row = layout.decode(key).filter(travels);
            let row = row.ok_or_else(|| wrong("has a row that does not belong there"))?;
            tally.add(Pair { kind: kind_of(&row), key, value });
            last.clear();
            last.extend_from_slice(key);
        }
        Ok(())
    }

    /// The next frame. After the footer there is none to be asked for.
    pub(super) fn next(&mut self) -> Result<Frame, TransferError> {
        let number = self.frames + 1;
        let mut header = [0; FRAME_HEADER];
        self.fill(&mut header, Place::Chunk(number))?;
        let header = FrameHeader::decode(header)
            .ok_or_else(|| self.damaged(Place::Chunk(number), "does not begin as one"))?;
        let place = match header.kind {
            FrameKind::Chunk => Place::Chunk(number),
            FrameKind::Footer => Place::Footer,
        };
        let mut payload = vec![0; header.length];
        self.fill(&mut payload, place)?;
        if !header.checks(self.header.id, self.frames, &payload) {
            return Err(self.damaged(place, "has another checksum than it says"));
        }
        self.frames = number;
        self.at += (FRAME_HEADER + payload.len()) as u64;
        match header.kind {
            FrameKind::Chunk => Ok(Frame::Chunk(payload)),
            FrameKind::Footer => self.end().map(|()| Frame::Footer(payload)),
        }
    }

    /// Goes back to the first frame.
    pub(super) fn rewind(&mut self) -> Result<(), TransferError> {
        (self.frames, self.at) = (0, self.frames_at);
        let sought = self.input.seek(SeekFrom::Start(self.at));
        sought.map(drop).map_err(TransferError::file(&self.path))
    }

    /// How many frames were read, and where the next one begins.
    pub(super) fn position(&self) -> (u64, u64) {
        (self.frames, self.at)
    }

    fn fill(&mut self, bytes: &mut [u8], place: Place) -> Result<(), TransferError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged(place, "is cut off"),
            _ => TransferError::File(self.path.clone(), error),
        })
    }

    /// That the file ends here.
    fn end(&mut self) -> Result<(), TransferError> {
        let mut more = Vec::new();
        let read = (&mut self.input).take(1).read_to_end(&mut more);
        read.map_err(TransferError::file(&self.path))?;
        if more.is_empty() { Ok(()) } else { Err(self.damaged(Place::Footer, "is not the end")) }
    }

    fn damaged(&self, place: Place, fault: &'static str) -> TransferError {
        TransferError::Damaged { file: self.path.clone(), place, fault }
    }
}

fn no_header(path: &Path, error: NoHeader) -> TransferError {
    let file = path.to_owned();
    match error {
        NoHeader::Foreign => TransferError::NoExport(file),
        NoHeader::OtherFormat(found) => TransferError::OtherFormat { file, found },
        NoHeader::Damaged => {
            TransferError::Damaged { file, place: Place::Header, fault: "is not whole" }
        }
    }
}
