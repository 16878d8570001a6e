//! What remains on disks.

use super::{Demand, Measured};

/// What remains on disks, in one copy unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// Rows written on a mean day of the programme.
    pub rows_per_day: f64,
    /// Bytes written on such a day.
    pub bytes_per_day: f64,
    /// Rows written in the first year.
    pub rows_per_year: f64,
    /// Bytes written in the first year.
    pub bytes_per_year: f64,
    /// Bytes that are kept at most at one time.
    pub bytes_kept: f64,
    /// The same in all copies.
    pub bytes_kept_in_copies: f64,
    /// Bytes written on the record day by bookings and vaccinations.
    pub bytes_on_record_day: f64,
}

impl Storage {
    pub(super) fn of_programme(demand: &Demand, measured: &Measured) -> Self {
        let days = demand.programme_days.get();
        let registrations = demand.population.as_f64() * demand.registered_share.get() / days;
        let doses = registrations * demand.doses_per_person.get();
        let rows_per_dose = measured.rows_per_booking.get() + measured.rows_per_vaccination.get();
        let bytes_per_dose =
            measured.bytes_per_booking.get() + measured.bytes_per_vaccination.get();
        let rows_per_day =
            registrations * measured.rows_per_registration.get() + doses * rows_per_dose;
        let bytes_per_day =
            registrations * measured.bytes_per_registration.get() + doses * bytes_per_dose;
        let (year, kept) = (days.min(365.0), days.min(demand.days_kept.get()));
        let bytes_kept = bytes_per_day * kept;
        Self {
            rows_per_day,
            bytes_per_day,
            rows_per_year: rows_per_day * year,
            bytes_per_year: bytes_per_day * year,
            bytes_kept,
            bytes_kept_in_copies: bytes_kept * demand.copies.as_f64(),
            bytes_on_record_day: demand.population.as_f64()
                * demand.record_day_share.get()
                * bytes_per_dose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_holds_no_more_days_than_the_programme_has() {
        let demand = Demand {
            population: "1000".parse().unwrap(),
            registered_share: "1".parse().unwrap(),
            doses_per_person: "1".parse().unwrap(),
            programme_days: "100".parse().unwrap(),
            days_kept: "10".parse().unwrap(),
            ..Demand::default()
        };
        let storage = Storage::of_programme(&demand, &Measured::default());
        assert_eq!(storage.rows_per_day, 10.0 * (3.0 + 4.0 + 3.0));
        assert_eq!(storage.bytes_per_day, 10.0 * (700.0 + 452.0 + 4_000.0));
        assert_eq!(storage.bytes_per_year, storage.bytes_per_day * 100.0);
        assert_eq!(storage.bytes_kept_in_copies, storage.bytes_per_day * 10.0 * 3.0);
    }
}
