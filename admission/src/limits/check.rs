//! Limits that nobody can mean are refused before they are in force.

use super::{Limits, Plan, SheddingLimits};
use crate::distinct;
use crate::quota::Quota;
use crate::tally;
use crate::window::{Allowance, LONGEST_S, MOST_CALLS};
use std::ops::RangeInclusive;

/// A limit that nobody can mean.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {least} to {most}, not {value}")]
pub struct Absurd {
    /// The field, named as in the JSON: `user.searches.calls`.
    pub field: String,
    /// The value.
    pub value: u64,
    /// The least that is accepted.
    pub least: u64,
    /// The most that is accepted.
    pub most: u64,
}

/// The longest that anything here is counted or remembered, in seconds.
const MONTH_S: u64 = LONGEST_S as u64;
/// An hour in milliseconds.
const HOUR_MS: u64 = 3_600_000;
/// What a rate and a burst can be: more is no limit.
const RATES: RangeInclusive<u64> = 1..=10_000_000;

impl Limits {
    /// Refuses values that nobody can mean.
    ///
    /// # Errors
    /// One sentence that names the first such field and what it may be.
    pub fn check(&self) -> Result<(), Absurd> {
        allowance("address", self.address)?;
        self.check_user()?;
        self.plans.iter().try_for_each(|(name, each)| plan(name, each))?;
        self.check_challenge()?;
        self.check_anomaly()?;
        shedding(&self.shedding)
    }

    fn check_user(&self) -> Result<(), Absurd> {
        let user = &self.user;
        allowance("user.searches", user.searches)?;
        allowance("user.searches_day", user.searches_day)?;
        allowance("user.otps_day", user.otps_day)?;
        within("user.block_s", user.block_s, 1..=MONTH_S)?;
        within("user.otp_resend_s", user.otp_resend_s, 0..=HOUR_MS / 1000)?;
        within("user.otp_tries", user.otp_tries, 1..=20)
    }

    fn check_challenge(&self) -> Result<(), Absurd> {
        let challenge = &self.challenge;
        within("challenge.difficulty", challenge.difficulty, 1..=28)?;
        within("challenge.life_s", challenge.life_s, 5..=3_600)?;
        within("challenge.captcha_life_s", challenge.captcha_life_s, 10..=3_600)
    }

    fn check_anomaly(&self) -> Result<(), Absurd> {
        let anomaly = &self.anomaly;
        let tell_apart = 0..=u64::from(distinct::MOST);
        let count = 0..=tally::MOST;
        within("anomaly.period_s", anomaly.period_s, 60..=MONTH_S)?;
        within("anomaly.challenge_s", anomaly.challenge_s, 1..=MONTH_S)?;
        within("anomaly.numbers_per_address", anomaly.numbers_per_address, tell_apart.clone())?;
        within("anomaly.addresses_per_account", anomaly.addresses_per_account, tell_apart)?;
        within("anomaly.searches_per_account", anomaly.searches_per_account, count.clone())?;
        within("anomaly.searches_per_address", anomaly.searches_per_address, count)
    }
}

fn plan(name: &str, plan: &Plan) -> Result<(), Absurd> {
    quota(&format!("plans.{name}.default"), plan.default)?;
    let named = plan.apis.iter();
    named.clone().try_for_each(|(api, each)| quota(&format!("plans.{name}.apis.{api}"), *each))
}

fn quota(field: &str, quota: Quota) -> Result<(), Absurd> {
    within(&format!("{field}.per_second"), quota.per_second, RATES)?;
    within(&format!("{field}.burst"), quota.burst, RATES)?;
    within(&format!("{field}.per_day"), quota.per_day, 1..=tally::MOST)
}

fn allowance(field: &str, allowance: Allowance) -> Result<(), Absurd> {
    within(&format!("{field}.calls"), allowance.calls, 1..=u64::from(MOST_CALLS))?;
    within(&format!("{field}.window_s"), allowance.window_s, 1..=MONTH_S)
}

/// A class gives way before the one above it: each target is at least that of the class below.
fn shedding(shedding: &SheddingLimits) -> Result<(), Absurd> {
    within("shedding.interval_ms", shedding.interval_ms, 1..=1_000)?;
    let targets = [
        ("shedding.public_search_ms", shedding.public_search_ms),
        ("shedding.keyed_search_ms", shedding.keyed_search_ms),
        ("shedding.registration_ms", shedding.registration_ms),
        ("shedding.booking_ms", shedding.booking_ms),
        ("shedding.staff_ms", shedding.staff_ms),
    ];
    let mut least = 1;
    for (field, target_ms) in targets {
        within(field, target_ms, least..=HOUR_MS)?;
        least = u64::from(target_ms);
    }
    Ok(())
}

fn within(field: &str, value: impl Into<u64>, range: RangeInclusive<u64>) -> Result<(), Absurd> {
    let value = value.into();
    if range.contains(&value) {
        return Ok(());
    }
    Err(Absurd { field: field.to_owned(), value, least: *range.start(), most: *range.end() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_make_sense() {
        Limits::default().check().unwrap();
    }

    #[test]
    fn an_absurd_value_is_refused_in_one_sentence_that_names_it() {
        let refused = |text: &str| Limits::from_json(text).unwrap_err().to_string();
        assert_eq!(
            refused(r#"{"address":{"calls":0,"window_s":300}}"#),
            "address.calls must be 1 to 33554431, not 0"
        );
        let plan = r#"{"plans":{"mine":{"default":{"per_second":0,"burst":1,"per_day":1}}}}"#;
        assert_eq!(refused(plan), "plans.mine.default.per_second must be 1 to 10000000, not 0");
        let classes = r#"{"shedding":{"keyed_search_ms":5}}"#;
        assert_eq!(refused(classes), "shedding.keyed_search_ms must be 10 to 3600000, not 5");
    }
}
