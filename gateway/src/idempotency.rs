//! The `Idempotency-Key` header: the same request with the same key has one outcome.

use crate::http::catalogue as error;
use crate::http::problem::Problem;
use http::request::Parts;
use opencowin_ledger::commands::{IdempotencyKey, Once};
use opencowin_ledger::vault::AccountId;
use sha2::{Digest, Sha256};

/// What the ledger needs to carry a request out once, if it came with a key. Requests are the same if their bodies are,
/// byte for byte: a client that retries sends what it sent.
///
/// # Errors
/// USRRES0009 if there is a key that is not 1 to 64 visible ASCII characters.
pub fn once(
    parts: &Parts,
    account: AccountId,
    route: &'static str,
    body: &[u8],
) -> Result<Option<Once>, Problem> {
    let Some(header) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let key = header.to_str().ok().and_then(IdempotencyKey::parse);
    let key = key.ok_or(error::IDEMPOTENCY_KEY_INVALID)?;
    Ok(Some(Once { account, route, key, digest: Sha256::digest(body).into() }))
}
