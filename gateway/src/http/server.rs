//! Threads, sockets and their end.
//!
//! One single-threaded runtime per core, each with its own listening socket on the same port (`SO_REUSEPORT`): a
//! connection stays on the core that accepted it, and nothing is shared or stolen between runtimes.

use super::connection::{self, Answer};
use super::peer::Peer;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a connection may take to send its first byte, or to answer an HTTP/2 ping.
    pub head: Duration,
    /// How long a request's head may take, the pause on a kept-alive connection before it included.
    pub idle: Duration,
    /// How long an answer may wait for a client that does not read.
    pub stalled_write: Duration,
    /// Concurrent requests on one HTTP/2 connection.
    pub streams: u32,
    /// Open connections; one more is closed at once.
    pub connections: usize,
    /// How long open requests may go on once the server closes.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            stalled_write: Duration::from_secs(20),
            streams: 128,
            connections: 60_000,
            drain: Duration::from_secs(30),
        }
    }
}

/// What meets each connection of a thread: from who is there, to what answers.
pub trait Reception<S>: Fn(Peer) -> S + Clone + Send + 'static {}

impl<F: Fn(Peer) -> S + Clone + Send + 'static, S> Reception<S> for F {}

/// Where the server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connections are accepted.
    Open,
    /// No new ones; those that are open finish what they have begun.
    Closing,
}

/// A listening server.
pub struct Server {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    threads: Vec<JoinHandle<usize>>,
}

impl Server {
    /// Listens on `address` with one runtime per thread. `service` is called on each thread, and what it makes on each
    /// connection, to make what answers there; `open` counts connections.
    ///
    /// # Errors
    /// If the address cannot be bound or a thread cannot be started.
    pub fn start<F: Reception<S>, S: Answer>(
        address: SocketAddr,
        threads: usize,
        limits: Limits,
        open: Arc<AtomicUsize>,
        service: impl Fn() -> F + Send + Clone + 'static,
    ) -> io::Result<Self> {
        free(address)?;
        let first = listener(address)?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        for _ in 1..threads {
            listeners.push(listener(address)?);
        }
        let (phase, _) = watch::channel(Phase::Open);
        let spawn = |(number, listener): (usize, std::net::TcpListener)| {
            let (phase, open, service) = (phase.subscribe(), open.clone(), service.clone());
            std::thread::Builder::new()
                .name(format!("http-{number}"))
                .spawn(move || run(listener, service(), limits, phase, open))
        };
        let threads = listeners.into_iter().enumerate().map(spawn).collect::<io::Result<_>>()?;
        Ok(Self { address, phase, threads })
    }

    /// The address that it listens on; the port is the system's choice if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets open requests finish within the drain time, and ends the threads. Answers how many
    /// connections had to be cut off.
    pub fn close(self) -> usize {
        self.phase.send_replace(Phase::Closing);
        let cut_off = |thread: JoinHandle<usize>| {
            thread.join().unwrap_or_else(|_| {
                tracing::error!("a runtime thread ended by a panic");
                0
            })
        };
        self.threads.into_iter().map(cut_off).sum()
    }
}

/// Fails if anyone listens on the address. Sockets that share a port would else let two servers share it unawares, each
/// answering some of the connections.
fn free(address: SocketAddr) -> io::Result<()> {
    std::net::TcpListener::bind(address).map(drop)
}

fn listener(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

fn run<S: Answer>(
    listener: std::net::TcpListener,
    service: impl Reception<S>,
    limits: Limits,
    phase: watch::Receiver<Phase>,
    open: Arc<AtomicUsize>,
) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "a runtime could not be started");
            return 0;
        }
    };
    let accepting = accept(listener, service, limits, phase, open);
    runtime.block_on(accepting).unwrap_or_else(|error| {
        tracing::error!(%error, "a listening socket failed");
        0
    })
}

/// Accepts until the server closes; answers how many connections had to be cut off.
async fn accept<S: Answer>(
    listener: std::net::TcpListener,
    service: impl Reception<S>,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
    open: Arc<AtomicUsize>,
) -> io::Result<usize> {
    let listener = TcpListener::from_std(listener)?;
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = phase.wait_for(|phase| *phase == Phase::Closing) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, address)) => {
                let Some(place) = Place::take(&open, limits.connections) else { continue };
                let (service, phase) = (service.clone(), phase.clone());
                connections.spawn(async move {
                    let peer = Peer::at(address.ip());
                    connection::serve(stream, service(peer), limits, phase).await;
                    drop(place);
                });
            }
            // Out of file descriptors, mostly: wait for some to be closed instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    let drained = tokio::time::timeout(limits.drain, finished).await;
    Ok(if drained.is_ok() { 0 } else { connections.len() })
}

/// A place among the open connections, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        let before = open.fetch_add(1, Ordering::AcqRel);
        let place = Self(open.clone());
        (before < limit).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
