//! The labels in Tamil.

use super::Labels;

pub(super) const LABELS: Labels = Labels {
    title: "தடுப்பூசி சான்றிதழ்",
    beneficiary: "பயனாளியின் விவரங்கள்",
    vaccination: "தடுப்பூசி விவரங்கள்",
    name: "பெயர்",
    birth_year: "பிறந்த ஆண்டு",
    birth_date: "பிறந்த தேதி",
    gender: "பாலினம்",
    identity: "அடையாள ஆவணம்",
    passport: "கடவுச்சீட்டு எண்",
    reference: "பயனாளி குறிப்பு எண்",
    certificate: "சான்றிதழ் எண்",
    vaccine: "தடுப்பூசி",
    manufacturer: "உற்பத்தியாளர்",
    prophylaxis: "இந்த நோயிலிருந்து பாதுகாப்பு",
    dose: "தவணை",
    date: "தவணை தேதி",
    batch: "தொகுதி எண்",
    next_due: "அடுத்த தவணை தேதி",
    vaccinated_by: "தடுப்பூசி செலுத்தியவர்",
    vaccinated_at: "தடுப்பூசி செலுத்திய இடம்",
    place: "மாவட்டம் மற்றும் மாநிலம்",
    verify: "இந்தச் சான்றிதழைச் சரிபார்க்க குறியீட்டை ஸ்கேன் செய்யவும்",
    helpline: "உதவி எண்",
};
