//! Times of day in the programme's own time zone, opening hours and slot labels.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A time of day in whole minutes after midnight, 0 to 1439.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// `None` for an impossible time.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// `None` past 1439.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes < 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// `HH:MM:SS`, the form of search answers.
    pub fn with_seconds(self) -> String {
        format!("{self}:00")
    }
}

/// `HH:MM`, the form of appointments.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// From one time of day to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hours {
    /// When it opens.
    pub from: TimeOfDay,
    /// When it closes; later than `from`.
    pub to: TimeOfDay,
}

impl Hours {
    /// `None` unless `from` is earlier than `to`.
    pub fn new(from: TimeOfDay, to: TimeOfDay) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// The label of a slot with these hours: `09:00AM-11:00AM` (source: recorded answers from April 2021 on).
    pub fn slot_label(self) -> String {
        format!("{}-{}", Twelve(self.from), Twelve(self.to))
    }

    /// Reads the label of a slot; `None` if there are no such hours.
    pub fn from_label(label: &str) -> Option<Self> {
        let (from, to) = label.split_once('-')?;
        Self::new(twelve(from)?, twelve(to)?)
    }

    /// Whether `label` names these hours; the case of AM and PM does not matter.
    pub fn is_labelled(self, label: &str) -> bool {
        self.slot_label().eq_ignore_ascii_case(label)
    }
}

/// Reads a time on the twelve-hour clock, in either case.
fn twelve(text: &str) -> Option<TimeOfDay> {
    let (clock, half) = text.split_at_checked(5)?;
    let (hour, minute) = clock.split_once(':')?;
    let number = |digits: &str| {
        let two = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        two.then(|| digits.parse::<u16>().ok()).flatten()
    };
    let after = match half.to_ascii_uppercase().as_str() {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    let hour = number(hour).filter(|hour| (1..=12).contains(hour))?;
    TimeOfDay::new(hour % 12 + after, number(minute)?)
}

/// A time on the twelve-hour clock: `09:00AM`.
struct Twelve(TimeOfDay);

impl fmt::Display for Twelve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = (self.0.0 / 60, self.0.0 % 60);
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        write!(f, "{hour:02}:{minute:02}{half}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn different_hours_have_different_labels(times in prop::array::uniform4(0_u16..1440)) {
            let [a, b, c, d] = times.map(|minutes| TimeOfDay::from_minutes(minutes).unwrap());
            if let (Some(one), Some(other)) = (Hours::new(a, b), Hours::new(c, d)) {
                prop_assert_eq!(one.slot_label() == other.slot_label(), one == other);
                prop_assert!(one.is_labelled(&one.slot_label().to_lowercase()));
                prop_assert_eq!(Hours::from_label(&one.slot_label()), Some(one));
            }
        }

        #[test]
        fn no_text_makes_the_reader_of_labels_panic(text: String) {
            let _ = Hours::from_label(&text);
        }
    }

    fn hours(from: u16, to: u16) -> Hours {
        Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
    }

    #[test]
    fn slot_labels_are_on_the_twelve_hour_clock() {
        assert_eq!(hours(9, 11).slot_label(), "09:00AM-11:00AM");
        assert_eq!(hours(11, 13).slot_label(), "11:00AM-01:00PM");
        assert_eq!(hours(0, 12).slot_label(), "12:00AM-12:00PM");
        assert!(hours(15, 18).is_labelled("03:00pm-06:00PM"));
    }

    #[test]
    fn hours_run_forward() {
        let nine = TimeOfDay::new(9, 0).unwrap();
        assert!(Hours::new(nine, nine).is_none());
        assert!(TimeOfDay::new(24, 0).is_none());
    }
}
