//! One person who has had two references.

use super::certificates::{self, Fates};
use super::figures::{self, Change, What};
use super::find::is_live;
use super::{Effects, Outcome, Refusal, Write, delete, events, share};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{DoseTaken, Event, EventKey, Person, Personal, Row};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, Dose, EventId};

/// Makes two references of one person one. From then on the other one leads to the one that is kept, which has the doses
/// and identity documents of both. The accounts of both agree, or are one.
///
/// Checked in this order: both are known, of these accounts; neither has a live appointment; they are of one person: the
/// same name but for case and spaces, the same year of birth and gender; their doses can be those of one person. The same
/// again is answered the same.
///
/// Who came for the second dose under another reference was given a first one as far as anybody could know. Of two first
/// doses of a vaccine that has two, the later one is therefore corrected to the second.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The reference that is kept.
    pub keep: BeneficiaryRef,
    /// The account that it is of, which agrees.
    pub account: AccountId,
    /// The one that leads to it from now on.
    pub other: BeneficiaryRef,
    /// The account that this one is of, which agrees.
    pub other_account: AccountId,
}

/// What is known under a reference.
#[derive(Clone, Copy)]
struct Half<'v> {
    person: &'v Person,
    personal: &'v Personal,
}

impl Merge {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let outcome = Outcome::Merged(self.keep);
        if self.keep == self.other {
            return Err(Refusal::NamedTwice(self.other).into());
        }
        view.require([self.keep, self.other].map(Key::Person))?;
        let keep = half(self.keep, self.account, view)?;
        if view.person(self.other)?.is_some_and(|person| person.leads_to == Some(self.keep)) {
            return Ok(Effects { writes: Vec::new(), outcome });
        }
        let other = half(self.other, self.other_account, view)?;
        for (who, half) in [(self.keep, keep), (self.other, other)] {
            unbooked(who, half.person, view, context)?;
        }
        if !are_one(keep.personal, other.personal) {
            return Err(Refusal::NotOnePerson.into());
        }
        let second = self.second(keep, other, view, context)?;
        let mut doses = [&keep.person.doses[..], &other.person.doses].concat();
        let mut writes = Vec::new();
        if let Some((first, second)) = second {
            let mut fates = Fates::default();
            let holder = certificates::holder_of(first, keep.personal, view, context)?;
            let (second, certifying) =
                certificates::succeed(first, second, &holder, &mut fates, view, context)?;
            doses.retain(|taken| taken.event_key() != first.key);
            doses.push(events::taken(&second));
            writes = events::replaced(first, &second, keep.personal, view, context)?;
            writes.extend(certifying);
            writes.extend(fates.into_writes());
        }
        let doses = in_order(doses).ok_or(Refusal::DosesContradict(self.other))?;
        writes.extend(self.written(keep, other, doses));
        writes.push((
            Key::Account(self.other_account),
            delete::remaining(self.other, self.other_account, view)?,
        ));
        writes.extend(forgotten(other.personal, view, context)?);
        writes.extend(share::merge(self.keep, self.other, view)?);
        Ok(Effects { writes, outcome })
    }

    /// Of two first doses, the event of the later one and what it is corrected to.
    fn second<'v>(
        &self,
        keep: Half<'_>,
        other: Half<'_>,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<Option<(&'v Event, Event)>, Stop> {
        let firsts = [keep, other].map(|half| match half.person.doses[..] {
            [only] if only.dose == Dose::First => Some(only),
            _ => None,
        });
        let [Some(one), Some(two)] = firsts else { return Ok(None) };
        let later = if one.date < two.date { two } else { one };
        let vaccine = context.rules.vaccine(later.vaccine);
        if vaccine.and_then(|vaccine| vaccine.days_before(Dose::Second)).is_none() {
            return Ok(None);
        }
        let key = later.event_key();
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        let id = EventId::from_random(context.draw.to_be_bytes());
        let second = Event {
            key: EventKey { id, ..key },
            dose: Dose::Second,
            at: context.now,
            by: Who::Account(self.account),
            corrects: Some(key),
            ..event.clone()
        };
        Ok(Some((event, second)))
    }

    fn written(&self, keep: Half<'_>, other: Half<'_>, doses: Vec<DoseTaken>) -> Vec<Write> {
        let registered_at = keep.person.registered_at.or(other.person.registered_at);
        let merged = Person { doses, registered_at, ..keep.person.clone() };
        let gone = Person {
            account: None,
            doses: Vec::new(),
            appointments: Vec::new(),
            leads_to: Some(self.keep),
            ..other.person.clone()
        };
        let mut personal = keep.personal.clone();
        personal.other_documents.extend(other.personal.documents());
        personal.corrections = personal.corrections.max(other.personal.corrections);
        let documents = other.personal.documents();
        let documents =
            documents.map(|hash| (Key::IdDocument(hash), Some(Row::IdDocument(self.keep))));
        let rows = [
            (Key::Person(self.keep), Some(Row::Person(merged))),
            (Key::Personal(self.keep), Some(Row::Personal(Box::new(personal)))),
            (Key::Person(self.other), Some(Row::Person(gone))),
            (Key::Personal(self.other), None),
        ];
        rows.into_iter().chain(documents).collect()
    }
}

fn half<'v>(
    who: BeneficiaryRef,
    account: AccountId,
    view: &mut View<'v>,
) -> Result<Half<'v>, Stop> {
    let person = view.person(who)?.filter(|person| person.account == Some(account));
    let person = person.ok_or(Refusal::NoSuchPerson(who))?;
    let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
    Ok(Half { person, personal })
}

/// Refuses somebody who has a live appointment.
pub(super) fn unbooked(
    who: BeneficiaryRef,
    person: &Person,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(), Stop> {
    for listed in &person.appointments {
        if is_live(listed, view, context)? {
            return Err(Refusal::HasAppointment(who).into());
        }
    }
    Ok(())
}

fn are_one(one: &Personal, other: &Personal) -> bool {
    let spelled = |name: &str| -> String {
        name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
    (one.birth_year, one.gender) == (other.birth_year, other.gender)
        && spelled(&one.name) == spelled(&other.name)
}

/// Doses in order; `None` if one person cannot have been given them: one dose twice, a later one before an earlier one or
/// on the same day, a second one of another vaccine than the first.
fn in_order(mut doses: Vec<DoseTaken>) -> Option<Vec<DoseTaken>> {
    doses.sort_by_key(|taken| taken.dose);
    let fits = |pair: &[DoseTaken]| {
        let (before, after) = (pair[0], pair[1]);
        let same = after.dose != Dose::Second || before.vaccine == after.vaccine;
        before.dose < after.dose && before.date < after.date && same
    };
    doses.windows(2).all(fits).then_some(doses)
}

/// That one who registered is not known any more.
fn forgotten(
    personal: &Personal,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let day = personal.registered.civil(&context.rules.zone).date();
    figures::add(&[Change::more(What::Forgotten)], personal.registered_in, day, view, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command, RecordElsewhere, Register};
    use crate::fixture::counter::{BATCH, batch, first_abroad};
    use crate::fixture::*;
    use crate::view::{Known, Rows};
    use opencowin_model::{Date, GenderId};

    const ME: u64 = 9_000_000_001;

    fn ago(days: i64) -> Date {
        TODAY.saturating_sub(jiff::ToSpan::days(days))
    }

    fn registered(story: &mut Story, register: Register) -> BeneficiaryRef {
        match story.run(Command::Register(Box::new(register))) {
            Ok(Outcome::Registered(person)) => person,
            other => panic!("{other:?}"),
        }
    }

    /// The same person, under two numbers and documents.
    fn twice(story: &mut Story) -> (BeneficiaryRef, BeneficiaryRef) {
        let one = Register { name: "Asha  Rao".to_owned(), ..registration(ME, 1) };
        let other = Register { name: "asha rao".to_owned(), ..registration(ME + 1, 2) };
        (registered(story, one), registered(story, other))
    }

    fn merge(story: &mut Story, keep: BeneficiaryRef, other: BeneficiaryRef) -> Answer {
        let (account, other_account) = (story.account(ME), story.account(ME + 1));
        story.run(Command::Merge(Merge { keep, account, other, other_account }))
    }

    #[test]
    fn doses_unite_and_the_other_reference_leads_to_the_one_that_is_kept() {
        let mut story = Story::stocked();
        let (keep, other) = twice(&mut story);
        story.vaccinated(other, Dose::First, TWO_DOSES, ago(60));
        story.vaccinated(keep, Dose::Second, TWO_DOSES, ago(20));
        assert_eq!(merge(&mut story, keep, other), Ok(Outcome::Merged(keep)));
        let doses: Vec<_> = story.person(keep).doses.iter().map(|taken| taken.dose).collect();
        assert_eq!(doses, [Dose::First, Dose::Second]);
        let gone = story.person(other);
        assert_eq!((gone.account, gone.leads_to, gone.doses.len()), (None, Some(keep), 0));
        assert!(matches!(story.row(&Key::Personal(other)), Known::Absent));
        assert!(matches!(story.row(&Key::Account(story.account(ME + 1))), Known::Absent));
        let rows = story.rows.clone();
        assert_eq!(merge(&mut story, keep, other), Ok(Outcome::Merged(keep)), "the same again");
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn of_two_first_doses_the_later_one_was_the_second() {
        let mut story = Story::stocked();
        let (keep, other) = twice(&mut story);
        let appointment = story.booked(ME, Story::today(), &[keep]);
        story.check_in((ME, 1), keep, appointment).unwrap();
        let given = story.first_dose(keep);
        let abroad = RecordElsewhere { batch: None, ..first_abroad(other) };
        let answer = story.run(Command::RecordElsewhere(Box::new(abroad)));
        let Ok(Outcome::DoseRecorded(first)) = answer else { panic!("{answer:?}") };
        assert_eq!(merge(&mut story, keep, other), Ok(Outcome::Merged(keep)));
        let doses = story.person(keep).doses;
        assert_eq!((doses[0].dose, doses[0].event_key()), (Dose::First, first));
        let second = story.event(doses[1].event_key());
        assert_eq!((second.dose, second.corrects), (Dose::Second, Some(given)));
        assert_eq!(second.batch, Some(batch(BATCH)));
        assert_eq!((story.used(BATCH), story.doses_counted(TODAY)), ((1, 99), 1));
        let known = |key| {
            matches!(story.row(&Key::Recipient(TWO_DOSES, batch(BATCH), key)), Known::Present(_))
        };
        assert!(known(second.key) && !known(given));
        let rows = story.rows.clone();
        assert_eq!(merge(&mut story, keep, other), Ok(Outcome::Merged(keep)), "the same again");
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn the_documents_of_both_are_theirs_and_free_again_with_them() {
        let mut story = Story::stocked();
        let (keep, other) = twice(&mut story);
        merge(&mut story, keep, other).unwrap();
        let again = Command::Register(Box::new(registration(ME + 5, 9)));
        story.run(again).unwrap();
        let taken = Register { mobile: registration(ME + 5, 9).mobile, ..registration(ME + 1, 2) };
        let taken = Command::Register(Box::new(taken));
        assert_eq!(refused(story.run(taken.clone())), Refusal::IdDocumentTaken);
        story.delete(ME, keep).unwrap();
        assert!(story.run(taken).is_ok());
    }

    #[test]
    fn who_comes_with_the_other_reference_and_document_is_found() {
        let mut story = Story::stocked();
        let (keep, other) = twice(&mut story);
        merge(&mut story, keep, other).unwrap();
        let appointment = story.booked(ME, Story::today(), &[keep]);
        story.check_in((ME + 1, 2), other, appointment).unwrap();
        story.first_dose(other);
        assert!(story.person(keep).taken(Dose::First).is_some());
    }

    #[test]
    fn references_of_different_people_stay_two() {
        let mut story = Story::stocked();
        let (keep, _) = twice(&mut story);
        let unlike = [
            Register { name: "Asha Rai".to_owned(), ..registration(ME + 1, 3) },
            Register { name: "Asha Rao".to_owned(), birth_year: 1981, ..registration(ME + 1, 4) },
            Register {
                name: "Asha Rao".to_owned(),
                gender: GenderId(2),
                ..registration(ME + 1, 5)
            },
        ];
        for register in unlike {
            let other = registered(&mut story, register);
            assert_eq!(refused(merge(&mut story, keep, other)), Refusal::NotOnePerson);
        }
        assert_eq!(refused(merge(&mut story, keep, keep)), Refusal::NamedTwice(keep));
    }

    #[test]
    fn doses_that_one_person_cannot_have_been_given_stay_two() {
        let contradictions = [
            [(Dose::First, ONE_DOSE, 60), (Dose::First, ONE_DOSE, 20)],
            [(Dose::First, TWO_DOSES, 20), (Dose::Second, TWO_DOSES, 60)],
            [(Dose::First, ONE_DOSE, 60), (Dose::Second, TWO_DOSES, 20)],
        ];
        for [(first, of, days), (second, of_second, days_second)] in contradictions {
            let mut story = Story::stocked();
            let (keep, other) = twice(&mut story);
            story.vaccinated(keep, first, of, ago(days));
            story.vaccinated(other, second, of_second, ago(days_second));
            let contradict = Refusal::DosesContradict(other);
            assert_eq!(refused(merge(&mut story, keep, other)), contradict);
        }
    }

    #[test]
    fn who_is_booked_is_not_merged_and_nobody_is_without_their_account() {
        let mut story = Story::stocked();
        let (keep, other) = twice(&mut story);
        let strangers = Merge {
            keep,
            account: story.account(ME + 2),
            other,
            other_account: story.account(ME + 1),
        };
        let answer = refused(story.run(Command::Merge(strangers)));
        assert_eq!(answer, Refusal::NoSuchPerson(keep));
        let appointment = story.booked(ME + 1, Story::tomorrow(), &[other]);
        assert_eq!(refused(merge(&mut story, keep, other)), Refusal::HasAppointment(other));
        story.cancel(ME + 1, appointment, &[]).unwrap();
        assert!(merge(&mut story, keep, other).is_ok());
    }
}
