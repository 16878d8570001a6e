//! What was acknowledged against what is there.

use super::{Account, Fate, Violations};
use crate::contract::Beneficiaries;
use crate::result::ViolationKind;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What reading appointments back has shown, as sums that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Live appointments by session.
    pub live: BTreeMap<Uuid, u64>,
    /// Acknowledged bookings that are gone.
    pub lost: u64,
    /// People with two live appointments for a dose.
    pub doubled: u64,
    /// Refused or cancelled bookings that are there.
    pub ghosts: u64,
    /// Unknown outcomes that were found to have happened.
    pub found_done: u64,
    /// Those that were found not to have.
    pub found_undone: u64,
}

/// Compares the attempts of an account with its appointments, `None` if it has no people.
pub fn compare(account: &Account, read: &Beneficiaries, violations: &Violations) -> Settled {
    let mut settled = Settled::default();
    let mut there: Vec<(Uuid, Uuid)> = Vec::new();
    for person in &read.beneficiaries {
        let mut doses = [0u32; 256];
        for appointment in &person.appointments {
            there.push((appointment.appointment_id, appointment.session_id));
            doses[usize::from(appointment.dose)] += 1;
            *settled.live.entry(appointment.session_id).or_default() += 1;
        }
        if let Some(dose) = doses.iter().position(|count| *count > 1) {
            settled.doubled += 1;
            violations.add(ViolationKind::DoubledBooking, || {
                format!("dose {dose} is booked {} times", doses[dose])
            });
        }
    }
    let mut explained = vec![false; there.len()];
    // Those that answers name come first: what is left may belong to attempts without an answer.
    let (known, unknown): (Vec<_>, Vec<_>) = account
        .attempts
        .iter()
        .partition(|attempt| !matches!(attempt.fate, Fate::Unknown | Fate::Refused));
    for attempt in known {
        let (id, found) = match attempt.fate {
            Fate::Booked(id)
            | Fate::Cancelled(id)
            | Fate::PerhapsCancelled(id)
            | Fate::PerhapsMoved(id, _) => {
                (id, there.iter().position(|(appointment, _)| *appointment == id))
            }
            Fate::Refused | Fate::Unknown => continue,
        };
        if let Some(place) = found {
            explained[place] = true;
        }
        settled.judge(
            attempt.session,
            attempt.fate,
            id,
            found.map(|place| there[place].1),
            violations,
        );
    }
    for attempt in unknown.iter().filter(|attempt| attempt.fate == Fate::Unknown) {
        let found =
            (0..there.len()).find(|place| !explained[*place] && there[*place].1 == attempt.session);
        match found {
            Some(place) => {
                explained[place] = true;
                settled.found_done += 1;
            }
            None => settled.found_undone += 1,
        }
    }
    for (_, session) in
        there.iter().zip(&explained).filter(|(_, explained)| !**explained).map(|(one, _)| one)
    {
        settled.ghosts += 1;
        violations.add(ViolationKind::GhostBooking, || {
            format!("session {session} has an appointment that no answer acknowledged")
        });
    }
    settled
}

impl Settled {
    fn judge(
        &mut self,
        session: Uuid,
        fate: Fate,
        id: Uuid,
        found_in: Option<Uuid>,
        violations: &Violations,
    ) {
        match (fate, found_in) {
            (Fate::Booked(_), Some(place)) if place == session => {}
            (Fate::Booked(_), _) => {
                self.lost += 1;
                let how = if found_in.is_some() { "lies in another session" } else { "is gone" };
                violations.add(ViolationKind::LostBooking, || {
                    format!("appointment {id} in session {session} {how}")
                });
            }
            (Fate::Cancelled(_), Some(_)) => {
                self.ghosts += 1;
                violations.add(ViolationKind::GhostBooking, || {
                    format!("appointment {id} was cancelled and is there")
                });
            }
            (Fate::PerhapsCancelled(_), None) => self.found_done += 1,
            (Fate::PerhapsCancelled(_), Some(_)) => self.found_undone += 1,
            (Fate::PerhapsMoved(_, to), Some(place)) if place == to => self.found_done += 1,
            (Fate::PerhapsMoved(..), Some(place)) if place == session => self.found_undone += 1,
            (Fate::PerhapsMoved(..), _) => {
                self.lost += 1;
                violations.add(ViolationKind::LostBooking, || {
                    format!("appointment {id} is gone after a move")
                });
            }
            (Fate::Cancelled(_) | Fate::Refused | Fate::Unknown, _) => {}
        }
    }

    /// Adds what another account has shown.
    pub fn add(&mut self, other: &Self) {
        for (session, count) in &other.live {
            *self.live.entry(*session).or_default() += count;
        }
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.ghosts += other.ghosts;
        self.found_done += other.found_done;
        self.found_undone += other.found_undone;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Appointment, Beneficiary};
    use crate::people::Person;
    use crate::scenario::Door;
    use crate::truth::Attempt;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn account(attempts: &[(u128, Fate)]) -> Account {
        let attempts = attempts
            .iter()
            .map(|(session, fate)| Attempt { session: id(*session), fate: *fate })
            .collect();
        let person = Person::new(1, 1);
        Account { person, group: 0, door: Door::Portal, token: (String::new(), None), attempts }
    }

    fn read(appointments: &[(u128, u128)]) -> Beneficiaries {
        let appointments = appointments.iter().map(|(appointment, session)| Appointment {
            appointment_id: id(*appointment),
            session_id: id(*session),
            dose: 1,
            security_code: None,
        });
        let person = Beneficiary {
            beneficiary_reference_id: "1".repeat(14),
            appointments: appointments.collect(),
        };
        Beneficiaries { beneficiaries: vec![person] }
    }

    fn kinds(account: &Account, read: &Beneficiaries) -> (Settled, Vec<ViolationKind>) {
        let violations = Violations::default();
        let settled = compare(account, read, &violations);
        (settled, violations.list().iter().map(|violation| violation.kind).collect())
    }

    #[test]
    fn what_fits_breaks_nothing() {
        let attempts = [
            (1, Fate::Refused),
            (2, Fate::Unknown),
            (3, Fate::Cancelled(id(9))),
            (4, Fate::Booked(id(8))),
        ];
        let (settled, broken) = kinds(&account(&attempts), &read(&[(8, 4)]));
        assert_eq!((settled.found_undone, broken.len()), (1, 0));
        assert_eq!(settled.live, BTreeMap::from([(id(4), 1)]));
    }

    #[test]
    fn each_lie_has_its_name() {
        type Lie<'a> = (&'a [(u128, Fate)], &'a [(u128, u128)], ViolationKind);
        let lies: [Lie<'_>; 6] = [
            (&[(1, Fate::Booked(id(9)))], &[], ViolationKind::LostBooking),
            (&[(1, Fate::Booked(id(9)))], &[(9, 2)], ViolationKind::LostBooking),
            (&[(1, Fate::Cancelled(id(9)))], &[(9, 1)], ViolationKind::GhostBooking),
            (&[(1, Fate::Refused)], &[(9, 1)], ViolationKind::GhostBooking),
            (&[(1, Fate::PerhapsMoved(id(9), id(2)))], &[], ViolationKind::LostBooking),
            (
                &[(1, Fate::Booked(id(8))), (2, Fate::Booked(id(9)))],
                &[(8, 1), (9, 2)],
                ViolationKind::DoubledBooking,
            ),
        ];
        for (attempts, there, kind) in lies {
            assert_eq!(kinds(&account(attempts), &read(there)).1, [kind], "{attempts:?}");
        }
    }

    #[test]
    fn unknown_outcomes_are_found_to_be_one_or_the_other() {
        let (settled, broken) =
            kinds(&account(&[(1, Fate::Unknown), (1, Fate::Unknown)]), &read(&[(9, 1)]));
        assert_eq!((settled.found_done, settled.found_undone, broken.len()), (1, 1, 0));
        let (settled, _) = kinds(&account(&[(1, Fate::PerhapsCancelled(id(9)))]), &read(&[(9, 1)]));
        assert_eq!((settled.found_done, settled.found_undone), (0, 1));
        let (settled, _) =
            kinds(&account(&[(1, Fate::PerhapsMoved(id(9), id(2)))]), &read(&[(9, 2)]));
        assert_eq!((settled.found_done, settled.found_undone), (1, 0));
    }
}
