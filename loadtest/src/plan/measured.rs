//! What one core, one machine, one row was seen to do.

use super::Positive;
use super::figure::{Figure, Listed, Provenance};

macro_rules! measured {
    ($($field:ident = $default:literal, $about:literal, $source:literal;)*) => {
        /// Figures about the target and the generator, each with its provenance.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Measured {
            $(#[doc = $about] pub $field: Figure,)*
            /// The runs behind them.
            pub held: Vec<Held>,
        }

        /// Figures from the command line; they take the place of measured and assumed ones.
        #[derive(Clone, Debug, Default, clap::Args)]
        pub struct Given {
            $(
                #[doc = $about]
                #[arg(long, value_name = "N")]
                pub $field: Option<Positive>,
            )*
        }

        /// Nothing was measured: assumptions only.
        impl Default for Measured {
            fn default() -> Self {
                Self {
                    $($field: Figure {
                        value: $default.parse().expect("invariant: the table's defaults are valid"),
                        provenance: Provenance::Assumed { source: $source },
                    },)*
                    held: Vec::new(),
                }
            }
        }

        impl Measured {
            /// With the figures of the command line in the place of others.
            #[must_use]
            pub fn with(mut self, given: &Given) -> Self {
                $(if let Some(value) = given.$field {
                    self.$field = Figure { value, provenance: Provenance::Given };
                })*
                self
            }

            /// Every figure.
            pub(super) fn listed(&self) -> Vec<Listed> {
                vec![$(Listed {
                    about: $about,
                    value: self.$field.value.to_string(),
                    provenance: self.$field.provenance.clone(),
                }),*]
            }
        }
    };
}

measured! {
    searches_per_core_s = "50000", "Searches per second and server core", "half of benches/RESULTS.md, mid-size district in gzip";
    account_requests_per_core_s = "15000", "Other requests per second and server core", "benches/RESULTS.md, bookings on one core, less a fifth";
    bytes_per_search = "28000", "Bytes of a search's answer, compressed", "benches/RESULTS.md, mid-size district in gzip";
    bytes_per_account_request = "1000", "Bytes of another answer", "the contract's bodies with their heads";
    ledger_bookings_per_s = "18000", "Bookings per second of one machine's embedded ledger", "benches/RESULTS.md, 64 connections, one server core";
    foundationdb_commands_per_process_s = "3000", "Bookings and registrations per second of one FoundationDB process", "46,000 writes a process (FoundationDB's benchmarks), 15 a command with indexes and copies; never measured here";
    signatures_per_core_s = "40000", "Certificates signed per second and core", "bare Ed25519 does 75,000; the rest is the document around it";
    generator_requests_per_core_s = "50000", "Requests per second and core of the load generator", "a third of wrk's rate";
    catalogue_bytes_per_session = "1100", "Bytes of memory for a session on sale", "benches/RESULTS.md, 330 MB for 300,002 sessions";
    bytes_per_connection = "50000", "Bytes of memory for a connection", "buffers of the server and of the kernel";
    rows_per_registration = "3", "Rows of a registration", "account, person, personal fields";
    bytes_per_registration = "700", "Bytes of a registration", "sealed personal fields and an audit entry";
    rows_per_booking = "4", "Rows of a booking", "benches/RESULTS.md, with its command record";
    bytes_per_booking = "452", "Bytes of a booking", "benches/RESULTS.md, with its command record";
    rows_per_vaccination = "3", "Rows of a vaccination", "event, person, certificate";
    bytes_per_vaccination = "4000", "Bytes of a vaccination", "event and signed certificate; documents are drawn on demand";
}

/// A run that held what it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its file.
    pub file: String,
    /// Requests per second.
    pub requests_per_s: f64,
    /// Cores of the server.
    pub server_cores: f64,
    /// The 99th percentile of all traffic at that rate, in milliseconds.
    pub p99_ms: f64,
    /// The thresholds that it met; empty if none were set.
    pub met: Vec<String>,
}
