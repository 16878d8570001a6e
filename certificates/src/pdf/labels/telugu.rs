//! The labels in Telugu.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "టీకా ధృవీకరణ పత్రం",
    beneficiary: "లబ్ధిదారుని వివరాలు",
    vaccination: "టీకా వివరాలు",
    name: "పేరు",
    birth_year: "పుట్టిన సంవత్సరం",
    birth_date: "పుట్టిన తేదీ",
    gender: "లింగం",
    identity: "గుర్తింపు పత్రం",
    passport: "పాస్\u{200c}పోర్ట్ నంబర్",
    reference: "లబ్ధిదారు రిఫరెన్స్ ఐడి",
    certificate: "ధృవపత్రం ఐడి",
    vaccine: "టీకా",
    manufacturer: "తయారీదారు",
    prophylaxis: "ఈ వ్యాధి నుండి రక్షణ",
    dose: "మోతాదు",
    date: "మోతాదు తేదీ",
    batch: "బ్యాచ్ నంబర్",
    next_due: "తదుపరి మోతాదు తేదీ",
    vaccinated_by: "టీకా వేసినవారు",
    vaccinated_at: "టీకా వేసిన స్థలం",
    place: "జిల్లా మరియు రాష్ట్రం",
    verify: "ఈ ధృవపత్రాన్ని తనిఖీ చేయడానికి కోడ్\u{200c}ను స్కాన్ చేయండి",
    helpline: "హెల్ప్\u{200c}లైన్",
};
