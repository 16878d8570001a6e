//! Figures: what is counted while it happens, so that reports are sums of a few rows.
//!
//! A row of figures is a sparse list of numbers, each known by a [`Figure`]. What several members counted is added up by
//! whoever reads, so a single row may hold numbers below zero: a dose counted by one and taken back by another.

use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::{
    CentreId, Date, DistrictId, Dose, FeeType, GenderGroup, SessionState, Severity, VaccineId,
};
use std::collections::BTreeMap;

/// The district of what has none: people who register themselves may live anywhere.
pub const NO_DISTRICT: DistrictId = DistrictId(0);

/// Who runs a facility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sector {
    /// The government: people do not pay.
    Government,
    /// Somebody else.
    Private,
}

impl Sector {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Government, Self::Private];
}

impl From<FeeType> for Sector {
    fn from(fees: FeeType) -> Self {
        match fees {
            FeeType::Free => Self::Government,
            FeeType::Paid => Self::Private,
        }
    }
}

/// The ages that published figures tell apart (source: wire contract 1.3, reports; under 18 is ours). Age is counted in
/// calendar years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeGroup {
    /// Under 18.
    Below18,
    /// 18 to 44.
    From18,
    /// 45 to 59.
    From45,
    /// 60 and above.
    From60,
}

impl AgeGroup {
    /// All groups, in order.
    pub const ALL: [Self; 4] = [Self::Below18, Self::From18, Self::From45, Self::From60];

    /// That of somebody born in `birth_year` on a day.
    pub fn of(birth_year: i16, day: Date) -> Self {
        match i32::from(day.year()) - i32::from(birth_year) {
            ..18 => Self::Below18,
            18..45 => Self::From18,
            45..60 => Self::From45,
            60.. => Self::From60,
        }
    }
}

/// Something that is counted. The hour is that of the day, 0 to 23, in the programme's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Facilities.
    Facilities(Sector),
    /// Sessions of the day that are held, closed ones included, or that were cancelled.
    Sessions(Sector, SessionState),
    /// People who registered, by hour and age.
    RegisteredByAge(u8, AgeGroup),
    /// People who registered, by hour and gender.
    RegisteredByGender(u8, GenderGroup),
    /// Of those who registered on the day, how many are no longer known.
    Forgotten,
    /// Doses given, by hour.
    Doses(u8, Dose),
    /// Doses given, by hour and age.
    DosesByAge(u8, AgeGroup),
    /// Doses given, by gender.
    DosesByGender(GenderGroup),
    /// Doses given, by vaccine.
    DosesByVaccine(VaccineId),
    /// Doses that completed the primary schedule of their vaccine.
    Completed,
    /// Adverse events reported, by the day of the vaccination.
    AdverseEvents(Severity),
}

/// Where the numbers of figures begin; they are never reused.
const FACILITIES: u32 = 1;
const SESSIONS: u32 = 10;
const FORGOTTEN: u32 = 40;
const COMPLETED: u32 = 41;
const BY_GENDER: u32 = 50;
const ADVERSE: u32 = 60;
const REGISTERED: u32 = 100;
const DOSES: u32 = 300;
const BY_VACCINE: u32 = 600;
/// Figures of one hour.
const HOUR: u32 = 8;

impl Figure {
    /// The number of its field.
    fn field(self) -> u32 {
        let hour = |first: u32, hour: u8, at: usize| first + HOUR * u32::from(hour) + at as u32;
        match self {
            Self::Facilities(sector) => FACILITIES + sector as u32,
            Self::Sessions(sector, state) => SESSIONS + 8 * sector as u32 + state_number(state),
            Self::Forgotten => FORGOTTEN,
            Self::Completed => COMPLETED,
            Self::DosesByGender(group) => BY_GENDER + group as u32,
            Self::AdverseEvents(severity) => ADVERSE + severity as u32,
            Self::RegisteredByAge(at, group) => hour(REGISTERED, at, group as usize),
            Self::RegisteredByGender(at, group) => hour(REGISTERED, at, 4 + group as usize),
            Self::Doses(at, dose) => hour(DOSES, at, dose.index()),
            Self::DosesByAge(at, group) => hour(DOSES, at, 4 + group as usize),
            Self::DosesByVaccine(vaccine) => BY_VACCINE + u32::from(vaccine.0),
        }
    }
}

/// One that is closed is held like any other; of one that was moved, nothing is counted on the day that it has left.
fn state_number(state: SessionState) -> u32 {
    match state {
        SessionState::Published | SessionState::Closed => 0,
        SessionState::Cancelled => 1,
        SessionState::Moved { .. } => 2,
    }
}

/// Counted numbers; what is not there is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Figures(BTreeMap<u32, i64>);

/// The hours of a day.
pub const HOURS: std::ops::Range<u8> = 0..24;

impl Figures {
    /// One number.
    pub fn get(&self, figure: Figure) -> i64 {
        self.0.get(&figure.field()).copied().unwrap_or(0)
    }

    /// The sum of several.
    pub fn sum(&self, figures: impl IntoIterator<Item = Figure>) -> i64 {
        figures.into_iter().map(|figure| self.get(figure)).sum()
    }

    /// Counts so many more, or fewer.
    pub fn count(&mut self, figure: Figure, by: i64) {
        self.add_field(figure.field(), by);
    }

    /// Adds what others counted.
    pub fn add(&mut self, other: &Self) {
        for (field, by) in &other.0 {
            self.add_field(*field, *by);
        }
    }

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add_field(&mut self, field: u32, by: i64) {
        let number = self.0.entry(field).or_default();
        *number += by;
        if *number == 0 {
            self.0.remove(&field);
        }
    }

    /// The field of a number says what it counts, so that older programs keep figures that they do not know.
    pub(super) fn write(&self, writer: &mut Writer) {
        for (field, number) in &self.0 {
            writer.signed(*field, *number);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut figures = Self::default();
        for field in fields {
            let (field, value) = field?;
            figures.add_field(field, value.signed()?);
        }
        Ok(figures)
    }
}

/// Centres that hold sessions on a day, with how many of them are not cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sites(BTreeMap<CentreId, (Sector, i64)>);

impl Sites {
    /// Counts so many sessions more, or fewer.
    pub fn count(&mut self, centre: CentreId, sector: Sector, by: i64) {
        let site = self.0.entry(centre).or_insert((sector, 0));
        *site = (sector, site.1 + by);
        if site.1 == 0 {
            self.0.remove(&centre);
        }
    }

    /// Adds what others counted.
    pub fn add(&mut self, other: &Self) {
        for (centre, (sector, by)) in &other.0 {
            self.count(*centre, *sector, *by);
        }
    }

    /// Whether no centre is among them.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The centres, each with its sector and the number of its sessions.
    pub fn iter(&self) -> impl Iterator<Item = (CentreId, Sector, i64)> + '_ {
        self.0.iter().map(|(centre, (sector, sessions))| (*centre, *sector, *sessions))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for (centre, sector, sessions) in self.iter() {
            writer.nested(1, |inner| {
                inner.number(1, centre.0);
                inner.number_unless_zero(2, sector as u8);
                inner.signed(3, sessions);
            });
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut sites = Self::default();
        for field in fields {
            if let (1, value) = field? {
                let (centre, sector, sessions) = read_site(value)?;
                sites.count(centre, sector, sessions);
            }
        }
        Ok(sites)
    }
}

fn read_site(value: Value<'_>) -> Result<(CentreId, Sector, i64), Malformed> {
    let (mut centre, mut sector, mut sessions) = (None, Sector::Government, 0);
    for field in value.fields()? {
        match field? {
            (1, value) => centre = Some(CentreId(value.number()?)),
            (2, value) => {
                let at: usize = value.number()?;
                sector = *Sector::ALL.get(at).ok_or(Malformed)?;
            }
            (3, value) => sessions = value.signed()?,
            _ => {}
        }
    }
    Ok((centre.ok_or(Malformed)?, sector, sessions))
}

/// What was counted of a batch, everywhere: how many were given a dose of it, and how many adverse events followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Doses given.
    pub given: i64,
    /// Adverse events reported, by severity.
    pub reported: [i64; 3],
}

impl Signals {
    /// So many more, or fewer, adverse events of this severity.
    pub fn of(severity: Severity, by: i64) -> Self {
        let reported = [Severity::Minor, Severity::Severe, Severity::Serious];
        Self { given: 0, reported: reported.map(|other| if other == severity { by } else { 0 }) }
    }

    /// Adds what others counted.
    pub fn add(&mut self, other: &Self) {
        self.given += other.given;
        for (sum, by) in self.reported.iter_mut().zip(other.reported) {
            *sum += by;
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.signed(1, self.given);
        for (field, number) in (2..).zip(self.reported) {
            writer.signed(field, number);
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut signals = Self::default();
        for field in fields {
            match field? {
                (1, value) => signals.given = value.signed()?,
                (at @ 2..=4, value) => signals.reported[at as usize - 2] = value.signed()?,
                _ => {}
            }
        }
        Ok(signals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn all() -> Vec<Figure> {
        let mut all = vec![Figure::Forgotten, Figure::Completed];
        all.extend(Sector::ALL.map(Figure::Facilities));
        for state in [SessionState::Published, SessionState::Cancelled] {
            all.extend(Sector::ALL.map(|sector| Figure::Sessions(sector, state)));
        }
        all.extend(GenderGroup::ALL.map(Figure::DosesByGender));
        all.extend(Severity::ALL.iter().copied().map(Figure::AdverseEvents));
        all.extend((0..=u8::MAX).map(|id| Figure::DosesByVaccine(VaccineId(id))));
        for hour in HOURS {
            all.extend(AgeGroup::ALL.map(|group| Figure::RegisteredByAge(hour, group)));
            all.extend(GenderGroup::ALL.map(|group| Figure::RegisteredByGender(hour, group)));
            all.extend(Dose::ALL.map(|dose| Figure::Doses(hour, dose)));
            all.extend(AgeGroup::ALL.map(|group| Figure::DosesByAge(hour, group)));
        }
        all
    }

    #[test]
    fn no_two_figures_share_a_field() {
        let fields: HashSet<_> = all().into_iter().map(Figure::field).collect();
        assert_eq!(fields.len(), all().len());
    }

    #[test]
    fn what_is_counted_and_taken_back_by_another_adds_up_to_nothing() {
        let (mut one, mut two) = (Figures::default(), Figures::default());
        one.count(Figure::Completed, 1);
        two.count(Figure::Completed, -1);
        assert_eq!((one.get(Figure::Completed), two.get(Figure::Completed)), (1, -1));
        one.add(&two);
        assert!(one.is_empty());
    }

    #[test]
    fn age_groups_meet_and_count_calendar_years() {
        let day = Date::constant(2021, 5, 1);
        let of = |age: i16| AgeGroup::of(2021 - age, day);
        assert_eq!([of(0), of(17), of(18), of(44)].map(|group| group as u8), [0, 0, 1, 1]);
        assert_eq!([of(45), of(59), of(60), of(130)].map(|group| group as u8), [2, 2, 3, 3]);
    }
}
