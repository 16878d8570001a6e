//! Plots in SVG, written by hand: a [`Plot`] says what is drawn over which [`Axis`], a [`Size`] how large, a [`Figure`]
//! puts it on the page, once for wide screens and paper, once for phones.

mod axis;
mod draw;
mod figure;
mod series;

pub(super) use axis::{Axis, nines};
pub(super) use figure::Figure;
pub(super) use series::{Band, Mark, Series, Shape, stacked};

/// What is drawn.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    /// From left to right.
    pub(super) x: Axis,
    /// From bottom to top.
    pub(super) y: Axis,
    /// Vertical bands behind everything: times in which something was the matter.
    pub(super) bands: Vec<Band>,
    /// The data, the last on top.
    pub(super) series: Vec<Series>,
    /// Vertical lines with a word beside them.
    pub(super) marks: Vec<Mark>,
}

/// How large a plot is, in pixels at its natural size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    class: &'static str,
    width: f64,
    height: f64,
    /// The least room for the labels of y; the same for all, so that plots over time stand exactly above each other.
    left: f64,
    /// Room for names of series at the right end of their lines.
    names: f64,
}

impl Size {
    /// Across the page.
    pub(super) const WIDE: Self =
        Self { class: "wide", width: 1000.0, height: 300.0, left: 58.0, names: 148.0 };
    /// Half of the page.
    pub(super) const HALF: Self =
        Self { class: "wide", width: 486.0, height: 230.0, left: 46.0, names: 14.0 };
    /// A phone.
    pub(super) const PHONE: Self =
        Self { class: "phone", width: 360.0, height: 250.0, left: 40.0, names: 12.0 };
}
