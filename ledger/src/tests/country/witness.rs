//! Remembers what was acknowledged, and holds it against what is there.

use crate::commands::{Cancel, Command, Once, Outcome, Reschedule};
use crate::records::{Appointment, Standing};
use crate::request::Failure;
use crate::tests::counter::{DosesGiven, is_recorded};
use opencowin_model::{AppointmentId, BeneficiaryRef, SessionKey};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Witness {
    pub(super) booked: BTreeMap<AppointmentId, (u64, SessionKey, Vec<BeneficiaryRef>)>,
    /// Of these it is not known what has become.
    change_asked: BTreeSet<AppointmentId>,
    cancelled: BTreeSet<(AppointmentId, BeneficiaryRef)>,
    pub(super) doses: DosesGiven,
    /// Answers by idempotency key.
    recorded: BTreeMap<String, Result<Outcome, Failure>>,
}

impl Witness {
    pub(super) fn asked(&mut self, command: &Command) {
        self.doses.asked(command);
        if let Command::Cancel(Cancel { appointment, .. })
        | Command::Reschedule(Reschedule { appointment, .. }) = command
        {
            self.change_asked.insert(*appointment);
        }
    }

    pub(super) fn hear(
        &mut self,
        mobile: u64,
        command: &Command,
        once: Option<&Once>,
        answer: Result<Outcome, Failure>,
    ) {
        if let Some(once) = once
            && is_recorded(answer)
        {
            let key = once.key.as_str().to_owned();
            let first = *self.recorded.entry(key).or_insert(answer);
            assert_eq!(first, answer, "the same key was answered twice in two ways");
        }
        self.doses.hear(answer);
        match (command, answer) {
            (Command::Book(book), Ok(Outcome::Booked { appointment, taken })) => {
                self.booked.insert(appointment, (mobile, taken.session, book.people.clone()));
            }
            (Command::Cancel(cancel), Ok(Outcome::Cancelled { .. })) => {
                let people = cancel.people.iter().map(|person| (cancel.appointment, *person));
                self.cancelled.extend(people);
            }
            (Command::Reschedule(moved), Ok(Outcome::Rescheduled { .. })) => {
                if let Some(known) = self.booked.get_mut(&moved.appointment) {
                    known.1 = moved.to;
                }
            }
            _ => {}
        }
    }

    pub(super) fn verify(&self, stored: &BTreeMap<AppointmentId, Appointment>) {
        for (id, (_, session, people)) in &self.booked {
            let appointment = stored.get(id).unwrap_or_else(|| panic!("{id} is lost"));
            let who: Vec<_> = appointment.people.iter().map(|(person, _)| *person).collect();
            assert_eq!(who, *people);
            if !self.change_asked.contains(id) {
                assert_eq!(appointment.session, *session);
                let seats = appointment.booked().count();
                assert!(seats == people.len() || !self.doses.left_alone(people));
            }
        }
        for (id, person) in &self.cancelled {
            let standing = stored[id].people.iter().find(|(who, _)| who == person).unwrap().1;
            assert_eq!(standing, Standing::Cancelled);
        }
    }
}
