//! Reading back, when the traffic is over: what was acknowledged has to be there.

use super::control::{Event, Order};
use super::raw::Audit;
use crate::contract::Beneficiaries;
use crate::measure::Operation;
use crate::people::{Desk, Said, Visit, log_in_again};
use crate::result::ViolationKind;
use crate::truth::{Account, Settled, compare};
use crate::wire::{Call, Want};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Accounts that are read at a time, on one thread.
const AT_ONCE: usize = 64;

/// How often an account is tried to be read, and how long is waited in between: a target that is restarting gets half a minute.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

/// Requests without an answer may still be worked on; so long is waited before they are asked about, and again before
/// they are asked about a second time.
const SETTLING: Duration = Duration::from_secs(1);

/// A token is renewed when it is older than this; it lives for fifteen minutes (wire contract 1.5).
const RENEW_AFTER: Duration = Duration::from_secs(13 * 60);

/// Reads every account in which something was attempted. Those with unknown outcomes are read twice.
pub(super) async fn read_back(
    desk: &Rc<Desk>,
    events: &Sender<Event>,
    orders: watch::Receiver<Order>,
) -> (Settled, Audit) {
    let accounts = desk.accounts.take();
    let _ = events.send(Event::ToReadBack(accounts.len()));
    if accounts.iter().any(Account::has_unknown) {
        tokio::time::sleep(SETTLING).await;
    }
    let mut total = (Settled::default(), Audit::default());
    let mut waiting = accounts.into_iter();
    let mut reading = JoinSet::new();
    loop {
        while reading.len() < AT_ONCE && !matches!(*orders.borrow(), Order::Abandon) {
            let Some(account) = waiting.next() else { break };
            reading.spawn_local(settle(desk.clone(), account));
        }
        let Some(read) = reading.join_next().await else { break };
        if let Ok((settled, audit)) = read {
            total.0.add(&settled);
            total.1.add(&audit);
        }
        let _ = events.send(Event::ReadBack);
    }
    total.1.unread += waiting.len() as u64;
    total
}

async fn settle(desk: Rc<Desk>, mut account: Account) -> (Settled, Audit) {
    let unknown =
        account.attempts.iter().filter(|attempt| attempt.fate.is_unknown()).count() as u64;
    let mut audit = Audit { unknown, ..Audit::default() };
    let Some(first) = read(&desk, &mut account).await else {
        audit.unread = 1;
        audit.unsettled = unknown;
        return (Settled::default(), audit);
    };
    audit.read = 1;
    let settled = compare(&account, &first, &desk.truth().violations);
    audit.lost = settled.lost;
    audit.doubled = settled.doubled;
    if unknown > 0 && !stays_so(&desk, &mut account, &first).await {
        audit.unsettled = unknown;
        return (settled, audit);
    }
    audit.found_done = settled.found_done;
    audit.found_undone = settled.found_undone;
    (settled, audit)
}

/// Whether an account that is read a second time shows the same appointments.
async fn stays_so(desk: &Rc<Desk>, account: &mut Account, first: &Beneficiaries) -> bool {
    tokio::time::sleep(SETTLING).await;
    let Some(second) = read(desk, account).await else { return false };
    let same = appointments(first) == appointments(&second);
    if !same {
        let told = || {
            "an account with an unknown outcome showed other appointments a second later".to_owned()
        };
        desk.truth().violations.add(ViolationKind::UnsettledOutcome, told);
    }
    same
}

fn appointments(read: &Beneficiaries) -> BTreeSet<(Uuid, Uuid)> {
    let all = read.beneficiaries.iter().flat_map(|person| &person.appointments);
    all.map(|appointment| (appointment.appointment_id, appointment.session_id)).collect()
}

/// The people of an account, asked for until the target answers.
async fn read(desk: &Rc<Desk>, account: &mut Account) -> Option<Beneficiaries> {
    for _ in 0..TRIES {
        match try_to_read(desk, account).await {
            Said::Yes(read) => return Some(read),
            // An account without people has no appointments.
            Said::Refused { code, .. } if code == "APPOIN0001" => {
                return Some(Beneficiaries { beneficiaries: Vec::new() });
            }
            Said::Refused { status: 401, .. } => account.token.1 = Instant::now() - RENEW_AFTER,
            _ => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
    None
}

async fn try_to_read(desk: &Rc<Desk>, account: &mut Account) -> Said<Beneficiaries> {
    let visit =
        Visit::new(desk.clone(), account.group, account.person, Instant::now(), Duration::ZERO);
    if account.token.1.elapsed() >= RENEW_AFTER
        && let Some(token) = log_in_again(&visit, account.door, Operation::ReadBack).await
    {
        account.token = (token, Instant::now());
    }
    visit.start_over();
    let path = "/api/v2/appointment/beneficiaries";
    let call = Call { token: Some(&account.token.0), ..visit.get(Operation::ReadBack, path) };
    let expected = ["APPOIN0001", "401"];
    visit
        .ask(&call, Want::Body, &expected, |answer| serde_json::from_slice(&answer.plain()?).ok())
        .await
}
