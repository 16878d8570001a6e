//! The project's own server, within the test's process.

use jiff::{Timestamp, ToSpan};
use opencowin::access::Environment;
use opencowin::access::key::{ApiKey, KeyHash};
use opencowin::access::key_text::{KeyText, SANDBOX_KEY};
use opencowin::access::registry::LimitsRecord;
use opencowin::config::{Config, Settings};
use opencowin::startup::{self, Running};
use opencowin_model::{
    AgeBand, Capacity, Centre, CentreId, FeeType, Hours, Pack, Seats, Session, SessionId,
    SessionState, TimeOfDay, Timestamp as Moment,
};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use tempfile::TempDir;

/// A gateway on a free port with data of its own. It ends when it is dropped.
pub struct Gateway {
    running: Option<Running>,
    _home: Option<TempDir>,
}

impl Gateway {
    /// One with a generated programme of this size; 1 is national, 0 is empty.
    pub fn start(scale: f64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let running = Some(open(&home.path().join("data"), 0, scale));
        Self { running, _home: Some(home) }
    }

    /// One on this port, with the data of this directory, until the process ends.
    pub fn serve(data: &Path, port: u16, scale: f64) -> ! {
        let _running = open(data, port, scale);
        loop {
            std::thread::park();
        }
    }

    /// Puts other limits in force.
    pub fn limit(&self, change: impl FnOnce(&mut LimitsRecord)) {
        limit(self.running(), change);
    }

    /// A new key with the quotas of a plan.
    pub fn key(&self, plan: &str) -> String {
        let text = KeyText::generate(Environment::Sandbox, &mut rand::rng()).as_str().to_owned();
        let registry = self.running().app().admission().registry();
        let hash = KeyHash::new(registry.hash(text.as_bytes()));
        let key = ApiKey { plan: plan.to_owned(), ..ApiKey::common(hash, Moment(0)) };
        wait(registry.create(&key)).expect("a key that fits");
        text
    }

    /// What `--target` takes.
    pub fn url(&self) -> String {
        format!("http://{}", self.running().address())
    }

    /// Puts one session on sale tomorrow, for everyone from 18 years on.
    pub fn sell(&self, seats: u16) {
        let pack = Pack::india().unwrap();
        let (centre, session) = offer(&pack, seats);
        self.running().publish(vec![centre], vec![session]).expect("a publication that fits");
    }

    /// That by its own account every invariant of its ledger holds.
    #[track_caller]
    pub fn assert_sound(&self) {
        assert_sound(self.running().address());
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs until it is dropped")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.running.take().map(Running::close);
    }
}

/// Starts one with limits that suit a busy machine.
fn open(data: &Path, port: u16, scale: f64) -> Running {
    let settings = Settings {
        listen: Some((Ipv4Addr::LOCALHOST, port).into()),
        data: Some(data.to_owned()),
        scale: Some(scale),
        remembered: Some(1 << 12),
        threads: Some(2),
        ..Settings::default()
    };
    let config = Config::new(settings).expect("settings that fit");
    let running = startup::start(config).expect("it starts");
    suit_a_busy_machine(&running);
    running
}

/// Limits are kept, but for those that are about a machine's time: nothing is shed, and challenges are easy.
fn suit_a_busy_machine(running: &Running) {
    limit(running, |limits| {
        limits.0.challenge.difficulty = 8;
        let shedding = &mut limits.0.shedding;
        for target in [
            &mut shedding.public_search_ms,
            &mut shedding.keyed_search_ms,
            &mut shedding.registration_ms,
            &mut shedding.booking_ms,
            &mut shedding.staff_ms,
        ] {
            *target = 3_600_000;
        }
    });
}

fn limit(running: &Running, change: impl FnOnce(&mut LimitsRecord)) {
    let registry = running.app().admission().registry();
    let mut limits = LimitsRecord((**registry.limits()).clone());
    change(&mut limits);
    wait(registry.write(vec![registry.after(&limits)])).expect("limits that fit");
}

/// That by its own account every invariant of a gateway's ledger holds.
#[track_caller]
pub fn assert_sound(gateway: SocketAddr) {
    let answer = get(gateway, "/admin/ledger/check").expect("it listens");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let check: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    assert_eq!(check["sound"], true, "{check}");
}

/// What a gateway answers its operator. Unlike [`super::Client`], it keeps its side of the connection open: a check
/// takes long, and the gateway takes a client that closes for one that has gone.
pub fn get(gateway: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(gateway)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {SANDBOX_KEY}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Waits for what the ledger does.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(future)
}

fn offer(pack: &Pack, seats: u16) -> (Centre, Session) {
    let area = &pack.postal_areas()[0];
    let centre = Centre {
        id: CentreId(1),
        name: "District Hospital".to_owned(),
        address: format!("{}, Main Road", area.place),
        block: "Not Applicable".to_owned(),
        district: area.district,
        pincode: area.pincode,
        position: area.position,
        hours: hours(9, 17),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    };
    let session = Session {
        id: SessionId::from_random(rand::random()),
        centre: centre.id,
        date: Timestamp::now().to_zoned(pack.zone().clone()).date().saturating_add(1.day()),
        hours: hours(9, 17),
        vaccine: pack.vaccine_named("COVISHIELD").unwrap().id,
        age: AgeBand { min: 18, max: None },
        fee: 0,
        slots: vec![hours(9, 13), hours(13, 17)],
        capacity: Capacity::new(Seats([seats, 0, 0]), Seats::default(), Seats::default()),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    };
    (centre, session)
}

fn hours(from: u16, to: u16) -> Hours {
    let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
    Hours::new(hour(from), hour(to)).unwrap()
}
