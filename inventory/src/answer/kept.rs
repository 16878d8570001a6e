//! A rendered answer that is brought up to date instead of being rendered again.

use super::layout::Layout;
use crate::catalogue::District;
use crate::gzip::Stream;
use crate::seats::Visible;
use arc_swap::ArcSwap;
use bytes::Bytes;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// An answer about one snapshot of a district, with what its numbers show.
pub(super) struct Kept {
    generation: u64,
    layout: Layout,
    form: Form,
    latest: ArcSwap<Rendering>,
}

/// How numbers are written into the body.
enum Form {
    Plain,
    Gzip(Stream),
}

/// A body and what it shows. Neither changes: both are replaced.
struct Rendering {
    body: Bytes,
    shown: Box<[Visible]>,
    /// The body in the form that is cheapest to send again and again.
    lasting: OnceLock<Bytes>,
    /// How often it was handed out.
    handed_out: AtomicU32,
}

/// Puts a body that is asked for again and again into the form that is cheapest to send; what comes back has the same
/// bytes. Done once per rendering, by the second search that finds it unchanged.
pub type Lasting = fn(Bytes) -> Bytes;

impl Rendering {
    fn new(body: Bytes, shown: Box<[Visible]>) -> Self {
        Self { body, shown, lasting: OnceLock::new(), handed_out: AtomicU32::new(0) }
    }

    fn hand_out(&self, lasting: Lasting) -> Bytes {
        if let Some(body) = self.lasting.get() {
            return body.clone();
        }
        // Exactly one caller sees this count; nobody waits for it.
        if self.handed_out.fetch_add(1, Ordering::Relaxed) != 1 {
            return self.body.clone();
        }
        let body = lasting(self.body.clone());
        let _ = self.lasting.set(body.clone());
        body
    }
}

/// A body as of now.
pub(super) struct Fresh {
    pub(super) body: Bytes,
    /// Whether numbers had to be rewritten for it.
    pub(super) patched: bool,
}

impl Kept {
    /// Keeps a plain body.
    pub(super) fn plain(
        district: &District,
        (layout, shown): (Layout, Box<[Visible]>),
        body: Bytes,
    ) -> Self {
        Self::new(district, layout, Form::Plain, Rendering::new(body, shown))
    }

    /// Compresses a body; takes milliseconds where it is large.
    pub(super) fn gzip(
        district: &District,
        (layout, shown): (Layout, Box<[Visible]>),
        plain: &[u8],
    ) -> Self {
        let stream = Stream::build(plain, &layout.fields());
        let body = Bytes::copy_from_slice(stream.bytes());
        Self::new(district, layout, Form::Gzip(stream), Rendering::new(body, shown))
    }

    fn new(district: &District, layout: Layout, form: Form, latest: Rendering) -> Self {
        Self {
            generation: district.generation,
            layout,
            form,
            latest: ArcSwap::from_pointee(latest),
        }
    }

    /// The body as the words are now; none if the answer is about another snapshot than `district`.
    ///
    /// The words are loaded during the call. If they are what the latest body shows it is shared, else a copy with
    /// the changed numbers takes its place. Two calls that do so at once may overtake one another: whichever body
    /// stays is compared again by the next call.
    pub(super) fn fresh(&self, district: &District, lasting: Lasting) -> Option<Fresh> {
        if self.generation != district.generation {
            return None;
        }
        let latest = self.latest.load();
        if self.layout.still_shows(district, &latest.shown) {
            return Some(Fresh { body: latest.hand_out(lasting), patched: false });
        }
        let next = self.repainted(&latest, self.layout.read(district));
        let body = next.body.clone();
        self.latest.store(Arc::new(next));
        Some(Fresh { body, patched: true })
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        let latest = self.latest.load();
        let form = match &self.form {
            Form::Plain => 0,
            Form::Gzip(stream) => stream.memory(),
        };
        size_of::<Self>()
            + self.layout.memory()
            + form
            + latest.body.len()
            + size_of_val(&*latest.shown)
    }

    fn repainted(&self, old: &Rendering, shown: Box<[Visible]>) -> Rendering {
        let mut body = old.body.to_vec();
        self.layout.differences(&old.shown, &shown, |field, range, from, to| match &self.form {
            Form::Plain => body[range.start as usize..range.end as usize].copy_from_slice(to),
            Form::Gzip(stream) => stream.patch(&mut body, field, from, to),
        });
        Rendering::new(body.into(), shown)
    }
}
