//! Applying, and the mark "approved".

use super::{named, shown};
use crate::access::partner::Partner;
use crate::access::partner::application::Form;
use crate::app::App;
use crate::http::body;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use serde_json::json;
use uuid::Uuid;

/// Takes an application. What happens next depends on whether its administrator proves the number that it names.
///
/// # Errors
/// USRRES0001 or 0002 with the field that is missing or wrong; USRRES0004 in a sandbox whose partners are production's.
pub async fn apply(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    if !app.admission().has_partners() {
        return Err(error::ROUTE_UNKNOWN.into());
    }
    let form: Form = body::parse(body)?;
    let (now, id) = (app.clock().now(), Uuid::new_v4());
    let application = form.application(app.pack())?;
    let declaration = form.declaration(now)?;
    let administrator = form.administrator(app.pack())?;
    let account = app.account_of(administrator.mobile);
    let partner = Partner::new(id, application, declaration, (&administrator, account), now);
    app.admission().registry().create(&partner).await?;
    let standing = partner.standing(now);
    Ok(reply::personal(&json!({ "partner_id": id, "standing": standing })))
}

/// Whether a partner is approved, with a signed mark and the key that verifies it.
///
/// # Errors
/// USRRES0012 if nobody has this id.
pub fn approval(app: &App, segment: Option<&str>) -> Result<Reply, Problem> {
    let partner = named(app.admission().partners(), segment)?;
    Ok(reply::json_of(&shown::approval(app, &partner)))
}
