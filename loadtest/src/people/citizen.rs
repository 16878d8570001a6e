//! People who log in, register and book.

use super::desk::Said;
use super::login;
use super::search::{self, Choice};
use super::visit::Visit;
use crate::contract::{Beneficiaries, Offer, Registered, Scheduled};
use crate::measure::{Failure, Operation};
use crate::result::ViolationKind;
use crate::scenario::Citizen;
use crate::truth::{Account, Attempt, Fate};
use crate::wire::{Call, Want};
use rand::RngExt;
use std::time::Instant;
use uuid::Uuid;

/// Somebody who is logged in and registered.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The token, and when it was given.
    token: (String, Option<Instant>),
    /// The reference id.
    reference: String,
    /// How old this person is, in years.
    age: u32,
    /// The session that this person came for, if the scenario has a supply.
    wish: Option<Offer>,
}

/// Logs somebody in and registers them before the clock starts; `None` if the target did not let them.
pub async fn prepare(visit: &Visit, citizen: &Citizen) -> Option<Prepared> {
    let token = login::log_in_again(visit, citizen.door, Operation::Prepare).await?;
    let (age, wish) = who(visit);
    let token = (token, Some(Instant::now()));
    let reference = register(visit, citizen, &token.0, age, Operation::Prepare).await?;
    Some(Prepared { token, reference, age, wish })
}

/// Comes, and perhaps books.
pub(super) async fn visit(visit: &Visit, citizen: &Citizen, prepared: Option<Prepared>) {
    let entered = match prepared {
        Some(prepared) => Some(prepared),
        None => enter(visit, citizen).await,
    };
    let Some(member) = entered else { return };
    if !visit.chance(citizen.book) {
        return;
    }
    let app = visit.person.app(citizen.apps);
    visit.desk.recorder.borrow_mut().group(visit.group).by_app.entry(app).or_default().people += 1;
    let mut buyer = Buyer {
        visit,
        citizen,
        choice: Choice::new(member.age, member.wish.clone(), citizen.knows_wish),
        member,
        account: None,
    };
    if let Some((offer, id)) = buyer.book().await {
        buyer.afterwards(offer, id).await;
    }
}

/// Who comes: how old, and for which session if the scenario has a supply.
fn who(visit: &Visit) -> (u32, Option<Offer>) {
    let random = &mut *visit.desk.random.borrow_mut();
    match &*visit.desk.supply.borrow() {
        Some(supply) => {
            let wish = supply.pick(random).clone();
            (
                wish.oldest
                    .unwrap_or(wish.youngest + 20)
                    .min(wish.youngest + random.random_range(0..25)),
                Some(wish),
            )
        }
        // On the day that registration opened to everybody over 18, most who came were young.
        None if random.random_bool(0.6) => (random.random_range(18..45), None),
        None => (random.random_range(45..90), None),
    }
}

/// From the door to the list of one's people.
async fn enter(visit: &Visit, citizen: &Citizen) -> Option<Prepared> {
    if !visit.goes_on().await {
        return None;
    }
    let txn = login::ask(visit, citizen.door, Operation::GenerateOtp).await?;
    if !visit.chance(citizen.confirm) || !visit.goes_on().await {
        return None;
    }
    let password = login::password(visit).await?;
    visit.start_over();
    let token = login::confirm(visit, citizen.door, &txn, &password, Operation::ConfirmOtp).await?;
    let token = (token, Some(Instant::now()));
    if !visit.chance(citizen.register) || !visit.goes_on().await {
        return None;
    }
    let (age, wish) = who(visit);
    let reference = register(visit, citizen, &token.0, age, Operation::Register).await?;
    if visit.chance(citizen.list) && visit.goes_on().await {
        let path = "/api/v2/appointment/beneficiaries";
        let call = Call { token: Some(&token.0), ..visit.get(Operation::Beneficiaries, path) };
        visit
            .ask(&call, Want::Body, &[], |answer| {
                serde_json::from_slice::<Beneficiaries>(&answer.plain()?).ok()
            })
            .await;
    }
    Some(Prepared { token, reference, age, wish })
}

async fn register(
    visit: &Visit,
    citizen: &Citizen,
    token: &str,
    age: u32,
    operation: Operation,
) -> Option<String> {
    let person = visit.person;
    let year = visit.desk.places.borrow().year();
    let body = format!(
        r#"{{"name":"{}","birth_year":"{}","gender_id":{},"photo_id_type":8,"photo_id_number":"{}","comorbidity_ind":"N","consent_version":"1"}}"#,
        person.name(),
        year - age as i32,
        person.gender(),
        person.passport()
    );
    let key = once(visit, citizen);
    let call = Call {
        token: Some(token),
        idempotency_key: key.as_deref(),
        ..visit.post(operation, "/api/v2/registration/beneficiary/new", body.as_bytes())
    };
    let said = visit.ask(&call, Want::Body, &[], |answer| {
        serde_json::from_slice::<Registered>(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(registered) => Some(registered.beneficiary_reference_id),
        _ => None,
    }
}

/// An `Idempotency-Key`, unless the clients of 2021 are imitated.
fn once(visit: &Visit, citizen: &Citizen) -> Option<String> {
    let key = || Uuid::from_u128(visit.desk.random.borrow_mut().random()).to_string();
    (!citizen.imitates_2021).then(key)
}

/// Somebody who wants a seat.
struct Buyer<'a> {
    visit: &'a Visit,
    citizen: &'a Citizen,
    member: Prepared,
    choice: Choice,
    /// Where the account lies among those of the desk, once something was attempted.
    account: Option<usize>,
}

impl Buyer<'_> {
    /// Chooses and books, and tries another session if one is taken away. The session and the appointment's id.
    async fn book(&mut self) -> Option<(Offer, Uuid)> {
        for _ in 0..self.citizen.attempts {
            let offer =
                search::choose(self.visit, self.citizen, &self.member.token.0, &mut self.choice)
                    .await?;
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

    async fn schedule(&mut self, offer: &Offer) -> Said<Uuid> {
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
        let said = self.visit.ask(&call, Want::Body, &[], |answer| {
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
    async fn afterwards(&mut self, offer: Offer, id: Uuid) {
        let Self { visit, citizen, .. } = *self;
        if citizen.looks_again && visit.goes_on().await {
            search::look_again(visit, &self.member.token.0, &offer).await;
        }
        if visit.chance(citizen.slip) && visit.goes_on().await {
            let path = format!("/api/v2/appointment/appointmentslip/download?appointment_id={id}");
            let call =
                Call { token: Some(&self.member.token.0), ..visit.get(Operation::Slip, &path) };
            visit
                .ask(&call, Want::Body, &[], |answer| {
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
        self.visit.ask(&call, Want::Status, &[], |_| Some(())).await
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
