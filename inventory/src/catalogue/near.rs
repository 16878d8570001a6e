//! Centres by distance from a point.
//!
//! A k-d tree over points on the unit sphere: chords order like great circles, so no special case at poles or
//! date line and no trigonometry per centre. It is immutable and rebuilt when a centre comes, moves or goes (30,000
//! centres: a few milliseconds, off the readers' path).

use opencowin_model::{CentreId, Position};
use std::collections::BinaryHeap;

/// Where all centres stand. The middle element of a slice splits it along one axis, its halves along the next.
#[derive(Default)]
pub(super) struct Near {
    points: Box<[Point]>,
}

struct Point {
    unit: [f64; 3],
    centre: CentreId,
}

impl Near {
    pub(super) fn new(centres: impl Iterator<Item = (CentreId, Position)>) -> Self {
        let point = |(centre, position)| Point { unit: unit(position), centre };
        let mut points: Box<[Point]> = centres.map(point).collect();
        arrange(&mut points, 0);
        Self { points }
    }

    /// The `count` centres nearest to `position`, nearest first; equally near ones by id.
    pub(super) fn nearest(&self, position: Position, count: usize) -> Vec<CentreId> {
        let mut best = Best { target: unit(position), count, heap: BinaryHeap::new() };
        best.visit(&self.points, 0);
        best.heap.into_sorted_vec().into_iter().map(|(_, centre)| centre).collect()
    }
}

/// The nearest points found so far, the farthest of them on top.
struct Best {
    target: [f64; 3],
    count: usize,
    /// Squared chords as bits, which order like the (never negative) numbers.
    heap: BinaryHeap<(u64, CentreId)>,
}

impl Best {
    fn visit(&mut self, points: &[Point], axis: usize) {
        let middle = points.len() / 2;
        let Some(point) = points.get(middle) else { return };
        self.offer(point);
        let apart = self.target[axis] - point.unit[axis];
        let (left, right) = (&points[..middle], &points[middle + 1..]);
        let (near, far) = if apart < 0.0 { (left, right) } else { (right, left) };
        self.visit(near, (axis + 1) % 3);
        if self.could_hold(apart * apart) {
            self.visit(far, (axis + 1) % 3);
        }
    }

    fn offer(&mut self, point: &Point) {
        let chord: f64 = (0..3).map(|i| (self.target[i] - point.unit[i]).powi(2)).sum();
        if self.could_hold(chord) {
            self.heap.push((chord.to_bits(), point.centre));
        }
        if self.heap.len() > self.count {
            self.heap.pop();
        }
    }

    /// Whether a point this far away could be among the best.
    fn could_hold(&self, chord: f64) -> bool {
        let worst = self.heap.peek().map_or(0, |(worst, _)| *worst);
        self.heap.len() < self.count || chord.to_bits() <= worst
    }
}

fn arrange(points: &mut [Point], axis: usize) {
    if points.len() > 1 {
        let middle = points.len() / 2;
        points.select_nth_unstable_by(middle, |a, b| a.unit[axis].total_cmp(&b.unit[axis]));
        arrange(&mut points[..middle], (axis + 1) % 3);
        arrange(&mut points[middle + 1..], (axis + 1) % 3);
    }
}

fn unit(position: Position) -> [f64; 3] {
    let (lat, long) = (position.lat().to_radians(), position.long().to_radians());
    [lat.cos() * long.cos(), lat.cos() * long.sin(), lat.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Centres 0, 1, … at these degrees.
    fn near(places: &[(f64, f64)]) -> Near {
        let positions = places.iter().map(|(lat, long)| Position::new(*lat, *long).unwrap());
        Near::new((0..).map(CentreId).zip(positions))
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_of_a_plain_sort(
            places in prop::collection::vec((-90.0..90.0_f64, -180.0..180.0_f64), 0..200),
            (lat, long) in (-90.0..90.0_f64, -180.0..180.0_f64),
            count in 0..20_usize,
        ) {
            let here = Position::new(lat, long).unwrap();
            let km = |place: &(f64, f64)| here.distance_km(Position::new(place.0, place.1).unwrap());
            let found = near(&places).nearest(here, count);
            let mut sorted: Vec<_> = places.iter().map(km).collect();
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(found.len(), count.min(places.len()));
            for (id, expected) in found.iter().zip(sorted) {
                prop_assert!((km(&places[id.0 as usize]) - expected).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn distance_wraps_round_the_earth() {
        let near = near(&[(0.0, -179.9), (0.0, 170.0), (0.0, 0.0)]);
        let found = near.nearest(Position::new(0.0, 179.9).unwrap(), 2);
        assert_eq!(found, [CentreId(0), CentreId(1)]);
    }
}
