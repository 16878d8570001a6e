//! The thread on which the stand-in runs, and what a test can do with it.

use super::fault::{Fault, When};
use super::offer::Catalogue;
use super::routes::Product;
use super::wire;
use super::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// What the server is to do.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Up,
    Down,
    Gone,
}

/// A running stand-in. It ends when it is dropped.
pub struct StandIn {
    address: SocketAddr,
    product: Arc<Mutex<Product>>,
    wanted: watch::Sender<Wanted>,
    runtime: Handle,
    sleepers: Mutex<Vec<AbortHandle>>,
    thread: Option<JoinHandle<()>>,
}

impl Default for StandIn {
    fn default() -> Self {
        Self::new(Catalogue::default())
    }
}

impl StandIn {
    /// Starts one on a free port of the loopback.
    pub fn new(catalogue: Catalogue) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let handle = runtime.handle().clone();
        let product = Arc::new(Mutex::new(Product::new(World::new(catalogue))));
        let (wanted, orders) = watch::channel(Wanted::Up);
        let guard = runtime.enter();
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = listener.local_addr().expect("a bound socket");
        drop(guard);
        let served = Arc::clone(&product);
        let thread = std::thread::spawn(move || runtime.block_on(run(listener, served, orders)));
        let (thread, sleepers) = (Some(thread), Mutex::default());
        Self { address, product, wanted, runtime: handle, sleepers, thread }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `--target` takes.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Switches a fault on.
    pub fn switch(&self, fault: Fault, when: When) -> &Self {
        self.switch_on(fault, when, "")
    }

    /// Switches a fault on for paths that contain `path`.
    pub fn switch_on(&self, fault: Fault, when: When, path: &str) -> &Self {
        if let Fault::Sleep { pause, every } = fault {
            let sleeper = self.runtime.spawn(sleep(pause, every)).abort_handle();
            self.sleepers.lock().expect("no panic in between").push(sleeper);
        }
        self.product().faults.arm(fault, when, path);
        self
    }

    /// Switches all faults off.
    pub fn repair(&self) {
        self.sleepers.lock().expect("no panic in between").drain(..).for_each(|one| one.abort());
        self.product().faults.clear();
    }

    /// Closes the listener and every connection. What it knows stays.
    pub fn go_down(&self) {
        let _ = self.wanted.send(Wanted::Down);
        self.wait_until_it_listens(false);
    }

    /// Listens again on the same port.
    pub fn come_back(&self) {
        let _ = self.wanted.send(Wanted::Up);
        self.wait_until_it_listens(true);
    }

    fn wait_until_it_listens(&self, wanted: bool) {
        while TcpStream::connect(self.address).is_ok() != wanted {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How often a fault has taken effect (`Sleep` is not counted).
    pub fn fired(&self) -> u64 {
        self.product().faults.fired()
    }

    /// Requests on paths that begin with this.
    pub fn served(&self, prefix: &str) -> u64 {
        let product = self.product();
        let paths = product.seen.paths.iter().filter(|(path, _)| path.starts_with(prefix));
        paths.map(|(_, count)| count).sum()
    }

    /// Every `User-Agent` that came.
    pub fn agents(&self) -> BTreeSet<String> {
        self.product().seen.agents.clone()
    }

    /// The addresses in X-Forwarded-For from which each mobile number was used.
    pub fn addresses(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.product().seen.addresses.clone()
    }

    /// The addresses in X-Forwarded-For of requests that belong to no number.
    pub fn open_addresses(&self) -> BTreeSet<String> {
        self.product().seen.open_addresses.clone()
    }

    /// Bookings that came with an Idempotency-Key, and those without.
    pub fn keyed(&self) -> (u64, u64) {
        self.product().seen.keyed
    }

    /// Requests without a Host header.
    pub fn without_host(&self) -> u64 {
        self.product().seen.without_host
    }

    /// Names of all query parameters that came.
    pub fn parameters(&self) -> BTreeSet<String> {
        self.product().seen.parameters.clone()
    }

    /// What names people: mobile numbers, reference ids, numbers of documents and addresses.
    pub fn people(&self) -> Vec<String> {
        let product = self.product();
        let accounts = product.world.accounts.iter();
        let mut named: Vec<String> = accounts
            .flat_map(|(mobile, people)| {
                let number = |document: &str| document.split(':').next_back().map(str::to_owned);
                let of = people.iter().flat_map(move |person| {
                    number(&person.document).into_iter().chain([person.reference.to_string()])
                });
                of.chain([mobile.clone()])
            })
            .collect();
        named.extend(product.seen.addresses.values().flatten().cloned());
        named
    }

    /// Seats that live appointments really hold, by session. Sessions without any are not in it.
    pub fn sold(&self) -> BTreeMap<String, i64> {
        self.product().world.sold()
    }

    /// All seats that live appointments really hold.
    pub fn seats_sold(&self) -> i64 {
        self.sold().values().sum()
    }

    /// Doses that are recorded.
    pub fn doses(&self) -> u64 {
        self.product().counters.doses()
    }

    /// Sessions that managers have published.
    pub fn published(&self) -> u64 {
        self.product().counters.holding.published()
    }

    /// Requests for an answer that nobody has kept.
    pub fn exact(&self) -> u64 {
        self.product().seen.exact
    }

    /// All seats for first doses that there were.
    pub fn seats(&self) -> i64 {
        self.product().world.sessions.iter().map(|session| session.seats).sum()
    }

    fn product(&self) -> MutexGuard<'_, Product> {
        self.product.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.wanted.send(Wanted::Gone);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option that every system has");
    socket.bind(address).expect("a free port");
    socket.listen(4096).expect("a socket that listens")
}

async fn run(
    listener: TcpListener,
    product: Arc<Mutex<Product>>,
    mut orders: watch::Receiver<Wanted>,
) {
    let address = listener.local_addr().expect("a bound socket");
    let mut listener = Some(listener);
    loop {
        let wanted = *orders.borrow_and_update();
        match wanted {
            Wanted::Gone => return,
            Wanted::Down => listener = None,
            Wanted::Up => {
                let open = listener.take().unwrap_or_else(|| listen(address));
                tokio::select! {
                    () = accept(&open, &product) => {}
                    _ = orders.changed() => {}
                }
                continue;
            }
        }
        if orders.changed().await.is_err() {
            return;
        }
    }
}

/// Takes connections until it is dropped, which ends them all.
async fn accept(listener: &TcpListener, product: &Arc<Mutex<Product>>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let product = Arc::clone(product);
        connections.spawn(async move {
            let answer = |request: &wire::Request| {
                product.lock().unwrap_or_else(PoisonError::into_inner).handle(request)
            };
            // A client that goes away is no concern of the server's.
            let _ = wire::serve(stream, answer).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Holds up the one thread on which everything runs.
async fn sleep(pause: Duration, every: Duration) {
    loop {
        tokio::time::sleep(every.saturating_sub(pause)).await;
        std::thread::sleep(pause);
    }
}
