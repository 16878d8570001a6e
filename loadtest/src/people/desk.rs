//! Where the visits of a thread ask, and where what they see is written down.

use super::counter::Office;
use super::outbox::OtpSource;
use super::person::Person;
use super::places::Places;
use super::publisher::Publishing;
use super::resting::Resting;
use super::stalls::Stalls;
use super::supply::Supply;
use crate::contract;
use crate::limit::Limit;
use crate::measure::{Ending, Exchange, Failure, Kind, Operation, Recorder};
use crate::pacer::Pacer;
use crate::result::ViolationKind;
use crate::scenario::Scenario;
use crate::truth::{Account, Checker, Truth};
use crate::wire::{Address, Answer, Call, Content, Exchanged, Pool, Want};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What all threads of a run have in common.
#[derive(Debug)]
pub struct Setting {
    /// The scenario.
    pub scenario: Scenario,
    /// What every random choice is made from.
    pub seed: u64,
    /// Where passwords come from.
    pub otp: OtpSource,
    /// What the target acknowledged.
    pub truth: Arc<Truth>,
}

/// The desk of one thread.
pub struct Desk {
    /// What all threads have in common.
    pub setting: Arc<Setting>,
    /// Where people live. Empty until it has been asked for, or if nobody needs it.
    pub places: RefCell<Arc<Places>>,
    /// Which seats people want, if a scenario says.
    pub supply: RefCell<Option<Arc<Supply>>>,
    /// The facilities of this thread at which staff works, if the scenario has any.
    pub office: RefCell<Option<Rc<Office>>>,
    /// The facilities of this thread that publish.
    pub publishing: RefCell<Vec<Rc<Publishing>>>,
    /// Wakes visits.
    pub pacer: Rc<Pacer>,
    /// Checks samples beside the traffic.
    pub checker: Checker,
    /// Accounts in which something was attempted, to be read back.
    pub accounts: RefCell<Vec<Account>>,
    /// Apps that were told to wait.
    pub resting: RefCell<Resting>,
    /// Random choices that belong to nobody.
    pub random: RefCell<SmallRng>,
    /// What is written down.
    pub recorder: RefCell<Recorder>,
    pool: Rc<Pool>,
    timeout: Duration,
    stalls: RefCell<Stalls>,
    last_beat: Cell<Instant>,
    closing: Cell<bool>,
    waits: Rc<()>,
    searches: Cell<u32>,
}

/// A wait that goes on.
pub struct Wait(#[expect(dead_code, reason = "it is counted")] Rc<()>);

/// How often a thread notes that it is awake.
const BEAT: Duration = Duration::from_millis(10);

/// What a target said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said<T> {
    /// What was asked for.
    Yes(T),
    /// A refusal of the contract's shape.
    Refused {
        /// The status.
        status: u16,
        /// The code.
        code: String,
        /// After which time to come again, if it says so.
        after: Option<Duration>,
    },
    /// Nothing, or nothing of use.
    Failed(Failure),
}

impl Desk {
    /// A desk for this thread.
    pub fn new(
        setting: Arc<Setting>,
        thread: usize,
        pool: Rc<Pool>,
        pacer: Rc<Pacer>,
        checker: Checker,
    ) -> Rc<Self> {
        let scenario = &setting.scenario;
        let names = scenario.groups().map(|group| group.name.clone()).collect();
        let mut recorder = Recorder::new(Instant::now(), names);
        if let Some(after) = scenario.swarm_begins() {
            recorder.expect_swarm(scenario.people.len(), after);
        }
        let seed = setting.seed ^ (thread as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95);
        Rc::new(Self {
            places: RefCell::default(),
            supply: RefCell::default(),
            office: RefCell::default(),
            publishing: RefCell::default(),
            pacer,
            checker,
            accounts: RefCell::default(),
            resting: RefCell::default(),
            random: RefCell::new(SmallRng::seed_from_u64(seed)),
            recorder: RefCell::new(recorder),
            pool,
            timeout: setting.scenario.timeout.0,
            stalls: RefCell::default(),
            last_beat: Cell::new(Instant::now()),
            closing: Cell::new(false),
            waits: Rc::default(),
            searches: Cell::new(0),
            setting,
        })
    }

    /// Notes, for ever, that the thread is awake.
    pub async fn beat(self: Rc<Self>) {
        loop {
            self.last_beat.set(Instant::now());
            self.pacer.sleep_until(Instant::now() + BEAT).await;
        }
    }

    /// What the target has broken so far.
    pub fn truth(&self) -> &Truth {
        &self.setting.truth
    }

    /// No visit goes on: the time is over.
    pub fn close(&self) {
        self.closing.set(true);
        self.pacer.wake_all();
    }

    /// Whether the time is over.
    pub fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Somebody begins to wait for what is no answer to a request, until what is returned is dropped.
    pub fn begin_wait(&self) -> Wait {
        Wait(self.waits.clone())
    }

    /// Whether anybody waits for what is no answer to a request.
    pub fn has_waits(&self) -> bool {
        Rc::strong_count(&self.waits) > 1
    }

    /// Where a person of the group of this number is, if that is told.
    pub fn address(&self, group: usize, person: Person) -> Option<Address> {
        let addresses = &self.setting.scenario.addresses;
        if self.is_bot(group) { person.own_address(addresses) } else { person.address(addresses) }
    }

    /// Where an errand of the harness comes from: somewhere else each time, so that no limit is in its way.
    pub fn errand_address(&self) -> Option<Address> {
        let anywhere = || Address::of(self.random.borrow_mut().random());
        self.setting.scenario.addresses.forwarded.then(anywhere)
    }

    /// Whether the group of this number is one of bots.
    pub fn is_bot(&self, group: usize) -> bool {
        self.setting.scenario.is_bot(group)
    }

    /// Whether connections have just been refused.
    pub fn is_target_down(&self) -> bool {
        self.pool.is_down()
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        self.pool.open()
    }

    /// Whether the next search is one of those that are checked.
    pub fn is_sampled(&self) -> bool {
        let every = self.setting.scenario.sample_every;
        let next = self.searches.get() + 1;
        self.searches.set(if next >= every { 0 } else { next });
        every > 0 && next >= every
    }

    /// What was written down; from now on it is written down for nobody.
    pub fn take_recorder(&self) -> Recorder {
        self.recorder.replace(Recorder::new(Instant::now(), Vec::new()))
    }

    /// What was found to be stalls.
    pub fn take_stalls(&self) -> Vec<(Instant, Duration)> {
        self.stalls.take().into_found()
    }

    /// Asks, and writes down what came of it. `expected` are refusals that the flow reckons with. `read` makes sense of a right answer; if it
    /// cannot, the answer does not fit the contract.
    pub async fn ask<T>(
        &self,
        group: usize,
        intended: Instant,
        call: &Call<'_>,
        want: Want,
        expected: &[&str],
        read: impl FnOnce(Answer) -> Option<T>,
    ) -> Said<T> {
        self.ask_timed(group, intended, call, want, expected, |answer, _, _| read(answer)).await
    }

    /// As [`Self::ask`]; `read` is told when the request was sent and when the answer was complete.
    pub async fn ask_timed<T>(
        &self,
        group: usize,
        intended: Instant,
        call: &Call<'_>,
        want: Want,
        expected: &[&str],
        read: impl FnOnce(Answer, Instant, Instant) -> Option<T>,
    ) -> Said<T> {
        let taken_up = Instant::now();
        let traffic = call.operation.kind() == Kind::Traffic;
        if traffic {
            self.recorder.borrow_mut().due();
            self.stalls.borrow_mut().asked(taken_up);
        }
        let exchanged = self.pool.exchange(call, want, self.timeout).await;
        if traffic {
            self.stalls.borrow_mut().answered(exchanged.ended, self.last_beat.get());
            self.note_lag(intended, taken_up, &exchanged);
        }
        let Exchanged { sent, ended, answer, .. } = exchanged;
        let bytes = answer.as_ref().map_or(0, |answer| answer.bytes);
        let said =
            self.understand(call, answer, |answer| read(answer, sent.unwrap_or(taken_up), ended));
        let ending = match &said {
            Said::Yes(_) => Ending::Done,
            Said::Refused { status, code, .. } => Ending::Refused {
                code: code.clone(),
                expected: matches!(status, 409 | 429)
                    || expected.contains(&code.as_str())
                    || self.is_bot(group) && Limit::of(code).is_some(),
            },
            Said::Failed(failure) => Ending::Failed(failure.clone()),
        };
        let exchange = Exchange {
            operation: call.operation,
            group,
            intended,
            sent,
            ended,
            timeout: self.timeout,
            ending: &ending,
            bytes,
        };
        self.recorder.borrow_mut().exchange(&exchange);
        said
    }

    /// Tells what was the generator's lateness from what was a wait for the target.
    fn note_lag(&self, intended: Instant, taken_up: Instant, exchanged: &Exchanged) {
        let mut recorder = self.recorder.borrow_mut();
        let late = taken_up.saturating_duration_since(intended);
        let Some(sent) = exchanged.sent else { return recorder.send_lag(late) };
        match exchanged.granted {
            None => recorder.send_lag(sent.saturating_duration_since(intended)),
            Some(granted) => {
                recorder.send_lag(late + sent.saturating_duration_since(granted));
                recorder.connection_wait(granted.saturating_duration_since(taken_up));
            }
        }
    }

    fn understand<T>(
        &self,
        call: &Call<'_>,
        answer: Result<Answer, Failure>,
        read: impl FnOnce(Answer) -> Option<T>,
    ) -> Said<T> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return Said::Failed(failure),
        };
        let (status, operation) = (answer.status, call.operation);
        match status {
            200..=299 if fits(&answer, operation) => match read(answer) {
                Some(read) => Said::Yes(read),
                None => self.malformed(call),
            },
            200..=299 => self.malformed(call),
            300..=399 => Said::Failed(Failure::Redirect),
            400..=499 | 503 => refused(answer).unwrap_or_else(|| self.untyped(operation, status)),
            _ => Said::Failed(Failure::Server(status)),
        }
    }

    /// A refusal that says nothing the contract knows. An error of the server may, a refusal of the client's may not.
    fn untyped<T>(&self, operation: Operation, status: u16) -> Said<T> {
        if status >= 500 {
            return Said::Failed(Failure::Server(status));
        }
        let told =
            || format!("{operation} was refused with status {status} and no body of the contract");
        self.truth().violations.add(ViolationKind::UntypedRefusal, told);
        Said::Failed(Failure::Untyped(status))
    }

    fn malformed<T>(&self, call: &Call<'_>) -> Said<T> {
        self.truth()
            .malformed(|| format!("an answer to {} does not fit the contract", call.operation));
        Said::Failed(Failure::Malformed)
    }
}

/// What a refusal says, if it is one of the contract. Of errors of the server only one says that nothing has been done: there
/// was too much to do.
fn refused<T>(answer: Answer) -> Option<Said<T>> {
    let (status, after_s) = (answer.status, answer.retry_after_s);
    let code = contract::refusal(status, &answer.plain()?)?;
    let is_refusal = status < 500 || Limit::of(&code) == Some(Limit::Shed);
    let after = after_s.map(|seconds| Duration::from_secs(seconds.into()));
    is_refusal.then_some(Said::Refused { status, code, after })
}

/// Whether an answer is what its operation answers with, as far as its head says.
fn fits(answer: &Answer, operation: Operation) -> bool {
    match operation {
        Operation::Get => true,
        Operation::Slip | Operation::CertificatePdf => answer.content == Content::Pdf,
        _ => answer.content == Content::Json || answer.status == 204,
    }
}
