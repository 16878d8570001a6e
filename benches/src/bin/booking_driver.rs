//! Books through HTTP as fast as a number of connections can, each one appointment at a time.
//!
//! First it registers as many people as it may book (not timed): a password from the sandbox's outbox, a token, four
//! people for each number. Then every connection takes the next person and a session of the list, and books, until the
//! time is over or nobody is left. The last line is JSON.

use clap::Parser;
use opencowin_benches::client::Client;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Books through HTTP against a sandbox.
#[derive(Parser)]
struct Options {
    /// Address of the server.
    #[arg(long)]
    target: SocketAddr,
    /// Connections that book.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds to book for.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// People to register.
    #[arg(long, default_value_t = 100_000)]
    people: usize,
    /// File of sessions, a line each: the id, a blank, the slot.
    #[arg(long)]
    sessions: PathBuf,
    /// The first mobile number.
    #[arg(long, default_value_t = 7_000_000_000)]
    first_mobile: u64,
}

/// A token and somebody registered under its number.
struct Person {
    token: Rc<str>,
    reference: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let sessions = std::fs::read_to_string(&options.sessions)?;
    let sessions: Vec<(String, String)> = sessions
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(id, slot)| (id.to_owned(), slot.to_owned()))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, drive(options, sessions))
}

async fn drive(options: Options, sessions: Vec<(String, String)>) -> Result<(), Box<dyn Error>> {
    let people = Rc::new(register(&options).await?);
    eprintln!("{} people are registered", people.len());
    let sessions = Rc::new(sessions);
    let next = Rc::new(Cell::new(0));
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let started = Instant::now();
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        let (people, sessions, next) = (people.clone(), sessions.clone(), next.clone());
        let client = Client::connect(options.target).await?;
        connections.push(tokio::task::spawn_local(book(client, people, sessions, next, until)));
    }
    let (mut took, mut refused) = (Vec::new(), 0);
    for connection in connections {
        let (mut times, refusals) = connection.await??;
        took.append(&mut times);
        refused += refusals;
    }
    report(&mut took, refused, started.elapsed());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are what this program is for")]
fn report(took: &mut [Duration], refused: usize, elapsed: Duration) {
    took.sort_unstable();
    let at = |share: f64| {
        took.get((took.len() as f64 * share) as usize).map_or(0.0, |d| d.as_secs_f64() * 1e3)
    };
    println!(
        "{{\"bookings\":{},\"refused\":{refused},\"seconds\":{:.3},\"rate\":{:.0},\"p50_ms\":{:.2},\"p99_ms\":{:.2}}}",
        took.len(),
        elapsed.as_secs_f64(),
        took.len() as f64 / elapsed.as_secs_f64(),
        at(0.5),
        at(0.99),
    );
}

async fn book(
    mut client: Client,
    people: Rc<Vec<Person>>,
    sessions: Rc<Vec<(String, String)>>,
    next: Rc<Cell<usize>>,
    until: Instant,
) -> std::io::Result<(Vec<Duration>, usize)> {
    let (mut took, mut refused) = (Vec::new(), 0);
    while Instant::now() < until {
        let at = next.get();
        let Some(person) = people.get(at) else { break };
        next.set(at + 1);
        // A fixed stride that shares no factor with any list length in use spreads people over sessions evenly.
        let (session, slot) = &sessions[at.wrapping_mul(7919) % sessions.len()];
        let body = format!(
            r#"{{"dose":1,"session_id":"{session}","slot":"{slot}","beneficiaries":["{}"]}}"#,
            person.reference
        );
        let sent = Instant::now();
        let answer = client.post("/api/v2/appointment/schedule", &person.token, &body).await?;
        match answer.status {
            200 => took.push(sent.elapsed()),
            _ => refused += 1,
        }
    }
    Ok((took, refused))
}

async fn register(options: &Options) -> Result<Vec<Person>, Box<dyn Error>> {
    const AT_ONCE: usize = 64;
    let accounts = options.people.div_ceil(4);
    let next = Rc::new(Cell::new(0));
    let mut workers = Vec::new();
    for _ in 0..AT_ONCE {
        let (next, target, first) = (next.clone(), options.target, options.first_mobile);
        workers.push(tokio::task::spawn_local(async move {
            let mut client = Client::connect(target).await?;
            let mut people = Vec::new();
            while next.get() < accounts {
                let mobile = first + next.get() as u64;
                next.set(next.get() + 1);
                people.append(&mut enrol(&mut client, mobile).await?);
            }
            Ok::<_, std::io::Error>(people)
        }));
    }
    let mut people = Vec::new();
    for worker in workers {
        people.append(&mut worker.await??);
    }
    Ok(people)
}

async fn enrol(client: &mut Client, mobile: u64) -> std::io::Result<Vec<Person>> {
    let token: Rc<str> = log_in(client, mobile).await?.into();
    let mut people = Vec::new();
    for number in 0..4 {
        let body = format!(
            r#"{{"name":"Person {mobile}","birth_year":"1970","gender_id":1,"photo_id_type":8,"photo_id_number":"P{mobile}{number}","consent_version":"1"}}"#
        );
        let answer = client.post("/api/v2/registration/beneficiary/new", &token, &body).await?;
        let digits: String =
            String::from_utf8_lossy(answer.body).chars().filter(char::is_ascii_digit).collect();
        people.push(Person { token: token.clone(), reference: digits });
    }
    Ok(people)
}

async fn log_in(client: &mut Client, mobile: u64) -> std::io::Result<String> {
    let unexpected = || std::io::Error::other("the server does not speak the contract");
    let ask = format!(r#"{{"mobile":"{mobile}"}}"#);
    let answer = client.post("/api/v2/auth/generateMobileOTP", "", &ask).await?;
    let transaction = answer.text("txnId").ok_or_else(unexpected)?.to_owned();
    let answer = client.get(&format!("/sandbox/outbox?mobile={mobile}")).await?;
    let text = answer.text("text").ok_or_else(unexpected)?;
    let mut digits = text.split(|c: char| !c.is_ascii_digit());
    let password = digits.rfind(|d| d.len() == 6).ok_or_else(unexpected)?;
    let digest: String = Sha256::digest(password).iter().map(|b| format!("{b:02x}")).collect();
    let confirm = format!(r#"{{"otp":"{digest}","txnId":"{transaction}"}}"#);
    let answer = client.post("/api/v2/auth/validateMobileOtp", "", &confirm).await?;
    Ok(answer.text("token").ok_or_else(unexpected)?.to_owned())
}
