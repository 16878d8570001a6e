//! At most once: idempotency keys and the records that honour them.
//!
//! Under a key, the answer to a request, a refusal included, is committed before it is given. The same request again
//! within at least 24 hours is given the recorded answer, another request under the key is refused. Records lie in
//! buckets by day (UTC); those of today and yesterday are looked at, older ones are removed by the lane.

use super::{Answer, Command, Effects, Refusal};
use crate::keys::Key;
use crate::records::{CommandRecord, Row};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use jiff::tz::TimeZone;
use opencowin_model::{Date, Timestamp};

/// An idempotency key: 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// `None` unless `text` is of that form.
    pub fn parse(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && (1..=64).contains(&text.len())).then(|| Self(text.into()))
    }

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Asks that a request have effect at most once.
#[derive(Clone, Debug)]
pub struct Once {
    /// Whose key it is: the same key of another account is another key.
    pub account: AccountId,
    /// On which route: the same key on another route is another key. A name without a bar that never changes.
    pub route: &'static str,
    /// The key.
    pub key: IdempotencyKey,
    /// SHA-256 of the request's fields in a canonical form.
    pub digest: [u8; 32],
}

/// A decided command.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What to write.
    pub writes: Vec<(Key, Option<Row>)>,
    /// What to answer once that is committed.
    pub answer: Answer,
    /// Whether this attempt does what the command asks. Not so for a refusal, nor where the answer is that of an
    /// earlier attempt.
    pub effective: bool,
}

/// Why a command could not be answered, not even with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// Rows are missing.
    Need,
    /// A row that it depends on cannot be read.
    Damaged(Key),
}

/// Decides a command that may have come under an idempotency key.
///
/// # Errors
/// [`Undecided`]; a refusal is an answer.
pub fn decide(
    command: &Command,
    once: Option<&Once>,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Decided, Undecided> {
    let Some(once) = once else { return fresh(command.decide(view, context)) };
    let keys @ [today, yesterday] = record_keys(once, context);
    // What is missing for the record and for the command is fetched together.
    let recorded = view.require([today, yesterday]).and_then(|()| recorded_in(keys, once, view));
    match recorded {
        Ok(Some(answer)) => Ok(replayed(answer)),
        Ok(None) => {
            fresh(command.decide(view, context)).map(|decided| record(decided, once, today))
        }
        Err(stop) => {
            let _ = command.decide(view, context);
            fresh(Err(stop))
        }
    }
}

/// The first day whose records are still looked at.
pub fn oldest_bucket(now: Timestamp) -> Date {
    let today = bucket(now);
    today.yesterday().unwrap_or(today)
}

/// The day in whose bucket a record of this moment lies.
pub fn bucket(now: Timestamp) -> Date {
    now.civil(&TimeZone::UTC).date()
}

/// The answer given under this key before, or the refusal of another request under it.
pub(crate) fn recorded(
    once: &Once,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Option<Answer>, Stop> {
    recorded_in(record_keys(once, context), once, view)
}

fn recorded_in(keys: [Key; 2], once: &Once, view: &mut View<'_>) -> Result<Option<Answer>, Stop> {
    for key in keys {
        let Key::Command(day, account, hash) = key else { continue };
        if let Some(record) = view.command(day, account, hash)? {
            let same = record.digest == once.digest;
            return Ok(Some(if same { record.answer } else { Err(Refusal::KeyReused) }));
        }
    }
    Ok(None)
}

/// Where the record of this moment goes, and where one of an earlier attempt may lie besides.
fn record_keys(once: &Once, context: &Context<'_>) -> [Key; 2] {
    let hash = context.hasher.command(once.route, once.key.as_str());
    [bucket(context.now), oldest_bucket(context.now)]
        .map(|day| Key::Command(day, once.account, hash))
}

fn fresh(decision: Result<Effects, Stop>) -> Result<Decided, Undecided> {
    match decision {
        Ok(Effects { writes, outcome }) => {
            Ok(Decided { writes, answer: Ok(outcome), effective: true })
        }
        Err(Stop::Refused(refusal)) => {
            Ok(Decided { writes: Vec::new(), answer: Err(refusal), effective: false })
        }
        Err(Stop::Need) => Err(Undecided::Need),
        Err(Stop::Damaged(key)) => Err(Undecided::Damaged(key)),
    }
}

fn replayed(answer: Answer) -> Decided {
    Decided { writes: Vec::new(), answer, effective: false }
}

fn record(mut decided: Decided, once: &Once, key: Key) -> Decided {
    if decided.answer.is_ok() || decided.answer.is_err_and(Refusal::is_recorded) {
        let record = CommandRecord { digest: once.digest, answer: decided.answer };
        decided.writes.push((key, Some(Row::Command(record))));
    }
    decided
}
