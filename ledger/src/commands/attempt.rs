//! Trying a one-time password.

use super::once::bucket;
use super::{Effects, Outcome, Refusal};
use crate::keys::Key;
use crate::records::{Attempts, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::Timestamp;
use uuid::Uuid;

/// Counts an answer to a one-time password, so that it is used once and guessed at seldom, whichever gateways are asked.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The password's transaction.
    pub transaction: Uuid,
    /// When it expires, which is in time: whoever asks has seen to that.
    pub expires: Timestamp,
    /// Whether the answer is right.
    pub right: bool,
    /// How many wrong answers void it.
    pub tries: u8,
}

impl Attempt {
    /// Passes if the answer is right and in time.
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let day = bucket(self.expires);
        let before = view.attempts(day, self.transaction)?.copied().unwrap_or_default();
        if before.spent || before.wrong >= self.tries {
            return Err(Refusal::PasswordVoid.into());
        }
        let (after, outcome) = match self.right {
            true => (Attempts { spent: true, ..before }, Outcome::PasswordRight),
            false => (Attempts { wrong: before.wrong + 1, ..before }, Outcome::PasswordWrong),
        };
        let key = Key::Attempts(day, self.transaction);
        Ok(Effects { writes: vec![(key, Some(Row::Attempts(after)))], outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::{Story, refused};

    fn attempt(transaction: u128, right: bool) -> Command {
        let (transaction, expires) = (Uuid::from_u128(transaction), Timestamp(0));
        Command::Attempt(Attempt { transaction, expires, right, tries: 3 })
    }

    #[test]
    fn a_password_is_used_once() {
        let mut story = Story::new();
        assert_eq!(story.run(attempt(1, false)), Ok(Outcome::PasswordWrong));
        assert_eq!(story.run(attempt(1, true)), Ok(Outcome::PasswordRight));
        assert_eq!(refused(story.run(attempt(1, true))), Refusal::PasswordVoid);
        assert_eq!(story.run(attempt(2, true)), Ok(Outcome::PasswordRight), "another");
    }

    #[test]
    fn guessing_voids_a_password() {
        let mut story = Story::new();
        for _ in 0..3 {
            assert_eq!(story.run(attempt(1, false)), Ok(Outcome::PasswordWrong));
        }
        assert_eq!(refused(story.run(attempt(1, true))), Refusal::PasswordVoid);
    }
}
