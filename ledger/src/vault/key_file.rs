//! The key file: TOML with one hash key and numbered data keys, each 64 hexadecimal digits.

use super::Secret;
use rand::Rng;
use std::collections::BTreeMap;
use std::fmt::Write;
use zeroize::Zeroizing;

/// What a key file holds.
pub(super) struct Keys {
    /// The key of look-up hashes and of derived keys. It cannot be changed: rows lie where its hashes say.
    pub(super) hash: Secret,
    /// Data keys by number; the one with the highest number seals.
    pub(super) data: BTreeMap<u16, Secret>,
}

/// Why a key file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// It is not TOML, or a field is missing or of another type; the text names the place and never a key.
    #[error("the key file is malformed: {0}")]
    Malformed(&'static str),
    /// It has no data key.
    #[error("the key file has no data key")]
    NoDataKey,
    /// Two data keys have the same number.
    #[error("the key file has two data keys with the id {0}")]
    TwiceTheSameId(u16),
}

const HEADER: &str = "\
# The keys of an OpenCoWIN ledger. Whoever holds this file and the data directory can read everything; without this
# file the data directory is of no use to anyone. Keep it apart, with a copy in a safe place.
#
# To rotate the data key, add another [[data_key]] with a higher id (`openssl rand -hex 32` makes a key) and restart.
# New values are sealed with the highest id; the older keys must stay, for older values. The hash key can never change.
";

/// Text of a new key file.
pub(super) fn generate(random: &mut impl Rng) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + 256));
    text.push_str(HEADER);
    text.push_str("\nhash_key = \"");
    push_key(&mut text, random);
    text.push_str("\"\n\n[[data_key]]\nid = 1\nkey = \"");
    push_key(&mut text, random);
    text.push_str("\"\n");
    text
}

/// Reads a key file.
pub(super) fn parse(text: &str) -> Result<Keys, KeyFileError> {
    let table: toml::Table =
        toml::from_str(text).map_err(|_| KeyFileError::Malformed("it is not TOML"))?;
    let hash = key(table.get("hash_key")).ok_or(KeyFileError::Malformed("hash_key"))?;
    let mut data = BTreeMap::new();
    for entry in table.get("data_key").and_then(toml::Value::as_array).into_iter().flatten() {
        let (id, secret) = data_key(entry).ok_or(KeyFileError::Malformed("data_key"))?;
        if data.insert(id, secret).is_some() {
            return Err(KeyFileError::TwiceTheSameId(id));
        }
    }
    Ok(Keys { hash, data })
}

fn data_key(entry: &toml::Value) -> Option<(u16, Secret)> {
    let id = entry.get("id")?.as_integer()?;
    Some((u16::try_from(id).ok()?, key(entry.get("key"))?))
}

fn key(value: Option<&toml::Value>) -> Option<Secret> {
    let digits = value?.as_str()?;
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut secret = Secret::default();
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(secret)
}

fn push_key(text: &mut String, random: &mut impl Rng) {
    let mut secret = Secret::default();
    random.fill_bytes(&mut *secret);
    for byte in secret.iter() {
        write!(text, "{byte:02x}").expect("invariant: writing to a string does not fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn what_is_generated_parses() {
        let keys = parse(&generate(&mut StdRng::seed_from_u64(1))).unwrap();
        assert_eq!(keys.data.keys().collect::<Vec<_>>(), [&1]);
        assert_ne!(*keys.hash, *keys.data[&1]);
    }

    #[test]
    fn a_wrong_file_is_refused_without_quoting_a_key() {
        let key = "ab".repeat(32);
        let short = "ab".repeat(31);
        let malformed = [
            "hash_key".to_owned(),
            format!("hash_key = \"{short}\""),
            format!("hash_key = \"{}\"", "é".repeat(32)),
            format!("hash_key = \"{key}\"\n[[data_key]]\nid = 70000\nkey = \"{key}\""),
            format!("hash_key = \"{key}\"\n[[data_key]]\nid = 1"),
        ];
        for text in malformed {
            let error = parse(&text).err().unwrap();
            assert!(matches!(error, KeyFileError::Malformed(_)), "{text}");
            assert!(!error.to_string().contains("abab"));
        }
        let entry = format!("[[data_key]]\nid = 1\nkey = \"{key}\"\n");
        let twice = format!("hash_key = \"{key}\"\n{entry}{entry}");
        assert_eq!(parse(&twice).err(), Some(KeyFileError::TwiceTheSameId(1)));
        let none = super::super::Vault::parse(&format!("hash_key = \"{key}\"\n"));
        assert_eq!(none.err(), Some(KeyFileError::NoDataKey));
    }
}
