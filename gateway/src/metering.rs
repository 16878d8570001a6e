//! What keys are used for, written down every second.
//!
//! Each run of a gateway writes rows of its own, so that nobody waits for anybody, and a crash costs what was counted in the
//! last second. What other gateways have written, and this one before it was started anew, counts for the quotas of the
//! day; on a shared ledger it is read again every few seconds.

use crate::access::registry::{LiveKey, Registry};
use crate::admit::Admission;
use crate::chore::Chore;
use jiff::ToSpan;
use opencowin_admission::{Api, Meter as Counted, Usage as Calls};
use opencowin_ledger::commands::{Command, Meter};
use opencowin_ledger::records::{Usage, Use};
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Clock, Date, Pack, Timestamp};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often use is written down.
const EVERY: Duration = Duration::from_secs(1);

/// How often the use of others is read.
const OTHERS_EVERY: Duration = Duration::from_secs(5);

/// For how many days it is remembered when a key was used last.
const REMEMBERED: i64 = 90;

/// Keys that are written with one command.
const AT_ONCE: usize = 1_000;

/// Writes down what keys are used for.
pub struct Metering {
    /// Where the keys stand, and what they were used for; those of this world are counted.
    ledger: Arc<Ledger>,
    registry: Arc<Registry>,
    /// The time of this world, by which its quotas go.
    clock: Arc<Clock>,
    admission: Arc<Admission>,
    pack: Arc<Pack>,
    /// This run of this gateway.
    me: Uuid,
    /// Whether others write as well.
    shared: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The day that is counted.
    day: Option<Date>,
    /// Each key as far as it has been told, and its use of the day.
    keys: HashMap<Uuid, (Counted, Usage)>,
    /// Keys whose use has not been written yet.
    unwritten: Vec<Uuid>,
    heard: Option<Instant>,
}

impl Metering {
    /// Begins with what has been counted today.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(
        clock: Arc<Clock>,
        admission: Arc<Admission>,
        pack: Arc<Pack>,
        shared: bool,
    ) -> io::Result<Chore> {
        let (registry, me) = (admission.partners().clone(), Uuid::new_v4());
        let ledger = registry.ledger().clone();
        let state = Mutex::default();
        let metering = Self { ledger, registry, clock, admission, pack, me, shared, state };
        metering.tick();
        Chore::every(EVERY, "metering", move || metering.tick())
    }

    fn tick(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.ledger.clock().now();
        let local = now.civil(self.pack.zone());
        let utc_ms = now.civil(&jiff::tz::TimeZone::UTC);
        let ahead = local.duration_since(utc_ms);
        self.admission.set_offset(i64::try_from(ahead.as_millis()).unwrap_or(0));
        self.count(&mut state, local.date());
        self.write(&mut state);
        let due = self.shared && state.heard.is_none_or(|heard| heard.elapsed() >= OTHERS_EVERY);
        if due || state.heard.is_none() {
            // Once, further back: when a key was used last may be some time ago.
            let back = if state.heard.is_none() { REMEMBERED } else { 0 };
            self.hear(local.date().saturating_sub(back.days()), local.date());
            state.heard = Some(Instant::now());
        }
    }

    /// Adds what was counted since the last time. A call at midnight may count for the day after.
    fn count(&self, state: &mut State, today: Date) {
        if state.day != Some(today) {
            // What is left of the day before is not written any more: at most a second's.
            state.day = Some(today);
            state.keys.values_mut().for_each(|(_, usage)| usage.uses.clear());
            state.unwritten.clear();
        }
        let environment = self.admission.environment();
        let live = self.registry.live_keys();
        for key in live.values().filter(|key| key.record.environment == environment) {
            let id = key.record.id;
            let unused = || (Counted::default(), Usage { last: Timestamp(0), uses: Vec::new() });
            let (counted, usage) = state.keys.entry(id).or_insert_with(unused);
            let since = counted.drain(&key.quotas);
            if since.is_empty() {
                continue;
            }
            usage.last = key.last_used().unwrap_or(usage.last);
            since.into_iter().for_each(|(api, calls)| add(&mut usage.uses, api, calls));
            if !state.unwritten.contains(&id) {
                state.unwritten.push(id);
            }
        }
    }

    /// What cannot be written now is written with the next.
    fn write(&self, state: &mut State) {
        let Some(day) = state.day else { return };
        while !state.unwritten.is_empty() {
            let part = &state.unwritten[..state.unwritten.len().min(AT_ONCE)];
            let uses = |id: &Uuid| state.keys.get(id).map(|(_, uses)| (*id, uses.clone()));
            let usage = part.iter().filter_map(uses).collect();
            let count = part.len();
            let command = Command::Meter(Meter { gateway: self.me, day, usage });
            if let Err(Failure::Unavailable | Failure::Refused(_)) =
                block_on(self.ledger.run(command))
            {
                return;
            }
            state.unwritten.drain(..count);
        }
    }

    /// Takes note of what others have admitted today, and of when keys were used last since a day before.
    fn hear(&self, from: Date, today: Date) {
        let mut elsewhere: HashMap<(Uuid, u8), u64> = HashMap::new();
        let live = self.registry.live_keys();
        let each = |day, key, gateway, usage: &Usage| {
            if let Some(key) = live.get(&key) {
                key.was_used(usage.last);
            }
            for one in usage.uses.iter().filter(|_| gateway != self.me && day == today) {
                *elsewhere.entry((key, one.api)).or_default() += one.admitted;
            }
        };
        if block_on(self.ledger.read().usage(from, today, each)).is_err() {
            return;
        }
        let day = self.admission.day(self.clock.now());
        for ((key, api), calls) in elsewhere {
            let api = Api::ALL.get(usize::from(api));
            if let (Some(key), Some(api)) = (live.get(&key).map(Arc::<LiveKey>::as_ref), api) {
                key.quotas.of(*api).used_elsewhere(day, calls);
            }
        }
    }
}

fn add(uses: &mut Vec<Use>, api: Api, calls: Calls) {
    // What the ledger calls an API.
    let number = api as u8;
    if !uses.iter().any(|one| one.api == number) {
        uses.push(Use { api: number, ..Use::default() });
    }
    for one in uses.iter_mut().filter(|one| one.api == number) {
        one.admitted += calls.used;
        one.refused += calls.refused;
    }
}
