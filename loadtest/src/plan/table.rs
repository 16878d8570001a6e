//! A plan as a table that can be read without knowing the program: text or Markdown.

use super::figure::{Listed, Provenance};
use super::sizing::sessions;
use super::{Demand, Held, Ledger, Plan};
use crate::number::{grouped, short, whole};
use std::fmt;

/// Rows under a title.
struct Section {
    title: &'static str,
    rows: Vec<[String; 3]>,
}

fn row(what: &str, value: impl Into<String>, how: impl Into<String>) -> [String; 3] {
    [what.to_owned(), value.into(), how.into()]
}

impl Plan {
    /// The plan in Markdown, one table for each section.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n", self.title());
        for section in self.sections() {
            text += &format!("\n## {}\n\n|  | value | how |\n|---|---:|---|\n", section.title);
            for row in section.rows {
                text += &format!("| {} |\n", row.map(|cell| cell.replace('|', "\\|")).join(" | "));
            }
        }
        for sentence in self.sentences() {
            text += &format!("\n- {sentence}");
        }
        text + "\n"
    }

    fn title(&self) -> String {
        let (people, peak) = (self.demand.population, whole(self.load.requests_per_s));
        format!("What {people} people and {peak} requests/s need")
    }

    fn sections(&self) -> Vec<Section> {
        vec![
            Section { title: "The busiest second", rows: self.load_rows() },
            Section { title: "Machines", rows: self.machine_rows() },
            Section { title: "Memory of a gateway", rows: self.memory_rows() },
            Section { title: "Storage", rows: self.storage_rows() },
            Section { title: "Figures measured or given", rows: self.measured_rows(true) },
            Section { title: "Figures assumed", rows: self.measured_rows(false) },
        ]
    }

    fn load_rows(&self) -> Vec<[String; 3]> {
        let (load, demand) = (&self.load, &self.demand);
        let of_requests = |share: &dyn fmt::Display| format!("{share} of requests");
        vec![
            row("requests", per_s(load.requests_per_s), "the stated peak times growth"),
            row("searches", per_s(load.searches_per_s), "requests that are about no account"),
            row("requests about accounts", per_s(load.account_requests_per_s), "all others"),
            row(
                "registrations",
                per_s(load.registrations_per_s),
                of_requests(&demand.registration_share),
            ),
            row("bookings", per_s(load.bookings_per_s), of_requests(&demand.booking_share)),
            row(
                "refused once seats are short",
                per_s(load.refused_bookings_per_s),
                format!("{} people for each seat", demand.people_per_seat),
            ),
            row("vaccinations", per_s(load.vaccinations_per_s), "busiest minute of the record day"),
            row("network out", bits(load.bits_per_s()), "answers times their mean size as sent"),
            row(
                "connections",
                whole(load.connections),
                "requests times the seconds between two of one connection",
            ),
        ]
    }

    fn machine_rows(&self) -> Vec<[String; 3]> {
        let (machines, demand) = (&self.machines, &self.demand);
        let size = format!(
            "{} cores and {} Gbit/s each, {} busy at the peak{}",
            demand.cores_per_machine,
            demand.network_gbit_per_s,
            demand.target_utilisation,
            if demand.availability_zones.get() > 1 { " with one zone lost" } else { "" },
        );
        let ledger = match &self.ledger {
            Ledger::OneMachine => {
                row("ledger", "embedded", "one gateway holds it; no other machine is needed")
            }
            Ledger::FoundationDb { processes, .. } => row(
                "FoundationDB processes",
                grouped(*processes),
                "one core and disk each; the rate of one is not measured here unless given",
            ),
        };
        vec![
            row("gateways for searches", grouped(machines.search_gateways), size.clone()),
            row("gateways for accounts", grouped(machines.account_gateways), size),
            ledger,
            row("signing workers", grouped(machines.signing_workers), "one core each"),
            row("load generators", grouped(machines.generators), "to test all this before the day"),
        ]
    }

    fn memory_rows(&self) -> Vec<[String; 3]> {
        let machines = &self.machines;
        let catalogue = format!("{} sessions on sale", whole(sessions(&self.demand)));
        vec![
            row("catalogue", bytes(machines.catalogue_bytes), catalogue),
            row("connections", whole(machines.connections_per_gateway), "of one gateway"),
            row("together", bytes(machines.gateway_bytes), "catalogue and connections"),
        ]
    }

    fn storage_rows(&self) -> Vec<[String; 3]> {
        let (storage, demand) = (&self.storage, &self.demand);
        let day = "registrations, bookings and vaccinations of a mean day";
        vec![
            row("rows a day", whole(storage.rows_per_day), day),
            row("bytes a day", bytes(storage.bytes_per_day), day),
            row("rows in the first year", whole(storage.rows_per_year), ""),
            row("bytes in the first year", bytes(storage.bytes_per_year), ""),
            row("record day", bytes(storage.bytes_on_record_day), "bookings and vaccinations"),
            row("kept", bytes(storage.bytes_kept), format!("{} days at most", demand.days_kept)),
            row(
                "kept in copies",
                bytes(storage.bytes_kept_in_copies),
                format!("{} of each", demand.copies),
            ),
        ]
    }

    /// The figures that somebody vouches for, or those that nobody does.
    fn measured_rows(&self, vouched: bool) -> Vec<[String; 3]> {
        let all = self.measured.listed().into_iter().chain(self.demand.listed());
        let assumed = |listed: &Listed| matches!(listed.provenance, Provenance::Assumed { .. });
        let figures = all.filter(|listed| assumed(listed) != vouched);
        let rows = figures.map(|one| row(one.about, one.value, one.provenance.to_string()));
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() { vec![row("none", "", "")] } else { rows }
    }

    /// What a table cannot say.
    fn sentences(&self) -> Vec<String> {
        let held = self.measured.held.iter().map(sentence);
        let ledger = match &self.ledger {
            Ledger::OneMachine => {
                vec!["One machine holds this peak: both gateways and the ledger. Nothing answers while it is down.".to_owned()]
            }
            Ledger::FoundationDb { because, .. } => because.clone(),
        };
        held.chain(self.caveats()).chain(ledger).collect()
    }

    fn caveats(&self) -> Vec<String> {
        let unmeasured = self.measured.held.is_empty().then(|| {
            "No rate was measured on the machines that are meant: run the load test there and give its results."
                .to_owned()
        });
        let (searches, others) =
            (&self.measured.searches_per_core_s, &self.measured.account_requests_per_core_s);
        let measured = matches!(searches.provenance, Provenance::Measured { .. });
        let mixed = (measured && searches == others).then(|| {
            "Both rates per core are that of mixed traffic; runs of searches alone and of the rest alone would tell them apart."
                .to_owned()
        });
        let one_zone = (self.demand.availability_zones.get() == 1)
            .then(|| "In a single availability zone, its loss stops the service.".to_owned());
        [unmeasured, mixed, self.unscaled_peak(), one_zone].into_iter().flatten().collect()
    }

    /// A peak that was left at India's says little about another country.
    fn unscaled_peak(&self) -> Option<String> {
        let (demand, india) = (&self.demand, Demand::default());
        let another = demand.population != india.population
            && demand.peak_requests_per_s == india.peak_requests_per_s;
        let share = demand.population.as_f64() / india.population.as_f64();
        another.then(|| {
            format!(
                "The peak is that of India's {} people; in proportion it would be {}/s (--peak-requests-per-s).",
                india.population,
                whole(india.peak_requests_per_s.get() * share),
            )
        })
    }
}

fn sentence(held: &Held) -> String {
    let (rate, p99) = (whole(held.requests_per_s), short(held.p99_ms));
    let cores = if held.server_cores == 1.0 { "core" } else { "cores" };
    let met = match held.met.as_slice() {
        [] => "no threshold was set".to_owned(),
        met => format!("met {}", met.join(", ")),
    };
    format!(
        "{}: {rate}/s on {} server {cores} at p99 {p99} ms; {met}.",
        held.file, held.server_cores
    )
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title())?;
        let sections = self.sections();
        let width = |column: usize| {
            let rows = sections.iter().flat_map(|section| &section.rows);
            rows.map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let (first, second) = (width(0), width(1));
        for section in &sections {
            writeln!(f, "\n{}", section.title)?;
            for [what, value, how] in &section.rows {
                writeln!(f, "{}", format!("  {what:first$}  {value:>second$}  {how}").trim_end())?;
            }
        }
        writeln!(f)?;
        self.sentences().iter().try_for_each(|sentence| writeln!(f, "- {sentence}"))
    }
}

fn per_s(rate: f64) -> String {
    format!("{}/s", whole(rate))
}

fn bits(per_s: f64) -> String {
    scaled(per_s, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s", "Pbit/s"])
}

fn bytes(bytes: f64) -> String {
    scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB"])
}

/// In the largest unit of which there is at least one.
fn scaled(amount: f64, units: [&str; 6]) -> String {
    let mut rest = amount;
    let mut units = units.into_iter();
    let mut unit = units.next().unwrap_or_default();
    while rest >= 1_000.0 {
        let Some(larger) = units.next() else { break };
        (rest, unit) = (rest / 1_000.0, larger);
    }
    format!("{} {unit}", short(rest))
}
