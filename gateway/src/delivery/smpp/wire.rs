//! SMPP's frames: a length of four bytes, then the rest of the command.
//!
//! The crate that knows the commands would read frames too; here a command that it cannot read costs that command and not
//! the session, since message centres are known for small liberties.

use crate::link::Stream;
use bytes::{BufMut, BytesMut};
use rusmpp::Command;
use rusmpp::decode::DecodeWithLength;
use rusmpp::encode::{Length, owned::Encode};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

/// The header: length, id, status and sequence number, four bytes each.
const HEADER: usize = 16;

/// No command that we ask for is longer; a longer one means that the frames have been lost.
const LONGEST: usize = 64 * 1024;

/// What was read.
#[derive(Debug)]
pub(super) enum Frame {
    /// A command.
    Command(Box<Command>),
    /// One that cannot be read, with this sequence number.
    Unreadable(u32),
}

/// Reads the next frame.
///
/// # Errors
/// If the connection ends, or what comes is not SMPP.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let length = from.read_u32().await? as usize;
    if !(HEADER..=LONGEST).contains(&length) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not SMPP"));
    }
    let mut rest = BytesMut::zeroed(length - 4);
    from.read_exact(&mut rest).await?;
    let sequence = u32::from_be_bytes([rest[8], rest[9], rest[10], rest[11]]);
    let length = rest.len();
    let command = Command::decode(&mut rest, length);
    Ok(command
        .map_or(Frame::Unreadable(sequence), |(command, _)| Frame::Command(Box::new(command))))
}

/// A command as it is sent.
pub(super) fn frame(command: &Command) -> BytesMut {
    let length = 4 + command.length();
    let mut bytes = BytesMut::with_capacity(length);
    // A command is far shorter than four gigabytes.
    bytes.put_u32(length as u32);
    command.encode(&mut bytes);
    bytes
}

/// The half of a connection that is read.
pub(super) type Reader = ReadHalf<Box<dyn Stream>>;

/// The half of a connection that is written.
pub(super) type Writer = WriteHalf<Box<dyn Stream>>;

/// Sends a command. The caller limits the time.
///
/// # Errors
/// If the connection is broken.
pub(super) async fn write(to: &mut Writer, command: &Command) -> io::Result<()> {
    to.write_all(&frame(command)).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_ledger::store::block_on::block_on;
    use rusmpp::{CommandStatus, Pdu};

    #[test]
    fn a_command_is_read_as_it_was_written() {
        let command = Command::new(CommandStatus::EsmeRok, 7, Pdu::EnquireLink);
        let bytes = frame(&command);
        let read = block_on(read(&mut &bytes[..])).unwrap();
        assert!(matches!(read, Frame::Command(read) if *read == command));
    }

    #[test]
    fn a_command_that_cannot_be_read_is_only_that() {
        // A deliver_sm of two bytes.
        let bytes = [0, 0, 0, 18, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 1, 1];
        let read = block_on(read(&mut &bytes[..])).unwrap();
        assert!(matches!(read, Frame::Unreadable(9)));
    }

    #[test]
    fn what_is_not_smpp_ends_the_session() {
        for bytes in [&b"HTTP/1.1 400 Bad Request\r\n"[..], &[0, 0, 0, 15], &[0, 0]] {
            assert!(block_on(read(&mut &bytes[..])).is_err());
        }
    }
}
