//! The labels in Punjabi.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "ਟੀਕਾਕਰਨ ਸਰਟੀਫਿਕੇਟ",
    beneficiary: "ਲਾਭਪਾਤਰੀ ਦਾ ਵੇਰਵਾ",
    vaccination: "ਟੀਕਾਕਰਨ ਦਾ ਵੇਰਵਾ",
    name: "ਨਾਮ",
    birth_year: "ਜਨਮ ਦਾ ਸਾਲ",
    birth_date: "ਜਨਮ ਮਿਤੀ",
    gender: "ਲਿੰਗ",
    identity: "ਪਛਾਣ ਪੱਤਰ",
    passport: "ਪਾਸਪੋਰਟ ਨੰਬਰ",
    reference: "ਲਾਭਪਾਤਰੀ ਹਵਾਲਾ ਆਈਡੀ",
    certificate: "ਸਰਟੀਫਿਕੇਟ ਆਈਡੀ",
    vaccine: "ਟੀਕਾ",
    manufacturer: "ਨਿਰਮਾਤਾ",
    prophylaxis: "ਇਸ ਰੋਗ ਤੋਂ ਬਚਾਅ",
    dose: "ਖੁਰਾਕ",
    date: "ਖੁਰਾਕ ਦੀ ਮਿਤੀ",
    batch: "ਬੈਚ ਨੰਬਰ",
    next_due: "ਅਗਲੀ ਖੁਰਾਕ ਦੀ ਮਿਤੀ",
    vaccinated_by: "ਟੀਕਾ ਲਗਾਉਣ ਵਾਲੇ ਦਾ ਨਾਮ",
    vaccinated_at: "ਟੀਕਾਕਰਨ ਦੀ ਥਾਂ",
    place: "ਜ਼ਿਲ੍ਹਾ ਅਤੇ ਰਾਜ",
    verify: "ਇਸ ਸਰਟੀਫਿਕੇਟ ਦੀ ਜਾਂਚ ਲਈ ਕੋਡ ਸਕੈਨ ਕਰੋ",
    helpline: "ਹੈਲਪਲਾਈਨ",
};
