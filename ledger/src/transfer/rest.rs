//! Whether anybody may write to the ledger while it is read.

use super::access::AtRest;
use super::{TransferError, is_made_with};
use crate::keys::{Key, Meta};
use crate::records::{Row, SCHEMA};
use crate::store::Version;
use crate::vault::Vault;

impl AtRest {
    /// Whether no row tells of somebody who writes: an import that is not finished, or a gateway that shares the ledger.
    /// One that crashed counts until another that is alive has noticed.
    pub(super) fn is_at_rest(&self, version: Version) -> Result<bool, TransferError> {
        let importing = self.get(version, Key::Meta(Meta::Import))?.is_some();
        let members = self.scan(version, self.layout.membership(), 1)?;
        Ok(!importing && members.is_empty())
    }

    /// That this is a ledger of our layout, at rest, made with these keys; answers its stored proof of the keys, which
    /// no other ledger has.
    pub(super) fn identify(&self, vault: &Vault) -> Result<(Version, Vec<u8>), TransferError> {
        self.insist(|| {
            let version = self.version()?;
            if !self.is_at_rest(version)? {
                return Err(TransferError::InUse);
            }
            self.check_schema(version)?;
            let proof = self.get(version, Key::Meta(Meta::KeyCheck))?;
            let proof = proof.filter(|proof| is_made_with(vault, &self.layout, proof));
            Ok(Some((version, proof.ok_or(TransferError::WrongKeys)?)))
        })
    }

    fn check_schema(&self, version: Version) -> Result<(), TransferError> {
        let key = Key::Meta(Meta::SchemaVersion);
        let value = self.get(version, key)?.ok_or(TransferError::NoLedger(self.environment))?;
        match Row::decode(&key, &value) {
            Ok(Row::SchemaVersion(SCHEMA)) => Ok(()),
            Ok(Row::SchemaVersion(found)) => Err(TransferError::OtherSchema { found }),
            _ => Err(TransferError::NoLedger(self.environment)),
        }
    }
}
