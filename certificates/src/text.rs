//! Fitting text: into the letters that the standard fonts have, and into lines of a given width.

use crate::font::Font;
use deunicode::deunicode_char;

/// `text` in WinAnsi. ASCII and Latin-1 stay; other scripts, which would need a font of their own, are transliterated;
/// control characters and line breaks become blanks.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' => encoded.push(letter as u8),
            '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' => encoded.push(u32::from(letter) as u8),
            _ if letter.is_control() || letter.is_whitespace() => encoded.push(b' '),
            _ => encoded.extend(deunicode_char(letter).unwrap_or("?").bytes()),
        }
    }
    encoded
}

/// Breaks `text` between words into at most `most` lines no wider than `width` points. A word that is too wide is broken
/// within; what does not fit into the last line is cut off and marked with three dots. At least one line.
pub(crate) fn wrap(font: Font, size: f32, text: &str, width: f32, most: usize) -> Vec<Vec<u8>> {
    let encoded = encode(text);
    let fits = |line: &[u8]| font.width(size, line) <= width;
    let mut lines = vec![Vec::new()];
    for word in encoded.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        add_word(&mut lines, word, fits);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            mark_cut(last, fits);
        }
    }
    lines
}

fn add_word(lines: &mut Vec<Vec<u8>>, word: &[u8], fits: impl Fn(&[u8]) -> bool) {
    let line = lines.pop().unwrap_or_default();
    let joined = if line.is_empty() { word.to_vec() } else { [&line, word].join(&b' ') };
    if fits(&joined) {
        return lines.push(joined);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    let mut rest = word;
    while !fits(rest) && rest.len() > 1 {
        let (head, tail) = rest.split_at(longest(rest, &fits));
        lines.push(head.to_vec());
        rest = tail;
    }
    lines.push(rest.to_vec());
}

/// How many bytes of `word` fit into a line, at least one.
fn longest(word: &[u8], fits: impl Fn(&[u8]) -> bool) -> usize {
    (2..word.len()).find(|end| !fits(&word[..*end])).map_or(word.len() - 1, |end| end - 1)
}

fn mark_cut(line: &mut Vec<u8>, fits: impl Fn(&[u8]) -> bool) {
    line.extend(b"...");
    while line.len() > 3 && !fits(line) {
        line.remove(line.len() - 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_fit_their_column(text in "\\PC{0,80}", width in 15.0_f32..200.0, most in 1..5_usize) {
            let lines = wrap(Font::Bold, 10.0, &text, width, most);
            prop_assert!((1..=most).contains(&lines.len()));
            prop_assert!(lines.iter().all(|line| Font::Bold.width(10.0, line) <= width));
        }
    }

    fn wrapped(text: &str, width: f32, most: usize) -> Vec<String> {
        let lines = wrap(Font::Regular, 10.0, text, width, most);
        lines.into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
    }

    #[test]
    fn other_scripts_are_transliterated() {
        assert_eq!(encode("José"), b"Jos\xe9");
        let hindi = encode("सीता देवी");
        assert!(hindi.is_ascii() && hindi.contains(&b' ') && !hindi.contains(&b'?'), "{hindi:?}");
        assert_eq!(encode("a\n\u{0}b\u{a0}c\u{ad}"), b"a  b c");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("Primary Health Centre", 70.0, 3), ["Primary Health", "Centre"]);
        assert_eq!(wrapped("  ", 70.0, 3), [""]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken() {
        let lines = wrapped(&"M".repeat(20), 50.0, 9);
        assert_eq!(lines.concat(), "M".repeat(20));
        assert!(lines.iter().all(|line| line.len() <= 6), "{lines:?}");
        assert_eq!(wrapped("MM", 1.0, 9), ["M", "M"], "even where no letter fits");
    }

    #[test]
    fn what_does_not_fit_is_cut_and_marked() {
        let lines = wrapped("one two three four five six seven eight", 45.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with("..."), "{lines:?}");
        assert!(Font::Regular.width(10.0, lines[1].as_bytes()) <= 45.0);
    }
}
