//! Accounts: how often each searches and asks for passwords, who is logged out and who is blocked.
//!
//! ```text
//!   search, over 20 in 15 minutes ──▶ logged out: tokens issued until now are refused, the 15 minutes start anew
//!   search, over 1,000 in 24 hours ─┐
//!   password, over 50 in 24 hours  ─┴▶ blocked for 24 hours, after which the days start anew
//!   password, within 180 s of the last ──▶ too soon
//! ```
//!
//! Logging in again is what a person does and what costs a script a password; the day's limits hold for both. Refused calls
//! are not counted.
//!
//! Memory is fixed when it is made ([`Users::bytes`], 80 bytes an account). With more accounts than fit, those that have been
//! quiet the longest are forgotten; one that is blocked or logged out is kept until that has ended, as if it were in
//! use. Each gateway counts for itself: whoever has several makes a [`BlockDay`](Search::BlockDay) an entry of the block list that they share.
//!
//! Calls of one account at the very same moment on several threads may be admitted where one of them logs the account
//! out: one a thread at most.

use crate::address::Address;
use crate::anomaly::{Suspicion, Watch};
use crate::limits::{Limits, UserLimits};
use crate::sync::{AtomicU32, Ordering};
use crate::table::{Entry, Table};
use crate::window::Window;
use opencowin_model::Timestamp;
use std::time::Duration;

/// An account: the keyed hash of its mobile number.
pub type AccountKey = [u8; 16];

/// Who searches with a token, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The token's account.
    pub account: AccountKey,
    /// When the token was issued.
    pub issued: Timestamp,
    /// Where the call comes from.
    pub from: Address,
}

/// The answer to a search with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Go ahead.
    Admitted {
        /// How many more would be admitted at this moment.
        remaining: u64,
        /// The suspicion that this search raised, if it did.
        raised: Option<Suspicion>,
    },
    /// The token was issued before its account was logged out.
    Revoked,
    /// This very search was one too many: the account's tokens are refused from now on.
    LoggedOut,
    /// This very search was one too many for the day: the account is blocked from now on.
    BlockDay {
        /// When the block ends.
        until: Timestamp,
    },
    /// The account was blocked before.
    Blocked {
        /// When the block ends.
        until: Timestamp,
    },
}

/// The answer to asking for a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Send one.
    Granted,
    /// One was sent a moment ago.
    TooSoon {
        /// How long until another can be asked for.
        retry_after: Duration,
    },
    /// This very password was one too many for the day: the account is blocked from now on.
    BlockDay {
        /// When the block ends.
        until: Timestamp,
    },
    /// The account was blocked before.
    Blocked {
        /// When the block ends.
        until: Timestamp,
    },
}

/// The accounts that are in use.
#[derive(Debug)]
pub struct Users {
    table: Table<User>,
}

/// What is remembered of one account. Moments are in seconds since 1970; 0 is never.
#[derive(Debug)]
struct User {
    searches: Window,
    searches_day: Window,
    otps_day: Window,
    watch: Watch,
    asked_s: AtomicU32,
    revoked_s: AtomicU32,
    blocked_until_s: AtomicU32,
}

impl Default for User {
    fn default() -> Self {
        Self {
            searches: Window::default(),
            searches_day: Window::default(),
            otps_day: Window::default(),
            watch: Watch::default(),
            asked_s: AtomicU32::new(0),
            revoked_s: AtomicU32::new(0),
            blocked_until_s: AtomicU32::new(0),
        }
    }
}

impl Entry for User {
    fn clear(&self) {
        self.searches.clear();
        self.searches_day.clear();
        self.otps_day.clear();
        self.watch.solved();
        for moment in [&self.asked_s, &self.revoked_s, &self.blocked_until_s] {
            moment.store(0, Ordering::Relaxed);
        }
    }
}

impl Users {
    /// With room for `accounts`.
    pub fn new(accounts: usize) -> Self {
        Self { table: Table::new(accounts) }
    }

    /// Asks for one search with a token.
    pub fn search(&self, visit: &Visit, limits: &Limits, now: Timestamp) -> Search {
        let Some(user) = self.table.entry(visit.account, seconds(now)) else {
            // No entry was free in the very moment of asking: let through rather than held up.
            return Search::Admitted { remaining: 0, raised: None };
        };
        if let Some(until) = user.blocked(now) {
            return Search::Blocked { until };
        }
        if user.revoked(visit.issued) {
            return Search::Revoked;
        }
        let Ok(short) = user.searches.admit(limits.user.searches, now) else {
            self.log_out(user, visit.account, now);
            return Search::LoggedOut;
        };
        let Ok(day) = user.searches_day.admit(limits.user.searches_day, now) else {
            return Search::BlockDay { until: self.block(user, visit.account, &limits.user, now) };
        };
        Search::Admitted {
            remaining: short.remaining.min(day.remaining),
            raised: self.watched(user, visit, limits, now),
        }
    }

    /// Asks for one password to the account's number.
    pub fn ask(&self, account: AccountKey, limits: &UserLimits, now: Timestamp) -> Ask {
        let Some(user) = self.table.entry(account, seconds(now)) else { return Ask::Granted };
        if let Some(until) = user.blocked(now) {
            return Ask::Blocked { until };
        }
        if let Err(retry_after) = user.ask(limits.otp_resend_s, seconds(now)) {
            return Ask::TooSoon { retry_after };
        }
        match user.otps_day.admit(limits.otps_day, now) {
            Ok(_) => Ask::Granted,
            Err(_) => Ask::BlockDay { until: self.block(user, account, limits, now) },
        }
    }

    /// Whether a token of `account` that was issued at `issued` has been revoked, because the account was logged out
    /// since.
    pub fn is_revoked(&self, account: AccountKey, issued: Timestamp) -> bool {
        self.table.find(account).is_some_and(|user| user.revoked(issued))
    }

    /// When the block on `account` ends, if it is blocked at `now`.
    pub fn blocked(&self, account: AccountKey, now: Timestamp) -> Option<Timestamp> {
        self.table.find(account)?.blocked(now)
    }

    /// Refuses all tokens of `account` that were issued until `now`.
    pub fn revoke(&self, account: AccountKey, now: Timestamp) {
        if let Some(user) = self.table.entry(account, seconds(now)) {
            self.log_out(user, account, now);
        }
    }

    /// Lifts the block on `account` and forgets what it has used; revoked tokens stay revoked.
    pub fn forgive(&self, account: AccountKey) {
        if let Some(user) = self.table.find(account) {
            let revoked_s = user.revoked_s.load(Ordering::Relaxed);
            user.clear();
            user.revoked_s.fetch_max(revoked_s, Ordering::Relaxed);
        }
    }

    /// `account` has booked: its searches were not for nothing.
    pub fn booked(&self, account: AccountKey) {
        if let Some(user) = self.table.find(account) {
            user.watch.booked();
        }
    }

    /// Why `account` has to solve a challenge at `now`, if it has to.
    pub fn challenged(&self, account: AccountKey, now: Timestamp) -> Option<Suspicion> {
        self.table.find(account)?.watch.challenged(now)
    }

    /// `account` has solved a challenge.
    pub fn solved(&self, account: AccountKey) {
        if let Some(user) = self.table.find(account) {
            user.watch.solved();
        }
    }

    /// How many accounts are remembered; it walks the whole table.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many can be remembered.
    pub fn capacity(&self) -> usize {
        self.table.capacity()
    }

    /// The memory it takes, now and for ever.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    fn watched(
        &self,
        user: &User,
        visit: &Visit,
        limits: &Limits,
        now: Timestamp,
    ) -> Option<Suspicion> {
        let anomaly = &limits.anomaly;
        let from = self.table.keyed(visit.from);
        let (rule, threshold) = (Suspicion::ManyAddresses, anomaly.addresses_per_account);
        let by_address = user.watch.see(rule, from, threshold, anomaly, now);
        by_address.or(user.watch.search(anomaly.searches_per_account, anomaly, now))
    }

    fn log_out(&self, user: &User, account: AccountKey, now: Timestamp) {
        user.revoked_s.fetch_max(seconds(now), Ordering::Relaxed);
        // Who logs in again starts anew; what that costs is a password.
        user.searches.clear();
        self.table.keep(account, seconds(now).saturating_add(TOKEN_LIFE_S));
    }

    fn block(
        &self,
        user: &User,
        account: AccountKey,
        limits: &UserLimits,
        now: Timestamp,
    ) -> Timestamp {
        let until_s = seconds(now).saturating_add(limits.block_s);
        user.blocked_until_s.fetch_max(until_s, Ordering::Relaxed);
        // The block is the penalty: after it the days start anew instead of ending in the next block.
        user.searches_day.clear();
        user.otps_day.clear();
        self.table.keep(account, until_s);
        Timestamp(i64::from(until_s) * 1000)
    }
}

/// How long a token can be presented after it was issued, in seconds (source: wire contract 1.5).
const TOKEN_LIFE_S: u32 = 900;

impl User {
    fn blocked(&self, now: Timestamp) -> Option<Timestamp> {
        let until = Timestamp(i64::from(self.blocked_until_s.load(Ordering::Relaxed)) * 1000);
        (now < until).then_some(until)
    }

    /// Tokens carry whole seconds, so one issued in the second of the log-out counts as issued before it.
    fn revoked(&self, issued: Timestamp) -> bool {
        let revoked_s = self.revoked_s.load(Ordering::Relaxed);
        revoked_s != 0 && issued.seconds() <= i64::from(revoked_s)
    }

    /// Takes the right to ask for a password; of threads that ask at once, one gets it.
    fn ask(&self, resend_s: u32, now_s: u32) -> Result<(), Duration> {
        let asked_s = self.asked_s.load(Ordering::Relaxed);
        let since_s = now_s.saturating_sub(asked_s);
        if asked_s != 0 && since_s < resend_s {
            return Err(Duration::from_secs(u64::from(resend_s - since_s)));
        }
        let taken =
            self.asked_s.compare_exchange(asked_s, now_s, Ordering::Relaxed, Ordering::Relaxed);
        taken.map(drop).map_err(|_| Duration::from_secs(u64::from(resend_s)))
    }
}

fn seconds(now: Timestamp) -> u32 {
    u32::try_from(now.seconds().max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
