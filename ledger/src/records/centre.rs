//! A centre as it describes itself.

use super::wire::{Fields, Malformed, Value, Writer};
use opencowin_model::{Centre, CentreId, DistrictId, FeeType, Pincode, Position, VaccineId};

const FREE: u8 = 1;
const PAID: u8 = 2;

/// The id is that of the key.
pub(super) fn write(centre: &Centre, writer: &mut Writer) {
    writer.bytes(1, centre.name.as_bytes());
    writer.bytes(2, centre.address.as_bytes());
    writer.bytes(3, centre.block.as_bytes());
    writer.number(4, centre.district.0);
    writer.number(5, centre.pincode.0);
    writer.signed(6, micro(centre.position.lat()));
    writer.signed(7, micro(centre.position.long()));
    writer.hours(8, centre.hours);
    writer.number(9, if centre.fee_type == FeeType::Free { FREE } else { PAID });
    for (vaccine, fee) in &centre.fees {
        writer.nested(10, |inner| {
            inner.number(1, vaccine.0);
            inner.number(2, *fee);
        });
    }
}

pub(super) fn read(id: CentreId, fields: Fields<'_>) -> Result<Centre, Malformed> {
    let (mut name, mut address, mut block) = (String::new(), String::new(), String::new());
    let (mut district, mut pincode, mut lat, mut long) = (None, None, 0, 0);
    let (mut hours, mut fee_type, mut fees) = (None, None, Vec::new());
    for field in fields {
        match field? {
            (1, value) => name = value.text()?,
            (2, value) => address = value.text()?,
            (3, value) => block = value.text()?,
            (4, value) => district = Some(DistrictId(value.number()?)),
            (5, value) => pincode = Some(Pincode(value.number()?)),
            (6, value) => lat = value.signed()?,
            (7, value) => long = value.signed()?,
            (8, value) => hours = Some(value.hours()?),
            (9, value) => fee_type = Some(read_fee_type(value)?),
            (10, value) => fees.push(read_fee(value)?),
            _ => {}
        }
    }
    Ok(Centre {
        id,
        name,
        address,
        block,
        district: district.ok_or(Malformed)?,
        pincode: pincode.ok_or(Malformed)?,
        position: Position::new(lat as f64 / 1e6, long as f64 / 1e6).ok_or(Malformed)?,
        hours: hours.ok_or(Malformed)?,
        fee_type: fee_type.ok_or(Malformed)?,
        fees,
    })
}

fn micro(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

fn read_fee_type(value: Value<'_>) -> Result<FeeType, Malformed> {
    match value.number()? {
        FREE => Ok(FeeType::Free),
        PAID => Ok(FeeType::Paid),
        _ => Err(Malformed),
    }
}

fn read_fee(value: Value<'_>) -> Result<(VaccineId, u32), Malformed> {
    let (mut vaccine, mut fee) = (None, 0);
    for field in value.fields()? {
        match field? {
            (1, value) => vaccine = Some(VaccineId(value.number()?)),
            (2, value) => fee = value.number()?,
            _ => {}
        }
    }
    Ok((vaccine.ok_or(Malformed)?, fee))
}
