//! A sandbox server for booking runs: no generated programme, but as many sessions as asked for, all alike and with many
//! seats, so that both sides of a comparison sell the same stock. Writes the sessions to a file, a line each: the id, a
//! blank, the slot. Runs until it is asked to stop.

use clap::Parser;
use jiff::SignedDuration;
use opencowin::config::{Config, Settings};
use opencowin_model::{
    AgeBand, Capacity, Centre, CentreId, Clock, Date, FeeType, Hours, Pack, Seats, Session,
    SessionId, SessionState, TimeOfDay, VaccineId,
};
use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

/// Serves sessions with many seats.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    settings: Settings,
    /// How many sessions.
    #[arg(long, default_value_t = 10_000)]
    sessions: u32,
    /// Online seats for the first dose in each.
    #[arg(long, default_value_t = 1_000)]
    seats: u16,
    /// File to write the sessions to.
    #[arg(long)]
    list: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    opencowin::logging::start();
    let options = Options::parse();
    let settings = Settings { scale: Some(0.0), ..options.settings };
    let running = opencowin::startup::start(Config::new(settings)?)?;
    let pack = Pack::india()?;
    let slot = hours(9, 11);
    let sessions: Vec<_> =
        (0..options.sessions).map(|n| session(n, options.seats, slot, &pack)).collect();
    let mut list = String::new();
    for session in &sessions {
        writeln!(list, "{} {}", session.id, slot.slot_label())?;
    }
    running.publish(vec![centre(&pack)], sessions)?;
    std::fs::write(options.list, list)?;
    opencowin::shutdown::wait_for_signal()?;
    running.close();
    Ok(())
}

fn centre(pack: &Pack) -> Centre {
    let area = &pack.postal_areas()[0];
    Centre {
        id: CentreId(100_000),
        name: "Fairground".to_owned(),
        address: "Gate 1".to_owned(),
        block: "Not Applicable".to_owned(),
        district: area.district,
        pincode: area.pincode,
        position: area.position,
        hours: hours(9, 17),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    }
}

fn session(number: u32, seats: u16, slot: Hours, pack: &Pack) -> Session {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    Session {
        id: SessionId::from_random(id),
        centre: CentreId(100_000),
        date: tomorrow(pack),
        hours: hours(9, 17),
        vaccine: VaccineId(0),
        age: AgeBand { min: 18, max: None },
        fee: 0,
        slots: vec![slot],
        capacity: Capacity::new(Seats([seats, 0, 0]), Seats::default(), Seats::default()),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    }
}

fn tomorrow(pack: &Pack) -> Date {
    let clock = Clock::system(0);
    clock.advance(SignedDuration::from_hours(24));
    clock.now().civil(pack.zone()).date()
}

fn hours(from: u16, to: u16) -> Hours {
    let at = |hour| TimeOfDay::new(hour, 0);
    at(from)
        .zip(at(to))
        .and_then(|(from, to)| Hours::new(from, to))
        .expect("invariant: constants in order")
}
