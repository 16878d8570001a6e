//! Bots that log in: scripts that search from one address after the other, and farms of passwords. They wait for nothing and
//! solve nothing.

use super::buyer::Buyer;
use super::citizen::{Prepared, register, who};
use super::desk::Said;
use super::login;
use super::search::{Choice, look, where_to_look};
use super::visit::Visit;
use crate::limit;
use crate::measure::Operation;
use crate::scenario::{Citizen, Door, Script};
use std::time::Instant;

/// Has a password sent to a number that nobody will answer.
pub(super) async fn farm(visit: &Visit) {
    if visit.goes_on().await {
        login::ask(visit, Door::Portal, Operation::GenerateOtp).await;
    }
}

/// Logs in, watches, and books or not.
pub(super) async fn run(visit: &Visit, script: &Script) {
    if !visit.goes_on().await {
        return;
    }
    let citizen = Citizen::default();
    let Some(token) = login::log_in(visit, Door::Portal).await else { return };
    let given = Instant::now();
    let (age, wish) = who(visit);
    let mut choice = Choice::new(age, wish.clone(), false);
    let mut reference = None;
    if script.books {
        if !visit.goes_on().await {
            return;
        }
        reference = register(visit, &citizen, &token, age, Operation::Register).await;
    }
    if !watch(visit, script, &token, &mut choice).await {
        return;
    }
    let Some(reference) = reference else { return };
    let Some(offer) = choice.pick(&visit.desk, &citizen) else { return };
    if visit.goes_on().await {
        let member = Prepared { token: (token, Some(given)), reference, age, wish };
        Buyer::new(visit, &citizen, member).schedule(&offer).await;
    }
}

/// Searches again and again, from another address each time; `false` if that ended the log-in, or if the time is over.
async fn watch(visit: &Visit, script: &Script, token: &str, choice: &mut Choice) -> bool {
    for turn in 0..script.searches {
        if !visit.goes_on().await {
            return false;
        }
        let (pincode, day) = where_to_look(visit, choice);
        let from = visit.elsewhere(turn);
        match look(visit, token, from, pincode, &day).await {
            Said::Yes(offers) => choice.saw(offers),
            Said::Refused { code, .. } if code == limit::LOGGED_OUT => {
                insist(visit, token, choice).await;
                return false;
            }
            _ => {}
        }
    }
    true
}

/// What a script does that was logged out: searches with the ended token, and asks for another password at once.
async fn insist(visit: &Visit, token: &str, choice: &mut Choice) {
    if visit.goes_on().await {
        let (pincode, day) = where_to_look(visit, choice);
        look(visit, token, visit.from, pincode, &day).await;
    }
    if visit.goes_on().await {
        login::ask(visit, Door::Portal, Operation::GenerateOtp).await;
    }
}
