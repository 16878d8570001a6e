//! The mutations of a commit as bytes, as a log frame carries them.
//!
//! ```text
//! mutation   = 1 key value        set
//!            | 2 key              clear
//!            | 3 start end        clear range
//! key, value = length (unsigned LEB128), bytes
//! ```

use crate::store::Mutation;

const SET: u8 = 1;
const CLEAR: u8 = 2;
const CLEAR_RANGE: u8 = 3;

/// Appends `mutations` to `out`.
pub(super) fn encode(mutations: &[Mutation], out: &mut Vec<u8>) {
    for mutation in mutations {
        match mutation {
            Mutation::Set { key, value } => {
                out.push(SET);
                put(key, out);
                put(value, out);
            }
            Mutation::Clear { key } => {
                out.push(CLEAR);
                put(key, out);
            }
            Mutation::ClearRange { range } => {
                out.push(CLEAR_RANGE);
                put(&range.start, out);
                put(&range.end, out);
            }
        }
    }
}

/// The mutations that `bytes` hold, or `None` if [`encode`] never made them.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<Mutation>> {
    let mut mutations = Vec::new();
    while let Some((kind, rest)) = bytes.split_first() {
        bytes = rest;
        mutations.push(match *kind {
            SET => Mutation::Set { key: take(&mut bytes)?, value: take(&mut bytes)? },
            CLEAR => Mutation::Clear { key: take(&mut bytes)? },
            CLEAR_RANGE => Mutation::ClearRange { range: take(&mut bytes)?..take(&mut bytes)? },
            _ => return None,
        });
    }
    Some(mutations)
}

fn put(bytes: &[u8], out: &mut Vec<u8>) {
    let mut length = bytes.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(bytes);
}

fn take(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let length = take_length(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken.to_vec())
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 0..300)
    }

    fn mutation() -> impl Strategy<Value = Mutation> {
        prop_oneof![
            (bytes(), bytes()).prop_map(|(key, value)| Mutation::Set { key, value }),
            bytes().prop_map(|key| Mutation::Clear { key }),
            (bytes(), bytes()).prop_map(|(a, b)| Mutation::ClearRange { range: a..b }),
        ]
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(mutations in proptest::collection::vec(mutation(), 0..5)) {
            let mut out = Vec::new();
            encode(&mutations, &mut out);
            prop_assert_eq!(decode(&out), Some(mutations));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in bytes()) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn the_largest_value_and_a_key_beyond_any_limit_survive() {
        let mutations = vec![Mutation::Set { key: vec![1; 20_000], value: vec![2; 3_000_000] }];
        let mut out = Vec::new();
        encode(&mutations, &mut out);
        assert_eq!(decode(&out), Some(mutations));
    }
}
