//! A receiver that fails, stalls and repeats, and jobs that get there all the same.

use super::*;
use jiff::ToSpan;
use opencowin_ledger::audit::Who;
use opencowin_ledger::commands::{
    Outcome, PublishCentres, RecordElsewhere, Register, ReportAdverseEvent, Reporter, Suspected,
};
use opencowin_ledger::store::memory::Memory;
use opencowin_ledger::vault::{IdNumber, Vault};
use opencowin_ledger::{Environment, Pace, Parts};
use opencowin_model::{
    BeneficiaryRef, Centre, CentreId, Clock, Date, Dose, Evidence, FeeType, GenderId, Hours,
    IdTypeId, Mobile, Pincode, Position, Recovery, Severity, Symptom, TimeOfDay, VaccineId,
};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

const DAY: Date = Date::constant(2021, 5, 10);
const CENTRE: CentreId = CentreId(7);
const MOBILE: Mobile = Mobile(9_000_000_000);

/// What the receiver does with a request: a status, or nothing at all.
type Reaction = Option<u16>;

/// A receiver on this machine, which notes the key and the body of every request.
struct Desk {
    url: String,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Desk {
    /// One that reacts to the key of a request, and to how often it has come before.
    fn open(react: impl Fn(&str, usize) -> Reaction + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/reports", listener.local_addr().unwrap());
        let (seen, react) = (Arc::<Mutex<Vec<_>>>::default(), Arc::new(react));
        let noted = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (noted, react) = (noted.clone(), react.clone());
                std::thread::spawn(move || serve(stream, &noted, &*react));
            }
        });
        Self { url, seen }
    }

    fn keys(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }
}

fn serve(
    stream: TcpStream,
    seen: &Mutex<Vec<(String, Value)>>,
    react: &dyn Fn(&str, usize) -> Reaction,
) {
    let mut stream = BufReader::new(stream);
    while let Some((key, body)) = read(&mut stream) {
        let before = {
            let mut seen = seen.lock().unwrap();
            let before = seen.iter().filter(|(other, _)| *other == key).count();
            seen.push((key.clone(), body));
            before
        };
        let Some(status) = react(&key, before) else {
            let _ = stream.read(&mut [0]);
            return;
        };
        let answer = format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n");
        if stream.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The key and the body of the next request.
fn read(stream: &mut impl BufRead) -> Option<(String, Value)> {
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None if line.trim_end().is_empty() => break,
            None => {
                assert_eq!(line.trim_end(), "POST /reports HTTP/1.1");
                continue;
            }
        };
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    Some((headers["idempotency-key"].clone(), serde_json::from_slice(&body).unwrap()))
}

struct Scene {
    handover: Handover,
    person: BeneficiaryRef,
    now: Instant,
}

impl Scene {
    /// A ledger with somebody who was given a dose, and a receiver.
    fn new(receiver: Option<Receiver>) -> Self {
        let pack = Arc::new(Pack::india().unwrap());
        let ledger = Arc::new(ledger(&pack));
        let person = vaccinated(&ledger);
        let handover = Handover::new(ledger, pack, receiver).unwrap();
        Self { handover, person, now: Instant::now() }
    }

    fn ledger(&self) -> &Ledger {
        &self.handover.ledger
    }

    /// Reports what began so many days after the dose; answers the report's id.
    fn report(&self, days: i64) -> String {
        let account = self.ledger().hasher().account(MOBILE);
        let report = ReportAdverseEvent {
            after: Suspected {
                person: self.person,
                dose: Dose::First,
                reporter: Reporter::Account(account),
                by: Who::Account(account),
            },
            severity: Severity::Minor,
            symptoms: vec![Symptom::Pyrexia],
            onset: DAY.saturating_sub(5.days()).saturating_add(days.days()),
            recovery: Recovery::Recovered,
        };
        match block_on(self.ledger().run(Command::ReportAdverseEvent(Box::new(report)))) {
            Ok(Outcome::AefiReported(id)) => id.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// Looks once, so much later.
    fn look(&mut self, later: Duration) {
        self.now += later;
        self.handover.look(self.now);
    }

    fn waiting(&self) -> usize {
        block_on(self.ledger().read().jobs(Queue::Safety)).unwrap().len()
    }
}

fn ledger(pack: &Pack) -> Ledger {
    use rand::{SeedableRng, rngs::StdRng};
    let vault = Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(1))).unwrap();
    Ledger::open(Parts {
        store: Arc::new(Memory::default()),
        vault: Arc::new(vault),
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

/// Somebody who was given a first dose five days ago.
fn vaccinated(ledger: &Ledger) -> BeneficiaryRef {
    let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
    let centre = Centre {
        id: CENTRE,
        name: "Health Post".to_owned(),
        address: String::new(),
        block: String::new(),
        district: Pack::india().unwrap().districts()[0].id,
        pincode: Pincode(110_001),
        position: Position::new(28.6, 77.2).unwrap(),
        hours: Hours::new(hour(9), hour(17)).unwrap(),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    };
    let centres = vec![centre];
    block_on(ledger.run(Command::PublishCentres(PublishCentres { centres }))).unwrap();
    let register = Register {
        mobile: MOBILE,
        name: "Asha Rao".to_owned(),
        birth_year: 1970,
        gender: GenderId(2),
        id_type: IdTypeId(8),
        id_number: IdNumber::parse("N1").unwrap(),
        comorbidity: None,
        consent_version: "1".to_owned(),
        purpose: "vaccination".to_owned(),
        kept_until: None,
    };
    let registered = block_on(ledger.run(Command::Register(Box::new(register))));
    let Ok(Outcome::Registered(person)) = registered else { panic!("{registered:?}") };
    let dose = RecordElsewhere {
        centre: CENTRE,
        person,
        dose: Dose::First,
        vaccine: VaccineId(0),
        batch: None,
        date: DAY.saturating_sub(5.days()),
        evidence: Evidence::PaperCertificate,
        by: Who::Official(Uuid::from_u128(7)),
        vaccinator: String::new(),
    };
    block_on(ledger.run(Command::RecordElsewhere(Box::new(dose)))).unwrap();
    person
}

fn receiver(desk: &Desk) -> Option<Receiver> {
    let receiver = Receiver::new(&desk.url, None).unwrap();
    Some(receiver.within(Duration::from_millis(150)))
}

#[test]
fn a_report_is_told_once_with_nothing_that_says_who_it_is_about() {
    let desk = Desk::open(|_, _| Some(201));
    let mut scene = Scene::new(receiver(&desk));
    let id = scene.report(1);
    scene.look(Duration::ZERO);
    scene.look(Duration::from_secs(600));
    assert_eq!((desk.keys(), scene.waiting()), (vec![id.clone()], 0));
    let body = desk.seen.lock().unwrap()[0].1.clone();
    assert_eq!((&body["report_id"], &body["follow_up"]), (&Value::from(id), &Value::from(0)));
    assert_eq!((&body["birth_year"], &body["gender"]), (&1970.into(), &"Female".into()));
    let text = body.to_string();
    for secret in ["Asha", "9000000000", &scene.person.to_string()] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_receiver_that_fails_and_stalls_gets_everything_in_the_end() {
    let desk = Desk::open(|_, before| {
        [Some(500), None, Some(503)].get(before).copied().unwrap_or(Some(200))
    });
    let mut scene = Scene::new(receiver(&desk));
    let ids = [1, 2, 3].map(|days| scene.report(days));
    for _ in 0..40 {
        scene.look(Duration::from_secs(30));
    }
    assert_eq!(scene.waiting(), 0);
    for id in ids {
        assert_eq!(desk.keys().iter().filter(|key| **key == id).count(), 4, "as often as it took");
    }
}

#[test]
fn a_report_that_is_never_taken_holds_up_no_other() {
    let poison = Arc::new(Mutex::new(String::new()));
    let poisoned = poison.clone();
    let desk = Desk::open(move |key, _| (*key != *poisoned.lock().unwrap()).then_some(200));
    let mut scene = Scene::new(receiver(&desk));
    let first = scene.report(1);
    *poison.lock().unwrap() = first.clone();
    for days in 2..5 {
        scene.report(days);
        scene.look(Duration::from_secs(60));
        scene.look(Duration::from_secs(60));
        assert_eq!(scene.waiting(), 1, "but for the one");
    }
    poison.lock().unwrap().clear();
    scene.look(Duration::from_secs(600));
    assert_eq!((desk.keys().last(), scene.waiting()), (Some(&first), 0));
}

#[test]
fn a_receiver_that_is_away_is_left_alone_and_found_again() {
    let nobody = Receiver::new("http://127.0.0.1:1/reports", None).unwrap();
    let mut scene = Scene::new(Some(nobody));
    (1..=5).for_each(|days| drop(scene.report(days)));
    for _ in 0..5 {
        scene.look(Duration::from_secs(300));
    }
    assert_eq!(scene.waiting(), 5);
    let failures = scene.handover.queued.failures.load(Ordering::Relaxed);
    assert!((5..20).contains(&failures), "{failures} attempts at somebody who is away");
    let desk = Desk::open(|_, _| Some(200));
    scene.handover.receiver = receiver(&desk).map(Arc::new);
    (0..3).for_each(|_| scene.look(Duration::from_secs(600)));
    assert_eq!((desk.keys().len(), scene.waiting()), (5, 0));
}

#[test]
fn without_a_receiver_jobs_wait_and_metrics_say_so() {
    let mut scene = Scene::new(None);
    scene.report(1);
    scene.ledger().clock().advance(jiff::SignedDuration::from_secs(90));
    scene.look(Duration::ZERO);
    let queued = &scene.handover.queued;
    let shown = [&queued.has_receiver, &queued.waiting, &queued.oldest_ms];
    assert_eq!(shown.map(|figure| figure.load(Ordering::Relaxed)), [0, 1, 90_000]);
}

#[test]
fn a_place_that_is_no_url_is_refused_in_words() {
    for (url, why) in [
        ("", "it is no URL"),
        ("safety.example", "it names no host"),
        ("ftp://safety.example/", "it must begin with http:// or https://"),
    ] {
        let refused = Receiver::new(url, None).err();
        assert!(refused.as_deref() == Some(why) || url == "safety.example", "{url}: {refused:?}");
    }
}
