//! The way to a provider that takes messages by SMPP 3.4.
//!
//! One connection, bound as transceiver, is kept open and opened again when it breaks. Messages go out as long as fewer than
//! `window` are unanswered; receipts come back on the same connection.

mod receipt;
mod session;
mod submit;
mod wire;

use super::receipts::Receipts;
use super::sender::{Accepted, Failure, Sender, Submission, Submitting};
use super::settings::{self, SettingError, SmppSettings, duration, within};
use crate::link::Link;
use rusmpp::pdus::SubmitSm;
use rusmpp::types::COctetString;
use session::Session;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

/// The pause before a connection is opened again; twice as long after each failure, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A provider that takes messages by SMPP.
pub struct SmppSender {
    account: Arc<Account>,
    submits: mpsc::Sender<Submit>,
    bound: Arc<AtomicBool>,
}

/// Who we are to the provider, and how it is spoken to.
#[derive(Debug, Default)]
struct Account {
    name: String,
    system_id: COctetString<1, 16>,
    password: COctetString<1, 9>,
    system_type: COctetString<1, 13>,
    sender_id: String,
    entity_id: String,
    country_code: String,
    window: usize,
    enquire_link: Duration,
    timeout: Duration,
}

/// A message for the session, and who waits for its answer.
struct Submit {
    command: SubmitSm,
    answer: oneshot::Sender<Result<Accepted, Failure>>,
}

/// What keeps a sender's connection open, until the sender is dropped.
pub struct Keeper {
    link: Link,
    account: Arc<Account>,
    submits: mpsc::Receiver<Submit>,
    bound: Arc<AtomicBool>,
    receipts: Arc<Receipts>,
    provider: usize,
}

impl SmppSender {
    /// A sender with these settings, and what keeps its connection. Receipts are handed to `receipts` as those of the
    /// provider at place `provider`.
    ///
    /// # Errors
    /// What is wrong with a setting, or with a file that it names.
    pub fn new(
        settings: &SmppSettings,
        from: &super::http::Identity<'_>,
        receipts: Arc<Receipts>,
        provider: usize,
    ) -> Result<(Self, Keeper), SettingError> {
        let link = link(settings)?;
        let account = Arc::new(Account::new(settings, from)?);
        let (submits, waiting) = mpsc::channel(account.window);
        let bound = Arc::new(AtomicBool::new(false));
        let sender = Self { account: account.clone(), submits, bound: bound.clone() };
        Ok((sender, Keeper { link, account, submits: waiting, bound, receipts, provider }))
    }

    async fn hand_over(&self, submission: &Submission<'_>) -> Result<Accepted, Failure> {
        let command = submit::submit_sm(&self.account, submission)?;
        let (answer, answered) = oneshot::channel();
        let submit = Submit { command, answer };
        self.submits.send(submit).await.map_err(|_| Failure::Disconnected)?;
        answered.await.unwrap_or(Err(Failure::Disconnected))
    }
}

impl Sender for SmppSender {
    fn name(&self) -> &str {
        &self.account.name
    }

    fn timeout(&self) -> Duration {
        self.account.timeout
    }

    fn is_ready(&self) -> bool {
        self.bound.load(Ordering::Acquire)
    }

    fn submit<'a>(&'a self, submission: Submission<'a>) -> Submitting<'a> {
        Box::pin(async move { self.hand_over(&submission).await })
    }
}

impl Keeper {
    /// Keeps the connection open. Ends, unbound, when the sender has been dropped.
    pub async fn keep(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            match Session::open(&self.link, self.account.clone()).await {
                Ok(session) => self.serve(session).await,
                Err(error) => {
                    tracing::warn!(sender = %self.account.name, %error, "cannot bind");
                }
            }
            if self.submits.is_closed() {
                return;
            }
            // A provider that takes us in and throws us out at once is not asked at once again.
            if started.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn serve(&mut self, session: Session) {
        let name = &self.account.name;
        tracing::info!(sender = %name, "bound");
        self.bound.store(true, Ordering::Release);
        let receipt = |id: &str, status| self.receipts.take(self.provider, id, status);
        let ended = session.run(&mut self.submits, receipt).await;
        self.bound.store(false, Ordering::Release);
        if let Err(error) = ended {
            tracing::warn!(sender = %name, %error, "connection lost");
            self.fail_waiting();
        }
    }

    /// Those who wait for a session that is gone go elsewhere.
    fn fail_waiting(&mut self) {
        while let Ok(submit) = self.submits.try_recv() {
            // Whoever waited may have given up.
            let _ = submit.answer.send(Err(Failure::Disconnected));
        }
    }
}

impl Account {
    fn new(
        settings: &SmppSettings,
        from: &super::http::Identity<'_>,
    ) -> Result<Self, SettingError> {
        let at = |setting: &str| settings::of(&settings.name, setting);
        let long = |setting: &str, most| {
            SettingError::new(
                &at(setting),
                format!("it must be ASCII of {most} characters at most"),
            )
        };
        let password = settings::secret(&at("password-file"), &settings.password_file)?;
        let enquire_link = settings.enquire_link_ms.unwrap_or(30_000);
        let text = |text: &str| text.to_owned();
        // Checked here, so that no message is rejected for it.
        COctetString::<1, 21>::from_string(text(from.sender_id)).map_err(|_| {
            SettingError::new("sender-id", "it must be ASCII of 20 characters at most")
        })?;
        if !settings.country_code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(SettingError::new(&at("country-code"), "it must be digits"));
        }
        Ok(Self {
            name: text(&settings.name),
            system_id: COctetString::from_string(text(&settings.system_id))
                .map_err(|_| long("system-id", 15))?,
            password: COctetString::from_string(password).map_err(|_| long("password-file", 8))?,
            system_type: COctetString::from_string(text(&settings.system_type))
                .map_err(|_| long("system-type", 12))?,
            sender_id: text(from.sender_id),
            entity_id: text(from.entity_id),
            country_code: text(&settings.country_code),
            window: within(&at("window"), settings.window.unwrap_or(32), 1, 1_000)?,
            enquire_link: duration(&at("enquire-link-ms"), enquire_link, 3_600_000)?,
            timeout: settings::timeout(&settings.name, settings.timeout_ms)?,
        })
    }
}

fn link(settings: &SmppSettings) -> Result<Link, SettingError> {
    let setting = settings::of(&settings.name, "address");
    let wrong = || SettingError::new(&setting, "it must be HOST:PORT");
    let (host, port) = settings.address.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().map_err(|_| wrong())?;
    if host.is_empty() {
        return Err(wrong());
    }
    if settings.tls {
        let setting = settings::of(&settings.name, "ca-file");
        let link = Link::tls(host, port, settings.ca_file.as_deref());
        return link.map_err(|problem| SettingError::new(&setting, problem));
    }
    Ok(Link::plain(host, port))
}
