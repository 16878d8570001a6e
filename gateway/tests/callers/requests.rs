//! One request for each route, and what those are told who are let in. No request changes what another is told.

use super::Asks::{self, *};
use super::Told;
use super::cast::Who;

/// A route by its name, what it asks of whoever calls, the query (`?…`) or the body that is sent, what those are told who are
/// let in, and who of them is told something else.
pub(super) struct Row(
    pub &'static str,
    pub Asks,
    pub &'static str,
    pub Told,
    pub &'static [(Who, Told)],
);

const DONE: Told = (200, "");
const MISSING: Told = (400, "USRRES0001");
const NO_PASSWORD: Told = (400, "USRAUT0012");
const NOBODY: Told = (400, "APPOIN0001");
const NOT_YOURS: Told = (403, "USRRES0011");
const NO_RECORD: Told = (404, "USRRES0012");

/// All who are let in are told the same.
const ALIKE: &[(Who, Told)] = &[];
/// To the administrator of another partner there is none.
const THEIRS: &[(Who, Told)] = &[(Who::AnothersAdministrator, NO_RECORD)];
/// A facility in another district.
const ELSEWHERE: &[(Who, Told)] = &[(Who::OfficerOfAnotherDistrict, NOT_YOURS)];
/// A facility with which somebody has nothing to do does not see them.
const SEEN_THERE: &[(Who, Told)] =
    &[(Who::VaccinatorElsewhereWithKey, NOBODY), (Who::KeyOfFacilityElsewhere, NOBODY)];

/// Verifiers record no doses.
const NO_DOSES: &[(Who, Told)] = &[(Who::VerifierWithKey, NOT_YOURS)];
/// Of a facility's staff it is for managers.
const MANAGERS: &[(Who, Told)] = &[
    (Who::VerifierWithKey, NOT_YOURS),
    (Who::VaccinatorWithKey, NOT_YOURS),
    (Who::VaccinatorElsewhereWithKey, NOT_YOURS),
];

/// There is nobody, and no appointment, but those of one's own account.
const ANOTHERS_PERSON: &[(Who, Told)] = &[(Who::AnothersPortalToken, NOBODY)];
const ANOTHERS_APPOINTMENT: &[(Who, Told)] = &[(Who::AnothersPortalToken, (400, "APPOIN0050"))];

const BY_PIN: &str = "?pincode=110001&date=28-04-2030";
const BY_DISTRICT: &str = "?district_id=141&date=28-04-2030";
const BY_CENTRE: &str = "?center_id=1&date=28-04-2030";
const NEARBY: &str = "?lat=28.6&long=77.2";
const APPOINTMENT: &str = "?appointment_id={appointment}";
const DEVICE: &str = r#"{"device_id":"a-device"}"#;
const PERSON: &str = r#"{"beneficiary_reference_id":"{person}"}"#;
const RESET: &str = r#"{"beneficiary_reference_id":"{person}","center_id":{centre}}"#;
const SAME_SLOT: &str =
    r#"{"appointment_id":"{appointment}","session_id":"{session}","slot":"{slot}"}"#;
const STRANGER: &str = r#"{"appointment_id":"{appointment}","beneficiariesToCancel":["{other}"]}"#;
const MANAGER: &str =
    r#"{"mobile":"{manager}","name":"Ravi Kumar","role":"facility-manager","center_id":{centre}}"#;
const LAST_MINISTER: &str = r#"{"id":"{minister}","reason":"moved away"}"#;
const LOOK: &str =
    r#"{"mobile":"{mobile}","consent_reference":"paper-7","purpose":"outbreak-investigation"}"#;

const WASTE: &str = r#"{"vaccine":"COVAXIN","batch":"A1","doses":1,"reason":"broken"}"#;
const FEVER: &str = r#"{"beneficiary_reference_id":"{person}","dose":1,"severity":"minor","symptoms":["pyrexia"],"onset":"01-05-2021","outcome":"recovered"}"#;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    Row("states",                   Search,        "",            DONE, ALIKE),
    Row("districts",                Search,        "",            DONE, ALIKE),
    Row("idTypes",                  Search,        "",            DONE, ALIKE),
    Row("genders",                  Search,        "",            DONE, ALIKE),
    Row("publicFindByPin",          Search,        BY_PIN,        DONE, ALIKE),
    Row("publicFindByDistrict",     Search,        BY_DISTRICT,   DONE, ALIKE),
    Row("publicFindByLatLong",      Search,        NEARBY,        DONE, ALIKE),
    Row("publicCalendarByPin",      Search,        BY_PIN,        DONE, ALIKE),
    Row("publicCalendarByDistrict", Search,        BY_DISTRICT,   DONE, ALIKE),
    Row("publicCalendarByCenter",   Search,        BY_CENTRE,     DONE, ALIKE),
    Row("publicCentresByLatLong",   Search,        NEARBY,        DONE, ALIKE),

    Row("findByPin",                OwnSearch,     BY_PIN,        DONE, ALIKE),
    Row("findByDistrict",           OwnSearch,     BY_DISTRICT,   DONE, ALIKE),
    Row("calendarByPin",            OwnSearch,     BY_PIN,        DONE, ALIKE),
    Row("calendarByDistrict",       OwnSearch,     BY_DISTRICT,   DONE, ALIKE),
    Row("calendarByCenter",         OwnSearch,     BY_CENTRE,     DONE, ALIKE),
    Row("searchSessions",           OwnSearch,     BY_DISTRICT,   DONE, ALIKE),
    Row("centresByLatLong",         OwnSearch,     NEARBY,        DONE, ALIKE),
    Row("calendarByPinV4",          OwnSearch,     BY_PIN,        DONE, ALIKE),
    Row("calendarByDistrictV4",     OwnSearch,     BY_DISTRICT,   DONE, ALIKE),

    Row("askPublicPassword",        Password,      "",            MISSING, ALIKE),
    Row("confirmPublicPassword",    Password,      "",            NO_PASSWORD, ALIKE),
    Row("askPassword",              Application,   "",            MISSING, ALIKE),
    Row("confirmPassword",          Application,   "",            NO_PASSWORD, ALIKE),
    Row("askPortalPassword",        Portal,        "",            MISSING, ALIKE),
    Row("confirmPortalPassword",    Portal,        "",            NO_PASSWORD, ALIKE),
    Row("askStaffPassword",         Password,      "",            MISSING, ALIKE),
    Row("confirmStaffPassword",     Password,      DEVICE,        NO_PASSWORD, ALIKE),
    Row("askPartnerPassword",       Password,      "",            MISSING, ALIKE),
    Row("confirmPartnerPassword",   Password,      DEVICE,        NO_PASSWORD, ALIKE),
    Row("challenge",                Nothing,       "",            DONE, ALIKE),

    Row("me",                       InOffice,      "",            DONE, ALIKE),
    Row("appoint",                  InOffice,      MANAGER,       NOT_YOURS, &[(Who::DistrictOfficer, (409, "OFFICE0001"))]),
    Row("officials",                ReadOfficials, "?center_id={centre}", DONE, ALIKE),
    Row("dismissOfficial",          InOffice,      LAST_MINISTER, NOT_YOURS, &[(Who::Ministry, (409, "OFFICE0002"))]),

    Row("captcha",                  OwnAccount,    "",            DONE, ALIKE),
    Row("register",                 Registering,   "",            MISSING, ALIKE),
    Row("deleteBeneficiary",        Registering,   PERSON,        (400, "BENREG0003"), ANOTHERS_PERSON),
    Row("eraseBeneficiary",         Registering,   PERSON,        (400, "BENREG0003"), ANOTHERS_PERSON),
    Row("orderErasure",             Rule,          PERSON,        (400, "BENREG0003"), ALIKE),
    Row("beneficiaries",            OwnPeople,     "",            DONE, ALIKE),
    Row("beneficiariesV4",          OwnPeople,     "",            DONE, ALIKE),
    Row("schedule",                 Booking,       "{booking}",   (400, "APPOIN0022"), ANOTHERS_PERSON),
    Row("scheduleV4",               Booking,       "{booking}",   (400, "APPOIN0022"), ANOTHERS_PERSON),
    Row("reschedule",               Booking,       SAME_SLOT,     (400, "APPOIN0049"), ANOTHERS_APPOINTMENT),
    Row("cancel",                   Booking,       STRANGER,      (400, "APPOIN0050"), ALIKE),
    Row("cancelV4",                 Booking,       STRANGER,      (400, "APPOIN0050"), ALIKE),
    Row("slip",                     Booking,       APPOINTMENT,   DONE, ANOTHERS_APPOINTMENT),
    Row("slipV4",                   Booking,       APPOINTMENT,   DONE, ANOTHERS_APPOINTMENT),

    Row("counterByMobile",          Counter,       "?mobile_number={mobile}", DONE, SEEN_THERE),
    Row("counterByReference",       Counter,       "?beneficiary_reference_id={person}", DONE, SEEN_THERE),
    Row("counterRegister",          Counter,       "",            MISSING, ALIKE),
    Row("onSpotSchedule",           Counter,       "",            (400, "APPOIN0047"), ALIKE),
    Row("upload",                   Counter,       "",            MISSING, ALIKE),
    Row("today",                    Counter,       "",            DONE, ALIKE),
    Row("checkIn",                  Counter,       "",            MISSING, ALIKE),
    Row("resetProofs",              Counter,       RESET,         NOT_YOURS, ALIKE),
    Row("vaccinate",                Counter,       "",            MISSING, NO_DOSES),
    Row("decline",                  Counter,       "",            MISSING, ALIKE),
    Row("observe",                  Counter,       "",            MISSING, NO_DOSES),
    Row("recordElsewhere",          Counter,       "",            MISSING, NO_DOSES),
    Row("correctDose",              Counter,       "",            MISSING, MANAGERS),
    Row("merge",                    Counter,       "",            MISSING, ALIKE),
    Row("moveMember",               Counter,       "",            MISSING, ALIKE),
    Row("recall",                   Counter,       "",            MISSING, MANAGERS),
    Row("stock",                    Counter,       "",            DONE, ALIKE),
    Row("stockHistory",             Counter,       "",            DONE, ALIKE),
    Row("batchSignals",             Counter,       "?vaccine=COVAXIN&batch=A1", DONE, ALIKE),
    Row("receiveStock",             KeepStock,     "",            MISSING, ALIKE),
    Row("wasteStock",               KeepStock,     WASTE,         (409, "VACCIN0014"), ALIKE),
    Row("transferStock",            KeepStock,     "",            MISSING, ALIKE),
    Row("aefiReports",              Watch,         "",            DONE, ALIKE),
    Row("reportAefi",               Watch,         FEVER,         (400, "VACCIN0008"), ALIKE),
    Row("followUpAefi",             Watch,         "",            MISSING, ALIKE),
    Row("ownAefiReports",           OwnEvents,     "",            DONE, ALIKE),
    Row("reportOwnAefi",            OwnEvents,     FEVER,         (400, "VACCIN0008"), ANOTHERS_PERSON),
    Row("publicReport",             Search,        "",            DONE, ALIKE),
    Row("publicReportTable",        Search,        "",            DONE, ALIKE),
    Row("dayDump",                  Search,        "",            DONE, ALIKE),
    Row("lookup",                   Trusted,       LOOK,          DONE, ALIKE),

    Row("limits",                   ReadPartners,  "",            DONE, ALIKE),
    Row("setLimits",                Rule,          "{}",          DONE, ALIKE),
    Row("blocks",                   ReadPartners,  "",            DONE, ALIKE),
    Row("block",                    Rule,          "",            MISSING, ALIKE),
    Row("liftBlock",                Rule,          "",            MISSING, ALIKE),
    Row("partners",                 ReadPartners,  "",            DONE, ALIKE),
    Row("partner",                  ReadPartners,  "",            DONE, ALIKE),
    Row("partnerTest",              ReadPartners,  "",            DONE, ALIKE),
    Row("partnerKeys",              ReadPartners,  "",            DONE, ALIKE),
    Row("decidePartner",            Rule,          "",            MISSING, ALIKE),
    Row("embedPartner",             Rule,          "",            MISSING, ALIKE),
    Row("revokeKey",                Rule,          "",            MISSING, ALIKE),
    Row("exceptKey",                Rule,          "",            MISSING, ALIKE),
    Row("whitelistKey",             Rule,          "",            MISSING, ALIKE),
    Row("grantLookup",              Rule,          "",            MISSING, ALIKE),

    Row("apply",                    Password,      "",            MISSING, ALIKE),
    Row("approval",                 Search,        "",            DONE, ALIKE),
    Row("ownPartners",              Administer,    "",            DONE, ALIKE),
    Row("ownPartner",               Administer,    "",            DONE, THEIRS),
    Row("nominate",                 Administer,    "",            MISSING, THEIRS),
    Row("dismissAdministrator",     Administer,    "",            MISSING, THEIRS),
    Row("serveFacility",            Administer,    "",            MISSING, THEIRS),
    Row("leaveFacility",            Administer,    "",            MISSING, THEIRS),
    Row("embed",                    Administer,    "",            MISSING, THEIRS),
    Row("showEvidence",             Administer,    "",            MISSING, THEIRS),
    Row("ownTest",                  Administer,    "",            DONE, THEIRS),
    Row("giveNotice",               Administer,    "",            DONE, THEIRS),
    Row("confirmDeletion",          Administer,    "",            (409, "PARTNR0001"), THEIRS),
    Row("ownKeys",                  Administer,    "",            DONE, THEIRS),
    Row("makeKey",                  Administer,    "",            MISSING, THEIRS),
    Row("subscribe",                Administer,    "",            MISSING, THEIRS),
    Row("bindKey",                  Administer,    "",            MISSING, THEIRS),
    Row("rotateKey",                Administer,    "",            MISSING, THEIRS),
    Row("revokeOwnKey",             Administer,    "",            MISSING, THEIRS),
    Row("reportKey",                Administer,    "",            MISSING, THEIRS),
    Row("ownUsage",                 Administer,    "",            DONE, THEIRS),

    Row("applyFacility",            Registering,    "",            MISSING, ALIKE),
    Row("ownFacilities",            Registering,    "",            DONE, ALIKE),
    Row("facilities",               DecideFacility, "",            DONE, ALIKE),
    Row("decideFacility",           DecideFacility, "",            MISSING, ALIKE),
    Row("facility",                 ManageFacility, "",            DONE, ALIKE),
    Row("changeFacility",           ManageFacility, r#"{"minimum_age":"x"}"#, (400, "USRRES0002"), ALIKE),
    Row("suspendFacility",          DecideFacility, "",            MISSING, ALIKE),
    Row("resumeFacility",           DecideFacility, "",            MISSING, ALIKE),
    Row("heldSessions",             ManageSessions, "?center_id={centre}", DONE, ELSEWHERE),
    Row("drafts",                   ManageSessions, "?center_id={centre}", DONE, ELSEWHERE),
    Row("draftSession",             ManageSessions, "",            MISSING, ALIKE),
    Row("templateSession",          ManageSessions, "",            MISSING, ALIKE),
    Row("discardDraft",             ManageSessions, "",            MISSING, ALIKE),
    Row("publishSession",           ManageSessions, "",            MISSING, ALIKE),
    Row("resizeSession",            ManageSessions, "",            MISSING, ALIKE),
    Row("moveSession",              ManageSessions, "",            MISSING, ALIKE),
    Row("closeSession",             ManageSessions, "",            MISSING, ALIKE),
    Row("reopenSession",            ManageSessions, "",            MISSING, ALIKE),
    Row("cancelSession",            ManageSessions, "",            MISSING, ALIKE),

    Row("publicDownloadCertificate", Proven,       "",            MISSING, ALIKE),
    Row("publicCertificates",       Proven,        "",            DONE, ALIKE),
    Row("downloadCertificate",      OwnCertificates, "",          MISSING, ALIKE),
    Row("certificates",             OwnCertificates, "",          DONE, ALIKE),
    Row("counterDownloadCertificate", Counter,     "",            MISSING, ALIKE),
    Row("counterCertificates",      Counter,       "",            MISSING, ALIKE),
    Row("certificateForTravel",     OwnCertificates, "",          MISSING, ALIKE),
    Row("regenerateCertificate",    OwnCertificates, "",          MISSING, ALIKE),
    Row("correctOwnPerson",         OwnCertificates, "",          MISSING, ALIKE),
    Row("correctPerson",            DecideFacility, "",           MISSING, ALIKE),
    Row("revokeCertificate",        Revoke,        "",            MISSING, ALIKE),
    Row("reissueCertificates",      Rule,          "",            MISSING, ALIKE),

    Row("did",                      Nothing,       "",            DONE, ALIKE),
    Row("jwks",                     Nothing,       "",            DONE, ALIKE),
    Row("certificateContext",       Nothing,       "",            DONE, ALIKE),
    Row("statusList",               Nothing,       "",            NO_RECORD, ALIKE),
    Row("logHead",                  Nothing,       "",            NO_RECORD, ALIKE),
    Row("logEntries",               Search,        "?start=0",    DONE, ALIKE),
    Row("logInclusion",             Search,        "",            MISSING, ALIKE),
    Row("logConsistency",           Search,        "?first=0",    NO_RECORD, ALIKE),

    Row("verifyPage",               Nothing,       "",            DONE, ALIKE),
    Row("verifyFile",               Nothing,       "",            DONE, ALIKE),
    Row("statusPage",               Nothing,       "",            DONE, ALIKE),
    Row("statusFile",               Nothing,       "",            DONE, ALIKE),
    Row("knowYourStatus",           Nothing,       "",            DONE, ALIKE),
    Row("verifyCertificate",        Verifying,     "",            (422, "VERIFY0001"), ALIKE),
    Row("askStatusPassword",        Verifying,     "",            MISSING, ALIKE),
    Row("confirmStatusPassword",    Verifying,     "",            NO_PASSWORD, ALIKE),
    Row("vaccinationStatus",        Inquire,       "",            DONE, ALIKE),
    Row("statusPartner",            Verifying,     "?nonce=%20",  (400, "USRRES0002"), ALIKE),
    Row("shareStatus",              OwnPeople,     "",            MISSING, ALIKE),
    Row("statusShares",             OwnPeople,     "",            DONE, ALIKE),
    Row("unshareStatus",            OwnPeople,     "",            MISSING, ALIKE),
    Row("sharedStatus",             Verifying,     "",            NO_RECORD, ALIKE),

    Row("messageReceipt",           Nothing,       "",            NO_RECORD, ALIKE),
    Row("alive",                    Nothing,       "",            DONE, ALIKE),
    Row("ready",                    Nothing,       "",            DONE, ALIKE),
    Row("metrics",                  Nothing,       "",            DONE, ALIKE),
    Row("openApi",                  Nothing,       "",            DONE, ALIKE),
    Row("checkLedger",              Operate,       "",            DONE, ALIKE),
    Row("outbox",                   Sandbox,       "?mobile={mobile}", DONE, ALIKE),
    Row("advanceClock",             Sandbox,       r#"{"advance_s":0}"#, DONE, ALIKE),
    Row("inventOfficial",           Sandbox,       "",            MISSING, ALIKE),
];
