//! Fields that several bodies have.

use crate::http::body::{self, Field};
use crate::http::problem::Problem;
use opencowin_ledger::vault::IdNumber;
use opencowin_model::pack::IdType;
use opencowin_model::{BeneficiaryRef, IdTypeId, Mobile, Pack};
use uuid::Uuid;

/// The longest name, in characters.
const NAME: usize = 100;

/// The longest reason, in characters.
const REASON: usize = 500;

/// Somebody's name.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn name(field: &Field) -> Result<String, Problem> {
    let name = body::text(field, "name")?;
    let printable = !name.chars().any(char::is_control) && name.chars().any(char::is_alphabetic);
    if printable && name.chars().count() <= NAME { Ok(name) } else { Err(Problem::invalid("name")) }
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
pub(super) fn mobile(field: &Field, pack: &Pack) -> Result<Mobile, Problem> {
    let mobile = pack.mobile(&body::text(field, "mobile")?);
    mobile.ok_or_else(|| Problem::invalid("mobile"))
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

/// A kind of identity document with which people register.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn id_type<'a>(field: &Field, pack: &'a Pack) -> Result<&'a IdType, Problem> {
    let kind = pack.id_type(IdTypeId(small(field, "photo_id_type")?));
    kind.filter(|kind| kind.self_service).ok_or_else(|| Problem::invalid("photo_id_type"))
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

/// A person's reference; `None` if it cannot be one.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn reference(field: &Field) -> Result<Option<BeneficiaryRef>, Problem> {
    body::whole(field, "beneficiary_reference_id").map(BeneficiaryRef::new)
}
