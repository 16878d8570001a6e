//! Setting type: from text in any script to glyphs, to lines, to the operators and fonts of a PDF.
//!
//! The pieces, in the order in which a text passes through them: [`face`] knows the fonts and shapes; [`text`] turns a text
//! into glyphs and breaks it into lines; [`canvas`] draws lines; [`fonts`] and [`subset`] embed what was drawn; [`tags`]
//! says to a screen reader what it is; [`mod@file`] puts the document together.

pub(crate) mod canvas;
pub(crate) mod face;
pub(crate) mod file;
pub(crate) mod fonts;
mod letters;
pub(crate) mod subset;
pub(crate) mod tags;
pub(crate) mod text;
