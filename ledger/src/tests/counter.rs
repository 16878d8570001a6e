//! What staff does about somebody in a simulated life, and a witness of the doses that were acknowledged.

use crate::commands::{
    Authority, CheckIn, Command, Correct, CorrectHolder, Decline, Declined, HolderAuthority,
    Observe, Outcome, Parcel, Proof, Receive, Refusal, Register, ReportAdverseEvent, Reporter,
    Suspected, Vaccinate, Waste,
};
use crate::engine::Engine;
use crate::fixture::counter::{BATCH, LAST, STAFF, batch, dose, first_abroad, proof};
use crate::fixture::{CENTRE, TODAY, TWO_DOSES};
use crate::keys::{Key, Kind};
use crate::records::{Event, EventKey, Row};
use crate::request::Failure;
use crate::store::block_on::block_on;
use jiff::ToSpan;
use opencowin_model::{
    Batch, BeneficiaryRef, Date, DeclineReason, DistrictId, Dose, Doses, EarlyEnd, GenderId,
    Recovery, SecurityCode, Severity, Symptom, WasteReason,
};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who stands at the counter.
pub(super) struct Guest {
    pub(super) person: BeneficiaryRef,
    pub(super) register: Register,
    /// The code of an appointment of theirs.
    pub(super) code: SecurityCode,
}

impl Guest {
    /// Something that is done about them. Most of it is what ought to be done, and hardly ever in the right order.
    pub(super) fn attend(&self, random: &mut StdRng) -> Command {
        let (centre, person) = (CENTRE, self.person);
        match random.random_range(0..100) {
            0..30 => {
                let proof = self.proof(random);
                Command::CheckIn(Box::new(CheckIn { centre, person, proof }))
            }
            30..66 => {
                let which = if random.random_bool(0.8) { Dose::First } else { Dose::Second };
                let proof = random.random_bool(0.4).then(|| self.proof(random));
                let batch = any_batch(random);
                Command::Vaccinate(Box::new(Vaccinate {
                    dose: which,
                    batch,
                    proof,
                    ..dose(person)
                }))
            }
            66..72 => {
                let unwell = Declined::Refused(DeclineReason::Unwell);
                let why = if random.random_bool(0.5) { Declined::NoShow } else { unwell };
                Command::Decline(Decline { centre, person, why })
            }
            72..82 => {
                let early = random.random_bool(0.7).then_some(EarlyEnd::Left);
                let (dose, reaction) = (Dose::First, random.random_bool(0.2));
                Command::Observe(Observe { centre, person, dose, reaction, early })
            }
            82..85 => {
                let (parcel, reason) = (parcel(any_batch(random), 1), WasteReason::OpenVial);
                Command::Waste(Waste { centre, parcel, reason })
            }
            85..88 => Command::ReportAdverseEvent(Box::new(self.adverse_event(random))),
            88..90 => Command::CorrectHolder(Box::new(self.corrected(random))),
            90..95 => Command::Correct(Correct {
                authority: Authority::District(DistrictId(3)),
                person,
                dose: Dose::First,
                batch: random.random_bool(0.7).then(|| any_batch(random)),
                date: random.random_bool(0.5).then(|| any_day(random)),
                by: STAFF,
            }),
            _ => Command::RecordElsewhere(Box::new(first_abroad(person))),
        }
    }

    /// Somebody of another name or age than was thought.
    fn corrected(&self, random: &mut StdRng) -> CorrectHolder {
        let name = if random.random_bool(0.5) { "Asha Rao" } else { &self.register.name };
        CorrectHolder {
            authority: HolderAuthority::District(DistrictId(3)),
            person: self.person,
            name: name.to_owned(),
            birth_year: random.random_range(1978..1983),
            gender: GenderId(random.random_range(1..3)),
            by: STAFF,
        }
    }

    fn adverse_event(&self, random: &mut StdRng) -> ReportAdverseEvent {
        let reporter = Reporter::Facility(CENTRE);
        ReportAdverseEvent {
            after: Suspected { person: self.person, dose: Dose::First, reporter, by: STAFF },
            severity: if random.random_bool(0.5) { Severity::Minor } else { Severity::Severe },
            symptoms: vec![Symptom::Pyrexia],
            onset: TODAY,
            recovery: Recovery::Recovering,
        }
    }

    fn proof(&self, random: &mut StdRng) -> Proof {
        let wrong = u128::from(random.random_bool(0.15));
        let code = SecurityCode::from_random(u128::from(self.code.number()) + wrong);
        proof(&self.register, code)
    }
}

fn any_batch(random: &mut StdRng) -> Batch {
    batch(if random.random_bool(0.7) { BATCH } else { LAST })
}

fn any_day(random: &mut StdRng) -> Date {
    TODAY.saturating_sub(i64::from(random.random_range(0..4)).days())
}

/// What the centre receives: of the second batch there is little.
pub(super) fn supplies() -> [Command; 2] {
    let expiry = Date::constant(2021, 12, 31);
    let receive = |(text, doses)| {
        Command::Receive(Receive { centre: CENTRE, parcel: parcel(batch(text), doses), expiry })
    };
    [(BATCH, 60), (LAST, 3)].map(receive)
}

fn parcel(batch: Batch, doses: u64) -> Parcel {
    let doses = Doses::new(doses).expect("it is a believable number");
    Parcel { vaccine: TWO_DOSES, batch, doses, by: STAFF }
}

/// Which doses were acknowledged.
#[derive(Default)]
pub(super) struct DosesGiven {
    /// Whoever something was asked for at the counter, done or not.
    attended: BTreeSet<BeneficiaryRef>,
    acknowledged: BTreeSet<EventKey>,
}

impl DosesGiven {
    pub(super) fn asked(&mut self, command: &Command) {
        self.attended.extend(match command {
            Command::CheckIn(check_in) => Some(check_in.person),
            Command::Vaccinate(dose) => Some(dose.person),
            Command::Decline(decline) => Some(decline.person),
            _ => None,
        });
    }

    pub(super) fn hear(&mut self, answer: Result<Outcome, Failure>) {
        if let Ok(Outcome::DoseRecorded(event)) = answer {
            self.acknowledged.insert(event);
        }
    }

    /// Whether an appointment is as it was booked, as far as the counter is concerned.
    pub(super) fn left_alone(&self, people: &[BeneficiaryRef]) -> bool {
        people.iter().all(|person| !self.attended.contains(person))
    }

    /// Every dose that was acknowledged is there, and none was recorded twice. Returns how many there are.
    pub(super) fn verify(&self, engine: &Engine) -> usize {
        let stored = events(engine);
        for key in &self.acknowledged {
            assert!(stored.contains_key(key), "the dose of {key:?} is lost");
        }
        let mut given = BTreeSet::new();
        for event in stored.values().filter(|event| event.corrects.is_none()) {
            let first = given.insert((event.person, event.dose));
            assert!(first, "{:?} was given to {} twice", event.dose, event.person);
        }
        given.len()
    }
}

fn events(engine: &Engine) -> BTreeMap<EventKey, Event> {
    let version = block_on(engine.store.read_version()).unwrap();
    let range = engine.codec.layout().all(Kind::Event);
    let rows = block_on(engine.store.scan(version, range, usize::MAX)).unwrap();
    let open = |(key, value): &(Vec<u8>, Vec<u8>)| match engine.open(key, value) {
        Some((Key::Event(key), Ok(Row::Event(event)))) => (key, *event),
        other => panic!("{other:?}"),
    };
    rows.iter().map(open).collect()
}

/// Whether the same request under the same key must be answered the same.
pub(super) fn is_recorded(answer: Result<Outcome, Failure>) -> bool {
    match answer {
        Ok(_) => true,
        Err(Failure::Refused(refusal)) => refusal.is_recorded() && refusal != Refusal::KeyReused,
        Err(Failure::Unavailable) => false,
    }
}
