//! The APIs that a partner subscribes to, one by one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One separately subscribed API. Quotas are per key and API: all endpoints of an API share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// Searching for sessions and centres.
    Search,
    /// One-time passwords.
    Authentication,
    /// Registering beneficiaries.
    Registration,
    /// Booking, moving and cancelling appointments.
    Appointments,
    /// Recording vaccinations.
    Vaccination,
    /// Downloading and verifying certificates.
    Certificates,
    /// Reporting adverse events following immunisation.
    Aefi,
    /// Vaccination status for verifiers (KYC-VS).
    Status,
    /// The look-up by mobile number or id, for trusted partners alone.
    Lookup,
}

impl Api {
    /// All of them, in order; [`Api::index`] is the position here.
    pub const ALL: [Self; 9] = [
        Self::Search,
        Self::Authentication,
        Self::Registration,
        Self::Appointments,
        Self::Vaccination,
        Self::Certificates,
        Self::Aefi,
        Self::Status,
        Self::Lookup,
    ];

    /// Its name on the wire, in the console and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Authentication => "authentication",
            Self::Registration => "registration",
            Self::Appointments => "appointments",
            Self::Vaccination => "vaccination",
            Self::Certificates => "certificates",
            Self::Aefi => "aefi",
            Self::Status => "status",
            Self::Lookup => "lookup",
        }
    }

    /// The API of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|api| api.name() == name)
    }

    /// 0 to 8.
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some APIs; on the wire a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Api>", from = "Vec<Api>")]
pub struct Apis(u16);

impl Apis {
    /// None.
    pub const NONE: Self = Self(0);

    /// All of them.
    pub fn all() -> Self {
        Api::ALL.into_iter().collect()
    }

    /// With one more.
    pub const fn with(self, api: Api) -> Self {
        Self(self.0 | 1 << api as u16)
    }

    /// With one less.
    pub const fn without(self, api: Api) -> Self {
        Self(self.0 & !(1 << api as u16))
    }

    /// Whether `api` is one of them.
    pub const fn contains(self, api: Api) -> bool {
        self.0 & 1 << api as u16 != 0
    }

    /// Those that both have.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Api> {
        Api::ALL.into_iter().filter(move |api| self.contains(*api))
    }
}

impl FromIterator<Api> for Apis {
    fn from_iter<I: IntoIterator<Item = Api>>(apis: I) -> Self {
        apis.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<Api>> for Apis {
    fn from(list: Vec<Api>) -> Self {
        list.into_iter().collect()
    }
}

impl From<Apis> for Vec<Api> {
    fn from(apis: Apis) -> Self {
        apis.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_everywhere() {
        for (index, api) in Api::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_string(&api).unwrap(), format!("\"{api}\""));
            assert_eq!((Api::parse(api.name()), api.index()), (Some(api), index));
        }
        assert_eq!(Api::parse("Search"), None);
    }

    #[test]
    fn a_subscription_is_a_list_of_names() {
        let apis: Apis = serde_json::from_str(r#"["aefi","search","aefi"]"#).unwrap();
        assert_eq!(serde_json::to_string(&apis).unwrap(), r#"["search","aefi"]"#);
        assert!(apis.contains(Api::Aefi) && !apis.without(Api::Aefi).contains(Api::Aefi));
        assert!(Apis::all().and(apis) == apis && Apis::NONE.is_empty());
        assert!(serde_json::from_str::<Apis>(r#"["everything"]"#).is_err());
    }
}
