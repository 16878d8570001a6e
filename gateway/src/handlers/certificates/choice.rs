//! Which certificate is meant. One that is not there yet is signed now: whoever asks for it first need not wait for the
//! workers, and a dose that was recorded before there were certificates is certified when somebody asks.

use crate::app::App;
use crate::certification::{Issued, NotSigned};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::{Query, whole};
use opencowin_certificates::Credential;
use opencowin_certificates::record::Travel;
use opencowin_ledger::commands::{Command, RequestCertificate};
use opencowin_ledger::read::CertificatesOfDose;
use opencowin_ledger::records::{Certificate, EventKey, Form};
use opencowin_model::{BeneficiaryRef, CertificateId, Dose};

/// How often somebody else may have been first before the client is told to come back.
const TRIES: usize = 3;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    certificate: Option<CertificateId>,
    dose: Option<Dose>,
}

impl Wanted {
    /// What a query names.
    ///
    /// # Errors
    /// USRRES0002.
    pub(super) fn of(query: &Query<'_>) -> Result<Self, Problem> {
        let id = |text: &str| {
            CertificateId::parse(text.trim()).ok_or_else(|| Problem::invalid("certificate"))
        };
        let dose =
            |text| whole(text).and_then(Dose::from_number).ok_or_else(|| Problem::invalid("dose"));
        Ok(Self {
            certificate: query.get("certificate").map(id).transpose()?,
            dose: query.get("dose").map(dose).transpose()?,
        })
    }
}

/// The certificate of somebody that is asked for: the one that is named, else the one for use at home of the dose that is
/// named, else that of the last dose.
///
/// # Errors
/// CERTIF0001 to 0004, or APPOIN0001 of somebody who was erased.
pub(super) async fn chosen(
    app: &App,
    who: BeneficiaryRef,
    wanted: Wanted,
) -> Result<Issued, Problem> {
    let Some(id) = wanted.certificate else { return of_dose(app, who, wanted.dose, None).await };
    let doses = doses(app, who).await?;
    let mut certificates = doses.iter().flat_map(|dose| &dose.certificates);
    let (_, known) =
        certificates.find(|(known, _)| *known == id).ok_or(error::CERTIFICATE_UNKNOWN)?;
    if !known.is_valid() {
        return Err(error::CERTIFICATE_OVER.into());
    }
    signed(app, id).await?.ok_or_else(|| error::NO_BENEFICIARY.into())
}

/// The certificate of a dose, or of the last one: for use at home, or for travel with what that one says. One that says
/// something else is replaced.
///
/// # Errors
/// CERTIF0001 or 0002, or APPOIN0001 of somebody who was erased.
pub(super) async fn of_dose(
    app: &App,
    who: BeneficiaryRef,
    dose: Option<Dose>,
    travel: Option<&Travel>,
) -> Result<Issued, Problem> {
    let form = if travel.is_some() { Form::International } else { Form::Domestic };
    for attempt in 0..TRIES {
        let doses = doses(app, who).await?;
        let of = own_dose(&doses, dose)?;
        if let Some(id) = valid(of, form)
            && let Some(issued) = signed(app, id).await?
            && says(&issued.json, travel)
        {
            return Ok(issued);
        }
        if is_barred(of) {
            return Err(error::NOT_CERTIFIED.into());
        }
        if attempt > 0 {
            request(app, of.event.key).await?;
        }
        let issued = app.certification().signing().certify_now(of.event.key, travel.cloned()).await;
        if let Some(issued) = issued? {
            return Ok(issued);
        }
    }
    Err(error::TRY_AGAIN.into())
}

/// What is certified of somebody's doses, in the order of these.
///
/// # Errors
/// APPOIN0001 of somebody who was erased.
pub(super) async fn doses(
    app: &App,
    who: BeneficiaryRef,
) -> Result<Vec<CertificatesOfDose>, Problem> {
    let doses = app.ledger().read().certificates_of(who).await;
    doses.map_err(|failure| app.problem_of(failure))
}

/// Whether a dose is not to be certified again: what was revoked for good says so of the dose, in whatever form.
pub(super) fn is_barred(dose: &CertificatesOfDose) -> bool {
    of_event(dose).any(|(_, certificate)| certificate.is_final())
}

/// The certificates of the event that holds for a dose, without those of the ones that it corrects.
pub(super) fn of_event(
    dose: &CertificatesOfDose,
) -> impl Iterator<Item = &(CertificateId, Certificate)> {
    dose.certificates.iter().filter(|(_, certificate)| certificate.event == dose.event.key)
}

/// The certificate of a dose that holds, in one form.
pub(super) fn valid(dose: &CertificatesOfDose, form: Form) -> Option<CertificateId> {
    let mut certificates = dose.certificates.iter();
    let valid = certificates.find(|(_, known)| known.form == form && known.is_valid());
    valid.map(|(id, _)| *id)
}

/// The dose that is named, or the last one, which has to be the programme's own.
fn own_dose(
    doses: &[CertificatesOfDose],
    named: Option<Dose>,
) -> Result<&CertificatesOfDose, Problem> {
    let is_meant = |dose: &&CertificatesOfDose| named.is_none_or(|named| dose.event.dose == named);
    let mut meant = doses.iter().rev().filter(is_meant).peekable();
    if meant.peek().is_none() {
        return Err(error::NOT_VACCINATED.into());
    }
    meant.find(|dose| dose.event.is_own()).ok_or_else(|| error::NOT_CERTIFIED.into())
}

/// A certificate as it was signed; `None` once the person was erased.
async fn signed(app: &App, id: CertificateId) -> Result<Option<Issued>, Problem> {
    let kept = app.ledger().read().certificate(id).await?;
    Ok(kept.and_then(|kept| kept.signed).map(|json| Issued { id, json }))
}

/// Whether a certificate says this of the person for travel.
fn says(json: &[u8], travel: Option<&Travel>) -> bool {
    let Some(travel) = travel else { return true };
    let Ok(unproven) = Credential::parse(json) else { return false };
    let subject = unproven.credential.subject;
    subject.date_of_birth == Some(travel.date_of_birth)
        && subject.passport.as_deref() == Some(&travel.passport)
}

/// Has a dose queue for a certificate that never did, or did so in vain.
async fn request(app: &App, event: EventKey) -> Result<(), Problem> {
    let command = Command::RequestCertificate(RequestCertificate { event });
    let requested = app.ledger().run(command).await;
    requested.map(drop).map_err(|failure| app.problem_of(failure))
}

impl From<NotSigned> for Problem {
    fn from(error: NotSigned) -> Self {
        tracing::error!(%error, "a certificate that is asked for cannot be signed");
        error::TRY_AGAIN.into()
    }
}
