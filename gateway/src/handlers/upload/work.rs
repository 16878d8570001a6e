//! Carrying out the rows of a file: one task reads them, each becomes a task of its own, and one tells them in order.

use super::UNDER_WAY;
use super::columns::{Columns, Read};
use super::lines::{Line, Lines, Refused, Sum, Told};
use super::rows::Rows;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::appointments::unexpected;
use crate::handlers::counter::enrol;
use crate::handlers::errand::Errand;
use crate::handlers::registration::Wrong;
use crate::handlers::seats;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::slack::Given;
use crate::notices::{self, News};
use crate::patience;
use crate::trail::{self, purpose};
use opencowin_ledger::Failure;
use opencowin_ledger::commands::{Command, Enrol, IdempotencyKey, Once, Outcome, Place};
use opencowin_ledger::vault::AccountId;
use opencowin_model::{BeneficiaryRef, CentreId};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

/// The most rows of a file.
const ROWS: u32 = 250_000;

/// A file that is uploaded.
pub(super) struct Upload {
    pub(super) app: Arc<App>,
    pub(super) visitor: Visitor,
    /// What the client calls it.
    pub(super) id: Uuid,
    /// Where its people are registered.
    pub(super) at: CentreId,
    /// What each of them is booked into, if they are.
    pub(super) place: Option<Place>,
    /// Its place among the files that are read at once.
    pub(super) _permit: OwnedSemaphorePermit,
}

/// What will come of a row.
enum Coming {
    /// Known at once.
    Now(Told),
    /// Under way.
    Later(JoinHandle<Told>),
    /// There are no more rows, or they cannot be read, for this reason.
    End(Option<&'static str>),
}

/// Begins to carry out what comes behind the names of columns. The connection has slack until a
/// while after all of the file has come.
///
/// # Errors
/// 401 if nobody is known, which the route's access rules out.
pub(super) fn begin(
    upload: Upload,
    rows: Rows,
    columns: Columns,
    slack: Given,
) -> Result<Lines, Problem> {
    let account = upload.visitor.acting()?;
    let upload = Arc::new(upload);
    let (app, patience) = (upload.app.clone(), upload.app.config().deadlines.stalled_write);
    let (coming, come) = mpsc::channel(UNDER_WAY);
    let (lines, told) = mpsc::unbounded_channel();
    app.aside(async move {
        let end = read(upload, account, rows, &columns, &coming).await;
        // Nobody listens any more where the client is gone.
        let _ = coming.send(Coming::End(end.err().map(|problem| problem.label()))).await;
        // Whoever sends all of it first begins to read only now.
        sleep(patience).await;
        drop(slack);
    });
    app.aside(tell(come, lines));
    Ok(Lines(told))
}

/// Sends each row on its way.
async fn read(
    upload: Arc<Upload>,
    account: AccountId,
    mut rows: Rows,
    columns: &Columns,
    coming: &mpsc::Sender<Coming>,
) -> Result<(), Problem> {
    let mut number = 0;
    while let Some(row) = rows.next().await? {
        number += 1;
        if number > ROWS {
            return Err(error::BODY_TOO_LARGE.into());
        }
        if upload.app.is_draining() {
            return Err(error::TRY_AGAIN.into());
        }
        let row = match columns.fields(&row) {
            Err(refused) => Coming::Now(Told::Refused(refused)),
            Ok(read) => {
                let upload = upload.clone();
                Coming::Later(tokio::spawn(async move { upload.row(account, number, read).await }))
            }
        };
        if coming.send(row).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Tells what came of the rows, in their order.
async fn tell(mut come: mpsc::Receiver<Coming>, lines: mpsc::UnboundedSender<Line>) {
    let (mut number, mut sum) = (0, Sum::default());
    while let Some(coming) = come.recv().await {
        let told = match coming {
            Coming::Now(told) => told,
            Coming::Later(task) => {
                task.await.unwrap_or(Told::Refused(Problem::from(error::TRY_AGAIN).into()))
            }
            Coming::End(broken) => {
                let _ = lines.send(Line::End(Sum { broken, ..sum }));
                return;
            }
        };
        number += 1;
        match told {
            Told::Registered(_) => sum.registered += 1,
            Told::Refused(_) => sum.refused += 1,
        }
        if lines.send(Line::Row(number, told)).is_err() {
            return;
        }
    }
}

impl Upload {
    async fn row(&self, account: AccountId, number: u32, read: Read) -> Told {
        // The semaphore is never closed.
        let _permit = self.app.uploads().rows.acquire().await;
        match self.enrol(account, number, read).await {
            Ok(person) => Told::Registered(person),
            Err(refused) => Told::Refused(refused),
        }
    }

    async fn enrol(
        &self,
        account: AccountId,
        number: u32,
        read: Read,
    ) -> Result<BeneficiaryRef, Refused> {
        let app = &self.app;
        let in_field = |wrong: Wrong| Refused { field: Some(wrong.field), ..wrong.problem.into() };
        let register = read.registration.by_staff(app).map_err(in_field)?;
        enrol::authenticate(app, &register).await.map_err(in_field)?;
        let mobile = register.mobile;
        let (at, place) = (self.at, self.place.clone());
        let command = Command::Enrol(Box::new(Enrol { register, at, place }));
        let once = self.once(account, number, &read.digest)?;
        let errand = Errand::once(app, once, trail::of(app, &self.visitor, purpose::REGISTER));
        let Some(place) = &self.place else {
            let outcome = errand.run(command).await.map_err(|failure| app.problem_of(failure));
            return person(outcome?);
        };
        if let Some(outcome) = errand.recorded().await? {
            return person(outcome);
        }
        let enrolled = patience::for_seats(|| attempt(app, place, &command, &errand)).await;
        let enrolled = person(enrolled.map_err(|failure| app.problem_of(failure))?)?;
        let news = News::Booked(&place.slot);
        notices::send(app, self.visitor.key_id(), mobile, place.session.id, news);
        Ok(enrolled)
    }

    /// What makes a row the same row: the upload, its number and what it says.
    fn once(&self, account: AccountId, number: u32, row: &[u8; 32]) -> Result<Once, Problem> {
        let mut hash = Sha256::new();
        hash.update(row);
        hash.update(self.at.0.to_be_bytes());
        if let Some(Place { session, slot, channel, dose }) = &self.place {
            hash.update(session.id.0);
            hash.update([channel.index() as u8, dose.number()]);
            hash.update(&**slot);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let short = u64::from_be_bytes(digest[..8].try_into().unwrap_or_default());
        let key = format!("{}-{number}-{short:016x}", self.id.simple());
        let key = IdempotencyKey::parse(&key).ok_or(error::IDEMPOTENCY_KEY_INVALID)?;
        Ok(Once { account, route: "upload", key, digest })
    }
}

/// Reserves the seat in memory and has the ledger register the person with it.
async fn attempt(
    app: &App,
    place: &Place,
    command: &Command,
    errand: &Errand<'_>,
) -> Result<Outcome, Failure> {
    match seats::reserve(app, place.seat()).await {
        Ok(reservation) => {
            errand.run_with_seats(command.clone(), Some(place.session.id), reservation).await
        }
        Err(failure) => errand.fail(failure).await,
    }
}

fn person(outcome: Outcome) -> Result<BeneficiaryRef, Refused> {
    match outcome {
        Outcome::Registered(person) | Outcome::Enrolled { person, .. } => Ok(person),
        other => Err(unexpected(other).into()),
    }
}
