//! What waits to be sent.
//!
//! - Passwords go before notices; within each, whoever came first.
//! - A message whose time is over is handed out as such and never sent.
//! - A full queue refuses notices. A password takes the place of the newest notice, and is refused only where there is
//!   nothing but passwords.
//! - A message lies in the queue or is in the hands of whoever took it, never both. Once a provider has accepted it, it
//!   is not put back: it is accepted once at most. An attempt whose fate is not known is repeated, so that a person may
//!   get a message twice: the same password again does no harm, none at all does.

use super::message::{Message, Priority, Refused};
use opencowin_model::{Clock, Mobile, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The present moment, on the clock by which messages expire and on the one that is never set.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// By which messages expire.
    pub wall: Timestamp,
    /// By which pauses are measured.
    pub steady: Instant,
}

impl Now {
    /// The moment that `clock` shows.
    pub fn of(clock: &Clock) -> Self {
        Self { wall: clock.now(), steady: Instant::now() }
    }
}

/// A message with what is known of its way so far.
#[derive(Clone, Debug)]
pub struct Queued {
    /// Its id at every provider.
    pub id: Uuid,
    /// Whom it is for.
    pub to: Mobile,
    /// What is said.
    pub message: Message,
    /// How often all providers were tried in vain.
    pub rounds: u32,
    /// The providers that will never take it, one bit each.
    pub rejected_by: u64,
    /// The providers that let it wait in vain, one bit each.
    pub kept_waiting_by: u64,
}

impl Queued {
    /// A message that no provider has seen.
    pub fn new(to: Mobile, message: Message) -> Self {
        let id = Uuid::new_v4();
        Self { id, to, message, rounds: 0, rejected_by: 0, kept_waiting_by: 0 }
    }

    /// How long it is still worth sending; nothing once its time is over.
    pub fn left(&self, now: Timestamp) -> Option<Duration> {
        let ms = u64::try_from(self.message.expires.0 - now.0).ok().filter(|ms| *ms > 0);
        ms.map(Duration::from_millis)
    }

    fn priority(&self) -> Priority {
        self.message.kind.priority()
    }
}

/// What was taken out of the queue.
#[derive(Debug)]
pub enum Taken {
    /// To be sent now.
    Due(Queued),
    /// Too late to be sent.
    Expired(Queued),
}

/// The messages that wait.
#[derive(Debug)]
pub struct Queue {
    otps: Lane,
    notices: Lane,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Lane {
    ready: VecDeque<Queued>,
    /// By the moment from which they are ready, and a number that tells those of one moment apart.
    later: BTreeMap<(Instant, u64), Queued>,
    postponed: u64,
}

impl Queue {
    /// An empty one, for so many messages.
    pub fn new(capacity: usize) -> Self {
        Self { otps: Lane::default(), notices: Lane::default(), capacity }
    }

    /// Takes a message in; answers the notice that had to make room for it.
    ///
    /// # Errors
    /// [`Refused`] if there is no room.
    pub fn push(&mut self, queued: Queued) -> Result<Option<Queued>, Refused> {
        let full = self.len() >= self.capacity;
        let displaced = match queued.priority() {
            _ if !full => None,
            Priority::Otp => Some(self.notices.remove_newest().ok_or(Refused)?),
            Priority::Notice => return Err(Refused),
        };
        self.lane(queued.priority()).ready.push_back(queued);
        Ok(displaced)
    }

    /// Takes a message back that is to be tried again at `due`. It was accepted from its caller, so there is room for it
    /// even in a full queue; no more come back than were with providers.
    pub fn put_back(&mut self, queued: Queued, due: Instant) {
        self.lane(queued.priority()).postpone(queued, due);
    }

    /// The first that is due, of this priority or a higher one.
    pub fn take(&mut self, now: Now, lowest: Priority) -> Option<Taken> {
        let notice = |notices: &mut Lane| {
            (lowest == Priority::Notice).then(|| notices.take(now.steady)).flatten()
        };
        let queued = self.otps.take(now.steady).or_else(|| notice(&mut self.notices))?;
        let in_time = queued.left(now.wall).is_some();
        Some(if in_time { Taken::Due(queued) } else { Taken::Expired(queued) })
    }

    /// When the first of those is due that wait for their moment.
    pub fn next_due(&self) -> Option<Instant> {
        [&self.otps, &self.notices].into_iter().filter_map(Lane::next_due).min()
    }

    /// Takes out everything that is left.
    pub fn drain(&mut self) -> Vec<Queued> {
        [std::mem::take(&mut self.otps), std::mem::take(&mut self.notices)]
            .into_iter()
            .flat_map(|lane| lane.ready.into_iter().chain(lane.later.into_values()))
            .collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting(Priority::Otp) + self.waiting(Priority::Notice)
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of one priority wait.
    pub fn waiting(&self, priority: Priority) -> usize {
        let lane = match priority {
            Priority::Otp => &self.otps,
            Priority::Notice => &self.notices,
        };
        lane.ready.len() + lane.later.len()
    }

    /// When the oldest of one priority was handed over.
    pub fn oldest(&self, priority: Priority) -> Option<Timestamp> {
        let lane = match priority {
            Priority::Otp => &self.otps,
            Priority::Notice => &self.notices,
        };
        // Those who are ready for the first time lie in the order in which they came.
        let later = lane.later.values().map(|queued| queued.message.created);
        lane.ready.front().map(|queued| queued.message.created).into_iter().chain(later).min()
    }

    fn lane(&mut self, priority: Priority) -> &mut Lane {
        match priority {
            Priority::Otp => &mut self.otps,
            Priority::Notice => &mut self.notices,
        }
    }
}

impl Lane {
    /// Those who were tried before come first: they have waited longest.
    fn take(&mut self, now: Instant) -> Option<Queued> {
        match self.later.first_entry() {
            Some(entry) if entry.key().0 <= now => Some(entry.remove()),
            _ => self.ready.pop_front(),
        }
    }

    fn postpone(&mut self, queued: Queued, due: Instant) {
        self.postponed += 1;
        self.later.insert((due, self.postponed), queued);
    }

    fn next_due(&self) -> Option<Instant> {
        self.later.first_key_value().map(|((due, _), _)| *due)
    }

    fn remove_newest(&mut self) -> Option<Queued> {
        self.ready.pop_back().or_else(|| self.later.pop_last().map(|(_, queued)| queued))
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::MessageKind;
    use super::*;

    fn message(kind: MessageKind, number: u64) -> Queued {
        let message = Message {
            kind,
            text: String::new(),
            created: Timestamp(number as i64),
            expires: Timestamp(180_000),
            key: None,
        };
        Queued::new(Mobile(number), message)
    }

    fn otp(number: u64) -> Queued {
        message(MessageKind::Otp, number)
    }

    fn notice(number: u64) -> Queued {
        message(MessageKind::BookingConfirmed, number)
    }

    fn start() -> Now {
        Now { wall: Timestamp(0), steady: Instant::now() }
    }

    fn after(now: Now, ms: u64) -> Now {
        let by = Duration::from_millis(ms);
        Now { wall: now.wall.plus_ms(ms as i64), steady: now.steady + by }
    }

    fn numbers(queue: &mut Queue, now: Now) -> Vec<u64> {
        std::iter::from_fn(|| queue.take(now, Priority::Notice))
            .map(|taken| match taken {
                Taken::Due(queued) | Taken::Expired(queued) => queued.to.0,
            })
            .collect()
    }

    #[test]
    fn passwords_go_before_notices_however_many_wait() {
        let mut queue = Queue::new(100);
        for number in 10..50 {
            queue.push(notice(number)).unwrap();
        }
        queue.push(otp(1)).unwrap();
        queue.push(otp(2)).unwrap();
        assert_eq!(queue.oldest(Priority::Notice), Some(Timestamp(10)));
        assert_eq!(numbers(&mut queue, start())[..4], [1, 2, 10, 11]);
    }

    #[test]
    fn a_notice_stays_while_only_passwords_are_asked_for() {
        let mut queue = Queue::new(10);
        queue.push(notice(1)).unwrap();
        assert!(queue.take(start(), Priority::Otp).is_none());
        assert_eq!(queue.waiting(Priority::Notice), 1);
    }

    #[test]
    fn a_message_whose_time_is_over_is_not_sent() {
        let (mut queue, now) = (Queue::new(10), start());
        queue.push(otp(1)).unwrap();
        queue.push(otp(2)).unwrap();
        assert!(matches!(queue.take(after(now, 179_999), Priority::Notice), Some(Taken::Due(_))));
        assert!(matches!(
            queue.take(after(now, 180_000), Priority::Notice),
            Some(Taken::Expired(_))
        ));
    }

    #[test]
    fn a_full_queue_refuses_notices_and_gives_their_places_to_passwords() {
        let mut queue = Queue::new(2);
        queue.push(notice(1)).unwrap();
        queue.push(notice(2)).unwrap();
        assert_eq!(queue.push(notice(3)).unwrap_err(), Refused);
        assert_eq!(queue.push(otp(4)).unwrap().map(|displaced| displaced.to.0), Some(2));
        assert_eq!(queue.push(otp(5)).unwrap().map(|displaced| displaced.to.0), Some(1));
        assert_eq!(queue.push(otp(6)).unwrap_err(), Refused);
        assert_eq!(numbers(&mut queue, start()), [4, 5]);
    }

    #[test]
    fn a_message_that_was_put_back_waits_for_its_moment_and_then_goes_first() {
        let (mut queue, now) = (Queue::new(10), start());
        queue.put_back(otp(1), after(now, 500).steady);
        queue.put_back(otp(2), after(now, 500).steady);
        queue.push(otp(3)).unwrap();
        queue.push(otp(4)).unwrap();
        assert_eq!(queue.next_due(), Some(after(now, 500).steady));
        assert!(matches!(queue.take(now, Priority::Otp), Some(Taken::Due(q)) if q.to.0 == 3));
        assert_eq!(numbers(&mut queue, after(now, 500)), [1, 2, 4]);
    }

    #[test]
    fn what_is_left_can_be_taken_out() {
        let mut queue = Queue::new(10);
        queue.push(otp(1)).unwrap();
        queue.put_back(notice(2), Instant::now() + Duration::from_secs(9));
        assert_eq!(queue.drain().len(), 2);
        assert!(queue.is_empty() && queue.next_due().is_none());
    }
}
