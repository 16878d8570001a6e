//! What has to be paid before somebody suspicious goes on: a proof of work, or the captcha that clients know.

use super::{Admission, Visitor};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use http::HeaderMap;
use opencowin_admission::challenge::captcha::{Answer, Captchas};
use opencowin_admission::challenge::proof_of_work::ProofOfWork;
use opencowin_admission::{Address, Limits, Suspicion};
use opencowin_ledger::vault::{AccountId, Vault};
use opencowin_model::Timestamp;

/// The header in which a solved proof of work comes: the challenge, a semicolon, the number.
const HEADER: &str = "x-challenge-solution";

/// Hands challenges out and judges what comes back.
pub struct Challenges {
    work: ProofOfWork,
    captchas: Captchas,
}

impl Challenges {
    /// With keys made from those of the vault, so that any gateway knows what another has handed out. So many solved
    /// challenges, and open captchas, are remembered.
    pub fn new(vault: &Vault, remembered: usize) -> Self {
        Self {
            work: ProofOfWork::new(&vault.derive("challenge/work"), remembered),
            captchas: Captchas::new(&vault.derive("challenge/captcha"), remembered),
        }
    }

    /// A proof of work for whoever calls from an address.
    pub fn work(&self, address: Address, limits: &Limits, now: Timestamp) -> String {
        let subject = address.to_string();
        self.work.challenge(subject.as_bytes(), &limits.challenge, now, &mut rand::rng())
    }

    /// A captcha for an account, as SVG.
    pub fn captcha(&self, account: AccountId, limits: &Limits, now: Timestamp) -> String {
        self.captchas.draw(account.as_bytes(), &limits.challenge, now, &mut rand::rng())
    }

    /// Whether the headers bring a proof of work that was given to this address; it is used up.
    fn is_solved(&self, address: Address, headers: &HeaderMap, now: Timestamp) -> bool {
        let header = headers.get(HEADER).and_then(|header| header.to_str().ok());
        let Some((challenge, number)) = header.and_then(|header| header.split_once(';')) else {
            return false;
        };
        let subject = address.to_string();
        self.work.check(challenge.trim(), number.trim(), subject.as_bytes(), now).is_ok()
    }
}

impl Admission {
    /// Has whoever is suspicious pay before a password is sent: an address that asks for many numbers, or everybody where
    /// that is `always` so. Who uses an application of ours is not made to pay for their neighbours.
    ///
    /// # Errors
    /// USRAUT0044 without a solution.
    pub fn challenge_address(
        &self,
        visitor: &Visitor,
        headers: &HeaderMap,
        always: bool,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let suspicious = || {
            self.keeps_limits
                && visitor.key.is_none()
                && self.callers.challenged(visitor.address, now).is_some()
        };
        if !always && !suspicious() {
            return Ok(());
        }
        if !self.challenges.is_solved(visitor.address, headers, now) {
            return Err(error::CHALLENGE.into());
        }
        Ok(())
    }

    /// Has an account that is suspicious pay before it books, with a captcha or a proof of work.
    ///
    /// # Errors
    /// APPOIN0044 without either, APPOIN0045 with a wrong captcha.
    pub fn challenge_account(
        &self,
        visitor: &Visitor,
        account: AccountId,
        headers: &HeaderMap,
        captcha: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let suspicion: Option<Suspicion> = self.users.challenged(*account.as_bytes(), now);
        if !self.keeps_limits || suspicion.is_none() {
            return Ok(());
        }
        if !self.challenges.is_solved(visitor.address, headers, now) {
            match self.challenges.captchas.check(account.as_bytes(), captcha, now) {
                Answer::Right => {}
                Answer::Malformed => return Err(error::CAPTCHA_MISSING.into()),
                Answer::Wrong => return Err(error::CAPTCHA_WRONG.into()),
            }
        }
        self.users.solved(*account.as_bytes());
        Ok(())
    }

    /// Searches that ended in a booking were not a bot's.
    pub fn booked(&self, visitor: &Visitor, account: AccountId) {
        self.users.booked(*account.as_bytes());
        self.callers.booked(visitor.address);
    }
}
