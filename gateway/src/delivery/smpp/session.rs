//! One bound connection: what is unanswered, and whether the other side lives.

use super::wire::{self, Frame, Reader, Writer};
use super::{Account, Submit, receipt};
use crate::delivery::receipts::Status;
use crate::delivery::sender::{Accepted, Failure};
use crate::link::Link;
use rusmpp::pdus::{BindTransceiver, DeliverSm, DeliverSmResp, SubmitSmResp};
use rusmpp::values::InterfaceVersion;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use std::collections::HashMap;
use std::io::{self, Error, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often the session looks at its clock.
const LOOK: Duration = Duration::from_millis(200);

/// Frames that may be read ahead.
const READ_AHEAD: usize = 64;

/// Sequence numbers run from 1 to this (SMPP 3.4, 3.2).
const LAST_SEQUENCE: u32 = 0x7fff_ffff;

/// A bound connection.
pub(super) struct Session {
    account: Arc<Account>,
    writer: Writer,
    frames: mpsc::Receiver<io::Result<Frame>>,
    /// The task that reads; it ends with the session.
    _reading: JoinSet<()>,
    sequence: u32,
    unanswered: HashMap<u32, oneshot::Sender<Result<Accepted, Failure>>>,
    heard: Instant,
    /// When the other side was asked whether it lives, if it has said nothing since.
    asked: Option<Instant>,
}

impl Session {
    /// Connects and binds.
    ///
    /// # Errors
    /// If there is no connection, the provider refuses, or it takes too long.
    pub(super) async fn open(link: &Link, account: Arc<Account>) -> io::Result<Self> {
        let limit = account.timeout;
        let opened = timeout(limit, Self::bind(link, account)).await;
        opened.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
    }

    async fn bind(link: &Link, account: Arc<Account>) -> io::Result<Self> {
        let (mut reader, writer) = tokio::io::split(link.connect().await?);
        let bind = BindTransceiver::builder()
            .system_id(account.system_id.clone())
            .password(account.password.clone())
            .system_type(account.system_type.clone())
            .interface_version(InterfaceVersion::Smpp3_4)
            .build();
        let (frames, read) = mpsc::channel(READ_AHEAD);
        let mut session = Self {
            account,
            writer,
            frames: read,
            _reading: JoinSet::new(),
            sequence: 0,
            unanswered: HashMap::new(),
            heard: Instant::now(),
            asked: None,
        };
        session.send(bind).await?;
        match wire::read(&mut reader).await? {
            Frame::Command(answer) if answer.id() == CommandId::BindTransceiverResp => {
                if answer.status() != CommandStatus::EsmeRok {
                    return Err(Error::other(format!("refused: {:?}", answer.status())));
                }
            }
            _ => return Err(Error::new(ErrorKind::InvalidData, "no answer to the bind")),
        }
        session._reading.spawn(read_all(reader, frames));
        Ok(session)
    }

    /// Works until the connection breaks; or, unbound, until nobody can submit any more. What is unanswered then has
    /// failed.
    ///
    /// # Errors
    /// Why the connection is no longer of use.
    pub(super) async fn run(
        mut self,
        submits: &mut mpsc::Receiver<Submit>,
        receipt: impl Fn(&str, Status),
    ) -> io::Result<()> {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let room = self.unanswered.len() < self.account.window;
            tokio::select! {
                frame = self.frames.recv() => match frame {
                    Some(frame) => self.take(frame?, &receipt).await?,
                    None => return Err(ErrorKind::UnexpectedEof.into()),
                },
                submit = submits.recv(), if room => match submit {
                    Some(submit) => self.submit(submit).await?,
                    None => return self.send(Pdu::Unbind).await.map(drop),
                },
                _ = look.tick() => self.look().await?,
            }
        }
    }

    async fn submit(&mut self, submit: Submit) -> io::Result<()> {
        // Whoever gave up has gone to another provider.
        if submit.answer.is_closed() {
            return Ok(());
        }
        let sequence = self.send(submit.command).await?;
        self.unanswered.insert(sequence, submit.answer);
        Ok(())
    }

    async fn take(&mut self, frame: Frame, receipt: impl Fn(&str, Status)) -> io::Result<()> {
        (self.heard, self.asked) = (Instant::now(), None);
        let command = match frame {
            Frame::Command(command) => command,
            Frame::Unreadable(sequence) => {
                tracing::debug!(sender = %self.account.name, "a command that cannot be read");
                return self
                    .answer(sequence, CommandStatus::EsmeRinvcmdlen, Pdu::GenericNack)
                    .await;
            }
        };
        let sequence = command.sequence_number();
        match command.pdu() {
            Some(Pdu::DeliverSm(deliver)) => self.receipt(sequence, deliver, receipt).await,
            Some(Pdu::EnquireLink) => self.accept(sequence, Pdu::EnquireLinkResp).await,
            Some(Pdu::Unbind) => {
                self.accept(sequence, Pdu::UnbindResp).await?;
                Err(Error::new(ErrorKind::ConnectionAborted, "the provider unbound"))
            }
            _ => {
                self.settle(&command);
                Ok(())
            }
        }
    }

    /// A receipt is answered whatever it says, or it would come again and again.
    async fn receipt(
        &mut self,
        sequence: u32,
        deliver: &DeliverSm,
        receipt: impl Fn(&str, Status),
    ) -> io::Result<()> {
        if let Some((id, status)) = receipt::parse(deliver) {
            receipt(&id, status);
        }
        self.accept(sequence, DeliverSmResp::default()).await
    }

    /// An answer to something that was submitted. One that came too late finds nobody.
    fn settle(&mut self, command: &Command) {
        let Some(waiting) = self.unanswered.remove(&command.sequence_number()) else { return };
        let outcome = match (command.status(), command.pdu()) {
            (CommandStatus::EsmeRok, Some(Pdu::SubmitSmResp(answer))) => Ok(accepted(answer)),
            (CommandStatus::EsmeRok, _) => Err(Failure::Garbled),
            (status, _) => Err(failure(status)),
        };
        // Whoever waited may have given up.
        let _ = waiting.send(outcome);
    }

    /// Forgets those who gave up, and asks a silent provider whether it lives.
    async fn look(&mut self) -> io::Result<()> {
        self.unanswered.retain(|_, waiting| !waiting.is_closed());
        if self.asked.is_some_and(|asked| asked.elapsed() > self.account.timeout) {
            return Err(Error::new(ErrorKind::TimedOut, "silent"));
        }
        if self.asked.is_none() && self.heard.elapsed() > self.account.enquire_link {
            self.asked = Some(Instant::now());
            self.send(Pdu::EnquireLink).await?;
        }
        Ok(())
    }

    async fn accept(&mut self, sequence: u32, pdu: impl Into<Pdu>) -> io::Result<()> {
        self.answer(sequence, CommandStatus::EsmeRok, pdu).await
    }

    async fn answer(
        &mut self,
        sequence: u32,
        status: CommandStatus,
        pdu: impl Into<Pdu>,
    ) -> io::Result<()> {
        self.write(&Command::new(status, sequence, pdu)).await
    }

    async fn send(&mut self, pdu: impl Into<Pdu>) -> io::Result<u32> {
        self.sequence = self.sequence % LAST_SEQUENCE + 1;
        self.write(&Command::new(CommandStatus::EsmeRok, self.sequence, pdu)).await?;
        Ok(self.sequence)
    }

    async fn write(&mut self, command: &Command) -> io::Result<()> {
        let written = timeout(self.account.timeout, wire::write(&mut self.writer, command)).await;
        written.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
    }
}

async fn read_all(mut reader: Reader, frames: mpsc::Sender<io::Result<Frame>>) {
    loop {
        let frame = wire::read(&mut reader).await;
        let ended = frame.is_err();
        if frames.send(frame).await.is_err() || ended {
            return;
        }
    }
}

fn accepted(answer: &SubmitSmResp) -> Accepted {
    Accepted { receipt_id: answer.message_id().as_str().to_owned() }
}

/// What a status says of trying again (SMPP 3.4, 5.1.3).
fn failure(status: CommandStatus) -> Failure {
    match status {
        CommandStatus::EsmeRthrottled | CommandStatus::EsmeRmsgqful => Failure::Throttled,
        CommandStatus::EsmeRsyserr
        | CommandStatus::EsmeRxTAppn
        | CommandStatus::EsmeRsubmitfail
        | CommandStatus::EsmeRunknownerr => Failure::Broken,
        _ => Failure::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_or_faulty_centre_is_tried_again_and_a_refusal_is_not() {
        assert_eq!(failure(CommandStatus::EsmeRthrottled), Failure::Throttled);
        assert_eq!(failure(CommandStatus::EsmeRsyserr), Failure::Broken);
        assert_eq!(failure(CommandStatus::EsmeRinvdstadr), Failure::Rejected);
        assert_eq!(failure(CommandStatus::Other(0x400)), Failure::Rejected);
    }
}
