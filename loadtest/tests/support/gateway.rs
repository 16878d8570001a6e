//! The project's own server, within the test's process.

use jiff::{Timestamp, ToSpan};
use opencowin::access::key_text::SANDBOX_KEY;
use opencowin::config::{Config, Settings, Switch};
use opencowin::startup::{self, Running};
use opencowin_model::{
    AgeBand, Capacity, Centre, CentreId, FeeType, Hours, Pack, Seats, Session, SessionId,
    SessionState, TimeOfDay,
};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use tempfile::TempDir;

/// A gateway on a free port with data of its own. It ends when it is dropped.
pub struct Gateway {
    running: Option<Running>,
    _home: TempDir,
}

impl Gateway {
    /// One with a generated programme of this size; 1 is national, 0 is empty.
    pub fn start(scale: f64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings {
            listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
            data: Some(home.path().join("data")),
            scale: Some(scale),
            limits: Some(Switch::Off),
            remembered: Some(1 << 12),
            threads: Some(2),
            ..Settings::default()
        };
        let config = Config::new(settings).expect("settings that fit");
        let running = startup::start(config).expect("it starts");
        Self { running: Some(running), _home: home }
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
        let answer = self.get("/admin/ledger/check");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let check: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        assert_eq!(check["sound"], true, "{check}");
    }

    /// What it answers its operator. Unlike [`super::Client`], it keeps its side of the connection open: a check
    /// takes long, and the gateway takes a client that closes for one that has gone.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.running().address()).expect("it listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {SANDBOX_KEY}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
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
        state: SessionState::Published,
        version: 1,
    };
    (centre, session)
}

fn hours(from: u16, to: u16) -> Hours {
    let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
    Hours::new(hour(from), hour(to)).unwrap()
}
