//! Copies of a certificate as people and machines take them along: PDF, the credential itself, its QR code as a picture or as
//! text.

use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use http::HeaderValue;
use jiff::ToSpan;
use opencowin_certificates::compact::{Claims, Link, Token};
use opencowin_certificates::pdf::{self, Language};
use opencowin_certificates::qr::Symbol;
use opencowin_certificates::{Credential, Moment, Purpose};
use opencowin_ledger::records::Person;
use opencowin_model::{Date, Dose, Pack};

/// Pixels of a module of the QR code's picture: enough for a phone to read it off another one.
const SCALE: u8 = 8;

const TEXT: &str = "text/plain; charset=utf-8";

/// What is wanted of a certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    format: Format,
    /// The language beside English; that of the state where the dose was given, if none is named.
    language: Option<Language>,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Pdf,
    Json,
    Qr,
    QrText,
    Divoc,
    Hcert,
}

impl Kind {
    /// What a query names.
    ///
    /// # Errors
    /// USRRES0002.
    pub(super) fn of(query: &Query<'_>) -> Result<Self, Problem> {
        let format = match query.get("format") {
            None | Some("pdf") => Format::Pdf,
            Some("json") => Format::Json,
            Some("qr") => Format::Qr,
            Some("qr_text") => Format::QrText,
            Some("divoc") => Format::Divoc,
            Some("hcert") => Format::Hcert,
            Some(_) => return Err(Problem::invalid("format")),
        };
        let known = |tag: &str| Language::ALL.into_iter().find(|language| language.tag() == tag);
        let language = query.get("lang").map(|tag| known(tag).ok_or(Problem::invalid("lang")));
        Ok(Self { format, language: language.transpose()? })
    }

    /// The copy, to be saved under a name that tells nothing about anybody. `person` tells what dose comes next.
    ///
    /// # Errors
    /// CERTIF0005 if the certificate has no such form, USRRES0008 if it cannot be read, or no key signs its QR code.
    pub(super) fn reply(self, app: &App, json: &[u8], person: &Person) -> Result<Reply, Problem> {
        let unproven = Credential::parse(json).map_err(|error| {
            tracing::error!(%error, "a certificate that was signed here cannot be read");
            error::TRY_AGAIN
        })?;
        let (credential, exports) = (&unproven.credential, app.certification().exports());
        let code = || link(app, credential);
        let (kind, ending, bytes) = match self.format {
            Format::Pdf => ("application/pdf", "pdf", self.page(app, credential, json, person)?),
            Format::Json => ("application/vc+json", "json", json.to_vec()),
            Format::Qr => ("image/png", "png", symbol(&code()?)?.png(SCALE)),
            Format::QrText => (TEXT, "txt", code()?.to_string().into_bytes()),
            Format::Divoc => {
                ("application/zip", "zip", exports.divoc(json).ok_or(error::FORM_NOT_ISSUED)?)
            }
            Format::Hcert => {
                let text = exports.hcert(credential, app.clock().now().into());
                (TEXT, "txt", text.ok_or(error::FORM_NOT_ISSUED)?.into_bytes())
            }
        };
        let name = format!("vaccination-certificate.{ending}");
        Ok(reply::document(HeaderValue::from_static(kind), bytes, &name))
    }

    fn page(
        self,
        app: &App,
        credential: &Credential<'_>,
        json: &[u8],
        person: &Person,
    ) -> Result<Vec<u8>, Problem> {
        let state = &credential.evidence[0].facility.address.state;
        let page = Page {
            credential,
            json,
            symbol: &symbol(&link(app, credential)?)?,
            language: self.language.unwrap_or_else(|| Language::of_state(state)),
            due: due(app, credential, person),
        };
        Ok(page.render(app))
    }
}

fn symbol(link: &Link) -> Result<Symbol, Problem> {
    Symbol::new(link).map_err(|_| error::FORM_NOT_ISSUED.into())
}

/// The compact form of a certificate as a link to the page that verifies it, signed by the key that signs now.
fn link(app: &App, credential: &Credential<'_>) -> Result<Link, Problem> {
    let (certification, now) = (app.certification(), Moment::from(app.clock().now()));
    let keys = certification.keys();
    let key = keys.signing(Purpose::Certificates, now).ok_or(error::TRY_AGAIN)?;
    let claims = Claims::of(credential, now).ok_or(error::TRY_AGAIN)?;
    Ok(Token::sign(&claims, key).link(certification.issuer()))
}

/// From which day on the next dose can be given, if one is to come and was not given yet.
fn due(app: &App, credential: &Credential<'_>, person: &Person) -> Option<String> {
    let given = Dose::from_number(credential.evidence[0].dose.into())?;
    let next = Dose::from_number(u64::from(given.number()) + 1)?;
    let taken = person.taken(given).filter(|_| person.taken(next).is_none())?;
    let days = app.pack().vaccine(taken.vaccine)?.days_before(next)?;
    Some(format!("From {}", day(taken.date.saturating_add(i64::from(days).days()))))
}

fn day(date: Date) -> String {
    date.strftime("%d %b %Y").to_string()
}

/// What a certificate's page is made of.
struct Page<'a> {
    credential: &'a Credential<'a>,
    json: &'a [u8],
    symbol: &'a Symbol,
    language: Language,
    due: Option<String>,
}

impl Page<'_> {
    fn render(&self, app: &App) -> Vec<u8> {
        let Credential { subject, evidence: [evidence], .. } = self.credential;
        let identity = subject.identity.as_ref();
        let place = &evidence.facility.address;
        let birth_date = subject.date_of_birth.map(day).unwrap_or_default();
        pdf::render(&pdf::Certificate {
            language: self.language,
            programme: &programme(app.pack()),
            person: pdf::Person {
                name: &subject.name,
                birth_year: subject.birth_year,
                gender: &subject.gender,
                id_kind: identity.map_or("", |identity| &identity.kind),
                id_last_four: identity.map_or("", |identity| &identity.last4),
                reference_id: &subject.reference.to_string(),
            },
            vaccination: pdf::Vaccination {
                vaccine: &evidence.vaccine,
                dose: evidence.dose,
                doses: evidence.total_doses,
                date: &day(evidence.date),
                batch: evidence.batch.as_deref().unwrap_or_default(),
                next_due: self.due.as_deref(),
                vaccinated_by: &evidence.verifier.name,
                facility: &evidence.facility.name,
                district: &place.district,
                state: &place.state,
            },
            travel: subject.passport.as_deref().map(|passport| pdf::Travel {
                birth_date: &birth_date,
                passport,
                manufacturer: &evidence.manufacturer,
                prophylaxis: &evidence.prophylaxis,
            }),
            certificate_id: &self.credential.id.to_string(),
            verify_at: &app.certification().issuer().verify_page(),
            helpline: &app.pack().certificates().helpline,
            qr: self.symbol,
            credential: self.json,
        })
    }
}

/// Who certifies.
fn programme(pack: &Pack) -> String {
    format!("OpenCoWIN, {}", pack.country())
}
