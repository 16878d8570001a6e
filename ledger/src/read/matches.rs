//! Looking for a person who is not there to say who they are: at a facility's counter, or for a trusted partner.
//!
//! The time that the answer takes must not tell whether a number is known. Whoever is looked for, three rounds of rows are
//! fetched: rows of a person and of a session are asked for even if nobody is known or booked. Only who was merged with
//! another reference takes one more.

use super::Reader;
use crate::keys::Key;
use crate::records::{Person, Personal};
use crate::request::Failure;
use crate::vault::{AccountId, IdHash};
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, Date, SessionId, SessionKey, SessionState};
use uuid::Uuid;

/// By what a person is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Everybody of a mobile number.
    Account(AccountId),
    /// One, by their reference.
    Person(BeneficiaryRef),
    /// One, by their identity document.
    Document(IdHash),
}

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Match {
    /// Their reference.
    pub id: BeneficiaryRef,
    /// What they told about themselves.
    pub personal: Personal,
    /// Where they stand.
    pub person: Person,
    /// The facilities that they have to do with: they were registered or given a dose there, or have or had an
    /// appointment. One that was cancelled, or whose session was, does not count.
    pub facilities: Vec<CentreId>,
}

/// A session that there cannot be.
const NO_SESSION: SessionKey = SessionKey { date: Date::ZERO, id: SessionId(Uuid::nil()) };

impl Reader {
    /// Whoever is looked for, with the facilities that they have to do with.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn matches(&self, sought: Sought) -> Result<Vec<Match>, Failure> {
        self.ask(|view, _| matches(sought, view)).await
    }
}

fn matches(sought: Sought, view: &mut View<'_>) -> Result<Vec<Match>, Stop> {
    let ids = ids(sought, view)?;
    let decoy = BeneficiaryRef::new(*BeneficiaryRef::RANGE.start());
    let asked = ids.iter().copied().chain(decoy);
    view.require(asked.flat_map(|id| [Key::Person(id), Key::Personal(id)]))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let (Some(person), Some(personal)) = (view.person(id)?, view.personal(id)?) {
            found.push((id, person, personal));
        }
    }
    let listed = found.iter().flat_map(|(_, person, _)| &person.appointments);
    let sessions = listed.map(|listed| listed.session).chain([NO_SESSION]);
    view.require(sessions.map(Key::Session))?;
    let complete = |(id, person, personal): (BeneficiaryRef, &Person, &Personal)| {
        let facilities = facilities(person, view)?;
        Ok(Match { id, personal: personal.clone(), person: person.clone(), facilities })
    };
    found.into_iter().map(complete).collect()
}

fn ids(sought: Sought, view: &mut View<'_>) -> Result<Vec<BeneficiaryRef>, Stop> {
    Ok(match sought {
        Sought::Account(id) => {
            view.account(id)?.map_or(Vec::new(), |account| account.people.clone())
        }
        Sought::Person(id) => vec![followed(id, view)?],
        Sought::Document(hash) => view.id_document(hash)?.copied().into_iter().collect(),
    })
}

/// The reference that one leads to, which is itself for all who have had one only.
fn followed(id: BeneficiaryRef, view: &mut View<'_>) -> Result<BeneficiaryRef, Stop> {
    let mut id = id;
    while let Some(next) = view.person(id)?.and_then(|person| person.leads_to) {
        id = next;
    }
    Ok(id)
}

fn facilities(person: &Person, view: &mut View<'_>) -> Result<Vec<CentreId>, Stop> {
    let given = person.doses.iter().map(|dose| dose.centre);
    let mut facilities: Vec<_> = given.chain(person.registered_at).collect();
    for listed in &person.appointments {
        let session = view.session(listed.session)?;
        let held = session.filter(|session| session.state == SessionState::Published);
        facilities.extend(held.map(|session| session.centre));
    }
    facilities.sort_unstable();
    facilities.dedup();
    Ok(facilities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, Enrol, Merge, Outcome, Register};
    use crate::fixture::{CENTRE, Story, TODAY, TWO_DOSES, registration, session};
    use crate::view::{Known, Rows};
    use opencowin_model::Dose;

    const MOBILE: u64 = 9_000_000_001;

    fn look(story: &Story, sought: Sought) -> Vec<Match> {
        matches(sought, &mut View::new(story)).unwrap()
    }

    #[test]
    fn a_person_has_to_do_with_where_they_are_booked_or_were_given_a_dose() {
        let mut story = Story::new();
        let [booked, vaccinated, neither] = [1, 2, 3].map(|number| story.register(MOBILE, number));
        story.booked(MOBILE, Story::tomorrow(), &[booked]);
        story.vaccinated(vaccinated, Dose::First, TWO_DOSES, TODAY);
        let found = look(&story, Sought::Account(story.account(MOBILE)));
        let facilities: Vec<_> =
            found.iter().map(|found| (found.id, &found.facilities[..])).collect();
        assert_eq!(facilities, [(booked, &[CENTRE][..]), (vaccinated, &[CENTRE]), (neither, &[])]);
    }

    #[test]
    fn a_facility_has_to_do_with_those_whom_it_registered() {
        let mut story = Story::new();
        let register = registration(MOBILE, 1);
        let enrol = Enrol { register, at: CENTRE, place: None };
        let answer = story.run(Command::Enrol(Box::new(enrol)));
        let Ok(Outcome::Registered(person)) = answer else { panic!("{answer:?}") };
        assert_eq!(look(&story, Sought::Person(person))[0].facilities, [CENTRE]);
    }

    #[test]
    fn what_was_cancelled_does_not_count_and_a_day_that_is_over_does() {
        let mut story = Story::new();
        let [cancelled, swept, past] = [1, 2, 3].map(|number| story.register(MOBILE, number));
        let appointment = story.booked(MOBILE, Story::tomorrow(), &[cancelled]);
        story.cancel(MOBILE, appointment, &[cancelled]).unwrap();
        story.booked(MOBILE, Story::tomorrow(), &[swept]);
        story.booked(MOBILE, Story::today(), &[past]);
        let tomorrow = session(2, TODAY.tomorrow().unwrap(), 10);
        story.publish(opencowin_model::Session { state: SessionState::Cancelled, ..tomorrow });
        let facilities = |person| look(&story, Sought::Person(person))[0].facilities.clone();
        assert_eq!([cancelled, swept, past].map(facilities), [vec![], vec![], vec![CENTRE]]);
    }

    #[test]
    fn a_person_is_found_by_their_document_and_nobody_by_another() {
        let mut story = Story::new();
        let person = story.register(MOBILE, 1);
        let register = registration(MOBILE, 1);
        let hasher = story.vault.hasher();
        let own = hasher.id_document(register.id_type, &register.id_number);
        let other = hasher.id_document(register.id_type, &registration(MOBILE, 2).id_number);
        assert_eq!(look(&story, Sought::Document(own))[0].id, person);
        assert!(look(&story, Sought::Document(other)).is_empty());
    }

    #[test]
    fn who_has_had_two_references_is_found_by_both() {
        let mut story = Story::new();
        let [keep, other] = [1, 2].map(|number| {
            let register = Register { name: "Asha".to_owned(), ..registration(MOBILE, number) };
            match story.run(Command::Register(Box::new(register))) {
                Ok(Outcome::Registered(person)) => person,
                other => panic!("{other:?}"),
            }
        });
        let account = story.account(MOBILE);
        let merge = Merge { keep, account, other, other_account: account };
        story.run(Command::Merge(merge)).unwrap();
        for id in [keep, other] {
            assert_eq!(look(&story, Sought::Person(id))[0].id, keep);
        }
    }

    /// As many rounds of fetching for whoever is looked for.
    #[test]
    fn the_number_of_rounds_does_not_tell_who_is_known() {
        let mut story = Story::new();
        let person = story.register(MOBILE, 1);
        let idle = story.register(MOBILE + 1, 2);
        story.booked(MOBILE, Story::tomorrow(), &[person]);
        let [known, unbooked, unknown] =
            [0, 1, 2].map(|n| Sought::Account(story.account(MOBILE + n)));
        let rounds = |sought| rounds(&story, sought);
        assert_eq!([known, unbooked, unknown].map(rounds), [3; 3]);
        let nobody = BeneficiaryRef::new(99_999_999_999_999).unwrap();
        assert_eq!([person, idle, nobody].map(|id| rounds(Sought::Person(id))), [3; 3]);
    }

    /// How often rows have to be fetched before there is an answer.
    fn rounds(story: &Story, sought: Sought) -> usize {
        let mut partly = Partly { story, fetched: Vec::new() };
        for round in 0.. {
            let mut view = View::new(&partly);
            match matches(sought, &mut view) {
                Err(Stop::Need) => {
                    let missing = view.into_asked().missing;
                    partly.fetched.extend(missing);
                }
                answer => return answer.map(|_| round).unwrap(),
            }
        }
        unreachable!("rounds never end")
    }

    /// A story of which some rows were fetched.
    struct Partly<'a> {
        story: &'a Story,
        fetched: Vec<Key>,
    }

    impl Rows for Partly<'_> {
        fn row(&self, key: &Key) -> Known<'_> {
            if self.fetched.contains(key) { self.story.row(key) } else { Known::Unread }
        }
    }
}
