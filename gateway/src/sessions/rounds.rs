//! What is done again and again without being asked: drafts are published when their time has come, templates make drafts,
//! what past days left behind is cleared, and what somebody began and did not finish is finished.
//!
//! Every gateway goes its rounds. Each step is one commit that names what it rests on, so that what two of them do at once
//! is done once.

use super::desk::Desk;
use super::draft::Draft;
use crate::access::registry::WriteError;
use crate::chore::Chore;
use crate::facility::{Facility, Fate, Standing};
use opencowin_ledger::Failure;
use opencowin_ledger::commands::{Change, Refusal};
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::{CentreId, SessionId, SessionState};
use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked whether a draft is due.
const EVERY: Duration = Duration::from_secs(1);

/// Every how many rounds it is looked for what was left unfinished.
const SELDOM: u64 = 5;

/// How long somebody else is given to finish what they have begun.
const GRACE: Duration = Duration::from_secs(10);

/// Goes the rounds.
pub struct Rounds {
    desk: Desk,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    round: u64,
    /// Since when sessions have been seen unsettled.
    unsettled: HashMap<SessionId, Instant>,
}

impl Rounds {
    /// Goes them every second.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(desk: Desk) -> io::Result<Chore> {
        let rounds = Self { desk, state: Mutex::default() };
        Chore::every(EVERY, "sessions", move || rounds.go())
    }

    fn go(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for draft in self.desk.registry.all::<Draft>() {
            self.look_at(&draft);
        }
        if state.round.is_multiple_of(SELDOM) {
            let facilities = self.desk.registry.all::<Facility>();
            facilities.iter().for_each(|facility| block_on(self.desk.enforce(facility)));
            self.finish(&mut state.unsettled);
        }
        state.round += 1;
    }

    fn look_at(&self, draft: &Draft) {
        let (now, today) = (self.desk.ledger.clock().now(), self.desk.today());
        if draft.is_past(today) {
            tell("cleared", draft, block_on(self.desk.discard(draft.id)));
        } else if draft.is_template() {
            tell("made", draft, block_on(self.desk.make_drafts(draft.id)));
        } else if draft.is_due(now)
            && let Err(problem) = block_on(self.desk.publish(draft.id))
        {
            // Whoever drew it up is shown what keeps it.
            tracing::debug!(draft = %draft.id, code = problem.label(), "a draft is due and cannot be published");
        }
    }

    /// Sees to sessions that somebody else has not settled in time.
    fn finish(&self, seen: &mut HashMap<SessionId, Instant>) {
        let unsettled = self.desk.inventory.unsettled();
        seen.retain(|id, _| unsettled.iter().any(|key| key.id == *id));
        for key in unsettled {
            let since = *seen.entry(key.id).or_insert_with(Instant::now);
            if since.elapsed() >= GRACE
                && let Err(error) = block_on(self.desk.settle(key.id))
            {
                tracing::warn!(session = %key.id, %error, "not everybody who has booked was seen to; trying again");
            }
        }
    }
}

fn tell(what: &str, draft: &Draft, outcome: Result<(), WriteError>) {
    match outcome {
        // Another gateway was faster.
        Ok(()) | Err(WriteError::Amended) => {}
        Err(error) => tracing::warn!(draft = %draft.id, %error, "not {what} yet"),
    }
}

impl Desk {
    /// Makes the drafts that a template is to have made by now.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn make_drafts(&self, template: uuid::Uuid) -> Result<(), WriteError> {
        let Some(found) = self.registry.found::<Draft>(template) else { return Ok(()) };
        let Some((drafts, made)) = found.record.made_by(self.today(), self.pack.zone()) else {
            return Ok(());
        };
        let written = self.write(&made, found.version, &drafts).await;
        if written == Err(WriteError::Amended) {
            // What cannot be read now is read in the next round.
            let _ = self.registry.refresh::<Draft>(template).await;
        }
        written
    }

    /// Closes or cancels the sessions of a facility that is suspended, as its district wants it. What fails is tried again
    /// in a later round.
    pub async fn enforce(&self, facility: &Facility) {
        let (Some(centre), Standing::Suspended { sessions, .. }) =
            (facility.centre, &facility.standing)
        else {
            return;
        };
        for (id, change) in self.forbidden(centre, *sessions) {
            let Some(on_sale) = self.inventory.session(id) else { continue };
            match self.change_once(&on_sale, change).await {
                Ok(session) if session.unsettled.is_some() => {
                    if let Err(error) = self.settle(id).await {
                        tracing::warn!(session = %id, %error, "not everybody who has booked was seen to yet");
                    }
                }
                // Over, or somebody has changed it meanwhile.
                Ok(_) | Err(Failure::Refused(Refusal::SessionOver | Refusal::Amended)) => {}
                Err(error) => tracing::warn!(session = %id, %error, "not stopped yet"),
            }
        }
    }

    /// Sessions that are to be what they are not.
    fn forbidden(&self, centre: CentreId, fate: Fate) -> Vec<(SessionId, Change)> {
        let sessions = self.inventory.sessions_at(centre).into_iter();
        let forbidden = sessions.filter_map(|on_sale| {
            let session = on_sale.definition();
            let change = match fate {
                Fate::Close if session.state == SessionState::Published => Change::Close,
                Fate::Cancel if session.state.is_held() => Change::Cancel,
                _ => return None,
            };
            Some((session.id, change))
        });
        forbidden.collect()
    }
}
