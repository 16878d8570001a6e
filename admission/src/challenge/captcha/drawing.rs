//! Five characters as SVG: turned, shifted, in shuffled order, with lines across.

use super::glyphs;
use rand::{Rng, RngExt};
use std::fmt::Write;

/// The drawing's size; the original's was the same.
const WIDTH: f32 = 150.0;
const HEIGHT: f32 = 50.0;
/// How many lines are drawn across.
const LINES: usize = 3;
/// Colours of characters; any stands out from white.
const COLOURS: [&str; 4] = ["#333", "#255", "#532", "#436"];
/// The colour of the lines: people look past it.
const FAINT: &str = "#999";

/// The drawing of `text`.
pub(super) fn svg(text: &[u8], random: &mut impl Rng) -> String {
    let pitch = WIDTH / (text.len() as f32 + 0.5);
    let mut paths: Vec<String> = Vec::new();
    for (place, letter) in text.iter().enumerate() {
        let centre = ((place as f32 + 0.75) * pitch, HEIGHT / 2.0);
        paths.extend(strokes(*letter, centre, random));
    }
    paths.extend((0..LINES).map(|_| line_across(random)));
    shuffle(&mut paths, random);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0,0,{WIDTH},{HEIGHT}">{}</svg>"#,
        paths.concat()
    )
}

/// The strokes of one character around `centre`, each a path.
fn strokes(letter: u8, centre: (f32, f32), random: &mut impl Rng) -> Vec<String> {
    let (sin, cos) = random.random_range(-0.4f32..0.4).sin_cos();
    let scale = random.random_range(4.6f32..5.8);
    let (x0, y0) = (centre.0 + jitter(random, 2.0), centre.1 + jitter(random, 5.0));
    let colour = COLOURS[random.random_range(0..COLOURS.len())];
    let mut place = |(x, y): (f32, f32)| {
        let (x, y) =
            ((x - 2.0) * scale + jitter(random, 0.8), (y - 3.0) * scale + jitter(random, 0.8));
        (x0 + x * cos - y * sin, y0 + x * sin + y * cos)
    };
    glyphs::strokes(letter).map(|stroke| path(stroke.map(&mut place), colour, 2.5)).collect()
}

/// A line from the left edge to the right.
fn line_across(random: &mut impl Rng) -> String {
    let mut y = || random.random_range(5.0..HEIGHT - 5.0);
    let points = [(0.0, y()), (WIDTH / 3.0, y()), (WIDTH * 2.0 / 3.0, y()), (WIDTH, y())];
    path(points.into_iter(), FAINT, 1.0)
}

fn path(points: impl Iterator<Item = (f32, f32)>, colour: &str, width: f32) -> String {
    let mut path = String::from("<path d=\"");
    for (n, (x, y)) in points.enumerate() {
        let command = if n == 0 { 'M' } else { 'L' };
        write!(path, "{command}{x:.1} {y:.1}").expect("invariant: a string takes what is written");
    }
    write!(path, "\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>")
        .expect("invariant: a string takes what is written");
    path
}

fn jitter(random: &mut impl Rng, most: f32) -> f32 {
    random.random_range(-most..most)
}

/// The order of the paths must not be that of the characters.
fn shuffle(paths: &mut [String], random: &mut impl Rng) {
    for last in (1..paths.len()).rev() {
        paths.swap(last, random.random_range(0..=last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn a_drawing_is_one_svg_that_shows_no_text_and_is_never_the_same() {
        let mut random = StdRng::seed_from_u64(1);
        let drawings: Vec<_> = (0..50).map(|_| svg(b"AC34X", &mut random)).collect();
        for drawing in &drawings {
            assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>"));
            assert!(!drawing.contains("AC34X") && !drawing.contains("<text"));
            assert!(drawing.len() < 4_096 && drawing.matches("<path ").count() >= LINES + 5);
        }
        assert!(drawings.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn everything_is_drawn_within_the_picture() {
        let mut random = StdRng::seed_from_u64(2);
        for _ in 0..200 {
            let drawing = svg(b"MWMWM", &mut random);
            let numbers = drawing.split("d=\"").skip(1).flat_map(|path| {
                let points = path.split('"').next().unwrap_or_default();
                points.split(['M', 'L', ' ']).filter_map(|number| number.parse::<f32>().ok())
            });
            assert!(numbers.into_iter().all(|number| (-2.0..=WIDTH).contains(&number)));
        }
    }
}
