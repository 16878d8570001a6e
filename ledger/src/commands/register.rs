//! Enrolling a person.

use super::figures::{self, Change, Registrant, What};
use super::{Effects, Outcome, Refusal, Write};
use crate::keys::Key;
use crate::records::{Person, Personal, Row};
use crate::rules::Context;
use crate::vault::{IdHash, IdNumber};
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, Date, DistrictId, GenderId, IdTypeId, Mobile};

/// Registers a person with the account of a mobile number. An account has a limited number of people, and an identity
/// document belongs to one person (R1).
#[derive(Clone, Debug)]
pub struct Register {
    /// Their mobile number, proven by OTP; it makes the account.
    pub mobile: Mobile,
    /// Their name.
    pub name: String,
    /// The year of their birth.
    pub birth_year: i16,
    /// Their gender.
    pub gender: GenderId,
    /// The kind of their identity document.
    pub id_type: IdTypeId,
    /// Its number. Only its hash and last four characters are kept.
    pub id_number: IdNumber,
    /// Whether they named a comorbidity; `None` if they were not asked.
    pub comorbidity: Option<bool>,
    /// The version of the text that they consented to.
    pub consent_version: String,
    /// What their data is collected for, as that text says.
    pub purpose: String,
    /// The last day on which it may be kept, if that text names a period.
    pub kept_until: Option<Date>,
}

/// How many references are tried. With the whole of India registered, all being taken has a probability of 10⁻³⁸.
const TRIES: u64 = 8;

impl Register {
    /// As somebody registers themselves.
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let (effects, _) = self.registered_at(None, view, context)?;
        Ok(effects)
    }

    /// As a facility registers them, if one does; and who they are.
    pub(super) fn registered_at(
        &self,
        facility: Option<CentreId>,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<(Effects, BeneficiaryRef), Stop> {
        let account_id = context.hasher.account(self.mobile);
        let id_hash = context.hasher.id_document(self.id_type, &self.id_number);
        let first = candidate(context.draw, 0);
        let rows = [Key::Account(account_id), Key::IdDocument(id_hash), Key::Person(first)];
        view.require(rows.into_iter().chain(facility.map(Key::Centre)))?;
        let district = figures::district_of(facility, view)?;
        view.require(figures::keys(district, context.today(), context))?;
        let mut account = view.account(account_id)?.cloned().unwrap_or_default();
        let limit = context.rules.people_per_account;
        if account.people.len() >= usize::from(limit) {
            return Err(Refusal::AccountFull { limit }.into());
        }
        if view.id_document(id_hash)?.is_some() {
            return Err(Refusal::IdDocumentTaken.into());
        }
        let who = unused(context.draw, view)?;
        account.people.push(who);
        let person = Person {
            account: Some(account_id),
            birth_year: self.birth_year,
            doses: Vec::new(),
            appointments: Vec::new(),
            registered_at: facility,
            leads_to: None,
        };
        let personal = self.personal(id_hash, district, context);
        let mut writes = vec![
            (Key::Account(account_id), Some(Row::Account(account))),
            (Key::IdDocument(id_hash), Some(Row::IdDocument(who))),
            (Key::Personal(who), Some(Row::Personal(Box::new(personal)))),
            (Key::Person(who), Some(Row::Person(person))),
        ];
        writes.extend(self.counted(district, view, context)?);
        Ok((Effects { writes, outcome: Outcome::Registered(who) }, who))
    }

    fn counted(
        &self,
        district: DistrictId,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<Write>, Stop> {
        let Self { birth_year, gender, .. } = *self;
        let who = Registrant { birth_year, gender, at: context.local };
        let change = Change::more(What::Registration(who));
        figures::add(&[change], district, context.today(), view, context)
    }

    fn personal(&self, id_hash: IdHash, district: DistrictId, context: &Context<'_>) -> Personal {
        Personal {
            name: self.name.clone(),
            birth_year: self.birth_year,
            gender: self.gender,
            id_type: self.id_type,
            id_last4: self.id_number.last4(),
            id_hash,
            other_documents: Vec::new(),
            mobile: self.mobile,
            comorbidity: self.comorbidity,
            consent_version: self.consent_version.clone(),
            purpose: Some(self.purpose.clone()),
            kept_until: self.kept_until,
            registered: context.now,
            registered_in: district,
            corrections: 0,
        }
    }
}

/// The first candidate that nobody has.
fn unused(draw: u128, view: &mut View<'_>) -> Result<BeneficiaryRef, Stop> {
    for attempt in 0..TRIES {
        let candidate = candidate(draw, attempt);
        if view.person(candidate)?.is_none() {
            return Ok(candidate);
        }
    }
    Err(Stop::Damaged(Key::Person(candidate(draw, 0))))
}

/// A reference from random bits; others for further attempts.
fn candidate(draw: u128, attempt: u64) -> BeneficiaryRef {
    let (first, last) = (*BeneficiaryRef::RANGE.start(), *BeneficiaryRef::RANGE.end());
    let offset = draw.wrapping_add(u128::from(attempt)) % u128::from(last - first + 1);
    BeneficiaryRef::new(first + offset as u64).expect("invariant: the offset stays in the range")
}
