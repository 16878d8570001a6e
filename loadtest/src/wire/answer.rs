//! One answer.

use flate2::read::GzDecoder;
use std::io::Read;

/// What of an answer is wanted. Of a refusal the body is always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The status and that all of the body came.
    Status,
    /// The body too.
    Body,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What the body is said to be.
    pub content: Content,
    /// Whether the body is compressed.
    pub gzip: bool,
    /// The body, as it came; empty if it was not wanted.
    pub body: Vec<u8>,
    /// Bytes received, those of the head included.
    pub bytes: u64,
    /// After how many seconds to come again, if it says so.
    pub retry_after_s: Option<u32>,
}

/// What a body is said to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// `application/json`.
    Json,
    /// `application/pdf`.
    Pdf,
    /// `text/plain`.
    Text,
    /// Anything else, or nothing.
    #[default]
    Other,
}

impl Content {
    /// What a `Content-Type` says.
    pub(super) fn of(value: &[u8]) -> Self {
        let kind = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let kinds = [
            ("application/json", Self::Json),
            ("application/pdf", Self::Pdf),
            ("text/plain", Self::Text),
        ];
        let known = kinds.iter().find(|(name, _)| kind.eq_ignore_ascii_case(name.as_bytes()));
        known.map_or(Self::Other, |(_, content)| *content)
    }
}

/// The longest body that is inflated: a target may not fill the generator's memory.
const LONGEST: u64 = 64 << 20;

impl Answer {
    /// The body as it was before compression; `None` if it does not inflate.
    pub fn plain(self) -> Option<Vec<u8>> {
        if !self.gzip {
            return Some(self.body);
        }
        let mut plain = Vec::with_capacity(self.body.len() * 6);
        self.inflate_into(&mut plain).map(|()| plain)
    }

    /// The body as it was before compression, in place of what is in `plain`: whoever reads one after the other has the room
    /// only once. `None` if it does not inflate.
    pub fn inflate_into(&self, plain: &mut Vec<u8>) -> Option<()> {
        plain.clear();
        if !self.gzip || self.body.is_empty() {
            plain.extend_from_slice(&self.body);
            return Some(());
        }
        GzDecoder::new(self.body.as_slice()).take(LONGEST).read_to_end(plain).ok()?;
        Some(())
    }
}
