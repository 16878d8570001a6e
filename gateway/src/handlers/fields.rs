//! Fields that several bodies have.

use crate::app::App;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use opencowin_ledger::vault::IdNumber;
use opencowin_model::pack::IdType;
use opencowin_model::{
    Batch, BeneficiaryRef, Date, Dose, IdTypeId, Mobile, Pack, SessionId, VaccineId, date,
};
use uuid::Uuid;

/// The longest name, in characters.
const NAME: usize = 100;

/// What a name cannot begin with: programs that open lists of names would take it for a formula (CWE-1236).
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// The longest reason, in characters.
const REASON: usize = 500;

/// Somebody's name.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn name(field: &Field) -> Result<String, Problem> {
    named(field, "name")
}

/// The same in a field of another name.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn named(field: &Field, label: &str) -> Result<String, Problem> {
    let name = body::text(field, label)?;
    let printable = !name.chars().any(char::is_control) && name.chars().any(char::is_alphabetic);
    let printable = printable && !name.starts_with(FORMULA);
    if printable && name.chars().count() <= NAME { Ok(name) } else { Err(Problem::invalid(label)) }
}

/// Why something is done, in words.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn reason(field: &Field) -> Result<String, Problem> {
    let reason = body::text(field, "reason")?;
    let plain = !reason.chars().any(char::is_control) && reason.chars().count() <= REASON;
    if plain { Ok(reason) } else { Err(Problem::invalid("reason")) }
}

/// A mobile number.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn mobile(field: &Field, name: &str, pack: &Pack) -> Result<Mobile, Problem> {
    let mobile = pack.mobile(&body::text(field, name)?);
    mobile.ok_or_else(|| Problem::invalid(name))
}

/// An id.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn uuid(field: &Field, name: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(&body::text(field, name)?).map_err(|_| Problem::invalid(name))
}

/// A number that fits its type. One too large is as unknown as any other.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn small<N: TryFrom<u64>>(field: &Field, name: &str) -> Result<N, Problem> {
    N::try_from(body::whole(field, name)?).map_err(|_| Problem::invalid(name))
}

/// A kind of identity document, if it is one that is offered.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn id_type<'a>(
    field: &Field,
    pack: &'a Pack,
    offered: impl Fn(&IdType) -> bool,
) -> Result<&'a IdType, Problem> {
    let kind = pack.id_type(IdTypeId(small(field, "photo_id_type")?));
    kind.filter(|kind| offered(kind)).ok_or_else(|| Problem::invalid("photo_id_type"))
}

/// The number of an identity document of this kind.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn id_number(field: &Field, kind: &IdType) -> Result<IdNumber, Problem> {
    let text = body::text(field, "photo_id_number")?;
    let number = IdNumber::parse(&text).filter(|number| {
        let (fewest, most) = kind.length;
        let length =
            (usize::from(fewest)..=usize::from(most)).contains(&number.as_str().chars().count());
        length && (!kind.digits_only || number.as_str().bytes().all(|b| b.is_ascii_digit()))
    });
    number.ok_or_else(|| Problem::invalid("photo_id_number"))
}

/// A dose by its number, or by the flag of version 4.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn dose(number: &Field, is_precaution: &Field) -> Result<Dose, Problem> {
    if is_precaution.as_ref().and_then(Loose::flag) == Some(true) {
        return Ok(Dose::Precaution);
    }
    dose_number(number)
}

/// A session.
///
/// # Errors
/// USRRES0001, or APPOIN0015 if there can be none.
pub(super) fn session(field: &Field) -> Result<SessionId, Problem> {
    let text = body::text(field, "session_id")?;
    SessionId::parse(&text).ok_or_else(|| error::SLOT_INVALID.into())
}

/// One to four different people.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn people(field: &Field, name: &str) -> Result<Vec<BeneficiaryRef>, Problem> {
    let Loose::List(list) = body::required(field)? else { return Err(Problem::invalid(name)) };
    let reference = |value: &Loose| value.whole().and_then(BeneficiaryRef::new);
    let people: Option<Vec<_>> = list.iter().map(reference).collect();
    let people = people.ok_or_else(|| Problem::invalid(name))?;
    let twice = (1..people.len()).any(|at| people[..at].contains(&people[at]));
    if !(1..=4).contains(&people.len()) || twice {
        return Err(Problem::invalid(name));
    }
    Ok(people)
}

/// A person's reference; `None` if it cannot be one.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn reference(field: &Field) -> Result<Option<BeneficiaryRef>, Problem> {
    body::whole(field, "beneficiary_reference_id").map(BeneficiaryRef::new)
}

/// A day.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn day(field: &Field, name: &str) -> Result<Date, Problem> {
    date::parse(&body::text(field, name)?).ok_or_else(|| Problem::invalid(name))
}

/// A vaccine by its name.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn vaccine(field: &Field, pack: &Pack) -> Result<VaccineId, Problem> {
    let vaccine = pack.vaccine_named(&body::text(field, "vaccine")?);
    vaccine.map(|vaccine| vaccine.id).ok_or_else(|| Problem::invalid("vaccine"))
}

/// A batch, as printed on the vial.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn batch(field: &Field, name: &str) -> Result<Batch, Problem> {
    Batch::parse(&body::text(field, name)?).ok_or_else(|| Problem::invalid(name))
}

/// One of the words that a field can hold.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn word<T>(
    field: &Field,
    name: &str,
    known: impl Fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    known(&body::text(field, name)?).ok_or_else(|| Problem::invalid(name))
}

/// What a field holds, if it is there.
///
/// # Errors
/// As `read` reads it.
pub(super) fn if_there<T>(
    field: &Field,
    read: impl FnOnce(&Field) -> Result<T, Problem>,
) -> Result<Option<T>, Problem> {
    if body::required(field).is_err() { Ok(None) } else { read(field).map(Some) }
}

/// From a day to a day of a query, both included: the last thirty where nothing is said.
///
/// # Errors
/// USRRES0002 for dates that are none, are the wrong way round, or are `longest` days or more apart.
pub(super) fn days(app: &App, query: &Query<'_>, longest: i32) -> Result<(Date, Date), Problem> {
    let day = |name| query.get(name).map(|_| query.date(name)).transpose();
    let to = day("to")?.unwrap_or_else(|| app.today());
    let month = jiff::Span::new().days(29);
    let from = match day("from")? {
        Some(from) => from,
        None => to.checked_sub(month).map_err(|_| Problem::invalid("to"))?,
    };
    let apart = from.until(to).map_or(-1, |span| span.get_days());
    if (0..longest).contains(&apart) { Ok((from, to)) } else { Err(Problem::invalid("from")) }
}

/// A dose by its number.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn dose_number(field: &Field) -> Result<Dose, Problem> {
    Dose::from_number(body::whole(field, "dose")?).ok_or_else(|| Problem::invalid("dose"))
}
