//! Making centres known.

use super::figures::{Change, Counting};
use super::{Effects, Outcome};
use crate::keys::Key;
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::Centre;

/// Writes centres as they are now described; those that are described so already are left alone.
#[derive(Clone, Debug)]
pub struct PublishCentres {
    /// The centres.
    pub centres: Vec<Centre>,
}

impl PublishCentres {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        view.require(self.centres.iter().map(|centre| Key::Centre(centre.id)))?;
        let (mut writes, mut counting) = (Vec::new(), Counting::default());
        for centre in &self.centres {
            let known = view.centre(centre.id)?;
            if known != Some(centre) {
                known.into_iter().for_each(|known| counting.facility(known, Change::less, context));
                counting.facility(centre, Change::more, context);
                let row = Row::Centre(Box::new(centre.clone()));
                writes.push((Key::Centre(centre.id), Some(row)));
            }
        }
        writes.extend(counting.rows(view, context)?);
        Ok(Effects { writes, outcome: Outcome::CentresPublished })
    }
}
