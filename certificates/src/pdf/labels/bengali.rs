//! The labels in Bengali.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "টিকাকরণ শংসাপত্র",
    beneficiary: "উপভোক্তার বিবরণ",
    vaccination: "টিকাকরণের বিবরণ",
    name: "নাম",
    birth_year: "জন্ম সাল",
    birth_date: "জন্ম তারিখ",
    gender: "লিঙ্গ",
    identity: "পরিচয়পত্র",
    passport: "পাসপোর্ট নম্বর",
    reference: "উপভোক্তার রেফারেন্স আইডি",
    certificate: "শংসাপত্র আইডি",
    vaccine: "টিকা",
    manufacturer: "প্রস্তুতকারক",
    prophylaxis: "যে রোগ থেকে সুরক্ষা",
    dose: "ডোজ",
    date: "ডোজের তারিখ",
    batch: "ব্যাচ নম্বর",
    next_due: "পরবর্তী ডোজের তারিখ",
    vaccinated_by: "টিকাদাতার নাম",
    vaccinated_at: "টিকাকরণের স্থান",
    place: "জেলা ও রাজ্য",
    verify: "এই শংসাপত্র যাচাই করতে কোডটি স্ক্যান করুন",
    helpline: "হেল্পলাইন",
};
