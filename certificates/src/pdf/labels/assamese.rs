//! The labels in Assamese.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "টীকাকৰণৰ প্ৰমাণপত্ৰ",
    beneficiary: "হিতাধিকাৰীৰ বিৱৰণ",
    vaccination: "টীকাকৰণৰ বিৱৰণ",
    name: "নাম",
    birth_year: "জন্মৰ বছৰ",
    birth_date: "জন্মৰ তাৰিখ",
    gender: "লিংগ",
    identity: "পৰিচয় পত্ৰ",
    passport: "পাছপৰ্ট নম্বৰ",
    reference: "হিতাধিকাৰীৰ ৰেফাৰেন্স আইডি",
    certificate: "প্ৰমাণপত্ৰৰ আইডি",
    vaccine: "টীকা",
    manufacturer: "নিৰ্মাতা",
    prophylaxis: "যি ৰোগৰ পৰা সুৰক্ষা",
    dose: "পালি",
    date: "পালিৰ তাৰিখ",
    batch: "বেটচ নম্বৰ",
    next_due: "পৰৱৰ্তী পালিৰ তাৰিখ",
    vaccinated_by: "টীকা দিওঁতাৰ নাম",
    vaccinated_at: "টীকাকৰণৰ স্থান",
    place: "জিলা আৰু ৰাজ্য",
    verify: "এই প্ৰমাণপত্ৰ পৰীক্ষা কৰিবলৈ কোডটো স্কেন কৰক",
    helpline: "হেল্পলাইন",
};
