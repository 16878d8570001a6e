//! A vaccination and a person that tests sign.

use crate::compact::QrText;
use crate::credential::{Credential, StatusSlot};
use crate::issuer::Issuer;
use crate::pdf::{self, Certificate, Language, render};
use crate::qr::Symbol;
use crate::record::{Facility, Identity, Person, Travel, Vaccination, Vaccine, Validity};
use crate::values::{Moment, Urn};
use jiff::civil::{Date, date};
use opencowin_model::{Batch, BeneficiaryRef, CertificateId, Dose, EventId};

/// All that a certificate is made of.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Who issues it.
    pub issuer: Issuer,
    /// The record.
    pub vaccination: Vaccination,
    /// The person.
    pub person: Person,
    /// Where its status stands.
    pub slot: StatusSlot,
    /// When it holds.
    pub validity: Validity,
}

impl Sample {
    /// A sample in the domestic form; another number gives another certificate.
    pub fn new(number: u64) -> Self {
        let mut random = [0; 16];
        random[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        Self {
            issuer: Issuer::new("cowin.example").expect("invariant: a host"),
            vaccination: vaccination(random, number),
            person: person(),
            slot: StatusSlot { list: 2, index: (number % (1 << 20)) as u32 },
            validity: Validity {
                from: Moment::from_seconds(1_619_605_800).expect("invariant: in 2021"),
                until: None,
            },
        }
    }

    /// The same in the international form.
    pub fn international(number: u64) -> Self {
        let mut sample = Self::new(number);
        let date_of_birth = date(1976, 5, 14);
        sample.person.travel = Some(Travel { date_of_birth, passport: "Z1234567".to_owned() });
        sample
    }

    /// Its certificate.
    pub fn credential(&self) -> Credential<'_> {
        Credential::new(&self.issuer, &self.vaccination, &self.person, self.slot, self.validity)
    }

    /// Its PDF, with the signed certificate in both forms.
    pub fn pdf(&self, language: Language, text: &QrText, credential: &[u8]) -> Vec<u8> {
        let Self { vaccination, person, .. } = self;
        let shown = |date: Date| date.strftime("%d %b %Y").to_string();
        let identity = person.identity.as_ref();
        let birth_date = person.travel.as_ref().map(|travel| shown(travel.date_of_birth));
        let travel = person.travel.as_ref().zip(birth_date.as_ref());
        render(&Certificate {
            language,
            programme: "OpenCoWIN, India",
            person: pdf::Person {
                name: &person.name,
                birth_year: person.birth_year,
                gender: &person.gender,
                id_kind: identity.map_or("", |identity| &identity.kind),
                id_last_four: identity.map_or("", |identity| &identity.last4),
                reference_id: &vaccination.person.to_string(),
            },
            vaccination: pdf::Vaccination {
                vaccine: &vaccination.vaccine.name,
                dose: vaccination.dose.number(),
                doses: vaccination.total_doses,
                date: &shown(vaccination.date),
                batch: vaccination.batch.as_ref().map_or("", |batch| batch.as_str()),
                next_due: Some("Between 21 Jul 2021 and 18 Aug 2021"),
                vaccinated_by: &vaccination.verifier,
                facility: &vaccination.facility.name,
                district: &vaccination.facility.district,
                state: &vaccination.facility.state,
            },
            travel: travel.map(|(travel, birth_date)| pdf::Travel {
                birth_date,
                passport: &travel.passport,
                manufacturer: &vaccination.vaccine.manufacturer,
                prophylaxis: &vaccination.vaccine.prophylaxis,
            }),
            certificate_id: &Urn::from(vaccination.certificate).to_string(),
            verify_at: &self.issuer.verify_page(),
            helpline: "1075",
            qr: &Symbol::new(&text.link(&self.issuer))
                .expect("invariant: a certificate's link fits"),
            credential,
        })
    }
}

fn vaccination(random: [u8; 16], number: u64) -> Vaccination {
    Vaccination {
        event: EventId::from_random(random.map(|byte| !byte)),
        version: 1,
        certificate: CertificateId::from_random(random),
        previous: None,
        person: BeneficiaryRef::new(12_345_678_000_000 + number % 1_000_000)
            .expect("invariant: 14 digits"),
        dose: Dose::First,
        total_doses: 2,
        vaccine: Vaccine {
            name: "COVISHIELD".to_owned(),
            manufacturer: "Serum Institute of India".to_owned(),
            icd11: "XM68M6".to_owned(),
            prophylaxis: "COVID-19".to_owned(),
        },
        batch: Batch::parse("4120Z001"),
        date: date(2021, 4, 28),
        effective_start: Some(date(2021, 5, 12)),
        effective_until: Some(date(2022, 4, 28)),
        verifier: "Sunita Devi".to_owned(),
        facility: Facility {
            name: "District Hospital Bagalkot".to_owned(),
            district: "Bagalkot".to_owned(),
            state: "Karnataka".to_owned(),
            country: "IND".to_owned(),
        },
    }
}

fn person() -> Person {
    Person {
        name: "Ramesh \"Ramu\" Kumar Sharma / रमेश".to_owned(),
        gender: "Male".to_owned(),
        birth_year: 1976,
        identity: Some(Identity { kind: "Aadhaar Card".to_owned(), last4: "3405".to_owned() }),
        travel: None,
    }
}
