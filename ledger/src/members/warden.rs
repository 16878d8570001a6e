//! Who is alive, as far as this process can tell.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Remembers when each peer's heartbeat was last seen to change, on this process's own clock.
#[derive(Debug)]
pub(crate) struct Warden {
    term: Duration,
    peers: BTreeMap<Uuid, Peer>,
    last_look: Option<Instant>,
}

#[derive(Debug)]
struct Peer {
    heartbeat: u64,
    since: Instant,
}

impl Warden {
    pub(crate) fn new(term: Duration) -> Self {
        Self { term, peers: BTreeMap::new(), last_look: None }
    }

    /// Takes note of everybody's heartbeat; those who have been silent for the whole term, with the heartbeat at which
    /// they fell silent.
    ///
    /// Whoever did not look for a while has seen nobody be silent: the term begins anew.
    pub(crate) fn silent(
        &mut self,
        me: Uuid,
        members: &[(Uuid, u64)],
        now: Instant,
    ) -> Vec<(Uuid, u64)> {
        let slept = self.last_look.is_none_or(|last| now - last > self.term / 2);
        self.last_look = Some(now);
        self.peers.retain(|peer, _| members.iter().any(|(member, _)| member == peer));
        let mut silent = Vec::new();
        for &(member, heartbeat) in members.iter().filter(|(member, _)| *member != me) {
            let peer = self.peers.entry(member).or_insert(Peer { heartbeat, since: now });
            if slept || peer.heartbeat != heartbeat {
                *peer = Peer { heartbeat, since: now };
            } else if now - peer.since >= self.term {
                silent.push((member, heartbeat));
            }
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERM: Duration = Duration::from_secs(1);
    const ME: Uuid = Uuid::from_u128(1);
    const PEER: Uuid = Uuid::from_u128(2);

    /// Looks every 0.1 s at a peer with these heartbeats; how often it was found silent.
    fn found_silent(warden: &mut Warden, start: Instant, heartbeats: &[u64]) -> usize {
        let look = |(at, heartbeat): (u32, &u64)| {
            let members = [(ME, 0), (PEER, *heartbeat)];
            warden.silent(ME, &members, start + TERM / 10 * at).len()
        };
        (0..).zip(heartbeats).map(look).sum()
    }

    #[test]
    fn who_is_silent_for_the_term_is_taken_for_dead_and_nobody_else() {
        let start = Instant::now();
        let silent = |heartbeats: &[u64]| found_silent(&mut Warden::new(TERM), start, heartbeats);
        assert_eq!(silent(&[7; 10]), 0, "not before the term is over");
        assert_eq!(silent(&[7; 11]), 1);
        let late = [7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8];
        assert_eq!(silent(&late), 0, "each beat begins a new term");
    }

    #[test]
    fn who_slept_dismisses_nobody_on_waking() {
        let start = Instant::now();
        let mut warden = Warden::new(TERM);
        assert_eq!(found_silent(&mut warden, start, &[7; 5]), 0);
        assert_eq!(found_silent(&mut warden, start + TERM * 30, &[7; 10]), 0);
        assert_eq!(found_silent(&mut warden, start + TERM * 31, &[7; 2]), 2);
    }
}
