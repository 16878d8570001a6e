//! What a country asks for.

use super::figure::{Listed, Provenance};
use super::{Count, Positive, Share};

macro_rules! demand {
    ($($field:ident: $type:ty = $default:literal, $about:literal, $source:literal;)*) => {
        /// What a country asks for. Everything has a default, the figures of India in 2021 where they are known.
        #[derive(Clone, Debug, PartialEq, clap::Args)]
        pub struct Demand {
            $(
                #[doc = $about]
                #[arg(long, value_name = "N", default_value = $default)]
                pub $field: $type,
            )*
        }

        impl Default for Demand {
            fn default() -> Self {
                Self { $($field: $default.parse().expect("invariant: the table's defaults are valid"),)* }
            }
        }

        impl Demand {
            /// Every figure. One that differs from the default was given.
            pub(super) fn listed(&self) -> Vec<Listed> {
                let default = Self::default();
                vec![$(Listed {
                    about: $about,
                    value: self.$field.to_string(),
                    provenance: if self.$field == default.$field {
                        Provenance::Assumed { source: $source }
                    } else {
                        Provenance::Given
                    },
                }),*]
            }
        }
    };
}

demand! {
    population: Count = "1390000000", "People", "India in 2021, rounded";
    peak_requests_per_s: Positive = "55000", "Requests in the busiest second", "Co-WIN on 28 April 2021, ministry of health";
    growth: Positive = "1", "Times that peak to be prepared for", "nothing beyond the peak that was seen";
    otp_share: Share = "0.038", "Of requests, those for a one-time password", "14.5 million SMS of 383 million calls on 28 April 2021";
    confirmation_share: Share = "0.036", "Of requests, confirmations of a password", "nearly every password is used";
    registration_share: Share = "0.021", "Of requests, registrations", "8.0 million of 383 million calls on 28 April 2021";
    list_share: Share = "0.021", "Of requests, lists of an account's people", "one for each registration";
    booking_share: Share = "0.010", "Of requests, attempts to book", "no figure was published";
    people_per_seat: Positive = "8", "People who want each seat", "6.5 to 11 registrations a dose for ages 18 to 44, May 2021";
    registered_share: Share = "0.8", "Of people, those who register", "1.1 billion of 1.39 billion by 2023";
    doses_per_person: Positive = "2", "Doses for each who registers, each booked once", "2.2 billion doses for 1.1 billion people by 2023";
    programme_days: Positive = "545", "Days that the programme takes", "16 January 2021 to July 2022, two billion doses";
    record_day_share: Share = "0.018", "Of people, those vaccinated on the record day", "25 million on 17 September 2021";
    record_day_peak: Positive = "2.4", "Times its mean rate, the record day's busiest minute", "42,000 a minute at midday of 17 September 2021";
    days_kept: Positive = "1825", "Days that records are kept", "five years";
    sessions_per_million: Positive = "216", "Sessions on sale for each million people", "the generated programme: 300,000 for India";
    seconds_between_requests: Positive = "10", "Seconds between two requests of one connection", "apps that poll; no figure was published";
    availability_zones: Count = "3", "Availability zones", "usual in public clouds";
    cores_per_machine: Positive = "8", "Cores of a machine", "a common size";
    network_gbit_per_s: Positive = "10", "Gbit/s of a machine's network", "a common size";
    target_utilisation: Share = "0.5", "Of a machine's capacity, what the peak may use", "queues grow without bound towards 1; half leaves room for unevenness";
    copies: Count = "3", "Copies of stored data", "FoundationDB, triple redundancy";
}

impl Demand {
    /// The requests that are about an account, as a share of all: everything but searches. At most 1.
    pub(super) fn account_share(&self) -> f64 {
        self.account_shares().min(1.0)
    }

    /// Whether the figures fit together; each by itself is valid by its type.
    ///
    /// # Errors
    /// If the shares of requests are more than all requests.
    pub fn check(&self) -> Result<(), super::PlanError> {
        let sum = self.account_shares();
        if sum <= 1.0 {
            return Ok(());
        }
        let why = format!(
            "passwords, confirmations, registrations, lists and bookings are {:.0} % of requests together",
            sum * 100.0
        );
        Err(super::PlanError::Absurd { name: "shares of requests", why })
    }

    fn account_shares(&self) -> f64 {
        let Self {
            otp_share,
            confirmation_share,
            registration_share,
            list_share,
            booking_share,
            ..
        } = self;
        let shares = [otp_share, confirmation_share, registration_share, list_share, booking_share];
        shares.map(|share| share.get()).iter().sum()
    }
}
