//! What a plot draws.

/// One line, area or row of bars.
#[derive(Clone, Debug)]
pub(in crate::report) struct Series {
    /// Its name, in the legend and at the end of its line.
    pub(in crate::report) name: String,
    /// Its colour and dash: `0..8` are told apart by both, see `style.css`.
    pub(in crate::report) style: usize,
    /// How it is drawn.
    pub(in crate::report) shape: Shape,
    /// Pairs of x and y, x rising.
    pub(in crate::report) points: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) enum Shape {
    /// From point to point.
    Line,
    /// Each value holds until the next.
    Steps,
    /// Down to these values of y, as many as there are points.
    Area(Vec<f64>),
    /// A bar over each x, one unit wide less a gap.
    Bars,
}

/// A stretch of x.
#[derive(Clone, Debug)]
pub(in crate::report) struct Band {
    /// Where it begins.
    pub(in crate::report) from: f64,
    /// Where it ends.
    pub(in crate::report) to: f64,
    /// Its class: `chaos` or `stall`.
    pub(in crate::report) class: &'static str,
    /// What stands at its top, if anything.
    pub(in crate::report) label: String,
}

/// A vertical line.
#[derive(Clone, Debug)]
pub(in crate::report) struct Mark {
    /// Where.
    pub(in crate::report) at: f64,
    /// What stands beside it.
    pub(in crate::report) label: String,
}

/// Areas on top of each other, from rows of values by name over the same places of x.
pub(in crate::report) fn stacked(x: &[f64], rows: Vec<(String, Vec<f64>)>) -> Vec<Series> {
    let mut base = vec![0.0; x.len()];
    let mut series = Vec::new();
    for (style, (name, values)) in rows.into_iter().enumerate() {
        let top: Vec<f64> = base.iter().zip(&values).map(|(base, value)| base + value).collect();
        let points = x.iter().copied().zip(top.iter().copied()).collect();
        series.push(Series { name, style, shape: Shape::Area(base), points });
        base = top;
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_lie_on_each_other() {
        let rows = vec![("a".into(), vec![1.0, 2.0]), ("b".into(), vec![3.0, 0.0])];
        let series = stacked(&[0.0, 1.0], rows);
        assert_eq!(series[1].shape, Shape::Area(vec![1.0, 2.0]));
        assert_eq!(series[1].points, [(0.0, 4.0), (1.0, 2.0)]);
    }
}
