//! The labels in Malayalam.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "വാക്സിനേഷൻ സർട്ടിഫിക്കറ്റ്",
    beneficiary: "ഗുണഭോക്താവിന്റെ വിവരങ്ങൾ",
    vaccination: "വാക്സിനേഷൻ വിവരങ്ങൾ",
    name: "പേര്",
    birth_year: "ജനന വർഷം",
    birth_date: "ജനന തീയതി",
    gender: "ലിംഗം",
    identity: "തിരിച്ചറിയൽ രേഖ",
    passport: "പാസ്പോർട്ട് നമ്പർ",
    reference: "ഗുണഭോക്തൃ റഫറൻസ് ഐഡി",
    certificate: "സർട്ടിഫിക്കറ്റ് ഐഡി",
    vaccine: "വാക്സിൻ",
    manufacturer: "നിർമ്മാതാവ്",
    prophylaxis: "ഈ രോഗത്തിൽ നിന്ന് സംരക്ഷണം",
    dose: "ഡോസ്",
    date: "ഡോസ് തീയതി",
    batch: "ബാച്ച് നമ്പർ",
    next_due: "അടുത്ത ഡോസ് തീയതി",
    vaccinated_by: "വാക്സിൻ നൽകിയത്",
    vaccinated_at: "വാക്സിൻ നൽകിയ സ്ഥലം",
    place: "ജില്ലയും സംസ്ഥാനവും",
    verify: "ഈ സർട്ടിഫിക്കറ്റ് പരിശോധിക്കാൻ കോഡ് സ്കാൻ ചെയ്യുക",
    helpline: "ഹെൽപ്പ്\u{200c}ലൈൻ",
};
