//! Bodies that the kernel can send without copying them.
//!
//! A static file server hands its pages to the socket (`sendfile`), while a body in memory is copied into the socket's
//! buffers, which is most of what sending a large one costs. So a body that is sent again and again is filed: its bytes
//! are written once to a file in memory (`memfd_create`), and a connection that is about to write bytes which lie in a
//! filed body sends them from that file instead.
//!
//! A filed body is found by the address of its bytes, since addresses are all that hyper hands to a connection. That is
//! sound without any trust in the caller: the entry is removed before the bytes are freed, so an address that is found
//! belongs to bytes that are alive, and neither those nor the file's are ever written again. Pages that still wait in a
//! socket when the file is closed live until they have been received.

use bytes::Bytes;
use crossbeam_skiplist::SkipMap;
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{self, Write};
use std::ops::Bound;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, LazyLock};

/// Bodies from this size on, in bytes, are worth a file: below, copying is cheaper than a second system call.
pub const WORTH_FILING: usize = 24 << 10;

/// Files by the address at which their body begins.
static FILES: LazyLock<SkipMap<usize, Filed>> = LazyLock::new(SkipMap::new);

/// A file and how long its body is.
#[derive(Clone)]
struct Filed {
    file: Arc<File>,
    length: usize,
}

/// Files a body. What comes back is the same bytes. A body that is small, or that the system has no file for, comes back
/// as it was, which is only slower.
pub fn file(body: Bytes) -> Bytes {
    if body.len() < WORTH_FILING {
        return body;
    }
    match memory_file(&body) {
        Ok(file) => Bytes::from_owner(Registered::new(body, file)),
        Err(error) => {
            tracing::debug!(%error, "a body is sent from memory");
            body
        }
    }
}

/// Where filed bytes lie in their file.
pub struct Place {
    file: Arc<File>,
    offset: u64,
}

impl Place {
    /// Of `bytes`, if they are part of a filed body and long enough.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < WORTH_FILING {
            return None;
        }
        let address = bytes.as_ptr().addr();
        let entry = FILES.upper_bound(Bound::Included(&address))?;
        let (offset, filed) = (address - entry.key(), entry.value());
        let inside = offset + bytes.len() <= filed.length;
        inside.then(|| Self { file: filed.file.clone(), offset: offset as u64 })
    }

    /// The file.
    pub fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Where in the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

fn memory_file(body: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("opencowin-answer", MemfdFlags::CLOEXEC)?);
    file.write_all(body)?;
    Ok(file)
}

/// Bytes that are listed in [`FILES`] for as long as they exist.
struct Registered(Bytes);

impl Registered {
    fn new(body: Bytes, file: File) -> Self {
        let filed = Filed { file: Arc::new(file), length: body.len() };
        FILES.insert(body.as_ptr().addr(), filed);
        Self(body)
    }
}

impl AsRef<[u8]> for Registered {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        FILES.remove(&self.0.as_ptr().addr());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;

    fn body(size: usize) -> Bytes {
        (0..size).map(|n| n as u8).collect::<Vec<_>>().into()
    }

    #[test]
    fn every_part_of_a_filed_body_is_found_where_it_lies() {
        let filed = file(body(200_000));
        for from in [0, 1, 100_000, 200_000 - WORTH_FILING] {
            let part = &filed[from..from + WORTH_FILING];
            let place = Place::of(part).unwrap();
            let mut read = vec![0; part.len()];
            place.file.read_exact_at(&mut read, place.offset()).unwrap();
            assert_eq!(read, part);
        }
        assert!(Place::of(&filed[..100]).is_none(), "too little to be worth a system call");
    }

    #[test]
    fn a_body_is_forgotten_before_its_address_can_be_used_again() {
        let filed = file(body(50_000));
        let address = filed.as_ptr().addr();
        let copy = filed.clone();
        drop(filed);
        assert!(Place::of(&copy).is_some());
        drop(copy);
        assert!(!FILES.contains_key(&address));
    }

    #[test]
    fn other_bytes_are_not_mistaken_for_a_body() {
        let filed = file(body(50_000));
        let other = body(50_000);
        assert!(Place::of(&other).is_none());
        assert_eq!(file(body(10)).len(), 10);
        drop(filed);
    }
}
