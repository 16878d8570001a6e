//! Seats of one session, sold by several members in any order: what is promised of them holds after every step.

use super::*;
use crate::commands::{EndLease, Outcome, Recall};
use crate::fixture::*;
use crate::records::{Member, cells};
use crate::rules::Leasing;
use crate::view::{Known, Rows};
use opencowin_model::{Channel, Dose, Seats};
use proptest::prelude::*;
use uuid::Uuid;

const MEMBERS: u128 = 3;
const ONLINE: (Channel, Dose) = (Channel::Online, Dose::First);

/// What one of the members does. Members are numbered.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Sells seats; a hot session makes it take a lease.
    Sell {
        by: u128,
        seats: u16,
        hot: bool,
    },
    GiveBack {
        by: u128,
        seats: u16,
    },
    End {
        by: u128,
        of: u128,
    },
    Recall {
        by: u128,
    },
    /// Is taken for dead.
    Die {
        who: u128,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let who = || 0..MEMBERS;
    prop_oneof![
        6 => (who(), 1u16..5, any::<bool>()).prop_map(|(by, seats, hot)| Act::Sell { by, seats, hot }),
        3 => (who(), 1u16..5).prop_map(|(by, seats)| Act::GiveBack { by, seats }),
        2 => (who(), who()).prop_map(|(by, of)| Act::End { by, of }),
        1 => who().prop_map(|by| Act::Recall { by }),
        1 => who().prop_map(|who| Act::Die { who }),
    ]
}

fn id(member: u128) -> Uuid {
    Uuid::from_u128(member + 1)
}

/// Members and a session of so many seats.
struct Office {
    story: Story,
    capacity: Capacity,
    /// Seats sold and not given back.
    sold: u16,
}

impl Office {
    fn new(seats: u16) -> Self {
        let mut story = Story::new();
        let capacity = Capacity::new(Seats([seats; 3]), Seats::default(), Seats::default());
        for member in 0..MEMBERS {
            let row = Member { speaks: 2, since: TODAY };
            story.put(Key::Member(id(member)), Row::Member(row));
        }
        Self { story, capacity, sold: 0 }
    }

    fn members(&self) -> Vec<Uuid> {
        let alive = self.story.rows.keys().filter_map(|key| match key {
            Key::Member(member) => Some(*member),
            _ => None,
        });
        alive.collect()
    }

    fn lease(&self, holder: Uuid) -> Option<Lease> {
        match self.story.rows.get(&Key::Lease(holder, Story::today())) {
            Some(Row::Lease(lease)) => Some(*lease),
            _ => None,
        }
    }

    fn leases(&self) -> Vec<Lease> {
        (0..MEMBERS).filter_map(|member| self.lease(id(member))).collect()
    }

    fn counters(&self) -> Counters {
        match self.story.row(&Key::Counters(Story::today())) {
            Known::Present(Row::Counters(counters)) => *counters,
            _ => Counters::unsold(&self.capacity),
        }
    }

    /// Seats that anybody can still sell.
    fn unsold(&self) -> u16 {
        let left: u16 = self.leases().iter().map(|l| l.part(ONLINE.0, ONLINE.1).left).sum();
        self.counters().tally(ONLINE.0, ONLINE.1).free + left
    }

    /// Decides as a member; what was read.
    fn decide(
        &mut self,
        by: u128,
        hot: bool,
        decision: impl FnOnce(&mut View<'_>, &Context<'_>) -> Result<Vec<Write>, Stop>,
    ) -> (Result<(), Stop>, Vec<Key>) {
        let (me, members) = (id(by), self.members());
        let held = self.lease(me).is_some();
        let leases = |_| Leasing { held, wanted: hot };
        let mut view = View::new(&self.story);
        let mut context = self.story.context();
        context.escrow = Some(Escrow { me, members: &members, leases: &leases });
        let decided = decision(&mut view, &context);
        let read = view.into_asked().read;
        (decided.map(|writes| self.story.apply(writes)), read)
    }

    fn act(&mut self, act: Act) {
        let wanted = |seats| {
            let (channel, dose) = ONLINE;
            SeatCount { session: Story::today(), channel, dose, seats }
        };
        let (session, capacity) = (Story::today(), self.capacity);
        match act {
            Act::Sell { by, seats, hot } if self.members().contains(&id(by)) => {
                let (unsold, lease) = (self.unsold(), self.lease(id(by)));
                let granted = self.counters().tally(ONLINE.0, ONLINE.1).leased;
                let recalled = self.counters().is_recalled();
                let (taken, read) =
                    self.decide(by, hot, |view, c| take(&wanted(seats), &capacity, view, c));
                match taken {
                    Ok(()) => self.sold += seats,
                    Err(Stop::Refused(Refusal::SoldOut)) => assert!(unsold < seats),
                    Err(Stop::Refused(Refusal::SeatsElsewhere(_))) => assert!(granted > 0),
                    Err(stop) => panic!("{stop:?}"),
                }
                if lease.is_some_and(|lease| lease.part(ONLINE.0, ONLINE.1).left >= seats) {
                    let counters = Key::Counters(session);
                    assert!(!read.contains(&counters), "a sale out of a lease rests on it alone");
                }
                let grown = self.counters().tally(ONLINE.0, ONLINE.1).leased > granted;
                assert!(!(grown && recalled), "nothing is leased while leases are recalled");
            }
            Act::GiveBack { by, seats } if seats <= self.sold => {
                let (given, _) =
                    self.decide(by, false, |view, c| give_back(&wanted(seats), view, c));
                given.unwrap();
                self.sold -= seats;
            }
            Act::End { by, of } => {
                let (alive, before) = (self.members().contains(&id(of)), self.lease(id(of)));
                let end = EndLease { holder: id(of), session };
                let (ended, _) = self.decide(by, false, |view, c| Ok(end.decide(view, c)?.writes));
                if by != of && alive {
                    assert_eq!(ended, Err(Refusal::StillMember.into()));
                    assert_eq!(self.lease(id(of)), before);
                } else {
                    assert_eq!((ended, self.lease(id(of))), (Ok(()), None));
                }
            }
            Act::Recall { by } => {
                let recall = Recall { session };
                let (done, _) = self.decide(by, false, |view, context| {
                    let effects = recall.decide(view, context)?;
                    assert_eq!(effects.outcome, Outcome::Passed);
                    Ok(effects.writes)
                });
                done.unwrap();
                assert_eq!(self.counters().is_recalled(), self.counters().is_leased());
            }
            Act::Die { who } => {
                self.story.rows.remove(&Key::Member(id(who)));
            }
            Act::Sell { .. } | Act::GiveBack { .. } => {}
        }
        self.verify();
    }

    fn verify(&self) {
        let counters = self.counters();
        assert_eq!(counters.mismatch(&self.capacity), None);
        for (channel, dose) in cells() {
            let parts: Vec<_> = self.leases().iter().map(|l| l.part(channel, dose)).collect();
            let tally = counters.tally(channel, dose);
            assert_eq!(tally.leased, parts.iter().map(|part| part.granted).sum::<u16>());
            let sold = tally.booked + parts.iter().map(|part| part.sold()).sum::<i32>();
            let expected = if (channel, dose) == ONLINE { self.sold } else { 0 };
            assert_eq!(sold, i32::from(expected));
        }
        assert!(counters.is_leased() || !counters.is_recalled());
        let capacity = self.capacity.seats(ONLINE.0, ONLINE.1);
        assert_eq!(self.unsold() + self.sold, capacity, "every seat is sold once or unsold");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn seats_add_up_whatever_members_do(
        seats in 0u16..60,
        acts in proptest::collection::vec(act(), 0..60),
    ) {
        let mut office = Office::new(seats);
        acts.into_iter().for_each(|act| office.act(act));
        for of in 0..MEMBERS {
            office.act(Act::End { by: of, of });
        }
        let free = office.counters().tally(ONLINE.0, ONLINE.1).free;
        prop_assert_eq!(free + office.sold, seats, "nothing is stranded");
    }
}

#[test]
fn seats_that_lie_half_in_the_own_lease_and_half_elsewhere_come_together_by_a_recall() {
    let mut office = Office::new(12);
    office.act(Act::Sell { by: 0, seats: 1, hot: true });
    assert!(office.lease(id(0)).is_some());
    while office.unsold() > 2 {
        office.act(Act::Sell { by: 0, seats: 1, hot: false });
    }
    let (capacity, (channel, dose)) = (office.capacity, ONLINE);
    office.act(Act::GiveBack { by: 0, seats: 1 });
    office.act(Act::Recall { by: 0 });
    office.act(Act::End { by: 0, of: 0 });
    let wanted = SeatCount { session: Story::today(), channel, dose, seats: 3 };
    let (taken, _) = office.decide(0, true, |view, c| take(&wanted, &capacity, view, c));
    assert_eq!(taken, Ok(()));
}
