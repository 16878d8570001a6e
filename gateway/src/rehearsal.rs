//! Watching what partners' applications do in the sandbox: their integration tests record themselves.

use crate::access::partner::Partner;
use crate::access::partner::integration::{Answered, Calls};
use crate::access::registry::{LiveKey, Registry};
use crate::access::{Environment, key::ApiKey};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use opencowin_model::Timestamp;
use rand::RngExt;
use std::sync::Arc;
use std::time::Duration;

/// How often it is tried to write down what was seen, and the pause after the first try; each next one is twice as long.
const TRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// Notes an answer of a route, if it was given to a sandbox key of a partner. Nobody waits for it to be written down.
pub fn observe(app: &App, visitor: &Visitor, route: usize, answer: &Result<Reply, Problem>) {
    let Some(key) = visitor.key.as_ref().filter(|key| is_watched(&key.record)) else { return };
    let answered = match answer {
        Ok(reply) if reply.status().is_success() => Answered::Done,
        Ok(_) => return,
        Err(problem) => Answered::Refused(problem.label()),
    };
    let calls = key.seen.observe(route, answered);
    if !calls.is_empty() {
        let (registry, key) = (app.admission().partners().clone(), key.clone());
        let now = registry.now();
        app.aside(async move { write_down(&registry, &key, calls, now).await });
    }
}

/// The key that opens a sandbox to everybody is nobody's.
fn is_watched(key: &ApiKey) -> bool {
    key.environment == Environment::Sandbox && !key.partner.is_nil()
}

/// Calls that are made at once are written into one record, each after all others at worst.
async fn write_down(registry: &Arc<Registry>, key: &LiveKey, calls: Calls, now: Timestamp) {
    let saw = |partner: &Partner| Ok(partner.having_made(calls, now));
    let mut pause = FIRST_PAUSE;
    for _ in 0..TRIES {
        if registry.change::<Partner>(key.record.partner, saw).await.is_ok() {
            return;
        }
        let spread = rand::rng().random_range(0.5..1.5);
        tokio::time::sleep(pause.mul_f64(spread)).await;
        pause *= 2;
    }
    // It is seen again when it is made again.
    key.seen.forget(calls);
}
