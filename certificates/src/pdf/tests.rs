//! Certificates are small, say what they must in any script, and can be read again.

use super::*;
use crate::reading::{Found, ReadError, read};
use proptest::prelude::*;

fn qr() -> Symbol {
    Symbol::of_text(&"OC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2".repeat(16)).unwrap()
}

const TRAVEL: Travel<'_> = Travel {
    birth_date: "12 Mar 1968",
    passport: "K1234567",
    manufacturer: "Serum Institute of India",
    prophylaxis: "COVID-19",
};

fn certificate(qr: &Symbol) -> Certificate<'_> {
    Certificate {
        language: Language::Hindi,
        programme: "OpenCoWIN, India",
        person: Person {
            name: "Asha Kumari",
            birth_year: 1968,
            gender: "Female",
            id_kind: "Aadhaar Card",
            id_last_four: "5438",
            reference_id: "12345678900042",
        },
        vaccination: Vaccination {
            vaccine: "COVISHIELD",
            dose: 1,
            doses: 2,
            date: "07 Jun 2021",
            batch: "4121Z045",
            next_due: Some("Between 30 Aug 2021 and 27 Sep 2021"),
            vaccinated_by: "Meena Devi",
            facility: "Sangrah PHC",
            district: "Sirmaur",
            state: "Himachal Pradesh",
        },
        travel: None,
        certificate_id: "urn:uuid:6f1c2a9e-7a41-4a53-9d0e-3f8f5cbb7e21",
        verify_at: "https://cowin.example.in/verify",
        helpline: "1075",
        qr,
        credential: b"{\"proof\":{}}",
    }
}

/// The text of the page, as an independent implementation reads it letter by letter, and that of `/ActualText`.
fn text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    assert_eq!(pages, [1]);
    let page = document.get_pages()[&1];
    let content = document.get_page_content(page);
    let operations = lopdf::content::Content::decode(&content).unwrap().operations;
    let marks = operations.iter().filter(|operation| operation.operator == "BDC");
    let actual = marks.filter_map(|operation| {
        let text = operation.operands[1].as_dict().ok()?.get(b"ActualText").ok()?;
        lopdf::decode_text_string(text).ok()
    });
    let actual: Vec<String> = actual.collect();
    format!("{}\n{}", document.extract_text(&pages).unwrap(), actual.join("\n"))
}

#[test]
fn a_certificate_says_what_was_certified() {
    let qr = qr();
    let text = text(&render(&certificate(&qr)));
    for expected in [
        "OpenCoWIN, India",
        "Certificate of vaccination",
        "टीकाकरण प्रमाण पत्र",
        "Asha Kumari",
        "1968",
        "Female",
        "Aadhaar Card, ends in 5438",
        "12345678900042",
        "urn:uuid:6f1c2a9e-7a41-4a53-9d0e-3f8f5cbb7e21",
        "COVISHIELD",
        "1 of 2",
        "07 Jun 2021",
        "4121Z045",
        "Between 30 Aug 2021 and 27 Sep 2021",
        "Meena Devi",
        "Sangrah PHC",
        "Sirmaur, Himachal Pradesh",
        "https://cowin.example.in/verify",
        "1075",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    assert!(!text.contains("Passport"));
}

#[test]
fn the_international_form_has_what_borders_ask_for() {
    let qr = qr();
    let mut certificate = Certificate { travel: Some(TRAVEL), ..certificate(&qr) };
    certificate.vaccination.next_due = None;
    let text = text(&render(&certificate));
    for expected in ["12 Mar 1968", "K1234567", "Serum Institute of India", "COVID-19"] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    assert!(!text.contains("Next dose due") && !text.contains("Year of birth"));
}

#[test]
fn what_was_issued_can_be_read_again() {
    let qr = qr();
    let pdf = render(&certificate(&qr));
    let found = read(&pdf).unwrap();
    assert_eq!(found.credential.as_deref(), Some(certificate(&qr).credential));
    assert_eq!(found.qr_texts, ["OC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2".repeat(16)]);
    assert_eq!(read(&pdf[..pdf.len() - 70]), Err(ReadError::ForeignPdf));
}

#[test]
fn every_language_is_small_and_has_its_labels() {
    let qr = qr();
    for language in Language::ALL {
        let certificate = Certificate { language, travel: Some(TRAVEL), ..certificate(&qr) };
        let pdf = render(&certificate);
        assert!(pdf.len() < 100_000, "{language:?} has {} bytes", pdf.len());
        let text = text(&pdf);
        assert!(text.contains(labels::Labels::of(language).next_due), "{language:?}: {text}");
    }
}

#[test]
fn names_in_all_scripts_are_said_as_they_were_written() {
    let qr = qr();
    for name in [
        "सीता द्विवेदी",
        "রবীন্দ্রনাথ",
        "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
        "નરેન્દ્ર",
        "ପଟ୍ଟନାୟକ",
        "கருணாநிதி",
        "శ్రీనివాస్",
        "ಕೃಷ್ಣಮೂರ್ತಿ",
        "കൃഷ്ണൻകുട്ടി",
        "محمد علی",
        "Zoë 😀 O'Brien",
    ] {
        let mut certificate = certificate(&qr);
        certificate.person.name = name;
        let pdf = render(&certificate);
        assert!(pdf.len() < 100_000);
        assert!(text(&pdf).contains(name), "{name}");
    }
}

#[test]
fn a_name_of_200_letters_is_there_in_whole() {
    let qr = qr();
    let name = "Venkatanarasimharajuvaripeta Subrahmanya ".repeat(5);
    let name = name.trim();
    let mut certificate = certificate(&qr);
    certificate.person.name = name;
    let text = text(&render(&certificate));
    assert!(name.len() > 200 && !text.contains('…'));
    assert_eq!(text.matches("Subrahmanya").count(), 5, "{text}");
}

#[test]
fn a_name_cannot_break_out_or_turn_the_text_around() {
    let qr = qr();
    let mut certificate = certificate(&qr);
    certificate.person.name = "A) Tj ET\n(B\\ \u{202e}drow \"C\"";
    let text = text(&render(&certificate));
    assert!(text.contains("A) Tj ET (B\\ drow \"C\""), "{text}");
}

#[test]
fn the_same_certificate_gives_the_same_bytes() {
    let qr = qr();
    assert_eq!(render(&certificate(&qr)), render(&certificate(&qr)));
}

#[test]
fn the_page_is_tagged_and_has_a_title_and_a_language() {
    let qr = qr();
    let pdf = lopdf::Document::load_mem(&render(&certificate(&qr))).unwrap();
    let catalogue = pdf.catalog().unwrap();
    assert!(
        catalogue
            .get(b"MarkInfo")
            .unwrap()
            .as_dict()
            .unwrap()
            .get(b"Marked")
            .unwrap()
            .as_bool()
            .unwrap()
    );
    assert_eq!(catalogue.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    let elements = pdf
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"S").ok()?.as_name().ok());
    let count = |role: &[u8]| elements.clone().filter(|name| *name == role).count();
    assert_eq!((count(b"H1"), count(b"H2"), count(b"Figure"), count(b"Link")), (1, 2, 1, 1));
    assert_eq!((count(b"TR"), count(b"TH"), count(b"TD")), (14, 14, 14));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_makes_a_certificate(name in any::<String>(), place in "\\PC{0,300}", language in 0..Language::COUNT) {
        let qr = Symbol::of_text("A").unwrap();
        let mut certificate = certificate(&qr);
        certificate.language = Language::ALL[language];
        certificate.person.name = &name;
        certificate.vaccination.facility = &place;
        certificate.vaccination.vaccinated_by = &place;
        let pdf = render(&certificate);
        let Found { credential, qr_texts } = read(&pdf).unwrap();
        prop_assert_eq!(qr_texts, ["A"]);
        prop_assert!(credential.is_some());
        prop_assert!(lopdf::Document::load_mem(&pdf).is_ok());
    }

    #[test]
    fn no_damage_to_a_certificate_makes_reading_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let qr = Symbol::of_text("A").unwrap();
        let mut pdf = render(&certificate(&qr));
        let damaged = at.index(pdf.len());
        pdf[damaged] = byte;
        let _ = read(&pdf);
        let _ = read(&pdf[..cut.index(pdf.len())]);
    }
}
