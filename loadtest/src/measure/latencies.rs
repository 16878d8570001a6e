//! Histograms of latencies: exact ones for a whole run, small ones for a moment of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Latencies of a whole run in microseconds, to three significant digits. Its size depends on the range alone, so a run
/// may last for days.
#[derive(Clone, Debug)]
pub struct Latencies(Histogram<u64>);

/// The longest latency that is told apart: two minutes. Longer ones count as this.
const LONGEST_US: u64 = 120_000_000;

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_max(LONGEST_US, 3).expect("invariant: constant bounds that fit"))
    }
}

impl Latencies {
    /// Writes one down.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(micros(latency).min(LONGEST_US));
    }

    /// Adds those of another histogram.
    pub fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("invariant: both have the same bounds");
    }

    /// How many were written down.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The value that a share of `quantile` does not exceed, in milliseconds; 0 if nothing was written down.
    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        self.0.value_at_quantile(quantile) as f64 / 1e3
    }

    /// The largest, in milliseconds.
    pub fn max_ms(&self) -> f64 {
        self.0.max() as f64 / 1e3
    }

    /// The mean, in milliseconds.
    pub fn mean_ms(&self) -> f64 {
        self.0.mean() / 1e3
    }

    /// The share that took longer than `limit`.
    pub fn share_above(&self, limit: Duration) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        1.0 - self.0.percentile_below(micros(limit)) / 100.0
    }

    /// The curve: pairs of quantile and milliseconds, denser towards the tail, for plots.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let steps = self.0.iter_quantiles(5);
        steps
            .map(|step| (step.quantile_iterated_to(), step.value_iterated_to() as f64 / 1e3))
            .collect()
    }

    /// All of it as text: the HdrHistogram format V2 in base64, readable by the tools of every language.
    pub fn to_base64(&self) -> String {
        let mut bytes = Vec::new();
        V2Serializer::new()
            .serialize(&self.0, &mut bytes)
            .expect("invariant: writing into memory does not fail");
        STANDARD.encode(bytes)
    }

    /// Reads what [`Self::to_base64`] wrote, or `None` if the text is anything else.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let read: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).ok()?;
        let mut latencies = Self::default();
        latencies.0.add(read).ok()?;
        Some(latencies)
    }
}

impl Serialize for Latencies {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_base64())
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::from_base64(&text)
            .ok_or_else(|| serde::de::Error::custom("not a histogram in V2 and base64"))
    }
}

/// Whole microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Latencies of one interval: pairs of microseconds (the lower edge of a bucket, 6 % wide at most) and how many fell in, in rising order. It is small enough to
/// keep for every operation and interval, and two of them add up exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sparse(pub Vec<(u64, u64)>);

impl Sparse {
    /// Adds those of another interval.
    pub fn add(&mut self, other: &Self) {
        let mut sum = std::mem::take(&mut self.0);
        sum.extend_from_slice(&other.0);
        sum.sort_unstable();
        sum.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        self.0 = sum;
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The value that a share of `quantile` does not exceed, in milliseconds, interpolated within its bucket; 0 if
    /// nothing was written down.
    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        let wanted = quantile.clamp(0.0, 1.0) * self.count() as f64;
        let mut below = 0.0;
        for &(from, count) in &self.0 {
            if below + count as f64 >= wanted {
                let share = if count == 0 { 0.0 } else { (wanted - below) / count as f64 };
                return (from as f64 + share * bucket_width(from) as f64) / 1e3;
            }
            below += count as f64;
        }
        0.0
    }
}

/// The width of the bucket that begins at `from` microseconds: one up to 32, then a sixteenth of the power of two
/// below it.
fn bucket_width(from: u64) -> u64 {
    match from {
        0..32 => 1,
        _ => 1 << (from.ilog2() - 4),
    }
}

/// Collects the latencies of the current interval.
#[derive(Debug)]
pub struct Collector {
    counts: Box<[u64]>,
    any: bool,
}

/// Buckets up to two minutes: 32, and sixteen for each power of two from 32 to 2^26.
const BUCKETS: usize = 32 + 16 * 22;

impl Default for Collector {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS].into(), any: false }
    }
}

impl Collector {
    /// Writes one down.
    pub fn record(&mut self, latency: Duration) {
        self.any = true;
        self.counts[place(micros(latency).min(LONGEST_US))] += 1;
    }

    /// What was collected since the last call.
    pub fn take(&mut self) -> Sparse {
        if !std::mem::take(&mut self.any) {
            return Sparse::default();
        }
        let filled = self.counts.iter_mut().enumerate().filter(|(_, count)| **count > 0);
        Sparse(filled.map(|(place, count)| (edge(place), std::mem::take(count))).collect())
    }
}

/// The place of a bucket in the table of a [`Collector`].
fn place(us: u64) -> usize {
    if us < 32 {
        return us as usize;
    }
    let power = us.ilog2() as usize;
    32 + (power - 5) * 16 + ((us >> (power - 4)) as usize - 16)
}

/// Where the bucket at a place begins; the inverse of [`place`].
fn edge(place: usize) -> u64 {
    if place < 32 {
        return place as u64;
    }
    let (power, within) = ((place - 32) / 16 + 5, (place - 32) % 16);
    (16 + within as u64) << (power - 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_histogram_survives_its_text() {
        let mut latencies = Latencies::default();
        (1..=1000).for_each(|us| latencies.record(Duration::from_micros(us * 10)));
        let again = Latencies::from_base64(&latencies.to_base64()).unwrap();
        assert_eq!((again.count(), again.quantile_ms(0.99)), (1000, latencies.quantile_ms(0.99)));
        assert!((latencies.share_above(Duration::from_millis(9)) - 0.1).abs() < 0.005);
        assert!(Latencies::from_base64("AAAA").is_none());
    }

    #[test]
    fn what_takes_longer_than_the_longest_still_counts() {
        let mut latencies = Latencies::default();
        latencies.record(Duration::from_secs(86_400));
        let mut collector = Collector::default();
        collector.record(Duration::from_secs(86_400));
        assert_eq!((latencies.count(), collector.take().count()), (1, 1));
    }

    proptest! {
        #[test]
        fn every_latency_falls_into_the_bucket_that_its_place_names(us in 0..=LONGEST_US) {
            prop_assert!(place(us) < BUCKETS);
            let from = edge(place(us));
            prop_assert!(from <= us && us < from + bucket_width(from));
            prop_assert!(us < 32 || bucket_width(us) as f64 / us as f64 <= 0.0626);
        }

        #[test]
        fn two_intervals_add_up(a in proptest::collection::vec(0u64..1_000_000, 0..50), b in proptest::collection::vec(0u64..1_000_000, 0..50)) {
            let sparse = |values: &[u64]| {
                let mut collector = Collector::default();
                values.iter().for_each(|us| collector.record(Duration::from_micros(*us)));
                collector.take()
            };
            let mut sum = sparse(&a);
            sum.add(&sparse(&b));
            prop_assert_eq!(sum, sparse(&[a, b].concat()));
        }
    }
}
