//! What a limit answers: admitted, with what is left, or refused, with when to come back.

use std::time::Duration;

/// The answer of one limit to one call.
pub type Verdict = Result<Admitted, Refused>;

/// The call was admitted and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// How many more calls would be admitted at this moment.
    pub remaining: u64,
}

/// The call was refused and not counted: who waits as long as told is admitted, however often they asked meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls; the next is admitted in {retry_after:?}")]
pub struct Refused {
    /// How long until a call would be admitted, if nobody else uses the allowance meanwhile.
    pub retry_after: Duration,
}

impl Refused {
    /// Whole seconds for a `Retry-After` header, at least one, never less than the wait.
    pub fn retry_after_s(self) -> u64 {
        let wait = self.retry_after;
        (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_never_tells_people_to_come_too_early() {
        let told = |ms| Refused { retry_after: Duration::from_millis(ms) }.retry_after_s();
        assert_eq!([told(0), told(1), told(1000), told(1001)], [1, 1, 1, 2]);
    }
}
