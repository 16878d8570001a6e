//! A machine that offers traffic for another.

use super::channel::{Receiver, send};
use super::{FromWorker, Order, SILENCE, ToWorker, VERSION, WorkerError};
use crate::run::{self, Interrupt, Options, Part, Progress, Watcher};
use sha2::{Digest, Sha256};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Serves one leader after the other until it is ended. `listening` is told the address.
///
/// # Errors
/// If the address cannot be listened on, or is open to others and there is no secret.
pub fn serve(
    address: SocketAddr,
    secret: Option<&str>,
    tls_roots: Option<PathBuf>,
    interrupt: &Interrupt,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), WorkerError> {
    if secret.is_none() && !address.ip().is_loopback() {
        let why = "whoever reaches a worker can order traffic to any target: listening beyond this machine needs --secret";
        return Err(WorkerError(why.to_owned()));
    }
    let failed = |error: io::Error| WorkerError(format!("{address}: {error}"));
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    listening(listener.local_addr().map_err(failed)?);
    while !interrupt.ends_traffic() {
        match listener.accept() {
            // A leader that breaks off is its own concern; the worker waits for the next.
            Ok((stream, _)) => drop(follow(&stream, secret, tls_roots.clone(), interrupt)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

/// Does what one leader asks for.
fn follow(
    stream: &TcpStream,
    secret: Option<&str>,
    tls_roots: Option<PathBuf>,
    interrupt: &Interrupt,
) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    let mut received = Receiver::new(stream)?;
    match received.next()? {
        Some(ToWorker::Hello { version, .. }) if version != VERSION => {
            return send(
                stream,
                &FromWorker::Failed(format!(
                    "it is version {VERSION}, and the leader is {version}"
                )),
            );
        }
        Some(ToWorker::Hello { secret: theirs, .. })
            if !same(secret.unwrap_or_default(), &theirs) =>
        {
            return send(stream, &FromWorker::Failed("it has another secret".to_owned()));
        }
        Some(ToWorker::Hello { .. }) => send(stream, &FromWorker::Welcome)?,
        _ => return Ok(()),
    }
    let Some(ToWorker::Offer(order)) = received.next()? else { return Ok(()) };
    // Preparing people may take long, and a leader has nothing to say meanwhile.
    stream.set_read_timeout(None)?;
    offer(stream, received, *order, tls_roots, interrupt)
}

/// Whether two secrets are the same; the time it takes says nothing about where they differ.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a) == Sha256::digest(b)
}

fn offer(
    stream: &TcpStream,
    received: Receiver,
    order: Order,
    tls_roots: Option<PathBuf>,
    own: &Interrupt,
) -> io::Result<()> {
    let target = match order.target.parse() {
        Ok(target) => target,
        Err(error) => return send(stream, &FromWorker::Failed(format!("{error}"))),
    };
    if let Err(unfit) = order.scenario.check() {
        return send(stream, &FromWorker::Failed(unfit.to_string()));
    }
    let options = Options {
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        target,
        seed: order.seed,
        tls_roots,
        otp: order.otp,
        chaos: Vec::new(),
        part: Part { number: order.number, of: order.of },
    };
    let interrupt = Interrupt::default();
    let mut watcher = Follower {
        starts: listen(received, interrupt.clone())?,
        stream,
        told: 0,
        own: own.clone(),
        interrupt,
    };
    let asked = watcher.interrupt.clone();
    let message = match run::offer(&order.scenario, &options, &asked, &mut watcher) {
        Ok(raw) => FromWorker::Done(Box::new(raw)),
        Err(error) => FromWorker::Failed(error.to_string()),
    };
    send(stream, &message)
}

/// Listens to the leader on a thread of its own: when to start, and when to end. A leader that is gone ends everything.
fn listen(mut received: Receiver, interrupt: Interrupt) -> io::Result<mpsc::Receiver<Duration>> {
    let (starts, started) = mpsc::channel();
    std::thread::Builder::new().name("leader".to_owned()).spawn(move || {
        loop {
            match received.next() {
                Ok(Some(ToWorker::Start { after_ms })) => {
                    let _ = starts.send(Duration::from_millis(after_ms));
                }
                Ok(Some(ToWorker::Stop)) => interrupt.ask(),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => {
                    interrupt.ask();
                    interrupt.ask();
                    return;
                }
            }
        }
    })?;
    Ok(started)
}

/// Tells the leader how it stands.
struct Follower<'a> {
    stream: &'a TcpStream,
    starts: mpsc::Receiver<Duration>,
    /// Rows that the leader has been told.
    told: usize,
    /// Whether somebody ends this machine.
    own: Interrupt,
    interrupt: Interrupt,
}

impl Watcher for Follower<'_> {
    fn ready(&mut self) -> Option<Instant> {
        send(self.stream, &FromWorker::Ready).ok()?;
        loop {
            // Others may take longer, and whoever is silent counts as dead.
            let waiting = FromWorker::Tick {
                phase: "ready".to_owned(),
                rows: Vec::new(),
                violations: Vec::new(),
            };
            send(self.stream, &waiting).ok()?;
            match self.starts.recv_timeout(Duration::from_millis(500)) {
                Ok(after) => return Some(Instant::now() + after),
                Err(RecvTimeoutError::Timeout)
                    if !self.interrupt.ends_traffic() && !self.own.ends_traffic() => {}
                Err(_) => return None,
            }
        }
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        if self.own.ends_traffic() && !self.interrupt.ends_traffic() {
            self.interrupt.ask();
        }
        // The newest row may still lack what another thread saw.
        let rows = progress.timeline.rows();
        let complete = rows.len().saturating_sub(1);
        let news = rows.get(self.told.min(complete)..complete).unwrap_or_default().to_vec();
        self.told = complete;
        let violations = progress.truth.violations.list();
        let tick = FromWorker::Tick { phase: progress.phase.to_owned(), rows: news, violations };
        // The thread that listens notices if the leader is gone.
        let _ = send(self.stream, &tick);
    }
}
