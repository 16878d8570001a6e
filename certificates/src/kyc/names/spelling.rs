//! Spellings that fall together.
//!
//! Each rule is a habit of writing Indian names in Latin letters: aspiration that is written or not (`Siddharth`,
//! `Sidharth`), long vowels as two letters (`Sunita`, `Suneeta`; `Puja`, `Pooja`), `w` for `v`, `x` for `ksh`, `z` for `j`,
//! `y` for `i`, letters doubled or not.

/// Which vowels count when words are compared. The fewer comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vowels {
    /// None but at the beginning of a word.
    None,
    /// All but `a`, unless a word begins with it.
    WithoutA,
    /// All.
    All,
}

/// Rewritten from left to right, the longest first where two begin alike. A capital is a sign that the transliteration of
/// Indian scripts writes so: `R` is a vowel, `N` a nasal, `H` a breath.
const RULES: [(&str, &str); 31] = [
    ("jny", "gi"),
    ("dny", "gi"),
    ("gny", "gi"),
    ("ksh", "ks"),
    ("chh", "c"),
    ("tch", "c"),
    ("jn", "gi"),
    ("ch", "c"),
    ("ck", "k"),
    ("sh", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("kh", "k"),
    ("gh", "g"),
    ("jh", "j"),
    ("ph", "f"),
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("z", "j"),
    ("y", "i"),
    ("R", "ri"),
    ("N", "n"),
    ("M", "n"),
    ("L", "l"),
    ("H", "h"),
];

/// The key of a word in Latin letters.
pub(super) fn key(word: &str, vowels: Vowels) -> String {
    let letters = match vowels {
        // Long vowels are two letters in a transliteration too, but of another sound: `oo` is a long `o`.
        Vowels::None | Vowels::WithoutA => rewrite(&squeeze(word)),
        Vowels::All => rewrite(word),
    };
    let letters = squeeze(&letters);
    let ending = letters.strip_suffix('h').filter(|rest| !rest.is_empty()).unwrap_or(&letters);
    let counts = |(at, letter): &(usize, char)| *at == 0 || vowels.count(*letter);
    squeeze(&ending.chars().enumerate().filter(counts).map(|(_, c)| c).collect::<String>())
}

/// The key of an initial, which is that of the words that begin with it.
pub(super) fn initial(letter: char) -> String {
    let letter = letter.to_string();
    let rule = RULES.iter().find(|(from, _)| *from == letter);
    rule.map_or(letter.clone(), |(_, to)| to.chars().take(1).collect())
}

impl Vowels {
    fn count(self, letter: char) -> bool {
        match self {
            Self::None => !matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u'),
            Self::WithoutA => letter != 'a',
            Self::All => true,
        }
    }
}

fn rewrite(word: &str) -> String {
    let mut written = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let rule = RULES.iter().find(|(from, _)| rest.starts_with(from));
        match rule {
            Some((from, to)) => {
                written.push_str(to);
                rest = &rest[from.len()..];
            }
            None => {
                written.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    written
}

/// Without letters that follow themselves.
fn squeeze(word: &str) -> String {
    let mut written = String::with_capacity(word.len());
    for letter in word.chars() {
        if !written.ends_with(letter) {
            written.push(letter);
        }
    }
    written
}
