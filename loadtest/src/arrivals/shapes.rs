//! Shapes as chains of straight lines.

use super::Stretch;
use crate::scenario::Shape;
use std::fs;
use thiserror::Error;

/// How busy each hour of a day of the programme was, from midnight, relative to the busiest: nobody publishes slots at
/// night, centres open at nine, and apps that publish in the evening make a second hump. The shape follows press
/// reports and client logs of mid-2021; the single values are assumptions.
const HOURS: [f64; 24] = [
    0.10, 0.06, 0.04, 0.03, 0.04, 0.10, 0.25, 0.45, 0.70, 0.90, 1.00, 0.95, 0.80, 0.70, 0.65, 0.70,
    0.80, 0.85, 0.80, 0.75, 0.70, 0.55, 0.35, 0.20,
];

/// How finely a spike's decay is followed: straight lines per halving.
const LINES_PER_HALVING: f64 = 16.0;

/// The stretches of a shape whose highest rate is `rate`, over so many seconds.
pub(super) fn stretches(shape: &Shape, rate: f64, length_s: f64) -> Vec<Stretch> {
    let line = |from: f64, to: f64, rates: (f64, f64)| Stretch {
        from_s: from * length_s,
        to_s: to * length_s,
        rate: (rates.0 * rate, rates.1 * rate),
    };
    match shape {
        Shape::Constant => vec![line(0.0, 1.0, (1.0, 1.0))],
        Shape::Ramp { from } => vec![line(0.0, 1.0, (*from, 1.0))],
        Shape::Steps { shares } => {
            let step = 1.0 / shares.len() as f64;
            let steps = shares.iter().enumerate();
            steps
                .map(|(at, share)| line(at as f64 * step, (at + 1) as f64 * step, (*share, *share)))
                .collect()
        }
        Shape::Spike { base, at, halves_in } => {
            let step_s = halves_in.as_s() / LINES_PER_HALVING;
            let mut chain = vec![line(0.0, *at, (*base, *base))];
            let mut from_s = at * length_s;
            let share = |s: f64| base.max(0.5f64.powf((s - at * length_s) / halves_in.as_s()));
            while from_s < length_s && share(from_s) > *base && share(from_s) > 1e-6 {
                let to_s = (from_s + step_s).min(length_s);
                chain.push(Stretch {
                    from_s,
                    to_s,
                    rate: (share(from_s) * rate, share(to_s) * rate),
                });
                from_s = to_s;
            }
            chain.push(Stretch { from_s, to_s: length_s, rate: (base * rate, base * rate) });
            chain.retain(|stretch| stretch.to_s > stretch.from_s);
            chain
        }
        Shape::Day => (0..24)
            .map(|hour| {
                line(
                    hour as f64 / 24.0,
                    (hour + 1) as f64 / 24.0,
                    (HOURS[hour], HOURS[(hour + 1) % 24]),
                )
            })
            .collect(),
        Shape::Recorded { .. } => Vec::new(),
    }
}

/// Why a recording cannot be replayed.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    /// A line is not a moment, or comes before the one above it.
    #[error("{file} line {line}: `{text}` is not a number of seconds that follows the line above")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

/// The moments of a recording, `faster` times as fast: one number a line, seconds from the first; empty lines and those that begin with `#` are skipped.
///
/// # Errors
/// If the file cannot be read or a line is no moment.
pub fn recording(file: &str, faster: f64) -> Result<Vec<f64>, RecordingError> {
    let text = fs::read_to_string(file)
        .map_err(|error| RecordingError::Unreadable(file.to_owned(), error))?;
    let mut moments: Vec<f64> = Vec::new();
    for (line, text) in text.lines().enumerate() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let last = moments.last().map_or(0.0, |last| last * faster);
        let moment =
            text.parse().ok().filter(|moment: &f64| moment.is_finite() && *moment >= last - 1e-9);
        let refused = || RecordingError::Line {
            file: file.to_owned(),
            line: line + 1,
            text: text.to_owned(),
        };
        moments.push(moment.ok_or_else(refused)? / faster);
    }
    Ok(moments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_recording_is_replayed_at_its_pace_and_a_step_back_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "# seconds\n0\n0.5\n\n4").unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        assert_eq!(recording(&path, 2.0).unwrap(), [0.0, 0.25, 2.0]);
        writeln!(file, "3").unwrap();
        assert!(recording(&path, 2.0).unwrap_err().to_string().contains("line 6"));
    }
}
