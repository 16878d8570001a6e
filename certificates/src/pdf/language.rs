//! The languages of certificates: English, and that of the state where the dose was given.

/// A language in which the labels of a certificate are printed beside English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Nothing beside English.
    #[default]
    English,
    /// Hindi, in Devanagari.
    Hindi,
    /// Marathi, in Devanagari.
    Marathi,
    /// Bengali.
    Bengali,
    /// Assamese, in Bengali letters.
    Assamese,
    /// Punjabi, in Gurmukhi.
    Punjabi,
    /// Gujarati.
    Gujarati,
    /// Odia.
    Odia,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
}

impl Language {
    /// How many there are.
    pub(crate) const COUNT: usize = 12;

    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::English,
        Self::Hindi,
        Self::Marathi,
        Self::Bengali,
        Self::Assamese,
        Self::Punjabi,
        Self::Gujarati,
        Self::Odia,
        Self::Tamil,
        Self::Telugu,
        Self::Kannada,
        Self::Malayalam,
    ];

    /// The language of a state or union territory of India: its official language, or the most common of several. English
    /// where the labels have not been translated, and for names of no state.
    pub fn of_state(name: &str) -> Self {
        match name {
            "Andaman and Nicobar Islands"
            | "Bihar"
            | "Chandigarh"
            | "Chhattisgarh"
            | "Delhi"
            | "Haryana"
            | "Himachal Pradesh"
            | "Jammu and Kashmir"
            | "Jharkhand"
            | "Ladakh"
            | "Madhya Pradesh"
            | "Rajasthan"
            | "Uttar Pradesh"
            | "Uttarakhand" => Self::Hindi,
            "Goa" | "Maharashtra" => Self::Marathi,
            "Tripura" | "West Bengal" => Self::Bengali,
            "Assam" => Self::Assamese,
            "Punjab" => Self::Punjabi,
            "Dadra and Nagar Haveli" | "Daman and Diu" | "Gujarat" => Self::Gujarati,
            "Odisha" => Self::Odia,
            "Puducherry" | "Tamil Nadu" => Self::Tamil,
            "Andhra Pradesh" | "Telangana" => Self::Telugu,
            "Karnataka" => Self::Kannada,
            "Kerala" | "Lakshadweep" => Self::Malayalam,
            _ => Self::English,
        }
    }

    /// Its tag (source: BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hindi => "hi",
            Self::Marathi => "mr",
            Self::Bengali => "bn",
            Self::Assamese => "as",
            Self::Punjabi => "pa",
            Self::Gujarati => "gu",
            Self::Odia => "or",
            Self::Tamil => "ta",
            Self::Telugu => "te",
            Self::Kannada => "kn",
            Self::Malayalam => "ml",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_without_a_translation_are_those_that_are_known() {
        let states = include_str!("../../../model/packs/india/states.csv").lines().skip(1);
        let names = states.map(|line| line.split_once(',').unwrap().1);
        let english: Vec<&str> =
            names.filter(|name| Language::of_state(name) == Language::English).collect();
        let expected =
            ["Arunachal Pradesh", "Manipur", "Meghalaya", "Mizoram", "Nagaland", "Sikkim"];
        assert_eq!(english, expected);
    }
}
