//! Everybody wants a seat of the same session, through every gateway, until it is sold out.

use super::*;
use crate::commands::Refusal;
use crate::store::ReadError;
use opencowin_model::SessionState;
use std::collections::BTreeSet;

/// How long it may take, a term for the dead included.
const LONGEST: Duration = Duration::from_secs(4);

/// Somebody who waits at a gateway.
struct Client {
    people: Vec<(u64, BeneficiaryRef)>,
    asked: usize,
}

impl Country {
    /// Sells the first session out, though somebody may die who has a part of it.
    pub(super) fn sell_out(&mut self, somebody_dies: bool) {
        let mut waiting = self.unbooked();
        let mut clients: BTreeMap<u64, Client> = BTreeMap::new();
        let mut over = BTreeSet::new();
        let begun = self.now;
        let dies_after = Duration::from_millis(self.random.random_range(20..400));
        let mut died = !somebody_dies;
        while !self.gateways.iter().all(|station| over.contains(&station.number)) {
            assert!(self.now - begun < LONGEST, "seats are stranded: {:?}", self.first());
            if !died && self.now - begun > dies_after && self.gateways.len() > 1 {
                died = true;
                let at = self.random.random_range(0..self.gateways.len());
                let dead = self.gateways.swap_remove(at);
                self.note(format!("{} dies", dead.number));
                self.count(&dead.gateway);
            }
            for at in 0..self.gateways.len() {
                let number = self.gateways[at].number;
                if let Some(client) = clients.remove(&number) {
                    match self.asked[client.asked].answer {
                        None => drop(clients.insert(number, client)),
                        Some(Ok(_)) => {}
                        Some(Err(Failure::Refused(Refusal::SoldOut))) => {
                            self.assert_sold_out(client.people.len());
                            if client.people.len() == 1 {
                                over.insert(number);
                            }
                            waiting.extend(client.people);
                        }
                        Some(Err(Failure::Refused(Refusal::SeatsElsewhere(_)))) => {
                            self.retry(at, client.people, &mut clients);
                        }
                        Some(Err(other)) => panic!("{other:?}"),
                    }
                }
                if !clients.contains_key(&number) && !over.contains(&number) {
                    let people = self.next(&mut waiting);
                    self.retry(at, people, &mut clients);
                }
            }
            self.tick();
        }
        let first = self.stored_first();
        let sold = self.sold(&first, &self.appointments());
        assert_eq!(sold, first.capacity.seats(Channel::Online, Dose::First), "all were sold");
        self.note(format!("sold out after {:?}", self.now - begun));
    }

    /// One person, or two of the same account.
    fn next(&mut self, waiting: &mut Vec<(u64, BeneficiaryRef)>) -> Vec<(u64, BeneficiaryRef)> {
        let first = waiting.remove(0);
        let second = waiting.iter().position(|(mobile, _)| *mobile == first.0);
        let pair = second.filter(|_| self.random.random_bool(0.3));
        std::iter::once(first).chain(pair.map(|second| waiting.remove(second))).collect()
    }

    fn retry(
        &mut self,
        at: usize,
        people: Vec<(u64, BeneficiaryRef)>,
        clients: &mut BTreeMap<u64, Client>,
    ) {
        let mobile = people[0].0;
        let who: Vec<_> = people.iter().map(|(_, person)| *person).collect();
        let book = booking(self.account(mobile), self.sessions[0].key(), &who);
        let asked = self.ask(at, mobile, Command::Book(book), None);
        clients.insert(self.gateways[at].number, Client { people, asked });
    }

    /// Everybody decides at the same time; commits arrive in any order.
    fn tick(&mut self) {
        for station in &mut self.gateways {
            station.gateway.front.hold_next();
            station.gateway.work();
        }
        let mut order: Vec<_> = (0..self.gateways.len()).collect();
        rand::seq::SliceRandom::shuffle(&mut order[..], &mut self.random);
        for at in order {
            let gateway = &mut self.gateways[at].gateway;
            gateway.front.release(None);
            gateway.front.mend();
            gateway.step();
            self.listen();
        }
        let moment = self.moment();
        for station in &mut self.gateways {
            let breath = station.gateway.breathe(moment);
            assert!(matches!(breath, Ok(()) | Err(ReadError::Unavailable(_))), "{breath:?}");
        }
        self.listen();
        self.now += Duration::from_millis(20);
        self.tally.leases = self.tally.leases.max(self.all(Kind::Lease).len());
    }

    /// The first session, as it is stored.
    pub(super) fn stored_first(&self) -> Session {
        let mut stored = self.stored_sessions().into_iter();
        stored.find(|session| session.key() == self.sessions[0].key()).expect("it is published")
    }

    fn assert_sold_out(&self, wanted: usize) {
        let [free, left] = self.first();
        assert!(usize::from(free + left) < wanted, "refused, though there are {free} and {left}");
    }

    /// Seats of the first session that are free, and left in leases.
    fn first(&self) -> [u16; 2] {
        let rows = self.rows();
        let key = self.sessions[0].key();
        let free = match rows.get(&Key::Counters(key)) {
            Some(Row::Counters(counters)) => counters.tally(Channel::Online, Dose::First).free,
            _ => u16::MAX / 2,
        };
        let left = rows.iter().filter_map(|(row, value)| match (row, value) {
            (Key::Lease(_, of), Row::Lease(lease)) if *of == key => {
                Some(lease.part(Channel::Online, Dose::First).left)
            }
            _ => None,
        });
        [free, left.sum()]
    }

    /// People without an appointment that counts, who were not given the dose yet.
    fn unbooked(&self) -> Vec<(u64, BeneficiaryRef)> {
        let live: BTreeSet<_> = self
            .stored_sessions()
            .iter()
            .filter(|session| session.state == SessionState::Published)
            .map(Session::key)
            .collect();
        let appointments = self.appointments();
        let booked: BTreeSet<_> = appointments
            .values()
            .filter(|appointment| live.contains(&appointment.session))
            .flat_map(Appointment::seated)
            .collect();
        let rows = self.rows();
        let given = |person: &BeneficiaryRef| match rows.get(&Key::Person(*person)) {
            Some(Row::Person(person)) => person.taken(Dose::First).is_some(),
            _ => true,
        };
        let wanting = |(_, who): &(u64, BeneficiaryRef)| !booked.contains(who) && !given(who);
        self.people.iter().copied().filter(wanting).collect()
    }
}
