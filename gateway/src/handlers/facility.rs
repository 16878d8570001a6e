//! At which facility staff does something, where it need not be said.

use crate::admit::Visitor;
use crate::http::body::Field;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::{Query, whole};
use opencowin_model::CentreId;

/// The facility that a body names, or the only one at which the visitor can be.
///
/// # Errors
/// USRRES0001 if it has to be named, USRRES0002 if that is no number, USRRES0011 if it is not theirs.
pub(super) fn of_body(visitor: &Visitor, field: &Field) -> Result<CentreId, Problem> {
    one(visitor, field.as_ref().map(|field| field.text().unwrap_or_default()).as_deref())
}

/// The same of a query.
///
/// # Errors
/// As [`of_body`].
pub(super) fn of_query(visitor: &Visitor, query: &Query<'_>) -> Result<CentreId, Problem> {
    one(visitor, query.get("center_id"))
}

fn one(visitor: &Visitor, named: Option<&str>) -> Result<CentreId, Problem> {
    match (named, visitor.facilities()) {
        (None, [only]) => Ok(*only),
        (None, _) => Err(Problem::missing()),
        (Some(named), own) => {
            let id = whole(named).and_then(|id| u32::try_from(id).ok()).map(CentreId);
            let id = id.ok_or_else(|| Problem::invalid("center_id"))?;
            if own.contains(&id) { Ok(id) } else { Err(error::NOT_YOURS.into()) }
        }
    }
}
