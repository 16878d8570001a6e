//! What can be asked of a target: the list from which labels, histograms and reports are made.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident $name:literal $kind:ident),* $(,)?) => {
        /// One kind of request, or of what is waited for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Operation {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Operation {
            /// Every operation, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in results and thresholds.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Whether it is traffic, something that is waited for, or the harness helping itself.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind),* }
            }
        }
    };
}

/// Whether an operation is traffic, something that is waited for, or the harness helping itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Traffic: part of the rate, the percentiles and the thresholds.
    Traffic,
    /// No request, but how long it took until something was there: with percentiles and thresholds of its own, and no part of
    /// the rate.
    Wait,
    /// Requests that no citizen would send: they are counted and timed, but are no part of the rate.
    Harness,
}

operations! {
    /// Seven days of a district.
    CalendarByDistrict "calendarByDistrict" Traffic,
    /// Seven days of a pincode.
    CalendarByPin "calendarByPin" Traffic,
    /// One day of a district.
    FindByDistrict "findByDistrict" Traffic,
    /// One day of a pincode.
    FindByPin "findByPin" Traffic,
    /// The list of states.
    States "states" Traffic,
    /// The districts of a state.
    Districts "districts" Traffic,
    /// Asking for a one-time password.
    GenerateOtp "generateOTP" Traffic,
    /// Fetching a challenge that has to be solved first.
    Challenge "challenge" Traffic,
    /// Exchanging a one-time password for a token.
    ConfirmOtp "confirmOTP" Traffic,
    /// Registering a person.
    Register "register" Traffic,
    /// The people of an account with their appointments.
    Beneficiaries "beneficiaries" Traffic,
    /// Booking.
    Schedule "schedule" Traffic,
    /// Moving an appointment.
    Reschedule "reschedule" Traffic,
    /// Cancelling an appointment.
    Cancel "cancel" Traffic,
    /// Downloading the slip.
    Slip "slip" Traffic,
    /// Registering somebody at the counter.
    Enrol "enrol" Traffic,
    /// Giving them a seat on the spot.
    OnSpot "onspot" Traffic,
    /// Checking somebody in.
    CheckIn "checkIn" Traffic,
    /// Recording a dose.
    Vaccinate "vaccinate" Traffic,
    /// Ending the observation after a dose.
    Observe "observe" Traffic,
    /// Downloading a certificate as a document.
    CertificatePdf "certificatePdf" Traffic,
    /// From the acknowledgement of a dose to the first answer that shows its certificate.
    Certificate "certificate" Wait,
    /// Drawing a session up.
    Draft "draft" Traffic,
    /// Publishing it.
    Publish "publish" Traffic,
    /// Any other path, as a scenario names it.
    Get "get" Traffic,
    /// Reading a one-time password from the sandbox.
    Outbox "outbox" Harness,
    /// Bringing people and staff to where they are when the clock starts.
    Prepare "prepare" Harness,
    /// Looking whether a certificate is there.
    CertificateList "certificateList" Harness,
    /// Reading appointments, doses, stock, figures and sessions back afterwards.
    ReadBack "readBack" Harness,
}

impl Operation {
    /// How many there are: the length of tables by operation.
    pub const COUNT: usize = Self::ALL.len();

    /// The operation of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
