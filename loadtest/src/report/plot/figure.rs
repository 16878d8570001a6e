//! A plot on the page: heading, what it shows in a sentence, legend, the picture in two sizes, and what a pointer reads
//! out of it.

use super::draw::{Drawing, shortened};
use super::{Plot, Shape, Size};
use crate::report::markup::Html;

/// A plot on the page.
#[derive(Clone, Debug)]
pub(in crate::report) struct Figure {
    /// Its id on the page.
    pub(in crate::report) id: &'static str,
    /// What it shows.
    pub(in crate::report) heading: &'static str,
    /// What is to be seen in it, in a sentence.
    pub(in crate::report) caption: String,
    /// The plot.
    pub(in crate::report) plot: Plot,
    /// What is read out where: values of x with a line of text.
    pub(in crate::report) readout: Vec<(f64, String)>,
}

impl Figure {
    /// Writes it across the page.
    pub(in crate::report) fn write(&self, html: &mut Html) {
        self.write_at(html, Size::WIDE);
    }

    /// Writes it for half of the page's width.
    pub(in crate::report) fn write_half(&self, html: &mut Html) {
        self.write_at(html, Size::HALF);
    }

    fn write_at(&self, html: &mut Html, wide: Size) {
        let readout = self.readout_json();
        html.element("figure", &[("id", &self.id), ("data-readout", &readout)], |html| {
            html.leaf("h3", &[], self.heading);
            html.leaf("figcaption", &[], &self.caption);
            self.legend(html);
            Drawing::new(&self.plot, wide).write(html, self.id, self.heading);
            Drawing::new(&self.plot, Size::PHONE).write(html, self.id, self.heading);
            html.leaf("div", &[("class", &"readout"), ("aria-hidden", &"true")], "");
        });
    }

    fn legend(&self, html: &mut Html) {
        let bands = [("chaos", "chaos command"), ("stall", "stall")];
        let bands = bands.into_iter().filter(|(class, _)| self.has_band(class));
        let bands: Vec<_> = bands.collect();
        if self.plot.series.len() + bands.len() < 2 {
            return;
        }
        html.element("ul", &[("class", &"legend"), ("aria-label", &"Legend")], |html| {
            for series in &self.plot.series {
                let kind = if matches!(series.shape, Shape::Area(_)) { "area" } else { "" };
                html.element("li", &[], |html| {
                    swatch(html, kind, &format!("s{}", series.style));
                    html.text(shortened(&series.name, 40));
                });
            }
            for (class, name) in bands {
                html.element("li", &[], |html| {
                    html.leaf("span", &[("class", &format_args!("swatch band {class}"))], "");
                    html.text(name);
                });
            }
        });
    }

    fn has_band(&self, class: &str) -> bool {
        self.plot.bands.iter().any(|band| band.class == class)
    }

    /// Pairs of a place from 0 to 1 and a text, in JSON.
    fn readout_json(&self) -> String {
        let pairs = self.readout.iter().filter(|(x, _)| x.is_finite());
        let pairs = pairs.map(|(x, text)| ((self.plot.x.place(*x) * 1e4).round() / 1e4, text));
        serde_json::to_string(&pairs.collect::<Vec<_>>()).unwrap_or_default()
    }
}

/// A sample of a line with its colour and dash.
fn swatch(html: &mut Html, kind: &str, style: &str) {
    let box_of = [
        ("class", &"swatch" as &dyn std::fmt::Display),
        ("viewBox", &"0 0 30 12"),
        ("aria-hidden", &"true"),
    ];
    html.element("svg", &box_of, |html| {
        if kind == "area" {
            html.empty(
                "path",
                &[("class", &format_args!("area {style}")), ("d", &"M0 4H30V12H0Z")],
            );
        }
        let height = if kind == "area" { 4 } else { 6 };
        html.empty(
            "path",
            &[("class", &format_args!("line {style}")), ("d", &format_args!("M0 {height}H30"))],
        );
    });
}
