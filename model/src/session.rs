//! Vaccination sessions: what is on sale.

use crate::{
    AgeBand, CentreId, Channel, Date, Dose, Hours, Seats, SessionId, TimeOfDay, VaccineId,
};
use jiff::civil::DateTime;

/// How a session is found in the ledger: by its day, then by its id. Whoever refers to a session keeps both, so that
/// sessions of one day lie together and past days are left alone at start-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// The day it is held.
    pub date: Date,
    /// Its id.
    pub id: SessionId,
}

/// Whether a session is on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Published: seats are sold until the day is over.
    Published,
    /// Cancelled: its appointments count as not live.
    Cancelled,
    /// Closed: nothing more is sold, and it is held for those who have an appointment.
    Closed,
    /// Held on another day, under which it is kept from now on; here are only those appointments that have not been
    /// brought there yet.
    Moved {
        /// That day.
        to: Date,
    },
}

impl SessionState {
    /// Whether it is to take place on the day under which it stands.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Published | Self::Closed)
    }
}

/// Seats of a session per channel and dose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity([Seats; 3]);

impl Capacity {
    /// Seats sold online, kept for walk-ins, and kept for an invited cohort.
    pub fn new(online: Seats, on_spot: Seats, reserved: Seats) -> Self {
        Self([online, on_spot, reserved])
    }

    /// The seats of one channel.
    pub fn of(&self, channel: Channel) -> Seats {
        self.0[channel.index()]
    }

    /// The seats of one channel and dose.
    pub fn seats(&self, channel: Channel, dose: Dose) -> u16 {
        self.of(channel).of(dose)
    }
}

/// The definition of a session. Seats taken are counted elsewhere; this changes only when staff change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Where it is held.
    pub centre: CentreId,
    /// The day it is held.
    pub date: Date,
    /// From when to when.
    pub hours: Hours,
    /// The one vaccine given.
    pub vaccine: VaccineId,
    /// Who may be booked.
    pub age: AgeBand,
    /// Price of a dose in whole units of the country's currency; 0 where free.
    pub fee: u32,
    /// The slots that people choose from. A hint against crowding: seats are counted per session, not per slot
    /// (source: wire contract 1.2).
    pub slots: Vec<Hours>,
    /// Seats published.
    pub capacity: Capacity,
    /// From when on, on its day, seats that nobody has booked online go to those who walk in as well.
    pub walk_in_from: Option<TimeOfDay>,
    /// On sale or not.
    pub state: SessionState,
    /// Since a change that concerns those who have booked, and until each of them is told and their appointment says the
    /// same as this: the day under which their appointments were then.
    pub unsettled: Option<Date>,
    /// Rises by one with every change of the definition.
    pub version: u32,
}

impl Session {
    /// Where the ledger keeps it.
    pub fn key(&self) -> SessionKey {
        SessionKey { date: self.date, id: self.id }
    }

    /// The slot with this label, by its position in `slots`.
    pub fn slot(&self, label: &str) -> Option<u8> {
        self.slots.iter().position(|slot| slot.is_labelled(label)).map(|at| at as u8)
    }

    /// The slot that those have who were told to come in `slot`: the same if there still is one, else the one that begins
    /// nearest to it, the earlier of two. A session without slots lets them keep theirs.
    pub fn slot_after_change(&self, slot: Hours) -> Hours {
        let away = |other: &&Hours| other.from.minutes().abs_diff(slot.from.minutes());
        let same = self.slots.iter().find(|other| **other == slot);
        same.or_else(|| self.slots.iter().min_by_key(away)).copied().unwrap_or(slot)
    }

    /// Out of whose seats those are served at `now` who walk in, the first ones first.
    pub fn walk_in_channels(&self, now: DateTime) -> &'static [Channel] {
        let open = self.walk_in_from.is_some_and(|from| {
            let minutes =
                now.hour().unsigned_abs() as u16 * 60 + now.minute().unsigned_abs() as u16;
            now.date() == self.date && minutes >= from.minutes()
        });
        if open { &[Channel::OnSpot, Channel::Online] } else { &[Channel::OnSpot] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SessionState::Published;
    use uuid::Uuid;

    fn hours(from: u16, to: u16) -> Hours {
        Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
    }

    fn session(slots: Vec<Hours>) -> Session {
        Session {
            id: SessionId(Uuid::nil()),
            centre: CentreId(1),
            date: Date::constant(2021, 5, 1),
            hours: hours(9, 17),
            vaccine: VaccineId(0),
            age: AgeBand { min: 18, max: None },
            fee: 0,
            slots,
            capacity: Capacity::default(),
            walk_in_from: TimeOfDay::new(15, 30),
            state: Published,
            unsettled: None,
            version: 1,
        }
    }

    #[test]
    fn a_slot_that_is_gone_becomes_the_nearest_one() {
        let session = session(vec![hours(10, 12), hours(12, 14), hours(14, 16)]);
        for (told, then) in
            [(hours(12, 14), 1), (hours(9, 11), 0), (hours(11, 13), 0), (hours(15, 17), 2)]
        {
            assert_eq!(session.slot_after_change(told), session.slots[then], "{told:?}");
        }
        assert_eq!(self::session(Vec::new()).slot_after_change(hours(9, 11)), hours(9, 11));
    }

    #[test]
    fn what_nobody_booked_online_goes_to_walk_ins_from_its_hour_of_its_day_on() {
        let session = session(Vec::new());
        let channels = |day: i8, hour, minute| {
            session.walk_in_channels(Date::constant(2021, 5, day).at(hour, minute, 0, 0))
        };
        assert_eq!(channels(1, 15, 29), [Channel::OnSpot]);
        assert_eq!(channels(1, 15, 30), [Channel::OnSpot, Channel::Online]);
        assert_eq!(channels(2, 16, 0), [Channel::OnSpot]);
    }
}
