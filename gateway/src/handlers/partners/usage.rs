//! What the keys of a partner were used for, by day.

use super::keys;
use crate::access::partner::Partner;
use crate::app::App;
use crate::handlers::fields;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use opencowin_admission::Api;
use opencowin_ledger::records::Usage;
use opencowin_model::{Date, date};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest time that can be asked for, in days.
const LONGEST: i32 = 92;

/// Calls that were let in and refused, by day, key and API, summed over gateways; up to the last second or so.
///
/// # Errors
/// USRRES0002 for dates that are none, are the wrong way round or lie too far apart.
pub(super) async fn usage(
    app: &App,
    partner: &Partner,
    query: &Query<'_>,
) -> Result<Reply, Problem> {
    let (from, to) = fields::days(app, query, LONGEST)?;
    let own: Vec<Uuid> = keys::of(app, partner).iter().map(|key| key.id).collect();
    let mut sums: BTreeMap<(Date, Uuid, u8), (u64, u64)> = BTreeMap::new();
    let each = |day, key, _, usage: &Usage| {
        for one in usage.uses.iter().filter(|_| own.contains(&key)) {
            let sum = sums.entry((day, key, one.api)).or_default();
            *sum = (sum.0 + one.admitted, sum.1 + one.refused);
        }
    };
    app.ledger().read().usage(from, to, each).await.map_err(|_| error::TRY_AGAIN)?;
    let rows = sums.into_iter().filter_map(|((day, key, api), (admitted, refused))| {
        let api = Api::ALL.get(usize::from(api))?;
        let day = date::to_wire_string(day);
        Some(json!({ "date": day, "key_id": key, "api": api, "admitted": admitted, "refused": refused }))
    });
    let rows: Vec<_> = rows.collect();
    let (from, to) = (date::to_wire_string(from), date::to_wire_string(to));
    Ok(reply::personal(&json!({ "from": from, "to": to, "usage": rows })))
}
