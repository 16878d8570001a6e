//! How an exchange can end.

use std::collections::BTreeMap;
use std::fmt;

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the answer that was asked for.
    Done,
    /// With a refusal of the contract's shape. `expected`: the flow reckoned with it, or the status is 409 or 429, so it is no error.
    Refused {
        /// The `errorCode`, or the status where the contract's body has none.
        code: String,
        /// Whether it counts as an error.
        expected: bool,
    },
    /// Not at all, or with something that the contract does not know.
    Failed(Failure),
}

/// Why an exchange failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody took the connection.
    Connect,
    /// No connection came free in time, because all were waiting for the target.
    Crowded,
    /// The connection was reset or closed before the answer began.
    Reset,
    /// Nothing came within the time allowed.
    Timeout,
    /// The connection ended within the answer.
    Truncated,
    /// What came is not HTTP.
    NotHttp,
    /// The body is not what the contract describes.
    Malformed,
    /// The target sent the request elsewhere.
    Redirect,
    /// A status of the 5xx kind.
    Server(u16),
    /// A refusal without a body of the contract.
    Untyped(u16),
}

impl Failure {
    /// Whether no answer came. It counts with the longest time that one was waited for: were it left out, or counted as
    /// quickly as it failed, a target would look the better the more it lost.
    pub fn is_without_answer(&self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::Crowded
                | Self::Reset
                | Self::Timeout
                | Self::Truncated
                | Self::NotHttp
        )
    }

    /// Whether the target may have done what it was asked to do.
    pub fn leaves_outcome_unknown(&self) -> bool {
        !matches!(self, Self::Connect | Self::Crowded | Self::Untyped(_) | Self::Redirect)
    }
}

/// How many of these errors, by key, mean that no answer came.
pub fn without_answer(errors: &BTreeMap<String, u64>) -> u64 {
    let kinds = [
        Failure::Connect,
        Failure::Crowded,
        Failure::Reset,
        Failure::Timeout,
        Failure::Truncated,
        Failure::NotHttp,
    ];
    debug_assert!(kinds.iter().all(Failure::is_without_answer));
    kinds.iter().filter_map(|kind| errors.get(&kind.to_string())).sum()
}

/// The key under which results count it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect"),
            Self::Crowded => f.write_str("no connection free"),
            Self::Reset => f.write_str("reset"),
            Self::Timeout => f.write_str("timeout"),
            Self::Truncated => f.write_str("truncated"),
            Self::NotHttp => f.write_str("not HTTP"),
            Self::Malformed => f.write_str("malformed"),
            Self::Redirect => f.write_str("redirect"),
            Self::Server(status) => write!(f, "status {status}"),
            Self::Untyped(status) => write!(f, "untyped {status}"),
        }
    }
}
