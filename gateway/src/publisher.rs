//! Putting things on sale: first into the ledger, then into memory. The generated programme publishes through here; what
//! facilities publish is shown from here.

use crate::projection::{Projection, is_kept_here, on_sale};
use opencowin_inventory::{Inventory, Publication, Unpublishable};
use opencowin_ledger::records::Counters;
use opencowin_ledger::store::ReadError;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Centre, CentreId, Channel, Clock, Date, Pack, Session};
use std::sync::Arc;

/// What is on sale, in the ledger and in memory.
pub struct Publisher {
    pack: Arc<Pack>,
    clock: Arc<Clock>,
    ledger: Arc<Ledger>,
    inventory: Arc<Inventory>,
    projection: Option<Arc<Projection>>,
}

/// Why something could not be put on sale.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The ledger refused it or does not answer.
    #[error("the ledger: {0}")]
    Ledger(#[from] Failure),
    /// The ledger cannot be read.
    #[error("the ledger: {0}")]
    Read(#[from] ReadError),
    /// Memory refused it.
    #[error("the catalogue: {0}")]
    Catalogue(#[from] Unpublishable),
    /// A thread could not be started.
    #[error(transparent)]
    Thread(#[from] std::io::Error),
    /// The server is closing.
    #[error("the server is closing")]
    Closed,
}

impl Publisher {
    /// Of this ledger and this memory.
    pub fn new(
        pack: Arc<Pack>,
        clock: Arc<Clock>,
        ledger: Arc<Ledger>,
        inventory: Arc<Inventory>,
        projection: Option<Arc<Projection>>,
    ) -> Self {
        Self { pack, clock, ledger, inventory, projection }
    }

    /// The day that it is where the programme is run.
    pub fn today(&self) -> Date {
        self.clock.now().civil(self.pack.zone()).date()
    }

    /// Takes past days out of memory. The ledger keeps them.
    pub fn retire_before(&self, day: Date) {
        self.inventory.retire_before(day);
    }

    /// The last day that the generated programme has published.
    ///
    /// # Errors
    /// If the ledger does not answer.
    pub async fn published_through(&self) -> Result<Option<Date>, PublishError> {
        Ok(self.ledger.read().published_through().await?)
    }

    /// Puts centres and sessions on sale. Once all of it is in the ledger, `through` is noted there as the last day
    /// that the generated programme has published.
    ///
    /// # Errors
    /// If the ledger or memory refuses some of it. What the ledger has taken by then is on sale after the next start.
    pub async fn publish(
        &self,
        centres: Vec<Centre>,
        sessions: Vec<Session>,
        through: Option<Date>,
    ) -> Result<(), PublishError> {
        self.ledger.publish(centres.clone(), sessions.clone(), through).await?;
        self.inventory.publish(Publication { centres, sessions: Vec::new() })?;
        self.show_sessions(sessions)
    }

    /// Puts centres into memory as the ledger has them now.
    ///
    /// # Errors
    /// If the ledger or memory refuses some of it.
    pub async fn show_centres(&self, ids: &[CentreId]) -> Result<(), PublishError> {
        let mut shown = Vec::new();
        loop {
            let mut centres = Vec::with_capacity(ids.len());
            for id in ids {
                centres.extend(self.ledger.read().centre(*id).await?);
            }
            // As long as others change them it cannot be told whose version was shown last.
            if centres == shown {
                return Ok(());
            }
            shown.clone_from(&centres);
            self.inventory.publish(Publication { centres, sessions: Vec::new() })?;
        }
    }

    /// Puts sessions into memory as they were committed.
    ///
    /// # Errors
    /// If memory refuses some of them.
    pub fn show_sessions(&self, sessions: Vec<Session>) -> Result<(), PublishError> {
        let keys: Vec<_> = sessions.iter().map(Session::key).collect();
        let sessions = sessions.into_iter().filter(is_kept_here);
        let sessions = sessions.map(|session| on_sale(session, None)).collect();
        self.inventory.publish(Publication { centres: Vec::new(), sessions })?;
        if let Some(projection) = &self.projection {
            projection.published(keys);
        }
        Ok(())
    }

    /// Puts what the ledger has from today on into memory; for the start. Answers how many centres and sessions.
    ///
    /// # Errors
    /// If the ledger cannot be read, or holds what memory refuses.
    pub async fn load(&self) -> Result<(usize, usize), PublishError> {
        let reader = self.ledger.read();
        let mut publication = Publication::default();
        reader.load_centres(|mut centres| publication.centres.append(&mut centres)).await?;
        let offer = |(session, counters): (Session, Counters)| on_sale(session, Some(&counters));
        reader
            .load_sessions(self.today(), |sessions| {
                let kept = sessions.into_iter().filter(|(session, _)| is_kept_here(session));
                publication.sessions.extend(kept.map(offer));
            })
            .await?;
        let counts = (publication.centres.len(), publication.sessions.len());
        self.inventory.publish(publication)?;
        Ok(counts)
    }

    /// Sessions of which memory offers other seats than the ledger has free, a sentence each. Seats that are taken or
    /// given back meanwhile look like a difference for a moment, so only those that stay the same are told.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub async fn differences(&self) -> Result<Vec<String>, PublishError> {
        let mut differences = self.differing_now().await?;
        if !differences.is_empty() {
            self.ledger.caught_up().await;
            let again = self.differing_now().await?;
            differences.retain(|difference| again.contains(difference));
        }
        Ok(differences)
    }

    async fn differing_now(&self) -> Result<Vec<String>, PublishError> {
        let mut differences = Vec::new();
        let compare = |(session, counters): (Session, Counters)| {
            if !is_kept_here(&session) {
                return None;
            }
            let Some(on_sale) = self.inventory.session(session.id) else {
                return Some(format!("session {} is in the ledger, but not in memory", session.id));
            };
            let seats = on_sale.seats();
            // What leases hold is told by leases alone.
            if counters.is_leased() {
                return None;
            }
            let (memory, ledger) = (seats.shown(Channel::Online), counters.free(Channel::Online));
            let memory = if seats.is_closed(Channel::Online) { ledger } else { memory };
            let undecided = seats.pending(Channel::Online) > 0;
            (memory != ledger && !undecided).then(|| {
                format!(
                    "session {} offers {:?} in memory, {:?} in the ledger",
                    session.id, memory.0, ledger.0
                )
            })
        };
        let reader = self.ledger.read();
        reader
            .load_sessions(self.today(), |sessions| {
                differences.extend(sessions.into_iter().filter_map(compare));
            })
            .await?;
        Ok(differences)
    }
}
