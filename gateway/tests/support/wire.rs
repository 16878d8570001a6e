//! A connection on which any bytes can be sent, and answers read as they come.

use super::Answer;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

pub struct Wire<S = TcpStream>(BufReader<S>);

impl Wire {
    pub fn open(address: SocketAddr) -> Self {
        Self::over(Self::connect(address))
    }

    /// From another address of this machine than others.
    pub fn from(own: Ipv4Addr, address: SocketAddr) -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let socket = socket.unwrap();
        socket.bind(&SocketAddr::from((own, 0)).into()).unwrap();
        socket.connect(&address.into()).expect("the server listens");
        Self::over(patient(socket.into()))
    }

    /// A connection that waits for answers, but not for ever.
    pub fn connect(address: SocketAddr) -> TcpStream {
        patient(TcpStream::connect(address).expect("the server listens"))
    }

    /// Says that nothing more will be sent.
    pub fn finish_sending(&self) {
        let _ = self.0.get_ref().shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset, as a process does that is killed with data unread.
    pub fn reset(self) {
        let socket = socket2::SockRef::from(self.0.get_ref());
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Whether an answer or the end of the connection can be read.
    pub fn has_something(&mut self) -> bool {
        let stream = self.0.get_ref();
        stream.set_nonblocking(true).unwrap();
        let nothing =
            stream.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        stream.set_nonblocking(false).unwrap();
        !nothing
    }
}

impl<S: Read + Write> Wire<S> {
    pub fn over(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub fn stream(&self) -> &S {
        self.0.get_ref()
    }

    /// Sends bytes. A server that has closed its side already is no failure of the test.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.try_send(bytes);
    }

    /// Sends bytes; whether the server took them.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    /// The next answer; `None` if the server closed the connection instead. The answer to HEAD has no body.
    pub fn read(&mut self, head: bool) -> Option<Answer> {
        let mut answer = self.read_head()?;
        if answer.header("transfer-encoding") == Some("chunked") {
            while self.read_chunk(&mut answer.body)? {}
            return Some(answer);
        }
        let length = answer.header("content-length").map_or(0, |n| n.parse().expect("a length"));
        answer.body.resize(if head { 0 } else { length }, 0);
        self.0.read_exact(&mut answer.body).ok()?;
        Some(answer)
    }

    /// What comes before the body of the next answer.
    pub fn read_head(&mut self) -> Option<Answer> {
        let status = self.line()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Answer { status, headers, body: Vec::new() })
    }

    /// The next part of a body that comes in parts; whether there was one. `None` if the connection broke off.
    pub fn read_chunk(&mut self, body: &mut Vec<u8>) -> Option<bool> {
        let size = usize::from_str_radix(&self.line()?, 16).expect("a length");
        let start = body.len();
        body.resize(start + size, 0);
        self.0.read_exact(&mut body[start..]).ok()?;
        self.line()?;
        Some(size > 0)
    }

    /// Whether the server has closed the connection.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.0.fill_buf(), Ok([]) | Err(_))
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(read) if read > 0 => Some(line.trim_end().to_owned()),
            _ => None,
        }
    }
}

fn patient(stream: TcpStream) -> TcpStream {
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}
