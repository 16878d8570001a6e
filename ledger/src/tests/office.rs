//! Whoever signs certificates in a simulated life, keeps the log, and remembers what was acknowledged of both.

use crate::commands::{Certify, Command, Fresh, Outcome, Revoke, Sequence, SignHead, TakeStatus};
use crate::fixture::certificates::fresh;
use crate::fixture::counter::STAFF;
use crate::read::{Certifiable, Reader};
use crate::records::{EventKey, Form, LogHead, Logged};
use crate::request::Failure;
use crate::store::block_on::block_on;
use opencowin_model::{CertificateId, RevocationReason};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use std::collections::{BTreeMap, BTreeSet};

/// See the [module](self).
#[derive(Default)]
pub(super) struct Office {
    /// Certificates signed so far, stored or not.
    signed: u128,
    /// Those that were said to be stored.
    acknowledged: BTreeSet<CertificateId>,
    /// Those that were said not to hold any more.
    ended: BTreeSet<CertificateId>,
    /// Entries of status lists that were handed out: the first of each part, and how many.
    entries: BTreeMap<u64, u32>,
    /// The log as it was last seen.
    log: Vec<Logged>,
}

impl Office {
    /// Something that is to be done, as far as somebody sees who may have looked too early.
    pub(super) fn work(&mut self, reader: &Reader, random: &mut StdRng) -> Option<Command> {
        match random.random_range(0..100) {
            0..65 => self.certify(reader, random),
            65..72 => self.revoke(random),
            72..90 => {
                let most = random.random_range(1..20);
                let rows = block_on(reader.log_pending(None, most)).unwrap();
                let rows: Vec<_> = rows.into_iter().map(|(id, _)| id).collect();
                (!rows.is_empty()).then_some(Command::Sequence(Sequence { rows }))
            }
            90..95 => {
                let size = block_on(reader.log_size()).unwrap();
                let head = LogHead { size, body: size.to_be_bytes().to_vec() };
                (size > 0).then_some(Command::SignHead(SignHead { head, tiles: Vec::new() }))
            }
            _ => Some(Command::TakeStatus(TakeStatus { entries: random.random_range(1..9) })),
        }
    }

    fn certify(&mut self, reader: &Reader, random: &mut StdRng) -> Option<Command> {
        let jobs = block_on(reader.certificate_jobs(None, 8)).unwrap();
        let mut wanted: Vec<_> = jobs.iter().map(|(_, job)| (job.event, job.form)).collect();
        wanted.truncate(random.random_range(1..=8));
        if random.random_bool(0.2) {
            // Somebody is about to travel; there need not be a job for that.
            wanted.extend(wanted.first().map(|(event, _)| (*event, Form::International)));
        }
        let mut certificates = self.sign(reader, &wanted);
        if random.random_bool(0.5) {
            certificates.reverse();
        }
        (!certificates.is_empty()).then_some(Command::Certify(Certify { certificates }))
    }

    /// Signs whatever waits.
    pub(super) fn certify_all(&mut self, reader: &Reader) -> Option<Command> {
        let jobs = block_on(reader.certificate_jobs(None, 64)).unwrap();
        let wanted: Vec<_> = jobs.iter().map(|(_, job)| (job.event, job.form)).collect();
        let certificates = self.sign(reader, &wanted);
        assert_eq!(certificates.len(), wanted.len(), "whatever waits can be certified");
        (!certificates.is_empty()).then_some(Command::Certify(Certify { certificates }))
    }

    fn sign(&mut self, reader: &Reader, wanted: &[(EventKey, Form)]) -> Vec<Fresh> {
        let found = block_on(reader.certifiable(wanted)).unwrap();
        let pairs = wanted.iter().zip(found).filter_map(|(wanted, found)| Some((*wanted, found?)));
        let sign = |((_, form), Certifiable { event, version, previous, key, .. })| {
            self.signed += 1;
            Fresh { version, previous, ..fresh(self.signed, &event, form, &key) }
        };
        pairs.map(sign).collect()
    }

    fn revoke(&mut self, random: &mut StdRng) -> Option<Command> {
        let known: Vec<_> = self.acknowledged.iter().copied().collect();
        let certificates: Vec<_> = known.sample(random, 2).copied().collect();
        let reason = *RevocationReason::ALL.choose(random)?;
        let revoke = Revoke { certificates, reason, by: STAFF };
        (!revoke.certificates.is_empty()).then_some(Command::Revoke(revoke))
    }

    pub(super) fn hear(&mut self, command: &Command, answer: Result<Outcome, Failure>) {
        match (command, answer) {
            (Command::Certify(certify), Ok(Outcome::Certified { stored })) => {
                let ids = certify.certificates.iter().map(|fresh| fresh.id).enumerate();
                let said = ids.filter(|(at, _)| stored >> at & 1 == 1);
                self.acknowledged.extend(said.map(|(_, id)| id));
            }
            (Command::Revoke(revoke), Ok(_)) => self.ended.extend(&revoke.certificates),
            (Command::TakeStatus(take), Ok(Outcome::StatusTaken { from })) => {
                self.entries.insert(from, take.entries);
            }
            _ => {}
        }
    }

    /// Whatever was acknowledged is there, and what the log said it still says. Returns how many certificates are there.
    pub(super) fn verify(&mut self, reader: &Reader) -> usize {
        for id in &self.acknowledged {
            let kept = block_on(reader.certificate(*id)).unwrap();
            let kept = kept.unwrap_or_else(|| panic!("certificate {id} is lost"));
            assert!(!(kept.certificate.is_valid() && self.ended.contains(id)), "{id} holds again");
        }
        let parts: Vec<_> = self.entries.iter().collect();
        let apart = |pair: &[(&u64, &u32)]| pair[0].0 + u64::from(*pair[0].1) <= *pair[1].0;
        assert!(parts.windows(2).all(apart), "an entry was handed out twice: {parts:?}");
        let log = block_on(reader.log(0..i64::MAX as u64)).unwrap();
        assert!(log.starts_with(&self.log), "the log was changed");
        self.log = log;
        self.acknowledged.len()
    }
}
