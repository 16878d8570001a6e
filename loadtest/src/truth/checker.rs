//! Checks samples of search answers beside the traffic, on a thread of its own and of lower priority: inflating and
//! reading a district's week takes as long as ten requests, and whoever is due meanwhile would be sent late.

use super::Truth;
use crate::contract::SearchShape;
use crate::measure::Operation;
use crate::wire::Answer;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

/// A search answer to be checked.
#[derive(Debug)]
pub struct Sample {
    /// What was asked.
    pub operation: Operation,
    /// The answer, with its body.
    pub answer: Answer,
    /// What it should look like.
    pub shape: SearchShape,
    /// When it was asked for.
    pub asked: Instant,
    /// When it was complete.
    pub answered: Instant,
}

/// Checks samples.
#[derive(Debug)]
pub struct Checker {
    truth: Arc<Truth>,
    samples: SyncSender<Sample>,
}

/// Samples that wait at most. A district's week has up to 100 kB compressed.
const WAITING: usize = 256;

impl Checker {
    /// Starts checking. The thread ends when the last clone of the handle is gone.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn start(truth: Arc<Truth>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (samples, received) = sync_channel(WAITING);
        let checking = truth.clone();
        let thread = std::thread::Builder::new().name("checker".to_owned()).spawn(move || {
            // Of lower priority than the threads that send. If the system refuses, samples are checked all the same.
            let _ = rustix::process::nice(10);
            let mut room = Vec::new();
            received.iter().for_each(|sample| check(&checking, &sample, &mut room));
        })?;
        Ok((Self { truth, samples }, thread))
    }

    /// Hands a sample over, or drops it if checking has fallen behind.
    pub fn check(&self, sample: Sample) {
        match self.samples.try_send(sample) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.truth.dropped(),
        }
    }

    /// Another handle, for another thread.
    pub fn share(&self) -> Self {
        Self { truth: self.truth.clone(), samples: self.samples.clone() }
    }
}

fn check(truth: &Truth, sample: &Sample, room: &mut Vec<u8>) {
    let Sample { operation, answer, shape, asked, answered } = sample;
    let shown = answer.inflate_into(room).and_then(|()| shape.shown(room));
    match shown {
        Some(shown) => truth.search(&shown, *asked, *answered),
        None => truth.malformed(|| format!("an answer to {operation} does not fit the contract")),
    }
}
