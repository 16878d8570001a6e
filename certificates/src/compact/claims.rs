//! What a compact certificate says.
//!
//! The claims of RFC 8392 are under its numbers: 1 the issuer's DID, 4 until when it holds (if it ends), 5 from when, 6 when
//! it was signed, 7 the certificate's id in 16 bytes. Under -65537, in the range for private use, is a map of the rest; its
//! numbers are those of the `write` function below. They cover the core data of WHO's digital documentation (DDCC:VS), so
//! that other forms can be made of them. Days are counted from 1970-01-01.
//!
//! There is one encoding (RFC 8949, 4.2.1, deterministic): what is read is written again and compared.

use super::CompactError;
use crate::credential::{Credential, StatusSlot};
use crate::values::Moment;
use jiff::civil::{Date, date};
use minicbor::{Decoder, Encoder};
use opencowin_model::CertificateId;
use std::borrow::Cow;
use uuid::Uuid;

/// The private claim that holds the vaccination.
const VACCINATION: i32 = -65537;

/// What a compact certificate says.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims<'a> {
    /// The issuer's DID.
    pub issuer: Cow<'a, str>,
    /// Until when it holds, if it ends.
    pub until: Option<Moment>,
    /// From when on it holds.
    pub from: Moment,
    /// When it was signed.
    pub signed: Moment,
    /// Its id.
    pub id: CertificateId,
    /// The person's name.
    pub name: Cow<'a, str>,
    /// Their gender.
    pub gender: Cow<'a, str>,
    /// Their year of birth.
    pub birth_year: i16,
    /// Which dose.
    pub dose: u8,
    /// How many doses the schedule has.
    pub total_doses: u8,
    /// The vaccine.
    pub vaccine: Cow<'a, str>,
    /// Who makes it.
    pub manufacturer: Cow<'a, str>,
    /// Its kind by ICD-11.
    pub icd11: Cow<'a, str>,
    /// What it protects against.
    pub prophylaxis: Cow<'a, str>,
    /// The day of the dose.
    pub date: Date,
    /// The facility.
    pub facility: Cow<'a, str>,
    /// Its district.
    pub district: Cow<'a, str>,
    /// Its state.
    pub state: Cow<'a, str>,
    /// Its country by ISO 3166-1, three letters.
    pub country: Cow<'a, str>,
    /// The beneficiary reference.
    pub reference: u64,
    /// Where its status stands.
    pub status: StatusSlot,
    /// The batch.
    pub batch: Option<Cow<'a, str>>,
    /// The date of birth, in the international form.
    pub date_of_birth: Option<Date>,
    /// The number of the passport, in the international form.
    pub passport: Option<Cow<'a, str>>,
}

impl<'a> Claims<'a> {
    /// What the compact form of a certificate says, signed at `signed`; `None` if the certificate's status stands
    /// elsewhere than with its issuer.
    pub fn of(credential: &'a Credential<'_>, signed: Moment) -> Option<Self> {
        let (subject, [evidence]) = (&credential.subject, &credential.evidence);
        let place = &evidence.facility;
        let text = |text: &'a Cow<'_, str>| Cow::Borrowed(&**text);
        Some(Self {
            issuer: text(&credential.issuer),
            until: credential.valid_until,
            from: credential.valid_from,
            signed,
            id: credential.certificate_id(),
            name: text(&subject.name),
            gender: text(&subject.gender),
            birth_year: subject.birth_year,
            dose: evidence.dose,
            total_doses: evidence.total_doses,
            vaccine: text(&evidence.vaccine),
            manufacturer: text(&evidence.manufacturer),
            icd11: text(&evidence.icd11),
            prophylaxis: text(&evidence.prophylaxis),
            date: evidence.date,
            facility: text(&place.name),
            district: text(&place.address.district),
            state: text(&place.address.state),
            country: text(&place.address.country),
            reference: subject.reference,
            status: credential.status_slot()?,
            batch: evidence.batch.as_ref().map(text),
            date_of_birth: subject.date_of_birth,
            passport: subject.passport.as_ref().map(text),
        })
    }

    /// Their CBOR.
    pub(super) fn to_cbor(&self) -> Vec<u8> {
        let mut cbor = Encoder::new(Vec::with_capacity(512));
        self.write(&mut cbor).expect("invariant: a vector takes all bytes");
        cbor.into_writer()
    }

    /// Reads their CBOR.
    pub(super) fn from_cbor(cbor: &'a [u8]) -> Result<Self, CompactError> {
        let claims = Self::read(&mut Decoder::new(cbor)).ok_or(CompactError::Shape)?;
        if claims.to_cbor() == cbor { Ok(claims) } else { Err(CompactError::Shape) }
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

impl<'a> Claims<'a> {
    fn write(&self, cbor: &mut Encoder<Vec<u8>>) -> Written {
        cbor.map(5 + u64::from(self.until.is_some()))?;
        cbor.u8(1)?.str(&self.issuer)?;
        if let Some(until) = self.until {
            cbor.u8(4)?.i64(until.seconds())?;
        }
        cbor.u8(5)?.i64(self.from.seconds())?;
        cbor.u8(6)?.i64(self.signed.seconds())?;
        cbor.u8(7)?.bytes(self.id.0.as_bytes())?;
        cbor.i32(VACCINATION)?;
        self.write_vaccination(cbor)
    }

    fn write_vaccination(&self, cbor: &mut Encoder<Vec<u8>>) -> Written {
        let more = [self.batch.is_some(), self.date_of_birth.is_some(), self.passport.is_some()];
        cbor.map(16 + more.iter().map(|there| u64::from(*there)).sum::<u64>())?;
        cbor.u8(1)?.str(&self.name)?;
        cbor.u8(2)?.str(&self.gender)?;
        cbor.u8(3)?.i16(self.birth_year)?;
        cbor.u8(4)?.u8(self.dose)?;
        cbor.u8(5)?.u8(self.total_doses)?;
        cbor.u8(6)?.str(&self.vaccine)?;
        cbor.u8(7)?.str(&self.manufacturer)?;
        cbor.u8(8)?.str(&self.icd11)?;
        cbor.u8(9)?.str(&self.prophylaxis)?;
        cbor.u8(10)?.i32(days(self.date))?;
        cbor.u8(11)?.str(&self.facility)?;
        cbor.u8(12)?.str(&self.district)?;
        cbor.u8(13)?.str(&self.state)?;
        cbor.u8(14)?.str(&self.country)?;
        cbor.u8(15)?.u64(self.reference)?;
        cbor.u8(16)?.array(2)?.u32(self.status.list)?.u32(self.status.index)?;
        if let Some(batch) = &self.batch {
            cbor.u8(17)?.str(batch)?;
        }
        if let Some(date) = self.date_of_birth {
            cbor.u8(18)?.i32(days(date))?;
        }
        if let Some(passport) = &self.passport {
            cbor.u8(19)?.str(passport)?;
        }
        Ok(())
    }

    /// Reads what [`write`](Self::write) writes, in its order.
    fn read(cbor: &mut Decoder<'a>) -> Option<Self> {
        cbor.map().ok()??;
        let issuer = text(cbor, 1)?;
        let until = if next_is(cbor, 4) { Some(moment(cbor, 4)?) } else { None };
        let (from, signed) = (moment(cbor, 5)?, moment(cbor, 6)?);
        let id = CertificateId(Uuid::from_slice(key(cbor, 7)?.bytes().ok()?).ok()?);
        if cbor.i32().ok()? != VACCINATION {
            return None;
        }
        cbor.map().ok()??;
        Some(Self {
            issuer,
            until,
            from,
            signed,
            id,
            name: text(cbor, 1)?,
            gender: text(cbor, 2)?,
            birth_year: key(cbor, 3)?.i16().ok()?,
            dose: key(cbor, 4)?.u8().ok()?,
            total_doses: key(cbor, 5)?.u8().ok()?,
            vaccine: text(cbor, 6)?,
            manufacturer: text(cbor, 7)?,
            icd11: text(cbor, 8)?,
            prophylaxis: text(cbor, 9)?,
            date: day(cbor, 10)?,
            facility: text(cbor, 11)?,
            district: text(cbor, 12)?,
            state: text(cbor, 13)?,
            country: text(cbor, 14)?,
            reference: key(cbor, 15)?.u64().ok()?,
            status: slot(key(cbor, 16)?)?,
            batch: if next_is(cbor, 17) { Some(text(cbor, 17)?) } else { None },
            date_of_birth: if next_is(cbor, 18) { Some(day(cbor, 18)?) } else { None },
            passport: if next_is(cbor, 19) { Some(text(cbor, 19)?) } else { None },
        })
    }
}

/// Moves behind a key, which has to be this one.
fn key<'d, 'a>(cbor: &'d mut Decoder<'a>, expected: u8) -> Option<&'d mut Decoder<'a>> {
    (cbor.u8().ok()? == expected).then_some(cbor)
}

fn next_is(cbor: &Decoder<'_>, expected: u8) -> bool {
    cbor.clone().u8().is_ok_and(|key| key == expected)
}

fn text<'a>(cbor: &mut Decoder<'a>, expected: u8) -> Option<Cow<'a, str>> {
    key(cbor, expected)?.str().ok().map(Cow::Borrowed)
}

fn moment(cbor: &mut Decoder<'_>, expected: u8) -> Option<Moment> {
    Moment::from_seconds(key(cbor, expected)?.i64().ok()?)
}

fn day(cbor: &mut Decoder<'_>, expected: u8) -> Option<Date> {
    let days = key(cbor, expected)?.i32().ok()?;
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn slot(cbor: &mut Decoder<'_>) -> Option<StatusSlot> {
    cbor.array().ok()??;
    Some(StatusSlot { list: cbor.u32().ok()?, index: cbor.u32().ok()? })
}

const EPOCH: Date = date(1970, 1, 1);

fn days(date: Date) -> i32 {
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

/// Hides what they tell about the person.
impl std::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims({})", self.id)
    }
}
