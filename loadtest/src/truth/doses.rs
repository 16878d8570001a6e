//! Doses that were recorded at a facility, against what is there.

use super::Violations;
use crate::contract::Expecting;
use crate::result::ViolationKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What became of each dose at a facility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseBook {
    /// The facility.
    pub centre: u64,
    /// Its district.
    pub district: u16,
    /// The batch that nobody else takes out of.
    pub batch: String,
    /// The doses, in the order in which they were begun.
    pub doses: Vec<Dose>,
}

/// A dose that somebody tried to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dose {
    /// Whose.
    pub reference: String,
    /// In which session.
    pub session: Uuid,
    /// What became of it.
    pub fate: DoseFate,
}

/// What became of a dose, as far as answers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoseFate {
    /// Acknowledged.
    Recorded,
    /// Refused, or never asked for.
    Refused,
    /// No answer came, or none that says.
    Unknown,
}

/// What reading a facility back has shown, as sums that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledDoses {
    /// Doses that were acknowledged.
    pub recorded: u64,
    /// Doses that are on the lists, whatever was said about them.
    pub there: u64,
    /// Acknowledged doses that are gone.
    pub lost: u64,
    /// Doses that are there more than once, or were taken out of stock more than once.
    pub doubled: u64,
    /// Refused doses that are there.
    pub ghosts: u64,
    /// Unknown outcomes that were found to have happened.
    pub found_done: u64,
    /// Those that were found not to have.
    pub found_undone: u64,
}

/// What is to be found at a facility.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Who was given a dose, by reference and session, and how often they are on the list.
    given: HashMap<(String, Uuid), u64>,
    /// Doses taken out of the batch.
    pub used: u64,
}

impl Found {
    /// What the lists of the day and the stock say.
    pub fn of(lists: &[Expecting], used: u64) -> Self {
        let mut given = HashMap::new();
        for session in lists {
            for person in session.people.iter().filter(|person| person.is_done()) {
                let key = (person.beneficiary_reference_id.clone(), session.session_id);
                *given.entry(key).or_default() += 1;
            }
        }
        Self { given, used }
    }

    fn times(&self, dose: &Dose) -> u64 {
        let key = (dose.reference.clone(), dose.session);
        self.given.get(&key).copied().unwrap_or_default()
    }
}

impl DoseBook {
    /// How many outcomes are unknown.
    pub fn unknown(&self) -> u64 {
        self.doses.iter().filter(|dose| dose.fate == DoseFate::Unknown).count() as u64
    }

    /// Compares what answers said with what is there: on the lists of the day, and in the stock, which has to have fallen by as
    /// many doses as were given.
    pub fn compare(&self, found: &Found, violations: &Violations) -> SettledDoses {
        let mut settled = SettledDoses::default();
        for dose in &self.doses {
            settled.judge(dose, found.times(dose), violations);
        }
        settled.there = settled.recorded - settled.lost + settled.found_done + settled.ghosts;
        settled.judge_stock(self.centre, found.used, violations);
        settled
    }
}

impl SettledDoses {
    fn judge(&mut self, dose: &Dose, times: u64, violations: &Violations) {
        let session = dose.session;
        match (dose.fate, times) {
            (DoseFate::Recorded, 0) => {
                self.lost += 1;
                violations.add(ViolationKind::LostDose, || {
                    format!("an acknowledged dose of session {session} is not on its list")
                });
            }
            (DoseFate::Refused, 1..) => {
                self.ghosts += 1;
                violations.add(ViolationKind::GhostDose, || {
                    format!("a dose of session {session} was refused and is on its list")
                });
            }
            (DoseFate::Unknown, 0) => self.found_undone += 1,
            (DoseFate::Unknown, _) => self.found_done += 1,
            (DoseFate::Recorded | DoseFate::Refused, _) => {}
        }
        self.recorded += u64::from(dose.fate == DoseFate::Recorded);
        if times > 1 {
            self.doubled += 1;
            violations.add(ViolationKind::DoubledDose, || {
                format!("a dose of session {session} is {times} times on its list")
            });
        }
    }

    /// The stock is another account of the same doses.
    fn judge_stock(&mut self, centre: u64, used: u64, violations: &Violations) {
        let given = self.there;
        let told = || format!("facility {centre} gave {given} doses, and its stock fell by {used}");
        if used > given {
            self.doubled += used - given;
            violations.add(ViolationKind::DoubledDose, told);
        } else if used < given {
            self.lost += given - used;
            violations.add(ViolationKind::LostDose, told);
        }
    }

    /// Adds what another facility has shown.
    pub fn add(&mut self, other: &Self) {
        self.recorded += other.recorded;
        self.there += other.there;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.ghosts += other.ghosts;
        self.found_done += other.found_done;
        self.found_undone += other.found_undone;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DoseFate::{Recorded, Refused, Unknown};

    fn session() -> Uuid {
        Uuid::from_u128(5)
    }

    fn book(fates: &[DoseFate]) -> DoseBook {
        let dose = |(number, fate): (usize, &DoseFate)| Dose {
            reference: number.to_string(),
            session: session(),
            fate: *fate,
        };
        let doses = fates.iter().enumerate().map(dose).collect();
        DoseBook { centre: 1, district: 2, batch: "B".to_owned(), doses }
    }

    /// What is there: how often each person is on the list, and what the stock has lost.
    fn found(times: &[u64], used: u64) -> Found {
        let given = times.iter().enumerate();
        let given = given.map(|(number, times)| ((number.to_string(), session()), *times));
        Found { given: given.filter(|(_, times)| *times > 0).collect(), used }
    }

    fn settle(fates: &[DoseFate], times: &[u64], used: u64) -> (SettledDoses, Vec<ViolationKind>) {
        let violations = Violations::default();
        let settled = book(fates).compare(&found(times, used), &violations);
        (settled, violations.list().iter().map(|one| one.kind).collect())
    }

    #[test]
    fn what_fits_breaks_nothing_and_unknown_doses_are_found_to_be_one_or_the_other() {
        let (settled, broken) = settle(&[Recorded, Refused, Unknown, Unknown], &[1, 0, 1, 0], 2);
        assert_eq!(broken, []);
        let expected = SettledDoses {
            recorded: 1,
            there: 2,
            found_done: 1,
            found_undone: 1,
            ..SettledDoses::default()
        };
        assert_eq!(settled, expected);
    }

    #[test]
    fn each_lie_about_a_dose_has_its_name() {
        let lies: [(&[DoseFate], &[u64], u64, ViolationKind); 5] = [
            (&[Recorded], &[0], 0, ViolationKind::LostDose),
            (&[Recorded], &[1], 0, ViolationKind::LostDose),
            (&[Recorded], &[1], 2, ViolationKind::DoubledDose),
            (&[Recorded], &[2], 1, ViolationKind::DoubledDose),
            (&[Refused], &[1], 1, ViolationKind::GhostDose),
        ];
        for (fates, times, used, kind) in lies {
            assert_eq!(settle(fates, times, used).1, [kind], "{fates:?} {times:?} {used}");
        }
    }
}
