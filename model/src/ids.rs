//! Identifiers. Each is its own type, so that a district can never be passed where a centre is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $repr:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $repr);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// A state or union territory, as numbered by the country pack.
    StateId, u16
);
number_id!(
    /// A district, as numbered by the country pack.
    DistrictId, u16
);
number_id!(
    /// A vaccination centre (CVC).
    CentreId, u32
);
number_id!(
    /// A vaccine: its position in the country pack's list.
    VaccineId, u8
);
number_id!(
    /// A gender, as numbered by the country pack (`gender_id` on the wire).
    GenderId, u8
);
number_id!(
    /// A kind of photo identity document, as numbered by the country pack (`photo_id_type` on the wire).
    IdTypeId, u8
);
number_id!(
    /// A postal code of six digits that does not start with zero; made by [`Pincode::parse`] or read from a pack.
    Pincode, u32
);

impl Pincode {
    /// Reads six ASCII digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        if digits && !text.starts_with('0') { text.parse().ok().map(Self) } else { None }
    }
}

/// A mobile number without country code, as digits. What is well formed is the country pack's to say
/// ([`Pack::mobile`](crate::Pack::mobile)). Its `Debug` form hides all but the last four digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mobile(pub u64);

impl Mobile {
    /// The last four digits, which is all of it that answers and documents may show.
    pub fn last4(self) -> u16 {
        (self.0 % 10_000) as u16
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mobile(******{:04})", self.last4())
    }
}

/// A beneficiary's reference id: 14 decimal digits, random, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BeneficiaryRef(u64);

impl BeneficiaryRef {
    /// The smallest and the largest number of 14 digits.
    pub const RANGE: std::ops::RangeInclusive<u64> = 10_000_000_000_000..=99_999_999_999_999;

    /// `None` unless `number` has 14 digits.
    pub fn new(number: u64) -> Option<Self> {
        Self::RANGE.contains(&number).then_some(Self(number))
    }

    /// The number itself.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for BeneficiaryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The four digits that a person shows at the counter to prove that the appointment is theirs. Its `Debug` form hides
/// them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityCode(u16);

impl SecurityCode {
    /// One of the ten thousand, from random bits.
    pub fn from_random(bits: u128) -> Self {
        Self((bits % 10_000) as u16)
    }

    /// The code that is written as this number; `None` if that has more than four digits.
    pub fn from_number(number: u64) -> Option<Self> {
        u16::try_from(number).ok().filter(|number| *number < 10_000).map(Self)
    }

    /// Reads exactly four ASCII digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        if digits { text.parse().ok().map(Self) } else { None }
    }

    /// The number that it is written as.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for SecurityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl fmt::Debug for SecurityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityCode(****)")
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Reads the hyphenated form in either case; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                if text.len() == 36 { Uuid::try_parse(text).ok().map(Self) } else { None }
            }

            /// From 16 random bytes, as a version 4 UUID.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

uuid_id!(
    /// A vaccination session: one centre, one day, one vaccine, one age band.
    SessionId
);
uuid_id!(
    /// An appointment of one to four people of one account; the confirmation number they are told.
    AppointmentId
);
uuid_id!(
    /// A vaccination event: the record of one dose, or the correction of one.
    EventId
);
uuid_id!(
    /// A report of an adverse event after a vaccination.
    AefiId
);
uuid_id!(
    /// A certificate of a dose. A corrected one has an id of its own.
    CertificateId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pincode_has_six_digits_and_no_leading_zero() {
        assert_eq!(Pincode::parse("110001"), Some(Pincode(110_001)));
        for wrong in ["", "11000", "1100011", "011001", "11000a", "+11001", " 11001"] {
            assert_eq!(Pincode::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_mobile_number_does_not_show_itself_when_logged() {
        assert_eq!(format!("{:?}", Mobile(9_876_543_210)), "Mobile(******3210)");
    }

    #[test]
    fn a_reference_has_fourteen_digits() {
        assert!(BeneficiaryRef::new(9_999_999_999_999).is_none());
        assert!(BeneficiaryRef::new(100_000_000_000_000).is_none());
        assert_eq!(
            BeneficiaryRef::new(12_345_678_901_234).map(BeneficiaryRef::get),
            Some(12_345_678_901_234)
        );
    }

    #[test]
    fn a_security_code_is_four_digits_and_is_not_logged() {
        let code = SecurityCode::parse("0042").unwrap();
        assert_eq!((code.number(), code.to_string().as_str()), (42, "0042"));
        assert_eq!(SecurityCode::from_number(42), Some(code));
        assert_eq!(SecurityCode::from_number(10_000), None);
        assert!(!format!("{code:?}").contains("42"));
        for wrong in ["", "42", "00042", "004a", "+042"] {
            assert_eq!(SecurityCode::parse(wrong), None, "{wrong:?}");
        }
    }
}
