//! Vaccination centres.

use crate::{CentreId, DistrictId, Hours, Pincode, Position, VaccineId};

/// Whether people pay for a dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeeType {
    /// Free of charge.
    Free,
    /// Paid; prices are declared per vaccine.
    Paid,
}

impl FeeType {
    /// `Free` or `Paid`, as the wire writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Paid => "Paid",
        }
    }
}

/// A vaccination centre (CVC) as it describes itself. State and district names come from the pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// Its id.
    pub id: CentreId,
    /// Its name.
    pub name: String,
    /// Street address, one line.
    pub address: String,
    /// Block within the district, or `Not Applicable`.
    pub block: String,
    /// The district that it belongs to, which is that of its pincode.
    pub district: DistrictId,
    /// Its postal code.
    pub pincode: Pincode,
    /// Where it stands.
    pub position: Position,
    /// Its usual hours.
    pub hours: Hours,
    /// Whether people pay here.
    pub fee_type: FeeType,
    /// Declared prices in whole units of the country's currency; empty where free.
    pub fees: Vec<(VaccineId, u32)>,
}

impl Centre {
    /// The price of a dose of `vaccine` here; 0 where free or not declared.
    pub fn fee(&self, vaccine: VaccineId) -> u32 {
        self.fees.iter().find(|(id, _)| *id == vaccine).map_or(0, |(_, fee)| *fee)
    }
}
