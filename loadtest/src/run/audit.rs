//! Reading back, when the traffic is over: what was acknowledged has to be there.

use super::control::{Event, Order};
use super::raw::Audit;
use crate::contract::Beneficiaries;
use crate::measure::Operation;
use crate::people::{Desk, Said, Visit, log_in_again};
use crate::result::ViolationKind;
use crate::truth::{Account, Settled, compare};
use crate::wire::{Answer, Call, Want};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Accounts and facilities that are read at a time, on one thread.
pub(super) const AT_ONCE: usize = 64;

/// How long is waited between two attempts to read an account.
const PAUSE: Duration = Duration::from_millis(500);

/// A target that has given nobody an answer for so long is not restarting but gone, and is not asked again.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long a target may refuse to show an account: a new password can be had 180 seconds after the last one (wire contract 2),
/// which is what somebody waits for who was logged out.
const REFUSED: Duration = Duration::from_secs(200);

/// Requests without an answer may still be worked on; so long is waited before they are asked about, and again before
/// they are asked about a second time.
pub(super) const SETTLING: Duration = Duration::from_secs(1);

/// A token is renewed when it is older than this; it lives for fifteen minutes (wire contract 1.5).
const RENEW_AFTER: Duration = Duration::from_secs(13 * 60);

/// Reads every account in which something was attempted. Those with unknown outcomes are read twice.
pub(super) async fn read_back(reader: &Rc<Reader>, events: &Sender<Event>) -> (Settled, Audit) {
    let accounts = reader.desk.accounts.take();
    let _ = events.send(Event::ToReadBack(accounts.len()));
    if accounts.iter().any(Account::has_unknown) {
        reader.pause(SETTLING).await;
    }
    let mut total = (Settled::default(), Audit::default());
    let mut waiting = accounts.into_iter();
    let mut reading = JoinSet::new();
    loop {
        while reading.len() < AT_ONCE && !reader.gives_up() {
            let Some(account) = waiting.next() else { break };
            let reader = reader.clone();
            reading.spawn_local(async move { reader.settle(account).await });
        }
        let Some(read) = reading.join_next().await else { break };
        if let Ok((settled, audit)) = read {
            total.0.add(&settled);
            total.1.add(&audit);
        }
        let _ = events.send(Event::ReadBack);
    }
    for account in waiting {
        total.1.add(&unread(&account));
    }
    total
}

/// What is known of an account that was not read.
fn unread(account: &Account) -> Audit {
    let unknown = unknown(account);
    Audit { unread: 1, unknown, unsettled: unknown, ..Audit::default() }
}

fn unknown(account: &Account) -> u64 {
    account.attempts.iter().filter(|attempt| attempt.fate.is_unknown()).count() as u64
}

/// Reads accounts and facilities for as long as there is hope.
pub(super) struct Reader {
    pub(super) desk: Rc<Desk>,
    orders: watch::Receiver<Order>,
    /// When the target last answered anybody.
    last_answer: Cell<Instant>,
}

impl Reader {
    /// Whoever reads what the visits of a desk left.
    pub(super) fn new(desk: Rc<Desk>, orders: watch::Receiver<Order>) -> Rc<Self> {
        Rc::new(Self { desk, orders, last_answer: Cell::new(Instant::now()) })
    }

    /// Whether nothing more is to be read: somebody says so, or the target is gone.
    pub(super) fn gives_up(&self) -> bool {
        self.is_abandoned() || self.last_answer.get().elapsed() > PATIENCE
    }

    /// Whether everything is to end.
    pub(super) fn is_abandoned(&self) -> bool {
        matches!(*self.orders.borrow(), Order::Abandon)
    }

    /// Waits, unless everything is to end.
    pub(super) async fn pause(&self, pause: Duration) {
        let mut orders = self.orders.clone();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = orders.wait_for(|order| matches!(order, Order::Abandon)) => {}
        }
    }

    async fn settle(&self, mut account: Account) -> (Settled, Audit) {
        let Some(first) = self.read(&mut account).await else {
            return (Settled::default(), unread(&account));
        };
        let settled = compare(&account, &first, &self.desk.truth().violations);
        let unknown = unknown(&account);
        let mut audit = Audit {
            read: 1,
            unknown,
            lost: settled.lost,
            doubled: settled.doubled,
            ..Audit::default()
        };
        if unknown > 0 && !self.stays_so(&mut account, &first).await {
            audit.unsettled = unknown;
        } else {
            audit.found_done = settled.found_done;
            audit.found_undone = settled.found_undone;
        }
        (settled, audit)
    }

    /// Whether an account that is read a second time shows the same appointments.
    async fn stays_so(&self, account: &mut Account, first: &Beneficiaries) -> bool {
        self.pause(SETTLING).await;
        let Some(second) = self.read(account).await else { return false };
        let same = appointments(first) == appointments(&second);
        if !same {
            let told = || {
                "an account with an unknown outcome showed other appointments a second later"
                    .to_owned()
            };
            self.desk.truth().violations.add(ViolationKind::UnsettledOutcome, told);
        }
        same
    }

    /// The people of an account.
    async fn read(&self, account: &mut Account) -> Option<Beneficiaries> {
        self.insist(async || self.try_to_read(account).await).await
    }

    /// The target answered, or it did not.
    pub(super) fn heard<T>(&self, said: &Said<T>) {
        if !matches!(said, Said::Failed(_)) {
            self.last_answer.set(Instant::now());
        }
    }

    /// Something that is asked for until the target answers.
    pub(super) async fn insist<T>(&self, mut ask: impl AsyncFnMut() -> Said<T>) -> Option<T> {
        let begun = Instant::now();
        while !self.gives_up() && begun.elapsed() < REFUSED {
            let said = ask().await;
            self.heard(&said);
            if let Said::Yes(read) = said {
                return Some(read);
            }
            self.pause(PAUSE).await;
        }
        None
    }

    async fn try_to_read(&self, account: &mut Account) -> Said<Beneficiaries> {
        let visit = Visit::new(
            self.desk.clone(),
            account.group,
            account.person,
            Instant::now(),
            Duration::ZERO,
        );
        if account.token.1.is_none_or(|given| given.elapsed() >= RENEW_AFTER)
            && let Some(token) = log_in_again(&visit, account.door, Operation::ReadBack).await
        {
            account.token = (token, Some(Instant::now()));
        }
        visit.start_over();
        let path = "/api/v2/appointment/beneficiaries";
        let call = Call { token: Some(&account.token.0), ..visit.get(Operation::ReadBack, path) };
        let expected = ["APPOIN0001", "401"];
        let read = |answer: Answer| serde_json::from_slice(&answer.plain()?).ok();
        match visit.ask(&call, Want::Body, &expected, read).await {
            // An account without people has no appointments.
            Said::Refused { code, .. } if code == "APPOIN0001" => {
                Said::Yes(Beneficiaries { beneficiaries: Vec::new() })
            }
            said => {
                if matches!(said, Said::Refused { status: 401, .. }) {
                    account.token.1 = None;
                }
                said
            }
        }
    }
}

fn appointments(read: &Beneficiaries) -> BTreeSet<(Uuid, Uuid)> {
    let all = read.beneficiaries.iter().flat_map(|person| &person.appointments);
    all.map(|appointment| (appointment.appointment_id, appointment.session_id)).collect()
}
