//! From a request to its answer: find the route, let the caller in, call the handler, count what came of it.

use crate::admit;
use crate::app::App;
use crate::handlers::{
    appointments, beneficiaries, challenges, counter, lists, lookup, ministry, officials,
    operations, passwords, sandbox, search, slip, staff,
};
use crate::http::body;
use crate::http::catalogue as error;
use crate::http::headers;
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::patience;
use crate::routes::{self, Endpoint, Found, ROUTES};
use http::request::Parts;
use http::{Method, Request};
use hyper::body::{Body, Incoming};
use std::time::{Duration, Instant};

/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers a request of `peer`. Whatever goes wrong is an answer too.
pub async fn answer(app: &App, peer: &Peer, request: Request<Incoming>) -> Reply {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    if parts.method == Method::OPTIONS {
        return reply::preflight();
    }
    // HEAD is GET whose body hyper leaves out.
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    let (route, segment) = match routes::find(method, parts.uri.path()) {
        Found::Route(route, segment) => (route, segment),
        Found::OtherMethods(methods) => return refused(app, Problem::MethodNotAllowed(methods)),
        Found::Nothing => return refused(app, error::ROUTE_UNKNOWN.into()),
    };
    let answer = serve(app, peer, route, segment, &parts, body).await;
    let reply = answer.unwrap_or_else(|problem| refused(app, problem));
    let bytes = reply.body().size_hint().lower();
    app.metrics().answered(route, reply.status(), started.elapsed(), bytes);
    reply
}

fn refused(app: &App, problem: Problem) -> Reply {
    app.metrics().refused(problem.label());
    problem.into_reply()
}

async fn serve(
    app: &App,
    peer: &Peer,
    route: usize,
    segment: Option<&str>,
    parts: &Parts,
    body: Incoming,
) -> Result<Reply, Problem> {
    let route = &ROUTES[route];
    let visitor = admit::admit(app, route.access, peer, parts)?;
    let body = match route.body {
        [] => Vec::new(),
        _ => body::read(body, BODY_TIMEOUT).await?,
    };
    let query = || Query::new(parts.uri.query());
    let language = || headers::language(&parts.headers, app.pack());
    match route.endpoint {
        Endpoint::Search(kind) => {
            if search::wants_exact(app, parts) {
                patience::exact(app).await?;
            }
            search::search(app, kind, parts)
        }
        Endpoint::NearCentres => search::near_centres(app, parts),
        Endpoint::States => Ok(lists::states(app.pack(), language())),
        Endpoint::Districts => {
            lists::districts(app.pack(), segment.unwrap_or_default(), language())
        }
        Endpoint::IdTypes => Ok(lists::id_types(app.pack(), language())),
        Endpoint::Genders => Ok(lists::genders(app.pack(), language())),
        Endpoint::AskPassword(door) => passwords::ask(app, door, &visitor, &parts.headers, body),
        Endpoint::Challenge => Ok(challenges::work(app, &visitor)),
        Endpoint::Captcha => challenges::captcha(app, &visitor),
        Endpoint::Limits => Ok(ministry::limits(app)),
        Endpoint::SetLimits => ministry::set_limits(app, body).await,
        Endpoint::Blocks => Ok(ministry::blocks(app)),
        Endpoint::Block => ministry::block(app, &visitor, body).await,
        Endpoint::LiftBlock => ministry::lift_block(app, &visitor, body).await,
        Endpoint::ConfirmPassword(door) => {
            passwords::confirm(app, door, &visitor, &parts.headers, body).await
        }
        Endpoint::ConfirmOnDevice(door) => {
            staff::confirm(app, door, &visitor, &parts.headers, body).await
        }
        Endpoint::Me => staff::me(app, &visitor),
        Endpoint::Officials => officials::list(app, &visitor, &query()).await,
        Endpoint::Appoint => officials::appoint(app, &visitor, body).await,
        Endpoint::Dismiss => officials::dismiss(app, &visitor, body).await,
        Endpoint::PeopleOfMobile => counter::by_mobile(app, &visitor, &query()).await,
        Endpoint::PersonOfReference => counter::by_reference(app, &visitor, &query()).await,
        Endpoint::Lookup => lookup::beneficiary(app, &visitor, body).await,
        Endpoint::Register => beneficiaries::register(app, &visitor, parts, body).await,
        Endpoint::DeleteBeneficiary => beneficiaries::delete(app, &visitor, parts, body).await,
        Endpoint::Beneficiaries { v4 } => beneficiaries::list(app, &visitor, v4).await,
        Endpoint::Schedule => appointments::schedule(app, &visitor, parts, body).await,
        Endpoint::Reschedule => appointments::reschedule(app, &visitor, parts, body).await,
        Endpoint::Cancel => appointments::cancel(app, &visitor, parts, body).await,
        Endpoint::Slip => slip::download(app, &visitor, &query()).await,
        Endpoint::Alive => Ok(operations::alive()),
        Endpoint::Ready => operations::ready(app),
        Endpoint::Metrics => Ok(operations::metrics(app)),
        Endpoint::OpenApi => Ok(operations::description(app)),
        Endpoint::Check => operations::check(app).await,
        Endpoint::Outbox => sandbox::outbox(app, &visitor, &query()),
        Endpoint::AdvanceClock => sandbox::advance_clock(app, body).await,
    }
}
