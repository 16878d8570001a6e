//! Handing out places in status lists.

use super::{Effects, Outcome};
use crate::keys::{Key, Meta};
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};

/// Takes so many entries of status lists, which nobody else is given. A process takes thousands at once, and those that it
/// does not use are lost, which does no harm. Which bit of which list an entry is, is for the signer to say, in a way that
/// does not tell in what order certificates were made.
#[derive(Clone, Copy, Debug)]
pub struct TakeStatus {
    /// How many.
    pub entries: u32,
}

impl TakeStatus {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let from = view.count(Meta::StatusNext)?.copied().unwrap_or(0);
        let next = from.saturating_add(self.entries.into());
        let writes = vec![(Key::Meta(Meta::StatusNext), Some(Row::Count(next)))];
        Ok(Effects { writes, outcome: Outcome::StatusTaken { from } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::Story;

    #[test]
    fn no_entry_is_handed_out_twice() {
        let mut story = Story::new();
        let mut take = |entries| story.run(Command::TakeStatus(TakeStatus { entries }));
        assert_eq!(take(4096), Ok(Outcome::StatusTaken { from: 0 }));
        assert_eq!(take(1), Ok(Outcome::StatusTaken { from: 4096 }));
        assert_eq!(take(1), Ok(Outcome::StatusTaken { from: 4097 }));
    }
}
