//! From a request to its answer: find the route, let the caller in, call the handler, count what came of it.

use crate::admit::{self, Gate, Visitor};
use crate::app::App;
use crate::handlers::{
    aefi, appointments, beneficiaries, certificates, challenges, counter, erasure, facilities, kyc,
    lists, lookup, ministry, officials, operations, pages, partners, passwords, published,
    receipts, reports, sandbox, search, sessions, slip, staff, stock, upload, verification,
};
use crate::http::body;
use crate::http::catalogue as error;
use crate::http::headers;
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::http::shape::{self, Kind};
use crate::patience;
use crate::rehearsal;
use crate::routes::{self, Endpoint, Found, ROUTES, Route};
use http::request::Parts;
use http::{Method, Request};
use hyper::body::{Body, Incoming};
use std::sync::Arc;
use std::time::Instant;

/// Answers a request of `peer` on the thread of this gate. Whatever goes wrong is an answer too.
pub async fn answer(app: &Arc<App>, gate: &Gate, peer: &Peer, request: Request<Incoming>) -> Reply {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    if let Err(problem) = shape::check(&parts, &body) {
        return refused(app, problem);
    }
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
    let answer = serve(app, gate, peer, route, segment, &parts, body).await;
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
    app: &Arc<App>,
    gate: &Gate,
    peer: &Peer,
    route: usize,
    segment: Option<&str>,
    parts: &Parts,
    body: Incoming,
) -> Result<Reply, Problem> {
    let row = &ROUTES[route];
    shape::check_kind(parts, &body, row.takes())?;
    let visitor = admit::admit(app, gate, row, peer, parts)?;
    let sent = Sent::of(app, row, body).await?;
    let answer = handle(app, row, &visitor, peer, segment, parts, sent).await;
    rehearsal::observe(app, &visitor, route, &answer);
    answer
}

/// What came in a request's body.
struct Sent {
    /// The body, if it was read.
    body: Vec<u8>,
    /// What is yet to be read, of a file.
    file: Option<Incoming>,
}

impl Sent {
    async fn of(app: &App, route: &Route, body: Incoming) -> Result<Self, Problem> {
        let whole = |body| Self { body, file: None };
        match (route.takes(), route.body) {
            (Kind::Csv | Kind::Certificate, _) => Ok(Self { body: Vec::new(), file: Some(body) }),
            (Kind::Json, []) => Ok(whole(Vec::new())),
            (Kind::Json, _) => body::read(body, app.config().deadlines.body).await.map(whole),
        }
    }
}

async fn handle(
    app: &Arc<App>,
    route: &Route,
    visitor: &Visitor,
    peer: &Peer,
    segment: Option<&str>,
    parts: &Parts,
    Sent { body, file }: Sent,
) -> Result<Reply, Problem> {
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
        Endpoint::AskPassword(door) => passwords::ask(app, door, visitor, &parts.headers, body),
        Endpoint::Receipt => receipts::take(app, segment.unwrap_or_default(), body),
        Endpoint::Challenge => Ok(challenges::work(app, visitor)),
        Endpoint::Captcha => challenges::captcha(app, visitor),
        Endpoint::Limits => Ok(ministry::limits(app)),
        Endpoint::SetLimits => ministry::set_limits(app, body).await,
        Endpoint::Blocks => Ok(ministry::blocks(app)),
        Endpoint::Block => ministry::block(app, visitor, body).await,
        Endpoint::LiftBlock => ministry::lift_block(app, visitor, body).await,
        Endpoint::Apply => partners::apply::apply(app, body).await,
        Endpoint::Approval => partners::apply::approval(app, segment),
        Endpoint::Console(console) => {
            partners::console::serve(app, console, visitor, segment, &query(), body).await
        }
        Endpoint::Oversight(oversight) => {
            ministry::partners::serve(app, oversight, visitor, segment, &query(), body).await
        }
        Endpoint::Facilities(facilities) => {
            facilities::serve(app, facilities, visitor, &query(), body).await
        }
        Endpoint::Holding(holding) => sessions::serve(app, holding, visitor, &query(), body).await,
        Endpoint::ConfirmPassword(door) => {
            passwords::confirm(app, door, visitor, &parts.headers, body).await
        }
        Endpoint::ConfirmOnDevice(door) => {
            staff::confirm(app, door, visitor, &parts.headers, body).await
        }
        Endpoint::Me => staff::me(app, visitor),
        Endpoint::Officials => officials::list(app, visitor, &query()).await,
        Endpoint::Appoint => officials::appoint(app, visitor, body).await,
        Endpoint::Dismiss => officials::dismiss(app, visitor, body).await,
        Endpoint::PeopleOfMobile => counter::by_mobile(app, visitor, &query()).await,
        Endpoint::PersonOfReference => counter::by_reference(app, visitor, &query()).await,
        Endpoint::CounterRegister => counter::enrol::register(app, visitor, parts, body).await,
        Endpoint::OnSpot => counter::on_spot::schedule(app, visitor, parts, body).await,
        Endpoint::Today => counter::today::list(app, visitor, &query()).await,
        Endpoint::CheckIn => counter::check_in::check_in(app, visitor, parts, body).await,
        Endpoint::ResetProofs => counter::check_in::reset(app, visitor, parts, body).await,
        Endpoint::Vaccinate => counter::vaccinate::vaccinate(app, visitor, parts, body).await,
        Endpoint::Decline => counter::leave::decline(app, visitor, parts, body).await,
        Endpoint::Observe => counter::leave::observe(app, visitor, parts, body).await,
        Endpoint::RecordElsewhere => counter::record::elsewhere(app, visitor, parts, body).await,
        Endpoint::CorrectDose => counter::record::correct(app, visitor, parts, body).await,
        Endpoint::Merge => counter::one_person::merge(app, visitor, parts, body).await,
        Endpoint::MoveMember => counter::one_person::move_member(app, visitor, parts, body).await,
        Endpoint::Recall => counter::recall::list(app, visitor, &query()).await,
        Endpoint::Upload => upload::take(app, visitor, peer, &query(), file).await,
        Endpoint::Stock => stock::list(app, visitor, &query()).await,
        Endpoint::StockHistory => stock::history(app, visitor, &query()).await,
        Endpoint::BatchSignals => stock::signals(app, &query()).await,
        Endpoint::ReceiveStock => stock::receive(app, visitor, parts, body).await,
        Endpoint::WasteStock => stock::waste(app, visitor, parts, body).await,
        Endpoint::TransferStock => stock::transfer(app, visitor, parts, body).await,
        Endpoint::AefiReports => aefi::list(app, visitor, &query()).await,
        Endpoint::ReportAefi => aefi::report(app, visitor, parts, body).await,
        Endpoint::FollowUpAefi => aefi::follow_up(app, visitor, parts, body).await,
        Endpoint::OwnAefiReports => aefi::own(app, visitor).await,
        Endpoint::ReportOwnAefi => aefi::report_own(app, visitor, parts, body).await,
        Endpoint::Published(published) => published::serve(app, published, segment, parts).await,
        Endpoint::Certificates(which) => {
            certificates::serve(app, which, visitor, &query(), parts, body).await
        }
        Endpoint::VerifyCertificate => verification::verify(app, file).await,
        Endpoint::Page(page) => pages::serve(app, page, segment, parts),
        Endpoint::Kyc(kyc) => kyc::serve(app, kyc, visitor, segment, parts, body).await,
        Endpoint::PublicReport => reports::report(app, parts).await,
        Endpoint::FiguresTable => reports::csv(app, parts).await,
        Endpoint::FiguresDump => reports::dump(app, segment, parts).await,
        Endpoint::Lookup => lookup::beneficiary(app, visitor, body).await,
        Endpoint::Register => beneficiaries::register(app, visitor, parts, body).await,
        Endpoint::DeleteBeneficiary => beneficiaries::delete(app, visitor, parts, body).await,
        Endpoint::Erase => erasure::own(app, visitor, parts, body).await,
        Endpoint::OrderErasure => erasure::ordered(app, visitor, parts, body).await,
        Endpoint::Beneficiaries { v4 } => beneficiaries::list(app, visitor, v4).await,
        Endpoint::Schedule => appointments::schedule(app, visitor, parts, body).await,
        Endpoint::Reschedule => appointments::reschedule(app, visitor, parts, body).await,
        Endpoint::Cancel => appointments::cancel(app, visitor, parts, body).await,
        Endpoint::Slip => slip::download(app, visitor, &query()).await,
        Endpoint::Alive => Ok(operations::alive()),
        Endpoint::Ready => operations::ready(app),
        Endpoint::Metrics => Ok(operations::metrics(app)),
        Endpoint::OpenApi => Ok(operations::description(app)),
        Endpoint::Check => operations::check(app).await,
        Endpoint::Outbox => sandbox::outbox(app, visitor, &query()),
        Endpoint::AdvanceClock => sandbox::advance_clock(app, body).await,
        Endpoint::InventOfficial => officials::invent(app, visitor, body).await,
    }
}
