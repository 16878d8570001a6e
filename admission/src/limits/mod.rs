//! All limits, as data: read from JSON, checked, changed while running, shown in metrics.
//!
//! The defaults are those that were in force in the field (wire contract, section 2), where it knew the rule.

mod check;
mod figures;
mod plan;

pub use check::Absurd;
pub use plan::Plan;

use crate::window::Allowance;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All limits. Each gateway counts for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls of one address to the public APIs.
    pub address: Allowance,
    /// What one account may do.
    pub user: UserLimits,
    /// What keys may do, by the name of their plan. Whoever names plans names all of them.
    pub plans: BTreeMap<String, Plan>,
    /// The challenges that suspicion turns on.
    pub challenge: ChallengeLimits,
    /// What is suspicious.
    pub anomaly: AnomalyLimits,
    /// What is shed under overload, and when.
    pub shedding: SheddingLimits,
}

/// What one account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserLimits {
    /// Searches; one more and the account is logged out.
    pub searches: Allowance,
    /// Searches in a longer window; one more and the account is blocked.
    pub searches_day: Allowance,
    /// One-time passwords asked for; one more and the account is blocked.
    pub otps_day: Allowance,
    /// How long a block lasts, in seconds.
    pub block_s: u32,
    /// How long after a one-time password another can be asked for, in seconds.
    pub otp_resend_s: u32,
    /// Wrong answers after which a one-time password is void.
    pub otp_tries: u8,
}

/// The challenges that suspicion turns on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChallengeLimits {
    /// Leading zero bits of a proof of work: one in `2^difficulty` numbers is a solution.
    pub difficulty: u8,
    /// How long a proof of work can be handed in, in seconds.
    pub life_s: u32,
    /// How long a captcha can be answered, in seconds.
    pub captcha_life_s: u32,
}

/// What is suspicious. A threshold of 0 turns its rule off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnomalyLimits {
    /// The period over which is counted, in seconds.
    pub period_s: u32,
    /// How long a challenge is asked for once something was suspicious, in seconds.
    pub challenge_s: u32,
    /// Different mobile numbers for which one address asks for passwords.
    pub numbers_per_address: u32,
    /// Different addresses from which one account is used.
    pub addresses_per_account: u32,
    /// Searches of one account without a booking.
    pub searches_per_account: u32,
    /// Searches of one address without a booking.
    pub searches_per_address: u32,
}

/// What is shed under overload, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SheddingLimits {
    /// How often the delay is judged, in milliseconds.
    pub interval_ms: u32,
    /// Public searches are shed while requests wait longer than this, in milliseconds.
    pub public_search_ms: u32,
    /// The same for searches with a key or a token.
    pub keyed_search_ms: u32,
    /// The same for registration and asking for a one-time password.
    pub registration_ms: u32,
    /// The same for booking and confirming a one-time password.
    pub booking_ms: u32,
    /// The same for facility staff.
    pub staff_ms: u32,
}

/// Why limits were not read.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// Not JSON of this shape.
    #[error("not limits: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A value that nobody can mean.
    #[error(transparent)]
    Absurd(#[from] Absurd),
}

impl Limits {
    /// Reads and checks them; what is not named has its default.
    ///
    /// # Errors
    /// If the text is not JSON of this shape, or names a field or value that makes no sense.
    pub fn from_json(text: &str) -> Result<Self, LimitsError> {
        let limits: Self = serde_json::from_str(text)?;
        limits.check()?;
        Ok(limits)
    }

    /// All of them, written out.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("invariant: limits are numbers under names")
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address: Allowance { calls: 100, window_s: 300 },
            user: UserLimits::default(),
            plans: plan::defaults(),
            challenge: ChallengeLimits::default(),
            anomaly: AnomalyLimits::default(),
            shedding: SheddingLimits::default(),
        }
    }
}

const DAY_S: u32 = 86_400;

impl Default for UserLimits {
    fn default() -> Self {
        Self {
            searches: Allowance { calls: 20, window_s: 900 },
            searches_day: Allowance { calls: 1_000, window_s: DAY_S },
            otps_day: Allowance { calls: 50, window_s: DAY_S },
            block_s: DAY_S,
            otp_resend_s: 180,
            otp_tries: 3,
        }
    }
}

/// Ours: 2¹⁶ hashes are a tenth of a second of a telephone, and nothing to be had in bulk for free.
impl Default for ChallengeLimits {
    fn default() -> Self {
        Self { difficulty: 16, life_s: 120, captcha_life_s: 180 }
    }
}

/// Ours: thresholds that a household or a village centre does not reach.
impl Default for AnomalyLimits {
    fn default() -> Self {
        Self {
            period_s: 3_600,
            challenge_s: 3_600,
            numbers_per_address: 30,
            addresses_per_account: 8,
            searches_per_account: 200,
            searches_per_address: 1_000,
        }
    }
}

/// Ours: each class gives way well before the one above it notices.
impl Default for SheddingLimits {
    fn default() -> Self {
        Self {
            interval_ms: 25,
            public_search_ms: 10,
            keyed_search_ms: 20,
            registration_ms: 80,
            booking_ms: 250,
            staff_ms: 1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_survive_being_written_and_read() {
        let limits = Limits::default();
        assert_eq!(Limits::from_json(&limits.to_json()).unwrap(), limits);
        assert_eq!(Limits::from_json("{}").unwrap(), limits);
    }

    #[test]
    fn one_limit_can_be_changed_alone() {
        let limits = Limits::from_json(r#"{"user":{"otp_resend_s":60}}"#).unwrap();
        assert_eq!(limits.user, UserLimits { otp_resend_s: 60, ..UserLimits::default() });
    }

    #[test]
    fn a_misspelt_limit_is_refused() {
        for text in
            [r#"{"adress":{}}"#, r#"{"user":{"otp_resend":60}}"#, r#"{"user":{"otp_resend_s":-1}}"#]
        {
            assert!(Limits::from_json(text).is_err(), "{text}");
        }
    }
}
