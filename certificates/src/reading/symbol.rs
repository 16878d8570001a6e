//! From corners to texts: which three belong to a symbol, how many modules it has, and what these say.

use super::{
    bitmap::Bitmap,
    finder::{Corner, corners},
};
use rqrr::{Grid, SimpleGrid};

/// How many places are looked at, and at how many of them decoding is tried, at most.
const PLACES: usize = 2_000;
const TRIES: usize = 64;

/// How many modules the middle of a corner is away from the edges of the symbol.
const INSET: f64 = 3.5;

/// Where a symbol lies in a picture: its upper left corner, and the way to the others.
#[derive(Clone, Copy)]
struct Place {
    origin: (f64, f64),
    right: (f64, f64),
    down: (f64, f64),
}

/// The texts of all QR codes in a picture, each once.
pub(super) fn texts(picture: &Bitmap) -> Vec<String> {
    let corners = corners(picture);
    let mut texts = Vec::new();
    let places = places(&corners).take(PLACES);
    let symbols = places.filter_map(|place| Some((place, modules(picture, place)?)));
    for (place, modules) in symbols.take(TRIES) {
        let text = decode(picture, place, modules);
        if let Some(text) = text.filter(|text| !texts.contains(text)) {
            texts.push(text);
        }
    }
    texts
}

/// All places where three corners form half a square.
fn places(corners: &[Corner]) -> impl Iterator<Item = Place> {
    let others = move |at: usize| corners.iter().enumerate().filter(move |(other, _)| *other != at);
    corners.iter().enumerate().flat_map(move |(at, origin)| {
        others(at).flat_map(move |(first, right)| {
            let downs = others(at).filter(move |(second, _)| *second != first);
            downs.filter_map(move |(_, down)| Place::of(origin, right, down))
        })
    })
}

impl Place {
    fn of(origin: &Corner, right: &Corner, down: &Corner) -> Option<Self> {
        let alike = |other: &Corner| {
            other.module < 1.5 * origin.module && origin.module < 1.5 * other.module
        };
        let way = |to: &Corner| (to.x - origin.x, to.y - origin.y);
        let place = Self { origin: (origin.x, origin.y), right: way(right), down: way(down) };
        let (width, height) =
            (place.right.0.hypot(place.right.1), place.down.0.hypot(place.down.1));
        let area = place.right.0 * place.down.1 - place.right.1 * place.down.0;
        let square = width < 1.2 * height && height < 1.2 * width && area > 0.95 * width * height;
        (alike(right) && alike(down) && square && width > 10.0 * origin.module).then_some(place)
    }

    /// Whether the module in a column and a row is dark, in a symbol of that many.
    fn dark(&self, picture: &Bitmap, modules: usize, x: usize, y: usize) -> bool {
        let between = modules as f64 - 2.0 * INSET;
        let (right, down) =
            ((x as f64 + 0.5 - INSET) / between, (y as f64 + 0.5 - INSET) / between);
        let x = self.origin.0 + right * self.right.0 + down * self.down.0;
        let y = self.origin.1 + right * self.right.1 + down * self.down.1;
        picture.dark(x.floor() as isize, y.floor() as isize)
    }
}

/// How many modules wide the symbol is: the number for which the timing patterns, a row and a column of modules that are dark
/// and light by turns, are right; at most one in eight may be damaged.
fn modules(picture: &Bitmap, place: Place) -> Option<usize> {
    let wrong = |modules: usize| {
        let at = 8..modules - 8;
        let row =
            at.clone().filter(|x| place.dark(picture, modules, *x, 6) != (x % 2 == 0)).count();
        let column = at.filter(|y| place.dark(picture, modules, 6, *y) != (y % 2 == 0)).count();
        (row + column) as f64 / (2 * (modules - 16)) as f64
    };
    let sizes = (1..=40).map(|version| 17 + 4 * version);
    let measured = sizes.map(|modules| (modules, wrong(modules)));
    let best = measured.min_by(|one, other| one.1.total_cmp(&other.1))?;
    (best.1 <= 0.125).then_some(best.0)
}

fn decode(picture: &Bitmap, place: Place, modules: usize) -> Option<String> {
    let grid = SimpleGrid::from_func(modules, |x, y| place.dark(picture, modules, x, y));
    Grid::new(grid).decode().ok().map(|(_, text)| text)
}
