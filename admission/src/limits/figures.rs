//! Limits as a list of numbers, so that metrics show every one of them and none can be forgotten.

use super::Limits;
use serde_json::Value;

impl Limits {
    /// Each number under its name in the JSON: `("user.searches.calls", 20)`.
    pub fn figures(&self) -> Vec<(String, u64)> {
        let value = serde_json::to_value(self).expect("invariant: limits are numbers under names");
        let mut figures = Vec::new();
        walk(String::new(), &value, &mut figures);
        figures
    }
}

fn walk(name: String, value: &Value, figures: &mut Vec<(String, u64)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                walk(format!("{name}{dot}{field}"), value, figures);
            }
        }
        value => figures.extend(value.as_u64().map(|number| (name, number))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_shown() {
        let limits = Limits::default();
        let figures = limits.figures();
        let json = limits.to_json();
        let starts_with_digit = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
        let numbers = json.split(": ").skip(1).filter(starts_with_digit).count();
        assert_eq!(figures.len(), numbers);
        assert!(figures.contains(&("user.searches.calls".to_owned(), 20)));
        assert!(figures.contains(&("plans.high.apis.lookup.per_day".to_owned(), 1_000)));
    }
}
