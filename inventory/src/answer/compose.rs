//! Putting an answer together from fragments and fresh seat numbers.

use super::query::{Filter, Search, Shape, Version};
use crate::catalogue::{CentreEntry, SessionEntry};
use crate::fragment::{Header, Item, Shown};
use crate::seats::Visible;
use opencowin_model::{Date, Pack};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Days of a calendar.
const CALENDAR_DAYS: i64 = 7;

/// What an answer contains and how it is worded, apart from where to look.
#[derive(Clone, Copy)]
pub(super) struct Wording<'a> {
    pub(super) pack: &'a Pack,
    pub(super) shape: Shape,
    pub(super) version: Version,
    pub(super) filter: Filter,
    /// A language other than the default that the pack has.
    pub(super) language: Option<&'a str>,
    /// Whether a calendar holds one centre as an object instead of a list.
    pub(super) single: bool,
}

impl<'a> Wording<'a> {
    pub(super) fn new(pack: &'a Pack, search: &Search<'a>, single: bool) -> Self {
        let has = |code: &&str| pack.languages().iter().any(|language| language == code);
        let language = search.language.filter(has).filter(|code| *code != pack.default_language());
        let Search { shape, version, filter, .. } = *search;
        Self { pack, shape, version, filter, language, single }
    }

    /// Whether others are likely to ask for the very same answer.
    pub(super) fn is_common(&self) -> bool {
        self.language.is_none() && self.filter == Filter::default()
    }

    fn days(&self) -> RangeInclusive<Date> {
        match self.shape {
            Shape::Find { date } => date..=date,
            Shape::Calendar { from } => {
                from..=from.saturating_add(jiff::Span::new().days(CALENDAR_DAYS - 1))
            }
        }
    }
}

/// Told where the seat numbers of each session go.
pub(super) trait Observer {
    /// The members with the numbers of `entry`, as `visible`, start at byte `at`.
    fn numbers(&mut self, entry: &SessionEntry, visible: Visible, at: usize);
}

/// Nobody watches.
impl Observer for () {
    fn numbers(&mut self, _: &SessionEntry, _: Visible, _: usize) {}
}

/// The answer about these centres. Every seat number is loaded during the call.
pub(super) fn compose(
    wording: &Wording<'_>,
    centres: &[Arc<CentreEntry>],
    observer: &mut impl Observer,
) -> Vec<u8> {
    let days = wording.days();
    let sessions: usize = centres.iter().map(|centre| centre.on(&days).len()).sum();
    let out = Vec::with_capacity(64 + (centres.len() + sessions) * 512);
    let mut composer = Composer { wording, days, out, observer };
    match wording.shape {
        Shape::Find { .. } => composer.find(centres),
        Shape::Calendar { .. } => composer.calendar(centres),
    }
    composer.out
}

/// The list of centres by distance, without sessions.
pub(super) fn compose_nearby(centres: &[Arc<CentreEntry>]) -> Vec<u8> {
    let mut out = b"{\"centers\":[".to_vec();
    let start = out.len();
    for entry in centres {
        separate(&mut out, start);
        out.extend_from_slice(entry.header.nearby());
    }
    out.extend_from_slice(b"],\"ttl\":24}");
    out
}

struct Composer<'a, O> {
    wording: &'a Wording<'a>,
    days: RangeInclusive<Date>,
    out: Vec<u8>,
    observer: &'a mut O,
}

impl<O: Observer> Composer<'_, O> {
    fn find(&mut self, centres: &[Arc<CentreEntry>]) {
        self.push(b"{\"sessions\":[");
        let start = self.out.len();
        for centre in centres {
            for entry in centre.on(&self.days) {
                if let Some(visible) = self.admitted(centre, entry) {
                    separate(&mut self.out, start);
                    self.flat_session(centre, entry, visible);
                }
            }
        }
        self.push(b"]}");
    }

    fn calendar(&mut self, centres: &[Arc<CentreEntry>]) {
        self.push(if self.wording.single { b"{\"centers\":" } else { b"{\"centers\":[" });
        let start = self.out.len();
        centres.iter().for_each(|centre| self.calendar_centre(centre, start));
        let nothing = self.out.len() == start;
        self.push(match self.wording.single {
            true if nothing => b"{}}",
            true => b"}",
            false => b"]}",
        });
    }

    /// One centre of a calendar; nothing at all if none of its sessions is wanted.
    fn calendar_centre(&mut self, centre: &CentreEntry, start: usize) {
        let mut first = None;
        for entry in centre.on(&self.days) {
            let Some(visible) = self.admitted(centre, entry) else { continue };
            let start = *first.get_or_insert_with(|| {
                separate(&mut self.out, start);
                write_centre(&mut self.out, self.wording, centre);
                self.out.extend_from_slice(centre.header.calendar());
                self.out.len()
            });
            separate(&mut self.out, start);
            self.push(b"{");
            self.session(entry, visible, false);
        }
        if first.is_some() {
            self.push(b"]}");
        }
    }

    fn flat_session(&mut self, centre: &CentreEntry, entry: &SessionEntry, visible: Visible) {
        write_centre(&mut self.out, self.wording, centre);
        self.push(b",");
        self.session(entry, visible, true);
    }

    /// A session's members and the brace behind them.
    fn session(&mut self, entry: &SessionEntry, visible: Visible, flat: bool) {
        let version = self.wording.version;
        self.push(entry.item.bytes());
        if flat {
            Item::write_flat(&mut self.out, &entry.session);
        }
        if version == Version::V4 {
            Item::write_precaution(&mut self.out, &entry.session);
        }
        self.observer.numbers(entry, visible, self.out.len());
        entry.numbers.append(&mut self.out, version, Shown::from(visible));
        self.push(b"}");
    }

    /// The session's seats, loaded now, if it is wanted.
    fn admitted(&self, centre: &CentreEntry, entry: &SessionEntry) -> Option<Visible> {
        let visible = entry.seats.visible();
        let filter = &self.wording.filter;
        let wanted = filter.admits(&entry.session, centre.centre.fee_type, visible.seats());
        wanted.then_some(visible)
    }

    fn push(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }
}

/// A centre's common members, in the languages asked for.
fn write_centre(out: &mut Vec<u8>, wording: &Wording<'_>, entry: &CentreEntry) {
    out.extend_from_slice(entry.header.common());
    if let Some(language) = wording.language {
        Header::write_language(out, wording.pack, &entry.centre, language);
    }
}

/// A comma, unless this is the first element of the list that began at `start`.
fn separate(out: &mut Vec<u8>, start: usize) {
    if out.len() > start {
        out.push(b',');
    }
}
