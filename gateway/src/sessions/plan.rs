//! What a session is to be, as far as its facility decides: everything but its day.

use crate::facility::Facility;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_model::{
    AgeBand, Capacity, Date, Dose, Hours, Pack, Seats, Session, SessionId, SessionState, TimeOfDay,
    VaccineId,
};
use serde::{Deserialize, Serialize};

/// The most slots of a session.
const SLOTS: usize = 12;

/// The most seats of a session: more than any hall gives in a day.
const SEATS: u32 = 10_000;

/// A session without its day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// From when to when.
    pub hours: Hours,
    /// The slots that people choose from.
    pub slots: Vec<Hours>,
    /// The one vaccine given.
    pub vaccine: VaccineId,
    /// Who may be booked.
    pub age: AgeBand,
    /// Seats sold online.
    pub online: Seats,
    /// Seats for those who walk in.
    pub on_spot: Seats,
    /// Seats for an invited cohort.
    pub reserved: Seats,
    /// From when on seats that nobody has booked online go to those who walk in as well.
    pub walk_in_from: Option<TimeOfDay>,
}

impl Plan {
    /// What is wrong with it in itself, whoever's it is.
    ///
    /// # Errors
    /// USRRES0002 with the field.
    pub fn check(&self, pack: &Pack) -> Result<(), Problem> {
        slots(self.hours, &self.slots)?;
        capacity(&self.capacity(), self.vaccine, pack)?;
        if !pack.age_bands().contains(&self.age) {
            return Err(Problem::invalid("min_age_limit, max_age_limit"));
        }
        let within = |from: &TimeOfDay| self.hours.from <= *from && *from < self.hours.to;
        if self.walk_in_from.as_ref().is_none_or(within) {
            Ok(())
        } else {
            Err(Problem::invalid("walk_in_from"))
        }
    }

    /// The price of a dose, if the facility can hold such a session.
    ///
    /// # Errors
    /// SESSIO0003 if it cannot.
    pub fn fee(&self, facility: &Facility) -> Result<u32, Problem> {
        let offer = facility.offer(self.vaccine).ok_or(not_offered("this vaccine"))?;
        if self.age.min < facility.minimum_age {
            return Err(not_offered("people of this age"));
        }
        let open = facility.hours;
        if self.hours.from < open.from || self.hours.to > open.to {
            return Err(not_offered("these hours"));
        }
        Ok(offer.price)
    }

    /// The session on a day.
    pub fn on(&self, date: Date, id: SessionId, facility: &Facility) -> Result<Session, Problem> {
        let centre = facility.centre.ok_or(error::FACILITY_STANDING)?;
        Ok(Session {
            id,
            centre,
            date,
            hours: self.hours,
            vaccine: self.vaccine,
            age: self.age,
            fee: self.fee(facility)?,
            slots: self.slots.clone(),
            capacity: self.capacity(),
            walk_in_from: self.walk_in_from,
            state: SessionState::Published,
            unsettled: None,
            version: 1,
        })
    }

    fn capacity(&self) -> Capacity {
        Capacity::new(self.online, self.on_spot, self.reserved)
    }
}

/// Checks slots: one or some, within the hours, one after another.
///
/// # Errors
/// USRRES0002.
pub fn slots(hours: Hours, slots: &[Hours]) -> Result<(), Problem> {
    let within = slots.iter().all(|slot| hours.from <= slot.from && slot.to <= hours.to);
    let in_order = slots.windows(2).all(|pair| pair[0].to <= pair[1].from);
    let right = (1..=SLOTS).contains(&slots.len()) && within && in_order;
    if right { Ok(()) } else { Err(Problem::invalid("slots")) }
}

/// The slots of a session that names none: two hours each, the last one until it closes.
pub fn usual_slots(hours: Hours) -> Vec<Hours> {
    let (from, to) = (hours.from.minutes(), hours.to.minutes());
    let count = ((to - from) / 120).clamp(1, SLOTS as u16);
    let begins = |at: u16| if at < count { from + at * 120 } else { to };
    let time = TimeOfDay::from_minutes;
    (0..count).filter_map(|at| Hours::new(time(begins(at))?, time(begins(at + 1))?)).collect()
}

/// Checks seats: some, not too many, and only for doses that the vaccine is given as.
///
/// # Errors
/// USRRES0002.
pub fn capacity(capacity: &Capacity, vaccine: VaccineId, pack: &Pack) -> Result<(), Problem> {
    let channels = opencowin_model::Channel::ALL;
    let total: u32 = channels.iter().map(|channel| capacity.of(*channel).total()).sum();
    if !(1..=SEATS).contains(&total) {
        return Err(Problem::invalid("online, on_spot, reserved"));
    }
    let given = pack.vaccine(vaccine).ok_or_else(|| Problem::invalid("vaccine"))?;
    for dose in Dose::ALL {
        let seats = channels.iter().any(|channel| capacity.seats(*channel, dose) > 0);
        if seats && given.days_before(dose).is_none() {
            return Err(not_offered("the vaccine as this dose"));
        }
    }
    Ok(())
}

fn not_offered(what: &str) -> Problem {
    let entry = error::NOT_OFFERED;
    Problem::with_text(entry, format!("{}: {what}", entry.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::Pack;

    fn hours(from: u16, to: u16) -> Hours {
        Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
    }

    fn plan() -> Plan {
        Plan {
            hours: hours(9, 17),
            slots: usual_slots(hours(9, 17)),
            vaccine: VaccineId(0),
            age: AgeBand { min: 18, max: None },
            online: Seats([10, 5, 2]),
            on_spot: Seats([5, 0, 0]),
            reserved: Seats::default(),
            walk_in_from: TimeOfDay::new(15, 0),
        }
    }

    #[test]
    fn a_plan_is_refused_for_what_is_wrong_in_it() {
        let pack = Pack::india().unwrap();
        assert_eq!(plan().check(&pack), Ok(()));
        let wrong = [
            Plan { slots: Vec::new(), ..plan() },
            Plan { slots: vec![hours(8, 10)], ..plan() },
            Plan { slots: vec![hours(9, 12), hours(11, 13)], ..plan() },
            Plan { age: AgeBand { min: 19, max: None }, ..plan() },
            Plan { online: Seats::default(), on_spot: Seats::default(), ..plan() },
            Plan { online: Seats([9_996, 0, 0]), ..plan() },
            Plan { walk_in_from: TimeOfDay::new(17, 0), ..plan() },
            // ZYCOV-D is not given as a precaution dose.
            Plan { vaccine: pack.vaccine_named("ZYCOV-D").unwrap().id, ..plan() },
        ];
        for plan in wrong {
            assert!(plan.check(&pack).is_err(), "{plan:?}");
        }
    }

    #[test]
    fn usual_slots_cover_the_hours() {
        assert_eq!(usual_slots(hours(9, 10)), [hours(9, 10)]);
        assert_eq!(usual_slots(hours(9, 14)), [hours(9, 11), hours(11, 14)]);
        for (from, to) in [(0, 23), (8, 20), (9, 17)] {
            let covered = usual_slots(hours(from, to));
            assert_eq!(slots(hours(from, to), &covered), Ok(()));
            assert_eq!(
                (covered[0].from, covered[covered.len() - 1].to),
                (hours(from, to).from, hours(from, to).to)
            );
        }
    }
}
