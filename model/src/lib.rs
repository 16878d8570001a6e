//! The nouns of a vaccination programme: ids, dates, doses, vaccines, places and the country pack that names them.
//!
//! Nothing here does I/O or waits. The other rooms (inventory, ledger, certificates, gateway) speak to one another in
//! these types, so a value that exists has already been checked: text is parsed into them once, at the edge.

pub mod age;
pub mod batch;
pub mod centre;
pub mod clock;
pub mod date;
pub mod dose;
pub mod hours;
pub mod ids;
pub mod pack;
pub mod position;
pub mod programme;
pub mod session;
pub mod words;

pub use age::AgeBand;
pub use batch::{Batch, Doses};
pub use centre::{Centre, FeeType};
pub use clock::{Clock, Timestamp};
pub use dose::{Channel, Dose, Seats};
pub use hours::{Hours, TimeOfDay};
pub use ids::{
    AefiId, AppointmentId, BeneficiaryRef, CentreId, CertificateId, DistrictId, EventId, GenderId,
    IdTypeId, Mobile, Pincode, SecurityCode, SessionId, StateId, VaccineId,
};
pub use jiff::civil::Date;
pub use pack::{GenderGroup, Pack, PackError};
pub use position::Position;
pub use programme::{Programme, ProgrammeOptions};
pub use session::{Capacity, Session, SessionKey, SessionState};
pub use words::{
    DeclineReason, EarlyEnd, Evidence, Investigation, OverrideReason, Recovery, RevocationReason,
    Severity, Symptom, WasteReason,
};
