//! The labels in Kannada.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "ಲಸಿಕೆ ಪ್ರಮಾಣಪತ್ರ",
    beneficiary: "ಫಲಾನುಭವಿಯ ವಿವರಗಳು",
    vaccination: "ಲಸಿಕೆಯ ವಿವರಗಳು",
    name: "ಹೆಸರು",
    birth_year: "ಹುಟ್ಟಿದ ವರ್ಷ",
    birth_date: "ಹುಟ್ಟಿದ ದಿನಾಂಕ",
    gender: "ಲಿಂಗ",
    identity: "ಗುರುತಿನ ದಾಖಲೆ",
    passport: "ಪಾಸ್\u{200c}ಪೋರ್ಟ್ ಸಂಖ್ಯೆ",
    reference: "ಫಲಾನುಭವಿ ಉಲ್ಲೇಖ ಸಂಖ್ಯೆ",
    certificate: "ಪ್ರಮಾಣಪತ್ರ ಸಂಖ್ಯೆ",
    vaccine: "ಲಸಿಕೆ",
    manufacturer: "ತಯಾರಕರು",
    prophylaxis: "ಈ ರೋಗದಿಂದ ರಕ್ಷಣೆ",
    dose: "ಡೋಸ್",
    date: "ಡೋಸ್ ದಿನಾಂಕ",
    batch: "ಬ್ಯಾಚ್ ಸಂಖ್ಯೆ",
    next_due: "ಮುಂದಿನ ಡೋಸ್ ದಿನಾಂಕ",
    vaccinated_by: "ಲಸಿಕೆ ನೀಡಿದವರು",
    vaccinated_at: "ಲಸಿಕೆ ನೀಡಿದ ಸ್ಥಳ",
    place: "ಜಿಲ್ಲೆ ಮತ್ತು ರಾಜ್ಯ",
    verify: "ಈ ಪ್ರಮಾಣಪತ್ರವನ್ನು ಪರಿಶೀಲಿಸಲು ಕೋಡ್ ಸ್ಕ್ಯಾನ್ ಮಾಡಿ",
    helpline: "ಸಹಾಯವಾಣಿ",
};
