//! What is concluded about sessions that were published.

use super::raw::Raw;
use crate::result::Sessions;

/// What became of sessions; `None` if no facility published any.
pub(super) fn sessions(raw: &Raw) -> Option<Sessions> {
    let audit = raw.sessions.as_ref()?;
    let settled = &audit.settled;
    let per_s = if raw.duration_s > 0.0 { settled.published as f64 / raw.duration_s } else { 0.0 };
    Some(Sessions {
        published: settled.published,
        per_s,
        searches: settled.searches,
        hidden: settled.hidden,
        wrong_seats: settled.wrong_seats,
        lost: settled.lost,
        doubled: settled.doubled,
        ghosts: settled.ghosts,
        unknown_outcomes: audit.unknown,
        unknown_found_done: settled.found_done,
        unknown_found_undone: settled.found_undone,
        unknown_unsettled: audit.unsettled,
        facilities: audit.read,
    })
}

/// Why what was read does not tell what became of all sessions.
pub(super) fn untold(raw: &Raw) -> Option<String> {
    let unread = raw.sessions.as_ref().map_or(0, |audit| audit.unread);
    (unread > 0).then(|| {
        format!(
            "{unread} facilities could not be read back, so that nobody knows whether their sessions are there."
        )
    })
}
