//! What the handlers work with.

use crate::access::block::{Block, Subject};
use crate::access::partner::Partner;
use crate::access::partner::badge::Badges;
use crate::admit::Admission;
use crate::calendar::Calendar;
use crate::certification::{Certification, Chores};
use crate::chore::Chore;
use crate::config::Config;
use crate::delivery::Messenger;
use crate::handlers::refusals;
use crate::handlers::upload::Uploads;
use crate::handlers::verification::Verifications;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::identity::documents::Authority;
use crate::identity::inquiry::Inquiries;
use crate::identity::otp::Passwords;
use crate::identity::token::Tokens;
use crate::metrics::Metrics;
use crate::patience;
use crate::projection::Projection;
use crate::publisher::{PublishError, Publisher};
use crate::sessions::desk::Desk;
use crate::sold_out::SoldOut;
use crate::statistics::Statistics;
use opencowin_inventory::Inventory;
use opencowin_ledger::commands::SeatCount;
use opencowin_ledger::vault::AccountId;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Clock, Date, Mobile, Pack, SessionId, SessionKey, Timestamp};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// A running server's parts, shared by its threads.
pub struct App {
    pub(crate) config: Config,
    pub(crate) pack: Arc<Pack>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) publisher: Arc<Publisher>,
    /// Where other gateways have the same ledger.
    pub(crate) projection: Option<Arc<Projection>>,
    pub(crate) sold_out: Option<SoldOut>,
    pub(crate) calendar: Calendar,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    pub(crate) inquiries: Inquiries,
    pub(crate) admission: Arc<Admission>,
    pub(crate) badges: Badges,
    pub(crate) authority: Box<dyn Authority>,
    pub(crate) uploads: Uploads,
    pub(crate) verifications: Verifications,
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) statistics: Statistics,
    pub(crate) metrics: Metrics,
    pub(crate) draining: AtomicBool,
    pub(crate) _metering: Chore,
    /// Where TLS is spoken.
    pub(crate) _renewer: Option<Chore>,
    pub(crate) _retention: Chore,
    pub(crate) desk: Desk,
    pub(crate) _rounds: Chore,
    pub(crate) _no_shows: Chore,
    pub(crate) _handover: Chore,
    pub(crate) certification: Certification,
    pub(crate) _certifying: Chores,
}

impl App {
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The country pack.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The one source of time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The day that it is where the programme is run.
    pub fn today(&self) -> Date {
        self.publisher.today()
    }

    /// What is on sale, in memory.
    pub fn inventory(&self) -> &Arc<Inventory> {
        &self.inventory
    }

    /// The truth.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The account of a mobile number.
    pub fn account_of(&self, mobile: Mobile) -> AccountId {
        self.ledger.hasher().account(mobile)
    }

    /// What lets memory follow a ledger that others change too; nothing where nobody does.
    pub fn projection(&self) -> Option<&Arc<Projection>> {
        self.projection.as_ref()
    }

    /// Whether seats can be had that memory does not show. Where nobody else sells, memory is the last word.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn seats_elsewhere(&self, wanted: SeatCount) -> Result<bool, Failure> {
        match &self.sold_out {
            Some(sold_out) => sold_out.has_seats(wanted).await,
            None => Ok(false),
        }
    }

    /// The way onto sale.
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// Where sessions are drawn up, published and changed.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What keeps the days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The one-time passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The questions about people's status.
    pub fn inquiries(&self) -> &Inquiries {
        &self.inquiries
    }

    /// What admission remembers.
    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Whether an account administers the access of some partner, or is to.
    pub fn may_administer(&self, account: AccountId) -> bool {
        let account = Uuid::from_bytes(*account.as_bytes());
        let partners = self.admission.partners().all::<Partner>();
        partners.iter().any(|partner| partner.administrator(account).is_some())
    }

    /// The marks that approved partners show.
    pub fn badges(&self) -> &Badges {
        &self.badges
    }

    /// Shuts the number of an account out until a moment, everywhere. Nobody waits for it: this gateway knows already.
    pub fn block_account(&self, account: AccountId, until: Timestamp, reason: &str) {
        let block = Block {
            id: Uuid::new_v4(),
            subject: Subject::Account(Uuid::from_bytes(*account.as_bytes())),
            reason: reason.to_owned(),
            from: self.clock.now(),
            until: Some(until),
            by: None,
            lifted: None,
        };
        let registry = self.admission.registry().clone();
        self.aside(async move {
            if let Err(error) = registry.create(&block).await {
                tracing::warn!(%error, "a block by a limit stays with this gateway");
            }
        });
    }

    /// Does something that no request waits for, on the runtime of the calling thread.
    pub fn aside(&self, work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(work);
    }

    /// Sees something through even if whoever asked for it goes away: what the ledger has taken has to be shown.
    ///
    /// # Errors
    /// Those of `work`; 503 if it takes longer than a client should wait. It goes on then.
    pub async fn through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        match patience::for_answer(tokio::spawn(work)).await {
            Some(Ok(outcome)) => outcome,
            _ => Err(error::TRY_AGAIN.into()),
        }
    }

    /// Whoever can be asked about identity documents.
    pub fn authority(&self) -> &dyn Authority {
        &*self.authority
    }

    /// What uploads share.
    pub fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// What verifications share.
    pub fn verifications(&self) -> &Verifications {
        &self.verifications
    }

    /// What carries messages to people.
    pub fn messenger(&self) -> &dyn Messenger {
        &*self.messenger
    }

    /// What issues certificates and answers for them.
    pub fn certification(&self) -> &Certification {
        &self.certification
    }

    /// The figures of the programme.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether the server is on its way out.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Where the ledger keeps a session: under its day, which the catalogue knows. One that is not on sale is given a
    /// key under which nothing lies.
    pub fn session_key(&self, id: SessionId) -> SessionKey {
        let on_sale = self.inventory.session(id);
        on_sale.map_or(SessionKey { date: Date::ZERO, id }, |session| session.definition().key())
    }

    /// How a client is told of a failure of the ledger.
    pub fn problem_of(&self, failure: Failure) -> Problem {
        match failure {
            Failure::Refused(refusal) => refusals::problem(refusal, &self.pack),
            Failure::Unavailable => error::TRY_AGAIN.into(),
        }
    }
}

impl From<Failure> for Problem {
    /// Where no rule can have refused, a failure is that of the ledger.
    fn from(_: Failure) -> Self {
        error::TRY_AGAIN.into()
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        tracing::error!(%error, "publishing failed");
        error::TRY_AGAIN.into()
    }
}
