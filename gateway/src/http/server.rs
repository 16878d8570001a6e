//! Threads, sockets and their end.
//!
//! One single-threaded runtime per core, each with its own listening socket on the same port (`SO_REUSEPORT`): a
//! connection stays on the core that accepted it, and nothing is shared or stolen between runtimes.

use super::connection::{self, Answer};
use super::peer::Peer;
use super::places::{Place, Places};
use super::pressure::Pressure;
use super::tls::Tls;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Deadlines and limits of a connection.
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
    /// How long a request's body may take.
    pub body: Duration,
    /// How long the next part of a file that is uploaded may take.
    pub upload_pause: Duration,
    /// How long an upload may take altogether.
    pub upload: Duration,
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
            body: Duration::from_secs(10),
            upload_pause: Duration::from_secs(30),
            upload: Duration::from_secs(30 * 60),
            drain: Duration::from_secs(30),
        }
    }
}

/// What a server is made of, but for what answers.
#[derive(Clone)]
pub struct Setup {
    /// Where to listen.
    pub address: SocketAddr,
    /// What holds for each connection.
    pub limits: Limits,
    /// How many connections there may be.
    pub places: Arc<Places>,
    /// Where nothing but TLS is spoken, what it is spoken with.
    pub tls: Option<Arc<Tls>>,
    /// How far each thread is behind; there are as many threads as these.
    pub pressures: Arc<[Pressure]>,
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
    /// Listens with one runtime per thread. `service` is called on each thread, and what it makes on each connection, to
    /// make what answers there.
    ///
    /// # Errors
    /// If the address cannot be bound or a thread cannot be started.
    pub fn start<F: Reception<S>, S: Answer>(
        setup: Setup,
        service: impl Fn(Pressure) -> F + Send + Clone + 'static,
    ) -> io::Result<Self> {
        free(setup.address)?;
        let first = listener(setup.address)?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        for _ in 1..setup.pressures.len() {
            listeners.push(listener(address)?);
        }
        let (phase, _) = watch::channel(Phase::Open);
        let spawn = |(number, listener): (usize, std::net::TcpListener)| {
            let (setup, service, phase) = (setup.clone(), service.clone(), phase.subscribe());
            let pressure = setup.pressures[number].clone();
            std::thread::Builder::new()
                .name(format!("http-{number}"))
                .spawn(move || run(listener, &setup, pressure, service, phase))
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

fn run<F: Reception<S>, S: Answer>(
    listener: std::net::TcpListener,
    setup: &Setup,
    pressure: Pressure,
    service: impl Fn(Pressure) -> F,
    phase: watch::Receiver<Phase>,
) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "a runtime could not be started");
            return 0;
        }
    };
    let reception = service(pressure.clone());
    runtime.spawn(pressure.measure());
    let accepting = accept(listener, setup, reception, phase);
    runtime.block_on(accepting).unwrap_or_else(|error| {
        tracing::error!(%error, "a listening socket failed");
        0
    })
}

/// Accepts until the server closes; answers how many connections had to be cut off.
async fn accept<S: Answer>(
    listener: std::net::TcpListener,
    setup: &Setup,
    reception: impl Reception<S>,
    mut phase: watch::Receiver<Phase>,
) -> io::Result<usize> {
    let listener = TcpListener::from_std(listener)?;
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = phase.wait_for(|phase| *phase == Phase::Closing) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, address)) => {
                let peer = Peer::at(address.ip());
                let Some(place) = setup.places.take(peer.address) else { continue };
                welcome(&mut connections, stream, peer, place, setup, &reception, &phase);
            }
            // Out of file descriptors, mostly: wait for some to be closed instead of spinning.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    let drained = tokio::time::timeout(setup.limits.drain, finished).await;
    Ok(if drained.is_ok() { 0 } else { connections.len() })
}

/// Begins to serve a connection, which has its place until it ends.
fn welcome<S: Answer>(
    connections: &mut JoinSet<()>,
    stream: TcpStream,
    peer: Peer,
    place: Place,
    setup: &Setup,
    reception: &impl Reception<S>,
    phase: &watch::Receiver<Phase>,
) {
    let (reception, limits, phase) = (reception.clone(), setup.limits, phase.clone());
    match setup.tls.clone() {
        None => connections.spawn(async move {
            connection::serve(stream, peer, reception, limits, phase).await;
            drop(place);
        }),
        Some(tls) => connections.spawn(async move {
            connection::serve_tls(stream, peer, &tls, reception, limits, phase).await;
            drop(place);
        }),
    };
}
