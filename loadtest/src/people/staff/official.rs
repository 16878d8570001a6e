//! The staff of a facility: people whom the harness puts into office, as a sandbox lets everybody do.

use super::super::desk::{Desk, Said};
use super::super::login;
use super::super::person::Person;
use super::super::visit::Visit;
use crate::contract::Something;
use crate::measure::{Failure, Operation};
use crate::wire::{Address, Answer, Call, Want};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What somebody of the staff is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::people) enum Role {
    /// Receives stock, draws up and publishes sessions, and answers for the facility.
    Manager,
    /// Registers who has no appointment, and checks everybody in.
    Verifier,
    /// Gives the dose.
    Vaccinator,
}

/// Somebody of the staff, on a device of their own.
pub(in crate::people) struct Official {
    person: Person,
    role: Role,
    centre: u64,
    device: String,
    /// The token, and when it was given. Whoever needs it meanwhile waits for it to be renewed.
    token: Mutex<Option<(Rc<str>, Instant)>>,
}

/// A token is renewed when it is older than this; it lives for fifteen minutes (wire contract 1.5).
const RENEW_AFTER: Duration = Duration::from_secs(13 * 60);

/// Where the numbers of the staff begin, among those of the people of the group.
const FIRST: u64 = 1 << 39;

const ASK: &str = "/api/v2/staff/auth/generateOTP";
const CONFIRM: &str = "/api/v2/staff/auth/confirmOTP";

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Manager => "facility-manager",
            Self::Verifier => "verifier",
            Self::Vaccinator => "vaccinator",
        }
    }
}

impl Official {
    /// Somebody of the staff of a facility. In another run with the same seed it is the same person.
    pub(in crate::people) fn new(desk: &Desk, group: usize, centre: u64, role: Role) -> Self {
        let number = (group as u64) << 40 | (FIRST + centre * 4 + role as u64);
        let person = Person::new(number, desk.setting.seed);
        let device = format!("loadtest-{}-{centre}-{}", desk.setting.seed, role.name());
        Self { person, role, centre, device, token: Mutex::default() }
    }

    /// Takes office and logs in; `false` if the target does not let them.
    pub(in crate::people) async fn begins(&self, desk: &Rc<Desk>, group: usize) -> bool {
        let visit = self.visit(desk, group);
        let body = format!(
            r#"{{"mobile":"{}","name":"{}","role":"{}","center_id":{}}}"#,
            self.person.mobile(),
            self.person.name(),
            self.role.name(),
            self.centre
        );
        let call = visit.post(Operation::Prepare, "/sandbox/officials", body.as_bytes());
        let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
            serde_json::from_slice::<Something>(&answer.plain()?).ok()
        });
        // Whoever is in office already was put there by an earlier run of the same seed.
        let in_office = matches!(said.await, Said::Yes(_) | Said::Refused { status: 409, .. });
        in_office && self.token(desk, group).await.is_some()
    }

    /// What their requests carry.
    pub(in crate::people) async fn token(&self, desk: &Rc<Desk>, group: usize) -> Option<Rc<str>> {
        let mut token = self.token.lock().await;
        if let Some((token, given)) = &*token
            && given.elapsed() < RENEW_AFTER
        {
            return Some(token.clone());
        }
        *token = self.log_in(desk, group).await.map(|given| (given.into(), Instant::now()));
        token.as_ref().map(|(token, _)| token.clone())
    }

    /// A token was refused: another one has to be had, unless it has been already.
    pub(in crate::people) async fn refused(&self, refused: &str) {
        let mut token = self.token.lock().await;
        if token.as_ref().is_some_and(|(token, _)| **token == *refused) {
            *token = None;
        }
    }

    /// Their name.
    pub(in crate::people) fn name(&self) -> String {
        self.person.name()
    }

    /// A request of theirs.
    pub(in crate::people) fn call<'a>(
        &'a self,
        visit: &'a Visit,
        token: &'a str,
        call: Call<'a>,
    ) -> Call<'a> {
        Call {
            token: Some(token),
            device: Some(&self.device),
            api_key: visit.desk.setting.scenario.api_key.as_deref(),
            from: self.address(&visit.desk, visit.group),
            ..call
        }
    }

    /// Reads something of what they have to do with, starting now.
    pub(in crate::people) async fn read<T>(
        &self,
        desk: &Rc<Desk>,
        group: usize,
        counted_as: Operation,
        path: &str,
        read: impl FnOnce(Answer) -> Option<T>,
    ) -> Said<T> {
        let Some(token) = self.token(desk, group).await else {
            return Said::Failed(Failure::Connect);
        };
        let visit = self.visit(desk, group);
        let call = self.call(&visit, &token, Call::get(counted_as, path, None));
        let said = visit.ask(&call, Want::Body, &["401"], read).await;
        if matches!(said, Said::Refused { status: 401, .. }) {
            self.refused(&token).await;
        }
        said
    }

    /// Where they are.
    fn address(&self, desk: &Desk, group: usize) -> Option<Address> {
        desk.address(group, self.person)
    }

    async fn log_in(&self, desk: &Rc<Desk>, group: usize) -> Option<String> {
        let visit = self.visit(desk, group);
        let txn = login::ask_at(&visit, ASK, None, Operation::Prepare).await?;
        let password = login::password_for(&visit, None).await?;
        let body = format!(
            r#"{{"otp":"{}","txnId":"{txn}","device_id":"{}"}}"#,
            login::hashed(&password),
            self.device
        );
        login::token_of(&visit, &visit.post(Operation::Prepare, CONFIRM, body.as_bytes())).await
    }

    /// A visit of theirs.
    pub(in crate::people) fn visit(&self, desk: &Rc<Desk>, group: usize) -> Visit {
        Visit::new(desk.clone(), group, self.person, Instant::now(), Duration::ZERO)
    }
}
