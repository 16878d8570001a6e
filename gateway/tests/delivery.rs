//! Messages on their way to providers that are slow, refuse, hang up, answer nonsense, or work.

use crate::support::providers::{HttpProvider, Reaction, Smsc};
use crate::support::{TestServer, eventually, hashed, in_production, settings};
use opencowin::access::key_text::SANDBOX_KEY;
use opencowin::config::{Mode, Settings};
use opencowin::delivery::settings::SenderSettings;
use opencowin::delivery::{
    Counts, Delivery, Message, MessageKind, MessageSettings, Messenger, Refused, Status,
};
use opencowin::identity::Door;
use opencowin_model::{Clock, Mobile};
use prometheus_client::registry::Registry;
use rusmpp::pdus::SubmitSm;
use rusmpp::tlvs::{TlvTag, TlvValue};
use serde_json::{Value, json};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

const ACCEPT: Reaction = Reaction::Accept { receipts: 0 };

/// What a working day at the gateway looks like from below: messages handed in, figures read.
struct Sending {
    delivery: Option<Delivery>,
    registry: Registry,
    clock: Arc<Clock>,
}

impl Sending {
    /// By these providers; `more` is of the section itself.
    fn by(senders: &[String], more: &str) -> Self {
        let senders: String =
            senders.iter().map(|sender| format!("[[senders]]\n{sender}\n")).collect();
        let password = secret("pass123");
        let senders = senders.replace("PASSWORD", &password.path().display().to_string());
        let text = format!("sender-id = 'OCOWIN'\n{more}\n{senders}");
        let settings: MessageSettings = toml::from_str(&text).expect(&text);
        settings.check(Mode::Production).unwrap();
        let (counts, mut registry) = (Counts::default(), Registry::with_prefix("opencowin"));
        counts.register(&mut registry);
        let clock = Arc::new(Clock::system(0));
        let delivery = Delivery::start(&settings, counts, clock.clone()).unwrap();
        Self { delivery: Some(delivery), registry, clock }
    }

    fn delivery(&self) -> &Delivery {
        self.delivery.as_ref().unwrap()
    }

    fn send(&self, kind: MessageKind, number: u64) -> Result<(), Refused> {
        let created = self.clock.now();
        let text = format!("Your OTP is {number}");
        let expires = created.plus_ms(180_000);
        let message = Message { kind, text, created, expires, key: None };
        self.delivery().send(Mobile(9_000_000_000 + number), message)
    }

    fn otp(&self, number: u64) {
        self.send(MessageKind::Otp, number).unwrap();
    }

    fn count(&self, name: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("opencowin_{name} ")));
        line.map_or(0, |value| value.parse().unwrap())
    }

    fn outcome(&self, kind: &str, outcome: &str) -> u64 {
        self.count(&format!(r#"messages_total{{kind="{kind}",outcome="{outcome}"}}"#))
    }

    fn attempts(&self, sender: &str, outcome: &str) -> u64 {
        self.count(&format!(r#"sender_attempts_total{{sender="{sender}",outcome="{outcome}"}}"#))
    }

    #[track_caller]
    fn until(&self, kind: &str, outcome: &str, number: u64) {
        eventually(outcome, || (self.outcome(kind, outcome) >= number).then_some(()));
        assert_eq!(self.outcome(kind, outcome), number);
    }

    fn close(&mut self) -> Duration {
        let started = Instant::now();
        self.delivery = None;
        started.elapsed()
    }
}

fn http(name: &str, at: SocketAddr) -> String {
    format!(
        r#"kind = "http"
        name = "{name}"
        url = "http://{at}/send"
        headers = {{ Content-Type = "application/json" }}
        body = '{{"to":"91{{mobile}}","text":"{{text}}","id":"{{message_id}}"}}'
        timeout-ms = 400"#
    )
}

/// Its password lies in a file that [`Sending::by`] makes.
fn smpp(name: &str, at: SocketAddr) -> String {
    format!(
        r#"kind = "smpp"
        name = "{name}"
        address = "{at}"
        system-id = "cowin"
        password-file = "PASSWORD"
        country-code = "91"
        enquire-link-ms = 300
        timeout-ms = 400"#
    )
}

fn secret(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

#[test]
fn a_password_reaches_a_provider_signed_and_with_what_the_operators_ask_for() {
    let provider = HttpProvider::start(|_| ACCEPT);
    let (key, api_key) = (secret("key"), secret("api key\n"));
    let sender = format!(
        r#"kind = "http"
        name = "a"
        url = "http://{}/v1/send?from={{sender_id}}&valid={{valid_s}}"
        headers = {{ Content-Type = "application/json", Authorization = "Bearer {{secret}}" }}
        body = '{{"text":"{{text}}","pe":"{{entity_id}}","dlt":"{{template_id}}"}}'
        secret-file = "{}"
        signature = {{ header = "X-Sign", timestamp-header = "X-Time", secret-file = "{}" }}"#,
        provider.address(),
        api_key.path().display(),
        key.path().display(),
    );
    let templates = "entity-id = '1101'\n[templates]\notp.id = '1107'\nstatus-otp.id = '7'\nbooking-confirmed.id = '2'\n\
                     appointment-moved.id = '3'\nappointment-cancelled.id = '4'\n\
                     certificate-corrected.id = '5'\ncertificate-revoked.id = '6'";
    let sending = Sending::by(&[sender], templates);
    sending.otp(1);
    sending.until("otp", "accepted", 1);

    let request = &provider.seen()[0];
    assert!(request.line.starts_with("POST /v1/send?from=OCOWIN&valid=1"), "{}", request.line);
    assert_eq!(request.header("authorization"), "Bearer api key");
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body, json!({ "text": "Your OTP is 1", "pe": "1101", "dlt": "1107" }));
    let signed = format!("{}.{}", request.header("x-time"), request.body);
    assert_eq!(request.header("x-sign"), hmac(b"key", signed.as_bytes()));
}

fn hmac(key: &[u8], text: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn connections_are_kept_and_replaced_when_the_provider_closes_them() {
    let provider =
        HttpProvider::start(|before| if before == 2 { Reaction::HangUp } else { ACCEPT });
    let sending = Sending::by(&[http("a", provider.address())], "");
    for number in 1..=4 {
        sending.otp(number);
        sending.until("otp", "accepted", number);
    }
    assert_eq!((provider.connections(), provider.seen().len()), (2, 5), "one was tried twice");
}

#[test]
fn a_provider_is_spoken_to_by_tls_and_only_with_a_certificate_that_is_trusted() {
    let (provider, certificate) = HttpProvider::tls();
    let trusted = secret(&certificate);
    let at = format!("https://localhost:{}", provider.address().port());
    let plain =
        http("a", provider.address()).replace(&format!("http://{}", provider.address()), &at);
    let trusting = format!("{plain}\nca-file = '{}'", trusted.path().display());
    let sending = Sending::by(&[plain.replace(r#""a""#, r#""b""#), trusting], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    assert_eq!(sending.attempts("b", "disconnected"), 1);
    assert_eq!((sending.attempts("a", "accepted"), provider.seen().len()), (1, 1));
}

#[test]
fn a_dead_first_provider_costs_a_password_one_time_limit_and_the_later_ones_nothing() {
    let dead = HttpProvider::start(|_| Reaction::Silence);
    let alive = HttpProvider::start(|_| ACCEPT);
    let sending = Sending::by(&[http("dead", dead.address()), http("alive", alive.address())], "");
    let mut took = Vec::new();
    for number in 1..=5 {
        let started = Instant::now();
        sending.otp(number);
        sending.until("otp", "accepted", number);
        took.push(started.elapsed());
    }
    // The time limit is 400 ms.
    assert!(took[..3].iter().all(|took| took.as_millis() < 700), "{took:?}");
    assert!(took[3..].iter().all(|took| took.as_millis() < 300), "{took:?}");
    assert_eq!((dead.seen().len(), alive.seen().len()), (3, 5));
}

#[test]
fn whatever_is_wrong_with_a_provider_the_next_one_gets_the_message() {
    for (reaction, label) in [
        (Reaction::Status(503, ""), "broken"),
        (Reaction::Status(429, ""), "throttled"),
        (Reaction::Status(408, ""), "timeout"),
        (Reaction::Status(400, ""), "rejected"),
        (Reaction::HangUp, "disconnected"),
        (Reaction::Garbage, "garbled"),
    ] {
        let (wrong, right) =
            (HttpProvider::start(move |_| reaction.clone()), HttpProvider::start(|_| ACCEPT));
        let sending = Sending::by(&[http("a", wrong.address()), http("b", right.address())], "");
        sending.otp(1);
        sending.until("otp", "accepted", 1);
        assert_eq!((sending.attempts("a", label), right.seen().len()), (1, 1), "{label}");
    }
    let right = HttpProvider::start(|_| ACCEPT);
    let sending = Sending::by(&[http("a", nobody()), http("b", right.address())], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    assert_eq!(sending.attempts("a", "disconnected"), 1);
}

#[test]
fn a_message_is_the_same_at_every_attempt_and_is_accepted_once() {
    let provider = HttpProvider::start(|before| match before {
        0 | 1 => Reaction::Status(503, ""),
        _ => ACCEPT,
    });
    let sending = Sending::by(&[http("a", provider.address())], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    let bodies: Vec<_> = provider.seen().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[test]
fn what_every_provider_rejects_is_given_up() {
    let provider = HttpProvider::start(|_| Reaction::Status(200, r#"{"status":"no such id"}"#));
    let rule = r#"accepted = { pointer = "/status", equals = "ok" }"#;
    let sending = Sending::by(&[format!("{}\n{rule}", http("a", provider.address()))], "");
    sending.otp(1);
    sending.until("otp", "rejected", 1);
    assert_eq!(provider.seen().len(), 1);
}

#[test]
fn a_password_that_would_come_too_late_is_not_sent() {
    let provider = HttpProvider::start(|_| Reaction::Status(503, ""));
    let sending = Sending::by(&[http("a", provider.address())], "");
    sending.otp(1);
    eventually("a first attempt", || (provider.seen().len() == 1).then_some(()));
    sending.clock.advance(jiff::SignedDuration::from_secs(180));
    sending.until("otp", "expired", 1);
    assert_eq!((provider.seen().len(), sending.outcome("otp", "accepted")), (1, 0));
}

#[test]
fn a_password_overtakes_a_backlog_of_notices_though_the_provider_is_slow() {
    let provider = HttpProvider::start(|_| {
        std::thread::sleep(Duration::from_millis(50));
        ACCEPT
    });
    let sending = Sending::by(&[http("a", provider.address())], "at-once = 4");
    for number in 100..150 {
        sending.send(MessageKind::BookingConfirmed, number).unwrap();
    }
    eventually("notices under way", || (provider.seen().len() >= 3).then_some(()));
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    let seen = provider.seen();
    let place = seen.iter().position(|request| request.body.contains("OTP is 1\"")).unwrap();
    assert!(place <= 9, "place {place}");
    assert!(sending.outcome("booking-confirmed", "accepted") < 20);
}

#[test]
fn a_full_queue_refuses_notices_first_and_says_so_of_passwords() {
    let silent = HttpProvider::start(|_| Reaction::Silence);
    let silent_sender = http("a", silent.address()).replace("= 400", "= 60000");
    let mut sending = Sending::by(&[silent_sender], "capacity = 2\nat-once = 2");
    let notice = |number| sending.send(MessageKind::AppointmentMoved, number);
    // One notice may be under way, and then one password; from there on they wait.
    notice(1).unwrap();
    sending.otp(2);
    eventually("two under way", || (silent.seen().len() == 2).then_some(()));
    notice(3).unwrap();
    notice(4).unwrap();
    assert_eq!(notice(5), Err(Refused));
    sending.otp(6);
    sending.otp(7);
    assert_eq!(sending.send(MessageKind::Otp, 8), Err(Refused));
    assert_eq!(sending.outcome("appointment-moved", "refused"), 1);
    assert_eq!(sending.outcome("appointment-moved", "displaced"), 2);
    assert_eq!(sending.outcome("otp", "refused"), 1);
    assert!(sending.close() < Duration::from_secs(7), "a provider's silence keeps nobody");
    assert_eq!(sending.outcome("otp", "dropped"), 2);
}

#[test]
fn on_closing_what_is_due_is_sent() {
    let provider = HttpProvider::start(|_| {
        std::thread::sleep(Duration::from_millis(20));
        ACCEPT
    });
    let mut sending = Sending::by(&[http("a", provider.address())], "at-once = 2");
    (1..=20).for_each(|number| sending.otp(number));
    sending.close();
    assert_eq!((provider.seen().len(), sending.outcome("otp", "accepted")), (20, 20));
}

#[test]
fn receipts_that_come_by_http_are_counted_once() {
    let provider = HttpProvider::start(|_| ACCEPT);
    let file = secret("told you");
    let more = format!("id-pointer = '/id'\nreceipt-secret-file = '{}'", file.path().display());
    let sending = Sending::by(&[format!("{}\n{more}", http("a", provider.address()))], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    let receipts = sending.delivery().receipts().unwrap();
    let place = receipts.provider("told you").unwrap();
    for id in ["h0", "h0", "made up"] {
        receipts.take(place, id, Status::Delivered);
    }
    sending.until("otp", "delivered", 1);
    assert_eq!(sending.count(r#"sender_receipts_total{sender="a",outcome="delivered"}"#), 3);
    assert_eq!(sending.count(r#"message_seconds_count{kind="otp",until="delivered"}"#), 1);
}

#[test]
fn a_message_centre_gets_messages_with_their_ids_and_tells_of_them() {
    let smsc = Smsc::start(|_| Reaction::Accept { receipts: 3 });
    let templates = "entity-id = '1101'\n[templates]\notp.id = '1107'\nstatus-otp.id = '7'\nbooking-confirmed.id = '2'\n\
                     appointment-moved.id = '3'\nappointment-cancelled.id = '4'\n\
                     certificate-corrected.id = '5'\ncertificate-revoked.id = '6'";
    let mut sending = Sending::by(&[smpp("s", smsc.address())], templates);
    (1..=20).for_each(|number| sending.otp(number));
    sending.until("otp", "delivered", 20);
    eventually("all receipts answered", || (smsc.noted().receipts_answered == 60).then_some(()));
    let noted = smsc.noted();
    assert_eq!(noted.binds, [("cowin".to_owned(), "pass123".to_owned())]);
    let first = |submit: &&SubmitSm| submit.destination_addr.as_str() == "919000000001";
    let submit = noted.submitted.iter().find(first).unwrap();
    assert_eq!(submit.source_addr.as_str(), "OCOWIN");
    assert_eq!(submit.short_message().to_str(), Ok("Your OTP is 1"));
    let ids: Vec<_> = submit.tlvs().iter().map(|tlv| (tlv.tag(), tlv.value())).collect();
    for ((tag, value), (wanted, id)) in ids.into_iter().zip([(0x1400, "1101"), (0x1401, "1107")]) {
        assert_eq!(tag, TlvTag::Other(wanted));
        assert!(matches!(value, Some(TlvValue::Other { value, .. }) if value.to_str() == Ok(id)));
    }
    sending.close();
    eventually("a goodbye", || (smsc.noted().unbinds == 1).then_some(()));
}

#[test]
fn a_message_centre_that_hangs_up_is_bound_to_again() {
    let smsc = Smsc::refusing(1, |before| if before == 0 { Reaction::HangUp } else { ACCEPT });
    let sending = Sending::by(&[smpp("s", smsc.address())], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    assert_eq!(smsc.noted().binds.len(), 3, "refused, lost, kept");
    assert_eq!(sending.attempts("s", "disconnected"), 1);
}

#[test]
fn a_message_centre_that_falls_silent_is_left_and_its_messages_go_elsewhere() {
    let smsc = Smsc::start(|_| Reaction::Silence);
    let other = HttpProvider::start(|_| ACCEPT);
    let sending = Sending::by(&[smpp("s", smsc.address()), http("b", other.address())], "");
    eventually("bound", || (smsc.noted().binds.len() == 1).then_some(()));
    std::thread::sleep(Duration::from_millis(50));
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    assert_eq!((smsc.noted().submitted.len(), other.seen().len()), (1, 1));
    eventually("a new connection", || (smsc.noted().binds.len() == 2).then_some(()));
}

#[test]
fn a_command_that_cannot_be_read_costs_no_message() {
    let smsc = Smsc::start(|_| Reaction::Garbage);
    let sending = Sending::by(&[smpp("s", smsc.address())], "");
    (1..=3).for_each(|number| sending.otp(number));
    sending.until("otp", "accepted", 3);
    eventually("it is told so", || (smsc.noted().nacks == 3).then_some(()));
    assert_eq!(smsc.noted().binds.len(), 1);
}

#[test]
fn a_throttled_message_centre_gets_the_message_again_and_a_refusal_is_final() {
    let smsc = Smsc::start(|before| match before {
        0 => Reaction::Status(0x58, ""),
        1 => ACCEPT,
        _ => Reaction::Status(0x0b, ""),
    });
    let sending = Sending::by(&[smpp("s", smsc.address())], "");
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    sending.otp(2);
    sending.until("otp", "rejected", 1);
    assert_eq!((sending.attempts("s", "throttled"), smsc.noted().submitted.len()), (1, 3));
}

#[test]
fn a_silent_connection_is_kept_alive() {
    let smsc = Smsc::start(|_| ACCEPT);
    let sending = Sending::by(&[smpp("s", smsc.address())], "");
    eventually("questions", || (smsc.noted().enquiries >= 3).then_some(()));
    sending.otp(1);
    sending.until("otp", "accepted", 1);
    assert_eq!(smsc.noted().binds.len(), 1);
}

/// What is logged anywhere in this process from here on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn neither_number_nor_text_is_ever_logged() {
    let log = Log::default();
    let writer = log.clone();
    let filter = tracing_subscriber::EnvFilter::new(
        "off,opencowin::delivery=trace,rusmpp=trace,hyper=trace",
    );
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let (broken, smsc) = (
        HttpProvider::start(|_| Reaction::Garbage),
        Smsc::start(|before| if before == 0 { Reaction::HangUp } else { Reaction::Garbage }),
    );
    let sending =
        Sending::by(&[http("quiet-a", broken.address()), smpp("quiet-s", smsc.address())], "");
    (77_000_001..77_000_006).for_each(|number| sending.otp(number));
    sending.until("otp", "accepted", 5);
    drop(sending);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("quiet-a") && log.contains("quiet-s"), "what happened is logged: {log}");
    assert!(!log.contains("7700000") && !log.contains("Your OTP"), "{log}");
}

/// Documentation that does not start a server helps nobody.
#[test]
fn the_documented_settings_are_settings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/messages.md")).unwrap();
    let (_, example) = page.split_once("```toml\n").unwrap();
    let deployed = std::fs::read_to_string(root.join("deploy/opencowin.toml")).unwrap();
    let (_, deployed) = deployed.split_once("# [messages]\n").unwrap();
    let deployed = format!("[messages]\n{}", deployed.replace("# ", "").replace("#\n", "\n"));
    for text in [example.split_once("```").unwrap().0, &deployed] {
        let settings: Settings = toml::from_str(text).unwrap();
        let mut messages = settings.messages.unwrap();
        messages.check(Mode::Production).unwrap();
        let file = secret("secret");
        for sender in &mut messages.senders {
            with_secrets(sender, file.path());
        }
        let clock = Arc::new(Clock::system(0));
        assert!(Delivery::start(&messages, Counts::default(), clock).is_ok());
    }
}

/// The same with files that are there.
fn with_secrets(sender: &mut SenderSettings, file: &Path) {
    match sender {
        SenderSettings::Smpp(smpp) => smpp.password_file = file.to_owned(),
        SenderSettings::Http(http) => {
            for path in [&mut http.secret_file, &mut http.receipt_secret_file].into_iter().flatten()
            {
                *path = file.to_owned();
            }
            http.signature.iter_mut().for_each(|s| s.secret_file = file.to_owned());
        }
    }
}

#[test]
fn a_person_proves_a_number_at_a_production_server() {
    let provider = HttpProvider::start(|_| ACCEPT);
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    // The keys are made by a first start in sandbox mode.
    TestServer::open(settings(&data)).unwrap().close();
    let text = format!("[[senders]]\n{}", http("a", provider.address()));
    let production = in_production(Settings {
        messages: Some(toml::from_str(&text).unwrap()),
        operator_key: Some(hashed(SANDBOX_KEY)),
        ..settings(&data)
    });
    let server = TestServer::open(production).unwrap();
    let transaction = server.ask(Door::Public, "9876543210");
    let request = eventually("a message", || provider.seen().into_iter().next());
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["to"], "919876543210");
    let text = body["text"].as_str().unwrap();
    let password: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let answer = server.confirm(Door::Public, &transaction, &hashed(&password));
    answer.refused(400, "USRAUT0024");
    let metrics = server.get("/metrics").key().send().text();
    assert!(metrics.contains(r#"opencowin_messages_total{kind="otp",outcome="accepted"} 1"#));
    assert!(metrics.contains("opencowin_messages_waiting_otps 0"));
}
