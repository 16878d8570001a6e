//! Whatever the rows of vaccination can hold.

use super::*;
use crate::audit::{Who, Word};
use opencowin_model::{Batch, DeclineReason, EarlyEnd, EventId, Evidence, OverrideReason};

pub(super) fn event_key() -> impl Strategy<Value = EventKey> {
    (day(), uuid()).prop_map(|(date, id)| EventKey { date, id: EventId(id) })
}

pub(super) fn standing() -> impl Strategy<Value = Standing> {
    let arrival = any::<(i64, u8)>().prop_map(|(at, id_type)| {
        Standing::CheckedIn(Arrival { at: Timestamp(at), id_type: IdTypeId(id_type) })
    });
    let early = option::of(select(EarlyEnd::ALL));
    let observed = (any::<(i64, bool)>(), early).prop_map(|((at, reaction), early)| Observed {
        at: Timestamp(at),
        reaction,
        early,
    });
    let given =
        (event_key(), any::<i64>(), option::of(observed)).prop_map(|(event, at, observed)| {
            Standing::Done(Given { event, at: Timestamp(at), observed })
        });
    prop_oneof![
        Just(Standing::Booked),
        Just(Standing::Cancelled),
        arrival,
        given,
        Just(Standing::NoShow),
        select(DeclineReason::ALL).prop_map(Standing::Refused),
    ]
}

pub(super) fn batch() -> impl Strategy<Value = Batch> {
    "[A-Z0-9/-]{1,20}".prop_map(|text| Batch::parse(&text).unwrap())
}

pub(super) fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        Just(Who::System),
        any::<[u8; 16]>().prop_map(|id| Who::Account(AccountId::from_bytes(id))),
        uuid().prop_map(Who::Official),
        uuid().prop_map(Who::Key),
    ]
}

fn visited() -> impl Strategy<Value = Visited> {
    (session_key(), uuid(), channel()).prop_map(|(session, id, channel)| Visited {
        session,
        appointment: AppointmentId(id),
        channel,
    })
}

pub(super) fn event() -> impl Strategy<Value = (Key, Row)> {
    let overridden = option::of(select(OverrideReason::ALL))
        .prop_map(|reason| reason.map(|reason| Override { reason, role: Word::new("manager") }));
    let what = (reference(), dose(), option::of(batch()), any::<(u8, u32)>());
    let how = (option::of(visited()), who(), any::<String>(), option::of(any::<u8>()));
    let why = (overridden, option::of(event_key()), option::of(select(Evidence::ALL)));
    let why = (why, option::of(any::<[u8; 32]>()));
    (event_key(), what, any::<(i64, i64)>(), how, why).prop_map(
        |(key, what, (recorded, at), (visit, by, vaccinator, verified), why)| {
            let (person, dose, batch, (vaccine, centre)) = what;
            let ((overridden, corrects, evidence), commitment) = why;
            let event = Event {
                key,
                person,
                dose,
                vaccine: VaccineId(vaccine),
                batch,
                centre: CentreId(centre),
                visit,
                recorded: Timestamp(recorded),
                at: Timestamp(at),
                by,
                vaccinator,
                verified: verified.map(IdTypeId),
                overridden,
                corrects,
                evidence,
                commitment,
            };
            (Key::Event(key), Row::Event(Box::new(event)))
        },
    )
}

pub(super) fn recipient() -> impl Strategy<Value = (Key, Row)> {
    (any::<(u8, u32)>(), batch(), event_key()).prop_map(|((vaccine, centre), batch, key)| {
        let row = Row::Recipient(CentreId(centre));
        (Key::Recipient(VaccineId(vaccine), batch, key), row)
    })
}

pub(super) fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (uuid(), dose())
            .prop_map(|(id, dose)| Outcome::CheckedIn { appointment: AppointmentId(id), dose }),
        any::<u8>().prop_map(|left| Outcome::ProofWrong { left }),
        event_key().prop_map(Outcome::DoseRecorded),
        seat_count().prop_map(|freed| Outcome::Declined { freed }),
        any::<u16>().prop_map(|people| Outcome::NoShowsMarked { people }),
        Just(Outcome::Observed),
        reference().prop_map(Outcome::Merged),
        Just(Outcome::MemberMoved),
        Just(Outcome::HolderCorrected),
        any::<u64>().prop_map(|stored| Outcome::Certified { stored }),
        any::<u32>().prop_map(|revoked| Outcome::CertificatesRevoked { revoked }),
        any::<u64>().prop_map(|from| Outcome::StatusTaken { from }),
        any::<u64>().prop_map(|size| Outcome::LogSequenced { size }),
    ]
}

pub(super) fn refusal() -> impl Strategy<Value = Refusal> {
    let plain = select(vec![
        Refusal::OlderProgram,
        Refusal::ImpossibleDay,
        Refusal::CorrectionLate,
        Refusal::NothingToCorrect,
        Refusal::ObservationEnded,
        Refusal::NotOnePerson,
        Refusal::SessionNotOver,
        Refusal::NoSuchLogSize,
    ]);
    let about = (reference(), dose(), any::<(u8, i64)>(), uuid()).prop_flat_map(
        |(person, dose, (vaccine, until), id)| {
            select(vec![
                Refusal::NoAppointmentHere(person),
                Refusal::NotCheckedIn(person),
                Refusal::IsCheckedIn(person),
                Refusal::ProofVoid(person),
                Refusal::DosesContradict(person),
                Refusal::NoDoseHere { person, dose },
                Refusal::NotTheSessionsVaccine { session: VaccineId(vaccine) },
                Refusal::ObservationUnderWay { until: Timestamp(until) },
                Refusal::NoSuchCertificate(opencowin_model::CertificateId(id)),
                Refusal::NotCertifiable(EventId(id)),
                Refusal::CorrectionSpent(person),
                Refusal::TooManyShares { most: vaccine },
            ])
        },
    );
    prop_oneof![plain, about]
}
