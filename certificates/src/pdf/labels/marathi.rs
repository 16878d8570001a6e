//! The labels in Marathi.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "लसीकरण प्रमाणपत्र",
    beneficiary: "लाभार्थीचा तपशील",
    vaccination: "लसीकरणाचा तपशील",
    name: "नाव",
    birth_year: "जन्म वर्ष",
    birth_date: "जन्मतारीख",
    gender: "लिंग",
    identity: "ओळखपत्र",
    passport: "पारपत्र क्रमांक",
    reference: "लाभार्थी संदर्भ क्रमांक",
    certificate: "प्रमाणपत्र क्रमांक",
    vaccine: "लस",
    manufacturer: "उत्पादक",
    prophylaxis: "या आजारापासून संरक्षण",
    dose: "मात्रा",
    date: "मात्रेची तारीख",
    batch: "बॅच क्रमांक",
    next_due: "पुढील मात्रेची तारीख",
    vaccinated_by: "लस देणाऱ्याचे नाव",
    vaccinated_at: "लसीकरणाचे ठिकाण",
    place: "जिल्हा व राज्य",
    verify: "हे प्रमाणपत्र पडताळण्यासाठी कोड स्कॅन करा",
    helpline: "हेल्पलाइन",
};
