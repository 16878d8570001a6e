//! From text to glyphs, and from glyphs to lines of a given width.
//!
//! Text comes from people: it may be in any script, in several, or hold letters of none. Indian scripts are shaped; other
//! scripts, for which there is no font, are transliterated; what has no letters (emoji) is drawn as an empty box. Whatever is
//! drawn, [`Text::said`] tells the text itself, so that copying and screen readers get what was written.
//!
//! Marks that change the direction of the text around them are dropped, and text that runs from right to left is
//! isolated when told, so that no name can rearrange the document it stands in.

use super::{
    face::{Face, Glyph},
    letters::{clean, continues, runs_left},
};
use deunicode::deunicode_char;
use std::{borrow::Cow, ops::Range};

/// The distance of lines, as a multiple of the size.
pub(crate) const LEADING: f32 = 1.36;

/// By how many points a text is made smaller at a time, and to which size at most, to fit into a box.
const SHRINK: f32 = 0.5;
const SMALLEST: f32 = 5.5;

/// A text as glyphs.
pub(crate) struct Text {
    /// The text without what cannot be seen; words are separated by single blanks.
    text: String,
    glyphs: Vec<Glyph>,
}

/// One line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Which of the text's glyphs.
    pub glyphs: Range<usize>,
    /// The text goes on, but there was no room: three dots follow.
    pub cut: bool,
}

impl Text {
    /// `text` in the scripts' own faces, and in `latin`, which is [`Face::Regular`] or [`Face::Bold`].
    pub(crate) fn new(text: &str, latin: Face) -> Self {
        let text = clean(text);
        let mut glyphs = Vec::with_capacity(text.len());
        let mut run: Option<(Face, usize)> = None;
        for (at, letter) in text.char_indices() {
            let face = match run {
                Some((face, _)) if continues(letter) => Some(face),
                _ => Face::of_script(letter),
            };
            if let Some((before, start)) = run.filter(|(before, _)| Some(*before) != face) {
                before.loaded().shape(before, &text[start..at], start, &mut glyphs);
                run = None;
            }
            match face {
                Some(face) => run = run.or(Some((face, at))),
                None => set_letter(latin, letter, at, &mut glyphs),
            }
        }
        if let Some((face, start)) = run {
            face.loaded().shape(face, &text[start..], start, &mut glyphs);
        }
        Self { text, glyphs }
    }

    /// The glyphs of a line.
    pub(crate) fn glyphs(&self, line: &Line) -> &[Glyph] {
        &self.glyphs[line.glyphs.clone()]
    }

    /// The text of a line where its glyphs do not say it letter by letter. Text with letters that run from right to left is
    /// isolated (source: Unicode Standard Annex 9, FSI and PDI).
    pub(crate) fn said(&self, line: &Line) -> Option<Cow<'_, str>> {
        if self.glyphs(line).iter().all(|glyph| glyph.literal) {
            return None;
        }
        let said = &self.text[self.byte(line.glyphs.start)..self.byte(line.glyphs.end)];
        if said.chars().any(runs_left) {
            return Some(format!("\u{2068}{said}\u{2069}").into());
        }
        Some(said.into())
    }

    /// The letters that a glyph stands for if it shows none by itself: those of its cluster that no other glyph shows. Where
    /// several glyphs show none, the first stands for them.
    pub(crate) fn letters(&self, glyph: &Glyph) -> String {
        let cluster: Vec<&Glyph> =
            self.glyphs.iter().filter(|other| other.at == glyph.at).collect();
        let shown = |glyph: &Glyph| glyph.face.loaded().letter(glyph.id);
        if cluster.iter().find(|other| shown(other).is_none()).is_some_and(|first| *first != glyph)
        {
            return String::new();
        }
        let start = glyph.at as usize;
        let next = self.glyphs.iter().map(|other| other.at as usize).filter(|at| *at > start).min();
        let mut letters: Vec<char> =
            self.text[start..next.unwrap_or(self.text.len())].chars().collect();
        for letter in cluster.into_iter().filter_map(shown) {
            if let Some(at) = letters.iter().position(|other| *other == letter) {
                letters.remove(at);
            }
        }
        letters.into_iter().collect()
    }

    /// How wide a line is when set in `size` points.
    pub(crate) fn width(&self, line: &Line, size: f32) -> f32 {
        self.units(line) as f32 * size / 1000.0
    }

    /// Breaks the text between words into at most `most` lines no wider than `width` points. A word that is too wide is broken
    /// within; what does not fit into the last line is cut off. At least one line.
    pub(crate) fn wrap(&self, size: f32, width: f32, most: usize) -> Vec<Line> {
        let room = (width * 1000.0 / size) as i32;
        let mut lines = Vec::with_capacity(1);
        let mut start = 0;
        loop {
            let end = self.line_end(start, room);
            lines.push(Line { glyphs: start..end, cut: false });
            start = end + usize::from(self.is_blank(end));
            if start >= self.glyphs.len() {
                return lines;
            }
            if lines.len() == most.max(1) {
                self.cut(&mut lines, room);
                return lines;
            }
        }
    }

    /// The largest size up to `size` in which the text fits into a box of that width and height in points, and its lines. What
    /// does not even fit in the smallest size is cut.
    pub(crate) fn fit(&self, size: f32, width: f32, height: f32) -> (f32, Vec<Line>) {
        let mut size = size;
        loop {
            let most = (height / (size * LEADING)).max(1.0) as usize;
            let lines = self.wrap(size, width, most);
            let fits = lines.last().is_none_or(|line| !line.cut);
            if fits || size - SHRINK < SMALLEST {
                return (size, lines);
            }
            size -= SHRINK;
        }
    }

    /// The end of the line that starts at a glyph: where it says a blank, if it can.
    fn line_end(&self, start: usize, room: i32) -> usize {
        let mut used = 0;
        let mut blank = None;
        for (at, glyph) in self.glyphs.iter().enumerate().skip(start) {
            used += i32::from(glyph.advance);
            if self.is_blank(at) {
                blank = Some(at);
            } else if used > room {
                return blank.unwrap_or_else(|| self.cluster_edge(start, at));
            }
        }
        self.glyphs.len()
    }

    /// Where to break within a word: before the cluster of the glyph at `at`, or after it if the line would be empty.
    fn cluster_edge(&self, start: usize, at: usize) -> usize {
        let cluster = self.glyphs[at].at;
        let same = |glyph: &Glyph| glyph.at == cluster;
        let before = self.glyphs[start..at].iter().rev().take_while(|glyph| same(glyph)).count();
        if at - before > start {
            return at - before;
        }
        at + self.glyphs[at..].iter().take_while(|glyph| same(glyph)).count()
    }

    /// Makes room for three dots at the end of the last line.
    fn cut(&self, lines: &mut [Line], room: i32) {
        let Some(last) = lines.last_mut() else { return };
        last.cut = true;
        while self.units(last) > room && !last.glyphs.is_empty() {
            let end = last.glyphs.end - 1;
            last.glyphs.end = self.cluster_edge(last.glyphs.start, end).min(end);
        }
    }

    /// How wide a line is in thousandths of its size.
    fn units(&self, line: &Line) -> i32 {
        let glyphs: i32 = self.glyphs(line).iter().map(|glyph| i32::from(glyph.advance)).sum();
        glyphs + if line.cut { i32::from(dots().advance) } else { 0 }
    }

    fn is_blank(&self, glyph: usize) -> bool {
        self.glyphs.get(glyph).is_some_and(|glyph| self.text.as_bytes()[glyph.at as usize] == b' ')
    }

    /// The byte of the text at which a glyph's letters begin.
    fn byte(&self, glyph: usize) -> usize {
        self.glyphs.get(glyph).map_or(self.text.len(), |glyph| glyph.at as usize)
    }
}

/// Three dots in one glyph.
pub(crate) fn dots() -> Glyph {
    let face = Face::Regular;
    let loaded = face.loaded();
    let id = loaded.latin('…').unwrap_or_default();
    Glyph { face, id, advance: loaded.width(id), offset: (0, 0), at: 0, literal: true }
}

/// Appends the glyph of a letter that is in no Indian script, or what stands for it.
fn set_letter(face: Face, letter: char, at: usize, into: &mut Vec<Glyph>) {
    let loaded = face.loaded();
    let glyph = |id, literal| Glyph {
        face,
        id,
        advance: loaded.width(id),
        offset: (0, 0),
        at: at as u32,
        literal,
    };
    if let Some(id) = loaded.latin(letter) {
        return into.push(glyph(id, true));
    }
    match deunicode_char(letter) {
        _ if continues(letter) => {}
        Some("") => {}
        Some(latin) if letter.is_alphanumeric() || latin.len() == 1 => {
            into.extend(latin.chars().filter_map(|each| Some(glyph(loaded.latin(each)?, false))));
        }
        _ => into.push(glyph(0, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &Text, width: f32, most: usize) -> Vec<String> {
        let lines = text.wrap(10.0, width, most);
        let said = |line: &Line| {
            text.text[text.byte(line.glyphs.start)..text.byte(line.glyphs.end)].to_owned()
        };
        lines.iter().map(said).collect()
    }

    fn wrapped(text: &str, width: f32, most: usize) -> Vec<String> {
        lines(&Text::new(text, Face::Regular), width, most)
    }

    proptest! {
        #[test]
        fn lines_fit_their_column(text in any::<String>(), width in 15.0_f32..200.0, most in 1..5_usize) {
            let text = Text::new(&text, Face::Bold);
            let lines = text.wrap(10.0, width, most);
            prop_assert!((1..=most).contains(&lines.len()));
            for line in &lines {
                let clusters: std::collections::BTreeSet<_> =
                    text.glyphs(line).iter().map(|glyph| glyph.at).collect();
                prop_assert!(text.width(line, 10.0) <= width + 0.02 || clusters.len() == 1);
                let _ = text.said(line);
            }
        }

        #[test]
        fn nothing_of_a_text_is_lost_between_lines(text in "[a-zक-हा-ौ ]{0,60}", width in 40.0_f32..90.0) {
            let text = Text::new(&text, Face::Regular);
            let whole = text.text.replace(' ', "");
            prop_assert_eq!(lines(&text, width, 99).concat().replace(' ', ""), whole);
        }
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("Primary Health Centre", 75.0, 3), ["Primary Health", "Centre"]);
        assert_eq!(wrapped("  ", 70.0, 3), [""]);
        assert_eq!(wrapped("प्राथमिक स्वास्थ्य", 50.0, 3), ["प्राथमिक", "स्वास्थ्य"]);
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
        let text = Text::new("one two three four five six seven eight", Face::Regular);
        let lines = text.wrap(10.0, 45.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].cut && text.width(&lines[1], 10.0) <= 45.0, "{lines:?}");
    }

    #[test]
    fn a_text_shrinks_to_fit_its_box() {
        let name = Text::new(&"Venkata ".repeat(25), Face::Bold);
        let (size, lines) = name.fit(11.0, 300.0, 34.0);
        assert!(size < 11.0 && !lines.last().unwrap().cut);
        assert_eq!(Text::new("Asha", Face::Bold).fit(11.0, 300.0, 34.0).0, 11.0);
        assert!(
            Text::new(&"W".repeat(900), Face::Bold).fit(11.0, 300.0, 34.0).1.last().unwrap().cut
        );
    }

    fn said(text: &str) -> Option<String> {
        let text = Text::new(text, Face::Regular);
        let line = &text.wrap(10.0, 9999.0, 1)[0];
        text.said(line).map(Cow::into_owned)
    }

    #[test]
    fn what_is_not_drawn_letter_by_letter_is_told() {
        assert_eq!(said("José Łuk"), None);
        assert_eq!(said("सीता  देवी").as_deref(), Some("सीता देवी"));
        assert_eq!(said("Asha 😀").as_deref(), Some("Asha 😀"));
    }

    #[test]
    fn no_name_can_turn_the_text_around_it() {
        assert_eq!(said("a\u{202e}b\u{2066}c\u{200f}"), None, "nothing but abc");
        assert_eq!(said("محمد").as_deref(), Some("\u{2068}محمد\u{2069}"));
    }

    #[test]
    fn joined_letters_stand_for_what_their_neighbours_do_not_show() {
        let letters = |text: &str| -> Vec<String> {
            let text = Text::new(text, Face::Regular);
            let letter = |glyph: &Glyph| glyph.face.loaded().letter(glyph.id);
            let shown = |glyph: &Glyph| letter(glyph).map(String::from);
            text.glyphs
                .iter()
                .map(|glyph| shown(glyph).unwrap_or_else(|| text.letters(glyph)))
                .collect()
        };
        assert_eq!(letters("क्ष"), ["क्ष"]);
        assert_eq!(letters("स्त"), ["स्", "त"]);
        assert_eq!(letters("टी").concat(), "टी");
    }

    fn drawn(text: &str) -> String {
        let text = Text::new(text, Face::Regular);
        let letter = |glyph: &Glyph| glyph.face.loaded().letter(glyph.id).unwrap_or('□');
        text.glyphs.iter().map(letter).collect()
    }

    #[test]
    fn scripts_without_a_font_are_transliterated_and_signs_are_boxes() {
        assert_eq!(drawn("محمد 😀"), "mHmd □");
        assert_eq!(drawn("a\n\u{0}b\u{a0}c\u{ad}\u{200d}"), "a b c");
        assert_eq!(drawn("e\u{301}"), "e");
    }
}
