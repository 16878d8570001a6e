//! People with a wish for a seat: how they choose, book, move and give back.

use super::citizen::{Prepared, once};
use super::desk::Said;
use super::login;
use super::search::{self, Choice, Chosen};
use super::visit::Visit;
use crate::contract::{Offer, Scheduled};
use crate::measure::{Failure, Operation};
use crate::result::ViolationKind;
use crate::scenario::Citizen;
use crate::truth::{Account, Attempt, Fate};
use crate::wire::{Call, Want};
use std::time::Instant;
use uuid::Uuid;

/// Somebody who wants a seat.
pub(super) struct Buyer<'a> {
    visit: &'a Visit,
    citizen: &'a Citizen,
    member: Prepared,
    choice: Choice,
    /// Where the account lies among those of the desk, once something was attempted.
    account: Option<usize>,
}

impl<'a> Buyer<'a> {
    /// Somebody who is logged in and registered.
    pub(super) fn new(visit: &'a Visit, citizen: &'a Citizen, member: Prepared) -> Self {
        let choice = Choice::new(member.age, member.wish.clone(), citizen.knows_wish);
        Self { visit, citizen, member, choice, account: None }
    }

    /// Chooses and books, and tries another session if one is taken away. The session and the appointment's id.
    pub(super) async fn book(&mut self) -> Option<(Offer, Uuid)> {
        for _ in 0..self.citizen.attempts {
            let offer = self.choose().await?;
            if !self.visit.goes_on().await {
                return None;
            }
            match self.schedule(&offer).await {
                Said::Yes(id) => return Some((offer, id)),
                Said::Refused { status: 409, .. } => {
                    let took = self.visit.intended().elapsed();
                    self.visit.desk.recorder.borrow_mut().sold_out(took);
                }
                _ => return None,
            }
        }
        None
    }

    /// Chooses a session; who is logged out for searching too often comes back and goes on.
    async fn choose(&mut self) -> Option<Offer> {
        loop {
            let Self { visit, citizen, member, choice, .. } = self;
            match search::choose(visit, citizen, &member.token.0, choice).await {
                Chosen::Offer(offer) => return Some(*offer),
                Chosen::Nothing => return None,
                Chosen::LoggedOut => self.come_back().await?,
            }
        }
    }

    /// Waits until another password can be had, and logs in again.
    async fn come_back(&mut self) -> Option<()> {
        let Self { visit, citizen, .. } = *self;
        visit.rest(citizen.returns_after.0).await;
        if visit.desk.is_closing() {
            return None;
        }
        let token = login::log_in(visit, citizen.door).await?;
        self.member.token = (token, Some(Instant::now()));
        if let Some(place) = self.account {
            self.visit.desk.accounts.borrow_mut()[place].token = self.member.token.clone();
        }
        Some(())
    }

    /// Books a session for a first dose.
    pub(super) async fn schedule(&mut self, offer: &Offer) -> Said<Uuid> {
        self.attempted(offer.session);
        self.visit.desk.recorder.borrow_mut().group(self.visit.group).attempts += 1;
        let body = format!(
            r#"{{"dose":1,"session_id":"{}","slot":"{}","beneficiaries":["{}"]}}"#,
            offer.session, offer.slot, self.member.reference
        );
        let key = once(self.visit, self.citizen);
        let call = Call {
            token: Some(&self.member.token.0),
            idempotency_key: key.as_deref(),
            ..self.visit.post(Operation::Schedule, "/api/v2/appointment/schedule", body.as_bytes())
        };
        let said = self.visit.ask_politely(&call, Want::Body, |answer, _, _| {
            let scheduled: Scheduled = serde_json::from_slice(&answer.plain()?).ok()?;
            scheduled.appointment_confirmation_no.or(scheduled.appointment_id)
        });
        let said = said.await;
        match &said {
            Said::Yes(id) => self.booked(offer, *id),
            Said::Refused { .. } => self.fate(Fate::Refused),
            Said::Failed(failure) => self.failed(failure, Fate::Refused, Fate::Unknown),
        }
        said
    }

    fn booked(&mut self, offer: &Offer, id: Uuid) {
        self.fate(Fate::Booked(id));
        let desk = &self.visit.desk;
        let app = self.visit.person.app(self.citizen.apps);
        let mut recorder = desk.recorder.borrow_mut();
        recorder.booked(self.visit.group, 1);
        recorder.group(self.visit.group).by_app.entry(app).or_default().bookings += 1;
        drop(recorder);
        self.sold(offer.session);
    }

    /// A seat was acknowledged; whether there was one is found out at once.
    fn sold(&self, session: Uuid) {
        let truth = self.visit.desk.truth();
        if let Some(more) = truth.seats.sold(session) {
            let told =
                || format!("session {session} has {more} more seats acknowledged than it showed");
            truth.violations.add(ViolationKind::Oversold, told);
        }
    }

    /// What some do with a seat: look again, download the slip, move, give it back.
    pub(super) async fn afterwards(&mut self, offer: Offer, id: Uuid) {
        let Self { visit, citizen, .. } = *self;
        if citizen.looks_again && visit.goes_on().await {
            search::look_again(visit, &self.member.token.0, &offer).await;
        }
        if visit.chance(citizen.slip) && visit.goes_on().await {
            let path = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
            let call =
                Call { token: Some(&self.member.token.0), ..visit.get(Operation::Slip, &path) };
            visit
                .ask_politely(&call, Want::Body, |answer, _, _| {
                    answer.plain()?.starts_with(b"%PDF").then_some(())
                })
                .await;
        }
        let mut held = offer;
        if visit.chance(citizen.reschedule) && visit.goes_on().await {
            match self.reschedule(&held, id).await {
                Moved::To(offer) => held = offer,
                Moved::Not => {}
                Moved::Perhaps => return,
            }
        }
        if visit.chance(citizen.cancel) && visit.goes_on().await {
            self.cancel(&held, id).await;
        }
    }

    async fn reschedule(&mut self, from: &Offer, id: Uuid) -> Moved {
        let Some(to) = self.choice.another(self.visit, self.citizen, from.session) else {
            return Moved::Not;
        };
        let body = format!(
            r#"{{"appointment_id":"{id}","session_id":"{}","slot":"{}"}}"#,
            to.session, to.slot
        );
        let said = self
            .change(Operation::Reschedule, "/api/v2/appointment/reschedule", &body, from.session)
            .await;
        match said {
            Said::Yes(()) => {
                self.moved(to.session);
                self.sold(to.session);
                Moved::To(to)
            }
            Said::Refused { .. } => Moved::Not,
            Said::Failed(failure) if failure.leaves_outcome_unknown() => {
                self.fate(Fate::PerhapsMoved(id, to.session));
                Moved::Perhaps
            }
            Said::Failed(_) => Moved::Not,
        }
    }

    async fn cancel(&mut self, held: &Offer, id: Uuid) {
        let body = format!(
            r#"{{"appointment_id":"{id}","beneficiariesToCancel":["{}"]}}"#,
            self.member.reference
        );
        match self
            .change(Operation::Cancel, "/api/v2/appointment/cancel", &body, held.session)
            .await
        {
            Said::Yes(()) => {
                self.fate(Fate::Cancelled(id));
                self.visit.desk.recorder.borrow_mut().given_back(1);
            }
            Said::Refused { .. } => {}
            Said::Failed(failure) => {
                self.failed(&failure, Fate::Booked(id), Fate::PerhapsCancelled(id));
            }
        }
    }

    /// Sends what may give a seat of a session back.
    async fn change(
        &self,
        operation: Operation,
        path: &str,
        body: &str,
        session: Uuid,
    ) -> Said<()> {
        let key = once(self.visit, self.citizen);
        let call = Call {
            token: Some(&self.member.token.0),
            idempotency_key: key.as_deref(),
            ..self.visit.post(operation, path, body.as_bytes())
        };
        self.visit.desk.truth().seats.giving_back(session);
        self.visit.ask_politely(&call, Want::Status, |_, _, _| Some(())).await
    }

    /// Notes an attempt before it is made: if the answer never comes, it is there to be found out about.
    fn attempted(&mut self, session: Uuid) {
        let accounts = &mut *self.visit.desk.accounts.borrow_mut();
        let place = *self.account.get_or_insert_with(|| {
            let token = self.member.token.clone();
            accounts.push(Account {
                person: self.visit.person,
                group: self.visit.group,
                door: self.citizen.door,
                token,
                attempts: Vec::new(),
            });
            accounts.len() - 1
        });
        accounts[place].attempts.push(Attempt { session, fate: Fate::Unknown });
    }

    fn with_last(&self, change: impl FnOnce(&mut Attempt)) {
        let accounts = &mut *self.visit.desk.accounts.borrow_mut();
        if let Some(last) = self.account.and_then(|place| accounts[place].attempts.last_mut()) {
            change(last);
        }
    }

    fn fate(&self, fate: Fate) {
        self.with_last(|last| last.fate = fate);
    }

    fn moved(&self, session: Uuid) {
        self.with_last(|last| last.session = session);
    }

    fn failed(&self, failure: &Failure, undone: Fate, unknown: Fate) {
        self.fate(if failure.leaves_outcome_unknown() { unknown } else { undone });
    }
}

/// What became of a move.
enum Moved {
    To(Offer),
    Not,
    Perhaps,
}
