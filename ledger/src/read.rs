//! Questions about the present state. Each is answered from one version, so that its parts agree.

mod adverse;
mod certificates;
mod doses;
mod figures;
mod log;
mod matches;
mod roster;
mod stock;

pub use adverse::Case;
pub use certificates::{Certifiable, CertificatesOfDose, KeptCertificate, StatusList};
pub use doses::{Recipient, Recipients};
pub use matches::{Match, Sought};
pub use roster::{Expected, Missed, Roster};
pub use stock::{Movements, Stocks};

use crate::commands::{
    self, Answer, Book, Once, Reschedule, SeatCount, held_instead, live_appointment, once,
};
use crate::complaint::Complaint;
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Kind, Layout, Shelf};
use crate::records::{Appointment, Counters, Document, Person, Personal, Row, Usage};
use crate::request::Failure;
use crate::rules::{Context, Draw};
use crate::store::block_on::block_on;
use crate::store::{ReadError, Version, rest_of};
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef, Centre, CentreId, Date, Session, SessionKey};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use uuid::Uuid;

/// A registered person with everything that they may see of themselves.
#[derive(Clone, Debug)]
pub struct Beneficiary {
    /// Their reference.
    pub id: BeneficiaryRef,
    /// What they told about themselves.
    pub personal: Personal,
    /// Where they stand.
    pub person: Person,
    /// Their live appointments.
    pub appointments: Vec<Visit>,
}

/// An appointment with what it refers to.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The appointment.
    pub appointment: Appointment,
    /// Its session; where that was moved to another day, as it is held then.
    pub session: Session,
    /// Where that is held.
    pub centre: Centre,
}

/// A part of what is looked for by looking at everything.
#[derive(Clone, Debug)]
pub struct Page<T, Next> {
    /// What was found.
    pub found: Vec<T>,
    /// After what to go on; `None` if that was all.
    pub next: Option<Next>,
}

/// Answers questions.
#[derive(Clone)]
pub struct Reader {
    engine: Arc<Engine>,
    /// That the store does not answer; told by all who ask it.
    unanswered: Arc<Mutex<Complaint>>,
}

/// How often a question is asked because its version had become too old.
const TRIES: usize = 4;

/// Rows read at once when everything is loaded.
const CHUNK: usize = 4096;

impl Reader {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, unanswered: Arc::default() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The people of an account, in the order in which they registered; none if it has nobody.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn people(&self, account: AccountId) -> Result<Vec<Beneficiary>, Failure> {
        self.ask(|view, context| people(account, view, context)).await
    }

    /// The references of the people of an account, in the order in which they registered: one row, nothing about them.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn registered(&self, account: AccountId) -> Result<Vec<BeneficiaryRef>, Failure> {
        self.ask(|view, _| Ok(view.account(account)?.map_or(Vec::new(), |a| a.people.clone())))
            .await
    }

    /// An appointment that somebody of an account has, live or not.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], or [`NoSuchAppointment`](crate::commands::Refusal::NoSuchAppointment).
    pub async fn visit(&self, account: AccountId, id: AppointmentId) -> Result<Visit, Failure> {
        self.ask(|view, _| {
            let appointment = commands::appointment_of(account, id, view)?;
            visit(appointment, view)
        })
        .await
    }

    /// Where a person stands; `None` if there is no such person.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn person(&self, id: BeneficiaryRef) -> Result<Option<Person>, Failure> {
        self.ask(|view, _| view.person(id).map(Option::<&Person>::cloned)).await
    }

    /// What was answered under an idempotency key, if it was used in the last day: to be asked before anything else is
    /// checked, since the first attempt may be the very reason why a second would be refused.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn recorded(&self, once: &Once) -> Result<Option<Answer>, Failure> {
        self.ask(|view, context| once::recorded(once, view, context)).await
    }

    /// Whether a booking would be refused for another reason than seats, as of now.
    ///
    /// # Errors
    /// The [`Failure`] that it would meet.
    pub async fn check_booking(&self, booking: &Book) -> Result<(), Failure> {
        self.ask(|view, context| booking.check(view, context)).await
    }

    /// Whether a rescheduling would be refused for another reason than seats, as of now, and the seats that it takes:
    /// none within one session.
    ///
    /// # Errors
    /// The [`Failure`] that it would meet.
    pub async fn check_rescheduling(
        &self,
        rescheduling: &Reschedule,
    ) -> Result<Option<SeatCount>, Failure> {
        self.ask(|view, context| rescheduling.check(view, context)).await
    }

    /// A centre, if there is one with this id.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn centre(&self, id: CentreId) -> Result<Option<Centre>, Failure> {
        self.ask(|view, _| view.centre(id).map(Option::<&Centre>::cloned)).await
    }

    /// The definition of a session, if there is one under this key.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn session(&self, key: SessionKey) -> Result<Option<Session>, Failure> {
        self.ask(|view, _| view.session(key).map(Option::<&Session>::cloned)).await
    }

    /// The last day for which the programme has published sessions, if it has.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn published_through(&self) -> Result<Option<Date>, Failure> {
        self.ask(|view, _| view.published_through().map(Option::<&Date>::copied)).await
    }

    /// Looks at so many people, after one of them or from the first: those whose data may be kept no longer, and after
    /// whom to go on; `None` if those were the last.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn expired(
        &self,
        after: Option<BeneficiaryRef>,
        looked_at: usize,
    ) -> Result<(Vec<BeneficiaryRef>, Option<BeneficiaryRef>), ReadError> {
        let today = self.engine.context(Draw::default()).today();
        let version = self.engine.store.read_version().await?;
        let range = self.layout().by_person(Kind::Personal, after, None);
        let pairs = self.engine.store.scan(version, range, looked_at).await?;
        // A row that cannot be read is found by a check.
        let expired =
            pairs.iter().filter_map(|(key, value)| match self.engine.open(key, value)? {
                (Key::Personal(who), Ok(Row::Personal(personal))) => {
                    personal.has_expired(today).then_some(who)
                }
                _ => None,
            });
        let last = pairs.last().filter(|_| pairs.len() == looked_at);
        let next = last.and_then(|(key, _)| match self.layout().decode(key) {
            Some(Key::Personal(who)) => Some(who),
            _ => None,
        });
        Ok((expired.collect(), next))
    }

    /// Whether so many seats are left anywhere: free, in the leases of these members, or perhaps in that of somebody
    /// else.
    pub(crate) async fn has_seats(
        &self,
        wanted: SeatCount,
        members: &[Uuid],
    ) -> Result<bool, Failure> {
        self.ask(|view, _| {
            let keys = [Key::Session(wanted.session), Key::Counters(wanted.session)];
            view.require(keys)?;
            let Some(session) = view.session(wanted.session)? else { return Ok(false) };
            let counters = view.counters(wanted.session)?.copied();
            let counters = counters.unwrap_or_else(|| Counters::unsold(&session.capacity));
            let (left, whole) = commands::seats::left(&wanted, &counters, view, members)?;
            Ok(left >= u32::from(wanted.seats) || !whole)
        })
        .await
    }

    /// Every lease: whose, and of which session.
    pub(crate) fn leases(&self) -> Result<Vec<(Uuid, SessionKey)>, ReadError> {
        let (mut leases, mut rest) = (Vec::new(), Some(self.layout().all(Kind::Lease)));
        while let Some(range) = rest {
            let version = block_on(self.engine.store.read_version())?;
            let (rows, next) = block_on(self.chunk(version, range))?;
            leases.extend(rows.into_iter().filter_map(|(key, _)| match key {
                Key::Lease(holder, session) => Some((holder, session)),
                _ => None,
            }));
            rest = next;
        }
        Ok(leases)
    }

    /// Hands out all centres, in chunks.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn load_centres(&self, mut each: impl FnMut(Vec<Centre>)) -> Result<(), ReadError> {
        let mut rest = Some(self.layout().all(Kind::Centre));
        while let Some(range) = rest {
            let version = self.engine.store.read_version().await?;
            let (rows, next) = self.chunk(version, range).await?;
            each(rows.into_iter().filter_map(into_centre).collect());
            rest = next;
        }
        Ok(())
    }

    /// Hands out the sessions of `from` and later days with their seats, by date and id, in chunks.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn load_sessions(
        &self,
        from: Date,
        mut each: impl FnMut(Vec<(Session, Counters)>),
    ) -> Result<(), ReadError> {
        let mut rest = Some(self.layout().sessions_from(from));
        while let Some(range) = rest {
            let version = self.engine.store.read_version().await?;
            let (rows, next) = self.chunk(version, range).await?;
            let sessions: Vec<_> = rows.into_iter().filter_map(into_session).collect();
            each(self.with_counters(version, sessions).await?);
            rest = next;
        }
        Ok(())
    }

    /// A document, if it is there.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn document(&self, shelf: Shelf, id: Uuid) -> Result<Option<Document>, Failure> {
        self.ask(|view, _| view.document(shelf, id).map(Option::<&Document>::cloned)).await
    }

    /// Hands out the documents of a shelf, by id, in chunks.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn load_documents(
        &self,
        shelf: Shelf,
        mut each: impl FnMut(Vec<(Uuid, Document)>),
    ) -> Result<(), ReadError> {
        let mut rest = Some(self.layout().shelf(shelf));
        while let Some(range) = rest {
            let version = self.engine.store.read_version().await?;
            let (rows, next) = self.chunk(version, range).await?;
            each(rows.into_iter().filter_map(into_document).collect());
            rest = next;
        }
        Ok(())
    }

    /// What keys were used for on the days from one to another, both included: day, key, gateway and use.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn usage(
        &self,
        from: Date,
        to: Date,
        mut each: impl FnMut(Date, Uuid, Uuid, &Usage),
    ) -> Result<(), ReadError> {
        let mut rest = Some(self.layout().usage(from, to));
        while let Some(range) = rest {
            let version = self.engine.store.read_version().await?;
            let (rows, next) = self.chunk(version, range).await?;
            for row in rows {
                if let (Key::Usage(day, key, gateway), Row::Usage(usage)) = row {
                    each(day, key, gateway, &usage);
                }
            }
            rest = next;
        }
        Ok(())
    }

    /// Joins sessions that lie together with their counters, which lie in the same order.
    async fn with_counters(
        &self,
        version: Version,
        sessions: Vec<Session>,
    ) -> Result<Vec<(Session, Counters)>, ReadError> {
        let (Some(first), Some(last)) = (sessions.first(), sessions.last()) else {
            return Ok(Vec::new());
        };
        let between = self.layout().encode(&Key::Counters(first.key()))
            ..self.layout().by_session(Kind::Counters, None, Some(last.key())).end;
        // There are no more counters than sessions, so that one chunk holds them.
        let (rows, _) = self.chunk(version, between).await?;
        let mut sold = rows.into_iter().filter_map(into_counters).peekable();
        let mut join = |session: Session| {
            while sold.next_if(|(key, _)| *key < session.key()).is_some() {}
            let counters = sold.next_if(|(key, _)| *key == session.key()).map(|(_, c)| c);
            let counters = counters.unwrap_or_else(|| Counters::unsold(&session.capacity));
            (session, counters)
        };
        Ok(sessions.into_iter().map(&mut join).collect())
    }

    /// All rows of a range that is small enough to be held, each chunk as of a moment of its own.
    async fn rows(&self, range: Range<Vec<u8>>) -> Result<Vec<(Key, Row)>, Failure> {
        let (mut all, mut rest) = (Vec::new(), Some(range));
        while let Some(range) = rest {
            let (rows, next) = self.newest(range).await.map_err(|e| self.unavailable(&e))?;
            all.extend(rows);
            rest = next;
        }
        Ok(all)
    }

    /// The first chunk of a range as it is now.
    async fn newest(&self, range: Range<Vec<u8>>) -> Result<Chunk, ReadError> {
        let version = self.engine.store.read_version().await?;
        self.chunk(version, range).await
    }

    /// The first so many rows of a range as it is now.
    async fn first(
        &self,
        range: Range<Vec<u8>>,
        most: usize,
    ) -> Result<Vec<(Key, Row)>, ReadError> {
        let version = self.engine.store.read_version().await?;
        self.open_all(&self.engine.store.scan(version, range, most).await?)
    }

    /// The first rows of a range, and what is left of it.
    async fn chunk(&self, version: Version, range: Range<Vec<u8>>) -> Result<Chunk, ReadError> {
        let pairs = self.engine.store.scan(version, range.clone(), CHUNK).await?;
        let next = rest_of(range, &pairs, CHUNK);
        Ok((self.open_all(&pairs)?, next))
    }

    fn open_all(&self, pairs: &[(Vec<u8>, Vec<u8>)]) -> Result<Vec<(Key, Row)>, ReadError> {
        let read = |(key, value): &(Vec<u8>, Vec<u8>)| match self.engine.open(key, value) {
            Some((key, Ok(row))) => Ok((key, row)),
            _ => Err(ReadError::Fatal("a row of the catalogue is damaged".to_owned())),
        };
        pairs.iter().map(read).collect()
    }

    /// Answers a question from one version, fetching rows as it asks for them.
    async fn ask<T>(
        &self,
        question: impl Fn(&mut View<'_>, &Context<'_>) -> Result<T, Stop>,
    ) -> Result<T, Failure> {
        for _ in 0..TRIES {
            let version =
                self.engine.store.read_version().await.map_err(|error| self.unavailable(&error))?;
            match self.ask_at(version, &question).await {
                Err(ReadError::TooOld) => {}
                Err(error) => return Err(self.unavailable(&error)),
                Ok(answer) => return answer,
            }
        }
        Err(Failure::Unavailable)
    }

    async fn ask_at<T>(
        &self,
        version: Version,
        question: impl Fn(&mut View<'_>, &Context<'_>) -> Result<T, Stop>,
    ) -> Result<Result<T, Failure>, ReadError> {
        let mut rows = Fetched::at(version);
        loop {
            let (answer, missing) = {
                let mut view = View::new(&rows);
                let answer = question(&mut view, &self.engine.context(Draw::default()));
                (answer, view.into_asked().missing)
            };
            match answer {
                Ok(answer) => return Ok(Ok(answer)),
                Err(Stop::Refused(refusal)) => return Ok(Err(refusal.into())),
                Err(Stop::Damaged(key)) => {
                    tracing::error!(?key, "a row cannot be read");
                    return Ok(Err(Failure::Unavailable));
                }
                Err(Stop::Need) => rows.fetch(&self.engine, missing).await?,
            }
        }
    }

    fn unavailable(&self, error: &ReadError) -> Failure {
        let mut unanswered = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(unlogged) = unanswered.due(Instant::now()) {
            tracing::warn!(%error, unlogged, "questions could not be answered");
        }
        Failure::Unavailable
    }

    fn layout(&self) -> &Layout {
        self.engine.codec.layout()
    }
}

/// Rows in key order, and the range that follows them.
type Chunk = (Vec<(Key, Row)>, Option<Range<Vec<u8>>>);

fn people(
    account: AccountId,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Beneficiary>, Stop> {
    let ids = view.account(account)?.map_or(&[][..], |account| &account.people);
    view.require(ids.iter().flat_map(|id| [Key::Person(*id), Key::Personal(*id)]))?;
    let people = ids.iter().map(|id| beneficiary(*id, view, context));
    people.collect()
}

fn beneficiary(
    id: BeneficiaryRef,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Beneficiary, Stop> {
    let person = view.person(id)?.ok_or(Stop::Damaged(Key::Person(id)))?;
    let personal = view.personal(id)?.ok_or(Stop::Damaged(Key::Personal(id)))?;
    let mut appointments = Vec::new();
    for listed in &person.appointments {
        if live_appointment(person, listed.dose, view, context)?.is_some() {
            let key = Key::Appointment(listed.session, listed.appointment);
            let appointment = view.appointment(listed.session, listed.appointment)?;
            appointments.push(visit(appointment.ok_or(Stop::Damaged(key))?, view)?);
        }
    }
    Ok(Beneficiary { id, personal: personal.clone(), person: person.clone(), appointments })
}

fn visit(appointment: &Appointment, view: &mut View<'_>) -> Result<Visit, Stop> {
    view.require([Key::Session(appointment.session), Key::Centre(appointment.centre)])?;
    let session = held_instead(appointment.session, view)?;
    let centre = view.centre(appointment.centre)?;
    Ok(Visit {
        appointment: appointment.clone(),
        session: session.ok_or(Stop::Damaged(Key::Session(appointment.session)))?.clone(),
        centre: centre.ok_or(Stop::Damaged(Key::Centre(appointment.centre)))?.clone(),
    })
}

fn into_centre((_, row): (Key, Row)) -> Option<Centre> {
    if let Row::Centre(centre) = row { Some(*centre) } else { None }
}

fn into_session((_, row): (Key, Row)) -> Option<Session> {
    if let Row::Session(session) = row { Some(*session) } else { None }
}

fn into_counters((key, row): (Key, Row)) -> Option<(SessionKey, Counters)> {
    match (key, row) {
        (Key::Counters(key), Row::Counters(counters)) => Some((key, counters)),
        _ => None,
    }
}

fn into_document((key, row): (Key, Row)) -> Option<(Uuid, Document)> {
    match (key, row) {
        (Key::Document(_, id), Row::Document(document)) => Some((id, document)),
        _ => None,
    }
}
