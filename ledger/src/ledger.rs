//! The ledger as others use it.

use crate::audit::Entry;
use crate::audit::notary::{Notary, Office};
use crate::check::{self, Report};
use crate::codec::Codec;
use crate::commands::{
    Command, EndLease, Outcome, PublishCentres, PublishSessions, Refusal, SeatCount,
};
use crate::engine::Engine;
use crate::keys::Environment;
use crate::lane::{Lane, Pace};
use crate::members::{Membership, Sharing, Standing};
use crate::opening::{self, OpenError};
use crate::read::Reader;
use crate::request::{Failure, Job, Request};
use crate::rules::Rules;
use crate::store::block_on::block_on;
use crate::store::{ReadError, Store};
use crate::vault::Vault;
use opencowin_model::{Centre, Clock, Date, Session};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// What a ledger is made of.
pub struct Parts {
    /// Where its rows are.
    pub store: Arc<dyn Store>,
    /// Its keys.
    pub vault: Arc<Vault>,
    /// Which rows of the store are meant.
    pub environment: Environment,
    /// The rules of the programme.
    pub rules: Rules,
    /// The time. Opening moves it forward by what [`AdvanceClock`](crate::commands::AdvanceClock) has asked for so far.
    pub clock: Arc<Clock>,
    /// Where random ids and nonces come from; never the same twice on one store.
    pub seed: [u8; 32],
    /// How fast to commit.
    pub pace: Pace,
    /// How many commands may wait; more are refused as not served.
    pub queue: usize,
    /// Whether other processes have the same ledger open; `None` if this one has the store for itself.
    pub sharing: Option<Sharing>,
}

/// The truth of the programme: takes commands, one after another, and answers questions.
///
/// Dropping it finishes what it has accepted.
pub struct Ledger {
    /// Stops first: the lane hears of nothing new while it finishes.
    membership: Option<Membership>,
    lane: Arc<Lane>,
    reader: Reader,
    /// Closes last, with a head that covers everything.
    _office: Office,
}

impl Ledger {
    /// Opens the rows of an environment, and makes them if there are none. Blocks while the store answers: call it
    /// before serving.
    ///
    /// # Errors
    /// [`OpenError`], above all if the keys are not those that the rows were made with.
    pub fn open(parts: Parts) -> Result<Self, OpenError> {
        let Parts { store, vault, environment, rules, clock, seed, pace, queue, sharing } = parts;
        let mut random = StdRng::from_seed(seed);
        let codec = Codec::new(environment, vault);
        let engine = Arc::new(Engine { store, codec, rules, clock });
        let ahead_ms = opening::open(&engine, &mut random)?;
        let reader = Reader::new(engine.clone());
        let Some(sharing) = sharing else {
            opening::take_over(&engine)?;
            let office = Office::open(Notary::new(engine.clone())).map_err(OpenError::Thread)?;
            let lane = Lane::start(engine, pace, queue, random, None).map_err(OpenError::Thread)?;
            let lane = Arc::new(lane);
            let ledger = Self { membership: None, lane, reader, _office: office };
            ledger.end_all_leases()?;
            return Ok(ledger);
        };
        let body_random = StdRng::from_rng(&mut random);
        let (joining, share) = Membership::join(&engine, sharing, ahead_ms, &mut random)?;
        let lane = Lane::start(engine.clone(), pace, queue, random, Some(share));
        let lane = Arc::new(lane.map_err(OpenError::Thread)?);
        let office = Office::open(Notary::new(engine.clone())).map_err(OpenError::Thread)?;
        let membership = joining.begin(engine, lane.clone(), body_random)?;
        Ok(Self { membership: Some(membership), lane, reader, _office: office })
    }

    /// Follows what others commit, from the moment at which the ledger was opened. To be called once memory has been
    /// filled. Does nothing where nobody else commits.
    pub fn follow(&self) {
        if let Some(membership) = &self.membership {
            membership.follow();
        }
    }

    /// Waits until everything that anybody had committed when this was called has reached memory. Answers at once where
    /// nobody else commits.
    pub fn caught_up(&self) -> impl Future<Output = ()> + Send + use<> {
        let reached = self.membership.as_ref().map(Membership::caught_up);
        async move {
            if let Some(reached) = reached {
                reached.await;
            }
        }
    }

    /// How long ago everything that others had committed was in memory; `None` if that has never been so. Zero where
    /// nobody else commits.
    pub fn behind(&self) -> Option<Duration> {
        self.membership.as_ref().map_or(Some(Duration::ZERO), Membership::behind)
    }

    /// Whether what one process is to do for all who share the ledger falls to this one. For a moment it may fall to two, or
    /// to nobody.
    pub fn is_first(&self) -> bool {
        self.membership.as_ref().is_none_or(Membership::is_first)
    }

    /// Which of how many this process is among those who share the ledger, so that they can divide work between them. For a
    /// moment two may take themselves for the same one.
    pub fn place(&self) -> (usize, usize) {
        self.membership.as_ref().map_or((0, 1), Membership::place)
    }

    /// Figures of the membership, if the ledger is shared.
    pub fn standing(&self) -> Option<Standing> {
        self.membership.as_ref().map(Membership::standing)
    }

    /// Whether anybody can have the seats, as of now: exact, and only needed where memory shows none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn has_seats(&self, wanted: SeatCount) -> Result<bool, Failure> {
        let members = self.membership.as_ref().map(Membership::members).unwrap_or_default();
        self.reader.has_seats(wanted, &members).await
    }

    /// Ends the leases of those who shared the ledger before it became this process's alone.
    fn end_all_leases(&self) -> Result<(), OpenError> {
        for (holder, session) in self.reader.leases()? {
            let command = Command::EndLease(EndLease { holder, session });
            // What cannot be ended is told by a check.
            if let Err(error) = block_on(self.run(command)) {
                tracing::error!(%error, "a lease could not be ended");
            }
        }
        Ok(())
    }

    /// Hands over a request. It is under way when this returns: dropping the future gives up the answer, not the request.
    ///
    /// # Errors
    /// [`Failure`], once answered; at once if too many requests wait.
    pub fn submit(
        &self,
        mut request: Request,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send + use<> {
        if let Err(refusal) = request.command.check_size() {
            request.command = Command::Refuse(refusal);
        }
        let too_many = request.audit.len() > Request::MOST_ENTRIES;
        let (job, answer) = Job::of(request);
        if too_many {
            job.finish(Err(Refusal::TooLarge), false);
        } else if let Err(job) = self.lane.submit(job) {
            job.abandon();
        }
        async { answer.await.unwrap_or(Err(Failure::Unavailable)) }
    }

    /// Hands over a command without idempotency key and settlement.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub fn run(
        &self,
        command: Command,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send + use<> {
        self.submit(Request::of(command))
    }

    /// Has entries of the audit made durable that belong to no command: what was read may be shown once this has answered.
    /// They say themselves what came of the access.
    ///
    /// # Errors
    /// As [`submit`](Self::submit); nothing may be shown then.
    pub fn note(
        &self,
        audit: Vec<Entry>,
    ) -> impl Future<Output = Result<(), Failure>> + Send + use<> {
        let noted = self.submit(Request { audit, ..Request::of(Command::Barrier) });
        async { noted.await.map(drop) }
    }

    /// Publishes any number of centres, then any number of sessions, in as many commands as it takes. It can be repeated
    /// if it was interrupted. `through` is noted with the last of them.
    ///
    /// # Errors
    /// The first [`Failure`]; what was published before stays.
    pub async fn publish(
        &self,
        centres: Vec<Centre>,
        sessions: Vec<Session>,
        through: Option<Date>,
    ) -> Result<(), Failure> {
        for centres in chunks(centres) {
            self.run(Command::PublishCentres(PublishCentres { centres })).await?;
        }
        for sessions in chunks(sessions) {
            let command = PublishSessions { sessions, through: None };
            self.run(Command::PublishSessions(command)).await?;
        }
        let command = PublishSessions { sessions: Vec::new(), through };
        self.run(Command::PublishSessions(command)).await.map(drop)
    }

    /// Questions about the present state.
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// The keyed hashes, by which a mobile number becomes an account.
    pub fn hasher(&self) -> &crate::vault::Hasher {
        self.reader.engine().codec.vault().hasher()
    }

    /// The time by which it decides.
    pub fn clock(&self) -> &Arc<Clock> {
        &self.reader.engine().clock
    }

    /// Whether it accepts commands. Once it does not, it has to be opened anew.
    pub fn is_running(&self) -> bool {
        self.lane.is_running()
    }

    /// Verifies everything, a session at a time; see [`check`](mod@crate::check).
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn check(
        &self,
        found: impl FnMut(check::Violation) + Send,
    ) -> Result<Report, ReadError> {
        check::run(self.reader.engine(), found).await
    }
}

/// Parts of a size that delays nobody who books meanwhile.
fn chunks<T>(items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    const CHUNK: usize = 1000;
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<_> = items.by_ref().take(CHUNK).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}
