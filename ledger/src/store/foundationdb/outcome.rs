//! What the client's error codes mean to the ledger.
//!
//! The codes are those of FoundationDB 7.3 (`flow/error_definitions.h`); what may be in flight after which is told by its
//! client (`tryCommit` in `fdbclient/NativeAPI.actor.cpp`).

use foundationdb::FdbError;

/// What a failed commit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// What it had read was written meanwhile.
    Conflict,
    /// Nothing was written, and it will not be at this version.
    TooOld,
    /// The cluster would not have it now; nothing was written.
    Refused,
    /// It can never succeed; nothing was written.
    Never,
    /// It may have been written, and is no longer under way.
    Unknown,
    /// It may be written, now or later.
    InFlight,
}

/// Sorts the error of a commit. What is not known to be harmless may be in flight.
pub(super) fn of_commit(error: FdbError) -> Failed {
    match error.code() {
        NOT_COMMITTED => Failed::Conflict,
        TOO_OLD | FUTURE_VERSION => Failed::TooOld,
        code if is_refusal(code) => Failed::Refused,
        // Before it says so, the client commits a transaction that the lost one would conflict with.
        COMMIT_UNKNOWN => Failed::Unknown,
        code if CLIENT_ERRORS.contains(&code) => Failed::Never,
        _ => Failed::InFlight,
    }
}

/// What a failed read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The version is forgotten.
    TooOld,
    /// Worth another try soon.
    Again,
    /// Not answered for now.
    Unavailable,
    /// Never to be answered.
    Never,
}

/// Sorts the error of a read.
pub(super) fn of_read(error: FdbError) -> Unread {
    match error.code() {
        TOO_OLD => Unread::TooOld,
        // The version was checked before, so the server that was asked is behind.
        FUTURE_VERSION => Unread::Again,
        DATABASE_LOCKED => Unread::Unavailable,
        code if is_refusal(code) => Unread::Again,
        code if CLIENT_ERRORS.contains(&code) => Unread::Never,
        _ => Unread::Unavailable,
    }
}

/// What an error says to people.
pub(super) fn text(error: FdbError) -> String {
    match error.code() {
        TIMED_OUT => "no answer within the time of a read".to_owned(),
        _ => error.message().to_owned(),
    }
}

/// Whether the database is locked, as it is while it is restored or moved.
pub(super) fn is_locked(error: FdbError) -> bool {
    error.code() == DATABASE_LOCKED
}

const TOO_OLD: i32 = 1007;
const FUTURE_VERSION: i32 = 1009;
const NOT_COMMITTED: i32 = 1020;
const COMMIT_UNKNOWN: i32 = 1021;
const TIMED_OUT: i32 = 1031;
const DATABASE_LOCKED: i32 = 1038;

/// Mistakes of the caller, such as a key that is too long: they are found before anything is sent.
const CLIENT_ERRORS: std::ops::Range<i32> = 2000..3000;

/// Whether the cluster turned it away without doing anything.
fn is_refusal(code: i32) -> bool {
    matches!(
        code,
        1037 // process_behind
            | DATABASE_LOCKED
            | 1042 // commit_proxy_memory_limit_exceeded
            | 1051 // batch_transaction_throttled
            | 1078 // grv_proxy_memory_limit_exceeded
            | 1213 // tag_throttled
            | 1223 // proxy_tag_throttled
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [(i32, Failed, Unread); 29] = [
        (1000, Failed::InFlight, Unread::Unavailable), // operation_failed
        (1004, Failed::InFlight, Unread::Unavailable), // timed_out
        (1007, Failed::TooOld, Unread::TooOld),
        (1009, Failed::TooOld, Unread::Again),
        (1020, Failed::Conflict, Unread::Unavailable),
        (1021, Failed::Unknown, Unread::Unavailable),
        (1022, Failed::InFlight, Unread::Unavailable), // commit_unknown_result_fatal
        (1025, Failed::InFlight, Unread::Unavailable), // transaction_cancelled
        (1030, Failed::InFlight, Unread::Unavailable), // request_maybe_delivered
        (1031, Failed::InFlight, Unread::Unavailable), // transaction_timed_out
        (1037, Failed::Refused, Unread::Again),
        (1038, Failed::Refused, Unread::Unavailable),
        (1039, Failed::InFlight, Unread::Unavailable), // cluster_version_changed
        (1042, Failed::Refused, Unread::Again),
        (1051, Failed::Refused, Unread::Again),
        (1078, Failed::Refused, Unread::Again),
        (1100, Failed::InFlight, Unread::Unavailable), // broken_promise
        (1101, Failed::InFlight, Unread::Unavailable), // operation_cancelled
        (1213, Failed::Refused, Unread::Again),
        (1223, Failed::Refused, Unread::Again),
        (1500, Failed::InFlight, Unread::Unavailable), // platform_error
        (2004, Failed::Never, Unread::Never),          // key_outside_legal_range
        (2011, Failed::Never, Unread::Never),          // version_invalid
        (2101, Failed::Never, Unread::Never),          // transaction_too_large
        (2102, Failed::Never, Unread::Never),          // key_too_large
        (2103, Failed::Never, Unread::Never),          // value_too_large
        (2131, Failed::Never, Unread::Never),          // tenant_not_found
        (4100, Failed::InFlight, Unread::Unavailable), // internal_error
        (6000, Failed::InFlight, Unread::Unavailable), // permission_denied
    ];

    #[test]
    fn every_error_has_the_meaning_that_the_client_gives_it() {
        for (code, commit, read) in TABLE {
            let error = FdbError::from_code(code);
            assert_eq!((of_commit(error), of_read(error)), (commit, read), "{code}");
        }
    }

    #[test]
    fn what_the_client_calls_retryable_is_never_taken_for_the_end() {
        for code in 1..7000 {
            let (error, failed) = (FdbError::from_code(code), of_commit(FdbError::from_code(code)));
            if error.is_maybe_committed() {
                assert!(matches!(failed, Failed::Unknown | Failed::InFlight), "{code}");
            }
            if error.is_retryable_not_committed() {
                let nothing = [Failed::Conflict, Failed::TooOld, Failed::Refused];
                assert!(nothing.contains(&failed), "{code}");
            }
        }
    }
}
