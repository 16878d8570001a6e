//! The doors through which a mobile number is proven.

/// Each door gives its own kind of token, and a password asked for at one cannot be confirmed at another
/// (wire contract 1.5). Numbers are part of transaction ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// `auth/public/*`: open to all; its token opens the certificate download alone.
    Public = 0,
    /// `auth/generateOTP` and `auth/confirmOTP`: for partners with an API key.
    Protected = 1,
    /// `auth/generateMobileOTP` and `auth/validateMobileOtp`: the portal's own.
    Portal = 2,
    /// `staff/auth/*`: for officials and the staff of facilities.
    Staff = 3,
    /// `partners/auth/*`: for the administrators of partners.
    Partner = 4,
    /// `v3/vaccination/*`: for telling one's vaccination status; what it opens is sealed, not signed ([`inquiry`](super::inquiry)).
    Status = 5,
}

impl Door {
    /// All doors, by their numbers.
    pub const ALL: [Door; 6] =
        [Door::Public, Door::Protected, Door::Portal, Door::Staff, Door::Partner, Door::Status];

    /// Those through which people come for themselves.
    pub const OF_PEOPLE: [Door; 3] = [Door::Public, Door::Protected, Door::Portal];

    /// Whether a token of this door opens registration and appointments.
    pub fn opens_appointments(self) -> bool {
        matches!(self, Self::Protected | Self::Portal)
    }

    /// What tells this door's signing key from the others'.
    pub fn key_label(self) -> &'static str {
        match self {
            Self::Public => "token/public",
            Self::Protected => "token/protected",
            Self::Portal => "token/portal",
            Self::Staff => "token/staff",
            Self::Partner => "token/partner",
            Self::Status => "token/status",
        }
    }

    /// What a token of this door calls its owner.
    pub fn user_type(self) -> &'static str {
        match self {
            Self::Public | Self::Protected | Self::Portal | Self::Status => "BENEFICIARY",
            Self::Staff => "STAFF",
            Self::Partner => "PARTNER",
        }
    }
}
