//! What one machine brings home: sums that add up with those of others.

use super::doses::DoseAudit;
use super::sessions::SessionAudit;
use crate::measure::{Tally, Timeline};
use crate::result::{Chaos, Machine, Violation};
use crate::truth::{FreshnessTally, SessionSales, merge_violations};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one machine brings home.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Raw {
    /// When the clock started, ISO 8601 in UTC.
    pub started_at: String,
    /// How long traffic was offered, in seconds.
    pub duration_s: f64,
    /// Requests per second that the schedule asked for; `None` in a closed loop.
    pub rate_target: Option<f64>,
    /// Connections held.
    pub connections: usize,
    /// Threads of the generator.
    pub threads: usize,
    /// Sums.
    pub tally: Tally,
    /// The run in time.
    pub timeline: Timeline,
    /// The sessions in play, if the scenario has a supply.
    pub supply: Vec<Uuid>,
    /// What was sold of each session.
    pub sales: Vec<SessionSales>,
    /// When each seat was sold or given back, if they are few enough to be told one by one.
    pub moments: Option<Vec<(f64, i64)>>,
    /// Live appointments that were read back, by session.
    pub live: BTreeMap<Uuid, u64>,
    /// How fresh searches were.
    pub freshness: FreshnessTally,
    /// What reading back showed.
    pub audit: Audit,
    /// What reading facilities back showed, if staff worked at any.
    pub doses: Option<DoseAudit>,
    /// What searches and reading facilities back showed of sessions, if any were to be published.
    pub sessions: Option<SessionAudit>,
    /// What the target broke.
    pub violations: Vec<Violation>,
    /// When stalls began and how long they were, in seconds.
    pub stalls: Vec<(f64, f64)>,
    /// What was done to the target.
    pub chaos: Vec<Chaos>,
    /// Whether somebody ended the run early.
    pub interrupted: bool,
    /// What makes the run invalid beyond what the sums show.
    pub broken: Vec<String>,
    /// What is worth knowing.
    pub remarks: Vec<String>,
    /// The machine.
    pub machine: Machine,
}

/// What reading back showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Accounts read.
    pub read: u64,
    /// Accounts that could not be read.
    pub unread: u64,
    /// Acknowledged bookings that are gone.
    pub lost: u64,
    /// People with two live appointments for a dose.
    pub doubled: u64,
    /// Outcomes that were unknown when traffic ended.
    pub unknown: u64,
    /// Those that were found to have happened.
    pub found_done: u64,
    /// Those that were found not to have.
    pub found_undone: u64,
    /// Those that could not be read, or were read twice and differently.
    pub unsettled: u64,
}

impl Audit {
    /// Adds that of another thread or machine.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.unread += other.unread;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unknown += other.unknown;
        self.found_done += other.found_done;
        self.found_undone += other.found_undone;
        self.unsettled += other.unsettled;
    }
}

impl Raw {
    /// Adds what another machine brought home.
    pub fn add(&mut self, other: &Self) {
        self.duration_s = self.duration_s.max(other.duration_s);
        self.rate_target = match (self.rate_target, other.rate_target) {
            (Some(mine), Some(theirs)) => Some(mine + theirs),
            (mine, theirs) => mine.or(theirs),
        };
        self.connections += other.connections;
        self.threads += other.threads;
        self.tally.add(&other.tally);
        other.timeline.rows().iter().for_each(|row| self.timeline.add(row));
        self.supply.extend(&other.supply);
        self.sales.extend(other.sales.iter().cloned());
        self.moments = match (self.moments.take(), &other.moments) {
            (Some(mut mine), Some(theirs)) => {
                mine.extend(theirs);
                mine.sort_by(|a, b| a.0.total_cmp(&b.0));
                Some(mine)
            }
            _ => None,
        };
        for (session, live) in &other.live {
            *self.live.entry(*session).or_default() += live;
        }
        self.freshness.add(&other.freshness);
        self.audit.add(&other.audit);
        if let Some(theirs) = &other.doses {
            self.doses.get_or_insert_default().add(theirs);
        }
        if let Some(theirs) = &other.sessions {
            self.sessions.get_or_insert_default().add(theirs);
        }
        merge_violations(&mut self.violations, &other.violations);
        self.stalls.extend(&other.stalls);
        self.chaos.extend(other.chaos.iter().cloned());
        self.interrupted |= other.interrupted;
        self.broken.extend(other.broken.iter().cloned());
        for remark in &other.remarks {
            // Machines that looked at the same target saw the same.
            if !self.remarks.contains(remark) {
                self.remarks.push(remark.clone());
            }
        }
    }
}
