//! Links by which people show others whether they are vaccinated: they say that and nothing else, until they end.

use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::{fields, people};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::patience;
use crate::trail::{self, purpose};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use opencowin_ledger::Request;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, ShareStatus, Unshare};
use opencowin_ledger::vault::ShareHash;
use opencowin_model::BeneficiaryRef;
use rand::RngExt;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Where links lead.
const SHARED: &str = "/api/v3/vaccination/status/shared/";

/// The longest time after which a link ends by itself, in hours: a year.
const HOURS: u64 = 366 * 24;

const HOUR_MS: i64 = 3_600_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShareBody {
    beneficiary_reference_id: Field,
    hours: Field,
}

/// Makes a link for somebody of the account. Its token is in this answer and nowhere else.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn share(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: ShareBody = body::parse(body)?;
    let person = person(&body.beneficiary_reference_id)?;
    let until = match &body.hours {
        None => None,
        hours => Some(app.clock().now().plus_ms(whole_hours(hours)? * HOUR_MS)),
    };
    let token: [u8; 16] = rand::rng().random();
    let (account, share) = (visitor.person()?.account, app.ledger().hasher().share(&token));
    let command = ShareStatus { person, account, share, until };
    run(app, visitor, person, Command::ShareStatus(command)).await?;
    let token = URL_SAFE_NO_PAD.encode(token);
    let url = format!("{}{SHARED}{token}", app.config().public_url);
    Ok(reply::personal(&json!({ "token": token, "url": url, "until": until })))
}

fn whole_hours(field: &Field) -> Result<i64, Problem> {
    let hours = body::whole(field, "hours")?;
    let hours = Some(hours).filter(|hours| (1..=HOURS).contains(hours));
    hours.and_then(|hours| i64::try_from(hours).ok()).ok_or_else(|| Problem::invalid("hours"))
}

/// The links of the people of the account that work. What they are named by opens none of them.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub async fn list(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let people = app.ledger().read().registered(account).await?;
    let shown = people.iter().map(|person| Record::Person(*person)).collect();
    trail::look(app, visitor, purpose::SHARE, Record::Account(account), shown).await?;
    let mut shares = Vec::new();
    for person in people {
        for (hash, share) in app.ledger().read().shares_of(person).await? {
            shares.push(json!({
                "share_id": Uuid::from_bytes(*hash.as_bytes()),
                "beneficiary_reference_id": person.to_string(),
                "since": share.since,
                "until": share.until,
            }));
        }
    }
    Ok(reply::personal(&json!({ "shares": shares })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UnshareBody {
    beneficiary_reference_id: Field,
    share_id: Field,
}

/// Ends one link of somebody of the account, or all.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn unshare(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: UnshareBody = body::parse(body)?;
    let person = person(&body.beneficiary_reference_id)?;
    let share = match &body.share_id {
        None => None,
        id => {
            let id = Uuid::try_parse(&body::text(id, "share_id")?);
            let id = id.map_err(|_| Problem::invalid("share_id"))?;
            Some(ShareHash::from_bytes(id.into_bytes()))
        }
    };
    let account = visitor.person()?.account;
    let command = Command::Unshare(Unshare { person, account, share });
    run(app, visitor, person, command).await?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

fn person(field: &Field) -> Result<BeneficiaryRef, Problem> {
    Ok(fields::reference(field)?.ok_or(error::NO_BENEFICIARY)?)
}

async fn run(
    app: &App,
    visitor: &Visitor,
    person: BeneficiaryRef,
    command: Command,
) -> Result<(), Problem> {
    let audit = trail::of(app, visitor, purpose::SHARE).about(Record::Person(person));
    let request = Request { audit: vec![audit], ..Request::of(command) };
    let done = patience::for_commit(app.ledger().submit(request)).await;
    done.map(drop).map_err(|failure| app.problem_of(failure))
}

/// What a link shows to whoever has it. One that never was is not told apart from one that has ended.
///
/// # Errors
/// USRRES0012 if there is no such link.
pub async fn show(app: &App, visitor: &Visitor, segment: Option<&str>) -> Result<Reply, Problem> {
    let token = segment.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let token: [u8; 16] = token.and_then(|t| t.try_into().ok()).ok_or(error::NOT_FOUND)?;
    let hash = app.ledger().hasher().share(&token);
    let link = Record::Other(Uuid::from_bytes(*hash.as_bytes()));
    let whose = app.ledger().read().shared(hash).await?.ok_or(error::NOT_FOUND)?;
    trail::look(app, visitor, purpose::SHARED, link, vec![Record::Person(whose)]).await?;
    let person = app.ledger().read().person(whose).await?.ok_or(error::NOT_FOUND)?;
    let status = people::vaccinated(app.pack(), &person);
    Ok(reply::personal(&json!({ "vaccination_status": status })))
}
