//! Adverse events following immunization (AEFI): the words in which they are told.

use std::fmt;

/// A sign or symptom, as one of a short list of coded words. They are preferred terms of MedDRA, the dictionary that safety
/// systems code with, in lower case and with hyphens; nothing told freely is kept, since it could name somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symptom(u8);

/// The words, by number. New ones go to the end.
const SYMPTOMS: [&str; 28] = [
    "injection-site-pain",
    "injection-site-swelling",
    "injection-site-abscess",
    "pyrexia",
    "chills",
    "fatigue",
    "headache",
    "myalgia",
    "arthralgia",
    "nausea",
    "vomiting",
    "diarrhoea",
    "dizziness",
    "syncope",
    "rash",
    "urticaria",
    "pruritus",
    "angioedema",
    "dyspnoea",
    "anaphylactic-reaction",
    "seizure",
    "facial-paralysis",
    "guillain-barre-syndrome",
    "thrombosis",
    "thrombocytopenia",
    "myocarditis",
    "death",
    "other",
];

impl Symptom {
    /// All symptoms, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SYMPTOMS.len() as u8).map(Self)
    }

    /// The symptom with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|symptom| symptom.as_str() == word)
    }

    /// The symptom with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        (usize::from(number) < SYMPTOMS.len()).then_some(Self(number))
    }

    /// Its number, which never changes.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        SYMPTOMS[usize::from(self.0)]
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $number:literal $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$each])* $variant = $number,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one with this word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.as_str() == word)
            }

            /// The one with this number.
            pub fn from_number(number: u64) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| *each as u64 == number)
            }
        }
    };
}

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
    /// How far the investigation of an adverse event has come; serious ones are always investigated.
    Investigation {
        /// None is needed.
        None = 1 "none",
        /// It has not begun.
        Due = 2 "due",
        /// It is under way.
        UnderWay = 3 "under-way",
        /// The event was caused by the vaccine, or by how it was given.
        Related = 4 "closed-related",
        /// The event has another cause.
        Unrelated = 5 "closed-unrelated",
        /// It cannot be said.
        Undecided = 6 "closed-undecided",
    }
);

impl Investigation {
    /// Whether it has come to an end.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Related | Self::Unrelated | Self::Undecided)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_and_number_reads_back() {
        for symptom in Symptom::all() {
            assert_eq!(Symptom::parse(symptom.as_str()), Some(symptom));
            assert_eq!(Symptom::from_number(symptom.number()), Some(symptom));
        }
        assert_eq!(Symptom::from_number(SYMPTOMS.len() as u8), None);
        for recovery in Recovery::ALL {
            assert_eq!(Recovery::parse(recovery.as_str()), Some(*recovery));
            assert_eq!(Recovery::from_number(*recovery as u64), Some(*recovery));
        }
    }

    #[test]
    fn a_sentence_is_no_symptom() {
        for text in ["", "Fever", "fever since Monday, says Asha", "pyrexia "] {
            assert_eq!(Symptom::parse(text), None, "{text:?}");
        }
    }
}
