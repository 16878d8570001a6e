//! What is concluded about doses.

use super::doses::{DistrictDoses, DoseAudit};
use super::raw::Raw;
use crate::result::{Doses, Violation, ViolationKind};

/// How many districts are named.
const EXAMPLES: usize = 5;

/// What became of doses; `None` if no staff worked.
pub(super) fn doses(raw: &Raw) -> Option<Doses> {
    let audit = raw.doses.as_ref()?;
    let settled = &audit.settled;
    let per_s = if raw.duration_s > 0.0 { settled.recorded as f64 / raw.duration_s } else { 0.0 };
    Some(Doses {
        recorded: settled.recorded,
        per_s,
        lost: settled.lost,
        doubled: settled.doubled,
        ghosts: settled.ghosts,
        unknown_outcomes: audit.unknown,
        unknown_found_done: settled.found_done,
        unknown_found_undone: settled.found_undone,
        unknown_unsettled: audit.unsettled,
        facilities: audit.read,
        districts: compared(audit).count() as u64,
        wrong_figures: wrong(audit).count() as u64,
    })
}

/// The districts whose figures have not grown by the doses that are there.
pub(super) fn wrong_figures(raw: &Raw) -> Option<Violation> {
    let told = |(district, doses): (u16, &DistrictDoses)| {
        let grown = doses.growth().map_or_else(|| "fell".to_owned(), |by| format!("grew by {by}"));
        let there = doses.there;
        format!("district {district} has {there} doses more, and the report of it {grown}")
    };
    let all: Vec<_> = raw.doses.iter().flat_map(wrong).map(told).collect();
    let count = all.len() as u64;
    let examples = all.into_iter().take(EXAMPLES).collect();
    (count > 0).then_some(Violation { kind: ViolationKind::WrongFigures, count, examples })
}

/// Why what was read does not tell what became of all doses.
pub(super) fn untold(raw: &Raw) -> Vec<String> {
    let Some(audit) = &raw.doses else { return Vec::new() };
    let mut untold = Vec::new();
    if audit.unread > 0 {
        untold.push(format!(
            "{} facilities could not be read back, so that nobody knows whether their doses are there.",
            audit.unread
        ));
    }
    if audit.certificates_untold > 0 {
        untold.push(format!(
            "{} certificates did not come in time, and nobody would say whether they came at all.",
            audit.certificates_untold
        ));
    }
    let reports = audit.districts.values().filter(|doses| !is_read(doses)).count();
    if reports > 0 {
        untold.push(format!("The public report of {reports} districts could not be read."));
    }
    untold
}

fn is_read(doses: &DistrictDoses) -> bool {
    doses.before.is_some() && doses.after.is_some()
}

/// Districts that can be compared: only if every facility was read is it known what is there.
fn compared(audit: &DoseAudit) -> impl Iterator<Item = (u16, &DistrictDoses)> {
    let known = audit.unread == 0 && audit.unsettled == 0;
    let districts = audit.districts.iter().filter(move |(_, doses)| known && is_read(doses));
    districts.map(|(district, doses)| (*district, doses))
}

fn wrong(audit: &DoseAudit) -> impl Iterator<Item = (u16, &DistrictDoses)> {
    compared(audit).filter(|(_, doses)| doses.growth() != Some(doses.there))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn district(there: u64, before: Option<u64>, after: Option<u64>) -> DistrictDoses {
        DistrictDoses { there, before, after }
    }

    fn raw(districts: &[DistrictDoses]) -> Raw {
        let districts: BTreeMap<_, _> = (1..).zip(districts.iter().cloned()).collect();
        let audit = DoseAudit { read: 1, districts, ..DoseAudit::default() };
        Raw { doses: Some(audit), ..Raw::default() }
    }

    #[test]
    fn a_report_has_to_grow_by_what_is_there_and_by_nothing_else() {
        let right = raw(&[district(5, Some(10), Some(15)), district(0, Some(0), Some(0))]);
        assert_eq!(wrong_figures(&right), None);
        assert_eq!(doses(&right).map(|doses| doses.districts), Some(2));
        for (there, before, after) in [(5, 10, 14), (5, 10, 16), (0, 10, 9)] {
            let wrong = raw(&[district(there, Some(before), Some(after))]);
            assert_eq!(wrong_figures(&wrong).map(|one| one.count), Some(1), "{there}");
        }
    }

    #[test]
    fn a_report_that_nobody_read_makes_a_run_invalid_but_breaks_nothing() {
        let unread = raw(&[district(5, Some(10), None)]);
        assert_eq!((wrong_figures(&unread), untold(&unread).len()), (None, 1));
    }

    #[test]
    fn machines_that_gave_doses_in_one_district_are_judged_together() {
        let mut mine = DoseAudit::default();
        for doses in [district(5, Some(10), Some(16)), district(2, Some(10), Some(17))] {
            mine.add(&DoseAudit {
                districts: BTreeMap::from([(1, doses)]),
                ..DoseAudit::default()
            });
        }
        let together = Raw { doses: Some(mine), ..Raw::default() };
        assert_eq!(wrong_figures(&together), None);
    }
}
