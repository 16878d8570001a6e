//! Figures: what was counted while it happened equals a recount of everything there is.
//!
//! A recount reads the whole ledger and takes long, while others go on. So what was counted is read before and after it,
//! and only what is the same in both is held against the recount: whatever changes the one changes the other in the same
//! commit. It takes a few hundred bytes of memory for each day of each district.
//!
//! Hours, ages and genders cannot be recounted of people who were forgotten; of these it is verified that they add up. A
//! ledger that is older than its figures is not recounted: what was there before has never been counted.

mod recount;
mod signals;

use super::Violation;
use super::snapshot::{CHUNK, Check, Chunk};
use crate::keys::{Key, Kind, Meta};
use crate::records::{AgeGroup, Figure, Figures, HOURS, Row, Sector};
use crate::rules::Rules;
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::{Date, DistrictId, Dose, GenderGroup, SessionState, Severity};
use recount::Recount;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

/// A day of a district.
type Place = (Date, DistrictId);

/// Figures of all days, by district.
type All = BTreeMap<DistrictId, Figures>;

/// The first schema with figures.
const SINCE: u32 = 4;

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    if !is_counted_from_the_beginning(check).await? {
        return Ok(());
    }
    let hasher = RandomState::new();
    let (signals, all) = (signals::read(check).await?, all_days(check).await?);
    let mut before: HashMap<Place, u64> = HashMap::new();
    each_day(check, |place, figures| {
        before.insert(place, hasher.hash_one(figures));
    })
    .await?;
    let mut recount = Recount::make(check).await?;
    let (rules, mut sums) = (&check.engine.rules, std::mem::take(&mut recount.facilities));
    let mut differing = Vec::new();
    each_day(check, |place, figures| {
        let settled = before.get(&place) == Some(&hasher.hash_one(figures));
        let recounted = recount.days.remove(&place).unwrap_or_default();
        if settled && !(adds_up(figures, rules) && coarse(figures, rules) == recounted) {
            differing.push(place);
        }
        sums.entry(place.1).or_default().add(figures);
    })
    .await?;
    // Whatever was recounted by now has been counted, if it ever was.
    differing.extend(recount.days.keys().copied());
    for (day, district) in differing {
        check.report(Violation::FiguresDiffer { day, district });
    }
    verify_sums(check, &all, &sums).await?;
    signals::verify(check, &signals, &recount).await
}

async fn is_counted_from_the_beginning(check: &mut Check<'_>) -> Result<bool, ReadError> {
    let founded = Key::Meta(Meta::Founded);
    check.refresh().await?;
    let rows = check.get(vec![founded]).await?;
    let schema = rows.row(&founded);
    Ok(matches!(schema, Known::Present(Row::SchemaVersion(schema)) if *schema >= SINCE))
}

/// Hands out the figures of each day of each district, of all members together.
async fn each_day(
    check: &mut Check<'_>,
    mut each: impl FnMut(Place, &Figures),
) -> Result<(), ReadError> {
    let mut open: Option<(Place, Figures)> = None;
    let mut rest = Some(check.layout().all(Kind::Figures));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        for row in rows {
            let (Key::Figures(day, district, _), Row::Figures(figures)) = row else { continue };
            match &mut open {
                Some((place, sum)) if *place == (day, district) => sum.add(&figures),
                _ => {
                    let last = open.replace(((day, district), figures));
                    last.into_iter().for_each(|(place, sum)| each(place, &sum));
                }
            }
        }
        rest = next;
    }
    open.into_iter().for_each(|(place, sum)| each(place, &sum));
    Ok(())
}

async fn all_days(check: &mut Check<'_>) -> Result<All, ReadError> {
    check.refresh().await?;
    let mut sums = All::new();
    for row in check.all(check.layout().all(Kind::AllFigures)).await? {
        if let (Key::AllFigures(district, _), Row::Figures(figures)) = row {
            sums.entry(district).or_default().add(&figures);
        }
    }
    sums.retain(|_, figures| !figures.is_empty());
    Ok(sums)
}

/// Verifies that the figures of all days are the sum of the days, where they are what they were `before`.
async fn verify_sums(check: &mut Check<'_>, before: &All, sums: &All) -> Result<(), ReadError> {
    let after = all_days(check).await?;
    let districts = after.keys().chain(sums.keys().filter(|id| !after.contains_key(id)));
    for district in districts {
        let counted = after.get(district);
        let sum = sums.get(district).filter(|sum| !sum.is_empty());
        if counted == before.get(district) && counted != sum {
            check.report(Violation::SumDiffers { district: *district });
        }
    }
    Ok(())
}

/// What can be recounted of figures, without hours, ages and genders.
fn coarse(figures: &Figures, rules: &Rules) -> Figures {
    let mut sums = Figures::default();
    let mut keep = |figure| sums.count(figure, figures.get(figure));
    keep(Figure::Completed);
    for state in [SessionState::Published, SessionState::Cancelled] {
        Sector::ALL.into_iter().for_each(|sector| keep(Figure::Sessions(sector, state)));
    }
    Severity::ALL.iter().for_each(|severity| keep(Figure::AdverseEvents(*severity)));
    rules.vaccines.iter().for_each(|vaccine| keep(Figure::DosesByVaccine(vaccine.id)));
    for dose in Dose::ALL {
        let given = figures.sum(HOURS.map(|hour| Figure::Doses(hour, dose)));
        sums.count(recount::given(dose), given);
    }
    sums.count(recount::KNOWN, registered(figures) - figures.get(Figure::Forgotten));
    sums
}

/// Whether the same doses and people were counted by whatever they are counted by.
fn adds_up(figures: &Figures, rules: &Rules) -> bool {
    let hours = |of: fn(u8, AgeGroup) -> Figure| {
        figures.sum(HOURS.flat_map(|hour| AgeGroup::ALL.map(|age| of(hour, age))))
    };
    let genders = |of: fn(u8, GenderGroup) -> Figure| {
        figures.sum(HOURS.flat_map(|hour| GenderGroup::ALL.map(|gender| of(hour, gender))))
    };
    let doses = figures.sum(HOURS.flat_map(|hour| Dose::ALL.map(|dose| Figure::Doses(hour, dose))));
    let vaccines = rules.vaccines.iter().map(|vaccine| Figure::DosesByVaccine(vaccine.id));
    doses == hours(Figure::DosesByAge)
        && doses == figures.sum(GenderGroup::ALL.map(Figure::DosesByGender))
        && doses == figures.sum(vaccines)
        && registered(figures) == genders(Figure::RegisteredByGender)
}

fn registered(figures: &Figures) -> i64 {
    figures.sum(HOURS.flat_map(|hour| AgeGroup::ALL.map(|age| Figure::RegisteredByAge(hour, age))))
}
