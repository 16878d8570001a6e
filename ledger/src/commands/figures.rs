//! Counting while it happens: the rows of figures that a command writes along with what it does, so that a report never
//! counts what lies in the ledger.
//!
//! Each member counts into rows of its own (its *shard*), and commands of one group see each other's rows, so a group
//! writes each row once. What is counted on a day stays with that day; figures of all days are the sum of the days.

use super::Write;
use crate::keys::Key;
use crate::records::{AgeGroup, Figure, Figures, NO_DISTRICT, Row, Sector, Signals, Sites};
use crate::rules::Context;
use crate::view::{Stop, View};
use jiff::civil;
use opencowin_model::{
    Batch, Centre, CentreId, Date, DistrictId, Dose, GenderId, Session, SessionState, Severity,
    VaccineId,
};
use std::collections::BTreeMap;

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

/// The rows of figures of a day of a district, to be fetched together with others.
pub fn keys(district: DistrictId, day: Date, context: &Context<'_>) -> impl Iterator<Item = Key> {
    let rows = |shard| [Key::Figures(day, district, shard), Key::AllFigures(district, shard)];
    context.shard.map(rows).into_iter().flatten()
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

    /// Counts a facility once more or once less.
    pub fn facility(
        &mut self,
        centre: &Centre,
        change: impl Fn(What) -> Change,
        context: &Context<'_>,
    ) {
        let change = change(What::Facility(Sector::from(centre.fee_type)));
        self.add(change, centre.district, context.today(), context);
    }

    /// Counts a session once more or once less, and its centre as a site of its day. One that was moved is counted where it
    /// is held.
    pub fn session(
        &mut self,
        session: &Session,
        centre: &Centre,
        change: impl Fn(What) -> Change,
        context: &Context<'_>,
    ) {
        if let SessionState::Moved { .. } = session.state {
            return;
        }
        let (sector, day) = (Sector::from(centre.fee_type), session.date);
        let change = change(What::Session(sector, session.state));
        self.add(change, centre.district, day, context);
        if session.state.is_held() {
            let sites = self.sites.entry((day, centre.district)).or_default();
            sites.count(centre.id, sector, change.by);
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
        let Self { mut days, mut all, mut sites, signals } = self;
        days.retain(|_, figures| !figures.is_empty());
        all.retain(|_, figures| !figures.is_empty());
        sites.retain(|_, sites| !sites.is_empty());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, DeleteBeneficiary, Enrol, Outcome, PublishSessions};
    use crate::fixture::*;
    use crate::records::AgeGroup;
    use crate::view::{Known, Rows};
    use opencowin_model::GenderGroup;

    const ME: u64 = 9_000_000_001;

    fn of_day(story: &Story, district: DistrictId, day: Date) -> Figures {
        match story.row(&Key::Figures(day, district, 0)) {
            Known::Present(Row::Figures(figures)) => figures.clone(),
            _ => Figures::default(),
        }
    }

    fn of_all(story: &Story, district: DistrictId) -> Figures {
        match story.row(&Key::AllFigures(district, 0)) {
            Known::Present(Row::Figures(figures)) => figures.clone(),
            _ => Figures::default(),
        }
    }

    #[test]
    fn who_registers_is_counted_by_hour_age_and_gender_and_stays_counted_when_they_leave() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        let registered = |story: &Story| {
            let figures = of_day(story, NO_DISTRICT, TODAY);
            let by_age = figures.get(Figure::RegisteredByAge(8, AgeGroup::From18));
            let by_gender = figures.get(Figure::RegisteredByGender(8, GenderGroup::Male));
            (by_age, by_gender, figures.get(Figure::Forgotten))
        };
        assert_eq!(registered(&story), (1, 1, 0));
        story.now = morning(TODAY.tomorrow().unwrap());
        let account = story.account(ME);
        let delete = DeleteBeneficiary { account, person: who };
        story.run(Command::DeleteBeneficiary(delete)).unwrap();
        assert_eq!(registered(&story), (1, 1, 1), "on the day on which they registered");
        assert_eq!(of_all(&story, NO_DISTRICT), of_day(&story, NO_DISTRICT, TODAY));
    }

    #[test]
    fn whom_a_facility_registers_is_counted_in_its_district() {
        let mut story = Story::new();
        let enrol = Enrol { register: registration(ME, 1), at: CENTRE, place: None };
        let Ok(Outcome::Registered(who)) = story.run(Command::Enrol(Box::new(enrol))) else {
            panic!()
        };
        let by_gender = Figure::RegisteredByGender(8, GenderGroup::Male);
        let district = centre().district;
        assert_eq!(of_day(&story, district, TODAY).get(by_gender), 1);
        assert!(of_day(&story, NO_DISTRICT, TODAY).is_empty());
        let account = story.account(ME);
        let delete = DeleteBeneficiary { account, person: who };
        story.run(Command::DeleteBeneficiary(delete)).unwrap();
        assert_eq!(of_day(&story, district, TODAY).get(Figure::Forgotten), 1);
        assert!(of_day(&story, NO_DISTRICT, TODAY).is_empty());
    }

    #[test]
    fn a_session_is_counted_in_its_present_state_on_its_own_day() {
        let mut story = Story::new();
        let day = TODAY.tomorrow().unwrap();
        let district = centre().district;
        let published = session(9, day, 5);
        let cancelled = Session { state: SessionState::Cancelled, version: 2, ..published.clone() };
        let publish = |story: &mut Story, session: &Session| {
            let sessions = vec![session.clone()];
            let command = PublishSessions { sessions, through: None };
            story.run(Command::PublishSessions(command)).unwrap();
            let figures = of_day(story, district, day);
            [SessionState::Published, SessionState::Cancelled]
                .map(|state| figures.get(Figure::Sessions(Sector::Private, state)))
        };
        assert_eq!(publish(&mut story, &published), [1, 0]);
        assert_eq!(publish(&mut story, &published), [1, 0], "once");
        let Known::Present(Row::Sites(sites)) = story.row(&Key::Sites(day, district, 0)) else {
            panic!("the centre is a site of the day");
        };
        assert_eq!(sites.iter().collect::<Vec<_>>(), [(CENTRE, Sector::Private, 1)]);
        assert_eq!(publish(&mut story, &cancelled), [0, 1]);
        let Known::Present(Row::Sites(sites)) = story.row(&Key::Sites(day, district, 0)) else {
            panic!("the row stays");
        };
        assert!(sites.is_empty());
        assert!(of_day(&story, district, TODAY).is_empty());
    }

    #[test]
    fn a_dose_taken_back_leaves_nothing_counted() {
        let story = Story::new();
        let context = story.context();
        let at = context.local;
        let gender = opencowin_model::GenderId(2);
        let given =
            DoseGiven { dose: Dose::Second, vaccine: TWO_DOSES, birth_year: 1950, gender, at };
        let count = |changes: &[Change]| {
            let mut figures = Figures::default();
            changes.iter().for_each(|change| change.count(&mut figures, &context));
            figures
        };
        let figures = count(&[Change::more(What::Dose(given))]);
        assert_eq!(figures.get(Figure::Doses(8, Dose::Second)), 1);
        assert_eq!(figures.get(Figure::DosesByAge(8, AgeGroup::From60)), 1);
        assert_eq!(figures.get(Figure::DosesByGender(GenderGroup::Female)), 1);
        assert_eq!(figures.get(Figure::DosesByVaccine(TWO_DOSES)), 1);
        assert_eq!(figures.get(Figure::Completed), 1);
        assert!(
            count(&[Change::more(What::Dose(given)), Change::less(What::Dose(given))]).is_empty()
        );
    }

    #[test]
    fn nothing_is_counted_while_an_older_program_shares_the_ledger() {
        let story = Story::new();
        let context = Context { shard: None, ..story.context() };
        let change = Change::more(What::Facility(Sector::Private));
        let rows = add(&[change], NO_DISTRICT, TODAY, &mut View::new(&story), &context);
        assert_eq!(rows, Ok(Vec::new()));
    }
}
