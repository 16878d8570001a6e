//! Counting while it happens: the rows of figures that a command writes along with what it does, so that a report never
//! counts what lies in the ledger.
//!
//! Each member counts into rows of its own (its *shard*), and commands of one group see each other's rows, so a group
//! writes each row once. What is counted on a day stays with that day; figures of all days are the sum of the days.

use super::Write;
use crate::keys::Key;
use crate::records::{AgeGroup, Figure, Figures, Row, Sector, Signals, Sites};
use crate::rules::Context;
use crate::view::{Stop, View};
use jiff::civil;
use opencowin_model::adverse::Severity;
use opencowin_model::{
    Batch, Centre, CentreId, Date, DistrictId, Dose, GenderId, Session, SessionState, VaccineId,
};
use std::collections::BTreeMap;

/// The district of what has none: people who register themselves may live anywhere.
pub const NO_DISTRICT: DistrictId = DistrictId(0);

/// Something that is counted, once more or once less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    what: What,
    by: i64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A facility, on no day in particular.
    Facility(Sector),
    /// A session of the day, in the state that it has.
    Session(Sector, SessionState),
    /// Somebody who registered on the day.
    Registration(Registrant),
    /// That somebody who registered on the day is not known any more. They stay counted as registered: that they were is
    /// still true, and whoever read yesterday's report would not understand why it was another today.
    Forgotten,
    /// A dose given on the day.
    Dose(DoseGiven),
    /// An adverse event after a vaccination on the day.
    AdverseEvent(Severity),
}

/// Who registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registrant {
    /// The year of their birth.
    pub birth_year: i16,
    /// Their gender.
    pub gender: GenderId,
    /// When, in the programme's zone; the date is the day that it counts for.
    pub at: civil::DateTime,
}

/// A dose that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoseGiven {
    /// Which.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// The year of the person's birth.
    pub birth_year: i16,
    /// Their gender.
    pub gender: GenderId,
    /// When, in the programme's zone; the date is the day that it counts for.
    pub at: civil::DateTime,
}

impl Change {
    /// Once more.
    pub fn more(what: What) -> Self {
        Self { what, by: 1 }
    }

    /// Once less: what was counted was wrong, or is another thing now.
    pub fn less(what: What) -> Self {
        Self { what, by: -1 }
    }

    /// The numbers that it changes.
    fn count(&self, figures: &mut Figures, context: &Context<'_>) {
        let by = self.by;
        match self.what {
            What::Facility(sector) => figures.count(Figure::Facilities(sector), by),
            What::Session(sector, state) => figures.count(Figure::Sessions(sector, state), by),
            What::Forgotten => figures.count(Figure::Forgotten, by),
            What::AdverseEvent(severity) => figures.count(Figure::AdverseEvents(severity), by),
            What::Registration(Registrant { birth_year, gender, at }) => {
                let (hour, age) = (hour(at), AgeGroup::of(birth_year, at.date()));
                let gender = context.rules.gender_group(gender);
                figures.count(Figure::RegisteredByAge(hour, age), by);
                figures.count(Figure::RegisteredByGender(hour, gender), by);
            }
            What::Dose(given) => given.count(figures, by, context),
        }
    }
}

impl DoseGiven {
    fn count(&self, figures: &mut Figures, by: i64, context: &Context<'_>) {
        let Self { dose, vaccine, birth_year, gender, at } = *self;
        let (hour, age) = (hour(at), AgeGroup::of(birth_year, at.date()));
        figures.count(Figure::Doses(hour, dose), by);
        figures.count(Figure::DosesByAge(hour, age), by);
        figures.count(Figure::DosesByGender(context.rules.gender_group(gender)), by);
        figures.count(Figure::DosesByVaccine(vaccine), by);
        let doses = context.rules.vaccine(vaccine).map_or(0, |vaccine| vaccine.doses);
        if dose.number() == doses {
            figures.count(Figure::Completed, by);
        }
    }
}

fn hour(at: civil::DateTime) -> u8 {
    at.hour().unsigned_abs()
}

/// The rows with these changes counted for a day of a district: that day's, and that of all days.
///
/// # Errors
/// Rows are missing or damaged.
pub fn add(
    changes: &[Change],
    district: DistrictId,
    day: Date,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let mut counting = Counting::default();
    changes.iter().for_each(|change| counting.add(*change, district, day, context));
    counting.rows(view, context)
}

/// The district in which a centre's doings are counted; of what has no centre, [`NO_DISTRICT`].
///
/// # Errors
/// Rows are missing or damaged.
pub fn district_of(centre: Option<CentreId>, view: &mut View<'_>) -> Result<DistrictId, Stop> {
    let Some(id) = centre else { return Ok(NO_DISTRICT) };
    Ok(view.centre(id)?.map_or(NO_DISTRICT, |centre| centre.district))
}

/// What a command counts, gathered, so that it writes each row once.
#[derive(Debug, Default)]
pub struct Counting {
    days: BTreeMap<(Date, DistrictId), Figures>,
    all: BTreeMap<DistrictId, Figures>,
    sites: BTreeMap<(Date, DistrictId), Sites>,
    signals: BTreeMap<(VaccineId, Batch), Signals>,
}

impl Counting {
    /// Counts a change for a day of a district. A facility is there on all days, so no day has it.
    pub fn add(&mut self, change: Change, district: DistrictId, day: Date, context: &Context<'_>) {
        if !matches!(change.what, What::Facility(_)) {
            change.count(self.days.entry((day, district)).or_default(), context);
        }
        change.count(self.all.entry(district).or_default(), context);
    }

    /// Counts a session once more or once less, and its centre as a site of its day.
    pub fn session(&mut self, session: &Session, centre: &Centre, by: i64, context: &Context<'_>) {
        let (sector, place) = (Sector::from(centre.fee_type), (session.date, centre.district));
        let change = Change { what: What::Session(sector, session.state), by };
        self.add(change, centre.district, session.date, context);
        if session.state != SessionState::Cancelled {
            self.sites.entry(place).or_default().count(centre.id, sector, by);
        }
    }

    /// Counts what happened with a batch.
    pub fn batch(&mut self, vaccine: VaccineId, batch: Batch, signals: &Signals) {
        self.signals.entry((vaccine, batch)).or_default().add(signals);
    }

    /// The rows with all of it counted; none as long as figures cannot be written.
    ///
    /// # Errors
    /// Rows are missing or damaged.
    pub fn rows(self, view: &mut View<'_>, context: &Context<'_>) -> Result<Vec<Write>, Stop> {
        let Some(shard) = context.shard else { return Ok(Vec::new()) };
        let Self { mut days, mut all, sites, signals } = self;
        days.retain(|_, figures| !figures.is_empty());
        all.retain(|_, figures| !figures.is_empty());
        view.require(
            (days.keys().map(|(day, district)| Key::Figures(*day, *district, shard)))
                .chain(all.keys().map(|district| Key::AllFigures(*district, shard)))
                .chain(sites.keys().map(|(day, district)| Key::Sites(*day, *district, shard)))
                .chain(signals.keys().map(|(id, batch)| Key::Signals(*id, *batch, shard))),
        )?;
        let mut rows = Vec::new();
        for ((day, district), mut figures) in days {
            figures.add(view.figures(day, district, shard)?.unwrap_or(&Figures::default()));
            rows.push((Key::Figures(day, district, shard), Some(Row::Figures(figures))));
        }
        for (district, mut figures) in all {
            figures.add(view.all_figures(district, shard)?.unwrap_or(&Figures::default()));
            rows.push((Key::AllFigures(district, shard), Some(Row::Figures(figures))));
        }
        for ((day, district), mut held) in sites {
            held.add(view.sites(day, district, shard)?.unwrap_or(&Sites::default()));
            rows.push((Key::Sites(day, district, shard), Some(Row::Sites(held))));
        }
        for ((vaccine, batch), mut counted) in signals {
            counted.add(view.signals(vaccine, batch, shard)?.unwrap_or(&Signals::default()));
            rows.push((Key::Signals(vaccine, batch, shard), Some(Row::Signals(counted))));
        }
        Ok(rows)
    }
}
