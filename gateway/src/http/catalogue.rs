//! The catalogue of errors: the one list from which bodies, the OpenAPI description and the tests are made.
//!
//! Codes marked *contract* were recorded from the real service (wire contract 1.9). The others are ours: the real
//! service answered those cases with a leaked 5xx, an HTML page, or a code that nobody wrote down.

use http::StatusCode;

/// One application error: `{"errorCode": code, "error": text}` with this status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The `errorCode` of the body.
    pub code: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The `error` text where nothing more precise is known.
    pub text: &'static str,
    /// When it is answered, for the documentation.
    pub when: &'static str,
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $status:ident $code:literal $text:literal, $when:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: Entry =
                Entry { code: $code, status: StatusCode::$status, text: $text, when: $when };
        )*
        /// Every entry, in the order of the documentation.
        pub const ALL: &[Entry] = &[$($name),*];
    };
}

catalogue! {
    /// Contract.
    PARAMETER_MISSING = BAD_REQUEST "USRRES0001" "Input parameter missing",
        "a required query parameter or body field is absent";
    /// Ours.
    PARAMETER_INVALID = BAD_REQUEST "USRRES0002" "Invalid input parameter",
        "a parameter or field has the wrong type, form or range; the text names it";
    /// Ours.
    BODY_MALFORMED = BAD_REQUEST "USRRES0003" "Request body is not valid JSON",
        "the body is not one JSON object";
    /// Ours.
    ROUTE_UNKNOWN = NOT_FOUND "USRRES0004" "No such resource",
        "no endpoint has this path";
    /// Ours; the real service sent an HTML page.
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED "USRRES0005" "Method not allowed",
        "the path exists, but not with this method; `Allow` lists those it has";
    /// Ours.
    BODY_TOO_LARGE = PAYLOAD_TOO_LARGE "USRRES0006" "Request body is too large",
        "the body is longer than 16 KiB, or an uploaded file than 64 MiB or 250,000 rows, or a certificate than 1 MiB";
    /// Ours.
    BODY_TOO_SLOW = REQUEST_TIMEOUT "USRRES0007" "Request body did not arrive in time",
        "the body was not complete within ten seconds, or a file stopped coming for thirty or took half an hour";
    /// Ours; the text is the contract's, its code was never recorded.
    TRY_AGAIN = SERVICE_UNAVAILABLE "USRRES0008"
        "Your transaction didn't go through. Please try again later",
        "the server is starting, draining or cannot reach its ledger; nothing is known to have changed";
    /// Ours.
    IDEMPOTENCY_KEY_INVALID = BAD_REQUEST "USRRES0009" "Invalid Idempotency-Key",
        "the header is not 1 to 64 visible ASCII characters";
    /// Ours.
    IDEMPOTENCY_KEY_REUSED = UNPROCESSABLE_ENTITY "USRRES0010"
        "This Idempotency-Key was used with a different request",
        "the same key came with another body within 24 hours";
    /// Ours.
    NOT_YOURS = FORBIDDEN "USRRES0011" "Not allowed for this role or outside its area",
        "an official or somebody of the staff asks for what is not theirs to do";
    /// Ours.
    NOT_FOUND = NOT_FOUND "USRRES0012" "No such record", "nothing has this id";
    /// Ours.
    PARTNER_STANDING = CONFLICT "PARTNR0001" "This cannot be done where the partner stands",
        "the partner has not come so far, is suspended, or its access has ended; the text says which";
    /// Ours.
    PARTNER_NOT_READY = CONFLICT "PARTNR0002" "Something has to be there first",
        "an API is not granted or not signed off, its integration test is not complete, evidence or a declaration is missing; the text says what";
    /// Ours.
    PARTNER_REFUSED = CONFLICT "PARTNR0003" "This cannot be recorded",
        "it is there already, there are as many as can be, or nobody would be left to administer the access";
    /// Ours.
    CHALLENGE = FORBIDDEN "USRAUT0044" "Please solve a challenge",
        "too many numbers were asked for from this address: solve /api/v2/auth/challenge and send it in X-Challenge-Solution";
    /// Ours.
    OVERLOADED = SERVICE_UNAVAILABLE "USRRES0013" "The server is busy, please try again later",
        "there is more to do than can be done, and others go first; nothing has changed";
    /// Ours.
    URI_TOO_LONG = URI_TOO_LONG "USRRES0020" "Request URI is too long",
        "path and query are longer than 2,048 bytes";
    /// Ours.
    HEADERS_TOO_MANY = REQUEST_HEADER_FIELDS_TOO_LARGE "USRRES0021" "Too many request headers",
        "the request has more than 64 header lines";
    /// Ours.
    PATH_MALFORMED = BAD_REQUEST "USRRES0022" "Malformed path",
        "the path steps upwards, or escapes a slash, a control byte or nothing";
    /// Ours.
    BODY_UNEXPECTED = BAD_REQUEST "USRRES0023" "Request must not have a body",
        "a GET, HEAD or OPTIONS comes with a body";
    /// Ours.
    BODY_OF_OTHER_TYPE = UNSUPPORTED_MEDIA_TYPE "USRRES0024" "Request body must be JSON, CSV where a file is uploaded, or JSON, PDF or PNG where a certificate is verified",
        "`Content-Type` says that the body is something else";
    /// Ours.
    BODY_ENCODED = UNSUPPORTED_MEDIA_TYPE "USRRES0025" "Request body must not be compressed",
        "the request has a `Content-Encoding`";
    /// Ours.
    EXPECTATION_UNKNOWN = EXPECTATION_FAILED "USRRES0026" "Unknown expectation",
        "`Expect` asks for something other than 100-continue";
    /// Contract (from a sibling product of the same vendor).
    OTP_MISSING = BAD_REQUEST "USRAUT0012" "OTP missing", "`otp` is absent";
    /// Contract (from a sibling product of the same vendor).
    TXN_ID_MISSING = BAD_REQUEST "USRAUT0013" "Transaction id missing", "`txnId` is absent";
    /// Contract.
    OTP_INVALID = BAD_REQUEST "USRAUT0014" "Invalid OTP",
        "the OTP is wrong, expired, used, unhashed or asked for through another door";
    /// Contract.
    OTP_NOT_SENT = BAD_REQUEST "USRAUT0018" "Generate OTP failed",
        "the number is not well formed, or no OTP can be sent to it now";
    /// Contract.
    NOT_REGISTERED = BAD_REQUEST "USRAUT0024" "Beneficiary Not Registered",
        "the OTP was right, but nobody is registered under the number (public door)";
    /// Ours.
    CERTIFICATE_UNREADABLE = UNPROCESSABLE_ENTITY "VERIFY0001" "This is not a certificate that can be read",
        "what was sent is no certificate, or cannot be made out; the text says which";
    /// Ours.
    TOO_MANY_SHARES = CONFLICT "STATUS0001" "This person has as many links as there can be",
        "ten links show the person's status; one has to end before there can be another";
    /// Contract.
    NO_BENEFICIARY = BAD_REQUEST "APPOIN0001" "No beneficiary is registered for this account",
        "the account has no beneficiary, or not the one named";
    /// Contract.
    SLOT_INVALID = BAD_REQUEST "APPOIN0015" "Invalid Slot Id",
        "the session is unknown, over or no longer on sale, or the slot label is not one of its slots";
    /// Contract.
    PINCODE_INVALID = BAD_REQUEST "APPOIN0018" "Invalid Pincode",
        "the pincode is not six digits or is unknown";
    /// Contract; the text is ours.
    ALREADY_BOOKED = BAD_REQUEST "APPOIN0022" "Beneficiary already has an appointment",
        "one of the people has a live appointment for this dose";
    /// Contract; the text names the person.
    DOSE_ORDER = BAD_REQUEST "APPOIN0025" "Dose 1 is not recorded",
        "the dose before is not recorded for one of the people";
    /// Contract.
    SOLD_OUT = CONFLICT "APPOIN0040"
        "This vaccination center is completely booked for the selected date. Please try another date or vaccination center.",
        "no seat is left, and none is being given back";
    /// Contract; the text gives the ages.
    AGE_OUTSIDE = BAD_REQUEST "APPOIN0043" "Age is outside the limits of this session",
        "one of the people is younger or older than the session admits";
    /// Contract.
    CAPTCHA_MISSING = BAD_REQUEST "APPOIN0044" "Please enter valid security code",
        "the account was used like a bot's and `captcha` is absent or malformed; a solved challenge will do as well";
    /// Contract; the text is ours.
    CAPTCHA_WRONG = BAD_REQUEST "APPOIN0045" "Security code is wrong, please fetch a new one",
        "`captcha` is not what was drawn last, or that is too long ago";
    /// Contract.
    NAME_REQUIRED = BAD_REQUEST "APPOIN0047" "Name of individual is required!",
        "an on-spot booking names nobody";
    /// Ours; the text is the contract's, its code was never recorded.
    CHOOSE_ANOTHER = BAD_REQUEST "APPOIN0048"
        "Please select a different vaccination center for the individual with reference id",
        "vaccine or interval do not fit what one of the people has had; the text names the person";
    /// Ours; the real service answered 500 `{}`.
    NOTHING_TO_CHANGE = BAD_REQUEST "APPOIN0049" "Already scheduled for this session and slot",
        "a reschedule names the session and slot that the appointment has";
    /// Ours.
    APPOINTMENT_UNKNOWN = BAD_REQUEST "APPOIN0050" "No such appointment",
        "the account has no live appointment with this id, or not for the people named";
    /// Ours.
    TOO_MANY_BENEFICIARIES = BAD_REQUEST "BENREG0001"
        "The maximum number of beneficiaries is registered with this mobile number",
        "a registration would pass the limit per mobile number";
    /// Ours.
    ID_ALREADY_USED = BAD_REQUEST "BENREG0002" "This photo id is already registered",
        "the identity document belongs to a registered person";
    /// Ours.
    ID_MISTYPED = BAD_REQUEST "BENREG0004" "The number of this photo id is wrong",
        "staff registers somebody with a number whose check digit is wrong";
    /// Ours.
    ID_DENIED = BAD_REQUEST "BENREG0005" "This photo id is not this person's",
        "whoever has issued the document was asked, and says so";
    /// Ours.
    CANNOT_DELETE = BAD_REQUEST "BENREG0003"
        "A beneficiary with a dose or a live appointment cannot be deleted",
        "a deletion of someone who is vaccinated or booked, or an erasure of someone who is booked";
    /// Ours.
    NO_APPOINTMENT_HERE = BAD_REQUEST "VACCIN0001" "No appointment at this vaccination center today",
        "somebody comes without a live appointment at this facility on this day, or not for this dose";
    /// Ours.
    NOT_CHECKED_IN = CONFLICT "VACCIN0002" "Beneficiary is not checked in",
        "a dose for somebody who is not checked in, without `security_code` and photo id in its place";
    /// Ours.
    CHECKED_IN = CONFLICT "VACCIN0003" "Beneficiary is checked in",
        "an appointment is cancelled, moved or counted as missed of somebody who has come";
    /// Ours.
    PROOF_WRONG = BAD_REQUEST "VACCIN0004" "Photo id or security code does not match",
        "what is shown is not that of the appointment; which part of it is not told, and five tries are all";
    /// Ours.
    PROOF_VOID = FORBIDDEN "VACCIN0005" "Too many wrong tries for this appointment",
        "a photo id or security code after five wrong ones; the district can let it be tried again";
    /// Ours.
    VACCINE_OF_SESSION = BAD_REQUEST "VACCIN0006" "This session is for another vaccine",
        "a dose of a vaccine that the session does not give; the text names the one it gives";
    /// Ours.
    DOSE_RECORDED = CONFLICT "VACCIN0007" "This dose is recorded already",
        "a dose that is on record with another batch, day or facility; the same again is answered as it was";
    /// Ours.
    NO_DOSE_HERE = BAD_REQUEST "VACCIN0008" "No such dose is recorded here",
        "a correction or observation of a dose that this facility or district has not on record";
    /// Ours.
    DAY_IMPOSSIBLE = BAD_REQUEST "VACCIN0009" "A dose cannot have been given on this day",
        "the day of a dose is to come, before that of the dose before, or after that of the next";
    /// Ours.
    CORRECTION_LATE = FORBIDDEN "VACCIN0010" "Only the district can correct this dose now",
        "a facility corrects a dose that it recorded more than seven days ago";
    /// Ours.
    NOTHING_TO_CORRECT = BAD_REQUEST "VACCIN0011" "The record says so already",
        "a correction says what is on record";
    /// Ours.
    OBSERVATION = CONFLICT "VACCIN0012" "The observation does not end so",
        "it is under way and no reason is given to end it early, or it has ended differently; the text says which";
    /// Ours.
    NOT_ONE_PERSON = CONFLICT "VACCIN0013" "These references are not of one person",
        "name, birth year or gender differ, or the doses cannot be those of one person";
    /// Ours.
    BATCH_UNUSABLE = CONFLICT "VACCIN0014" "No dose of this batch can be given here",
        "the facility never received the batch, nothing is left of it, or it has expired; the text says which";
    /// Ours.
    STILL_EXPECTED = CONFLICT "VACCIN0015" "Beneficiary is still expected",
        "somebody is counted as missed before the hours of their slot are over";
    /// Ours.
    OWNER_ABSENT = FORBIDDEN "VACCIN0016" "Whoever owns this number has to agree",
        "two references are to become one, or somebody is to go to another number, without a token of each number concerned";
    /// Ours.
    NOT_VACCINATED = NOT_FOUND "CERTIF0001" "No such dose is recorded",
        "a certificate is asked for of somebody who was given no dose, or not the one named";
    /// Ours.
    NOT_CERTIFIED = CONFLICT "CERTIF0002" "This dose is not certified",
        "the dose was given elsewhere than in the programme, or its certificate was revoked for good";
    /// Ours.
    CERTIFICATE_UNKNOWN = NOT_FOUND "CERTIF0003" "No such certificate",
        "no certificate has this id, or it is not this person's";
    /// Ours.
    CERTIFICATE_OVER = CONFLICT "CERTIF0004" "This certificate does not hold any more",
        "the certificate that is named was revoked, or another stands in its place";
    /// Ours.
    FORM_NOT_ISSUED = BAD_REQUEST "CERTIF0005" "Certificates are not issued in this form here",
        "a form for readers of other programmes for which the server is not set up, or which has no room for this certificate";
    /// Ours.
    OTHER_BIRTH_YEAR = BAD_REQUEST "CERTIF0006" "The date of birth is not of the year that is recorded",
        "a certificate for travel is asked for with another date of birth; the year can be corrected first";
    /// Ours.
    CORRECTION_SPENT = FORBIDDEN "CERTIF0007" "Only the district can correct this now",
        "somebody corrects their name, year of birth or gender a second time";
    /// Ours.
    KEY_NOT_REVOKED = CONFLICT "CERTIF0008" "This key has not been revoked",
        "certificates are to be issued again that are signed by a key that is unknown or still trusted";
    /// Ours.
    STOCK_TOO_LOW = CONFLICT "STOCK0001" "Less of this batch is left",
        "more doses are to be wasted or sent than the facility has of the batch; the text says how many it has";
    /// Ours.
    OTHER_EXPIRY = CONFLICT "STOCK0002" "This batch is in stock with another expiry date",
        "the facility, or the one to which doses are sent, has the batch with another last day; the text names it";
    /// Ours.
    AEFI_REPORTED = CONFLICT "AEFI0001" "This adverse event is reported already",
        "the same side has reported something else that began on that day after this dose; the text names the report to follow up";
    /// Ours.
    AEFI_FULL = CONFLICT "AEFI0002" "No more can be added to this report",
        "a report has as many follow-ups as it can have";
    /// Ours.
    ALREADY_APPOINTED = CONFLICT "OFFICE0001" "This number is appointed already",
        "an appointment of somebody who is in office; they have to be dismissed first";
    /// Ours.
    FACILITY_STANDING = CONFLICT "FACILT0001" "This cannot be done where the facility stands",
        "the facility was not approved, or is suspended, or there is nothing to decide; the text says which";
    /// Ours.
    FACILITY_LIMIT = CONFLICT "FACILT0002" "Earlier applications have to be decided first",
        "three applications of this number wait for their district";
    /// Ours.
    PRICE_ABOVE_CEILING = BAD_REQUEST "FACILT0003" "The price is above what may be asked",
        "a private facility declares a price above the vaccine's ceiling; the text gives it";
    /// Ours.
    SESSION_STANDING = CONFLICT "SESSIO0001" "This cannot be done where the session stands",
        "the session is over or was cancelled, or the draft's hour has passed";
    /// Ours.
    CAPACITY_TAKEN = CONFLICT "SESSIO0002" "More seats than that are taken",
        "a capacity is lowered below the seats that are sold";
    /// Ours.
    NOT_OFFERED = CONFLICT "SESSIO0003" "The facility does not offer this",
        "a vaccine or an age that the facility's details do not have; the text says which";
    /// Ours.
    TOO_MANY_DRAFTS = CONFLICT "SESSIO0004" "Earlier drafts have to be published or thrown away first",
        "the facility has four hundred drafts and templates";
    /// Ours.
    LAST_OF_THE_MINISTRY = CONFLICT "OFFICE0002" "Nobody of the ministry would be left",
        "a dismissal of the last who can appoint others for the whole country";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_for_two_errors() {
        let mut codes: Vec<_> = ALL.iter().map(|entry| entry.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
    }
}
