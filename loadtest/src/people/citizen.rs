//! People who log in, register and book.

use super::buyer::Buyer;
use super::desk::Said;
use super::login;
use super::visit::Visit;
use crate::contract::{Beneficiaries, Offer, Registered};
use crate::measure::Operation;
use crate::scenario::Citizen;
use crate::wire::{Call, Want};
use rand::RngExt;
use std::time::Instant;
use uuid::Uuid;

/// Somebody who is logged in and registered.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The token, and when it was given.
    pub(super) token: (String, Option<Instant>),
    /// The reference id.
    pub(super) reference: String,
    /// How old this person is, in years.
    pub(super) age: u32,
    /// The session that this person came for, if the scenario has a supply.
    pub(super) wish: Option<Offer>,
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
    let mut buyer = Buyer::new(visit, citizen, member);
    if let Some((offer, id)) = buyer.book().await {
        buyer.afterwards(offer, id).await;
    }
}

/// Who comes: how old, and for which session if the scenario has a supply.
pub(super) fn who(visit: &Visit) -> (u32, Option<Offer>) {
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
    let password = login::password(visit, citizen.door).await?;
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
            .ask_politely(&call, Want::Body, |answer, _, _| {
                serde_json::from_slice::<Beneficiaries>(&answer.plain()?).ok()
            })
            .await;
    }
    Some(Prepared { token, reference, age, wish })
}

/// Registers somebody; their reference id.
pub(super) async fn register(
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
    let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
        serde_json::from_slice::<Registered>(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(registered) => Some(registered.beneficiary_reference_id),
        _ => None,
    }
}

/// An `Idempotency-Key`, unless the clients of 2021 are imitated.
pub(super) fn once(visit: &Visit, citizen: &Citizen) -> Option<String> {
    let key = || Uuid::from_u128(visit.desk.random.borrow_mut().random()).to_string();
    (!citizen.imitates_2021).then(key)
}
