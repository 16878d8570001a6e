//! Bodies that many are sent.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// A body in both codings.
#[derive(Clone)]
pub struct Body {
    /// As it is.
    pub plain: Bytes,
    /// As gzip.
    pub gzip: Bytes,
}

impl Body {
    /// Of this text.
    pub fn new(plain: Bytes) -> Self {
        let encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
        Self { gzip: compressed(encoder, &plain).into(), plain }
    }
}

fn compressed(mut encoder: GzEncoder<Vec<u8>>, plain: &[u8]) -> Vec<u8> {
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.expect("invariant: writing to memory does not fail")
}
