//! The head of an HTTP/1.1 answer.

use super::answer::Content;
use crate::measure::Failure;

/// What of a head matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// How long it is.
    pub(super) length: usize,
    /// The status.
    pub(super) status: u16,
    /// How the body's end is known.
    pub(super) body: Extent,
    /// What the body is said to be.
    pub(super) content: Content,
    /// Whether the body is compressed.
    pub(super) gzip: bool,
    /// Whether the connection ends with this answer.
    pub(super) last: bool,
    /// After how many seconds to come again.
    pub(super) retry_after_s: Option<u32>,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// It has so many bytes.
    Length(u64),
    /// It comes in chunks.
    Chunked,
    /// It goes on until the connection ends.
    ToTheEnd,
}

/// More headers than any target has reason to send.
const HEADERS: usize = 64;

/// Reads a head; `None` while it is not complete.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Head>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let length = match answer.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Failure::NotHttp),
    };
    let status = answer.code.unwrap_or_default();
    let mut head = Head {
        length,
        status,
        body: Extent::ToTheEnd,
        content: Content::Other,
        gzip: false,
        last: answer.version == Some(0),
        retry_after_s: None,
    };
    for header in answer.headers.iter() {
        head.header(header.name, header.value)?;
    }
    if matches!(status, 100..=199 | 204 | 304) {
        head.body = Extent::Length(0);
    }
    head.last |= head.body == Extent::ToTheEnd;
    Ok(Some(head))
}

impl Head {
    fn header(&mut self, name: &str, value: &[u8]) -> Result<(), Failure> {
        // Lengths tell most headers apart without comparing letters.
        match name.len() {
            14 if name.eq_ignore_ascii_case("content-length") && self.body != Extent::Chunked => {
                let length =
                    std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok());
                self.body = Extent::Length(length.ok_or(Failure::NotHttp)?);
            }
            17 if name.eq_ignore_ascii_case("transfer-encoding") => {
                if !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                    return Err(Failure::NotHttp);
                }
                self.body = Extent::Chunked;
            }
            12 if name.eq_ignore_ascii_case("content-type") => self.content = Content::of(value),
            16 if name.eq_ignore_ascii_case("content-encoding") => {
                self.gzip = value.trim_ascii().eq_ignore_ascii_case(b"gzip");
            }
            11 if name.eq_ignore_ascii_case("retry-after") => self.retry_after_s = seconds(value),
            10 if name.eq_ignore_ascii_case("connection") => {
                self.last |= value
                    .split(|byte| *byte == b',')
                    .any(|one| one.trim_ascii().eq_ignore_ascii_case(b"close"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// What a `Retry-After` says, if it says it in seconds.
pub(super) fn seconds(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_head_says_how_the_body_ends_and_what_it_is() {
        let head = parse(b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nCONTENT-LENGTH: 12\r\ncontent-encoding: gzip\r\n\r\n{}").unwrap().unwrap();
        assert_eq!(
            (head.status, head.body, head.content, head.gzip, head.last),
            (200, Extent::Length(12), Content::Json, true, false)
        );
        let head =
            parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n")
                .unwrap()
                .unwrap();
        assert_eq!(head.body, Extent::Chunked);
        let head = parse(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap().unwrap();
        assert_eq!((head.body, head.last), (Extent::Length(0), true));
        let head = parse(b"HTTP/1.0 200 OK\r\n\r\n").unwrap().unwrap();
        assert_eq!((head.body, head.last), (Extent::ToTheEnd, true));
        let after = |value: &str| {
            let head = format!("HTTP/1.1 403 Forbidden\r\nRetry-After: {value}\r\n\r\n");
            parse(head.as_bytes()).unwrap().unwrap().retry_after_s
        };
        assert_eq!(
            (after("17"), after("-1"), after("Fri, 31 Dec 2021 23:59:59 GMT")),
            (Some(17), None, None)
        );
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nconte"), Ok(None));
        for bad in [
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: br\r\n\r\n",
        ] {
            assert_eq!(parse(bad.as_bytes()), Err(Failure::NotHttp), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
            let _ = parse(&[b"HTTP/1.1 200 OK\r\n".as_slice(), &bytes].concat());
        }
    }
}
