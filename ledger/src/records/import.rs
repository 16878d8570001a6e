//! How far an import has come.

use super::wire::{Fields, Malformed, Writer};
use uuid::Uuid;

/// An import into this environment that is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// Which export is imported.
    pub export: Uuid,
    /// Which run of the import writes. Another run that goes on with it puts its own here, which stops the earlier one.
    pub run: Uuid,
    /// So many of the export's chunks are in, from the first.
    pub chunks: u64,
}

impl Import {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, self.export.as_bytes());
        writer.bytes(2, self.run.as_bytes());
        writer.number_unless_zero(3, self.chunks);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut export, mut run, mut chunks) = (None, None, 0);
        for field in fields {
            match field? {
                (1, value) => export = Some(Uuid::from_bytes(value.array()?)),
                (2, value) => run = Some(Uuid::from_bytes(value.array()?)),
                (3, value) => chunks = value.number()?,
                _ => {}
            }
        }
        let (export, run) = export.zip(run).ok_or(Malformed)?;
        Ok(Self { export, run, chunks })
    }
}
