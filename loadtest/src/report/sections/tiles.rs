//! The figures that count.

use crate::number::{NONE, bytes, count, ms, number, of, seconds, share};
use crate::report::markup::Html;
use crate::result::{Bookings, RunResult};

/// One figure: what it is, its value, and what puts it into proportion.
type Tile = (&'static str, String, String);

pub(super) fn write(html: &mut Html, result: &RunResult) {
    html.element("section", &[("id", &"headlines"), ("aria-label", &"Headlines")], |html| {
        html.element("dl", &[("class", &"tiles")], |html| {
            let bookings = sales(&result.bookings);
            bookings.into_iter().chain(traffic(result)).for_each(|tile| write_tile(html, &tile));
        });
    });
}

fn write_tile(html: &mut Html, (name, value, beside): &Tile) {
    html.element("div", &[], |html| {
        html.leaf("dt", &[], name);
        html.leaf("dd", &[("class", &"value")], value);
        html.leaf("dd", &[("class", &"beside")], beside);
    });
}

fn sales(bookings: &Bookings) -> [Tile; 5] {
    let sessions = of(bookings.sessions, "session", "sessions");
    let none_left = bookings.sold_out_answer_ms;
    let (answer, answer_beside) = if none_left.max > 0.0 {
        (ms(none_left.p99), format!("p99; median {}", ms(none_left.p50)))
    } else {
        (NONE.to_owned(), "nobody was told so".to_owned())
    };
    [
        ("Goodput", format!("{}/s", number(bookings.goodput_per_s)), "confirmed bookings".into()),
        (
            "Confirmed bookings",
            count(bookings.confirmed),
            format!("of {}", of(bookings.attempts, "attempt", "attempts")),
        ),
        (
            "Time to sell-out",
            bookings.time_to_sell_out_s.map_or(NONE.to_owned(), seconds),
            format!("{} of {sessions} sold out", count(bookings.sold_out)),
        ),
        ("“Sold out” answered in", answer, answer_beside),
        (
            "Attempts per booking",
            if bookings.confirmed > 0 {
                number(bookings.attempts_per_booking)
            } else {
                NONE.into()
            },
            "retries included".into(),
        ),
    ]
}

fn traffic(result: &RunResult) -> [Tile; 3] {
    let received = format!("{} in all", bytes(result.bytes_per_s * result.duration_s));
    let lag = result.send_lag_ms;
    [
        ("Errors", share(result.error_share), "of all traffic; refusals are none".into()),
        ("Send lag p99", ms(lag.p99), format!("the generator's own; max {}", ms(lag.max))),
        ("Received", format!("{}/s", bytes(result.bytes_per_s)), received),
    ]
}
