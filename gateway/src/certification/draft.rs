//! What a certificate says, out of what the ledger knows of a dose.

use opencowin_certificates::credential::{Credential, StatusSlot};
use opencowin_certificates::record::{
    Facility, Identity, Person, Travel, Vaccination, Vaccine, Validity,
};
use opencowin_certificates::{Issuer, Moment};
use opencowin_ledger::read::Certifiable;
use opencowin_ledger::records::Holder;
use opencowin_model::{Centre, CertificateId, Dose, Pack, VaccineId};

/// A certificate that is about to be signed.
pub(super) struct Draft {
    vaccination: Vaccination,
    person: Person,
    slot: StatusSlot,
    validity: Validity,
}

/// What is new about a certificate: all that does not come from the dose.
pub(super) struct Fresh {
    /// Its id.
    pub(super) id: CertificateId,
    /// Where its status stands.
    pub(super) slot: StatusSlot,
    /// When it is signed, from which on it holds.
    pub(super) at: Moment,
    /// What is said for travel, in the international form.
    pub(super) travel: Option<Travel>,
}

impl Draft {
    /// Of a dose that was given at this centre.
    pub(super) fn new(pack: &Pack, of: &Certifiable, centre: &Centre, fresh: Fresh) -> Self {
        let event = &of.event;
        let until = pack.certificates().valid_days.map(|days| fresh.at.plus_seconds(days * 86_400));
        Self {
            vaccination: Vaccination {
                event: event.key.id,
                version: of.version,
                certificate: fresh.id,
                previous: of.previous,
                person: event.person,
                dose: event.dose,
                total_doses: total_doses(pack, event.vaccine, event.dose),
                vaccine: vaccine(pack, event.vaccine),
                batch: event.batch,
                date: event.key.date,
                effective_start: None,
                effective_until: None,
                verifier: event.vaccinator.clone(),
                facility: facility(pack, centre),
            },
            person: person(&of.holder, fresh.travel),
            slot: fresh.slot,
            validity: Validity { from: fresh.at, until },
        }
    }

    /// The credential, without its proof.
    pub(super) fn credential<'a>(&'a self, issuer: &'a Issuer) -> Credential<'a> {
        Credential::new(issuer, &self.vaccination, &self.person, self.slot, self.validity)
    }
}

fn person(holder: &Holder, travel: Option<Travel>) -> Person {
    Person {
        name: holder.name.clone(),
        gender: holder.gender.clone(),
        birth_year: holder.birth_year,
        identity: holder.identity.as_ref().map(|identity| Identity {
            kind: identity.kind.clone(),
            last4: identity.last4.clone(),
        }),
        travel,
    }
}

/// The doses of the vaccine's schedule; one that comes on top of these counts itself.
fn total_doses(pack: &Pack, vaccine: VaccineId, dose: Dose) -> u8 {
    pack.vaccine(vaccine).map_or(0, |vaccine| vaccine.doses).max(dose.number())
}

fn vaccine(pack: &Pack, id: VaccineId) -> Vaccine {
    let prophylaxis = pack.certificates().prophylaxis.clone();
    match pack.vaccine(id) {
        Some(known) => Vaccine {
            name: known.name.clone(),
            manufacturer: known.manufacturer.clone(),
            icd11: known.icd11.clone(),
            prophylaxis,
        },
        // A pack never loses a vaccine; whoever took it out has nothing to call it by.
        None => Vaccine {
            name: String::new(),
            manufacturer: String::new(),
            icd11: String::new(),
            prophylaxis,
        },
    }
}

fn facility(pack: &Pack, centre: &Centre) -> Facility {
    let district = pack.district(centre.district);
    let state = district.and_then(|district| pack.state(district.state));
    Facility {
        name: centre.name.clone(),
        district: district.map_or_else(String::new, |district| district.name.default.clone()),
        state: state.map_or_else(String::new, |state| state.name.default.clone()),
        country: pack.certificates().country.clone(),
    }
}
