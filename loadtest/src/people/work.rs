//! Proofs of work, solved as any client does: by trying.

use crate::contract::Work;
use sha2::{Digest, Sha256};

/// What is solved; a target could ask for anything.
const ALGORITHM: &str = "sha256-zero-bits";

/// The hardest that is solved: four million tries on average, seconds of a telephone.
const HARDEST: u32 = 22;

/// The challenge and its solution as `X-Challenge-Solution` takes them: the number for which the SHA-256 of the challenge, a dot
/// and the number begins with enough zero bits. `None` if it is too hard or another kind of work.
pub(super) fn solve(work: &Work) -> Option<String> {
    if work.algorithm != ALGORITHM || work.difficulty > HARDEST {
        return None;
    }
    let begun = Sha256::new().chain_update(&work.challenge).chain_update(".");
    let solves = |number: &u64| {
        let hash = begun.clone().chain_update(itoa::Buffer::new().format(*number)).finalize();
        zero_bits(&hash) >= work.difficulty
    };
    let solution = (0u64..).find(solves)?;
    Some(format!("{};{solution}", work.challenge))
}

/// How many zero bits come before the first one.
fn zero_bits(hash: &[u8]) -> u32 {
    let zeros = hash.iter().take_while(|byte| **byte == 0).count();
    zeros as u32 * 8 + hash.get(zeros).map_or(0, |byte| byte.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(difficulty: u32) -> Work {
        Work { challenge: "1.8.ab.cd".into(), algorithm: ALGORITHM.into(), difficulty }
    }

    #[test]
    fn a_solution_has_the_bits_that_are_asked_for() {
        let solved = solve(&work(8)).unwrap();
        let (challenge, number) = solved.split_once(';').unwrap();
        assert_eq!(Sha256::digest(format!("{challenge}.{number}"))[0], 0, "{solved}");
    }

    #[test]
    fn nobody_is_made_to_work_for_ever() {
        assert_eq!(solve(&work(HARDEST + 1)), None);
        assert_eq!(solve(&Work { algorithm: "scrypt".into(), ..work(1) }), None);
    }

    #[test]
    fn zero_bits_are_counted_from_the_first() {
        assert_eq!((zero_bits(&[0; 32]), zero_bits(&[0, 0, 0x10])), (256, 19));
    }
}
