//! Proof of work: find a number, so that a hash begins with enough zero bits.
//!
//! ```text
//!   challenge  expiry "." difficulty "." nonce "." tag     1619622000.16.<32 hex digits>.<32 hex digits>
//!   solution   the decimal number n, so that SHA-256(challenge "." n) begins with `difficulty` zero bits
//! ```
//!
//! Nothing is stored when a challenge is handed out: the tag is the seal (HMAC-SHA256, 16 bytes of it) on the rest and on whom it
//! is for, so that it can be neither made, nor made easier, nor solved by one for another. What is stored is that a solution has been
//! used, until its challenge expires, in a table of fixed size. It remembers as many as it has room for; who wants to make
//! it forget has to solve more challenges than that within their life.
//!
//! Checking takes two hashes, and the first of them turns away whatever was not handed out here.

use crate::limits::ChallengeLimits;
use crate::seal::Sealer;
use crate::sync::{AtomicU32, Ordering};
use crate::table::{Entry, Table};
use opencowin_model::Timestamp;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::fmt;

/// Hands out challenges and checks solutions.
#[derive(Debug)]
pub struct ProofOfWork {
    sealer: Sealer,
    spent: Table<Spent>,
}

/// Why a solution is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsolved {
    /// Challenge or solution do not have their form.
    #[error("not a challenge with its solution")]
    Malformed,
    /// Not handed out here, or to somebody else.
    #[error("this challenge was not given to you")]
    Foreign,
    /// Handed in too late.
    #[error("this challenge has expired")]
    Expired,
    /// The hash does not begin with enough zero bits.
    #[error("the solution is wrong")]
    Wrong,
    /// It has been used.
    #[error("this challenge has been used")]
    Spent,
}

/// Whether a challenge was used.
#[derive(Debug)]
struct Spent(AtomicU32);

impl Default for Spent {
    fn default() -> Self {
        Self(AtomicU32::new(0))
    }
}

impl Entry for Spent {
    fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl ProofOfWork {
    /// Seals with `key`, which all gateways of one installation share, and remembers `room` used challenges.
    pub fn new(key: &[u8; 32], room: usize) -> Self {
        Self { sealer: Sealer::new(key, "proof of work"), spent: Table::new(room) }
    }

    /// A new challenge for `subject`, whatever bytes stand for whoever has to solve it.
    pub fn challenge(
        &self,
        subject: &[u8],
        limits: &ChallengeLimits,
        now: Timestamp,
        random: &mut impl Rng,
    ) -> String {
        let mut terms = Terms {
            expiry_s: now.seconds().max(0).unsigned_abs() + u64::from(limits.life_s),
            difficulty: limits.difficulty,
            nonce: [0; 16],
        };
        random.fill_bytes(&mut terms.nonce);
        let tag = self.sealer.seal(&[subject, terms.to_string().as_bytes()]);
        format!("{terms}.{}", Hex(&tag[..16]))
    }

    /// Accepts the solution of a challenge that was handed out to `subject`, once.
    ///
    /// # Errors
    /// If it is not one, or has been used.
    pub fn check(
        &self,
        challenge: &str,
        solution: &str,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<(), Unsolved> {
        let (sealed, tag) = challenge.rsplit_once('.').ok_or(Unsolved::Malformed)?;
        let tag = parse_hex(tag).ok_or(Unsolved::Malformed)?;
        let terms = Terms::parse(sealed).ok_or(Unsolved::Malformed)?;
        if solution.len() > 20 || !solution.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Unsolved::Malformed);
        }
        if !self.sealer.is_sealed(&[subject, sealed.as_bytes()], &tag) {
            return Err(Unsolved::Foreign);
        }
        if now.seconds().max(0).unsigned_abs() >= terms.expiry_s {
            return Err(Unsolved::Expired);
        }
        if zero_bits(&hash(challenge, solution)) < u32::from(terms.difficulty) {
            return Err(Unsolved::Wrong);
        }
        self.spend(&terms)
    }

    fn spend(&self, terms: &Terms) -> Result<(), Unsolved> {
        let expiry_s = u32::try_from(terms.expiry_s).unwrap_or(u32::MAX);
        let entry = self.spent.entry(terms.nonce, expiry_s);
        // What could not be remembered is not accepted.
        let used = entry.is_none_or(|spent| spent.0.swap(1, Ordering::Relaxed) == 1);
        if used { Err(Unsolved::Spent) } else { Ok(()) }
    }
}

/// Solves a challenge as a client does: by trying. `None` if it is malformed.
pub fn solve(challenge: &str) -> Option<u64> {
    let (sealed, _) = challenge.rsplit_once('.')?;
    let difficulty = u32::from(Terms::parse(sealed)?.difficulty);
    (0..).find(|n: &u64| zero_bits(&hash(challenge, &n.to_string())) >= difficulty)
}

fn hash(challenge: &str, solution: &str) -> [u8; 32] {
    let text = Sha256::new().chain_update(challenge).chain_update(".").chain_update(solution);
    text.finalize().into()
}

/// How many zero bits come before the first one.
fn zero_bits(hash: &[u8; 32]) -> u32 {
    let zeros = hash.iter().take_while(|byte| **byte == 0).count();
    zeros as u32 * 8 + hash.get(zeros).map_or(0, |byte| byte.leading_zeros())
}

/// What a challenge says beside its tag.
struct Terms {
    expiry_s: u64,
    difficulty: u8,
    nonce: [u8; 16],
}

impl Terms {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let expiry_s = parts.next()?.parse().ok()?;
        let difficulty = parts.next()?.parse().ok()?;
        let nonce = parse_hex(parts.next()?)?;
        parts.next().is_none().then_some(Self { expiry_s, difficulty, nonce })
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.expiry_s, self.difficulty, Hex(&self.nonce))
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads 32 lowercase hex digits.
fn parse_hex(text: &str) -> Option<[u8; 16]> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 32 || !text.bytes().all(hex) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const NOW: Timestamp = Timestamp(1_619_622_000_000);

    fn proofs() -> ProofOfWork {
        ProofOfWork::new(&[1; 32], 1_000)
    }

    fn challenge(proofs: &ProofOfWork, seed: u64) -> String {
        let limits = ChallengeLimits { difficulty: 8, ..Limits::default().challenge };
        proofs.challenge(b"me", &limits, NOW, &mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn a_solution_is_accepted_once() {
        let proofs = proofs();
        let challenge = challenge(&proofs, 1);
        let solution = solve(&challenge).unwrap().to_string();
        assert_eq!(proofs.check(&challenge, &solution, b"me", NOW), Ok(()));
        assert_eq!(proofs.check(&challenge, &solution, b"me", NOW), Err(Unsolved::Spent));
    }

    #[test]
    fn a_wrong_number_uses_nothing_up() {
        let proofs = proofs();
        let challenge = challenge(&proofs, 2);
        let solution = solve(&challenge).unwrap();
        assert!(solution > 0, "the seed was chosen so that 0 is wrong");
        assert_eq!(proofs.check(&challenge, "0", b"me", NOW), Err(Unsolved::Wrong));
        assert_eq!(proofs.check(&challenge, &solution.to_string(), b"me", NOW), Ok(()));
    }

    #[test]
    fn nobody_solves_for_another_and_nobody_makes_it_easier() {
        let proofs = proofs();
        let challenge = challenge(&proofs, 3);
        let solution = solve(&challenge).unwrap().to_string();
        assert_eq!(proofs.check(&challenge, &solution, b"you", NOW), Err(Unsolved::Foreign));
        let easier = challenge.replacen(".8.", ".0.", 1);
        assert_eq!(proofs.check(&easier, "0", b"me", NOW), Err(Unsolved::Foreign));
        let other = ProofOfWork::new(&[2; 32], 8);
        assert_eq!(other.check(&challenge, &solution, b"me", NOW), Err(Unsolved::Foreign));
    }

    #[test]
    fn a_challenge_lives_two_minutes() {
        let proofs = proofs();
        let challenge = challenge(&proofs, 4);
        let solution = solve(&challenge).unwrap().to_string();
        let late = proofs.check(&challenge, &solution, b"me", NOW.plus_ms(120_000));
        assert_eq!(late, Err(Unsolved::Expired));
        assert_eq!(proofs.check(&challenge, &solution, b"me", NOW.plus_ms(119_999)), Ok(()));
    }

    #[test]
    fn zero_bits_are_counted_from_the_first() {
        let mut hash = [0; 32];
        assert_eq!(zero_bits(&hash), 256);
        hash[2] = 0x10;
        assert_eq!(zero_bits(&hash), 19);
    }

    proptest! {
        #[test]
        fn no_text_panics_or_passes(challenge: String, solution: String) {
            prop_assert!(proofs().check(&challenge, &solution, b"me", NOW).is_err());
            prop_assert!(solve(&challenge).is_none());
        }

        #[test]
        fn no_changed_byte_goes_unnoticed(at in 0usize..78, byte in 33u8..127) {
            let proofs = proofs();
            let challenge = challenge(&proofs, 5);
            prop_assume!(at < challenge.len() && challenge.as_bytes()[at] != byte);
            let mut changed = challenge.into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            let answer = proofs.check(&changed, "0", b"me", NOW);
            prop_assert!(matches!(answer, Err(Unsolved::Malformed | Unsolved::Foreign)));
        }
    }
}
