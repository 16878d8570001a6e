//! A part of a store, whose keys all begin alike: so that tests share a cluster and none sees what another writes.

use super::{Answer, Commit, Done, Mutation, Pairs, Store, Version};
use std::ops::Range;
use std::sync::Arc;

/// The keys of a store that begin with a prefix, shown without it. The longest key is shorter by as much.
pub struct Prefixed {
    store: Arc<dyn Store>,
    prefix: Vec<u8>,
}

impl Prefixed {
    /// The part of `store` under `prefix`.
    pub fn new(store: Arc<dyn Store>, prefix: &[u8]) -> Self {
        Self { store, prefix: prefix.to_vec() }
    }

    fn key(&self, key: &[u8]) -> Vec<u8> {
        [&self.prefix, key].concat()
    }

    fn range(&self, range: &Range<Vec<u8>>) -> Range<Vec<u8>> {
        self.key(&range.start)..self.key(&range.end)
    }

    fn mutation(&self, mutation: Mutation) -> Mutation {
        match mutation {
            Mutation::Set { key, value } => Mutation::Set { key: self.key(&key), value },
            Mutation::Clear { key } => Mutation::Clear { key: self.key(&key) },
            Mutation::ClearRange { range } => Mutation::ClearRange { range: self.range(&range) },
        }
    }
}

impl Store for Prefixed {
    fn read_version(&self) -> Answer<'_, Version> {
        self.store.read_version()
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        Box::pin(async move {
            let keys: Vec<_> = keys.iter().map(|key| self.key(key)).collect();
            self.store.get_many(version, &keys).await
        })
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        Box::pin(async move {
            let pairs = self.store.scan(version, self.range(&range), limit).await?;
            let bare = |(key, value): (Vec<u8>, _)| (key[self.prefix.len()..].to_vec(), value);
            Ok(pairs.into_iter().map(bare).collect())
        })
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        let Commit { read_version, conflicts, mutations } = commit;
        let conflicts = conflicts.iter().map(|range| self.range(range)).collect();
        let mutations = mutations.into_iter().map(|mutation| self.mutation(mutation)).collect();
        self.store.commit(Commit { read_version, conflicts, mutations }, done)
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.store.changed(version)
    }
}
