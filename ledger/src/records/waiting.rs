//! Ids of rows that wait for somebody, which lie by when they were written.

use opencowin_model::Timestamp;
use uuid::Uuid;

/// Where the rows begin that were written then or later: behind this id, which none of them has.
pub fn waiting_since(at: Timestamp) -> Uuid {
    id(at, &[0; 10])
}

/// The id of a row that was written then (RFC 9562, version 7).
pub(crate) fn id(written: Timestamp, random: &[u8; 10]) -> Uuid {
    let at = u64::try_from(written.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(at, random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_lies_behind_the_moment_when_it_was_written_and_before_the_next() {
        for random in [[1; 10], [255; 10]] {
            let id = id(Timestamp(1_619_605_800_000), &random);
            assert!(waiting_since(Timestamp(1_619_605_800_000)) < id);
            assert!(id < waiting_since(Timestamp(1_619_605_800_001)));
        }
    }
}
