//! A message centre that speaks SMPP 3.4.

use super::{Listening, Reaction};
use bytes::{BufMut, BytesMut};
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Length, owned::Encode};
use rusmpp::pdus::{BindTransceiverResp, DeliverSm, SubmitSm, SubmitSmResp};
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{EsmClass, MessageType};
use rusmpp::{Command, CommandStatus, Pdu};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What came to it, by its meaning.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    pub submitted: Vec<SubmitSm>,
    pub binds: Vec<(String, String)>,
    pub receipts_answered: usize,
    pub nacks: usize,
    pub unbinds: usize,
    pub enquiries: usize,
}

pub struct Smsc {
    listening: Listening,
    noted: Arc<Mutex<Noted>>,
}

impl Smsc {
    /// One that does with each message what `react` says, which is told how many came before.
    pub fn start(react: impl Fn(usize) -> Reaction + Send + Sync + 'static) -> Self {
        Self::refusing(0, react)
    }

    /// The same, which refuses the first few binds.
    pub fn refusing(
        binds: usize,
        react: impl Fn(usize) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let noted = Arc::<Mutex<Noted>>::default();
        let (shared, react) = (noted.clone(), Arc::new(react));
        let listening = Listening::start(move |stream| {
            let mut session = Session { stream, noted: shared.clone(), refused: binds };
            while session.serve(&*react).is_some() {}
        });
        Self { listening, noted }
    }

    pub fn address(&self) -> SocketAddr {
        self.listening.address
    }

    pub fn noted(&self) -> Noted {
        self.noted.lock().unwrap().clone()
    }
}

struct Session {
    stream: TcpStream,
    noted: Arc<Mutex<Noted>>,
    refused: usize,
}

impl Session {
    /// Serves one command; nothing when the session is over.
    fn serve(&mut self, react: &dyn Fn(usize) -> Reaction) -> Option<()> {
        let command = self.read()?;
        let sequence = command.sequence_number();
        match command.pdu() {
            Some(Pdu::BindTransceiver(bind)) => {
                let who = (bind.system_id.as_str().to_owned(), bind.password.as_str().to_owned());
                let mut noted = self.noted.lock().unwrap();
                noted.binds.push(who);
                let refuse = noted.binds.len() <= self.refused;
                drop(noted);
                let status =
                    if refuse { CommandStatus::EsmeRbindfail } else { CommandStatus::EsmeRok };
                self.write(status, sequence, BindTransceiverResp::default())
            }
            Some(Pdu::SubmitSm(submit)) => {
                let before = {
                    let mut noted = self.noted.lock().unwrap();
                    noted.submitted.push(submit.clone());
                    noted.submitted.len() - 1
                };
                self.react(sequence, before, react(before))
            }
            Some(Pdu::EnquireLink) => {
                self.noted.lock().unwrap().enquiries += 1;
                self.ok(sequence, Pdu::EnquireLinkResp)
            }
            Some(Pdu::DeliverSmResp(_)) => {
                self.noted.lock().unwrap().receipts_answered += 1;
                Some(())
            }
            Some(Pdu::Unbind) => {
                self.noted.lock().unwrap().unbinds += 1;
                self.ok(sequence, Pdu::UnbindResp)
            }
            _ => {
                self.noted.lock().unwrap().nacks += 1;
                Some(())
            }
        }
    }

    fn react(&mut self, sequence: u32, before: usize, reaction: Reaction) -> Option<()> {
        match reaction {
            Reaction::Accept { receipts } => {
                let id = format!("m{before}");
                let message_id = COctetString::from_string(id.clone()).unwrap();
                // The first before the answer, as some centres do.
                for nth in 0..receipts {
                    if nth == 1 {
                        self.accept(sequence, &message_id)?;
                    }
                    self.receipt(&id)?;
                }
                if receipts < 2 { self.accept(sequence, &message_id) } else { Some(()) }
            }
            Reaction::Status(status, _) => {
                self.write(status.into(), sequence, SubmitSmResp::default())
            }
            Reaction::Silence => {
                // Neither this nor anything else is answered until the other side gives up.
                self.stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
                while self.stream.read(&mut [0; 256]).is_ok_and(|read| read > 0) {}
                None
            }
            Reaction::HangUp => {
                self.stream.write_all(&[0, 0, 0, 17, 0x80]).ok()?;
                None
            }
            // A deliver_sm whose fields are cut off; then, in order, the acceptance.
            Reaction::Garbage => {
                self.stream
                    .write_all(&[0, 0, 0, 18, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 1, 1])
                    .ok()?;
                self.accept(sequence, &COctetString::from_string("late".to_owned()).unwrap())
            }
        }
    }

    fn accept(&mut self, sequence: u32, id: &COctetString<1, 65>) -> Option<()> {
        self.ok(sequence, SubmitSmResp::builder().message_id(id.clone()).build())
    }

    fn receipt(&mut self, id: &str) -> Option<()> {
        let class = EsmClass {
            message_type: MessageType::ShortMessageContainsMCDeliveryReceipt,
            ..EsmClass::default()
        };
        let text = format!("id:{id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:");
        let text = OctetString::from_string(text).unwrap();
        self.ok(1, DeliverSm::builder().esm_class(class).short_message(text).build())
    }

    fn ok(&mut self, sequence: u32, pdu: impl Into<Pdu>) -> Option<()> {
        self.write(CommandStatus::EsmeRok, sequence, pdu)
    }

    fn write(&mut self, status: CommandStatus, sequence: u32, pdu: impl Into<Pdu>) -> Option<()> {
        let command = Command::new(status, sequence, pdu);
        let mut bytes = BytesMut::new();
        bytes.put_u32(4 + command.length() as u32);
        command.encode(&mut bytes);
        self.stream.write_all(&bytes).ok()
    }

    fn read(&mut self) -> Option<Command> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let mut rest = BytesMut::zeroed(u32::from_be_bytes(length) as usize - 4);
        self.stream.read_exact(&mut rest).ok()?;
        let length = rest.len();
        Command::decode(&mut rest, length).ok().map(|(command, _)| command)
    }
}
