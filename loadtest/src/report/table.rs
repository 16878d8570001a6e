//! Tables.

use super::markup::Html;

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug)]
struct Row {
    class: &'static str,
    cells: Vec<String>,
}

impl Table {
    /// A table with these columns. A name that begins with `#` is one of numbers, set to the right without the mark.
    pub(super) fn new(columns: &[&'static str]) -> Self {
        let columns = columns.iter().map(|name| match name.strip_prefix('#') {
            Some(name) => (name, "number"),
            None => (*name, "words"),
        });
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.marked_row("", cells);
    }

    /// Adds a row of a class of the style sheet.
    pub(super) fn marked_row(
        &mut self,
        class: &'static str,
        cells: impl IntoIterator<Item = String>,
    ) {
        self.rows.push(Row { class, cells: cells.into_iter().collect() });
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it, in a box that scrolls if the page is narrower than the table.
    pub(super) fn write(&self, html: &mut Html) {
        html.element("div", &[("class", &"scroll"), ("tabindex", &"0")], |html| {
            html.element("table", &[], |html| {
                html.element("thead", &[], |html| html.element("tr", &[], |html| self.head(html)));
                html.element("tbody", &[], |html| {
                    self.rows.iter().for_each(|row| self.body_row(html, row));
                });
            });
        });
    }

    fn head(&self, html: &mut Html) {
        for (name, class) in &self.columns {
            html.leaf("th", &[("scope", &"col"), ("class", class)], name);
        }
    }

    fn body_row(&self, html: &mut Html, row: &Row) {
        html.element("tr", &[("class", &row.class)], |html| {
            for (place, (cell, (_, class))) in row.cells.iter().zip(&self.columns).enumerate() {
                if place == 0 {
                    html.leaf("th", &[("scope", &"row"), ("class", class)], cell);
                } else {
                    html.leaf("td", &[("class", class)], cell);
                }
            }
        });
    }
}

/// Pairs of a name and what it is, for facts.
pub(super) fn facts(html: &mut Html, facts: &[(&'static str, String)]) {
    html.element("dl", &[("class", &"facts")], |html| {
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            html.element("div", &[], |html| {
                html.leaf("dt", &[], name);
                html.leaf("dd", &[], value);
            });
        }
    });
}
