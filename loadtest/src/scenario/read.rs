//! From text to a scenario.

use super::{SHIPPED, Scenario, Unfit};
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no scenario to run.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Neither shipped nor a file.
    #[error("there is no scenario `{0}`, and no file of that name; shipped are: {names}", names = shipped())]
    Unknown(String),
    /// The file cannot be read.
    #[error("{path}: {problem}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The text is not a scenario; what the reader says names line and field.
    #[error("{name}: {problem}")]
    Malformed {
        /// The scenario or its file.
        name: String,
        /// What is wrong, with the line.
        problem: String,
    },
    /// A field has a value that cannot be run.
    #[error("{name}: {problem}")]
    Unfit {
        /// The scenario or its file.
        name: String,
        /// The field.
        problem: Unfit,
    },
}

fn shipped() -> String {
    SHIPPED.iter().map(|shipped| shipped.name).collect::<Vec<_>>().join(", ")
}

/// The scenario of this name: a shipped one, or a file.
///
/// # Errors
/// If there is none, or if it cannot be run.
pub fn load(name: &str) -> Result<Scenario, ReadError> {
    if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name) {
        return parse(name, shipped.toml);
    }
    let path = PathBuf::from(name);
    if !path.exists() {
        return Err(ReadError::Unknown(name.to_owned()));
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|problem| ReadError::Unreadable { path, problem })?;
    parse(name, &text)
}

/// The scenario that a text describes. `name` is what errors call it.
///
/// # Errors
/// If it is none, or cannot be run.
pub fn parse(name: &str, text: &str) -> Result<Scenario, ReadError> {
    let scenario: Scenario = toml::from_str(text).map_err(|error| ReadError::Malformed {
        name: name.to_owned(),
        problem: error.to_string(),
    })?;
    scenario.check().map_err(|problem| ReadError::Unfit { name: name.to_owned(), problem })?;
    Ok(scenario)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
        name = "least"
        about = "One path."
        arrivals = { rate = 10 }
        [[people]]
        name = "someone"
        share = 1
        flow = "get"
        path = "/"
    "#;

    fn refusal(text: &str) -> String {
        parse("it", text).unwrap_err().to_string()
    }

    #[test]
    fn the_least_scenario_is_a_pace_and_somebody() {
        let scenario = parse("least", LEAST).unwrap();
        assert_eq!(scenario.requests_per_visit(), 1.0);
        assert_eq!(scenario.duration.as_s(), 60.0);
    }

    #[test]
    fn unknown_fields_are_refused_by_name_wherever_they_stand() {
        let cases = [
            ("about", "abuot = 1\nabout", "abuot"),
            ("rate", "ratte = 1, rate", "ratte"),
            ("path = ", "pth = \"/\"\npath = ", "pth"),
            ("share", "shar = 1\nshare", "shar"),
        ];
        for (place, with, name) in cases {
            let said = refusal(&LEAST.replacen(place, with, 1));
            assert!(said.contains(&format!("`{name}`")), "{said}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_run_are_refused_by_field() {
        let cases = [
            ("rate = 10", "rate = 0", "arrivals.rate"),
            ("rate = 10", "rate = -5", "arrivals.rate"),
            ("rate = 10", "rate = nan", "arrivals.rate"),
            (
                "rate = 10",
                "rate = 10, shape = { kind = \"ramp\", from = 2 }",
                "arrivals.shape.from",
            ),
            ("arrivals = { rate = 10 }", "", "arrivals"),
            ("arrivals = { rate = 10 }", "closed = { people = 0 }", "closed.people"),
            ("share = 1", "share = 0", "people.someone.share"),
            ("path = \"/\"", "path = \"a b\"", "people.someone.path"),
            ("about", "connections = 0\nabout", "connections"),
            ("about", "duration = \"0s\"\nabout", "duration"),
        ];
        for (place, with, field) in cases {
            let said = refusal(&LEAST.replacen(place, with, 1));
            assert!(said.contains(&format!("`{field}`")), "{with}: {said}");
        }
    }

    /// The text of the record day, and that of one of its groups.
    fn record_day(group: &str) -> (&'static str, String) {
        let text = SHIPPED.iter().find(|one| one.name == "record-day").unwrap().toml;
        let named = format!("name = \"{group}\"");
        let of_group = text.split("[[people]]").find(|part| part.contains(&named)).unwrap();
        (text, format!("[[people]]{of_group}"))
    }

    #[test]
    fn counters_are_one_group_whose_people_are_known_before() {
        let (text, group) = record_day("counters");
        let scenario = parse("record-day", text).unwrap();
        assert_eq!(scenario.counter().map(|(group, _)| group), Some(2));
        // 10,000 searches, 750 people of three requests each, and five sessions.
        assert!((scenario.visit_weights()[2] - 750.0 / 10_755.0).abs() < 1e-9);
        let twice = format!("{text}\n{}", group.replacen("counters", "others", 1));
        let cases = [
            (text.replacen("rate = 12265", "of_capacity = 1.0", 1), "flow"),
            (twice, "flow"),
            (text.replacen("walk_ins = 0.25", "walk_ins = 1.25", 1), "walk_ins"),
            (text.replacen("facilities = 2500", "facilities = 0", 1), "facilities"),
        ];
        for (text, field) in cases {
            let said = refusal(&text);
            assert!(said.contains(&format!("people.counters.{field}")), "{said}");
        }
    }

    #[test]
    fn managers_are_one_group_and_publish_what_a_target_can_take() {
        let (text, group) = record_day("managers");
        let scenario = parse("record-day", text).unwrap();
        assert_eq!(scenario.publisher().map(|(group, _)| group), Some(3));
        // Five sessions a second, three requests each.
        assert_eq!(scenario.people[3].share / scenario.people[3].flow.requests(), 5.0);
        let twice = format!("{text}\n{}", group.replacen("managers", "others", 1));
        assert!(refusal(&twice).contains("people.managers.flow"), "{}", refusal(&twice));
        let cases = [
            ("facilities = 500", "facilities = 0", "people.managers.facilities"),
            ("facilities = 500", "seats = 0", "people.managers.seats"),
            ("facilities = 500", "seats = 10001", "people.managers.seats"),
            ("facilities = 500", "days_ahead = 0", "people.managers.days_ahead"),
            ("facilities = 500", "days_ahead = 91", "people.managers.days_ahead"),
            ("facilities = 500", "days_ago = 7", "days_ago"),
        ];
        for (place, with, field) in cases {
            let said = refusal(&text.replacen(place, with, 1));
            assert!(said.contains(&format!("`{field}`")), "{with}: {said}");
        }
    }

    #[test]
    fn a_scenario_survives_its_text() {
        for shipped in SHIPPED {
            let scenario =
                parse(shipped.name, shipped.toml).unwrap_or_else(|error| panic!("{error}"));
            let text = toml::to_string(&scenario).unwrap();
            assert_eq!(parse(shipped.name, &text).unwrap(), scenario, "{text}");
            assert_eq!(scenario.name, shipped.name);
        }
    }

    #[test]
    fn what_is_not_there_is_answered_with_what_is() {
        assert!(load("national-openning").unwrap_err().to_string().contains("national-opening"));
    }
}
