//! A facility that takes part: its sessions of the day, its staff, its stock, and what became of each dose.

use super::super::desk::{Desk, Said};
use super::super::staff::{Official, Role, Site};
use crate::contract::{Held, Something};
use crate::measure::Operation;
use crate::truth::{Dose, DoseBook, DoseFate};
use crate::wire::{Call, Want};
use opencowin_model::{Date, date};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use uuid::Uuid;

/// A facility, and what goes on at it.
pub struct Facility {
    pub(super) site: Site,
    pub(super) manager: Official,
    pub(super) verifier: Official,
    pub(super) vaccinator: Official,
    /// The batch that all doses of the run are taken out of. Nobody else takes out of it.
    pub(super) batch: String,
    /// What became of each dose.
    doses: RefCell<Vec<Dose>>,
    /// Who was given a dose, and no certificate in time.
    lacking: RefCell<Vec<String>>,
    /// How many of its sessions have no seat left on the spot: those at the front of the list.
    sold_out: Cell<usize>,
    /// Seats that are left online, by session: nobody else books before the run.
    online: Vec<Cell<u32>>,
}

/// How many doses of each vaccine a facility receives: more than it can give in a day.
const DOSES: u32 = 50_000;

/// How many years a batch keeps.
const KEEPS: i16 = 1;

impl Facility {
    /// Brings the staff into office and vaccine into stock; `None` if the target does not let them.
    pub async fn open(desk: &Rc<Desk>, group: usize, site: Site, today: Date) -> Option<Self> {
        let facility = Self::new(desk, group, site);
        for official in [&facility.manager, &facility.verifier, &facility.vaccinator] {
            if !official.begins(desk, group).await {
                return None;
            }
        }
        let vaccines: BTreeSet<&str> =
            facility.site.sessions.iter().map(|held| &*held.vaccine).collect();
        for vaccine in vaccines {
            facility.receive(desk, group, vaccine, today).await?;
        }
        Some(facility)
    }

    /// Nothing has been given yet.
    fn new(desk: &Desk, group: usize, site: Site) -> Self {
        let official = |role| Official::new(desk, group, site.centre, role);
        // Another run with the same seed is another day: batches are told apart by the sessions.
        let run = desk.setting.seed ^ site.sessions.first().map_or(0, |one| low(one.offer.session));
        Self {
            manager: official(Role::Manager),
            verifier: official(Role::Verifier),
            vaccinator: official(Role::Vaccinator),
            batch: format!("LT{run:016X}"),
            doses: RefCell::default(),
            lacking: RefCell::default(),
            sold_out: Cell::new(0),
            online: site.sessions.iter().map(|held| Cell::new(held.offer.seats)).collect(),
            site,
        }
    }

    /// Takes the batch of a vaccine into stock.
    async fn receive(
        &self,
        desk: &Rc<Desk>,
        group: usize,
        vaccine: &str,
        today: Date,
    ) -> Option<()> {
        let expiry = today.saturating_add(jiff::Span::new().years(KEEPS));
        let body = format!(
            r#"{{"center_id":{},"vaccine":"{vaccine}","batch":"{}","doses":{DOSES},"expiry":"{}"}}"#,
            self.site.centre,
            self.batch,
            date::to_wire_string(expiry)
        );
        let visit = self.manager.visit(desk, group);
        let token = self.manager.token(desk, group).await?;
        let key = Uuid::from_u128(rand::random()).to_string();
        let call =
            visit.post(Operation::Prepare, "/api/v2/vaccinator/stock/receive", body.as_bytes());
        let call = Call { idempotency_key: Some(&key), ..self.manager.call(&visit, &token, call) };
        let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
            serde_json::from_slice::<Something>(&answer.plain()?).ok()
        });
        matches!(said.await, Said::Yes(_)).then_some(())
    }

    /// A session that has a seat left online, which is taken.
    pub(super) fn take_online(&self) -> Option<&Held> {
        let mut all = self.site.sessions.iter().zip(&self.online);
        let (held, left) = all.find(|(_, left)| left.get() > 0)?;
        left.set(left.get() - 1);
        Some(held)
    }

    /// A session that may have a seat left on the spot.
    pub(super) fn on_the_spot(&self) -> Option<&Held> {
        self.site.sessions.get(self.sold_out.get())
    }

    /// That session had no seat left.
    pub(super) fn is_sold_out(&self, session: Uuid) {
        if self.on_the_spot().is_some_and(|held| held.offer.session == session) {
            self.sold_out.set(self.sold_out.get() + 1);
        }
    }

    /// A dose is about to be recorded; where it lies in the book. If the answer never comes, it is there to be found out about.
    pub(super) fn begins(&self, reference: &str, session: Uuid) -> usize {
        let mut doses = self.doses.borrow_mut();
        doses.push(Dose { reference: reference.to_owned(), session, fate: DoseFate::Unknown });
        doses.len() - 1
    }

    /// What became of a dose.
    pub(super) fn ends(&self, dose: usize, fate: DoseFate) {
        self.doses.borrow_mut()[dose].fate = fate;
    }

    /// Somebody's certificate did not come in time.
    pub(super) fn lacks_certificate(&self, reference: &str) {
        self.lacking.borrow_mut().push(reference.to_owned());
    }

    /// Whose certificates did not come in time; they are told once.
    pub fn take_lacking(&self) -> Vec<String> {
        self.lacking.take()
    }

    /// What is to be read back.
    pub fn book(&self) -> DoseBook {
        DoseBook {
            centre: self.site.centre,
            district: self.site.district,
            batch: self.batch.clone(),
            doses: self.doses.borrow().clone(),
        }
    }
}

fn low(session: Uuid) -> u64 {
    session.as_u64_pair().1
}
