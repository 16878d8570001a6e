//! What a check costs: `cargo run --release -p opencowin-admission --example cost`.
//!
//! Nanoseconds of processor time a call, the best and the median of several rounds, for one thread and for two at once on the same
//! callers.

use opencowin_admission::{
    Address, Api, Block, Blocks, Callers, Day, KeyQuotas, Limits, Network, Plan, Quota, Subject,
    Users, Visit,
};
use opencowin_model::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Barrier;
use uuid::Uuid;

const CALLS: u64 = 1_000_000;
const ROUNDS: usize = 7;
/// Callers among whom the calls are spread.
const CALLERS: u64 = 10_000;
const NOW: Timestamp = Timestamp(1_619_622_000_000);

fn main() {
    let mut limits = Limits::default();
    limits.address.calls = 1 << 24;
    limits.user.searches.calls = 1 << 24;
    limits.user.searches_day.calls = 1 << 24;
    address(&limits);
    key();
    user(&limits);
    blocks(0);
    blocks(10_000);
    report("midnight, once a request", |n| {
        black_box(Day::at(Timestamp(NOW.0 + n as i64), 19_800_000));
    });
}

fn address(limits: &Limits) {
    let callers = Callers::new(1 << 20);
    report("address: allowance and search", |n| {
        black_box(callers.search(address_of(n), limits, NOW).is_ok());
    });
}

fn key() {
    // A nanosecond a call and a second's burst: no call of this program is refused.
    let quota = Quota { per_second: 1_000_000_000, burst: 1_000_000_000, per_day: 1 << 39 };
    let plan = Plan { default: quota, apis: BTreeMap::new() };
    let keys: Vec<_> = (0..100).map(|_| KeyQuotas::new(&plan, &BTreeMap::new())).collect();
    let today = Day::at(NOW, 19_800_000);
    report("key: rate, day and metering, 100 keys", |n| {
        let quotas = &keys[(n % 100) as usize];
        black_box(quotas.of(Api::Search).admit(0, today).is_ok());
    });
    report("key: the same, all calls with one key", |_| {
        black_box(keys[0].of(Api::Search).admit(0, today).is_ok());
    });
}

fn user(limits: &Limits) {
    let users = Users::new(1 << 18);
    report("account: windows, log-out, block, watch", |n| {
        let mut account = [0; 16];
        account[..8].copy_from_slice(&(n % CALLERS).to_le_bytes());
        let visit = Visit { account, issued: NOW, from: address_of(n % CALLERS) };
        black_box(users.search(&visit, limits, NOW));
    });
}

fn blocks(networks: u32) {
    let list = (0..networks).map(|n| Block {
        id: Uuid::from_u128(u128::from(n)),
        subject: Subject::Network(Network::new(
            IpAddr::V4((n * 7_919).into()),
            20 + (n % 13) as u8,
        )),
        until: None,
        reason: String::new(),
    });
    let blocks = Blocks::new(list);
    report(&format!("blocks: address, {networks} networks of 13 lengths"), |n| {
        black_box(blocks.address(Address::V4(0xC000_0000 | n as u32), NOW).is_some());
    });
}

fn address_of(n: u64) -> Address {
    Address::V4((n % CALLERS) as u32)
}

#[expect(clippy::print_stdout, reason = "this program is there to print")]
fn report(what: &str, call: impl Fn(u64) + Sync) {
    let [one, two] = [1, 2].map(|threads| rounds(threads, &call));
    println!(
        "{what:<45} 1 thread {:6.1} ns (median {:6.1})   2 threads {:6.1} ns (median {:6.1})",
        one.0, one.1, two.0, two.1
    );
}

/// The best and the median round, in nanoseconds a call and thread.
fn rounds(threads: usize, call: &(impl Fn(u64) + Sync)) -> (f64, f64) {
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| round(threads, call)).collect();
    rounds.sort_by(f64::total_cmp);
    (rounds[0], rounds[ROUNDS / 2])
}

fn round(threads: usize, call: &(impl Fn(u64) + Sync)) -> f64 {
    let barrier = Barrier::new(threads);
    let timed = || {
        barrier.wait();
        let start = processor_ns();
        (0..CALLS).for_each(call);
        (processor_ns() - start) / CALLS as f64
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(timed)).collect();
        let times = running.into_iter().map(|thread| thread.join().unwrap_or(f64::NAN));
        times.sum::<f64>() / threads as f64
    })
}

/// What this thread has used of a processor, which others on the machine do not add to.
fn processor_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}
