//! Names as machine-readable passports write them: `A` to `Z` and `<` (source: ICAO Doc 9303, part 3, section 6).

/// The longest name, in characters (source: EU DCC schema 1.3, `fnt` and `gnt`).
const LONGEST: usize = 80;

/// A name in those letters. Section 6 A's table is followed where it differs from leaving accents out; names in scripts for
/// which it has no table are transliterated as on our slips.
pub fn transliterate(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for character in name.chars() {
        match special(character) {
            Some(letters) => written.push_str(letters),
            None => {
                let latin = deunicode::deunicode_char(character).unwrap_or(" ");
                latin.chars().for_each(|c| push(&mut written, c));
            }
        }
    }
    written.truncate(LONGEST);
    written.trim_matches('<').to_owned()
}

/// Letters that are not written without their accent.
fn special(character: char) -> Option<&'static str> {
    Some(match character {
        'Å' | 'å' => "AA",
        'Ä' | 'ä' | 'Æ' | 'æ' => "AE",
        'Ö' | 'ö' | 'Ø' | 'ø' | 'Œ' | 'œ' => "OE",
        'Ü' | 'ü' => "UE",
        'ß' | 'ẞ' => "SS",
        'Þ' | 'þ' => "TH",
        'Ð' | 'ð' => "D",
        'Ñ' | 'ñ' => "N",
        'ĳ' | 'Ĳ' => "IJ",
        // An apostrophe leaves nothing behind.
        '\'' | '’' | 'ʼ' => "",
        _ => return None,
    })
}

/// A letter, or one filler for all that stands between words.
fn push(written: &mut String, character: char) {
    if character.is_ascii_alphabetic() {
        written.push(character.to_ascii_uppercase());
    } else if (character.is_whitespace() || "-,".contains(character)) && !written.ends_with('<') {
        written.push('<');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_as_in_passports() {
        for (name, written) in [
            ("Ramesh Kumar", "RAMESH<KUMAR"),
            ("d'Červenková Panklová", "DCERVENKOVA<PANKLOVA"),
            ("Jürgen Groß-Ødegård", "JUERGEN<GROSS<OEDEGAARD"),
            ("  O’Connor, Sean  ", "OCONNOR<SEAN"),
            ("सुनीता देवी", "SUNIITAA<DEVII"),
            ("", ""),
            ("12 \" \n", ""),
        ] {
            assert_eq!(transliterate(name), written);
        }
    }

    proptest! {
        /// The schema's pattern for a transliterated name.
        #[test]
        fn any_name_is_written_so(name in "\\PC{0,120}") {
            let written = transliterate(&name);
            prop_assert!(written.len() <= LONGEST);
            prop_assert!(written.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'<'));
            prop_assert!(!written.contains("<<") && !written.starts_with('<') && !written.ends_with('<'));
        }
    }
}
