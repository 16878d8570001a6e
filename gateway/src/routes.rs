//! The table of routes: the one source of paths, who may call them, what they take and answer, their place in the
//! OpenAPI description and their name in metrics.

mod certificate_params;
mod citizen_params;
mod counter_params;
mod facility_params;
mod kyc_params;
mod official_params;
mod partner_params;
mod schema;
mod supply_params;
mod table;

use crate::access::decision::Act;
use crate::http::catalogue::Entry;
use crate::http::shape::Kind;
use http::Method;
use opencowin_admission::Api;
use std::sync::LazyLock;

pub use table::ROUTES;

/// Who may call a route, and what a call counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, uncounted.
    Free,
    /// Anyone. A call with a key of ours counts for the key, any other for the address.
    Open(Api),
    /// The portal, which nothing tells from anyone: its door can be closed or made to cost a challenge.
    Portal,
    /// An application, by a key in `x-api-key` that is subscribed to the API.
    Application(Api),
    /// A person, by the token of a door that opens appointments. Where it was given to an application, the call counts for
    /// its key, which has to be subscribed to one of the APIs.
    Person(&'static [Api]),
    /// A person, by the token of any door at which people prove their numbers, for what is theirs by that alone. Where it was
    /// given to an application, the call counts for its key, any other for the address.
    Proven(Api),
    /// Somebody who lets their vaccination status be told, by the token of that door.
    Inquirer,
    /// Staff of a facility at its counter, as far as the table of decisions lets their role do it: an application's key, and
    /// beside it a staff token; or a key bound to facilities alone.
    Counter(Api, Act),
    /// An official or staff, by the token of their door, if the table of decisions lets their role do it.
    Official(Act),
    /// Any official or staff in office.
    AnyOfficial,
    /// The administrator of a partner, by the token of their door.
    Administrator,
    /// An application with the grant of the trusted look-up.
    Trusted,
    /// The operator, by a key of its own in `x-api-key`; in a sandbox the public sandbox key is one.
    Operator,
    /// Anyone, but only while the server runs as a sandbox; elsewhere the route does not exist.
    Sandbox,
}

/// What is shed first under overload: the last of these (design: admission).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The operator's own questions; never shed.
    Operations,
    /// Officials, and the staff of facilities.
    Staff,
    /// Booking, and confirming a password.
    Booking,
    /// Registration, and asking for a password.
    Registration,
    /// Search with a token.
    PersonalSearch,
    /// Search by anyone.
    PublicSearch,
}

/// What does the work of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Endpoint {
    States,
    Districts,
    IdTypes,
    Genders,
    Search(SearchKind),
    NearCentres,
    AskPassword(crate::identity::Door),
    ConfirmPassword(crate::identity::Door),
    ConfirmOnDevice(crate::identity::Door),
    Me,
    Officials,
    Appoint,
    Dismiss,
    PeopleOfMobile,
    PersonOfReference,
    CounterRegister,
    OnSpot,
    Upload,
    Today,
    CheckIn,
    ResetProofs,
    Vaccinate,
    Decline,
    Observe,
    RecordElsewhere,
    CorrectDose,
    Merge,
    MoveMember,
    Recall,
    ReceiveStock,
    WasteStock,
    TransferStock,
    Stock,
    StockHistory,
    BatchSignals,
    ReportAefi,
    FollowUpAefi,
    AefiReports,
    ReportOwnAefi,
    OwnAefiReports,
    PublicReport,
    FiguresTable,
    FiguresDump,
    Lookup,
    Erase,
    OrderErasure,
    Register,
    DeleteBeneficiary,
    Beneficiaries { v4: bool },
    Schedule,
    Reschedule,
    Cancel,
    Slip,
    Alive,
    Ready,
    Metrics,
    OpenApi,
    Check,
    Outbox,
    AdvanceClock,
    InventOfficial,
    Receipt,
    Challenge,
    Captcha,
    Limits,
    SetLimits,
    Blocks,
    Block,
    LiftBlock,
    Apply,
    Approval,
    Console(Console),
    Oversight(Oversight),
    Facilities(Facilities),
    Holding(Holding),
    Published(Published),
    Certificates(Certificates),
    VerifyCertificate,
    Page(Page),
    Kyc(Kyc),
}

/// What is published so that anybody can check certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Published {
    Did,
    Jwks,
    Context,
    StatusList,
    LogHead,
    LogLines,
    LogInclusion,
    LogConsistency,
}

/// What people and those who serve them reach of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Certificates {
    Download,
    List,
    ForTravel,
    Regenerate,
    Correct,
    CorrectAsDistrict,
    Revoke,
    Reissue,
}

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Page {
    Verify,
    VerifyFile,
    Status,
    StatusFile,
}

/// What is reached of people's vaccination status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Kyc {
    Party,
    Ask,
    Confirm,
    Status,
    Share,
    Shares,
    Unshare,
    Shared,
}

/// What the administrators of a partner reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Console {
    Mine,
    Read,
    Nominate,
    Dismiss,
    Serve,
    Leave,
    Embed,
    Show,
    Test,
    GiveNotice,
    ConfirmDeletion,
    Keys,
    MakeKey,
    Subscribe,
    BindKey,
    RotateKey,
    RevokeKey,
    ReportKey,
    Usage,
}

/// What the ministry reaches of partners and their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Oversight {
    List,
    Read,
    Test,
    Keys,
    Decide,
    Embed,
    RevokeKey,
    Except,
    Whitelist,
    GrantLookup,
}

/// What applicants, managers and districts reach of facilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Facilities {
    Apply,
    Applied,
    Applications,
    Decide,
    Mine,
    Change,
    Suspend,
    Resume,
}

/// What those reach who hold sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in the table")]
pub enum Holding {
    List,
    Drafts,
    Draft,
    Template,
    Discard,
    Publish,
    Resize,
    Move,
    Close,
    Reopen,
    Cancel,
}

/// Which search a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchKind {
    /// By what place.
    pub place: PlaceKind,
    /// Seven days by centre instead of one day by session.
    pub calendar: bool,
    /// Whether sessions show what version 4 added.
    pub v4: bool,
    /// Whether the date may be left out, which then means today.
    pub date_optional: bool,
}

/// By what a search finds centres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PlaceKind {
    District,
    Pincode,
    Centre,
    Near,
}

/// A query parameter or a field of a body.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its JSON Schema, as JSON.
    pub schema: &'static str,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it means.
    pub text: &'static str,
}

/// What a route answers when it does what was asked.
#[derive(Clone, Copy, Debug)]
pub enum Success {
    /// 200 with JSON of the schema with this name.
    Json(&'static str),
    /// 200 with JSON of this media type and the schema with this name, which caches may keep; 304 if the client has it.
    Published(&'static str, &'static str),
    /// 200 with a PDF document.
    Pdf,
    /// 200 with a file of one of these media types; 304 if the client has it.
    Files(&'static [&'static str]),
    /// 200 with a document about somebody in one of these media types.
    Documents(&'static [&'static str]),
    /// 200 with text of this media type.
    Text(&'static str),
    /// 200 with lines of JSON, each of the schema with this name.
    Lines(&'static str),
    /// 204 without a body.
    NoContent,
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; `{name}` stands for one segment, `{*name}` for all that follow.
    pub path: &'static str,
    /// Its name in the OpenAPI description (`operationId`) and in metrics (`route`).
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub summary: &'static str,
    /// Who may call it.
    pub access: Access,
    /// When it is shed.
    pub priority: Priority,
    /// Query and path parameters.
    pub query: &'static [Param],
    /// Fields of the body.
    pub body: &'static [Param],
    /// The answer.
    pub success: Success,
    /// Errors of its own, beside those that its access and body bring.
    pub errors: &'static [Entry],
    /// What does the work.
    pub endpoint: Endpoint,
}

impl Route {
    /// What its body is.
    pub fn takes(&self) -> Kind {
        match self.endpoint {
            Endpoint::Upload => Kind::Csv,
            Endpoint::VerifyCertificate => Kind::Certificate,
            _ => Kind::Json,
        }
    }
}

/// What a path leads to.
pub enum Found<'a> {
    /// A route, by its position in [`ROUTES`], and the value of the path's `{…}` segment if it has one.
    Route(usize, Option<&'a str>),
    /// The path exists, but not with this method; these are the methods it has.
    OtherMethods(Vec<Method>),
    /// No route has this path.
    Nothing,
}

/// Finds the route of a request.
pub fn find<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let Ok(at) = ROUTER.at(path) else { return Found::Nothing };
    let same_path = at.value;
    match same_path.iter().find(|&&route| ROUTES[route].method == *method) {
        Some(&route) => Found::Route(route, at.params.iter().next().map(|(_, value)| value)),
        None => Found::OtherMethods(methods(same_path)),
    }
}

fn methods(routes: &[usize]) -> Vec<Method> {
    routes.iter().map(|&route| ROUTES[route].method.clone()).chain([Method::OPTIONS]).collect()
}

/// The positions in [`ROUTES`] of each path.
static ROUTER: LazyLock<matchit::Router<Vec<usize>>> = LazyLock::new(|| {
    let mut router = matchit::Router::new();
    let mut paths: Vec<&str> = ROUTES.iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let routes = (0..ROUTES.len()).filter(|&at| ROUTES[at].path == path).collect();
        router.insert(path, routes).expect("invariant: the paths of the table do not collide");
    }
    router
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_under_its_own_path_and_method() {
        for (at, route) in ROUTES.iter().enumerate() {
            let path = route.path.replace("{state_id}", "9").replace("{partner_id}", "9");
            let path = path.replace("{token}", "t").replace("{*file}", "a/b.js");
            let path = path.replace("{secret}", "s").replace("{date}", "2021-05-01");
            let path = path.replace("{list}", "0");
            assert!(
                matches!(find(&route.method, &path), Found::Route(found, _) if found == at),
                "{path}"
            );
        }
    }

    #[test]
    fn names_are_unique_since_metrics_and_descriptions_go_by_them() {
        let mut names: Vec<_> = ROUTES.iter().map(|route| route.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len());
    }

    #[test]
    fn a_known_path_with_another_method_says_which_it_has() {
        let found = find(&Method::PUT, "/api/v2/appointment/schedule");
        assert!(matches!(found, Found::OtherMethods(m) if m == [Method::POST, Method::OPTIONS]));
        assert!(matches!(find(&Method::GET, "/api/v2/nothing"), Found::Nothing));
    }
}
