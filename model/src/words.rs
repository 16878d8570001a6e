//! The words that staff chooses from at the counter. Free text would end up holding what nobody may keep.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $number:literal $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$meaning])* $variant = $number,)*
        }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// How it is written on the wire.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one that is written so.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }

            /// As which number it is stored; numbers are never reused.
            pub fn number(self) -> u8 {
                self as u8
            }

            /// The one that is stored as this number.
            pub fn from_number(number: u64) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| u64::from(known.number()) == number)
            }
        }
    };
}

words!(
    /// Why somebody who came was not given the dose.
    DeclineReason {
        /// They changed their mind.
        Unwilling = 1 "unwilling",
        /// They are ill today.
        Unwell = 2 "unwell",
        /// The vaccine must not be given to them.
        Contraindicated = 3 "contraindicated",
        /// They were given it elsewhere already.
        AlreadyVaccinated = 4 "already-vaccinated",
        /// No vaccine was left.
        NoVaccine = 5 "no-vaccine",
        /// Anything else.
        Other = 6 "other",
    }
);
words!(
    /// Why a dose is given before its interval is over.
    OverrideReason {
        /// Leaving the country for study, work or games (source: the programme's rule of June 2021 for travellers).
        Travel = 1 "travel",
        /// A doctor asks for it.
        Medical = 2 "medical",
        /// Protection against an outbreak.
        Outbreak = 3 "outbreak",
        /// The day of the dose before is recorded wrongly.
        WrongRecord = 4 "wrong-record",
    }
);
words!(
    /// What shows that a dose was given where nobody recorded it.
    Evidence {
        /// A certificate of another country.
        ForeignCertificate = 1 "foreign-certificate",
        /// A certificate or card on paper.
        PaperCertificate = 2 "paper-certificate",
        /// The register of a hospital.
        HospitalRegister = 3 "hospital-register",
        /// A list that a facility kept while it had no connection.
        OfflineList = 4 "offline-list",
    }
);
words!(
    /// Why somebody was not watched for the whole time after a dose.
    EarlyEnd {
        /// They left.
        Left = 1 "left",
        /// They were taken to a hospital.
        Hospital = 2 "hospital",
        /// The place had to be cleared.
        Closed = 3 "closed",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_lead_back_and_none_stands_twice() {
        for reason in DeclineReason::ALL {
            assert_eq!(DeclineReason::from_word(reason.word()), Some(*reason));
            assert_eq!(DeclineReason::from_number(reason.number().into()), Some(*reason));
        }
        assert_eq!(DeclineReason::from_word("because"), None);
        assert_eq!(DeclineReason::from_number(0), None);
        let numbers: std::collections::BTreeSet<_> =
            Evidence::ALL.iter().map(|evidence| evidence.number()).collect();
        assert_eq!(numbers.len(), Evidence::ALL.len());
    }
}
