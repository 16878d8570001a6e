//! Finding the three corners of a QR code: squares that any straight line through their middle crosses as one dark, one light,
//! three dark, one light and one dark module (source: ISO/IEC 18004, 12).

use super::bitmap::Bitmap;

/// The most corners that are remembered. A picture with more of what looks like one holds no code that could be told apart.
const MOST: usize = 150;

/// What the runs of a corner measure, in modules.
const PROPORTIONS: [f64; 5] = [1.0, 1.0, 3.0, 1.0, 1.0];

/// The middle of a corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub x: f64,
    pub y: f64,
    /// How wide a module is, along a row or a column of the picture.
    pub module: f64,
    /// How many rows crossed it here.
    hits: u32,
}

/// The middles of what looks like a corner.
pub(super) fn corners(picture: &Bitmap) -> Vec<Corner> {
    let mut corners = Vec::new();
    for y in 0..picture.height() {
        let mut runs = Runs::default();
        for (x, dark) in picture.row(y).iter().chain(&[false]).enumerate() {
            if runs.push(*dark) && runs.looks_like_corner() {
                let middle = x as f64 - runs.after_middle();
                if let Some(corner) = confirm(picture, middle, y as f64 + 0.5, runs.width()) {
                    remember(&mut corners, corner);
                }
            }
            if corners.len() == MOST {
                return corners;
            }
        }
    }
    corners.retain(|corner| corner.hits > 1);
    corners
}

/// The lengths of the last five runs, which begin and end dark, and of the one that goes on.
#[derive(Default)]
struct Runs {
    past: [u32; 5],
    dark: bool,
    length: u32,
}

impl Runs {
    /// Adds a pixel, and tells whether it ended a dark run.
    fn push(&mut self, dark: bool) -> bool {
        if dark == self.dark {
            self.length += 1;
            return false;
        }
        self.past.rotate_left(1);
        self.past[4] = self.length;
        (self.dark, self.length) = (dark, 1);
        !dark
    }

    fn looks_like_corner(&self) -> bool {
        proportioned(&self.past)
    }

    fn width(&self) -> u32 {
        self.past.iter().sum()
    }

    /// How far the middle is before the end of the last run.
    fn after_middle(&self) -> f64 {
        f64::from(self.past[4] + self.past[3]) + f64::from(self.past[2]) / 2.0
    }
}

/// Whether five runs have a corner's proportions, each within a bit more than half a module.
fn proportioned(runs: &[u32; 5]) -> bool {
    let module = f64::from(runs.iter().sum::<u32>()) / 7.0;
    let near = |(run, modules): (&u32, f64)| {
        (f64::from(*run) - modules * module).abs() < 0.55 * module * modules.sqrt()
    };
    module >= 1.0 && runs.iter().zip(PROPORTIONS).all(near)
}

/// Crosses the corner downwards through its supposed middle, and then across through the middle of that. No further than it is
/// wide, or a picture of stripes would be looked at again and again.
fn confirm(picture: &Bitmap, x: f64, y: f64, width: u32) -> Option<Corner> {
    let (y, down) = cross(picture, (x, y), (0, 1), width)?;
    let (x, across) = cross(picture, (x, y), (1, 0), width)?;
    let even = down.max(across) < 1.5 * down.min(across);
    even.then_some(Corner { x, y, module: (down + across) / 2.0, hits: 1 })
}

/// The middle of the corner along a direction, and how wide its modules are that way.
fn cross(
    picture: &Bitmap,
    from: (f64, f64),
    step: (isize, isize),
    width: u32,
) -> Option<(f64, f64)> {
    let (x, y) = (from.0.floor() as isize, from.1.floor() as isize);
    let forth = arm(picture, (x, y), step, width)?;
    let back = arm(picture, (x - step.0, y - step.1), (-step.0, -step.1), width)?;
    let runs = [back[2], back[1], back[0] + forth[0], forth[1], forth[2]];
    let start = if step.0 == 1 { x } else { y } as f64;
    let middle = start + (f64::from(forth[0]) - f64::from(back[0])) / 2.0;
    proportioned(&runs).then(|| (middle, f64::from(runs.iter().sum::<u32>()) / 7.0))
}

/// The lengths of the three runs, dark, light and dark, from a pixel on. None if they are longer than `most` together.
fn arm(
    picture: &Bitmap,
    from: (isize, isize),
    step: (isize, isize),
    most: u32,
) -> Option<[u32; 3]> {
    let mut runs = [0; 3];
    let (mut x, mut y) = from;
    let mut left = most;
    for (run, dark) in runs.iter_mut().zip([true, false, true]) {
        while picture.dark(x, y) == dark {
            *run += 1;
            (x, y) = (x + step.0, y + step.1);
            left = left.checked_sub(1)?;
        }
    }
    Some(runs)
}

/// Adds a corner, or makes one that is known more precise.
fn remember(corners: &mut Vec<Corner>, new: Corner) {
    let known = corners.iter_mut().find(|corner| {
        (corner.x - new.x).abs() < corner.module * 2.0
            && (corner.y - new.y).abs() < corner.module * 2.0
    });
    let Some(known) = known else { return corners.push(new) };
    let hits = f64::from(known.hits);
    let mean = |known: f64, new: f64| (known * hits + new) / (hits + 1.0);
    *known = Corner {
        x: mean(known.x, new.x),
        y: mean(known.y, new.y),
        module: mean(known.module, new.module),
        hits: known.hits + 1,
    };
}
