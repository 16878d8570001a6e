//! Counting everything again.

use crate::check::snapshot::{CHUNK, Check, Chunk, Rows};
use crate::keys::{Key, Kind};
use crate::records::{Aefi, AgeGroup, Event, Figure, Figures, NO_DISTRICT, Row, Sector, Signals};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::{Batch, CentreId, DistrictId, Dose, SessionState, VaccineId};
use std::collections::{BTreeMap, HashMap};

/// As what people are recounted who registered on a day and are known.
pub(super) const KNOWN: Figure = Figure::RegisteredByAge(0, AgeGroup::Below18);

/// As what doses of a day are recounted.
pub(super) fn given(dose: Dose) -> Figure {
    Figure::Doses(0, dose)
}

/// What there is, counted.
#[derive(Default)]
pub(super) struct Recount {
    /// By day and district.
    pub(super) days: HashMap<super::Place, Figures>,
    /// Facilities by district.
    pub(super) facilities: BTreeMap<DistrictId, Figures>,
    /// By batch.
    pub(super) batches: BTreeMap<(VaccineId, Batch), Signals>,
    /// Doses that events tell of beyond those that stock counts as used; fewer, if below zero.
    pub(super) unstocked: BTreeMap<(CentreId, VaccineId, Batch), i64>,
    centres: HashMap<CentreId, (DistrictId, Sector)>,
}

impl Recount {
    pub(super) async fn make(check: &mut Check<'_>) -> Result<Self, ReadError> {
        let mut recount = Self::default();
        for kind in [Kind::Centre, Kind::Session, Kind::Personal, Kind::Aefi, Kind::Stock] {
            recount.kind(check, kind).await?;
        }
        recount.doses(check).await?;
        recount.days.retain(|_, figures| !figures.is_empty());
        Ok(recount)
    }

    async fn kind(&mut self, check: &mut Check<'_>, kind: Kind) -> Result<(), ReadError> {
        let mut rest = Some(check.layout().all(kind));
        while let Some(range) = rest {
            check.refresh().await?;
            let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
            rows.into_iter().for_each(|(key, row)| self.row(check, key, &row));
            rest = next;
        }
        Ok(())
    }

    fn row(&mut self, check: &Check<'_>, key: Key, row: &Row) {
        match (key, row) {
            (_, Row::Centre(centre)) => {
                let sector = Sector::from(centre.fee_type);
                self.centres.insert(centre.id, (centre.district, sector));
                let figures = self.facilities.entry(centre.district).or_default();
                figures.count(Figure::Facilities(sector), 1);
            }
            (_, Row::Session(session)) => {
                let counted = !matches!(session.state, SessionState::Moved { .. });
                if let Some((district, sector)) = self.centres.get(&session.centre).copied()
                    && counted
                {
                    let figures = self.days.entry((session.date, district)).or_default();
                    figures.count(Figure::Sessions(sector, session.state), 1);
                }
            }
            (_, Row::Personal(personal)) => {
                let day = personal.registered.civil(&check.engine.rules.zone).date();
                let place = (day, personal.registered_in);
                self.days.entry(place).or_default().count(KNOWN, 1);
            }
            (_, Row::Aefi(report)) => self.report(report),
            (Key::Stock(centre, vaccine, batch), Row::Stock(stock)) => {
                self.moved(centre, vaccine, batch, -i64::from(stock.used));
            }
            _ => {}
        }
    }

    fn report(&mut self, report: &Aefi) {
        let place = (report.key.event.date, report.district);
        let figures = self.days.entry(place).or_default();
        figures.count(Figure::AdverseEvents(report.severity), 1);
        if let Some(batch) = report.batch {
            let signals = self.batches.entry((report.vaccine, batch)).or_default();
            signals.add(&Signals::of(report.severity, 1));
        }
    }

    /// Doses are those that people have; the event that holds for each says the rest.
    async fn doses(&mut self, check: &mut Check<'_>) -> Result<(), ReadError> {
        let mut rest = Some(check.layout().all(Kind::Person));
        while let Some(range) = rest {
            check.refresh().await?;
            let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
            let keys = event_keys(&rows);
            let events = check.get(keys.clone()).await?;
            for key in &keys {
                if let Known::Present(Row::Event(event)) = events.row(key) {
                    self.dose(check, event);
                }
            }
            rest = next;
        }
        Ok(())
    }

    fn dose(&mut self, check: &Check<'_>, event: &Event) {
        let Event { key, dose, vaccine, batch, centre, .. } = *event;
        let district = self.centres.get(&centre).map_or(NO_DISTRICT, |(district, _)| *district);
        let figures = self.days.entry((key.date, district)).or_default();
        figures.count(given(dose), 1);
        figures.count(Figure::DosesByVaccine(vaccine), 1);
        let doses = check.engine.rules.vaccine(vaccine).map_or(0, |vaccine| vaccine.doses);
        if dose.number() == doses {
            figures.count(Figure::Completed, 1);
        }
        if let Some(batch) = batch.filter(|_| event.is_own()) {
            self.batches.entry((vaccine, batch)).or_default().given += 1;
            self.moved(centre, vaccine, batch, 1);
        }
    }

    fn moved(&mut self, centre: CentreId, vaccine: VaccineId, batch: Batch, by: i64) {
        *self.unstocked.entry((centre, vaccine, batch)).or_default() += by;
    }
}

fn event_keys(people: &Rows) -> Vec<Key> {
    let doses = people.iter().flat_map(|(_, row)| match row {
        Row::Person(person) => &person.doses[..],
        _ => &[],
    });
    doses.map(|taken| Key::Event(taken.event_key())).collect()
}
