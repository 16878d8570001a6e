//! How a command is handed to the ledger, and how its end is told.

use crate::audit::Entry;
use crate::commands::{Answer, Command, Once, Outcome, Refusal};
use crate::rules::Draw;
use tokio::sync::oneshot;

/// A command and what goes with it: `Request { once, ..Request::of(command) }`.
pub struct Request {
    /// What is asked for.
    pub command: Command,
    /// Under which idempotency key, if any.
    pub once: Option<Once>,
    /// What to do when its fate is known.
    pub settle: Option<Settle>,
    /// Who has access to personal data by it, to be committed with it, with what really came of it. A command that is
    /// refused or answered from a record commits them too.
    pub audit: Vec<Entry>,
}

impl Request {
    /// Most entries of the audit that go with one command.
    pub const MOST_ENTRIES: usize = 8192;

    /// The command alone.
    pub fn of(command: Command) -> Self {
        Self { command, once: None, settle: None, audit: Vec::new() }
    }
}

/// Called once, on a thread of the ledger's, when the fate of a request is definite and before it is answered; whoever
/// waits for the answer may be gone by then. It must not block. While the fate is unknown it is not called, and if the
/// store breaks down in that moment it never is.
pub type Settle = Box<dyn FnOnce(&Settled) + Send>;

/// The definite fate of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It had this effect, which is durable.
    Effective(Outcome),
    /// It had no effect: it was refused, could not be served, or was answered from the record of an earlier attempt.
    Void,
}

/// Why a request has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A rule forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be served now, or it is unknown whether it was: worth another try, under the same idempotency key.
    #[error("the ledger is not available")]
    Unavailable,
}

/// A request on its way. Small, since it passes through many hands.
pub(crate) struct Job {
    pub(crate) command: Box<Command>,
    pub(crate) once: Option<Box<Once>>,
    /// Random bits for what it makes.
    pub(crate) draw: Draw,
    pub(crate) audit: Vec<Entry>,
    settle: Option<Settle>,
    reply: oneshot::Sender<Result<Outcome, Failure>>,
}

impl Job {
    /// The job of a request, and where its answer will come.
    pub(crate) fn of(request: Request) -> (Self, oneshot::Receiver<Result<Outcome, Failure>>) {
        let Request { command, once, settle, audit } = request;
        let (reply, answer) = oneshot::channel();
        let (command, once) = (Box::new(command), once.map(Box::new));
        (Self { command, once, draw: Draw::default(), audit, settle, reply }, answer)
    }

    /// An estimate, on the high side, of the bytes that it adds to a commit.
    pub(crate) fn weight(&self) -> usize {
        self.command.weight() + self.audit.len() * Entry::MOST_BYTES
    }

    /// Settles; the answer is given when the reply is [sent](Reply::send).
    pub(crate) fn settle(self, answer: Answer, effective: bool) -> Reply {
        let settled = match answer {
            Ok(outcome) if effective => Settled::Effective(outcome),
            _ => Settled::Void,
        };
        if let Some(settle) = self.settle {
            settle(&settled);
        }
        Reply { to: self.reply, answer: answer.map_err(Failure::Refused) }
    }

    /// Settles and answers.
    pub(crate) fn finish(self, answer: Answer, effective: bool) {
        self.settle(answer, effective).send();
    }

    /// Ends a job of which nothing was written.
    pub(crate) fn abandon(self) {
        self.end(Some(Settled::Void), Err(Failure::Unavailable));
    }

    /// Ends a job of which nobody knows whether it was written.
    pub(crate) fn lose(self) {
        self.end(None, Err(Failure::Unavailable));
    }

    fn end(self, settled: Option<Settled>, answer: Result<Outcome, Failure>) {
        if let (Some(settle), Some(settled)) = (self.settle, settled) {
            settle(&settled);
        }
        // Whoever asked may have stopped waiting.
        let _ = self.reply.send(answer);
    }
}

/// An answer that is yet to be given.
pub(crate) struct Reply {
    to: oneshot::Sender<Result<Outcome, Failure>>,
    answer: Result<Outcome, Failure>,
}

impl Reply {
    pub(crate) fn send(self) {
        // Whoever asked may have stopped waiting.
        let _ = self.to.send(self.answer);
    }
}
