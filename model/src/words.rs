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

words!(
    /// How serious an adverse event is (source: WHO, Global manual on surveillance of AEFI; India's AEFI guidelines).
    Severity {
        /// Passes by itself: pain, a low fever.
        Minor = 1 "minor",
        /// Intense, but neither dangerous nor lasting.
        Severe = 2 "severe",
        /// Death, danger to life, stay in hospital, lasting disability.
        Serious = 3 "serious",
    }
);
words!(
    /// How it stands with somebody after an adverse event (source: ICH E2B, outcome of reaction).
    Recovery {
        /// Not known yet.
        Unknown = 1 "unknown",
        /// Still unwell.
        NotRecovered = 2 "not-recovered",
        /// Getting better.
        Recovering = 3 "recovering",
        /// Well again.
        Recovered = 4 "recovered",
        /// Well again, but for something that stays.
        Sequelae = 5 "recovered-with-sequelae",
        /// Dead.
        Died = 6 "died",
    }
);
words!(
    /// How far the investigation of an adverse event has come. Serious ones are always investigated.
    Investigation {
        /// None is needed.
        NotNeeded = 1 "not-needed",
        /// It has not begun.
        Due = 2 "due",
        /// It is under way.
        UnderWay = 3 "under-way",
        /// The vaccine caused the event, or how it was given.
        Related = 4 "closed-related",
        /// The event has another cause.
        Unrelated = 5 "closed-unrelated",
        /// It cannot be said.
        Undecided = 6 "closed-undecided",
    }
);
words!(
    /// A sign or symptom after a vaccination. The words are preferred terms of MedDRA, the dictionary by which safety
    /// systems code, in lower case and with hyphens.
    Symptom {
        /// Pain where the needle went in.
        InjectionSitePain = 1 "injection-site-pain",
        /// Swelling there.
        InjectionSiteSwelling = 2 "injection-site-swelling",
        /// Pus there.
        InjectionSiteAbscess = 3 "injection-site-abscess",
        /// Fever.
        Pyrexia = 4 "pyrexia",
        /// Chills.
        Chills = 5 "chills",
        /// Tiredness.
        Fatigue = 6 "fatigue",
        /// Headache.
        Headache = 7 "headache",
        /// Pain in muscles.
        Myalgia = 8 "myalgia",
        /// Pain in joints.
        Arthralgia = 9 "arthralgia",
        /// Nausea.
        Nausea = 10 "nausea",
        /// Vomiting.
        Vomiting = 11 "vomiting",
        /// Diarrhoea.
        Diarrhoea = 12 "diarrhoea",
        /// Dizziness.
        Dizziness = 13 "dizziness",
        /// Fainting.
        Syncope = 14 "syncope",
        /// Rash.
        Rash = 15 "rash",
        /// Hives.
        Urticaria = 16 "urticaria",
        /// Itching.
        Pruritus = 17 "pruritus",
        /// Swelling of the face or throat.
        Angioedema = 18 "angioedema",
        /// Shortness of breath.
        Dyspnoea = 19 "dyspnoea",
        /// Anaphylaxis.
        Anaphylaxis = 20 "anaphylactic-reaction",
        /// Fits.
        Seizure = 21 "seizure",
        /// A paralysed face.
        FacialParalysis = 22 "facial-paralysis",
        /// Guillain-Barre syndrome.
        GuillainBarre = 23 "guillain-barre-syndrome",
        /// A clot in a vessel.
        Thrombosis = 24 "thrombosis",
        /// Too few platelets.
        Thrombocytopenia = 25 "thrombocytopenia",
        /// Inflammation of the heart muscle.
        Myocarditis = 26 "myocarditis",
        /// Death.
        Death = 27 "death",
        /// Something that is not on this list.
        Other = 28 "other",
    }
);
words!(
    /// Why doses were lost.
    WasteReason {
        /// Left in an opened vial at the end of a session.
        OpenVial = 1 "open-vial",
        /// The vial broke.
        Broken = 2 "broken",
        /// It was too warm or frozen.
        ColdChain = 3 "cold-chain",
        /// Its last day was over.
        Expired = 4 "expired",
        /// For another reason.
        Other = 5 "other",
    }
);
words!(
    /// Why a certificate does not hold any more, where no other stands in its place.
    RevocationReason {
        /// The dose was never given, or to somebody else.
        Mistaken = 1 "mistaken",
        /// It was obtained by deceit.
        Fraud = 2 "fraud",
        /// The key that signed it is in wrong hands; another certificate is made.
        KeyCompromised = 3 "key-compromised",
    }
);

impl Investigation {
    /// Whether it has come to its end.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Related | Self::Unrelated | Self::Undecided)
    }
}

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
