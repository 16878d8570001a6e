//! One connection in HTTP/1.1: one request at a time, as little work for each as can be.

use super::answer::{Answer, Want};
use super::call::Call;
use super::head::{self, Extent, Head};
use super::stream::Stream;
use super::watch::Watch;
use crate::measure::Failure;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::AsyncWrite;

/// A head and a small answer fit into one read of this many bytes. There is such a buffer for every connection.
const BUFFER: usize = 8 << 10;

/// A longer chunk header or head is no answer.
const LONGEST_LINE: usize = BUFFER;

/// After so long a pause a connection is looked at before it is used: the target may have closed it.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// Room is set aside for announced bodies up to this length; a target may announce anything.
const LONGEST_RESERVED: u64 = 1 << 20;

/// The longest body that is kept.
const LONGEST_BODY: u64 = 64 << 20;

/// One connection.
pub(super) struct Http1 {
    stream: Stream,
    watch: Rc<Watch>,
    authority: Rc<str>,
    request: Vec<u8>,
    buffer: Box<[u8]>,
    /// What of the buffer has been read from the stream and not yet been used.
    from: usize,
    to: usize,
    last_used: Instant,
    /// Whether another request can follow.
    pub(super) reusable: bool,
}

impl Http1 {
    pub(super) fn new(stream: Stream, watch: Rc<Watch>, authority: Rc<str>) -> Self {
        let buffer = vec![0; BUFFER].into();
        let request = Vec::with_capacity(512);
        Self {
            stream,
            watch,
            authority,
            request,
            buffer,
            from: 0,
            to: 0,
            last_used: Instant::now(),
            reusable: true,
        }
    }

    /// Whether the target has closed it, or sent something unasked, during a pause.
    pub(super) async fn has_gone_stale(&mut self) -> bool {
        if self.last_used.elapsed() < LOOK_AFTER {
            return false;
        }
        let mut byte = [0];
        poll_fn(|context| Poll::Ready(self.stream.poll_fill(context, &mut byte).is_ready())).await
    }

    /// Sends a request and receives the answer. After a failure the connection is of no more use.
    pub(super) async fn exchange(
        &mut self,
        call: &Call<'_>,
        want: Want,
        deadline: Instant,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<Answer, Failure> {
        self.reusable = false;
        self.watch.begin(deadline);
        call.write(&self.authority, &mut self.request);
        self.send().await.map_err(|error| failed(&error, Failure::Reset))?;
        let head = self.receive_head().await?;
        let answer = self.receive_body(head, want, scratch).await?;
        self.watch.end();
        self.last_used = Instant::now();
        // Bytes beyond the answer were not asked for, so nothing on this connection can be trusted any more.
        self.reusable = !head.last && self.from == self.to;
        Ok(answer)
    }

    async fn send(&mut self) -> io::Result<()> {
        let mut sent = 0;
        let Self { stream, watch, request, .. } = self;
        poll_fn(|context| {
            while sent < request.len() {
                let write = |context: &mut Context<'_>| {
                    Pin::new(&mut *stream).poll_write(context, &request[sent..])
                };
                match ready!(watch.poll(context, write))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    some => sent += some,
                }
            }
            // TLS may hold back what it has been given.
            watch.poll(context, |context| Pin::new(&mut *stream).poll_flush(context))
        })
        .await
    }

    async fn receive_head(&mut self) -> Result<Head, Failure> {
        (self.from, self.to) = (0, 0);
        loop {
            match self.fill().await {
                Ok(0) if self.to == 0 => return Err(Failure::Reset),
                Ok(0) => return Err(Failure::Truncated),
                Ok(_) => {}
                Err(error) => {
                    return Err(failed(
                        &error,
                        if self.to == 0 { Failure::Reset } else { Failure::Truncated },
                    ));
                }
            }
            while let Some(head) = head::parse(&self.buffer[self.from..self.to])? {
                self.from += head.length;
                // 1xx answers come before the one that counts.
                if head.status >= 200 {
                    return Ok(head);
                }
            }
            if self.to == self.buffer.len() {
                return Err(Failure::NotHttp);
            }
        }
    }

    async fn receive_body(
        &mut self,
        head: Head,
        want: Want,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<Answer, Failure> {
        let mut answer = Answer {
            status: head.status,
            content: head.content,
            gzip: head.gzip,
            body: Vec::new(),
            bytes: head.length as u64,
            retry_after_s: head.retry_after_s,
        };
        // Refusals are short, and what they say matters.
        let keep = want == Want::Body || !(200..300).contains(&head.status);
        match head.body {
            Extent::Length(length) => {
                if keep {
                    answer
                        .body
                        .reserve(usize::try_from(length.min(LONGEST_RESERVED)).unwrap_or_default());
                }
                self.receive(length, keep, &mut answer, scratch).await?;
            }
            Extent::Chunked => Box::pin(self.receive_chunks(keep, &mut answer, scratch)).await?,
            Extent::ToTheEnd => {
                while self.receive_some(u64::MAX, keep, &mut answer, scratch).await? > 0 {}
            }
        }
        Ok(answer)
    }

    async fn receive_chunks(
        &mut self,
        keep: bool,
        answer: &mut Answer,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<(), Failure> {
        loop {
            let length = self.chunk_header(answer).await?;
            if length == 0 {
                return Ok(());
            }
            self.receive(length, keep, answer, scratch).await?;
            self.line(answer).await?;
        }
    }

    /// Receives so many bytes of a body.
    async fn receive(
        &mut self,
        length: u64,
        keep: bool,
        answer: &mut Answer,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<(), Failure> {
        if keep && answer.body.len() as u64 + length > LONGEST_BODY {
            return Err(Failure::Malformed);
        }
        let mut left = length;
        while left > 0 {
            match self.receive_some(left, keep, answer, scratch).await? {
                0 => return Err(Failure::Truncated),
                some => left -= some,
            }
        }
        Ok(())
    }

    /// Receives some bytes of a body, `most` at most; 0 at the end of the connection.
    async fn receive_some(
        &mut self,
        most: u64,
        keep: bool,
        answer: &mut Answer,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<u64, Failure> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let buffered = most.min(self.to - self.from);
        let some = if buffered > 0 {
            let bytes = &self.buffer[self.from..self.from + buffered];
            if keep {
                answer.body.extend_from_slice(bytes);
            }
            self.from += buffered;
            buffered
        } else {
            let Self { stream, watch, .. } = self;
            let body = &mut answer.body;
            // The scratch belongs to all connections of the thread, and to this one for as long as it reads.
            let read = poll_fn(|context| {
                watch.poll(context, |context| {
                    let scratch = &mut *scratch.borrow_mut();
                    let most = most.min(scratch.len());
                    if !keep {
                        return stream.poll_discard(context, &mut scratch[..most]);
                    }
                    let some = ready!(stream.poll_fill(context, &mut scratch[..most]))?;
                    body.extend_from_slice(&scratch[..some]);
                    Poll::Ready(Ok(some))
                })
            });
            read.await.map_err(|error| failed(&error, Failure::Truncated))?
        };
        answer.bytes += some as u64;
        if keep && answer.body.len() as u64 > LONGEST_BODY {
            return Err(Failure::Malformed);
        }
        Ok(some as u64)
    }

    /// The length that the next chunk announces; 0 for the last, whose trailers are read too.
    async fn chunk_header(&mut self, answer: &mut Answer) -> Result<u64, Failure> {
        let line = self.line(answer).await?;
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let digits = std::str::from_utf8(digits).map_err(|_| Failure::NotHttp)?;
        let length = u64::from_str_radix(digits, 16).map_err(|_| Failure::NotHttp)?;
        while length == 0 && !self.line(answer).await?.is_empty() {}
        Ok(length)
    }

    /// The next line, without its end.
    async fn line(&mut self, answer: &mut Answer) -> Result<Vec<u8>, Failure> {
        loop {
            let bytes = &self.buffer[self.from..self.to];
            if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                let line = bytes[..end].trim_ascii_end().to_vec();
                self.from += end + 1;
                answer.bytes += end as u64 + 1;
                return Ok(line);
            }
            if bytes.len() >= LONGEST_LINE {
                return Err(Failure::NotHttp);
            }
            self.buffer.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
            if self.fill().await.map_err(|error| failed(&error, Failure::Truncated))? == 0 {
                return Err(Failure::Truncated);
            }
        }
    }

    /// Reads what is there into the rest of the buffer.
    async fn fill(&mut self) -> io::Result<usize> {
        let Self { stream, watch, buffer, to, .. } = self;
        let read = poll_fn(|context| {
            watch.poll(context, |context| stream.poll_fill(context, &mut buffer[*to..]))
        });
        let some = read.await?;
        self.to += some;
        Ok(some)
    }
}

/// What an error of the stream means: a deadline that has passed, or what it means at this point of an exchange.
fn failed(error: &io::Error, here: Failure) -> Failure {
    if error.kind() == io::ErrorKind::TimedOut { Failure::Timeout } else { here }
}
