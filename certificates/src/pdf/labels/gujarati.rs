//! The labels in Gujarati.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "રસીકરણ પ્રમાણપત્ર",
    beneficiary: "લાભાર્થીની વિગતો",
    vaccination: "રસીકરણની વિગતો",
    name: "નામ",
    birth_year: "જન્મ વર્ષ",
    birth_date: "જન્મ તારીખ",
    gender: "લિંગ",
    identity: "ઓળખપત્ર",
    passport: "પાસપોર્ટ નંબર",
    reference: "લાભાર્થી સંદર્ભ આઈડી",
    certificate: "પ્રમાણપત્ર આઈડી",
    vaccine: "રસી",
    manufacturer: "ઉત્પાદક",
    prophylaxis: "આ રોગ સામે રક્ષણ",
    dose: "ડોઝ",
    date: "ડોઝની તારીખ",
    batch: "બેચ નંબર",
    next_due: "આગામી ડોઝની તારીખ",
    vaccinated_by: "રસી આપનારનું નામ",
    vaccinated_at: "રસીકરણનું સ્થળ",
    place: "જિલ્લો અને રાજ્ય",
    verify: "આ પ્રમાણપત્ર ચકાસવા માટે કોડ સ્કેન કરો",
    helpline: "હેલ્પલાઇન",
};
