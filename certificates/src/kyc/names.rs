//! Whether two people's names are the same, though written by different hands.
//!
//! Whoever asks for a status gives a name; somebody else wrote it down at registration, from an identity document, in another
//! script or spelling. Names are compared in these steps, each as narrow as it can be:
//!
//! 1. **Text**: NFC, then Latin letters (transliterated where it is another script), lower case, without accents and
//!    punctuation. Titles go, and known abbreviations are written out (`Md`, `Kr`).
//! 2. **Spelling**: each word becomes a key in which common spellings of one Indian sound fall together ([`spelling`]).
//!    Indian scripts write no short `a`, so if a name is in one, every `a` within a word is left out on both sides; Arabic
//!    script writes few vowels, so there none count.
//! 3. **Words**: in any order; `Ram Kumar` and `Ramkumar` are the same. An initial stands for a word that begins with it.
//!    Words may be missing on either side if at least two whole words agree.
//!
//! A first name alone is not enough where more is registered, and initials alone are never enough. What the steps let
//! through wrongly is a name very like a registered one, given by somebody who holds that person's phone.

mod spelling;

use spelling::Vowels;
use unicode_normalization::UnicodeNormalization;

/// The longest name that is compared, in characters.
const LONGEST: usize = 200;

/// Words before a name that are no part of it.
const TITLES: [&str; 11] =
    ["mr", "mrs", "ms", "miss", "master", "dr", "prof", "shri", "shrimati", "smt", "sri"];

/// Abbreviations that are written out everywhere in India.
const ABBREVIATIONS: [(&str, &str); 5] = [
    ("md", "mohammad"),
    ("mohd", "mohammad"),
    ("mohammed", "mohammad"),
    ("muhammad", "mohammad"),
    ("kr", "kumar"),
];

/// A word of a name.
struct Word {
    key: String,
    is_initial: bool,
}

/// Whether `given` is how somebody else may write the name `registered`.
pub fn is_same(given: &str, registered: &str) -> bool {
    let vowels = vowels_of(given).min(vowels_of(registered));
    let (given, registered) = (words(given, vowels), words(registered, vowels));
    if given.is_empty() || registered.is_empty() {
        return false;
    }
    let joined_alike = joined(&given).is_some_and(|key| joined(&registered) == Some(key));
    joined_alike || agree(given, registered)
}

/// The key without regard to where words end; `None` for initials alone.
fn joined(words: &[Word]) -> Option<String> {
    let whole = words.iter().any(|word| !word.is_initial);
    whole.then(|| words.iter().map(|word| word.key.as_str()).collect())
}

/// Whether enough words of the two agree.
fn agree(given: Vec<Word>, mut registered: Vec<Word>) -> bool {
    let mut whole = 0;
    let mut left = Vec::new();
    for word in given {
        match registered.iter().position(|other| other.key == word.key) {
            Some(at) => whole += usize::from(!registered.swap_remove(at).is_initial),
            None => left.push(word),
        }
    }
    left.retain(|word| match registered.iter().position(|other| abbreviates(word, other)) {
        Some(at) => {
            registered.swap_remove(at);
            false
        }
        None => true,
    });
    let contradicted = !left.is_empty() && !registered.is_empty();
    let missing = left.len() + registered.len();
    !contradicted && (whole >= 2 || whole == 1 && missing == 0)
}

/// Whether one word is the initial of the other.
fn abbreviates(one: &Word, other: &Word) -> bool {
    (one.is_initial || other.is_initial) && one.key.chars().next() == other.key.chars().next()
}

/// Which vowels a name's script writes.
fn vowels_of(name: &str) -> Vowels {
    let script = |letter: char| match u32::from(letter) {
        0x0600..=0x06ff | 0x0750..=0x077f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => Vowels::None,
        0x0900..=0x0dff => Vowels::WithoutA,
        _ => Vowels::All,
    };
    name.chars().map(script).min().unwrap_or(Vowels::All)
}

fn words(name: &str, vowels: Vowels) -> Vec<Word> {
    let composed: String = name.nfc().take(LONGEST + 1).collect();
    if composed.chars().count() > LONGEST {
        return Vec::new();
    }
    let parts = composed.split(|c: char| c.is_whitespace() || ".,;/_-".contains(c));
    parts
        .map(latin)
        .filter(|word| is_of_a_name(word))
        .flat_map(|word| keys(&word, vowels))
        .collect()
}

/// A word in Latin letters. Capitals are what the transliteration writes for signs of their own; those that the name has
/// are lower case before.
fn latin(word: &str) -> String {
    let lower = word.to_lowercase();
    deunicode::deunicode(&lower).chars().filter(char::is_ascii_alphabetic).collect()
}

fn is_of_a_name(word: &str) -> bool {
    !word.is_empty() && !TITLES.contains(&word)
}

/// The keys of a word: one, or one for each letter if they are initials written together (`RK`).
fn keys(word: &str, vowels: Vowels) -> Vec<Word> {
    let long = ABBREVIATIONS.iter().find(|(short, _)| *short == word);
    let word = long.map_or(word, |(_, long)| long);
    let consonants = !word.contains(['a', 'e', 'i', 'o', 'u', 'y', 'R']);
    if word.len() == 1 || word.len() == 2 && consonants && vowels == Vowels::All {
        let letters = word.chars();
        letters.map(|c| Word { key: spelling::initial(c), is_initial: true }).collect()
    } else {
        vec![Word { key: spelling::key(word, vowels), is_initial: false }]
    }
}

#[cfg(test)]
mod tests;
