//! The day on which staff works: in a sandbox it begins when somebody needs it.

use super::desk::{Desk, Said};
use crate::contract::Moment;
use crate::measure::Operation;
use crate::wire::{Call, Want};
use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use opencowin_model::Date;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The target's clock cannot be read or moved.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the target's clock cannot be read and moved, which only a sandbox lets anybody do: {0}")]
pub struct Closed(String);

/// The hours within which a run may begin: all facilities are open, and none closes soon (the earliest does at two).
const OPEN: std::ops::Range<i8> = 9..12;

/// How long the machines that do not lead wait for it to be morning, and how often they look.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The day that it is in a sandbox, whose clock an earlier run may have moved.
///
/// # Errors
/// If the target does not let its clock be read.
pub async fn today_there(desk: &Desk, zone: &TimeZone) -> Result<Date, Closed> {
    Ok(advance(desk, 0).await?.to_zoned(zone.clone()).date())
}

/// Moves the sandbox's clock on to the next morning, unless it is morning there; says which day it is then. Of several
/// machines one does it (`leads`), and the others wait for it.
///
/// # Errors
/// If the target does not let itself be moved.
pub async fn begin_workday(desk: &Desk, zone: &TimeZone, leads: bool) -> Result<Date, Closed> {
    let until = Instant::now() + PATIENCE;
    let mut now = advance(desk, 0).await?.to_zoned(zone.clone()).datetime();
    while !leads && !OPEN.contains(&now.hour()) && Instant::now() < until {
        desk.pacer.sleep_until(Instant::now() + LOOK_EVERY).await;
        now = advance(desk, 0).await?.to_zoned(zone.clone()).datetime();
    }
    if OPEN.contains(&now.hour()) {
        return Ok(now.date());
    }
    let morning = next_morning(now);
    advance(desk, now.duration_until(morning).as_secs() + 1).await?;
    Ok(morning.date())
}

/// When it is next that the facilities open.
fn next_morning(now: DateTime) -> DateTime {
    let opens = now.date().at(OPEN.start, 0, 0, 0);
    if now < opens { opens } else { opens.saturating_add(1.day()) }
}

async fn advance(desk: &Desk, by_seconds: i64) -> Result<jiff::Timestamp, Closed> {
    let body = format!(r#"{{"advance_s":{by_seconds}}}"#);
    let from = desk.errand_address();
    let call = Call::post(Operation::Prepare, "/sandbox/clock", from, body.as_bytes());
    let said = desk.ask(0, Instant::now(), &call, Want::Body, &[], |answer| {
        serde_json::from_slice::<Moment>(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(moment) => Ok(moment.now),
        Said::Refused { status, code, .. } => Err(Closed(format!("status {status}, code {code}"))),
        Said::Failed(failure) => Err(Closed(failure.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use jiff::civil::date;

    #[test]
    fn a_workday_begins_at_the_next_opening_be_it_of_the_same_day() {
        let day = date(2021, 9, 17);
        let opens = day.at(9, 0, 0, 0);
        assert_eq!(next_morning(day.at(3, 30, 0, 0)), opens);
        let tomorrow = opens.saturating_add(1.day());
        assert_eq!(next_morning(day.at(12, 0, 0, 0)), tomorrow);
        assert_eq!(day.at(12, 0, 0, 0).duration_until(tomorrow), SignedDuration::from_hours(21));
    }
}
