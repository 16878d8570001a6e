//! The labels in Odia.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "ଟୀକାକରଣ ପ୍ରମାଣପତ୍ର",
    beneficiary: "ହିତାଧିକାରୀଙ୍କ ବିବରଣୀ",
    vaccination: "ଟୀକାକରଣ ବିବରଣୀ",
    name: "ନାମ",
    birth_year: "ଜନ୍ମ ବର୍ଷ",
    birth_date: "ଜନ୍ମ ତାରିଖ",
    gender: "ଲିଙ୍ଗ",
    identity: "ପରିଚୟ ପତ୍ର",
    passport: "ପାସପୋର୍ଟ ନମ୍ବର",
    reference: "ହିତାଧିକାରୀ ରେଫରେନ୍ସ ଆଇଡି",
    certificate: "ପ୍ରମାଣପତ୍ର ଆଇଡି",
    vaccine: "ଟୀକା",
    manufacturer: "ନିର୍ମାତା",
    prophylaxis: "ଏହି ରୋଗରୁ ସୁରକ୍ଷା",
    dose: "ଡୋଜ",
    date: "ଡୋଜର ତାରିଖ",
    batch: "ବ୍ୟାଚ ନମ୍ବର",
    next_due: "ପରବର୍ତ୍ତୀ ଡୋଜର ତାରିଖ",
    vaccinated_by: "ଟୀକା ଦେଇଥିବା ବ୍ୟକ୍ତିଙ୍କ ନାମ",
    vaccinated_at: "ଟୀକାକରଣ ସ୍ଥାନ",
    place: "ଜିଲ୍ଲା ଓ ରାଜ୍ୟ",
    verify: "ଏହି ପ୍ରମାଣପତ୍ର ଯାଞ୍ଚ କରିବାକୁ କୋଡ୍ ସ୍କାନ୍ କରନ୍ତୁ",
    helpline: "ହେଲ୍ପଲାଇନ",
};
