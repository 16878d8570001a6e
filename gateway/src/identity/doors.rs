//! The doors through which a person proves a mobile number.

/// Each door gives its own kind of token, and a password asked for at one cannot be confirmed at another
/// (wire contract 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// `auth/public/*`: open to all; its token opens the certificate download alone.
    Public,
    /// `auth/generateOTP` and `auth/confirmOTP`: for partners with an API key.
    Protected,
    /// `auth/generateMobileOTP` and `auth/validateMobileOtp`: the portal's own.
    Portal,
}

impl Door {
    /// All doors.
    pub const ALL: [Door; 3] = [Door::Public, Door::Protected, Door::Portal];

    /// Whether a token of this door opens registration and appointments.
    pub fn opens_appointments(self) -> bool {
        self != Self::Public
    }

    /// What tells this door's signing key from the others'.
    pub fn key_label(self) -> &'static str {
        match self {
            Self::Public => "token/public",
            Self::Protected => "token/protected",
            Self::Portal => "token/portal",
        }
    }
}
