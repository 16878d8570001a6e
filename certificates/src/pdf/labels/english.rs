//! The labels in English.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "Certificate of vaccination",
    beneficiary: "Beneficiary details",
    vaccination: "Vaccination details",
    name: "Name",
    birth_year: "Year of birth",
    birth_date: "Date of birth",
    gender: "Gender",
    identity: "Identity document",
    passport: "Passport number",
    reference: "Beneficiary reference id",
    certificate: "Certificate id",
    vaccine: "Vaccine",
    manufacturer: "Manufacturer",
    prophylaxis: "Protects against",
    dose: "Dose",
    date: "Date of dose",
    batch: "Batch number",
    next_due: "Next dose due",
    vaccinated_by: "Vaccinated by",
    vaccinated_at: "Vaccinated at",
    place: "District and state",
    verify: "To verify this certificate, scan the code or open",
    helpline: "Helpline",
};
