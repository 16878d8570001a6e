//! The labels in Hindi.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "टीकाकरण प्रमाण पत्र",
    beneficiary: "लाभार्थी का विवरण",
    vaccination: "टीकाकरण का विवरण",
    name: "नाम",
    birth_year: "जन्म का वर्ष",
    birth_date: "जन्म तिथि",
    gender: "लिंग",
    identity: "पहचान पत्र",
    passport: "पासपोर्ट संख्या",
    reference: "लाभार्थी संदर्भ आईडी",
    certificate: "प्रमाण पत्र आईडी",
    vaccine: "टीका",
    manufacturer: "निर्माता",
    prophylaxis: "इस रोग से बचाव",
    dose: "खुराक",
    date: "खुराक की तिथि",
    batch: "बैच संख्या",
    next_due: "अगली खुराक की देय तिथि",
    vaccinated_by: "टीका लगाने वाले का नाम",
    vaccinated_at: "टीकाकरण का स्थान",
    place: "ज़िला और राज्य",
    verify: "इस प्रमाण पत्र को सत्यापित करने के लिए कोड स्कैन करें",
    helpline: "हेल्पलाइन",
};
