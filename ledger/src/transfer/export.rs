//! From a ledger into a file.

use super::access::AtRest;
use super::format::Header;
use super::part::Part;
use super::scan::Scan;
use super::{Checksum, Stage, TransferError, Watch};
use crate::records::SCHEMA;
use crate::store::Version;
use crate::vault::Vault;
use opencowin_model::Timestamp;
use std::path::Path;
use uuid::Uuid;

/// How to export.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions {
    /// The id of the export, random. An export that goes on with an interrupted one keeps the id of that one.
    pub id: Uuid,
    /// The time.
    pub now: Timestamp,
    /// Whether to read the ledger a second time where its version does not prove that nothing was written meanwhile.
    pub verify: bool,
}

/// A finished export.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its id.
    pub id: Uuid,
    /// What it holds.
    pub checksum: Checksum,
    /// Rows that an interrupted run had written.
    pub resumed: u64,
    /// How it is known that nobody wrote to the ledger meanwhile.
    pub stillness: Stillness,
}

/// How it is known that a ledger did not change while it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stillness {
    /// The store is at the version at which it was in the beginning.
    SameVersion,
    /// It was read a second time and held the same.
    ReadTwice,
    /// Not at all: the versions of this engine rise by themselves, and a second reading was not asked for.
    Assumed,
}

impl AtRest {
    /// Writes all rows that [travel](super::travels) to the file `to`. Until that is whole it has the name `to` with
    /// `.part`; a run that finds one goes on with it. Memory does not grow with the ledger.
    ///
    /// # Errors
    /// If the file is there already, the ledger is in use or was changed since an interrupted run, the keys are others,
    /// or store or disk fail. What was written stays, for another run to go on with.
    pub fn export(
        &self,
        vault: &Vault,
        to: &Path,
        options: ExportOptions,
        watch: Watch<'_>,
    ) -> Result<Exported, TransferError> {
        if to.exists() {
            return Err(TransferError::Exists(to.to_owned()));
        }
        let ExportOptions { id, now, verify } = options;
        let (version, proof) = self.identify(vault)?;
        let (schema, environment) = (SCHEMA, self.environment);
        let header = Header { schema, environment, id, begun: now, version: version.0, proof };
        let mut part = Part::open(to, header, self.chunk_bytes, watch)?;
        let id = part.header().id;
        let resumed = self.compare(&part, version, watch)?;
        self.copy(&mut part, watch)?;
        let checksum = part.close()?;
        let stillness = self.stillness(&part, (version, vault), &checksum, verify, watch)?;
        part.publish(to)?;
        Ok(Exported { id, checksum, resumed, stillness })
    }

    /// That what an interrupted run has written is still what the ledger holds; answers its rows.
    fn compare(
        &self,
        part: &Part,
        version: Version,
        watch: Watch<'_>,
    ) -> Result<u64, TransferError> {
        let written = part.tally().checksum();
        let Some(last) = part.last() else { return Ok(0) };
        if part.header().version != version.0
            && self.checksum_until(Some(last), Stage::ReadingAgain, watch)? != written
        {
            return Err(TransferError::Changed(part.path().to_owned()));
        }
        Ok(written.pairs)
    }

    fn copy(&self, part: &mut Part, watch: Watch<'_>) -> Result<(), TransferError> {
        let mut scan = Scan::new(self, part.last(), None);
        while scan.next(|pair| part.push(pair))? {
            watch(part.tally().progress(Stage::Reading));
        }
        Ok(())
    }

    fn stillness(
        &self,
        part: &Part,
        (version, vault): (Version, &Vault),
        written: &Checksum,
        verify: bool,
        watch: Watch<'_>,
    ) -> Result<Stillness, TransferError> {
        let (now, proof) = self.identify(vault)?;
        let changed = || Err(TransferError::Changed(part.path().to_owned()));
        match (now == version, verify) {
            _ if proof != part.header().proof => changed(),
            (true, _) => Ok(Stillness::SameVersion),
            (false, false) => Ok(Stillness::Assumed),
            (false, true) if self.checksum_until(None, Stage::ReadingAgain, watch)? == *written => {
                Ok(Stillness::ReadTwice)
            }
            (false, true) => changed(),
        }
    }
}
