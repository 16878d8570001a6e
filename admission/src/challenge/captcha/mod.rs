//! The captcha of the original: five characters, drawn as SVG, typed back.
//!
//! It keeps the contract with clients that know it (wire contract 1.5 and 1.7) and shows that somebody *intends* to book. It does not
//! stop a script: the original's was read by a few lines of code within days. What costs is the
//! [proof of work](super::proof_of_work).
//!
//! The wire carries no token beside the answer, so what was issued last is kept for each subject in a table of fixed size: a
//! nonce and an expiry. The characters themselves are not kept; they are the seal on the subject, the nonce and the expiry.

mod drawing;
mod glyphs;

use crate::limits::ChallengeLimits;
use crate::seal::Sealer;
use crate::sync::{AtomicU64, Ordering};
use crate::table::{Entry, Table};
use opencowin_model::Timestamp;
use rand::{Rng, RngExt};

/// How many characters there are to read.
const LENGTH: usize = 5;

/// Draws captchas and judges answers.
#[derive(Debug)]
pub struct Captchas {
    sealer: Sealer,
    issued: Table<Issued>,
}

/// How an answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is what was drawn. It is used up.
    Right,
    /// There is none, or it cannot be one: not five letters or digits (`APPOIN0044`). The drawing still counts.
    Malformed,
    /// Another than what was drawn, or drawn too long ago, or used (`APPOIN0045`). A new one has to be fetched.
    Wrong,
}

/// What was issued last: 32 bits of nonce, 32 bits of expiry in seconds since 1970. 0 is nothing.
#[derive(Debug)]
struct Issued(AtomicU64);

impl Default for Issued {
    fn default() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Entry for Issued {
    fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Captchas {
    /// Seals with `key` and remembers the last captcha of `room` subjects.
    pub fn new(key: &[u8; 32], room: usize) -> Self {
        Self { sealer: Sealer::new(key, "captcha"), issued: Table::new(room) }
    }

    /// A new captcha for `subject`, as SVG; it replaces the last.
    pub fn draw(
        &self,
        subject: &[u8],
        limits: &ChallengeLimits,
        now: Timestamp,
        random: &mut impl Rng,
    ) -> String {
        let expiry_s = seconds(now).saturating_add(limits.captcha_life_s);
        let issued = u64::from(random.random::<u32>()) << 32 | u64::from(expiry_s);
        if let Some(entry) = self.issued.entry(subject, expiry_s) {
            entry.0.store(issued, Ordering::Relaxed);
        }
        drawing::svg(&self.text(subject, issued), random)
    }

    /// Judges the answer of `subject`, in either case; each drawing can be answered once.
    pub fn check(&self, subject: &[u8], answer: Option<&str>, now: Timestamp) -> Answer {
        let Some(answer) = answer.filter(|answer| well_formed(answer)) else {
            return Answer::Malformed;
        };
        let entry = self.issued.find(subject);
        let issued = entry.map_or(0, |entry| entry.0.swap(0, Ordering::Relaxed));
        let in_time = seconds(now) < issued as u32;
        let right = answer.bytes().zip(self.text(subject, issued)).all(same_letter);
        if in_time && right { Answer::Right } else { Answer::Wrong }
    }

    fn text(&self, subject: &[u8], issued: u64) -> [u8; LENGTH] {
        let seal = self.sealer.seal(&[subject, &issued.to_le_bytes()]);
        let mut pairs = seal.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        std::array::from_fn(|_| glyphs::letter(pairs.next().unwrap_or_default()))
    }
}

fn well_formed(answer: &str) -> bool {
    answer.len() == LENGTH && answer.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn same_letter((typed, drawn): (u8, u8)) -> bool {
    typed.eq_ignore_ascii_case(&drawn)
}

fn seconds(now: Timestamp) -> u32 {
    u32::try_from(now.seconds().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const NOW: Timestamp = Timestamp(1_619_622_000_000);

    /// Draws one for "me"; what a person reads in it.
    fn draw(captchas: &Captchas, seed: u64) -> String {
        let random = &mut StdRng::seed_from_u64(seed);
        captchas.draw(b"me", &Limits::default().challenge, NOW, random);
        let issued = captchas.issued.find(b"me".as_slice()).unwrap().0.load(Ordering::Relaxed);
        String::from_utf8(captchas.text(b"me", issued).to_vec()).unwrap()
    }

    fn captchas() -> Captchas {
        Captchas::new(&[1; 32], 100)
    }

    #[test]
    fn what_is_read_is_right_once_and_in_either_case() {
        let captchas = captchas();
        let text = draw(&captchas, 1).to_lowercase();
        assert_eq!(captchas.check(b"me", Some(&text), NOW), Answer::Right);
        assert_eq!(captchas.check(b"me", Some(&text), NOW), Answer::Wrong, "used");
    }

    #[test]
    fn a_malformed_answer_leaves_the_drawing_and_a_wrong_one_does_not() {
        let captchas = captchas();
        let text = draw(&captchas, 2);
        for malformed in
            [None, Some(""), Some("ACDE"), Some("ACDEFH"), Some("AC EF"), Some("\u{e9}CDE")]
        {
            assert_eq!(captchas.check(b"me", malformed, NOW), Answer::Malformed, "{malformed:?}");
        }
        assert_eq!(captchas.check(b"me", Some("00000"), NOW), Answer::Wrong);
        assert_eq!(captchas.check(b"me", Some(&text), NOW), Answer::Wrong, "a new one is needed");
    }

    #[test]
    fn a_drawing_is_for_one_subject_for_three_minutes_and_the_last_counts() {
        let captchas = captchas();
        let text = draw(&captchas, 3);
        assert_eq!(captchas.check(b"you", Some(&text), NOW), Answer::Wrong);
        assert_eq!(captchas.check(b"me", Some(&text), NOW.plus_ms(180_000)), Answer::Wrong);
        let (old, new) = (draw(&captchas, 4), draw(&captchas, 5));
        assert_ne!(old, new);
        assert_eq!(captchas.check(b"me", Some(&old), NOW), Answer::Wrong);
        let new = draw(&captchas, 5);
        assert_eq!(captchas.check(b"me", Some(&new), NOW), Answer::Right);
    }
}
