//! What no engine accepts: commits over a limit, and ranges that end before they begin.

use super::limits::{COMMIT_BYTES, KEY_BYTES, VALUE_BYTES};
use super::{Commit, Mutation};
use std::ops::Range;

/// The bytes of `commit` that count against [`COMMIT_BYTES`], or why it can never succeed.
pub(crate) fn measure(commit: &Commit) -> Result<usize, String> {
    let mut bytes = 0;
    for range in &commit.conflicts {
        bytes += range_bytes(range)?;
    }
    for mutation in &commit.mutations {
        bytes += match mutation {
            Mutation::Set { key, value } => key_bytes(key)? + value_bytes(value)?,
            Mutation::Clear { key } => key_bytes(key)?,
            Mutation::ClearRange { range } => range_bytes(range)?,
        };
    }
    within(bytes, COMMIT_BYTES, "commit")
}

fn key_bytes(key: &[u8]) -> Result<usize, String> {
    within(key.len(), KEY_BYTES, "key")
}

fn value_bytes(value: &[u8]) -> Result<usize, String> {
    within(value.len(), VALUE_BYTES, "value")
}

/// The end of a range may be one byte longer than a key: that of the longest key alone is.
fn range_bytes(range: &Range<Vec<u8>>) -> Result<usize, String> {
    if range.start > range.end {
        return Err("a range ends before it begins".to_owned());
    }
    Ok(key_bytes(&range.start)? + within(range.end.len(), KEY_BYTES + 1, "end of a range")?)
}

fn within(bytes: usize, limit: usize, what: &str) -> Result<usize, String> {
    if bytes <= limit {
        Ok(bytes)
    } else {
        Err(format!("a {what} of {bytes} bytes is over the limit of {limit}"))
    }
}

/// The key that `range` holds alone, if it was made by [`single`](super::single).
pub(crate) fn only_key(range: &Range<Vec<u8>>) -> Option<&[u8]> {
    match range.end.split_last() {
        Some((0, key)) if key == range.start => Some(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::single;

    fn broken(commit: &Commit) -> Option<String> {
        measure(commit).err()
    }

    fn set(key: usize, value: usize) -> Commit {
        let mutation = Mutation::Set { key: vec![1; key], value: vec![2; value] };
        Commit { mutations: vec![mutation], ..Commit::default() }
    }

    #[test]
    fn keys_and_values_are_accepted_up_to_their_limit_and_not_beyond() {
        assert_eq!(broken(&set(KEY_BYTES, VALUE_BYTES)), None);
        assert!(broken(&set(KEY_BYTES + 1, 0)).is_some_and(|text| text.contains("key")));
        assert!(broken(&set(0, VALUE_BYTES + 1)).is_some_and(|text| text.contains("value")));
    }

    #[test]
    fn conflict_ranges_count_against_the_size_of_a_commit() {
        let range = single(&[1; KEY_BYTES]);
        let conflicts = vec![range; COMMIT_BYTES / (2 * KEY_BYTES) + 1];
        let commit = Commit { conflicts, ..Commit::default() };
        assert!(broken(&commit).is_some_and(|text| text.contains("commit")));
    }

    #[test]
    fn an_inverted_range_is_refused() {
        let range = b"b".to_vec()..b"a".to_vec();
        let commit = Commit { conflicts: vec![range], ..Commit::default() };
        assert!(broken(&commit).is_some());
    }

    #[test]
    fn only_a_range_of_one_key_is_taken_for_one() {
        assert_eq!(only_key(&single(b"key")), Some(&b"key"[..]));
        assert_eq!(only_key(&single(b"")), Some(&b""[..]));
        assert_eq!(only_key(&(b"key".to_vec()..b"kez".to_vec())), None);
        assert_eq!(only_key(&(b"key".to_vec()..b"key".to_vec())), None);
    }
}
