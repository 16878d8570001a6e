//! Printing JSON for people: lists as columns, records as lines.

use serde_json::Value;

/// The longest value that is printed in a column, in characters.
const WIDEST: usize = 60;

/// A column: its title, and where its value stands in an item (a JSON pointer).
pub(super) type Column = (&'static str, &'static str);

/// Prints a list as a table.
#[expect(clippy::print_stdout, reason = "the table is what was asked for")]
pub(super) fn print(list: &Value, columns: &[Column]) {
    print!("{}", text(list, columns));
}

/// Prints the members of a record, one a line.
#[expect(clippy::print_stdout, reason = "the record is what was asked for")]
pub(super) fn print_record(record: &Value) {
    for (name, value) in record.as_object().into_iter().flatten() {
        println!("{name:<26} {}", cell(value));
    }
}

fn text(list: &Value, columns: &[Column]) -> String {
    let title = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
    let row = |item: &Value| {
        let value = |(_, pointer): &Column| item.pointer(pointer).unwrap_or(&Value::Null);
        columns.iter().map(|column| shortened(cell(value(column)))).collect()
    };
    let rows: Vec<Vec<String>> =
        std::iter::once(title).chain(list.as_array().into_iter().flatten().map(row)).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let line: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            items.iter().map(cell).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= WIDEST {
        return text;
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let list = json!([{ "a": "x", "b": { "c": ["p", "q"] } }, { "a": null }, { "a": "long".repeat(20) }]);
        let text = text(&list, &[("A", "/a"), ("C", "/b/c")]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].starts_with("x ") && lines[1].ends_with("  p,q"), "{text}");
        assert!(lines[2].starts_with('-') && lines[3].contains('…'), "{text}");
    }
}
