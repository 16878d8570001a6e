//! Drawing a plot at a size.

use super::{Plot, Series, Shape, Size};
use crate::report::markup::Html;
use std::fmt::Write as _;

/// The frame of a plot within its picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The left edge.
    pub(super) left: f64,
    /// The upper edge.
    pub(super) top: f64,
    /// From left to right.
    pub(super) width: f64,
    /// From top to bottom.
    pub(super) height: f64,
}

/// The least distance between two labels above each other, in pixels.
const LINE: f64 = 14.0;
/// What a character takes up, about, in pixels.
const CHARACTER: f64 = 6.6;
/// The same in bold.
const BOLD: f64 = 7.4;

/// A plot, ready to be written.
pub(super) struct Drawing<'a> {
    plot: &'a Plot,
    size: Size,
    frame: Frame,
}

impl<'a> Drawing<'a> {
    /// Lays a plot out.
    pub(super) fn new(plot: &'a Plot, size: Size) -> Self {
        let longest = plot.y.ticks().iter().map(|tick| tick.label.chars().count()).max();
        let left = (longest.unwrap_or(0) as f64 * CHARACTER + 14.0).max(size.left);
        let frame = Frame {
            left,
            top: 26.0,
            width: size.width - left - size.names,
            height: size.height - 26.0 - 44.0,
        };
        Self { plot, size, frame }
    }

    /// Writes the picture. `title` is what it is called when it is read aloud, `id` is its own.
    pub(super) fn write(&self, html: &mut Html, id: &str, title: &str) {
        let Size { class, width, height, .. } = self.size;
        let Frame { left, top, width: inner, height: tall } = self.frame;
        let attributes: [(&'static str, &dyn std::fmt::Display); 6] = [
            ("class", &format_args!("plot {class}")),
            ("viewBox", &format_args!("0 0 {width} {height}")),
            ("role", &"img"),
            ("aria-labelledby", &format_args!("{id}-{class}")),
            ("data-frame", &format_args!("{left:.0} {top:.0} {inner:.0} {tall:.0}")),
            ("data-width", &width),
        ];
        html.element("svg", &attributes, |html| {
            html.leaf("title", &[("id", &format_args!("{id}-{class}"))], title);
            self.bands(html);
            self.grid(html);
            self.plot.series.iter().for_each(|series| self.series(html, series));
            self.marks(html);
            self.names(html);
        });
    }

    fn x(&self, value: f64) -> f64 {
        self.frame.left + self.plot.x.place(value) * self.frame.width
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - self.plot.y.place(value) * self.frame.height
    }

    fn bottom(&self) -> f64 {
        self.frame.top + self.frame.height
    }

    fn right(&self) -> f64 {
        self.frame.left + self.frame.width
    }

    fn grid(&self, html: &mut Html) {
        for tick in self.plot.y.ticks() {
            let y = self.y(tick.at);
            line(html, "grid", (self.frame.left, y), (self.right(), y));
            label(html, "tick end", (self.frame.left - 7.0, y + 4.0), &tick.label);
        }
        let mut free_from = f64::NEG_INFINITY;
        for tick in self.plot.x.ticks() {
            let x = self.x(tick.at);
            let half = tick.label.chars().count() as f64 * CHARACTER / 2.0;
            line(html, "axis", (x, self.bottom()), (x, self.bottom() + 4.0));
            // Labels that would run into the one before are left out: phones are narrow.
            if x - half > free_from && x + half < self.size.width + 6.0 {
                label(html, "tick middle", (x, self.bottom() + 18.0), &tick.label);
                free_from = x + half + 5.0;
            }
        }
        line(html, "axis", (self.frame.left, self.bottom()), (self.right(), self.bottom()));
        let middle = self.frame.left + self.frame.width / 2.0;
        label(html, "name middle", (middle, self.size.height - 7.0), self.plot.x.label);
        label(html, "name", (4.0, 13.0), self.plot.y.label);
    }

    fn bands(&self, html: &mut Html) {
        for band in &self.plot.bands {
            let (from, to) = (self.x(band.from), self.x(band.to));
            // A stall of milliseconds in a run of an hour must still be seen.
            let width = (to - from).max(1.5);
            let attributes: [(&'static str, &dyn std::fmt::Display); 5] = [
                ("class", &format_args!("band {}", band.class)),
                ("x", &format_args!("{from:.1}")),
                ("y", &self.frame.top),
                ("width", &format_args!("{width:.1}")),
                ("height", &self.frame.height),
            ];
            html.empty("rect", &attributes);
            if !band.label.is_empty() {
                label(html, "bandname", (from + 3.0, self.frame.top + 11.0), &band.label);
            }
        }
    }

    fn marks(&self, html: &mut Html) {
        for mark in &self.plot.marks {
            let x = self.x(mark.at);
            line(html, "mark", (x, self.frame.top), (x, self.bottom()));
            let wide = mark.label.chars().count() as f64 * CHARACTER;
            let (class, x) = if x + wide > self.right() {
                ("marktext end", x - 5.0)
            } else {
                ("marktext", x + 5.0)
            };
            // Below the names of bands.
            label(html, class, (x, self.frame.top + 11.0 + LINE), &mark.label);
        }
    }

    fn series(&self, html: &mut Html, series: &Series) {
        match &series.shape {
            Shape::Bars => self.bars(html, series),
            Shape::Area(base) => {
                self.area(html, series, base);
                self.line(html, series, false);
            }
            Shape::Line => self.line(html, series, false),
            Shape::Steps => self.line(html, series, true),
        }
    }

    fn line(&self, html: &mut Html, series: &Series, steps: bool) {
        let path = self.path(series.points.iter().copied(), steps);
        html.empty("path", &[("class", &format_args!("line s{}", series.style)), ("d", &path)]);
    }

    fn area(&self, html: &mut Html, series: &Series, base: &[f64]) {
        let mut path = self.path(series.points.iter().copied(), false);
        let back = series.points.iter().zip(base).rev().map(|((x, _), base)| (*x, *base));
        for (x, y) in back {
            append_point(&mut path, 'L', self.x(x), self.y(y));
        }
        path.push('Z');
        html.empty("path", &[("class", &format_args!("area s{}", series.style)), ("d", &path)]);
    }

    fn bars(&self, html: &mut Html, series: &Series) {
        for &(x, y) in series.points.iter().filter(|(_, y)| *y > 0.0) {
            let (from, to) = (self.x(x - 0.4), self.x(x + 0.4));
            // A single one among thousands must still be seen.
            let top = self.y(y).min(self.bottom() - 1.5);
            let attributes: [(&'static str, &dyn std::fmt::Display); 5] = [
                ("class", &format_args!("bar s{}", series.style)),
                ("x", &format_args!("{from:.1}")),
                ("y", &format_args!("{top:.1}")),
                ("width", &format_args!("{:.1}", to - from)),
                ("height", &format_args!("{:.1}", self.bottom() - top)),
            ];
            html.empty("rect", &attributes);
            let middle = (from + to) / 2.0;
            label(html, "tick middle", (middle, top - 4.0), &crate::number::number(y));
        }
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>, steps: bool) -> String {
        let mut path = String::new();
        let mut last_y = None;
        for (x, y) in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            let (x, y) = (self.x(x), self.y(y));
            if let Some(last_y) = last_y.filter(|_| steps) {
                append_point(&mut path, 'L', x, last_y);
            }
            append_point(&mut path, if last_y.is_none() { 'M' } else { 'L' }, x, y);
            last_y = Some(y);
        }
        path
    }

    /// Names at the right ends of lines, moved apart where they would lie on each other. Where there is no room for
    /// them the legend has to do.
    fn names(&self, html: &mut Html) {
        if self.size.names < 60.0 || self.plot.series.len() < 2 {
            return;
        }
        let ends = self.plot.series.iter().filter(|series| series.shape != Shape::Bars);
        let ends = ends.filter_map(|series| Some((self.end(series)?, series)));
        let mut ends: Vec<(f64, &Series)> = ends.collect();
        ends.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let heights: Vec<f64> = ends.iter().map(|(y, _)| *y).collect();
        let heights = apart(&heights, self.frame.top, self.bottom() + 4.0);
        for ((_, series), y) in ends.iter().zip(heights) {
            let room = ((self.size.names - 10.0) / BOLD) as usize;
            let class = format!("seriesname t{}", series.style);
            label(html, &class, (self.right() + 8.0, y + 4.0), &shortened(&series.name, room));
        }
    }

    /// The height at which a series ends; of an area, its middle there, if it has not shrunk to nothing.
    fn end(&self, series: &Series) -> Option<f64> {
        let top = self.y(series.points.last()?.1);
        match &series.shape {
            Shape::Area(base) => {
                let bottom = self.y(base.last().copied()?);
                (bottom - top > 2.0).then_some((top + bottom) / 2.0)
            }
            _ => Some(top),
        }
    }
}

/// Moves rising heights apart until each is [`LINE`] below the last, as far as there is room.
fn apart(heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut placed = heights.to_vec();
    for place in 1..placed.len() {
        placed[place] = placed[place].max(placed[place - 1] + LINE);
    }
    let mut limit = bottom;
    for height in placed.iter_mut().rev() {
        *height = height.min(limit).max(top);
        limit = *height - LINE;
    }
    placed
}

/// The first characters of a text, with dots if there are more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn append_point(path: &mut String, command: char, x: f64, y: f64) {
    write!(path, "{command}{x:.1} {y:.1}").expect("invariant: a string takes what is written");
}

fn line(html: &mut Html, class: &str, from: (f64, f64), to: (f64, f64)) {
    let attributes: [(&'static str, &dyn std::fmt::Display); 5] = [
        ("class", &class),
        ("x1", &format_args!("{:.1}", from.0)),
        ("y1", &format_args!("{:.1}", from.1)),
        ("x2", &format_args!("{:.1}", to.0)),
        ("y2", &format_args!("{:.1}", to.1)),
    ];
    html.empty("line", &attributes);
}

fn label(html: &mut Html, class: &str, at: (f64, f64), text: &str) {
    let (x, y) = at;
    html.leaf(
        "text",
        &[("class", &class), ("x", &format_args!("{x:.1}")), ("y", &format_args!("{y:.1}"))],
        text,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        assert_eq!(apart(&[10.0, 12.0, 90.0], 0.0, 92.0), [10.0, 24.0, 90.0]);
        assert_eq!(apart(&[80.0, 85.0, 90.0], 0.0, 92.0), [64.0, 78.0, 92.0]);
    }

    #[test]
    fn long_names_are_shortened_by_characters() {
        assert_eq!((shortened("ಬೆಂಗಳೂರು", 4).as_str(), shortened("abc", 3).as_str()), ("ಬೆಂ…", "abc"));
    }
}
