//! Who may do what: one table.
//!
//! Beneficiaries, applications and the administrators of partners do not appear in it: what they reach is their own, and
//! their routes say so ([`Access`](crate::routes::Access)). It is for those who reach what is somebody else's.

use super::official::{Role, Scope};
use opencowin_model::{Centre, Pack};

/// Something that officials and staff do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Finding a person who has something to do with a facility.
    LookUpPerson,
    /// Registering people who come to a facility, and giving them its seats.
    Enrol,
    /// Checking in whoever comes to their appointment, and saying who did not come or is not given the dose.
    CheckIn,
    /// Recording doses and how people were observed after them.
    RecordDose,
    /// Having a dose given before its interval is over.
    OverrideInterval,
    /// Correcting what is recorded of a dose.
    CorrectDose,
    /// Making two references of one person one, and moving somebody to another number, with whoever owns the numbers.
    Unite,
    /// Finding everybody who was given a dose of a batch.
    Recall,
    /// Letting people try again who showed wrong codes too often.
    ResetProofs,
    /// Receiving, wasting and sending on what a facility has in stock.
    KeepStock,
    /// Reporting adverse events after doses that a facility gave, and following them up.
    ReportAdverseEvents,
    /// Appointing and dismissing somebody, whose scope counts.
    Appoint(Role),
    /// Reading who is appointed.
    ReadOfficials,
    /// Reading what partners, keys and blocks there are, and what keys were used for.
    ReadPartners,
    /// Deciding applications, signing tests off, suspending and terminating partners, granting exceptions.
    DecidePartners,
    /// Shutting somebody out, and letting them in again.
    Block,
    /// Changing limits.
    SetLimits,
    /// Erasing what a person told about themselves.
    Erase,
    /// Reading who looked at whom.
    ReadAudit,
    /// Changing what a facility tells about itself.
    ManageFacility,
    /// Deciding about facilities that apply or want to be something else, and suspending them.
    DecideFacility,
    /// Drawing sessions up, publishing and changing them.
    ManageSessions,
    /// Correcting the name, year of birth or gender of somebody who was given a dose in the area, whose certificates follow.
    CorrectPerson,
    /// Revoking the certificates of a dose that was given in the area.
    RevokeCertificates,
    /// Having certificates issued again that a key has signed which is in wrong hands.
    ReissueCertificates,
}

/// How far somebody may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Never,
    /// Within their own scope.
    Within,
}

use Reach::{Never, Within};

/// In the order of [`Role::ALL`]: vaccinator, verifier, facility manager, district officer, state officer, ministry,
/// auditor.
#[rustfmt::skip]
const TABLE: &[(Act, [Reach; 7])] = &[
    //                                      vaccin. verif.  manager district state   ministry auditor
    (Act::LookUpPerson,                    [Within, Within, Within, Never,   Never,  Never,   Never]),
    (Act::Enrol,                           [Within, Within, Within, Never,   Never,  Never,   Never]),
    (Act::CheckIn,                         [Within, Within, Within, Never,   Never,  Never,   Never]),
    (Act::RecordDose,                      [Within, Never,  Within, Never,   Never,  Never,   Never]),
    (Act::OverrideInterval,                [Never,  Never,  Within, Never,   Never,  Never,   Never]),
    (Act::CorrectDose,                     [Never,  Never,  Within, Within,  Never,  Never,   Never]),
    (Act::Unite,                           [Within, Within, Within, Never,   Never,  Never,   Never]),
    (Act::Recall,                          [Never,  Never,  Within, Within,  Never,  Never,   Never]),
    (Act::ResetProofs,                     [Never,  Never,  Never,  Within,  Never,  Never,   Never]),
    (Act::KeepStock,                       [Never,  Never,  Within, Never,   Never,  Never,   Never]),
    (Act::ReportAdverseEvents,             [Within, Never,  Within, Never,   Never,  Never,   Never]),
    (Act::Appoint(Role::Vaccinator),       [Never,  Never,  Within, Within,  Never,  Never,   Never]),
    (Act::Appoint(Role::Verifier),         [Never,  Never,  Within, Within,  Never,  Never,   Never]),
    (Act::Appoint(Role::FacilityManager),  [Never,  Never,  Never,  Within,  Never,  Never,   Never]),
    (Act::Appoint(Role::DistrictOfficer),  [Never,  Never,  Never,  Never,   Within, Within,  Never]),
    (Act::Appoint(Role::StateOfficer),     [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::Appoint(Role::Ministry),         [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::Appoint(Role::Auditor),          [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::ReadOfficials,                   [Never,  Never,  Within, Within,  Within, Within,  Within]),
    (Act::ReadPartners,                    [Never,  Never,  Never,  Never,   Never,  Within,  Within]),
    (Act::DecidePartners,                  [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::Block,                           [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::SetLimits,                       [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::Erase,                           [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
    (Act::ReadAudit,                       [Never,  Never,  Never,  Never,   Never,  Never,   Within]),
    (Act::ManageFacility,                  [Never,  Never,  Within, Never,   Never,  Never,   Never]),
    (Act::DecideFacility,                  [Never,  Never,  Never,  Within,  Never,  Never,   Never]),
    (Act::ManageSessions,                  [Never,  Never,  Within, Within,  Never,  Never,   Never]),
    (Act::CorrectPerson,                   [Never,  Never,  Never,  Within,  Never,  Never,   Never]),
    (Act::RevokeCertificates,              [Never,  Never,  Never,  Within,  Never,  Within,  Never]),
    (Act::ReissueCertificates,             [Never,  Never,  Never,  Never,   Never,  Within,  Never]),
];

/// How far an official of this role may do it. What is not in the table nobody may.
pub fn reach(role: Role, act: Act) -> Reach {
    let row = TABLE.iter().find(|(listed, _)| *listed == act);
    row.map_or(Never, |(_, reaches)| reaches[role as usize])
}

/// Whether a facility lies within a scope.
pub fn holds_centre(scope: Scope, centre: &Centre, pack: &Pack) -> bool {
    match scope {
        Scope::Facility(own) => own == centre.id,
        Scope::District(own) => own == centre.district,
        Scope::State(own) => pack.district(centre.district).is_some_and(|d| d.state == own),
        Scope::Country => true,
    }
}

/// Whether a scope lies within another. Of a facility it is known where it lies.
pub fn holds(outer: Scope, inner: Scope, centre: Option<&Centre>, pack: &Pack) -> bool {
    if outer == inner || outer == Scope::Country {
        return true;
    }
    match (outer, inner) {
        (_, Scope::Facility(id)) => {
            centre.is_some_and(|centre| centre.id == id && holds_centre(outer, centre, pack))
        }
        (Scope::State(state), Scope::District(district)) => {
            pack.district(district).is_some_and(|district| district.state == state)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written down a second time on purpose: who is let do what is changed in two places or not at all.
    #[test]
    fn each_act_is_done_by_those_who_are_named_here_and_nobody_else() {
        use Role::*;
        let expected: &[(Act, &[Role])] = &[
            (Act::LookUpPerson, &[Vaccinator, Verifier, FacilityManager]),
            (Act::Enrol, &[Vaccinator, Verifier, FacilityManager]),
            (Act::CheckIn, &[Vaccinator, Verifier, FacilityManager]),
            (Act::RecordDose, &[Vaccinator, FacilityManager]),
            (Act::OverrideInterval, &[FacilityManager]),
            (Act::CorrectDose, &[FacilityManager, DistrictOfficer]),
            (Act::Unite, &[Vaccinator, Verifier, FacilityManager]),
            (Act::Recall, &[FacilityManager, DistrictOfficer]),
            (Act::ResetProofs, &[DistrictOfficer]),
            (Act::KeepStock, &[FacilityManager]),
            (Act::ReportAdverseEvents, &[Vaccinator, FacilityManager]),
            (Act::Appoint(Vaccinator), &[FacilityManager, DistrictOfficer]),
            (Act::Appoint(Verifier), &[FacilityManager, DistrictOfficer]),
            (Act::Appoint(FacilityManager), &[DistrictOfficer]),
            (Act::Appoint(DistrictOfficer), &[StateOfficer, Ministry]),
            (Act::Appoint(StateOfficer), &[Ministry]),
            (Act::Appoint(Ministry), &[Ministry]),
            (Act::Appoint(Auditor), &[Ministry]),
            (
                Act::ReadOfficials,
                &[FacilityManager, DistrictOfficer, StateOfficer, Ministry, Auditor],
            ),
            (Act::ReadPartners, &[Ministry, Auditor]),
            (Act::DecidePartners, &[Ministry]),
            (Act::Block, &[Ministry]),
            (Act::SetLimits, &[Ministry]),
            (Act::Erase, &[Ministry]),
            (Act::ReadAudit, &[Auditor]),
            (Act::ManageFacility, &[FacilityManager]),
            (Act::DecideFacility, &[DistrictOfficer]),
            (Act::ManageSessions, &[FacilityManager, DistrictOfficer]),
            (Act::CorrectPerson, &[DistrictOfficer]),
            (Act::RevokeCertificates, &[DistrictOfficer, Ministry]),
            (Act::ReissueCertificates, &[Ministry]),
        ];
        assert_eq!(TABLE.len(), expected.len());
        for ((listed, _), (act, roles)) in TABLE.iter().zip(expected) {
            assert_eq!(listed, act);
            for role in Role::ALL {
                let may = reach(role, *act) == Within;
                assert_eq!(may, roles.contains(&role), "{role:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_scope_holds_what_lies_in_it() {
        let pack = Pack::india().unwrap();
        let (district, other) =
            (&pack.districts()[0], &pack.districts()[pack.districts().len() - 1]);
        let (own, foreign) = (Scope::District(district.id), Scope::District(other.id));
        let state = Scope::State(district.state);
        assert!(holds(state, own, None, &pack) && holds(Scope::Country, own, None, &pack));
        assert!(!holds(own, foreign, None, &pack) && !holds(state, foreign, None, &pack));
        assert!(!holds(own, state, None, &pack) && !holds(state, Scope::Country, None, &pack));
    }
}
