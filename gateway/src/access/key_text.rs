//! What an API key looks like.
//!
//! `ocw_live_` or `ocw_test_`, 43 letters and digits that hold 256 random bits, and six that are a checksum. The prefix
//! and the checksum let a scanner of source code or logs find a leaked key without knowing any, and let a mistyped one be
//! refused without a look-up.

use super::Environment;
use rand::Rng;
use std::fmt;
use zeroize::Zeroizing;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX: usize = 9;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;

/// The length of a key in characters.
pub const LENGTH: usize = PREFIX + SECRET + CHECKSUM;

/// The key that opens a sandbox to everybody who reads the documentation, and nothing else.
pub const SANDBOX_KEY: &str = "opencowin-sandbox-0000000000000000000000";

/// The text of a key. It is shown once, wiped when dropped, and hidden by `Debug`.
pub struct KeyText(Zeroizing<String>);

impl KeyText {
    /// A new key.
    pub fn generate(environment: Environment, random: &mut impl Rng) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill_bytes(&mut *secret);
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(prefix(environment));
        push_base62(&mut text, &*secret, SECRET);
        let checksum = crc32fast::hash(text.as_bytes());
        push_base62(&mut text, &checksum.to_be_bytes(), CHECKSUM);
        Self(text)
    }

    /// The text, to be shown to its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(****)")
    }
}

/// Whether this can be a key at all, and of which environment.
pub fn environment_of(text: &[u8]) -> Option<Environment> {
    if text.len() != LENGTH {
        return None;
    }
    let environment =
        Environment::ALL.into_iter().find(|e| text.starts_with(prefix(*e).as_bytes()));
    let (signed, checksum) = text.split_at(PREFIX + SECRET);
    let mut expected = [0; CHECKSUM];
    base62(&crc32fast::hash(signed).to_be_bytes(), &mut expected);
    environment.filter(|_| checksum == expected)
}

fn prefix(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "ocw_live_",
        Environment::Sandbox => "ocw_test_",
    }
}

fn push_base62(text: &mut String, number: &[u8], length: usize) {
    let mut digits = Zeroizing::new([0; SECRET]);
    base62(number, &mut digits[..length]);
    text.extend(digits[..length].iter().map(|digit| char::from(*digit)));
}

/// A big-endian number in base 62, cut or filled up to the length of `digits`.
fn base62(number: &[u8], digits: &mut [u8]) {
    let mut rest = Zeroizing::new([0; 32]);
    let rest = &mut rest[..number.len()];
    rest.copy_from_slice(number);
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in rest.iter_mut() {
            let value = remainder << 8 | u32::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = DIGITS[remainder as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn a_key_tells_its_environment_and_any_typing_error() {
        let mut random = StdRng::seed_from_u64(1);
        for environment in Environment::ALL {
            let key = KeyText::generate(environment, &mut random);
            assert_eq!(environment_of(key.as_str().as_bytes()), Some(environment));
            for at in 0..LENGTH {
                let mut mistyped = key.as_str().as_bytes().to_vec();
                mistyped[at] = if mistyped[at] == b'x' { b'y' } else { b'x' };
                assert_eq!(environment_of(&mistyped), None, "character {at}");
            }
            assert!(!format!("{key:?}").contains(&key.as_str()[PREFIX..]));
        }
    }

    #[test]
    fn all_of_256_bits_reach_the_text() {
        let mut digits = [0; SECRET];
        base62(&[0xFF; 32], &mut digits);
        assert_ne!(digits[0], b'0', "43 digits are just enough");
        let mut random = StdRng::seed_from_u64(1);
        let one = KeyText::generate(Environment::Sandbox, &mut random);
        assert_ne!(one.as_str(), KeyText::generate(Environment::Sandbox, &mut random).as_str());
    }
}
