//! Refusals by limits, told apart by what they look like (wire contract 1.9 and 2).

use crate::number::count;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident $name:literal [$($code:literal),*];)*) => {
        /// Which limit somebody was stopped by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Limit {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Limit {
            /// Every limit, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in results and reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The limit that a code stands for, as [`crate::contract::refusal`] tells it; `None` if it is about something
            /// else.
            pub fn of(code: &str) -> Option<Self> {
                match code { $($($code)|* => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

/// The firewall's page for an address that calls too often.
pub const ADDRESS: &str = "403 address";
/// An explicit deny.
pub const DENIED: &str = "403 denied";
/// A key that is used too often.
pub const KEY: &str = "429 key";
/// Too many searches, which end the log-in.
pub const LOGGED_OUT: &str = "429 logged out";

limits! {
    /// An address called too often: 403 with the firewall's page.
    Address "address" ["403 address"];
    /// A key was used too often: 429.
    Key "key" ["429 key"];
    /// Somebody searched too often and was logged out: 429.
    LoggedOut "logged out" ["429 logged out"];
    /// A token that is in force no more: 401, as after a log-out.
    TokenEnded "token ended" ["401"];
    /// An account, an address or a key is shut out: 403 with an explicit deny.
    Denied "denied" ["403 denied"];
    /// A challenge has to be solved first: 403 before a password, 400 before a booking.
    Challenge "challenge" ["USRAUT0044", "APPOIN0044", "APPOIN0045"];
    /// No password can be sent now: the last one was sent less than 180 seconds ago, or there were too many in a day.
    Password "password" ["USRAUT0018"];
    /// There is more to do than can be done, and others go first: 503.
    Shed "shed" ["USRRES0013"];
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who was stopped how often, in a line: `address 280, challenge 12`.
pub fn told(limited: &BTreeMap<Limit, u64>) -> String {
    let told = limited.iter().map(|(limit, times)| format!("{limit} {}", count(*times)));
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_that_the_contract_tells_are_limits_and_others_are_not() {
        let told = [(ADDRESS, Limit::Address), (DENIED, Limit::Denied), (KEY, Limit::Key)];
        for (code, limit) in told {
            assert_eq!(Limit::of(code), Some(limit));
        }
        assert_eq!(Limit::of(LOGGED_OUT), Some(Limit::LoggedOut));
        for code in ["APPOIN0040", "403", "429", ""] {
            assert_eq!(Limit::of(code), None, "{code}");
        }
    }
}
