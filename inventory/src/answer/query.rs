//! What is asked of a search, and what comes back.

use bytes::Bytes;
use opencowin_model::{
    CentreId, Channel, Date, DistrictId, Dose, FeeType, Pincode, Position, Seats, Session,
    VaccineId,
};

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// All centres of a district.
    District(DistrictId),
    /// All centres with a pincode.
    Pincode(Pincode),
    /// One centre.
    Centre(CentreId),
    /// The 100 centres nearest to a point.
    Near(Position),
}

/// Which form the answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// The sessions of one day, each with its centre's members: `{"sessions":[…]}`.
    Find {
        /// The day.
        date: Date,
    },
    /// The centres, each with its sessions of seven days: `{"centers":[…]}`, or `{"centers":{…}}` for
    /// [`Place::Centre`].
    Calendar {
        /// The first of the days.
        from: Date,
    },
}

/// Which version of the API the answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// As of 2021: first and second doses.
    V2,
    /// As of January 2022: precaution doses too.
    V4,
}

/// What a session must be like to be listed. Everything absent matches everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Gives this vaccine.
    pub vaccine: Option<VaccineId>,
    /// Is held at a centre of this kind.
    pub fee_type: Option<FeeType>,
    /// Has exactly this lower age limit, in years.
    pub min_age_limit: Option<u8>,
    /// Was published with online seats for this dose.
    pub dose: Option<Dose>,
    /// Has a seat free: for `dose` if given, else for any dose.
    pub available: bool,
}

/// A search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search<'a> {
    /// Where to look.
    pub place: Place,
    /// Which form the answer takes.
    pub shape: Shape,
    /// Which version of the API asks.
    pub version: Version,
    /// What sessions must be like.
    pub filter: Filter,
    /// The language, as a code of the pack (`hi`). None, the pack's default language and languages that the pack does
    /// not have are answered in the default language alone; others add the `_l` companions.
    pub language: Option<&'a str>,
}

/// What the caller can decode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codings {
    /// Whether a gzip body is welcome.
    pub gzip: bool,
}

/// How a body is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Plain.
    Identity,
    /// As a gzip stream.
    Gzip,
}

/// An answer. It reflects every reservation made before the search was called.
#[derive(Clone, Debug)]
pub struct Found {
    /// JSON text in UTF-8, coded as `coding` says. Shared, not copied, where it is the same as the last caller's.
    pub body: Bytes,
    /// How the body is coded.
    pub coding: Coding,
}

impl Found {
    pub(super) fn plain(body: Vec<u8>) -> Self {
        Self { body: body.into(), coding: Coding::Identity }
    }
}

impl Filter {
    /// Whether a session of a centre with this fee type is listed while these seats are free for it.
    pub(super) fn admits(&self, session: &Session, fee_type: FeeType, free: Seats) -> bool {
        self.vaccine.is_none_or(|vaccine| vaccine == session.vaccine)
            && self.fee_type.is_none_or(|wanted| wanted == fee_type)
            && self.min_age_limit.is_none_or(|min| min == session.age.min)
            && self.dose.is_none_or(|dose| session.capacity.seats(Channel::Online, dose) > 0)
            && (!self.available || self.dose.map_or(free.total(), |dose| free.of(dose).into()) > 0)
    }
}
