//! The machine that leads.

use super::channel::{Receiver, send};
use super::{FromWorker, LEAD, Order, REACH, SILENCE, ToWorker, VERSION, WorkerError};
use crate::live::{Moment, View};
use crate::measure::{Kind, Timeline};
use crate::result::{Violation, WorkerFacts};
use crate::run::{Interrupt, Options, Raw, arm_chaos};
use crate::scenario::Scenario;
use crate::truth::merge_violations;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// What all workers together brought home.
#[derive(Debug)]
pub struct Gathered {
    /// Their sums.
    pub raw: Raw,
    /// What became of each.
    pub workers: Vec<WorkerFacts>,
}

/// Has the traffic of a scenario offered by workers.
///
/// # Errors
/// If one of them cannot be reached or cannot begin. Once they have begun, there is a result.
pub fn lead(
    addresses: &[String],
    secret: &str,
    scenario: &Scenario,
    options: &Options,
    interrupt: &Interrupt,
    view: &mut dyn View,
) -> Result<Gathered, WorkerError> {
    let (messages, received) = mpsc::channel();
    let of = addresses.len();
    let mut workers = Vec::new();
    for (number, address) in addresses.iter().enumerate() {
        let reached =
            Worker::reach(number, of, address, secret, scenario, options, messages.clone());
        workers.push(reached.map_err(|error| WorkerError(format!("worker {address}: {error}")))?);
    }
    drop(messages);
    let mut led = Led {
        workers,
        received,
        scenario,
        target: options.target.to_string(),
        interrupt,
        view,
        timeline: Timeline::default(),
        violations: Vec::new(),
        start: None,
        shown: None,
        stops_sent: 0,
    };
    led.until_ready()?;
    led.begin()?;
    let start = Instant::now() + LEAD;
    let chaos = arm_chaos(&options.chaos, start).map_err(|error| WorkerError(error.to_string()))?;
    led.until_done();
    let mut gathered = led.gather();
    gathered.raw.chaos = chaos.outcomes(&gathered.raw.timeline);
    Ok(gathered)
}

/// One worker, as the leader sees it.
struct Worker {
    address: String,
    stream: TcpStream,
    state: State,
}

enum State {
    Preparing,
    Ready,
    Running,
    Finished(Box<Raw>),
    Dead(String),
}

/// What came from a worker: a message, or that no more will come.
type News = (usize, Result<FromWorker, String>);

impl Worker {
    fn reach(
        number: usize,
        of: usize,
        address: &str,
        secret: &str,
        scenario: &Scenario,
        options: &Options,
        news: mpsc::Sender<News>,
    ) -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        let mut connected = None;
        for resolved in address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&resolved, REACH) {
                Ok(stream) => {
                    connected = Some(stream);
                    break;
                }
                Err(error) => last = error,
            }
        }
        let stream = connected.ok_or(last)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(REACH))?;
        send(&stream, &ToWorker::Hello { version: VERSION.to_owned(), secret: secret.to_owned() })?;
        let order = Order {
            scenario: scenario.clone(),
            target: options.target.to_string(),
            seed: options.seed,
            otp: options.otp.clone(),
            number,
            of,
        };
        let mut receiver = Receiver::new(&stream)?;
        match receiver.next().map_err(unanswered)? {
            Some(FromWorker::Welcome) => send(&stream, &ToWorker::Offer(Box::new(order)))?,
            Some(FromWorker::Failed(why)) => return Err(io::Error::other(why)),
            _ => return Err(io::Error::other("it is no worker")),
        }
        stream.set_read_timeout(Some(SILENCE))?;
        std::thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            loop {
                let next = match receiver.next() {
                    Ok(Some(message)) => Ok(message),
                    Ok(None) => Err("it is gone".to_owned()),
                    Err(error) if is_silence(&error) => {
                        Err(format!("it was silent for {} s", SILENCE.as_secs()))
                    }
                    Err(error) => Err(error.to_string()),
                };
                let last = !matches!(
                    next,
                    Ok(FromWorker::Tick { .. } | FromWorker::Ready | FromWorker::Welcome)
                );
                if news.send((number, next)).is_err() || last {
                    return;
                }
            }
        })?;
        Ok(Self { address: address.to_owned(), stream, state: State::Preparing })
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Finished(_) | State::Dead(_))
    }
}

/// Whether nothing came in time.
fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// What it means that nobody said welcome.
fn unanswered(error: io::Error) -> io::Error {
    if is_silence(&error) {
        io::Error::other(
            "it takes connections and does not answer: it may be busy with another run",
        )
    } else {
        error
    }
}

/// A run that is led.
struct Led<'a> {
    workers: Vec<Worker>,
    received: mpsc::Receiver<News>,
    scenario: &'a Scenario,
    target: String,
    interrupt: &'a Interrupt,
    view: &'a mut dyn View,
    timeline: Timeline,
    violations: Vec<Violation>,
    start: Option<Instant>,
    shown: Option<Instant>,
    stops_sent: u32,
}

impl Led<'_> {
    /// Until all are ready. If one cannot begin, none does.
    fn until_ready(&mut self) -> Result<(), WorkerError> {
        while !self.workers.iter().all(|worker| matches!(worker.state, State::Ready)) {
            self.step("preparing");
            for worker in &self.workers {
                if let State::Dead(why) = &worker.state {
                    return Err(WorkerError(format!("worker {}: {why}", worker.address)));
                }
            }
            if self.interrupt.ends_traffic() {
                return Err(WorkerError("ended before it began".to_owned()));
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), WorkerError> {
        for worker in &mut self.workers {
            let order = ToWorker::Start { after_ms: LEAD.as_millis() as u64 };
            send(&worker.stream, &order)
                .map_err(|error| WorkerError(format!("worker {}: {error}", worker.address)))?;
            worker.state = State::Running;
        }
        self.start = Some(Instant::now() + LEAD);
        Ok(())
    }

    fn until_done(&mut self) {
        while !self.workers.iter().all(Worker::is_over) {
            self.step("running");
            self.pass_interrupts_on();
        }
    }

    fn pass_interrupts_on(&mut self) {
        let wanted =
            u32::from(self.interrupt.ends_traffic()) + u32::from(self.interrupt.ends_everything());
        while self.stops_sent < wanted {
            self.stops_sent += 1;
            for worker in self.workers.iter().filter(|worker| !worker.is_over()) {
                // One that cannot be told any more will be noticed by its silence.
                let _ = send(&worker.stream, &ToWorker::Stop);
            }
        }
    }

    fn step(&mut self, phase: &str) {
        match self.received.recv_timeout(Duration::from_millis(50)) {
            Ok((number, Ok(message))) => self.heard(number, message),
            Ok((number, Err(why))) => self.lost(number, why),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(Duration::from_millis(5)),
        }
        self.show(phase);
    }

    fn heard(&mut self, number: usize, message: FromWorker) {
        let worker = &mut self.workers[number];
        match message {
            FromWorker::Welcome => {}
            FromWorker::Ready => worker.state = State::Ready,
            FromWorker::Done(raw) => worker.state = State::Finished(raw),
            FromWorker::Failed(why) => worker.state = State::Dead(why),
            FromWorker::Tick { rows, violations, .. } => {
                rows.iter().for_each(|row| self.timeline.add(row));
                let news = news(&self.violations, &violations);
                merge_violations(&mut self.violations, &news);
            }
        }
    }

    fn lost(&mut self, number: usize, why: String) {
        let after = self.start.map_or(0.0, |start| start.elapsed().as_secs_f64());
        let worker = &mut self.workers[number];
        if !worker.is_over() {
            worker.state = State::Dead(if self.start.is_some() {
                format!("died after {after:.1} s: {why}")
            } else {
                why
            });
        }
    }

    fn show(&mut self, phase: &str) {
        if self.shown.is_some_and(|shown| shown.elapsed() < Duration::from_secs(1)) {
            return;
        }
        self.shown = Some(Instant::now());
        let dead = self.workers.iter().filter_map(|worker| match &worker.state {
            State::Dead(why) => Some(format!("worker {}: {why}", worker.address)),
            _ => None,
        });
        let remarks: Vec<String> = dead.collect();
        let moment = Moment {
            scenario: &self.scenario.name,
            target: &self.target,
            phase: &format!("{phase} on {} workers", self.workers.len()),
            elapsed_s: self.start.map_or(0.0, |start| start.elapsed().as_secs_f64()),
            duration_s: self.scenario.duration.as_s(),
            connections: self.scenario.connections,
            timeline: &self.timeline,
            seats_left: None,
            violations: &self.violations,
            remarks: &remarks,
        };
        // A terminal that takes no more is no reason to end a run.
        let _ = self.view.show(&moment);
    }

    fn gather(self) -> Gathered {
        let mut raw: Option<Raw> = None;
        let mut workers = Vec::new();
        let mut dead = Vec::new();
        for worker in self.workers {
            let mut facts = WorkerFacts { address: worker.address, ..WorkerFacts::default() };
            match worker.state {
                State::Finished(brought) => {
                    "finished".clone_into(&mut facts.state);
                    let traffic = brought
                        .tally
                        .operations
                        .iter()
                        .filter(|(operation, _)| operation.kind() == Kind::Traffic);
                    facts.requests = traffic.map(|(_, tally)| tally.count).sum();
                    facts.machine = brought.machine.clone();
                    match &mut raw {
                        None => raw = Some(*brought),
                        Some(raw) => raw.add(&brought),
                    }
                }
                State::Dead(why) => {
                    dead.push(format!(
                        "Worker {} {why}; its part of the traffic is missing.",
                        facts.address
                    ));
                    facts.state = why;
                }
                State::Preparing | State::Ready | State::Running => {
                    "never finished".clone_into(&mut facts.state);
                }
            }
            workers.push(facts);
        }
        let mut raw = raw.unwrap_or_default();
        raw.broken.extend(dead);
        Gathered { raw, workers }
    }
}

/// What a worker counts beyond what is known: ticks carry sums, not news.
fn news(known: &[Violation], told: &[Violation]) -> Vec<Violation> {
    told.iter()
        .filter(|violation| known.iter().all(|one| one.kind != violation.kind))
        .cloned()
        .collect()
}
