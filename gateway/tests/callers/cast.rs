//! Everybody who calls: one of each kind, and what they show at the door.

use super::EXPECTED;
use super::stage::{Stage, key};
use crate::support::{TestServer, application, mobile};
use opencowin::access::Environment;
use opencowin::access::key_text::SANDBOX_KEY;
use std::collections::HashMap;

/// The operator's own key.
pub(super) const OPERATOR: &str = "the operator's own key, which no partner has";

/// A kind of caller. A key is of this environment and of a partner that is in good standing, unless its name says else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Nobody,
    BlockedAddress,

    PublicToken,
    StatusToken,
    PortalToken,
    AnothersPortalToken,
    BlockedNumbersToken,
    ApplicationsToken,
    RegisteringApplicationsToken,
    BookingApplicationsToken,
    UnsubscribedApplicationsToken,
    EndedApplicationsToken,
    SuspendedPartnersToken,

    Vaccinator,
    VaccinatorElsewhere,
    VaccinatorOnAnotherDevice,
    Verifier,
    Manager,
    DistrictOfficer,
    OfficerOfAnotherDistrict,
    StateOfficer,
    Ministry,
    Auditor,
    Dismissed,

    VaccinatorWithKey,
    VaccinatorElsewhereWithKey,
    VerifierWithKey,
    ManagerWithKey,
    StateOfficerWithKey,
    AuditorWithKey,
    VaccinatorWithSearchKey,

    SandboxKey,
    UnknownKey,
    KeyOfOtherEnvironment,
    KeyUnsubscribed,
    KeyToSearch,
    KeyToBook,
    KeyToEverything,
    KeyOfFacility,
    KeyOfFacilityElsewhere,
    KeyOfSuspendedPartner,
    KeyOfTerminatedPartner,
    KeyExpired,
    KeyCompromised,
    KeyBlocked,
    KeyOfBlockedPartner,
    KeyToLookUp,
    KeyToLookUpFromElsewhere,

    Administrator,
    AnothersAdministrator,
    Operator,
}

/// What somebody shows at the door.
pub(super) type Headers = Vec<(&'static str, String)>;

/// All of them, and what their requests are about.
pub(super) struct Cast {
    shown: HashMap<Who, Headers>,
    /// What stands between braces in requests.
    scene: Vec<(&'static str, String)>,
}

impl Cast {
    /// Brings everybody into the position that their kind is about.
    pub(super) fn gather(server: &TestServer) -> Self {
        let stage = Stage::set(server);
        let shown: HashMap<_, _> = stage.everybody().into_iter().collect();
        assert!(EXPECTED.iter().all(|(who, _)| shown.contains_key(who)));
        Self { shown, scene: stage.scene() }
    }

    /// Those of a production server, where nobody has a partner to look after yet.
    pub(super) fn of_production(server: &TestServer) -> Self {
        let of = |environment| key(&server.api_key(|key| key.environment = environment).1);
        let form = application(&["search"], &mobile());
        let applied = server.post("/api/v2/partners").json(&form).send().ok();
        let shown = HashMap::from([
            (Who::Nobody, Vec::new()),
            (Who::SandboxKey, key(SANDBOX_KEY)),
            (Who::KeyOfOtherEnvironment, of(Environment::Sandbox)),
            (Who::KeyToEverything, of(Environment::Production)),
            (Who::Operator, key(OPERATOR)),
        ]);
        let id = applied["partner_id"].as_str().expect("an id").to_owned();
        Self { shown, scene: vec![("partner_id", id)] }
    }

    /// What one of a kind shows.
    pub(super) fn headers(&self, who: Who) -> &Headers {
        &self.shown[&who]
    }

    /// A text with everything between braces filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        let named = |text: String, (name, value): &(&str, String)| {
            text.replace(&format!("{{{name}}}"), value)
        };
        self.scene.iter().fold(text.to_owned(), named)
    }
}
