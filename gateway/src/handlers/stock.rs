//! The stock of a facility: what came, what was lost, what went on to another facility, and what is there (R4).

use super::errand::Errand;
use super::{facility, fields};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::purpose;
use http::request::Parts;
use jiff::ToSpan;
use opencowin_ledger::audit::Who;
use opencowin_ledger::commands::{Command, Outcome, Parcel, Receive, Transfer, Waste};
use opencowin_ledger::records::{Moved, Movement, Stock};
use opencowin_model::{
    Batch, CentreId, Date, Doses, Pack, Timestamp, VaccineId, WasteReason, date,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How far ahead the last day of a batch is believed to lie, in years. No vaccine keeps so long.
const KEEPS: i16 = 10;

/// The longest time whose movements can be asked for, in days.
const LONGEST: i32 = 92;

#[derive(Default, Deserialize)]
#[serde(default)]
struct StockBody {
    center_id: Field,
    vaccine: Field,
    batch: Field,
    doses: Field,
    expiry: Field,
    reason: Field,
    to_center_id: Field,
}

/// Takes doses into the facility's stock.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn receive(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "receive", purpose::STOCK, &body)?;
    let body: StockBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let parcel = parcel(app.pack(), &body, errand.by())?;
    let expiry = expiry(app, &body.expiry)?;
    moved(app, &errand, Command::Receive(Receive { centre, parcel, expiry })).await
}

/// Takes doses out of the facility's stock that were lost.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn waste(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "waste", purpose::STOCK, &body)?;
    let body: StockBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let parcel = parcel(app.pack(), &body, errand.by())?;
    let reason = fields::word(&body.reason, "reason", WasteReason::from_word)?;
    moved(app, &errand, Command::Waste(Waste { centre, parcel, reason })).await
}

/// Sends doses of the facility to another one, which has them from then on.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn transfer(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "transfer", purpose::STOCK, &body)?;
    let body: StockBody = body::parse(body)?;
    let from = facility::of_body(visitor, &body.center_id)?;
    let parcel = parcel(app.pack(), &body, errand.by())?;
    let to = CentreId(fields::small(&body.to_center_id, "to_center_id")?);
    app.inventory().centre(to).ok_or_else(|| Problem::invalid("to_center_id"))?;
    moved(app, &errand, Command::Transfer(Transfer { from, to, parcel })).await
}

async fn moved(app: &App, errand: &Errand<'_>, command: Command) -> Result<Reply, Problem> {
    match errand.run(command).await.map_err(|failure| app.problem_of(failure))? {
        Outcome::StockMoved { movement, left } => {
            Ok(reply::personal(&json!({ "movement_id": movement, "left": left })))
        }
        _ => Err(error::TRY_AGAIN.into()),
    }
}

fn parcel(pack: &Pack, body: &StockBody, by: Who) -> Result<Parcel, Problem> {
    let vaccine = fields::vaccine(&body.vaccine, pack)?;
    let batch = fields::batch(&body.batch, "batch")?;
    let doses = Doses::new(body::whole(&body.doses, "doses")?);
    let doses = doses.ok_or_else(|| Problem::invalid("doses"))?;
    Ok(Parcel { vaccine, batch, doses, by })
}

fn vaccine(pack: &Pack, name: &str) -> Result<VaccineId, Problem> {
    let vaccine = pack.vaccine_named(name.trim());
    vaccine.map(|vaccine| vaccine.id).ok_or_else(|| Problem::invalid("vaccine"))
}

fn batch(text: &str) -> Result<Batch, Problem> {
    Batch::parse(text).ok_or_else(|| Problem::invalid("batch"))
}

fn expiry(app: &App, field: &Field) -> Result<Date, Problem> {
    let last = app.today().saturating_add(KEEPS.years());
    let expiry = fields::day(field, "expiry")?;
    if expiry <= last { Ok(expiry) } else { Err(Problem::invalid("expiry")) }
}

/// What the facility has of each batch that it ever received, and how much of each vaccine was wasted.
///
/// # Errors
/// USRRES0001, 0002 or 0011 for the facility, 503 if the ledger cannot be reached.
pub async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = facility::of_query(visitor, query)?;
    let stock = app.ledger().read().stock(centre).await?;
    let mut sums: BTreeMap<VaccineId, (u32, u32)> = BTreeMap::new();
    for (vaccine, _, stock) in &stock {
        let sum = sums.entry(*vaccine).or_default();
        *sum = (sum.0.saturating_add(stock.used), sum.1.saturating_add(stock.wasted));
    }
    let today = app.today();
    let items = stock.iter().map(|(vaccine, batch, stock)| {
        shown(app.pack(), *vaccine, batch, stock, stock.expiry < today)
    });
    let by_vaccine = sums.into_iter().map(|(vaccine, (used, wasted))| {
        json!({
            "vaccine": name(app.pack(), vaccine), "doses_per_vial": per_vial(app.pack(), vaccine),
            "used": used, "wasted": wasted, "wastage": wastage(used, wasted),
        })
    });
    let (items, by_vaccine): (Vec<_>, Vec<_>) = (items.collect(), by_vaccine.collect());
    Ok(reply::personal(&json!({ "center_id": centre, "stock": items, "wastage": by_vaccine })))
}

/// What came to the facility's stock, and left it but into people: of one batch if one is named.
///
/// # Errors
/// USRRES0001, 0002 or 0011 for the parameters, 503 if the ledger cannot be reached.
pub async fn history(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = facility::of_query(visitor, query)?;
    let (from, to) = fields::days(app, query, LONGEST)?;
    let of_vaccine = query.get("vaccine").map(|name| vaccine(app.pack(), name)).transpose()?;
    let of_batch = query.get("batch").map(batch).transpose()?;
    let begins = |day| Timestamp::of_day(day, app.pack().zone());
    let moments = begins(from)..begins(to.saturating_add(1.day()));
    let mut movements = app.ledger().read().movements(centre, moments).await?;
    movements.retain(|(_, _, movement)| {
        of_vaccine.is_none_or(|vaccine| vaccine == movement.vaccine)
            && of_batch.is_none_or(|batch| batch == movement.batch)
    });
    let items: Vec<_> = movements.iter().map(|movement| moved_as(app.pack(), movement)).collect();
    Ok(reply::personal(&json!({ "center_id": centre, "movements": items })))
}

/// What was counted of a batch everywhere: doses given, and adverse events that followed.
///
/// # Errors
/// USRRES0001 or 0002 for the parameters, 503 if the ledger cannot be reached.
pub async fn signals(app: &App, query: &Query<'_>) -> Result<Reply, Problem> {
    let vaccine = vaccine(app.pack(), query.required("vaccine")?)?;
    let batch = batch(query.required("batch")?)?;
    let signals = app.ledger().read().signals(vaccine, batch).await?;
    let [minor, severe, serious] = signals.reported;
    Ok(reply::json_of(&json!({
        "vaccine": name(app.pack(), vaccine), "batch": batch.as_str(), "given": signals.given,
        "adverse_events": { "minor": minor, "severe": severe, "serious": serious },
    })))
}

fn shown(pack: &Pack, vaccine: VaccineId, batch: &Batch, stock: &Stock, expired: bool) -> Value {
    json!({
        "vaccine": name(pack, vaccine),
        "batch": batch.as_str(),
        "expiry": date::to_wire_string(stock.expiry),
        "expired": expired,
        "received": stock.received,
        "used": stock.used,
        "wasted": stock.wasted,
        "sent": stock.sent,
        "left": stock.left(),
        "wastage": wastage(stock.used, stock.wasted),
    })
}

fn moved_as(pack: &Pack, (at, id, movement): &(Timestamp, Uuid, Movement)) -> Value {
    let Movement { what, doses, vaccine, batch, by } = movement;
    let (what, reason, other) = match what {
        Moved::Received => ("received", None, None),
        Moved::Wasted(reason) => ("wasted", Some(reason.word()), None),
        Moved::SentTo(centre) => ("sent", None, Some(*centre)),
        Moved::CameFrom(centre) => ("came", None, Some(*centre)),
    };
    let by = match by {
        Who::Official(id) | Who::Key(id) => Some(*id),
        Who::System | Who::Account(_) => None,
    };
    json!({
        "movement_id": id, "at": at, "what": what, "reason": reason, "other_center_id": other,
        "vaccine": name(pack, *vaccine), "batch": batch.as_str(), "doses": doses, "by": by,
    })
}

fn name(pack: &Pack, vaccine: VaccineId) -> &str {
    pack.vaccine(vaccine).map_or("", |vaccine| &vaccine.name)
}

fn per_vial(pack: &Pack, vaccine: VaccineId) -> u8 {
    pack.vaccine(vaccine).map_or(1, |vaccine| vaccine.doses_per_vial)
}

/// The part of the doses taken out of vials that nobody was given, to four places (source: WHO, Monitoring vaccine
/// wastage at country level: wastage rate = doses wasted / doses opened).
fn wastage(used: u32, wasted: u32) -> f64 {
    let opened = f64::from(used) + f64::from(wasted);
    if wasted == 0 { 0.0 } else { (f64::from(wasted) / opened * 10_000.0).round() / 10_000.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wastage_is_the_part_of_what_was_opened_that_nobody_was_given() {
        assert_eq!(wastage(0, 0), 0.0);
        assert_eq!(wastage(98, 2), 0.02);
        assert_eq!(wastage(0, 10), 1.0);
        assert_eq!(wastage(2, 1), 0.3333);
        assert_eq!(wastage(u32::MAX, u32::MAX), 0.5);
    }
}
