//! Erases people whose data may be kept no longer (R18).
//!
//! All people are looked at once a day, some thousands at a time, so that a whole country takes most of the day and
//! disturbs nobody. Who has an appointment is left until the next day. Each erasure leaves an entry in the audit.

use crate::chore::Chore;
use opencowin_ledger::audit::{Entry, Record, Who, Word};
use opencowin_ledger::commands::{Command, Erase, Reason, Refusal};
use opencowin_ledger::store::ReadError;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger, Request};
use opencowin_model::{BeneficiaryRef, Date, Pack};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often some people are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// People looked at together.
const TOGETHER: usize = 10_000;

const ROLE: Word = Word::new("system");
const PURPOSE: Word = Word::new("retention");

/// Looks for people whose period is over.
pub struct Retention {
    ledger: Arc<Ledger>,
    pack: Arc<Pack>,
    round: Mutex<Round>,
}

/// How far today's round has come.
#[derive(Default)]
struct Round {
    /// The last person looked at.
    after: Option<BeneficiaryRef>,
    /// The day on which all were looked at.
    done: Option<Date>,
}

impl Retention {
    /// Goes round once a day.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(ledger: Arc<Ledger>, pack: Arc<Pack>) -> io::Result<Chore> {
        let retention = Self::new(ledger, pack);
        Chore::every(EVERY, "retention", move || retention.tick())
    }

    fn new(ledger: Arc<Ledger>, pack: Arc<Pack>) -> Self {
        Self { ledger, pack, round: Mutex::default() }
    }

    fn tick(&self) {
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        let today = self.ledger.clock().now().civil(self.pack.zone()).date();
        if round.done != Some(today)
            && let Err(error) = self.look(&mut round, today)
        {
            tracing::warn!(%error, "who has to be erased cannot be read; trying again");
        }
    }

    /// Looks at the next people of the round.
    fn look(&self, round: &mut Round, today: Date) -> Result<(), ReadError> {
        let (expired, next) = block_on(self.ledger.read().expired(round.after, TOGETHER))?;
        expired.into_iter().for_each(|person| self.erase(person));
        round.after = next;
        if next.is_none() {
            round.done = Some(today);
        }
        Ok(())
    }

    fn erase(&self, person: BeneficiaryRef) {
        let entry = Entry::new(Who::System, ROLE, PURPOSE, self.ledger.clock().now());
        let audit = vec![entry.about(Record::Person(person))];
        let command = Command::Erase(Erase { person, reason: Reason::Expired });
        match block_on(self.ledger.submit(Request { audit, ..Request::of(command) })) {
            // Another gateway may have been faster.
            Ok(_) | Err(Failure::Refused(Refusal::NoSuchPerson(_))) => {}
            Err(error) => tracing::info!(%person, %error, "not erased yet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use opencowin_ledger::audit::{Auditor, Ending};
    use opencowin_ledger::commands::{Outcome, Register};
    use opencowin_ledger::store::Store;
    use opencowin_ledger::store::memory::Memory;
    use opencowin_ledger::vault::{IdNumber, Vault};
    use opencowin_ledger::{Environment, Pace, Parts};
    use opencowin_model::{Clock, GenderId, IdTypeId, Mobile};

    const DAY: Date = Date::constant(2021, 5, 1);

    fn vault() -> Arc<Vault> {
        use rand::{SeedableRng, rngs::StdRng};
        let text = Vault::generate(&mut StdRng::seed_from_u64(1));
        Arc::new(Vault::parse(&text).unwrap())
    }

    fn ledger(store: Arc<dyn Store>, pack: &Pack) -> Ledger {
        Ledger::open(Parts {
            store,
            vault: vault(),
            environment: Environment::Sandbox,
            rules: pack.into(),
            clock: Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), pack.zone())),
            seed: [1; 32],
            pace: Pace::default(),
            queue: 100,
            sharing: None,
        })
        .unwrap()
    }

    fn register(ledger: &Ledger, number: u64, kept_until: Option<Date>) -> BeneficiaryRef {
        let register = Register {
            mobile: Mobile(9_000_000_000),
            name: "Asha Rao".to_owned(),
            birth_year: 1970,
            gender: GenderId(2),
            id_type: IdTypeId(8),
            id_number: IdNumber::parse(&format!("N{number}")).unwrap(),
            comorbidity: None,
            consent_version: "1".to_owned(),
            purpose: "vaccination".to_owned(),
            kept_until,
        };
        match block_on(ledger.run(Command::Register(Box::new(register)))) {
            Ok(Outcome::Registered(person)) => person,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_may_be_kept_no_longer_is_erased_on_the_day_after_and_the_audit_says_so() {
        let (store, pack) = (Arc::new(Memory::default()), Arc::new(Pack::india().unwrap()));
        let ledger = Arc::new(ledger(store.clone(), &pack));
        let [forever, longer, until_today] =
            [(1, None), (2, Some(DAY.tomorrow().unwrap())), (3, Some(DAY))]
                .map(|(number, until)| register(&ledger, number, until));
        let retention = Retention::new(ledger.clone(), pack);
        let known = || {
            let account = ledger.hasher().account(Mobile(9_000_000_000));
            block_on(ledger.read().registered(account)).unwrap()
        };
        retention.tick();
        assert_eq!(known(), [forever, longer, until_today], "the last day counts");
        ledger.clock().advance(SignedDuration::from_hours(24));
        retention.tick();
        assert_eq!(known(), [forever, longer]);
        ledger.clock().advance(SignedDuration::from_hours(24));
        retention.tick();
        assert_eq!(known(), [forever]);
        block_on(ledger.check(|violation| panic!("{violation}"))).unwrap();

        let mut erased = Vec::new();
        let auditor = Auditor::open(store, vault(), Environment::Sandbox).unwrap();
        let each = |link: opencowin_ledger::audit::Link| {
            erased.extend(link.batch.entries().map(|bytes| Entry::read(bytes).unwrap()));
            Ok(())
        };
        auditor.batches(each).unwrap();
        let told = erased.iter().map(|entry| (entry.who, entry.record, entry.ending.clone()));
        let expected = [until_today, longer]
            .map(|person| (Who::System, Some(Record::Person(person)), Ending::Done));
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
