//! Messages to people: one-time passwords and notices, from whoever has something to say to a provider's acceptance and
//! its receipt.
//!
//! ```text
//! Messenger::send -> queue -> dispatch -> failover -> http or smpp -> provider
//!                                                                        |
//!                    counts <------------ receipts <---------------------+
//! ```
//! Handing over costs a lock and no wait; one thread does everything else. What waits is kept in memory only: a password
//! is not worth more than three minutes, and a notice says nothing that cannot be looked up. Texts and numbers are never
//! logged. docs/messages.md tells an operator how it is set up.

pub mod circuit;
pub mod counts;
pub mod failover;
pub mod http;
pub mod outbox;
pub mod pattern;
pub mod queue;
pub mod receipts;
pub mod sender;
pub mod settings;
pub mod smpp;
pub mod texts;

mod dispatch;
mod message;

pub use counts::Counts;
pub use message::{Message, MessageKind, Messenger, Priority, Refused};
pub use outbox::Outbox;
pub use receipts::{Receipts, Status};
pub use settings::{MessageSettings, SettingError};
pub use texts::Texts;

use crate::metrics::Gauges;
use dispatch::{Dispatcher, Intake};
use failover::{Failover, PROVIDERS};
use http::{HttpSender, Identity};
use opencowin_model::{Clock, Mobile};
use receipts::Provider;
use sender::Sender;
use settings::SenderSettings;
use smpp::{Keeper, SmppSender};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

/// How long what is due may still be sent when the server closes.
const DRAIN: Duration = Duration::from_secs(5);

/// How long connections may take to say goodbye after that.
const GOODBYE: Duration = Duration::from_millis(500);

/// The messenger of a production server: sends by providers.
pub struct Delivery {
    intake: Arc<Intake>,
    receipts: Arc<Receipts>,
    texts: Arc<Texts>,
    thread: Option<JoinHandle<()>>,
}

/// Why messages cannot be sent; one sentence for whoever started the server.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A setting is wrong, or a file that it names.
    #[error("{0}")]
    Setting(#[from] SettingError),
    /// The thread cannot be started.
    #[error("the thread that sends messages: {0}")]
    Thread(#[from] io::Error),
}

impl Delivery {
    /// Starts to send by the providers of `settings`.
    ///
    /// # Errors
    /// What is wrong with a setting, or with a file that it names.
    pub fn start(
        settings: &MessageSettings,
        counts: Counts,
        clock: Arc<Clock>,
    ) -> Result<Self, DeliveryError> {
        settings::within("senders", settings.senders.len(), 1, PROVIDERS)?;
        let texts = Arc::new(Texts::new(&settings.templates)?);
        let providers = settings.senders.iter().map(provider).collect::<Result<_, _>>()?;
        let receipts = Arc::new(Receipts::new(providers, counts.clone(), clock.clone()));
        let (senders, keepers) = senders(settings, &receipts, &clock)?;
        let intake = Arc::new(Intake::new(settings.capacity(), counts.clone(), clock.clone()));
        let failover = Failover::new(senders, counts, clock);
        let dispatcher = Dispatcher::new(
            intake.clone(),
            failover,
            receipts.clone(),
            texts.clone(),
            settings.at_once(),
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name("messages".to_owned())
            .spawn(move || work(&runtime, dispatcher, keepers))?;
        Ok(Self { intake, receipts, texts, thread: Some(thread) })
    }

    /// How many messages wait and for how long the oldest has.
    pub fn gauges(&self, gauges: &mut Gauges<'_, '_>) {
        let now = self.intake.clock.now();
        for (priority, waiting, oldest) in [
            (Priority::Otp, "messages_waiting_otps", "messages_oldest_otp_milliseconds"),
            (Priority::Notice, "messages_waiting_notices", "messages_oldest_notice_milliseconds"),
        ] {
            let queue = self.intake.queue();
            let (length, created) = (queue.waiting(priority), queue.oldest(priority));
            drop(queue);
            let age = created.map_or(0, |created| (now.0 - created.0).max(0) as u64);
            gauges.set(waiting, "Messages that no provider has accepted yet", length as u64);
            gauges.set(oldest, "Age of the oldest of them", age);
        }
    }
}

impl Messenger for Delivery {
    fn send(&self, to: Mobile, message: Message) -> Result<(), Refused> {
        self.intake.hand_in(to, message)
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    fn outbox(&self, _: Mobile, _: Option<Uuid>) -> Option<Vec<Message>> {
        None
    }

    fn receipts(&self) -> Option<&Receipts> {
        Some(&self.receipts)
    }
}

/// What is due is sent, for [`DRAIN`] at most; the rest is dropped and counted.
impl Drop for Delivery {
    fn drop(&mut self) {
        self.intake.close(Instant::now() + DRAIN);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(runtime: &Runtime, dispatcher: Dispatcher, keepers: Vec<Keeper>) {
    runtime.block_on(async {
        let mut kept: JoinSet<()> = keepers.into_iter().map(Keeper::keep).collect();
        // The senders are dropped with it, by which the keepers know that it is over.
        dispatcher.run().await;
        let goodbye = async { while kept.join_next().await.is_some() {} };
        // Those that cannot say goodbye in time hang up.
        let _ = timeout(GOODBYE, goodbye).await;
    });
}

type Senders = (Vec<Box<dyn Sender>>, Vec<Keeper>);

fn senders(
    settings: &MessageSettings,
    receipts: &Arc<Receipts>,
    clock: &Arc<Clock>,
) -> Result<Senders, SettingError> {
    let entity_id = settings.entity_id.as_deref().unwrap_or_default();
    let from = Identity { sender_id: &settings.sender_id, entity_id };
    let (mut senders, mut keepers) = (Vec::<Box<dyn Sender>>::new(), Vec::new());
    for (place, sender) in settings.senders.iter().enumerate() {
        match sender {
            SenderSettings::Http(http) => {
                senders.push(Box::new(HttpSender::new(http, &from, clock.clone())?));
            }
            SenderSettings::Smpp(smpp) => {
                let (sender, keeper) = SmppSender::new(smpp, &from, receipts.clone(), place)?;
                senders.push(Box::new(sender));
                keepers.push(keeper);
            }
        }
    }
    Ok((senders, keepers))
}

fn provider(sender: &SenderSettings) -> Result<Provider, SettingError> {
    let secret = match sender {
        SenderSettings::Http(http) => http.receipt_secret_file.as_deref(),
        SenderSettings::Smpp(_) => None,
    };
    let setting = settings::of(sender.name(), "receipt-secret-file");
    let secret = secret.map(|file| settings::secret(&setting, file)).transpose()?;
    let secret = secret.map(|secret| receipts::digest(&secret));
    Ok(Provider { name: sender.name().to_owned(), secret })
}
