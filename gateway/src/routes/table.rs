//! The rows. Paths and fields are those of the real service (wire contract 1.3); what is ours says so.

use super::certificate_params::*;
use super::citizen_params::*;
use super::counter_params::*;
use super::facility_params::*;
use super::kyc_params::*;
use super::official_params::*;
use super::partner_params::*;
use super::schema::*;
use super::supply_params::*;
use super::{
    Access, Certificates, Console, Endpoint, Facilities, Holding, Kyc, Oversight, Page, PlaceKind,
    Priority, Published, Route, SearchKind, Success,
};
use crate::http::catalogue as error;
use crate::identity::Door;
use http::Method;

const FREE: Access = Access::Free;
const OPERATOR: Access = Access::Operator;
const SANDBOX: Access = Access::Sandbox;

/// One row: method, path, name, summary, access and priority, parameters, answer, errors, endpoint.
macro_rules! routes {
    ($($method:ident $path:literal $name:literal $summary:literal
       $access:ident $priority:ident query $query:expr; body $body:expr; $success:expr; $errors:expr => $endpoint:expr),* $(,)?) => {
        /// Every route of the server.
        pub static ROUTES: &[Route] = &[$(Route {
            method: Method::$method, path: $path, name: $name, summary: $summary,
            access: $access, priority: Priority::$priority, query: $query, body: $body,
            success: $success, errors: $errors, endpoint: $endpoint,
        }),*];
    };
}

use Success::{Documents, Files, Json, Lines, NoContent, Pdf, Text};

routes! {
    GET "/api/v2/admin/location/states" "states" "All states and union territories."
        SEARCH PublicSearch query &[]; body &[]; Json("States"); &[] => Endpoint::States,
    GET "/api/v2/admin/location/districts/{state_id}" "districts" "The districts of a state."
        SEARCH PublicSearch query &[STATE_ID]; body &[]; Json("Districts"); &[error::PARAMETER_INVALID] => Endpoint::Districts,
    GET "/api/v2/registration/beneficiary/idTypes" "idTypes" "Identity documents with which people register."
        SEARCH PublicSearch query &[]; body &[]; Json("IdTypes"); &[] => Endpoint::IdTypes,
    GET "/api/v2/registration/beneficiary/genders" "genders" "Genders."
        SEARCH PublicSearch query &[]; body &[]; Json("Genders"); &[] => Endpoint::Genders,

    GET "/api/v2/appointment/sessions/public/findByPin" "publicFindByPin" "Sessions of one day by pincode."
        SEARCH PublicSearch query search_params!(PIN, DAY); body &[]; Json("Sessions"); PIN_ERRORS => search(PlaceKind::Pincode, false),
    GET "/api/v2/appointment/sessions/public/findByDistrict" "publicFindByDistrict" "Sessions of one day by district."
        SEARCH PublicSearch query search_params!(DISTRICT, DAY); body &[]; Json("Sessions"); PLACE_ERRORS => search(PlaceKind::District, false),
    GET "/api/v2/appointment/sessions/public/findByLatLong" "publicFindByLatLong" "Sessions of one day at the nearest centres."
        SEARCH PublicSearch query search_params!(LAT, LONG, DAY_OPTIONAL); body &[]; Json("Sessions"); PLACE_ERRORS => search_near(true),
    GET "/api/v2/appointment/sessions/public/calendarByPin" "publicCalendarByPin" "Seven days by pincode."
        SEARCH PublicSearch query search_params!(PIN, DAY); body &[]; Json("Centers"); PIN_ERRORS => search(PlaceKind::Pincode, true),
    GET "/api/v2/appointment/sessions/public/calendarByDistrict" "publicCalendarByDistrict" "Seven days by district."
        SEARCH PublicSearch query search_params!(DISTRICT, DAY); body &[]; Json("Centers"); PLACE_ERRORS => search(PlaceKind::District, true),
    GET "/api/v2/appointment/sessions/public/calendarByCenter" "publicCalendarByCenter" "Seven days of one centre."
        SEARCH PublicSearch query search_params!(CENTRE, DAY); body &[]; Json("OneCenter"); PLACE_ERRORS => search(PlaceKind::Centre, true),
    GET "/api/v2/appointment/centers/public/findByLatLong" "publicCentresByLatLong" "The hundred nearest centres."
        SEARCH PublicSearch query &[LAT, LONG]; body &[]; Json("NearCenters"); POSITION_ERRORS => Endpoint::NearCentres,

    GET "/api/v2/appointment/sessions/findByPin" "findByPin" "Sessions of one day by pincode, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(PIN, DAY); body &[]; Json("Sessions"); PIN_ERRORS => search(PlaceKind::Pincode, false),
    GET "/api/v2/appointment/sessions/findByDistrict" "findByDistrict" "Sessions of one day by district, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(DISTRICT, DAY); body &[]; Json("Sessions"); PLACE_ERRORS => search(PlaceKind::District, false),
    GET "/api/v2/appointment/sessions/calendarByPin" "calendarByPin" "Seven days by pincode, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(PIN, DAY); body &[]; Json("Centers"); PIN_ERRORS => search(PlaceKind::Pincode, true),
    GET "/api/v2/appointment/sessions/calendarByDistrict" "calendarByDistrict" "Seven days by district, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(DISTRICT, DAY); body &[]; Json("Centers"); PLACE_ERRORS => search(PlaceKind::District, true),
    GET "/api/v2/appointment/sessions/calendarByCenter" "calendarByCenter" "Seven days of one centre, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(CENTRE, DAY); body &[]; Json("OneCenter"); PLACE_ERRORS => search(PlaceKind::Centre, true),
    GET "/api/v2/appointment/sessions/search" "searchSessions" "Sessions of a day in a district; today if no date is given."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(DISTRICT, DAY_OPTIONAL); body &[]; Json("Sessions"); PLACE_ERRORS
        => Endpoint::Search(SearchKind { place: PlaceKind::District, calendar: false, v4: false, date_optional: true }),
    GET "/api/v2/appointment/centers/findByLatLong" "centresByLatLong" "The hundred nearest centres, with a token."
        SEARCH_WITH_TOKEN PersonalSearch query &[LAT, LONG]; body &[]; Json("NearCenters"); POSITION_ERRORS => Endpoint::NearCentres,
    GET "/api/v4/appointment/sessions/calendarByPin" "calendarByPinV4" "Seven days by pincode with precaution doses."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(PIN, DAY); body &[]; Json("Centers"); PIN_ERRORS => search_v4(PlaceKind::Pincode),
    GET "/api/v4/appointment/sessions/calendarByDistrict" "calendarByDistrictV4" "Seven days by district with precaution doses."
        SEARCH_WITH_TOKEN PersonalSearch query search_params!(DISTRICT, DAY); body &[]; Json("Centers"); PLACE_ERRORS => search_v4(PlaceKind::District),

    POST "/api/v2/auth/public/generateOTP" "askPublicPassword" "Sends a one-time password; its token opens the certificate download."
        PUBLIC_DOOR Registration query &[]; body &[MOBILE_FIELD]; Json("Transaction"); DOOR_ERRORS => Endpoint::AskPassword(Door::Public),
    POST "/api/v2/auth/public/confirmOTP" "confirmPublicPassword" "Exchanges a one-time password for a token."
        PUBLIC_DOOR Booking query &[]; body &[OTP, TXN_ID]; Json("Token");
        &[error::OTP_MISSING, error::TXN_ID_MISSING, error::OTP_INVALID, error::NOT_REGISTERED, error::TRY_AGAIN]
        => Endpoint::ConfirmPassword(Door::Public),
    POST "/api/v2/auth/generateOTP" "askPassword" "Sends a one-time password for a partner's app."
        APPLICATION_DOOR Registration query &[]; body &[MOBILE_FIELD]; Json("Transaction"); DOOR_ERRORS => Endpoint::AskPassword(Door::Protected),
    POST "/api/v2/auth/confirmOTP" "confirmPassword" "Exchanges a one-time password for a token, in a partner's app."
        APPLICATION_DOOR Booking query &[]; body &[OTP, TXN_ID]; Json("AccountToken"); CONFIRM_ERRORS => Endpoint::ConfirmPassword(Door::Protected),
    POST "/api/v2/auth/generateMobileOTP" "askPortalPassword" "Sends a one-time password for the portal."
        PORTAL_DOOR Registration query &[]; body &[MOBILE_FIELD, SECRET]; Json("Transaction"); DOOR_ERRORS => Endpoint::AskPassword(Door::Portal),
    POST "/api/v2/auth/validateMobileOtp" "confirmPortalPassword" "Exchanges a one-time password for a token, in the portal."
        PORTAL_DOOR Booking query &[]; body &[OTP, TXN_ID]; Json("AccountToken"); CONFIRM_ERRORS => Endpoint::ConfirmPassword(Door::Portal),

    POST "/api/v2/staff/auth/generateOTP" "askStaffPassword" "Sends a one-time password to an official or somebody of the staff (ours)."
        PUBLIC_DOOR Registration query &[]; body &[MOBILE_FIELD]; Json("Transaction"); DOOR_ERRORS => Endpoint::AskPassword(Door::Staff),
    POST "/api/v2/staff/auth/confirmOTP" "confirmStaffPassword" "Exchanges a one-time password for a token that is good on one device (ours)."
        PUBLIC_DOOR Booking query &[]; body &[OTP, TXN_ID, DEVICE]; Json("OfficeToken"); CONFIRM_ERRORS => Endpoint::ConfirmOnDevice(Door::Staff),
    GET "/api/v2/staff/me" "me" "What whoever is logged in is appointed to (ours)."
        ANY_OFFICIAL Staff query &[]; body &[]; Json("Official"); &[] => Endpoint::Me,
    POST "/api/v2/partners/auth/generateOTP" "askPartnerPassword" "Sends a one-time password to the administrator of a partner (ours)."
        PUBLIC_DOOR Registration query &[]; body &[MOBILE_FIELD]; Json("Transaction"); DOOR_ERRORS => Endpoint::AskPassword(Door::Partner),
    POST "/api/v2/partners/auth/confirmOTP" "confirmPartnerPassword" "Exchanges it for a token, and proves the number to whoever nominated it (ours)."
        PUBLIC_DOOR Booking query &[]; body &[OTP, TXN_ID, DEVICE_OPTIONAL]; Json("OfficeToken"); CONFIRM_ERRORS => Endpoint::ConfirmOnDevice(Door::Partner),

    POST "/api/v2/officials" "appoint" "Appoints an official or somebody of the staff, within the area of whoever asks (ours)."
        ANY_OFFICIAL Staff query &[]; body APPOINT_BODY; Json("Official"); &[error::ALREADY_APPOINTED, error::TRY_AGAIN] => Endpoint::Appoint,
    GET "/api/v2/officials" "officials" "Those in office within the area of whoever asks (ours)."
        READ_OFFICIALS Staff query OFFICIALS_QUERY; body &[]; Json("Officials"); &[error::PARAMETER_INVALID, error::TRY_AGAIN] => Endpoint::Officials,
    POST "/api/v2/officials/dismiss" "dismissOfficial" "Dismisses somebody; their tokens are refused from then on (ours)."
        ANY_OFFICIAL Staff query &[]; body &[RECORD_ID, REASON]; Json("Official");
        &[error::NOT_FOUND, error::LAST_OF_THE_MINISTRY, error::TRY_AGAIN] => Endpoint::Dismiss,

    GET "/api/v2/auth/challenge" "challenge" "A proof of work for this address, to be sent solved in X-Challenge-Solution (ours)."
        FREE Registration query &[]; body &[]; Json("Challenge"); &[] => Endpoint::Challenge,
    POST "/api/v2/auth/getRecaptcha" "captcha" "A captcha for this account, as SVG."
        TOKEN_OF_A_PERSON Registration query &[]; body &[]; Json("Captcha"); &[] => Endpoint::Captcha,

    POST "/api/v2/registration/beneficiary/new" "register" "Registers a person under the proven mobile number."
        REGISTER Registration query &[]; body REGISTER_BODY; Json("Registered"); REGISTER_ERRORS => Endpoint::Register,
    POST "/api/v2/registration/beneficiary/delete" "deleteBeneficiary" "Removes a person who has neither a dose nor an appointment."
        REGISTER Registration query &[];
        body &[required("beneficiary_reference_id", TEXT, "The person.")]; NoContent; DELETE_ERRORS => Endpoint::DeleteBeneficiary,
    POST "/api/v2/registration/beneficiary/erase" "eraseBeneficiary" "Erases a person of the account who has no live appointment; doses stay, and lead to nobody (ours)."
        REGISTER Registration query &[]; body &[REFERENCE]; NoContent; DELETE_ERRORS => Endpoint::Erase,
    POST "/api/v2/ministry/erase" "orderErasure" "Erases a person who has asked those who run the programme (ours)."
        ERASE Staff query &[]; body &[REFERENCE]; NoContent; DELETE_ERRORS => Endpoint::OrderErasure,
    GET "/api/v2/appointment/beneficiaries" "beneficiaries" "The people of the account, with their appointments."
        OWN_PEOPLE Registration query &[]; body &[]; Json("Beneficiaries"); &[error::NO_BENEFICIARY, error::TRY_AGAIN] => Endpoint::Beneficiaries { v4: false },
    GET "/api/v4/appointment/beneficiaries" "beneficiariesV4" "The people of the account, with what version 4 added."
        OWN_PEOPLE Registration query &[]; body &[]; Json("Beneficiaries"); &[error::NO_BENEFICIARY, error::TRY_AGAIN] => Endpoint::Beneficiaries { v4: true },
    POST "/api/v2/appointment/schedule" "schedule" "Books one to four people into a session, all or none."
        BOOK Booking query &[]; body SCHEDULE_BODY; Json("Scheduled"); BOOKING_ERRORS => Endpoint::Schedule,
    POST "/api/v4/appointment/schedule" "scheduleV4" "Books one to four people into a session, all or none."
        BOOK Booking query &[]; body SCHEDULE_BODY; Json("Scheduled"); BOOKING_ERRORS => Endpoint::Schedule,
    POST "/api/v2/appointment/reschedule" "reschedule" "Moves an appointment to another session or slot; it keeps its id."
        BOOK Booking query &[]; body &[APPOINTMENT, SESSION, SLOT, CAPTCHA]; NoContent; RESCHEDULE_ERRORS => Endpoint::Reschedule,
    POST "/api/v2/appointment/cancel" "cancel" "Cancels an appointment for the people named, or for all of it."
        BOOK Booking query &[];
        body &[APPOINTMENT, optional("beneficiariesToCancel", REFERENCES, "Who; all if absent.")]; NoContent; CANCEL_ERRORS => Endpoint::Cancel,
    POST "/api/v4/appointment/cancel" "cancelV4" "Cancels an appointment for the people named, or for all of it."
        BOOK Booking query &[];
        body &[APPOINTMENT, optional("beneficiariesToCancel", REFERENCES, "Who; all if absent.")]; NoContent; CANCEL_ERRORS => Endpoint::Cancel,
    GET "/api/v2/appointment/appointmentslip/download" "slip" "The appointment slip."
        BOOK Registration query &[APPOINTMENT]; body &[]; Pdf;
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::APPOINTMENT_UNKNOWN, error::TRY_AGAIN] => Endpoint::Slip,
    GET "/api/v4/appointment/appointmentslip/download" "slipV4" "The appointment slip."
        BOOK Registration query &[APPOINTMENT]; body &[]; Pdf;
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::APPOINTMENT_UNKNOWN, error::TRY_AGAIN] => Endpoint::Slip,

    GET "/api/v2/vaccinator/beneficiaries/findByMobile" "counterByMobile" "The people of a number who have to do with the facility, or whose own token comes in X-Beneficiary-Token."
        COUNTER Staff query &[required("mobile_number", MOBILE, "The mobile number.")]; body &[]; Json("CounterPeople"); COUNTER_ERRORS => Endpoint::PeopleOfMobile,
    GET "/api/v2/vaccinator/beneficiaries/findByReferenceId" "counterByReference" "A person who has to do with the facility, or whose own token comes in X-Beneficiary-Token."
        COUNTER Staff query &[REFERENCE]; body &[]; Json("CounterPerson"); COUNTER_ERRORS => Endpoint::PersonOfReference,
    POST "/api/v2/vaccinator/beneficiaries/new" "counterRegister" "Registers somebody who stands at the counter, with any identity document."
        ENROL Staff query &[]; body ENROL_BODY; Json("Registered"); ENROL_ERRORS => Endpoint::CounterRegister,
    POST "/api/v2/vaccinator/onspots/schedule" "onSpotSchedule" "Books one to four people out of the seats for walk-ins or a cohort, all or none."
        ENROL Staff query &[]; body ON_SPOT_BODY; Json("OnSpot"); ON_SPOT_ERRORS => Endpoint::OnSpot,
    POST "/api/v2/vaccinator/beneficiaries/upload" "upload" "Registers the people of a file, each with a seat if a session is named; a line is answered for each row while the file comes (ours)."
        ENROL Staff query UPLOAD_QUERY; body UPLOAD_COLUMNS; Lines("UploadLine"); UPLOAD_ERRORS => Endpoint::Upload,
    GET "/api/v2/vaccinator/sessions/today" "today" "Who is expected at the facility's sessions of a day, and how it stands with them (ours)."
        COUNTER Staff query TODAY_QUERY; body &[]; Json("Today"); TODAY_ERRORS => Endpoint::Today,
    POST "/api/v2/vaccinator/beneficiaries/checkin" "checkIn" "Checks somebody in who shows their document and the code of their appointment (ours)."
        CHECK_IN Staff query &[]; body CHECK_IN_BODY; Json("CheckedIn"); CHECK_IN_ERRORS => Endpoint::CheckIn,
    POST "/api/v2/vaccinator/beneficiaries/resetTries" "resetProofs" "Lets somebody try again who showed wrong codes too often, as the district may (ours)."
        RESET_PROOFS Staff query &[]; body RESET_BODY; NoContent; RESET_ERRORS => Endpoint::ResetProofs,
    POST "/api/v2/vaccinator/beneficiaries/vaccinate" "vaccinate" "Records a dose of somebody who is checked in, or shows along with it what a check-in takes."
        RECORD_DOSE Staff query &[]; body VACCINATE_BODY; Json("DoseRecorded"); VACCINATE_ERRORS => Endpoint::Vaccinate,
    POST "/api/v2/vaccinator/beneficiaries/decline" "decline" "Ends somebody's appointment of today without a dose; their seat is free again (ours)."
        CHECK_IN Staff query &[]; body DECLINE_BODY; NoContent; DECLINE_ERRORS => Endpoint::Decline,
    POST "/api/v2/vaccinator/beneficiaries/observe" "observe" "Ends the observation after a dose, in time or for a reason (ours)."
        RECORD_DOSE Staff query &[]; body OBSERVE_BODY; NoContent; OBSERVE_ERRORS => Endpoint::Observe,
    POST "/api/v2/vaccinator/beneficiaries/elsewhere" "recordElsewhere" "Records a dose that somebody was given abroad or on paper, as they have shown (ours)."
        RECORD_DOSE Staff query &[]; body ELSEWHERE_BODY; Json("DoseRecorded"); ELSEWHERE_ERRORS => Endpoint::RecordElsewhere,
    POST "/api/v2/vaccinator/beneficiaries/correct" "correctDose" "Corrects the batch or the day of a dose, as the facility that recorded it or its district (ours)."
        CORRECT Staff query &[]; body CORRECT_BODY; Json("DoseRecorded"); CORRECT_ERRORS => Endpoint::CorrectDose,
    POST "/api/v2/vaccinator/beneficiaries/merge" "merge" "Makes two references of one person one; a token of each number comes in X-Beneficiary-Token (ours)."
        UNITE Staff query &[]; body MERGE_BODY; Json("Registered"); MERGE_ERRORS => Endpoint::Merge,
    POST "/api/v2/vaccinator/beneficiaries/move" "moveMember" "Moves somebody to another number; a token of each comes in X-Beneficiary-Token (ours)."
        UNITE Staff query &[]; body MOVE_BODY; NoContent; MOVE_MEMBER_ERRORS => Endpoint::MoveMember,
    GET "/api/v2/vaccinator/batches" "recall" "Everybody who was given a dose of a batch at the own facility, or in the own district (ours)."
        RECALL Staff query RECALL_QUERY; body &[]; Json("Recipients"); RECALL_ERRORS => Endpoint::Recall,
    POST "/api/v2/lookup/beneficiary" "lookup" "Which doses somebody was given, for a trusted partner whom the ministry has granted it (ours)."
        TRUSTED Staff query &[]; body TRUSTED_BODY; Json("LookedUp"); &[error::TRY_AGAIN] => Endpoint::Lookup,

    GET "/api/v2/vaccinator/stock" "stock" "What the facility has of each batch, and how much was wasted (ours)."
        SEE_STOCK Staff query STOCK_QUERY; body &[]; Json("Stock"); STOCK_ERRORS => Endpoint::Stock,
    GET "/api/v2/vaccinator/stock/history" "stockHistory" "What came to the facility's stock and left it but into people (ours)."
        SEE_STOCK Staff query HISTORY_QUERY; body &[]; Json("StockMovements"); STOCK_ERRORS => Endpoint::StockHistory,
    GET "/api/v2/vaccinator/stock/batch" "batchSignals" "Doses given of a batch everywhere, and adverse events that followed (ours)."
        SEE_STOCK Staff query BATCH_QUERY; body &[]; Json("BatchSignals"); STOCK_ERRORS => Endpoint::BatchSignals,
    POST "/api/v2/vaccinator/stock/receive" "receiveStock" "Takes doses into the facility's stock (ours)."
        KEEP_STOCK Staff query &[]; body RECEIVE_BODY; Json("StockMoved"); MOVE_ERRORS => Endpoint::ReceiveStock,
    POST "/api/v2/vaccinator/stock/waste" "wasteStock" "Takes doses out of stock that were lost (ours)."
        KEEP_STOCK Staff query &[]; body WASTE_BODY; Json("StockMoved"); MOVE_ERRORS => Endpoint::WasteStock,
    POST "/api/v2/vaccinator/stock/transfer" "transferStock" "Sends doses to another facility, which has them from then on (ours)."
        KEEP_STOCK Staff query &[]; body TRANSFER_BODY; Json("StockMoved"); MOVE_ERRORS => Endpoint::TransferStock,
    GET "/api/v2/vaccinator/aefi" "aefiReports" "Reports of adverse events after doses that the facility gave (ours)."
        WATCH Staff query AEFI_QUERY; body &[]; Json("AefiReports"); STOCK_ERRORS => Endpoint::AefiReports,
    POST "/api/v2/vaccinator/aefi" "reportAefi" "Reports an adverse event after a dose that the facility gave (ours)."
        WATCH Staff query &[]; body AEFI_BODY; Json("AefiReported"); AEFI_ERRORS => Endpoint::ReportAefi,
    POST "/api/v2/vaccinator/aefi/followup" "followUpAefi" "Adds to a report what was learnt later (ours)."
        WATCH Staff query &[]; body FOLLOW_UP_BODY; Json("AefiReported"); FOLLOW_UP_ERRORS => Endpoint::FollowUpAefi,
    GET "/api/v2/appointment/beneficiaries/aefi" "ownAefiReports" "Reports of adverse events of the people of the account, whoever made them (ours)."
        OWN_EVENTS Registration query &[]; body &[]; Json("AefiReports"); &[error::TRY_AGAIN] => Endpoint::OwnAefiReports,
    POST "/api/v2/appointment/beneficiaries/aefi" "reportOwnAefi" "Reports an adverse event of somebody of the account (ours)."
        OWN_EVENTS Registration query &[]; body OWN_AEFI_BODY; Json("AefiReported"); AEFI_ERRORS => Endpoint::ReportOwnAefi,

    GET "/api/v1/reports/v2/getPublicReports" "publicReport" "Figures of the programme, live."
        SEARCH PublicSearch query REPORT_QUERY; body &[]; Json("PublicReport"); FIGURES_ERRORS => Endpoint::PublicReport,
    GET "/api/v1/reports/v2/getPublicReports.csv" "publicReportTable" "Figures by day and district (ours)."
        SEARCH PublicSearch query TABLE_QUERY; body &[]; Text("text/csv"); FIGURES_ERRORS => Endpoint::FiguresTable,
    GET "/api/v1/reports/v2/dump/{date}" "dayDump" "Everything that was counted of a day, as open data (ours)."
        SEARCH PublicSearch query DUMP_QUERY; body &[]; Json("DayDump"); FIGURES_ERRORS => Endpoint::FiguresDump,

    GET "/api/v2/ministry/limits" "limits" "The limits in force (ours)."
        READ_PARTNERS Staff query &[]; body &[]; Json("Limits"); &[] => Endpoint::Limits,
    POST "/api/v2/ministry/limits" "setLimits" "Puts limits in force; what is not named has its default (ours)."
        SET_LIMITS Staff query &[]; body LIMITS_BODY; Json("Limits"); &[error::PARAMETER_INVALID, error::TRY_AGAIN] => Endpoint::SetLimits,
    GET "/api/v2/ministry/blocks" "blocks" "Who is or was shut out (ours)."
        READ_PARTNERS Staff query &[]; body &[]; Json("Blocks"); &[] => Endpoint::Blocks,
    POST "/api/v2/ministry/blocks" "block" "Shuts out a key, an organisation, a range of addresses or a number (ours)."
        BLOCK Staff query &[]; body BLOCK_BODY; Json("Block"); RECORD_ERRORS => Endpoint::Block,
    POST "/api/v2/ministry/blocks/lift" "liftBlock" "Lets somebody in again (ours)."
        BLOCK Staff query &[]; body &[RECORD_ID]; Json("Block"); RECORD_ERRORS => Endpoint::LiftBlock,

    POST "/api/v2/partners" "apply" "Applies for access as an Application Service Provider (ours)."
        PUBLIC_DOOR Registration query &[]; body APPLY_BODY; Json("Applied"); &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::ROUTE_UNKNOWN, error::TRY_AGAIN] => Endpoint::Apply,
    GET "/api/v2/partners/{partner_id}/approval" "approval" "Whether a partner is approved, with a signed mark (ours)."
        SEARCH PublicSearch query &[PARTNER]; body &[]; Json("Approval"); NO_PARTNER => Endpoint::Approval,
    GET "/api/v2/partners/mine" "ownPartners" "The partners that the account administers (ours)."
        ADMINISTRATOR Registration query &[]; body &[]; Json("Partners"); &[] => Endpoint::Console(Console::Mine),
    GET "/api/v2/partners/{partner_id}" "ownPartner" "The partner's record (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body &[]; Json("Partner"); NO_PARTNER => Endpoint::Console(Console::Read),
    POST "/api/v2/partners/{partner_id}/administrators" "nominate" "Nominates another administrator (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body NOMINATE_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Nominate),
    POST "/api/v2/partners/{partner_id}/administrators/dismiss" "dismissAdministrator" "Dismisses an administrator (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body DISMISS_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Dismiss),
    POST "/api/v2/partners/{partner_id}/facilities" "serveFacility" "Names a facility that the partner serves, with its declaration (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body FACILITY_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Serve),
    POST "/api/v2/partners/{partner_id}/facilities/leave" "leaveFacility" "Serves a facility no longer, and unties all keys from it (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body LEAVE_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Leave),
    POST "/api/v2/partners/{partner_id}/origins" "embed" "Says in which origins the page that tells a status may be embedded (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body EMBED_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Embed),
    POST "/api/v2/partners/{partner_id}/evidence" "showEvidence" "Hands in evidence of security (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body EVIDENCE_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::Show),
    GET "/api/v2/partners/{partner_id}/test" "ownTest" "How far the integration test has come (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body &[]; Json("PartnerTest"); NO_PARTNER => Endpoint::Console(Console::Test),
    POST "/api/v2/partners/{partner_id}/notice" "giveNotice" "Gives notice: access ends after 30 days (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body &[]; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::GiveNotice),
    POST "/api/v2/partners/{partner_id}/deletion" "confirmDeletion" "Declares that all data that the ministry wants deleted are deleted (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body &[]; Json("Partner"); PARTNER_ERRORS => Endpoint::Console(Console::ConfirmDeletion),
    GET "/api/v2/partners/{partner_id}/keys" "ownKeys" "The partner's keys, with subscriptions, quotas and what was used of them today (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body &[]; Json("PartnerKeys"); NO_PARTNER => Endpoint::Console(Console::Keys),
    POST "/api/v2/partners/{partner_id}/keys" "makeKey" "Makes a key, which is shown in this answer and never again (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body MAKE_KEY_BODY; Json("NewKey"); PARTNER_ERRORS => Endpoint::Console(Console::MakeKey),
    POST "/api/v2/partners/{partner_id}/keys/subscriptions" "subscribe" "Subscribes a key to APIs (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body SUBSCRIBE_BODY; Json("PartnerKey"); PARTNER_ERRORS => Endpoint::Console(Console::Subscribe),
    POST "/api/v2/partners/{partner_id}/keys/facilities" "bindKey" "Ties a key to facilities (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body BIND_BODY; Json("PartnerKey"); PARTNER_ERRORS => Endpoint::Console(Console::BindKey),
    POST "/api/v2/partners/{partner_id}/keys/rotate" "rotateKey" "Makes a twin of a key, which itself ends after an overlap (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body ROTATE_BODY; Json("NewKey"); PARTNER_ERRORS => Endpoint::Console(Console::RotateKey),
    POST "/api/v2/partners/{partner_id}/keys/revoke" "revokeOwnKey" "Ends a key (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body END_KEY_BODY; Json("PartnerKey"); PARTNER_ERRORS => Endpoint::Console(Console::RevokeKey),
    POST "/api/v2/partners/{partner_id}/keys/compromised" "reportKey" "Ends a key that somebody else knows, and tells the operator (ours)."
        ADMINISTRATOR Registration query &[PARTNER]; body END_KEY_BODY; Json("PartnerKey"); PARTNER_ERRORS => Endpoint::Console(Console::ReportKey),
    GET "/api/v2/partners/{partner_id}/usage" "ownUsage" "Calls by day, key and API (ours)."
        ADMINISTRATOR Registration query USAGE_QUERY; body &[]; Json("PartnerUsage"); &[error::PARAMETER_INVALID, error::NOT_FOUND, error::TRY_AGAIN] => Endpoint::Console(Console::Usage),

    GET "/api/v2/ministry/partners" "partners" "All partners (ours)."
        READ_PARTNERS Staff query LIST_QUERY; body &[]; Json("PartnerLines"); &[] => Endpoint::Oversight(Oversight::List),
    GET "/api/v2/ministry/partners/{partner_id}" "partner" "A partner's record (ours)."
        READ_PARTNERS Staff query &[PARTNER]; body &[]; Json("Partner"); NO_PARTNER => Endpoint::Oversight(Oversight::Read),
    GET "/api/v2/ministry/partners/{partner_id}/test" "partnerTest" "How far a partner's integration test has come (ours)."
        READ_PARTNERS Staff query &[PARTNER]; body &[]; Json("PartnerTest"); NO_PARTNER => Endpoint::Oversight(Oversight::Test),
    GET "/api/v2/ministry/partners/{partner_id}/keys" "partnerKeys" "A partner's keys (ours)."
        READ_PARTNERS Staff query &[PARTNER]; body &[]; Json("PartnerKeys"); NO_PARTNER => Endpoint::Oversight(Oversight::Keys),
    POST "/api/v2/ministry/partners/{partner_id}/decision" "decidePartner" "Decides about a partner, with a reason (ours)."
        DECIDE_PARTNERS Staff query &[PARTNER]; body DECIDE_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Oversight(Oversight::Decide),
    POST "/api/v2/ministry/partners/{partner_id}/origins" "embedPartner" "Says in which origins a partner may embed the page that tells a status (ours)."
        DECIDE_PARTNERS Staff query &[PARTNER]; body EMBED_FOR_BODY; Json("Partner"); PARTNER_ERRORS => Endpoint::Oversight(Oversight::Embed),
    POST "/api/v2/ministry/keys/revoke" "revokeKey" "Ends a partner's key at once (ours)."
        DECIDE_PARTNERS Staff query &[]; body END_KEY_BODY; Json("PartnerKey"); RECORD_ERRORS => Endpoint::Oversight(Oversight::RevokeKey),
    POST "/api/v2/ministry/keys/exception" "exceptKey" "Gives a key a quota of its own (ours)."
        DECIDE_PARTNERS Staff query &[]; body EXCEPT_BODY; Json("PartnerKey"); RECORD_ERRORS => Endpoint::Oversight(Oversight::Except),
    POST "/api/v2/ministry/keys/elements" "whitelistKey" "Says what of a person a key is shown (ours)."
        DECIDE_PARTNERS Staff query &[]; body WHITELIST_BODY; Json("PartnerKey"); RECORD_ERRORS => Endpoint::Oversight(Oversight::Whitelist),
    POST "/api/v2/ministry/keys/lookup" "grantLookup" "Grants the look-up of people to a key, or takes it away (ours)."
        DECIDE_PARTNERS Staff query &[]; body GRANT_BODY; Json("PartnerKey"); RECORD_ERRORS => Endpoint::Oversight(Oversight::GrantLookup),

    POST "/api/v2/facilities/apply" "applyFacility" "Applies for a facility of vaccination, of which the proven number becomes the contact (ours)."
        REGISTER Registration query &[]; body APPLY_FACILITY_BODY; Json("Facility"); APPLY_FACILITY_ERRORS => Endpoint::Facilities(Facilities::Apply),
    GET "/api/v2/facilities/applied" "ownFacilities" "The facilities for which whoever asks has applied (ours)."
        REGISTER Registration query &[]; body &[]; Json("Facilities"); &[] => Endpoint::Facilities(Facilities::Applied),
    GET "/api/v2/facilities/applications" "facilities" "The facilities of the district that wait for a decision, or stand as is asked (ours)."
        DECIDE_FACILITY Staff query FACILITIES_QUERY; body &[]; Json("Facilities"); &[error::PARAMETER_INVALID, error::TRY_AGAIN] => Endpoint::Facilities(Facilities::Applications),
    POST "/api/v2/facilities/decide" "decideFacility" "Decides about an application, or about another name or place of a facility (ours)."
        DECIDE_FACILITY Staff query &[]; body DECIDE_FACILITY_BODY; Json("Facility"); STANDING_ERRORS => Endpoint::Facilities(Facilities::Decide),
    GET "/api/v2/facilities/mine" "facility" "The facility of its manager (ours)."
        MANAGE_FACILITY Staff query &[]; body &[]; Json("Facility"); &[error::NOT_FOUND, error::TRY_AGAIN] => Endpoint::Facilities(Facilities::Mine),
    POST "/api/v2/facilities/mine" "changeFacility" "Changes the facility of its manager; sessions on sale keep what they were published with (ours)."
        MANAGE_FACILITY Staff query &[]; body CHANGE_FACILITY_BODY; Json("Facility"); FACILITY_ERRORS => Endpoint::Facilities(Facilities::Change),
    POST "/api/v2/facilities/suspend" "suspendFacility" "Suspends a facility; its sessions are kept, closed or cancelled (ours)."
        DECIDE_FACILITY Staff query &[]; body SUSPEND_BODY; Json("Facility"); STANDING_ERRORS => Endpoint::Facilities(Facilities::Suspend),
    POST "/api/v2/facilities/resume" "resumeFacility" "Lets a suspended facility publish again (ours)."
        DECIDE_FACILITY Staff query &[]; body RESUME_BODY; Json("Facility"); STANDING_ERRORS => Endpoint::Facilities(Facilities::Resume),

    GET "/api/v2/vaccinator/sessions" "heldSessions" "The sessions of a facility from today on, with what is sold and free of each (ours)."
        MANAGE_SESSIONS Staff query SESSIONS_QUERY; body &[]; Json("HeldSessions"); RECORD_ERRORS => Endpoint::Holding(Holding::List),
    GET "/api/v2/vaccinator/sessions/drafts" "drafts" "The drafts and weekly templates of a facility (ours)."
        MANAGE_SESSIONS Staff query SESSIONS_QUERY; body &[]; Json("Drafts"); RECORD_ERRORS => Endpoint::Holding(Holding::Drafts),
    POST "/api/v2/vaccinator/sessions/draft" "draftSession" "Draws a session up, to be published at once, at a set time or never (ours)."
        MANAGE_SESSIONS Staff query &[]; body DRAFT_BODY; Json("Draft"); DRAFT_ERRORS => Endpoint::Holding(Holding::Draft),
    POST "/api/v2/vaccinator/sessions/template" "templateSession" "Draws a session up for some days of every week (ours)."
        MANAGE_SESSIONS Staff query &[]; body TEMPLATE_BODY; Json("Draft"); DRAFT_ERRORS => Endpoint::Holding(Holding::Template),
    POST "/api/v2/vaccinator/sessions/discard" "discardDraft" "Throws a draft or a template away (ours)."
        MANAGE_SESSIONS Staff query &[]; body DRAFT_ID_BODY; NoContent; RECORD_ERRORS => Endpoint::Holding(Holding::Discard),
    POST "/api/v2/vaccinator/sessions/publish" "publishSession" "Puts a draft on sale (ours)."
        MANAGE_SESSIONS Staff query &[]; body DRAFT_ID_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Publish),
    POST "/api/v2/vaccinator/sessions/resize" "resizeSession" "Makes a session larger or smaller, never below what is sold (ours)."
        MANAGE_SESSIONS Staff query &[]; body RESIZE_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Resize),
    POST "/api/v2/vaccinator/sessions/move" "moveSession" "Holds a session on another day or at other hours; appointments move along and people are told (ours)."
        MANAGE_SESSIONS Staff query &[]; body MOVE_SESSION_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Move),
    POST "/api/v2/vaccinator/sessions/close" "closeSession" "Sells no more of a session; appointments stand (ours)."
        MANAGE_SESSIONS Staff query &[]; body SESSION_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Close),
    POST "/api/v2/vaccinator/sessions/reopen" "reopenSession" "Sells a closed session again (ours)."
        MANAGE_SESSIONS Staff query &[]; body SESSION_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Reopen),
    POST "/api/v2/vaccinator/sessions/cancel" "cancelSession" "Cancels a session with its appointments; people are told (ours)."
        MANAGE_SESSIONS Staff query &[]; body SESSION_BODY; Json("HeldSession"); SESSION_ERRORS => Endpoint::Holding(Holding::Cancel),

    GET "/api/v2/registration/certificate/public/download" "publicDownloadCertificate" "The certificate of one of the people of a proven number."
        PUBLIC Registration query DOWNLOAD_QUERY; body &[]; Documents(COPIES); DOWNLOAD_ERRORS => Endpoint::Certificates(Certificates::Download),
    GET "/api/v2/registration/certificate/public/list" "publicCertificates" "The certificates of the people of a proven number (ours)."
        PUBLIC Registration query OWN_LIST_QUERY; body &[]; Json("CertificateLists"); LIST_ERRORS => Endpoint::Certificates(Certificates::List),
    GET "/api/v2/registration/certificate/download" "downloadCertificate" "The certificate of one of the account's people."
        OWN Registration query DOWNLOAD_QUERY; body &[]; Documents(COPIES); DOWNLOAD_ERRORS => Endpoint::Certificates(Certificates::Download),
    GET "/api/v2/registration/certificate/list" "certificates" "The certificates of the account's people (ours)."
        OWN Registration query OWN_LIST_QUERY; body &[]; Json("CertificateLists"); LIST_ERRORS => Endpoint::Certificates(Certificates::List),
    GET "/api/v2/vaccinator/certificate/download" "counterDownloadCertificate" "The certificate of somebody who has to do with the facility."
        AT_THE_COUNTER Staff query DOWNLOAD_QUERY; body &[]; Documents(COPIES); COUNTER_DOWNLOAD_ERRORS => Endpoint::Certificates(Certificates::Download),
    GET "/api/v2/vaccinator/certificate/list" "counterCertificates" "The certificates of somebody who has to do with the facility (ours)."
        AT_THE_COUNTER Staff query COUNTER_LIST_QUERY; body &[]; Json("CertificateLists"); COUNTER_ERRORS => Endpoint::Certificates(Certificates::List),
    POST "/api/v2/registration/certificate/international" "certificateForTravel" "Makes a certificate for travel, with the date of birth and the passport's number (ours)."
        OWN Registration query &[]; body TRAVEL_BODY; Json("CertificateMade"); MAKE_ERRORS => Endpoint::Certificates(Certificates::ForTravel),
    POST "/api/v2/registration/certificate/regenerate" "regenerateCertificate" "Makes the certificate of a dose, if there is none (ours)."
        OWN Registration query &[]; body REGENERATE_BODY; Json("CertificateMade"); MAKE_ERRORS => Endpoint::Certificates(Certificates::Regenerate),
    POST "/api/v2/registration/certificate/correct" "correctOwnPerson" "Corrects what certificates say of one of the account's people, once (ours)."
        OWN Registration query &[]; body CORRECT_PERSON_BODY; Json("CertificateList"); CORRECT_PERSON_ERRORS => Endpoint::Certificates(Certificates::Correct),
    POST "/api/v2/district/certificates/correct" "correctPerson" "Corrects what certificates say of somebody of the district (ours)."
        CORRECT_PERSON Staff query &[]; body CORRECT_PERSON_BODY; Json("CertificateList"); CORRECT_PERSON_ERRORS => Endpoint::Certificates(Certificates::CorrectAsDistrict),
    POST "/api/v2/district/certificates/revoke" "revokeCertificate" "Revokes the certificates of a dose that was given in the district; the ministry's reach is the country (ours)."
        REVOKE Staff query &[]; body REVOKE_BODY; Json("CertificatesRevoked"); REVOKE_ERRORS => Endpoint::Certificates(Certificates::Revoke),
    POST "/api/v2/admin/certificates/reissue" "reissueCertificates" "Has certificates issued again that a revoked key has signed, some at a time (ours)."
        REISSUE Staff query &[]; body REISSUE_BODY; Json("CertificatesRevoked"); REISSUE_ERRORS => Endpoint::Certificates(Certificates::Reissue),

    GET "/.well-known/did.json" "did" "The keys of the issuer of certificates, as a DID document (ours)."
        FREE PublicSearch query &[]; body &[]; Success::Published("application/json", "DidDocument"); &[] => Endpoint::Published(Published::Did),
    GET "/.well-known/jwks.json" "jwks" "The same keys, as a set of JSON Web Keys (ours)."
        FREE PublicSearch query &[]; body &[]; Success::Published("application/json", "Jwks"); &[] => Endpoint::Published(Published::Jwks),
    GET "/credentials/vaccination/v1" "certificateContext" "What the members of a certificate mean, for readers of JSON-LD (ours)."
        FREE PublicSearch query &[]; body &[]; Success::Published("application/ld+json", "JsonLdContext"); &[] => Endpoint::Published(Published::Context),
    GET "/credentials/status/{list}" "statusList" "A status list: which of its certificates do not hold any more (ours)."
        FREE PublicSearch query &[required("list", WHOLE, "Number of the list.")]; body &[]; Success::Published("application/vc+json", "StatusList");
        &[error::NOT_FOUND, error::TRY_AGAIN] => Endpoint::Published(Published::StatusList),
    GET "/credentials/log/head" "logHead" "The newest signed head of the transparency log (ours)."
        FREE PublicSearch query &[]; body &[]; Text("text/plain"); &[error::NOT_FOUND, error::TRY_AGAIN] => Endpoint::Published(Published::LogHead),
    GET "/credentials/log/entries" "logEntries" "Lines of the transparency log (ours)."
        SEARCH PublicSearch query LOG_LINES_QUERY; body &[]; Json("LogEntries");
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN] => Endpoint::Published(Published::LogLines),
    GET "/credentials/log/inclusion" "logInclusion" "The proof that a certificate is in the transparency log (ours)."
        SEARCH PublicSearch query LOG_INCLUSION_QUERY; body &[]; Json("LogInclusion");
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::NOT_FOUND, error::TRY_AGAIN]
        => Endpoint::Published(Published::LogInclusion),
    GET "/credentials/log/consistency" "logConsistency" "The proof that the newest log begins with an earlier one (ours)."
        SEARCH PublicSearch query LOG_CONSISTENCY_QUERY; body &[]; Json("LogConsistency");
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::NOT_FOUND, error::TRY_AGAIN]
        => Endpoint::Published(Published::LogConsistency),

    GET "/verify" "verifyPage" "The page that verifies certificates in the browser (ours)."
        FREE PublicSearch query &[]; body &[]; Files(HTML); &[] => Endpoint::Page(Page::Verify),
    POST "/verify" "verifyCertificate" "What a certificate of this issuer is worth; nothing of it is kept (ours)."
        VERIFY PublicSearch query &[]; body VERIFY_BODY; Json("Verdict"); &[error::CERTIFICATE_UNREADABLE, error::TRY_AGAIN] => Endpoint::VerifyCertificate,
    GET "/verify/{*file}" "verifyFile" "What that page loads (ours)."
        FREE PublicSearch query FILE; body &[]; Files(OF_A_PAGE); &[error::ROUTE_UNKNOWN] => Endpoint::Page(Page::VerifyFile),
    GET "/kyc" "statusPage" "The page that tells a vaccination status, for sites to embed (ours)."
        FREE PublicSearch query PARTY_QUERY; body &[]; Files(HTML); &[] => Endpoint::Page(Page::Status),
    GET "/kyc/{*file}" "statusFile" "What that page loads, and the script that embeds it (ours)."
        FREE PublicSearch query FILE; body &[]; Files(OF_A_PAGE); &[error::ROUTE_UNKNOWN] => Endpoint::Page(Page::StatusFile),
    GET "/api/v3/vaccination/status/knowYourStatus" "knowYourStatus" "The same page where it has always been."
        FREE PublicSearch query PARTY_QUERY; body &[]; Files(HTML); &[] => Endpoint::Page(Page::Status),

    POST "/api/v3/vaccination/generateOTP" "askStatusPassword" "Sends a one-time password, in a message that names who asks for the status."
        STATUS_DOOR Registration query PARTY_QUERY; body ASK_BODY; Json("StatusTransaction"); DOOR_ERRORS => Endpoint::Kyc(Kyc::Ask),
    POST "/api/v3/vaccination/confirmOTP" "confirmStatusPassword" "Exchanges it for a token that opens the answer to this question alone."
        STATUS_DOOR Booking query PARTY_QUERY; body CONFIRM_BODY; Json("Token"); CONFIRM_ERRORS => Endpoint::Kyc(Kyc::Confirm),
    GET "/api/v3/vaccination/status" "vaccinationStatus" "Whether somebody is not, partly or fully vaccinated, signed for who asked."
        INQUIRER Registration query PARTY_QUERY; body &[]; Json("StatusAnswer"); STATUS_ERRORS => Endpoint::Kyc(Kyc::Status),
    GET "/api/v3/vaccination/status/partner" "statusPartner" "The name of who asks, for the consent to say (ours)."
        STATUS_DOOR Registration query PARTY_QUERY; body &[]; Json("StatusPartner"); PARTY_ERRORS => Endpoint::Kyc(Kyc::Party),
    POST "/api/v3/vaccination/status/share" "shareStatus" "Makes a link that shows the status of somebody of the account (ours)."
        SHARE Registration query &[]; body SHARE_BODY; Json("StatusShare"); SHARE_ERRORS => Endpoint::Kyc(Kyc::Share),
    GET "/api/v3/vaccination/status/shares" "statusShares" "The links of the account's people that work (ours)."
        SHARE Registration query &[]; body &[]; Json("StatusShares"); &[error::TRY_AGAIN] => Endpoint::Kyc(Kyc::Shares),
    POST "/api/v3/vaccination/status/unshare" "unshareStatus" "Ends a link, or all of a person (ours)."
        SHARE Registration query &[]; body UNSHARE_BODY; NoContent; UNSHARE_ERRORS => Endpoint::Kyc(Kyc::Unshare),
    GET "/api/v3/vaccination/status/shared/{token}" "sharedStatus" "The status that a link shows (ours)."
        STATUS_DOOR PublicSearch query SHARED_QUERY; body &[]; Json("SharedStatus"); SHARED_ERRORS => Endpoint::Kyc(Kyc::Shared),

    POST "/hooks/messages/{secret}" "messageReceipt" "Where providers of messages tell what became of one (ours)."
        FREE Operations query &[required("secret", TEXT, "What the provider was given.")];
        body &[required("message_id", TEXT, "The message."), required("status", TEXT, "What became of it.")]; Json("Receipt");
        &[error::NOT_FOUND] => Endpoint::Receipt,

    GET "/healthz" "alive" "Whether the process is alive."
        FREE Operations query &[]; body &[]; Text("text/plain"); &[] => Endpoint::Alive,
    GET "/readyz" "ready" "Whether requests should be sent here."
        FREE Operations query &[]; body &[]; Text("text/plain"); &[error::TRY_AGAIN] => Endpoint::Ready,
    GET "/metrics" "metrics" "Metrics in the OpenMetrics text format."
        FREE Operations query &[]; body &[]; Text("application/openmetrics-text"); &[] => Endpoint::Metrics,
    GET "/openapi.json" "openApi" "This description."
        FREE Operations query &[]; body &[]; Json("OpenApi"); &[] => Endpoint::OpenApi,
    GET "/admin/ledger/check" "checkLedger" "Checks the running ledger's invariants, and the seats on sale against it."
        OPERATOR Operations query &[]; body &[]; Json("LedgerCheck"); &[error::TRY_AGAIN] => Endpoint::Check,

    GET "/sandbox/outbox" "outbox" "The messages sent to a mobile number."
        SANDBOX Operations query &[MOBILE_FIELD]; body &[]; Json("Outbox");
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID] => Endpoint::Outbox,
    POST "/sandbox/clock" "advanceClock" "Moves the sandbox's clock forward, for good."
        SANDBOX Operations query &[];
        body &[required("advance_s", WHOLE, "By how many seconds.")]; Json("ClockAdvanced");
        &[error::PARAMETER_MISSING, error::PARAMETER_INVALID, error::TRY_AGAIN] => Endpoint::AdvanceClock,
    POST "/sandbox/officials" "inventOfficial" "Puts somebody invented into office at once, whom nobody has appointed."
        SANDBOX Operations query &[]; body APPOINT_BODY; Json("Official"); &[error::NOT_YOURS, error::ALREADY_APPOINTED, error::TRY_AGAIN] => Endpoint::InventOfficial,
}
