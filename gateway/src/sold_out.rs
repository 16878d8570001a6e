//! Sold out, says memory; is it? Where other gateways sell too, only the ledger knows.
//!
//! A session that is sold out is asked for by thousands at once. They share reads: at most one for each session and kind
//! of seat is under way, and who arrives meanwhile waits for the next one, which began after they asked.

use crate::patience;
use opencowin_ledger::commands::SeatCount;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Channel, Dose, SessionKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Kind = (SessionKey, Channel, Dose, u16);
type Answer = Result<bool, Failure>;
type Waiting = HashMap<Kind, Vec<oneshot::Sender<Answer>>>;

/// Asks the ledger for many at once.
#[derive(Clone)]
pub struct SoldOut {
    ledger: Arc<Ledger>,
    /// Who waits for the next read; there is an entry while one is under way.
    waiting: Arc<Mutex<Waiting>>,
}

impl SoldOut {
    /// Asks this ledger.
    pub fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, waiting: Arc::default() }
    }

    /// Whether somebody has the seats after all, as of a moment after this call.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn has_seats(&self, wanted: SeatCount) -> Answer {
        let (reply, answer) = oneshot::channel();
        if self.join(&wanted, reply) {
            // On its own, so that it goes on for the others if this client hangs up.
            tokio::spawn(self.clone().read(wanted));
        }
        answer.await.unwrap_or(Err(Failure::Unavailable))
    }

    /// Waits for the next read; whether it has to be begun.
    fn join(&self, wanted: &SeatCount, reply: oneshot::Sender<Answer>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = !waiting.contains_key(&kind(wanted));
        waiting.entry(kind(wanted)).or_default().push(reply);
        begin
    }

    /// Reads for those who wait, until nobody does.
    async fn read(self, wanted: SeatCount) {
        loop {
            let asked = self.next(&wanted);
            if asked.is_empty() {
                return;
            }
            let answer = patience::for_commit(self.ledger.has_seats(wanted)).await;
            for reply in asked {
                // Who hung up does not want to know.
                let _ = reply.send(answer);
            }
        }
    }

    /// Those who wait; if nobody does, the entry goes.
    fn next(&self, wanted: &SeatCount) -> Vec<oneshot::Sender<Answer>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = waiting.get_mut(&kind(wanted)).map(std::mem::take).unwrap_or_default();
        if asked.is_empty() {
            waiting.remove(&kind(wanted));
        }
        asked
    }
}

fn kind(wanted: &SeatCount) -> Kind {
    (wanted.session, wanted.channel, wanted.dose, wanted.seats)
}
