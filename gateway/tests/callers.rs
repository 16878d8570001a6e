//! Every route × every kind of caller: who is let in, and what everybody else is told, to the letter.
//!
//! Written down a second time on purpose, and made of nothing that the server goes by: who is let in where is changed in two
//! places or not at all. [`EXPECTED`] says who passes which door; [`requests`] says which door each route has and what is
//! answered behind it; [`cast`] names the callers and [`stage`] brings them into their positions. A new route needs a row there.

mod cast;
mod requests;
mod stage;

use crate::support::providers::messages_to;
use crate::support::{Answer, TestServer, at_once, hashed, in_production, settings};
use cast::{Cast, Who};
use opencowin::config::{Settings, beside};
use opencowin::routes::{ROUTES, Route};
use requests::{ROWS, Row};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;

/// A status and an `errorCode`, which is empty where there is none.
type Told = (u16, &'static str);

/// What a route asks of whoever calls, in the order of the columns below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// Nothing, not even whether they are blocked.
    Nothing,
    /// Nothing; a key has to be one for searching.
    Search,
    /// Nothing; a key has to be one with which people log in.
    Password,
    /// As `Password`, and that the portal is there.
    Portal,
    /// A key with which people log in.
    Application,
    /// A token, which was given to no application or to one that searches.
    OwnSearch,
    /// … or to one that registers.
    Registering,
    /// … or to one that registers or books.
    OwnPeople,
    /// … or to one that books.
    Booking,
    /// … or to one that does any of these.
    OwnAccount,
    /// … or to one that reports adverse events.
    OwnEvents,
    /// Staff with an application's key, or the key of a facility.
    Counter,
    /// … and of the staff whoever keeps the stock.
    KeepStock,
    /// … and of the staff whoever reports adverse events, with a key for that.
    Watch,
    /// An official who may read of partners and limits.
    ReadPartners,
    /// An official who may rule about partners, limits, blocks and erasures.
    Rule,
    /// An official who may read who is appointed.
    ReadOfficials,
    /// Any official.
    InOffice,
    /// The manager of a facility.
    ManageFacility,
    /// The officer of a district.
    DecideFacility,
    /// Either of them.
    ManageSessions,
    /// The administrator of a partner.
    Administer,
    /// A key with the grant of the look-up, from where it was granted.
    Trusted,
    /// The operator's key.
    Operate,
    /// That this is a sandbox; a key has to be one that was given out once.
    Sandbox,
    /// Nothing; a key has to be one for statuses, or for certificates.
    Verifying,
    /// A token of the door at which people let their status be told.
    Inquire,
    /// A token of any door of people, which was given to no application or to one that has certificates.
    Proven,
    /// … of a door that opens appointments.
    OwnCertificates,
    /// The officer of a district, or the ministry.
    Revoke,
}

/// Who passes which door: `.` is let in, U, F, D, Y and N are refused as [`refusal`] says.
#[rustfmt::skip]
const EXPECTED: &[(Who, &str)] = &[
    //                                     Nothing
    //                                     | Search
    //                                     | |Password
    //                                     | ||Portal
    //                                     | ||| Application
    //                                     | ||| |    OwnSearch
    //                                     | ||| |    |Registering
    //                                     | ||| |    ||OwnPeople
    //                                     | ||| |    |||Booking
    //                                     | ||| |    ||||OwnAccount
    //                                     | ||| |    |||||OwnEvents
    //                                     | ||| |    ||||||      Counter
    //                                     | ||| |    ||||||      |KeepStock
    //                                     | ||| |    ||||||      ||Watch
    //                                     | ||| |    ||||||      |||      ReadPartners
    //                                     | ||| |    ||||||      |||      |Rule
    //                                     | ||| |    ||||||      |||      ||ReadOfficials
    //                                     | ||| |    ||||||      |||      |||InOffice
    //                                     | ||| |    ||||||      |||      ||||    ManageFacility
    //                                     | ||| |    ||||||      |||      ||||    |DecideFacility
    //                                     | ||| |    ||||||      |||      ||||    ||ManageSessions
    //                                     | ||| |    ||||||      |||      ||||    |||   Administer
    //                                     | ||| |    ||||||      |||      ||||    |||   | Trusted
    //                                     | ||| |    ||||||      |||      ||||    |||   | | Operate
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | Sandbox
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | | Verifying
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | | |Inquire
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | | ||   Proven
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | | ||   |OwnCertificates
    //                                     | ||| |    ||||||      |||      ||||    |||   | | | | ||   ||Revoke
    (Who::Nobody,                         ". ... F    UUUUUU      FFF      UUUU    UUU   U F F . .U   UUU"),
    (Who::BlockedAddress,                 ". DDD D    DDDDDD      DDD      DDDD    DDD   D D D D DD   DDD"),

    (Who::PublicToken,                    ". ... F    UUUUUU      FFF      UUUU    UUU   U F F . .U   .UU"),
    (Who::StatusToken,                    ". ... F    UUUUUU      FFF      UUUU    UUU   U F F . ..   UUU"),
    (Who::PortalToken,                    ". ... F    ......      FFF      UUUU    UUU   U F F . .U   ..U"),
    (Who::AnothersPortalToken,            ". ... F    ......      FFF      UUUU    UUU   U F F . .U   ..U"),
    (Who::BlockedNumbersToken,            ". ... F    DDDDDD      FFF      UUUU    UUU   U F F . .U   DDU"),
    (Who::ApplicationsToken,              ". ... F    ......      FFF      UUUU    UUU   U F F . .U   ..U"),
    (Who::RegisteringApplicationsToken,   ". ... F    F..F.F      FFF      UUUU    UUU   U F F . .U   FFU"),
    (Who::BookingApplicationsToken,       ". ... F    FF...F      FFF      UUUU    UUU   U F F . .U   FFU"),
    (Who::UnsubscribedApplicationsToken,  ". ... F    FFFFFF      FFF      UUUU    UUU   U F F . .U   FFU"),
    (Who::EndedApplicationsToken,         ". ... F    FFFFFF      FFF      UUUU    UUU   U F F . .U   FFU"),
    (Who::SuspendedPartnersToken,         ". ... F    FFFFFF      FFF      UUUU    UUU   U F F . .U   FFU"),

    (Who::Vaccinator,                     ". ... F    UUUUUU      FFF      YYY.    YYY   U F F . .U   UUY"),
    (Who::VaccinatorElsewhere,            ". ... F    UUUUUU      FFF      YYY.    YYY   U F F . .U   UUY"),
    (Who::VaccinatorOnAnotherDevice,      ". ... F    UUUUUU      FFF      UUUU    UUU   U F F . .U   UUU"),
    (Who::Verifier,                       ". ... F    UUUUUU      FFF      YYY.    YYY   U F F . .U   UUY"),
    (Who::Manager,                        ". ... F    UUUUUU      FFF      YY..    .Y.   U F F . .U   UUY"),
    (Who::DistrictOfficer,                ". ... F    UUUUUU      FFF      YY..    Y..   U F F . .U   UU."),
    (Who::OfficerOfAnotherDistrict,       ". ... F    UUUUUU      FFF      YY..    Y..   U F F . .U   UU."),
    (Who::StateOfficer,                   ". ... F    UUUUUU      FFF      YY..    YYY   U F F . .U   UUY"),
    (Who::Ministry,                       ". ... F    UUUUUU      FFF      ....    YYY   U F F . .U   UU."),
    (Who::Auditor,                        ". ... F    UUUUUU      FFF      .Y..    YYY   U F F . .U   UUY"),
    (Who::Dismissed,                      ". ... F    UUUUUU      FFF      UUUU    UUU   U F F . .U   UUU"),

    (Who::VaccinatorWithKey,              ". F.. .    UUUUUU      .Y.      YYY.    YYY   U F F . .U   UUY"),
    (Who::VaccinatorElsewhereWithKey,     ". F.. .    UUUUUU      .Y.      YYY.    YYY   U F F . .U   UUY"),
    (Who::VerifierWithKey,                ". F.. .    UUUUUU      .YY      YYY.    YYY   U F F . .U   UUY"),
    (Who::ManagerWithKey,                 ". F.. .    UUUUUU      ...      YY..    .Y.   U F F . .U   UUY"),
    (Who::StateOfficerWithKey,            ". F.. .    UUUUUU      YYY      YY..    YYY   U F F . .U   UUY"),
    (Who::AuditorWithKey,                 ". F.. .    UUUUUU      YYY      .Y..    YYY   U F F . .U   UUY"),
    (Who::VaccinatorWithSearchKey,        ". .FF F    UUUUUU      FFF      YYY.    YYY   U F F . FU   UUY"),

    (Who::SandboxKey,                     ". ... .    UUUUUU      UUU      UUUU    UUU   U F F . .U   UUU"),
    (Who::UnknownKey,                     ". ... F    UUUUUU      FFF      UUUU    UUU   U F F F .U   UUU"),
    (Who::KeyOfOtherEnvironment,          ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyUnsubscribed,                ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyToSearch,                    ". .FF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyToBook,                      ". F.. .    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyToEverything,                ". ... .    UUUUUU      UUU      UUUU    UUU   U F F . .U   UUU"),
    (Who::KeyOfFacility,                  ". ... .    UUUUUU      ...      UUUU    UUU   U F F . .U   UUU"),
    (Who::KeyOfFacilityElsewhere,         ". ... .    UUUUUU      ...      UUUU    UUU   U F F . .U   UUU"),
    (Who::KeyOfSuspendedPartner,          ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyOfTerminatedPartner,         ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyExpired,                     ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyCompromised,                 ". FFF F    UUUUUU      FFF      UUUU    UUU   U F F . FU   UUU"),
    (Who::KeyBlocked,                     ". DDD D    UUUUUU      DDD      UUUU    UUU   U F F . DU   UUU"),
    (Who::KeyOfBlockedPartner,            ". DDD D    UUUUUU      DDD      UUUU    UUU   U F F . DU   UUU"),
    (Who::KeyToLookUp,                    ". ... .    UUUUUU      UUU      UUUU    UUU   U . F . .U   UUU"),
    (Who::KeyToLookUpFromElsewhere,       ". ... .    UUUUUU      UUU      UUUU    UUU   U F F . .U   UUU"),

    (Who::Administrator,                  ". ... F    UUUUUU      FFF      UUUU    UUU   . F F . .U   UUU"),
    (Who::AnothersAdministrator,          ". ... F    UUUUUU      FFF      UUUU    UUU   . F F . .U   UUU"),
    (Who::Operator,                       ". ... F    UUUUUU      FFF      UUUU    UUU   U F . F .U   UUU"),
];

/// In production, with the same columns: there is no portal unless it is opened, nothing of a sandbox, and no key that
/// everybody knows.
#[rustfmt::skip]
const IN_PRODUCTION: &[(Who, &str)] = &[
    (Who::Nobody,                         ". ..N F    UUUUUU      FFF      UUUU    UUU   U F F N .U   UUU"),
    (Who::SandboxKey,                     ". ..N F    UUUUUU      FFF      UUUU    UUU   U F F N .U   UUU"),
    (Who::KeyOfOtherEnvironment,          ". FFN F    UUUUUU      FFF      UUUU    UUU   U F F N FU   UUU"),
    (Who::KeyToEverything,                ". ..N .    UUUUUU      UUU      UUUU    UUU   U F F N .U   UUU"),
    (Who::Operator,                       ". ..N F    UUUUUU      FFF      UUUU    UUU   U F . N .U   UUU"),
];

/// What those are told who are not let in.
fn refusal(letter: char) -> (u16, &'static str) {
    match letter {
        'U' => (401, "Unauthenticated access!"),
        'F' => (403, r#"{"message":"Forbidden"}"#),
        'D' => (
            403,
            r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#,
        ),
        'Y' => (
            403,
            r#"{"error":"Not allowed for this role or outside its area","errorCode":"USRRES0011"}"#,
        ),
        'N' => (404, r#"{"error":"No such resource","errorCode":"USRRES0004"}"#),
        other => panic!("{other} is no refusal"),
    }
}

#[test]
fn every_route_tells_every_kind_of_caller_what_the_table_says() {
    let server = TestServer::with(|settings| settings.operator_key = Some(hashed(cast::OPERATOR)));
    let cast = Cast::gather(&server);
    assert_told(&server, &cast, EXPECTED);
    assert!(server.close());
}

#[test]
fn production_has_no_door_that_a_sandbox_opens() {
    let home = tempfile::tempdir().unwrap();
    let settings = production(&home.path().join("data"));
    opencowin::keys::make(settings.keys.as_ref().unwrap()).unwrap();
    let server = TestServer::open(settings).unwrap();
    let cast = Cast::of_production(&server);
    assert_told(&server, &cast, IN_PRODUCTION);
    assert!(server.close());
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| route.name).collect();
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.0).collect();
    let without: Vec<_> = routes.difference(&rows).collect();
    assert!(without.is_empty(), "without a row in callers/requests.rs: {without:?}");
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(gone.is_empty(), "no route has these names of callers/requests.rs: {gone:?}");
    assert_eq!((routes.len(), rows.len()), (ROUTES.len(), ROWS.len()), "a name stands twice");
}

/// That everybody is told what the table says. A few call at a time, since other tests run beside.
#[track_caller]
fn assert_told(server: &TestServer, cast: &Cast, expected: &[(Who, &str)]) {
    let groups: Vec<_> = expected.chunks(expected.len().div_ceil(4)).collect();
    let told = at_once(&groups, |group| {
        let each = group.iter().flat_map(|(who, row)| differences(server, cast, *who, row));
        each.collect::<Vec<_>>()
    });
    let told = told.concat();
    assert!(told.is_empty(), "{} differences\n{}", told.len(), told.join("\n"));
}

/// In which routes somebody is told something else than what the table says, a line each.
fn differences(server: &TestServer, cast: &Cast, who: Who, row: &str) -> Vec<String> {
    let letters: Vec<char> = row.chars().filter(|letter| *letter != ' ').collect();
    let differs = |route: &Route| {
        let row = ROWS.iter().find(|row| row.0 == route.name)?;
        let answer = ask(server, cast, who, route, row.2);
        let expected = differs(row, who, letters[row.1 as usize], &answer)?;
        let body: String = String::from_utf8_lossy(&answer.body).chars().take(100).collect();
        let told = (answer.status, body);
        Some(format!("{who:?} {}: {told:?}, not {expected:?}", route.name))
    };
    ROUTES.iter().filter_map(differs).collect()
}

/// What somebody was to be told, if it was something else.
fn differs(row: &Row, who: Who, letter: char, answer: &Answer) -> Option<Told> {
    if letter != '.' {
        let expected = refusal(letter);
        return (expected != (answer.status, &*answer.text())).then_some(expected);
    }
    let own = row.4.iter().find(|(other, _)| *other == who).map(|(_, told)| *told);
    let expected = own.unwrap_or(row.3);
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body["errorCode"].as_str().unwrap_or_default();
    (expected != (answer.status, code)).then_some(expected)
}

fn ask(server: &TestServer, cast: &Cast, who: Who, route: &Route, sent: &str) -> Answer {
    let path = route.path.replace("{state_id}", "9").replace("{secret}", "secret");
    let path =
        path.replace("{date}", "2021-05-01").replace("{list}", "0").replace("{*file}", "page.js");
    let path = path.replace("{token}", "AAAAAAAAAAAAAAAAAAAAAA");
    let (query, body) = if sent.starts_with('?') { (sent, "") } else { ("", sent) };
    let mut call = server.call(route.method.as_str(), &cast.fill(&format!("{path}{query}")));
    for (name, value) in cast.headers(who) {
        call = call.header(name, value);
    }
    if body.is_empty() { call.send() } else { call.bytes(cast.fill(body)).send() }
}

/// A production server, whose messages nobody takes.
fn production(data: &Path) -> Settings {
    in_production(Settings {
        keys: Some(beside(data)),
        messages: Some(messages_to((Ipv4Addr::LOCALHOST, 1).into())),
        operator_key: Some(hashed(cast::OPERATOR)),
        ..settings(data)
    })
}
