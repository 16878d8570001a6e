//! What arrives in the busiest second, and how many machines answer it. Every function is one formula.

use super::{Demand, Measured};

/// What arrives in the busiest second.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Requests.
    pub requests_per_s: f64,
    /// Searches and lists of places.
    pub searches_per_s: f64,
    /// All others: passwords, registrations, members, bookings.
    pub account_requests_per_s: f64,
    /// Registrations among them.
    pub registrations_per_s: f64,
    /// Attempts to book among them; while there are seats, each is a booking.
    pub bookings_per_s: f64,
    /// Attempts that are refused once seats are short, because so many want each.
    pub refused_bookings_per_s: f64,
    /// Vaccinations, each with a certificate, in the busiest minute of the record day.
    pub vaccinations_per_s: f64,
    /// Bits that searches take out of the gateways.
    pub search_bits_per_s: f64,
    /// Bits that other answers take.
    pub account_bits_per_s: f64,
    /// Connections that are open.
    pub connections: f64,
}

impl Load {
    pub(super) fn at_the_peak(demand: &Demand, measured: &Measured) -> Self {
        let requests_per_s = demand.peak_requests_per_s.get() * demand.growth.get();
        let account_requests_per_s = requests_per_s * demand.account_share();
        let searches_per_s = requests_per_s - account_requests_per_s;
        let bookings_per_s = requests_per_s * demand.booking_share.get();
        let seats_per_person = 1.0 / demand.people_per_seat.get();
        Self {
            requests_per_s,
            searches_per_s,
            account_requests_per_s,
            registrations_per_s: requests_per_s * demand.registration_share.get(),
            bookings_per_s,
            refused_bookings_per_s: bookings_per_s * (1.0 - seats_per_person).max(0.0),
            vaccinations_per_s: vaccinations_per_s(demand),
            search_bits_per_s: searches_per_s * measured.bytes_per_search.get() * 8.0,
            account_bits_per_s: account_requests_per_s
                * measured.bytes_per_account_request.get()
                * 8.0,
            connections: requests_per_s * demand.seconds_between_requests.get(),
        }
    }

    /// Everything that leaves the gateways.
    pub fn bits_per_s(&self) -> f64 {
        self.search_bits_per_s + self.account_bits_per_s
    }
}

fn vaccinations_per_s(demand: &Demand) -> f64 {
    let per_day = demand.population.as_f64() * demand.record_day_share.get();
    per_day / 86_400.0 * demand.record_day_peak.get() * demand.growth.get()
}

/// What answers the load. Counts are such that the loss of one zone leaves enough, if there are several.
#[derive(Clone, Debug, PartialEq)]
pub struct Machines {
    /// Gateways that answer searches.
    pub search_gateways: u64,
    /// Gateways that answer everything else.
    pub account_gateways: u64,
    /// Cores that gateways keep busy at the peak, without any room.
    pub gateway_cores: f64,
    /// Processes of one core that sign certificates.
    pub signing_workers: u64,
    /// Machines of the load generator that offer the peak.
    pub generators: u64,
    /// Memory of the catalogue in each gateway, in bytes.
    pub catalogue_bytes: f64,
    /// Connections of one gateway when a zone is lost.
    pub connections_per_gateway: f64,
    /// Memory that one gateway needs then, in bytes.
    pub gateway_bytes: f64,
}

impl Machines {
    pub(super) fn for_load(load: &Load, demand: &Demand, measured: &Measured) -> Self {
        let zones = demand.availability_zones.get();
        let search_cores = load.searches_per_s / measured.searches_per_core_s.get();
        let account_cores =
            load.account_requests_per_s / measured.account_requests_per_core_s.get();
        let signing_cores = load.vaccinations_per_s / measured.signatures_per_core_s.get();
        let generator_cores = load.requests_per_s / measured.generator_requests_per_core_s.get();
        let machines = |cores, bits_per_s| machines(cores, bits_per_s, demand);
        let search_gateways = in_zones(machines(search_cores, load.search_bits_per_s), zones);
        let account_gateways = in_zones(machines(account_cores, load.account_bits_per_s), zones);
        let catalogue_bytes = sessions(demand) * measured.catalogue_bytes_per_session.get();
        let surviving = without_a_zone(search_gateways.saturating_add(account_gateways), zones);
        let connections_per_gateway = load.connections / surviving as f64;
        Self {
            search_gateways,
            account_gateways,
            gateway_cores: search_cores + account_cores,
            signing_workers: in_zones(round_up(with_room(signing_cores, demand)), zones),
            generators: machines(generator_cores, load.bits_per_s()),
            catalogue_bytes,
            connections_per_gateway,
            gateway_bytes: catalogue_bytes
                + connections_per_gateway * measured.bytes_per_connection.get(),
        }
    }
}

/// Sessions on sale.
pub(super) fn sessions(demand: &Demand) -> f64 {
    demand.population.as_f64() / 1e6 * demand.sessions_per_million.get()
}

/// Machines whose cores and network hold the peak at the target utilisation.
pub(super) fn machines(cores: f64, bits_per_s: f64, demand: &Demand) -> u64 {
    let by_cores = with_room(cores, demand) / demand.cores_per_machine.get();
    let by_network = with_room(bits_per_s, demand) / (demand.network_gbit_per_s.get() * 1e9);
    round_up(by_cores.max(by_network))
}

/// What must be there so that the peak uses no more than the target utilisation of it.
pub(super) fn with_room(peak: f64, demand: &Demand) -> f64 {
    peak / demand.target_utilisation.get()
}

/// Whole ones, at least one. What exceeds a whole number only by rounding of floating point is not one more.
pub(super) fn round_up(amount: f64) -> u64 {
    (amount * (1.0 - 1e-12)).ceil().max(1.0) as u64
}

/// So many in equal zones that the loss of one zone leaves `needed`; in a single zone, `needed`.
pub(super) fn in_zones(needed: u64, zones: u64) -> u64 {
    match zones {
        1 => needed,
        _ => needed.div_ceil(zones - 1).saturating_mul(zones),
    }
}

/// How many of `all` are left when one of the zones is lost.
fn without_a_zone(all: u64, zones: u64) -> u64 {
    match zones {
        1 => all,
        _ => all - all / zones,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_a_zone_leaves_what_is_needed() {
        assert_eq!([1, 2, 3, 4, 5].map(|needed| in_zones(needed, 3)), [3, 3, 6, 6, 9]);
        assert_eq!([1, 4].map(|needed| in_zones(needed, 2)), [2, 8]);
        assert_eq!([1, 4].map(|needed| in_zones(needed, 1)), [1, 4]);
        assert_eq!(without_a_zone(9, 3), 6);
    }

    #[test]
    fn whole_machines_are_counted_upwards_but_not_by_rounding_errors() {
        assert_eq!([0.0, 0.2, 1.0, 1.01, 3.0 + 1e-15].map(round_up), [1, 1, 1, 2, 3]);
        assert_eq!(round_up(f64::INFINITY), u64::MAX);
    }

    #[test]
    fn the_scarcer_of_cores_and_network_decides() {
        let demand = Demand::default();
        assert_eq!(machines(8.0, 0.0, &demand), 2, "8 cores at half load are two machines of 8");
        assert_eq!(machines(8.0, 20e9, &demand), 4, "20 Gbit/s at half load are four machines");
    }

    #[test]
    fn the_opening_of_2021_arrives_as_it_was_counted() {
        let load = Load::at_the_peak(&Demand::default(), &Measured::default());
        assert_eq!((load.requests_per_s, load.bookings_per_s), (55_000.0, 550.0));
        assert!((load.account_requests_per_s - 55_000.0 * 0.126).abs() < 1e-6);
        assert!((load.vaccinations_per_s - 695.0).abs() < 1.0, "{}", load.vaccinations_per_s);
        assert_eq!(load.refused_bookings_per_s, 550.0 * 7.0 / 8.0);
    }
}
