//! What staff publish, and the checks that it passes before anyone sees it.

use opencowin_model::{
    Capacity, Centre, CentreId, Channel, Dose, Pack, Session, SessionId, VaccineId,
};
use std::collections::HashSet;
use std::hash::Hash;

/// Centres and sessions that appear in the catalogue at once, or change if they are in it already.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    /// Centres that are new or describe themselves differently.
    pub centres: Vec<Centre>,
    /// Sessions that are new or have a new definition; an older one than is known is passed over. One that is not on sale
    /// is closed, and one that was cancelled is shown to nobody.
    pub sessions: Vec<OnSale>,
}

/// A session and the seats of it that are free when it is first published here. A session that is in the catalogue
/// already keeps its seats, whatever is said here: its counters know better.
#[derive(Clone, Debug)]
pub struct OnSale {
    /// Its definition.
    pub session: Session,
    /// Free seats; at most its capacity, channel by channel and dose by dose.
    pub free: Capacity,
}

/// What a publication did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Sessions that were not in the catalogue.
    pub added: usize,
    /// Sessions whose definition was replaced.
    pub changed: usize,
    /// Sessions left out because their day has been retired.
    pub past: usize,
}

/// Why a publication was refused. Nothing of it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpublishable {
    /// The centre's pincode is not in the pack, or belongs to another district than the centre names.
    #[error("centre {0} is not in the district of its pincode")]
    Misplaced(CentreId),
    /// The centre declares a price for a vaccine that the pack does not have.
    #[error("centre {0} names an unknown vaccine")]
    UnknownFee(CentreId),
    /// The session's centre is neither in the catalogue nor in the publication.
    #[error("session {0} is held at an unknown centre")]
    UnknownCentre(SessionId),
    /// The pack does not have the session's vaccine.
    #[error("session {0} gives an unknown vaccine")]
    UnknownVaccine(SessionId),
    /// More seats free than published: the numbers would not fit the fields made for the capacity.
    #[error("session {0} has more seats free than its capacity")]
    OverCapacity(SessionId),
    /// The publication holds the centre twice.
    #[error("centre {0} is named twice")]
    CentreTwice(CentreId),
    /// The publication holds the session twice.
    #[error("session {0} is named twice")]
    SessionTwice(SessionId),
}

impl Publication {
    /// Checks all of it against `pack`; `is_known` tells which centres are in the catalogue.
    pub(super) fn check(
        &self,
        pack: &Pack,
        is_known: impl Fn(CentreId) -> bool,
    ) -> Result<(), Unpublishable> {
        self.centres.iter().try_for_each(|centre| check_centre(pack, centre))?;
        let centres =
            distinct(self.centres.iter().map(|c| c.id)).map_err(Unpublishable::CentreTwice)?;
        distinct(self.sessions.iter().map(|s| s.session.id))
            .map_err(Unpublishable::SessionTwice)?;
        self.sessions.iter().try_for_each(|on_sale| {
            let centre = on_sale.session.centre;
            if !centres.contains(&centre) && !is_known(centre) {
                return Err(Unpublishable::UnknownCentre(on_sale.session.id));
            }
            check_session(pack, on_sale)
        })
    }
}

fn check_centre(pack: &Pack, centre: &Centre) -> Result<(), Unpublishable> {
    if pack.postal_area(centre.pincode).is_none_or(|area| area.district != centre.district) {
        return Err(Unpublishable::Misplaced(centre.id));
    }
    let known = |fee: &(VaccineId, u32)| pack.vaccine(fee.0).is_some();
    if centre.fees.iter().all(known) { Ok(()) } else { Err(Unpublishable::UnknownFee(centre.id)) }
}

fn check_session(pack: &Pack, on_sale: &OnSale) -> Result<(), Unpublishable> {
    let OnSale { session, free } = on_sale;
    let fits = |channel| {
        Dose::ALL
            .iter()
            .all(|&dose| free.seats(channel, dose) <= session.capacity.seats(channel, dose))
    };
    if pack.vaccine(session.vaccine).is_none() {
        Err(Unpublishable::UnknownVaccine(session.id))
    } else if !Channel::ALL.into_iter().all(fits) {
        Err(Unpublishable::OverCapacity(session.id))
    } else {
        Ok(())
    }
}

/// The ids as a set, or the first that comes twice.
fn distinct<K: Hash + Eq + Copy>(ids: impl Iterator<Item = K>) -> Result<HashSet<K>, K> {
    let mut set = HashSet::new();
    for id in ids {
        if !set.insert(id) {
            return Err(id);
        }
    }
    Ok(set)
}
