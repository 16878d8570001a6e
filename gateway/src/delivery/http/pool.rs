//! Connections to one receiver, kept for the next message.

use crate::delivery::sender::Failure;
use crate::link::Link;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::sync::{Mutex, PoisonError};

/// The longest answer that is read.
const ANSWER_BYTES: usize = 64 * 1024;

/// Connections that nobody uses are kept up to this many.
const IDLE: usize = 16;

type Connection = SendRequest<Full<Bytes>>;

/// The connections to one receiver.
pub(crate) struct Pool {
    link: Link,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// None open yet.
    pub(crate) fn new(link: Link) -> Self {
        Self { link, idle: Mutex::default() }
    }

    /// Sends a request and reads the whole answer. The caller limits the time.
    ///
    /// # Errors
    /// [`Failure::Disconnected`] without an answer, [`Failure::Garbled`] for one that is none.
    pub(crate) async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let (mut connection, answer) = self.send(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
        let body = body.map_err(|_| Failure::Disconnected)?.to_bytes();
        if connection.ready().await.is_ok() {
            self.keep(connection);
        }
        Ok((status, body))
    }

    /// A kept connection may have been closed meanwhile. A request that was not written is given back and goes over the
    /// next one; one that was written may have arrived, so it is not repeated here.
    async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Connection, http::Response<Incoming>), Failure> {
        while let Some(mut connection) = self.kept() {
            match connection.try_send_request(request).await {
                Ok(answer) => return Ok((connection, answer)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failure(error.error())),
                },
            }
        }
        let mut connection = self.connect().await?;
        let answer = connection.send_request(request).await;
        answer.map(|answer| (connection, answer)).map_err(|error| failure(&error))
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let stream = self.link.connect().await.map_err(|_| Failure::Disconnected)?;
        let shaken = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|_| Failure::Disconnected)?;
        // Ends with its sender, or when the provider closes it; what broke is told to whoever waits for an answer.
        tokio::spawn(async { drop(connection.await) });
        Ok(sender)
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| !connection.is_closed());
        idle.pop()
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }
}

fn failure(error: &hyper::Error) -> Failure {
    if error.is_parse() { Failure::Garbled } else { Failure::Disconnected }
}
