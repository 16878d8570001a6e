//! The roll of facilities: finding them, and writing them together with the centres that search shows.

use super::{Facility, Standing};
use crate::access::record::{self, Versioned};
use crate::access::registry::{Registry, WriteError};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::publisher::Publisher;
use opencowin_inventory::Inventory;
use opencowin_ledger::audit::Entry;
use opencowin_ledger::commands::{Amend, Amendment, Condition, Establish};
use opencowin_ledger::keys::Shelf;
use opencowin_model::{CentreId, Pack};
use std::sync::Arc;
use uuid::Uuid;

/// How often a change is tried that others got in the way of.
const TRIES: usize = 8;

/// Where facilities stand.
#[derive(Clone)]
pub struct Roll {
    registry: Arc<Registry>,
    inventory: Arc<Inventory>,
    publisher: Arc<Publisher>,
    pack: Arc<Pack>,
}

/// What a decision comes to: the facility, and what else is written with it.
pub type Decided = (Facility, Vec<Amendment>);

impl Roll {
    /// Of this registry and the centres of this memory.
    pub fn new(
        registry: Arc<Registry>,
        inventory: Arc<Inventory>,
        publisher: Arc<Publisher>,
        pack: Arc<Pack>,
    ) -> Self {
        Self { registry, inventory, publisher, pack }
    }

    /// The facility of a centre, if there is such a centre. Its version is 0 if it has no document.
    pub fn of_centre(&self, centre: CentreId) -> Option<Versioned<Facility>> {
        if let Some(id) = self.registry.facility_of(centre) {
            return self.registry.found(id);
        }
        let centre = self.inventory.centre(centre)?;
        Some(Versioned { version: 0, record: Arc::new(Facility::of(&centre, &self.pack)) })
    }

    /// That a facility is as it was read, as a condition of what is written.
    pub fn condition(facility: &Versioned<Facility>) -> Condition {
        let Versioned { version, record } = facility;
        Condition { shelf: Shelf::Facilities, id: record.id, version: *version }
    }

    /// Writes down a facility that applies.
    ///
    /// # Errors
    /// 503 if the ledger cannot be reached.
    pub async fn enter(&self, facility: &Facility, audit: Entry) -> Result<(), Problem> {
        let amend = Amend { changes: vec![record::written(facility, 0)] };
        Ok(self.establish(Establish::of(amend), audit).await?)
    }

    /// Changes the facility of a centre, and the centre with it: search shows it before this has answered.
    ///
    /// # Errors
    /// That of `change`, USRRES0012 if there is no such centre, 503 if the ledger cannot be reached or others keep changing it.
    pub async fn change(
        &self,
        centre: CentreId,
        audit: Entry,
        change: impl Fn(&Facility) -> Result<Facility, Problem>,
    ) -> Result<Arc<Facility>, Problem> {
        for _ in 0..TRIES {
            let found = self.of_centre(centre).ok_or(error::NOT_FOUND)?;
            let changed = change(&found.record)?;
            match self.write(&found, &changed, Vec::new(), &audit).await {
                Err(WriteError::Amended) => self.registry.refresh::<Facility>(changed.id).await?,
                written => return Ok(written.map(|()| Arc::new(changed))?),
            }
        }
        Err(error::TRY_AGAIN.into())
    }

    /// Writes down what a district decides. `decide` is given the id that the centre of a facility gets which has none.
    ///
    /// # Errors
    /// That of `decide`, USRRES0012 if there is no such facility, 503 as in [`change`](Self::change).
    pub async fn decide(
        &self,
        id: Uuid,
        audit: Entry,
        decide: impl Fn(&Facility, CentreId) -> Result<Decided, Problem>,
    ) -> Result<Arc<Facility>, Problem> {
        let next = self.inventory.largest_centre_id().0 + 1;
        for attempt in 0..TRIES as u32 {
            let found = self.registry.found::<Facility>(id).ok_or(error::NOT_FOUND)?;
            let (decided, others) = decide(&found.record, CentreId(next + attempt))?;
            match self.write(&found, &decided, others, &audit).await {
                // Somebody else may have taken the id, or decided.
                Err(WriteError::Amended) => self.registry.refresh::<Facility>(id).await?,
                written => return Ok(written.map(|()| Arc::new(decided))?),
            }
        }
        Err(error::TRY_AGAIN.into())
    }

    /// Writes a facility that follows `found`, with the centre that it describes.
    async fn write(
        &self,
        found: &Versioned<Facility>,
        changed: &Facility,
        mut others: Vec<Amendment>,
        audit: &Entry,
    ) -> Result<(), WriteError> {
        others.push(record::written(changed, found.version));
        let mut establish = Establish::of(Amend { changes: others });
        let is_new = found.record.standing == Standing::Applied;
        let centres = if is_new { &mut establish.opened } else { &mut establish.centres };
        centres.extend(changed.as_centre());
        self.establish(establish, audit.clone()).await
    }

    async fn establish(&self, establish: Establish, audit: Entry) -> Result<(), WriteError> {
        let centres = establish.opened.iter().chain(&establish.centres);
        let ids: Vec<_> = centres.map(|centre| centre.id).collect();
        self.registry.establish(establish, vec![audit]).await?;
        // Others may have changed it since: what the ledger has is the last word.
        self.publisher.show_centres(&ids).await.map_err(|error| {
            tracing::error!(%error, "a centre cannot be shown");
            WriteError::Unavailable
        })
    }
}
