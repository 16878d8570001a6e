//! Facilities as the wire shows them: to whoever applied, to their managers and to their district.

use crate::app::App;
use crate::facility::life::Entry;
use crate::facility::{Facility, Offer, Site, Standing};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Some facilities, and where the next page begins, if there is one.
pub(super) fn list(app: &App, facilities: &[Arc<Facility>], next: Option<Uuid>) -> Value {
    let items: Vec<_> = facilities.iter().map(|item| facility(app, item)).collect();
    json!({ "facilities": items, "next": next })
}

/// A facility, with its contact.
pub(super) fn facility(app: &App, facility: &Facility) -> Value {
    let contact = facility.contact.as_ref();
    let fate = match &facility.standing {
        Standing::Suspended { sessions, .. } => Some(sessions),
        _ => None,
    };
    json!({
        "facility_id": facility.id,
        "center_id": facility.centre,
        "site": site(app, &facility.site),
        "wish": facility.wish.as_ref().map(|wish| site(app, wish)),
        "ownership": facility.ownership,
        "licence": facility.licence,
        "contact_name": contact.map(|contact| &contact.name),
        "contact_mobile": contact.map(|contact| contact.mobile.to_string()),
        "opens": facility.hours.from.to_string(),
        "closes": facility.hours.to.to_string(),
        "minimum_age": facility.minimum_age,
        "vaccines": facility.offers.iter().map(|o| offer(app, *o)).collect::<Vec<_>>(),
        "cold_chain": facility.cold_chain,
        "standing": facility.standing.name(),
        "reason": facility.standing.reason(),
        "sessions": fate,
        "history": facility.history.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn site(app: &App, site: &Site) -> Value {
    let district = app.pack().district(site.district);
    json!({
        "name": site.name,
        "address": site.address,
        "block_name": site.block,
        "district_id": site.district,
        "district_name": district.map(|district| &district.name.default),
        "pincode": site.pincode.to_string(),
        "lat": site.position.lat(),
        "long": site.position.long(),
    })
}

fn offer(app: &App, offer: Offer) -> Value {
    let vaccine = app.pack().vaccine(offer.vaccine);
    json!({ "vaccine": vaccine.map(|vaccine| &vaccine.name), "price": offer.price })
}

fn entry(entry: &Entry) -> Value {
    json!({ "at": entry.at, "by": entry.by, "step": entry.step, "reason": entry.reason })
}
