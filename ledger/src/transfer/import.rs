//! From a file into an empty environment.

use super::access::AtRest;
use super::file::{ExportFile, Frame};
use super::format;
use super::landing::{self, Landing, Window};
use super::{Checksum, Progress, Stage, TransferError, Watch};
use crate::vault::Vault;
use uuid::Uuid;

/// Chunks that are under way at once; as many are read meanwhile.
const WINDOW: usize = 16;

impl AtRest {
    /// Writes the rows of an export, into an environment without rows or one into which the same export was begun to be
    /// imported. `run` is the id of this run, random. Answers what is there then, read back. Memory does not grow with the
    /// ledger.
    ///
    /// # Errors
    /// If the export is damaged or does not fit, or the environment is not empty: nothing was written. If the store fails,
    /// or something else came back than was written: the ledger cannot be opened until the import was repeated.
    pub fn import(
        &self,
        vault: &Vault,
        file: &mut ExportFile,
        run: Uuid,
        watch: Watch<'_>,
    ) -> Result<Checksum, TransferError> {
        file.fits(self.environment, vault)?;
        let export = file.header().id;
        landing::check(self, export)?;
        let (chunks, held) = file.verify(watch)?;
        let mut landing = Landing::claim(self, export, run)?;
        if landing.chunks() > chunks {
            return Err(TransferError::OtherImport);
        }
        self.write(file, &mut landing, watch)?;
        let read = self.checksum_until(None, Stage::ReadingBack, watch)?;
        if read != held {
            return Err(TransferError::Differs { held: Box::new(held), read: Box::new(read) });
        }
        landing.finish()?;
        Ok(read)
    }

    fn write(
        &self,
        file: &mut ExportFile,
        landing: &mut Landing<'_>,
        watch: Watch<'_>,
    ) -> Result<(), TransferError> {
        file.rewind()?;
        let mut chunks = Chunks { file, left: true };
        let mut done = Progress { stage: Stage::Writing, pairs: 0, bytes: 0 };
        for _ in 0..landing.chunks() {
            count(&mut done, &chunks.next()?.unwrap_or_default());
        }
        let mut window = chunks.window()?;
        while !window.is_empty() {
            let next = landing.land(&window, || chunks.window())?;
            window.iter().for_each(|payload| count(&mut done, payload));
            watch(done);
            window = next;
        }
        Ok(())
    }
}

/// The chunks of a file, in order.
struct Chunks<'a> {
    file: &'a mut ExportFile,
    left: bool,
}

impl Chunks<'_> {
    fn next(&mut self) -> Result<Option<Vec<u8>>, TransferError> {
        if !self.left {
            return Ok(None);
        }
        match self.file.next()? {
            Frame::Chunk(payload) => Ok(Some(payload)),
            Frame::Footer(_) => {
                self.left = false;
                Ok(None)
            }
        }
    }

    /// As many as are committed at once; none after the last.
    fn window(&mut self) -> Result<Window, TransferError> {
        let mut window = Window::new();
        while window.len() < WINDOW
            && let Some(payload) = self.next()?
        {
            window.push(payload);
        }
        Ok(window)
    }
}

fn count(done: &mut Progress, payload: &[u8]) {
    for (key, value) in format::pairs(payload).flatten() {
        done.pairs += 1;
        done.bytes += (key.len() + value.len()) as u64;
    }
}
