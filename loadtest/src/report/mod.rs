//! The report of a run: one HTML page that needs nothing else, made to be read by those who decide and checked by those who
//! know.
//!
//! [`verdict()`] says in a sentence what came out; [`html()`] writes the page. The page goes from the verdict to the details:
//! what was broken, what was promised, the figures that count, pictures over time, tables, and the facts that somebody
//! needs to run it again. It reads without scripts; a small one shows values under the pointer.

mod markup;
mod page;
mod plot;
mod sections;
mod table;
#[cfg(test)]
mod tests;
mod verdict;

pub use page::html;
pub use verdict::{Outcome, Verdict, verdict};
