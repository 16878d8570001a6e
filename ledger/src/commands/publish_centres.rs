//! Making centres known.

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
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        view.require(self.centres.iter().map(|centre| Key::Centre(centre.id)))?;
        let mut writes = Vec::new();
        for centre in &self.centres {
            if view.centre(centre.id)? != Some(centre) {
                let row = Row::Centre(Box::new(centre.clone()));
                writes.push((Key::Centre(centre.id), Some(row)));
            }
        }
        Ok(Effects { writes, outcome: Outcome::CentresPublished })
    }
}
